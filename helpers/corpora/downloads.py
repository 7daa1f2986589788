"""Opt-in downloads: https only, checked by sha256, resumed after a cut, never half in place.

While it runs, a download lies beside its place as NAME.part. It is renamed when its checksum is
right, kept when the connection was cut (the next try goes on from there), and removed otherwise.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from filelock import FileLock
from tqdm import tqdm

from helpers.corpora import cache

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
CHUNK = 1 << 16
WEB_PAGE = "the server sent a web page instead of the file: some networks want a log-in first"


class DownloadError(RuntimeError):
    """A download that did not work; the message says why in words, and what to use instead."""


@dataclass(frozen=True)
class Download:
    """What to fetch: the file's name in the cache folder, its address, sha256 and size in bytes."""

    name: str
    url: str
    sha256: str
    size: int


def fetch(wanted: Download, *, timeout: float = 20.0, loopback: bool = False) -> Path:
    """Download a file into the cache folder unless it is there; return its path.

    Arguments: timeout in seconds without an answer; loopback=True also allows http:// addresses
    of this machine itself (tests).

    Raises:
        DownloadError: no network, wrong checksum, half a file, a web page in place of the file,
            an address that leads nowhere or is not https, a disc that is full or read-only.
    """
    try:
        target = cache.make_folder() / wanted.name
        with FileLock(f"{target}.lock"):
            if not is_sound(wanted):
                part = target.with_name(f"{target.name}.part")
                _transfer(wanted, part, timeout, loopback)
                _accept(wanted, part, target)
        return target
    except DownloadError as error:
        raise _with_cure(wanted, str(error)) from error.__cause__
    except OSError as error:
        raise _with_cure(wanted, f"it cannot be saved: {error}") from error


def is_sound(wanted: Download) -> bool:
    """Whether the file is in the cache folder, whole and unaltered."""
    target = cache.folder() / wanted.name
    return target.is_file() and _sha256(target) == wanted.sha256


def lines(wanted: Download, name: str) -> list[str]:
    """The lines of a downloaded text that are not empty, as they stand there.

    Raises:
        FileNotFoundError: it has not been downloaded, or the file was altered.
    """
    if not is_sound(wanted):
        raise FileNotFoundError(
            f"{name} is not on this machine: corpora.download({name!r}) fetches it once "
            f"({wanted.size / 1e6:.1f} MB). Without a network use corpora.load('python_docs')."
        )
    text = (cache.folder() / wanted.name).read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line.strip()]


def _with_cure(wanted: Download, reason: str) -> DownloadError:
    return DownloadError(
        f"{wanted.name} was not downloaded: {reason}. "
        f"The corpus python_docs needs no network: corpora.load('python_docs')."
    )


def _check_address(url: str, loopback: bool) -> None:
    parts = urlsplit(url)
    local = parts.hostname in LOOPBACK
    if parts.scheme != "https" and not (loopback and local and parts.scheme == "http"):
        raise DownloadError(f"its address {url} is not https, so nobody vouches for what it sends")
    if os.environ.get("COURSE_OFFLINE") == "1" and not (loopback and local):
        raise DownloadError("COURSE_OFFLINE=1 is set, which forbids the network; unset it to allow")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects only to addresses that would be allowed in the first place."""

    def __init__(self, loopback: bool) -> None:
        self.loopback = loopback

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        _check_address(newurl, self.loopback)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _transfer(wanted: Download, part: Path, timeout: float, loopback: bool) -> None:
    """Bring the .part file to its full size, from where it stands."""
    _check_address(wanted.url, loopback)
    have = part.stat().st_size if part.is_file() else 0
    have = have if have < wanted.size else 0
    try:
        with _opener(loopback).open(_request(wanted, have), timeout=timeout) as response:
            if response.headers.get_content_type() == "text/html":
                raise DownloadError(WEB_PAGE)
            resumed = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            _save(response, part, have if resumed else 0, wanted)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink()  # what we have is no beginning of what the server has
        raise DownloadError(_answer(error)) from error
    except http.client.InvalidURL as error:
        raise DownloadError(f"the server redirects to nothing ({error})") from error
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(
            f"the server cannot be reached ({getattr(error, 'reason', error)}): "
            "no network, or the server is down"
        ) from error


def _opener(loopback: bool) -> urllib.request.OpenerDirector:
    handlers: list[urllib.request.BaseHandler] = [_Redirects(loopback)]
    if loopback:
        handlers.append(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(*handlers)


def _request(wanted: Download, have: int) -> urllib.request.Request:
    headers = {"Accept-Encoding": "identity", "User-Agent": "perplexity-to-pretraining"}
    if have:
        headers["Range"] = f"bytes={have}-"
    return urllib.request.Request(wanted.url, headers=headers)


def _answer(error: urllib.error.HTTPError) -> str:
    """What an HTTP status means, in words."""
    if "infinite loop" in str(error.msg):
        return "the server redirects in a circle"
    if 300 <= error.code < 400:
        return f"the server redirects to nothing (status {error.code})"
    if error.code == http.client.NOT_FOUND:
        return "the file is no longer at its address (status 404)"
    if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
        return "the part that was here did not fit the server's file; it is removed, so try again"
    return f"the server answered with an error (status {error.code} {error.reason})"


def _save(response: http.client.HTTPResponse, part: Path, start: int, wanted: Download) -> None:
    """Write the body behind byte `start` of the .part file, until that is full."""
    try:
        file = part.open("r+b" if start else "wb", buffering=0)
    except OSError as error:
        raise DownloadError(_unsaved(error)) from error
    bar = tqdm(
        total=wanted.size, initial=start, desc=wanted.name, unit="B", unit_scale=True,
        file=sys.stderr, leave=False,
    )  # fmt: skip
    with file, bar:
        have = file.seek(start)
        while have < wanted.size and (chunk := _next_chunk(response, have, wanted)):
            _write(file, chunk)
            have += len(chunk)
            bar.update(len(chunk))
    if have < wanted.size:
        _refuse_short_file(response, part, have - start)
        raise DownloadError(_cut(have, wanted))


def _next_chunk(response: http.client.HTTPResponse, have: int, wanted: Download) -> bytes:
    try:
        return response.read(CHUNK)
    except (http.client.HTTPException, OSError) as error:
        raise DownloadError(_cut(have, wanted)) from error


def _cut(have: int, wanted: Download) -> str:
    return (
        f"the connection was cut after {have:,} of {wanted.size:,} bytes; "
        "what came is kept, so a second try goes on from there"
    )


def _write(file: BinaryIO, chunk: bytes) -> None:
    try:
        view = memoryview(chunk)
        while view:
            view = view[file.write(view) :]
    except OSError as error:
        raise DownloadError(_unsaved(error)) from error


def _unsaved(error: OSError) -> str:
    return (
        f"it cannot be saved in {cache.folder()} ({error.strerror or error}): free some space "
        "there, or name another folder in the environment variable COURSE_CACHE"
    )


def _refuse_short_file(response: http.client.HTTPResponse, part: Path, received: int) -> None:
    """Remove what came if the server said that this was all of it."""
    _refuse_web_page(part)
    if response.headers.get("Content-Length") == str(received):
        part.unlink()
        raise DownloadError("the server's file is shorter than the one that was meant")


def _refuse_web_page(part: Path) -> None:
    with part.open("rb") as file:
        beginning = file.read(512).lstrip().lower()
    if beginning.startswith((b"<!doctype html", b"<html")):
        part.unlink()
        raise DownloadError(WEB_PAGE)


def _accept(wanted: Download, part: Path, target: Path) -> None:
    """Rename the .part file into place if it is the right file, remove it if not."""
    seen = _sha256(part)
    if seen != wanted.sha256:
        _refuse_web_page(part)
        part.unlink()
        raise DownloadError(
            f"what came is not the file that was meant: its checksum begins with {seen[:12]} and "
            f"should begin with {wanted.sha256[:12]}; it is removed, so try again later"
        )
    part.replace(target)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

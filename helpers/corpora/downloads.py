"""Opt-in downloads: https only, small enough to be held, in place only if the checksum is right."""

from __future__ import annotations

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock
from tqdm import tqdm

from helpers.corpora import cache

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


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
        with FileLock(cache.make_folder() / f"{wanted.name}.lock"):
            if not is_sound(wanted):
                cache.write_whole(wanted.name, _received(wanted, timeout, loopback))
        return cache.folder() / wanted.name
    except (DownloadError, OSError) as error:
        raise DownloadError(
            f"{wanted.name} was not downloaded: {error}. "
            f"The corpus python_docs needs no network: corpora.load('python_docs')."
        ) from error


def is_sound(wanted: Download) -> bool:
    """Whether the file is in the cache folder, whole and unaltered."""
    target = cache.folder() / wanted.name
    return target.is_file() and _sha256(target.read_bytes()) == wanted.sha256


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


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects only to addresses that would be allowed in the first place."""

    def __init__(self, loopback: bool) -> None:
        self.loopback = loopback

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        _check_address(newurl, self.loopback)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_address(url: str, loopback: bool) -> None:
    local = loopback and urlsplit(url).hostname in LOOPBACK
    if urlsplit(url).scheme != "https" and not local:
        raise DownloadError(f"its address {url} is not https, so nobody vouches for what it sends")
    if os.environ.get("COURSE_OFFLINE") == "1" and not local:
        raise DownloadError("COURSE_OFFLINE=1 is set, which forbids the network; unset it to allow")


def _received(wanted: Download, timeout: float, loopback: bool) -> bytes:
    """All that the server sends, if it is the file that was meant."""
    _check_address(wanted.url, loopback)
    proxies = [urllib.request.ProxyHandler({})] if loopback else []
    opener = urllib.request.build_opener(_Redirects(loopback), *proxies)
    bar = tqdm(total=wanted.size, desc=wanted.name, unit="B", unit_scale=True, leave=False)
    data = b""
    try:
        with bar, opener.open(wanted.url, timeout=timeout) as answer:
            while len(data) <= wanted.size and (chunk := answer.read(1 << 16)):
                data += chunk
                bar.update(len(chunk))
            page = answer.headers.get_content_type() == "text/html"
    except urllib.error.HTTPError as error:
        why = {3: "it redirects to nothing or in a circle", 4: "the file is no longer there"}
        said = why.get(error.code // 100, error.reason)
        raise DownloadError(f"the server has no answer: {said} (status {error.code})") from error
    except (OSError, http.client.HTTPException) as error:
        if not data:
            why = getattr(error, "reason", error)
            words = f"the server cannot be reached ({why}): no network, or the server is down"
            raise DownloadError(words) from error
        page = False
    _check(data, page, wanted)
    return data


def _check(data: bytes, page: bool, wanted: Download) -> None:
    """Raise DownloadError unless this is the whole file that was meant."""
    seen, meant = _sha256(data)[:12], wanted.sha256[:12]
    if page or data[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        words = "the server sent a web page instead of the file: some networks want a log-in first"
    elif len(data) < wanted.size:
        words = f"the connection was cut after {len(data):,} of {wanted.size:,} bytes: try again"
    else:
        words = (f"what came is not the file that was meant: its checksum begins with {seen} and "
                 f"should begin with {meant}")
    if _sha256(data) != wanted.sha256:
        raise DownloadError(words)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

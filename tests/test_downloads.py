"""Downloads: every failure is a clear error, and none leaves a wrong file in the cache."""

from __future__ import annotations

import errno
import functools
import hashlib
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from helpers import corpora
from helpers.corpora import downloads, registry
from helpers.corpora.downloads import Download, DownloadError

TEXT = "".join(f"Citizen {i:04}:\nHear me speak for time {i:04}.\n\n" for i in range(4000)).encode()
HALF = len(TEXT) // 2
PAGE = b"<!DOCTYPE html><html><body>Please log in to this network.</body></html>"

Answer = Callable[[BaseHTTPRequestHandler], None]


def send(handler, body, status=200, kind="text/plain", length=None, **headers):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def good(handler):
    send(handler, TEXT)


def cutting(handler):
    send(handler, TEXT[:HALF], length=len(TEXT))


def resetting(handler):
    """Sends half of it, then resets the connection: the reader gets an error, not an end."""
    cutting(handler)
    handler.wfile.flush()
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    os.close(handler.connection.detach())


def silent(handler):
    """Says nothing as long as the test goes on."""
    handler.server.over.wait()


def redirecting(place: str) -> Answer:
    return lambda handler: send(handler, b"", status=302, Location=place)


@pytest.fixture
def server(tmp_path, monkeypatch) -> Iterator[ThreadingHTTPServer]:
    """A server on this machine that answers as its attribute `answer` says."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.requests.append(self.headers["Range"])
            self.server.answer(self)

        def log_message(self, *_):
            pass

    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_: None    # a client may leave in between
        server.answer, server.requests, server.over = good, [], threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.over.set()
        server.shutdown()


def wanted(server: ThreadingHTTPServer, path: str = "/text") -> Download:
    address = f"http://127.0.0.1:{server.server_port}{path}"
    return Download("text.txt", address, hashlib.sha256(TEXT).hexdigest(), len(TEXT))


def fetch(server: ThreadingHTTPServer, answer: Answer = good):
    """Wait for an answer as long as it takes on a busy machine, but not for one that never comes"""
    server.answer = answer
    timeout = 0.1 if answer is silent else 600
    return downloads.fetch(wanted(server), timeout=timeout, loopback=True)


def files() -> set[str]:
    return {path.name for path in downloads.cache.folder().glob("*")} - {"text.txt.lock"}


FAILURES = {
    "cut": (cutting, "cut after 88,000 of 176,000 bytes"),
    "reset": (resetting, "cut after .* of 176,000 bytes|cannot be reached"),
    "wrong text": (lambda h: send(h, TEXT[:-1] + b"x"), "checksum begins with"),
    "too long": (lambda h: send(h, b"x" + TEXT), "checksum begins with"),
    "too short": (lambda h: send(h, b"short"), "cut after 5 of"),
    "page": (lambda h: send(h, b"Log in!", kind="text/html; charset=utf-8"), "web page"),
    "page as text": (lambda h: send(h, PAGE), "web page"),
    "long page as text": (lambda h: send(h, PAGE + TEXT), "web page"),
    "404": (lambda h: send(h, b"none", status=404), "no longer there .status 404"),
    "500": (lambda h: send(h, b"oops", status=500), "status 500"),
    "circle": (redirecting("/text"), "nothing or in a circle"),
    "redirect to nothing": (redirecting("http://127.0.0.1:9/gone"), "cannot be reached"),
    "redirect to an empty address": (lambda h: send(h, b"", status=302), "redirects to nothing"),
    "redirect to http": (redirecting("http://example.com/text"), "not https"),
    "redirect to a file": (redirecting("file:///text"), "redirects to nothing|not https"),
    "no answer": (lambda h: h.connection.close(), "cannot be reached"),
    "silence": (silent, "cannot be reached .*timed out"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_every_failure_is_a_clear_error_after_which_a_good_server_succeeds(name, server):
    answer, message = FAILURES[name]
    with pytest.raises(DownloadError, match=message) as error:
        fetch(server, answer)
    assert "python_docs" in str(error.value) and "text.txt" in str(error.value)
    assert files() == set()
    assert fetch(server).read_bytes() == TEXT
    assert files() == {"text.txt"}


def test_what_is_there_is_not_fetched_again(server):
    assert fetch(server) == fetch(server)
    assert server.requests == [None]


def test_a_file_that_was_altered_in_the_cache_is_fetched_again(server):
    fetch(server).write_bytes(b"altered")
    assert fetch(server).read_bytes() == TEXT


def test_a_server_that_goes_on_and_on_is_left(server):
    def endless(handler):
        send(handler, TEXT * 400, length=len(TEXT) * 400)
        handler.server.requests.append("sent all")

    with pytest.raises(DownloadError, match="checksum begins with"):
        fetch(server, endless)
    assert fetch(server).read_bytes() == TEXT
    assert server.requests == [None, None]


def test_a_redirect_to_a_good_place_is_followed(server):
    def answer(handler):
        return good(handler) if handler.path == "/new" else redirecting("/new")(handler)

    assert fetch(server, answer).read_bytes() == TEXT


def test_two_downloads_at_once_fetch_the_file_once(server):
    threads = [threading.Thread(target=functools.partial(fetch, server)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files() == {"text.txt"} and len(server.requests) == 1


def test_http_is_refused_even_on_this_machine_unless_asked_for(server):
    with pytest.raises(DownloadError, match="not https.*python_docs"):
        downloads.fetch(wanted(server))
    assert server.requests == []


def test_offline_mode_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    with pytest.raises(DownloadError, match="COURSE_OFFLINE=1 is set, .*python_docs"):
        corpora.download("tiny_shakespeare")


def test_no_network_is_an_error_in_words(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.delenv("COURSE_OFFLINE")
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: (_ for _ in ()).throw(OSError("x")))
    for proxy in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    with pytest.raises(DownloadError, match=r"cannot be reached \(x\): no network.*python_docs"):
        corpora.download("tiny_shakespeare")


def test_a_full_disc_is_named(server, monkeypatch):
    def full(number):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DownloadError, match="No space left .*COURSE_CACHE.*python_docs"):
        fetch(server)
    assert files() == set()


def test_a_folder_that_cannot_be_written_is_named(server, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file" / "inside"))
    with pytest.raises(DownloadError, match="cannot be written .*COURSE_CACHE.*python_docs"):
        fetch(server)


def test_a_corpus_that_is_not_there_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"corpora.download\('tiny_shakespeare'\).*docs"):
        corpora.load("tiny_shakespeare")
    assert "corpora.download('tiny_shakespeare')" in corpora.describe("tiny_shakespeare")
    with pytest.raises(ValueError, match="'markov' is no download: there are tiny_shakespeare"):
        corpora.download("markov")


def test_a_downloaded_corpus_is_split_by_position_without_empty_lines(server, monkeypatch):
    known = registry.CORPORA["tiny_shakespeare"]
    monkeypatch.setitem(registry.CORPORA, known.name, replace(known, download=wanted(server)))
    fetch(server)
    parts = [corpora.load("tiny_shakespeare", split) for split in corpora.SPLITS]
    assert sum(parts, []) == [line for line in TEXT.decode().split("\n") if line]
    assert [len(part) for part in parts] == [6400, 800, 800]
    assert "6,400" in corpora.describe("tiny_shakespeare")

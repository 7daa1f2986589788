"""A file is written whole or not at all, and nothing is left beside it."""

import os
import re
from pathlib import Path

import pytest

from helpers import files


def test_a_file_and_its_folders_are_written_and_replaced(tmp_path):
    path = tmp_path / "new" / "inside" / "file.txt"
    for data in (b"first", b""):
        files.replace_file(path, data)
        assert path.read_bytes() == data
        assert list(path.parent.iterdir()) == [path]


def test_who_may_read_it_is_what_the_user_has_chosen(tmp_path):
    before = os.umask(0o027)
    try:
        files.replace_file(tmp_path / "file", b"x")
        (tmp_path / "plain").write_bytes(b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_failure_names_the_file_and_the_cure_and_leaves_the_old_one(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda number: os.close(9999))
    why = re.escape(f"{tmp_path / 'file'} cannot be written (Bad file descriptor): buy a disc")
    with pytest.raises(OSError, match=why):
        files.replace_file(tmp_path / "file", b"new", "buy a disc")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_a_draft_that_another_process_renames_meanwhile_stops_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "iterdir", lambda folder: iter([tmp_path / ".a.abcd1234.draft"]))
    files.replace_file(tmp_path / "file", b"x")
    assert (tmp_path / "file").read_bytes() == b"x"


def test_where_a_file_stands_in_place_of_the_folder_it_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="cannot be written .*make room"):
        files.replace_file(tmp_path / "file" / "inside", b"x")

"""The files that Binder and Codespaces read: the same steps, the same pins."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import prepare
import pytest

ROOT = prepare.ROOT
DEV = json.loads(Path(ROOT, ".devcontainer", "devcontainer.json").read_text(encoding="utf-8"))


def test_codespaces_carries_out_the_steps_of_binder_on_a_python_of_the_course():
    assert DEV["postCreateCommand"].split(" && ") == [
        "python -m venv .venv", ". .venv/bin/activate",      # the image's own is not the user's
        "python -m pip install -r binder/requirements.txt", "bash binder/postBuild"]
    version = re.fullmatch(r"mcr\.microsoft\.com/devcontainers/python:(3\.\d+)", DEV["image"])
    assert version[1] in prepare.GOOD_PYTHONS


def test_codespaces_opens_the_start_page_at_the_port_that_it_forwards():
    assert DEV["forwardPorts"] == [8888] and "8888" in DEV["portsAttributes"]
    assert "--port=8888" in DEV["postAttachCommand"]
    assert "/lab/tree/my/index.ipynb" in DEV["postAttachCommand"]
    assert "--ip=0.0.0.0" not in DEV["postAttachCommand"]        # the forwarding reaches loopback


@pytest.mark.slow
def test_repo2docker_reads_the_files_of_binder(tmp_path):
    """It prints the recipe of an image; nothing is built."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    shutil.copytree(f"{ROOT}/binder", tmp_path / "binder")
    recipe = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert 'pip install --no-cache-dir -r "binder/requirements.txt"' in recipe.stdout
    assert "RUN ./binder/postBuild" in recipe.stdout
    assert "python=3.11" in recipe.stderr

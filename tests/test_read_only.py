"""An archive on a disk that cannot be written to is one sentence that says what to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from made_media import write_jpeg

import verify

MOUNTED = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("read-only") / "archive"
    with verify.open_archive(folder) as opened:
        opened.scan([write_jpeg(folder.parent / "a.jpg", 1)], jobs=1, profile="fast")
    return folder


def read_only(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command that sees this folder mounted for reading only."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare is not installed")  # Linux only: nothing else mounts for one process
    prefix = [unshare, "-m", "sh", "-c", MOUNTED, str(folder)]
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("only a superuser may mount a folder for reading only")  # the system refused
    return subprocess.run([*prefix, *command], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("verb", ["check", "items", "log", "find-copies"])
def test_an_archive_that_cannot_be_written_to_says_what_to_do(archive: Path, verb: str) -> None:
    asked = [str(archive.parent / "a.jpg")] if verb == "find-copies" else []
    done = read_only(archive, sys.executable, "-m", "verify.cli", verb, *asked, "--archive", str(archive))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "Read-only file system" in " ".join(done.stderr.split())
    assert "Copy the archive to a disk that can be written to." in " ".join(done.stderr.split())

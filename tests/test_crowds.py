"""Many scans and an upload at once into one archive: every item once, and nobody hears of a lock."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_media import picture, write_jpeg

import verify
from benchmarks.kills import send
from benchmarks.page_server import served

SCANS = 4
FOLDERS = 5
EACH = 8
PATIENCE = 120


def test_four_scans_of_overlapping_folders_and_uploads_at_once_keep_every_item_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFY_ARCHIVE", str(tmp_path / "archive"))
    verify.open_archive(tmp_path / "archive").close()
    for number in range(FOLDERS * EACH):
        folder = tmp_path / f"inbox-{number % FOLDERS}"
        folder.mkdir(exist_ok=True)
        write_jpeg(folder / f"{number}.jpg", number)
    uploads = [picture(100 + number).tobytes() for number in range(3)]
    with served(tmp_path / "archive") as server:
        scans = [start_scan(tmp_path, first=number) for number in range(SCANS)]
        assert [send(server.url, content) for content in uploads] == [200] * len(uploads)
        said = [scan.communicate(timeout=PATIENCE)[1] for scan in scans]
        wait_for(tmp_path / "archive", {hashlib.sha256(content).hexdigest() for content in uploads})
    assert [scan.returncode for scan in scans] == [0] * SCANS, said
    assert not any("lock" in words or "Traceback" in words for words in said)
    with verify.open_archive(tmp_path / "archive") as archive:
        items = list(archive)
        originals = [*tmp_path.glob("inbox-*/*.jpg"), *(tmp_path / "archive" / "uploads").rglob("*.bmp")]
        assert sorted(item.sha256 for item in items) == sorted(
            hashlib.sha256(path.read_bytes()).hexdigest() for path in originals
        )
        assert sorted(path for item in items for path in item.paths) == sorted(
            str(path).encode() for path in originals
        )
        assert len(list(archive.log(kinds=["item-added"]))) == len(items)
        assert archive.check().faults == ()


def start_scan(folder: Path, *, first: int) -> subprocess.Popen[str]:
    """Start to scan two folders, of which the next scan has one as well."""
    inboxes = [str(folder / f"inbox-{number}") for number in (first, first + 1)]
    command = [sys.executable, "-m", "verify.cli", "scan", *inboxes, "--archive", str(folder / "archive")]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def wait_for(folder: Path, wanted: set[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    with verify.open_archive(folder) as archive:
        while wanted - {item.sha256 for item in archive}:
            assert time.monotonic() < deadline
            time.sleep(0.1)

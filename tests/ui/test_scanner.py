"""The process beside the server that scans: it may die, and ends with the server."""

from __future__ import annotations

from pathlib import Path

import pytest

import verify
from ui.scanner import STOPPED, Scanner


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    verify.open_archive(tmp_path / "archive").close()
    return tmp_path / "archive"


def test_a_scan_says_how_far_it_is_and_what_went_wrong(archive: Path, samples: Path) -> None:
    scanner, seen = Scanner(archive), []
    assert scanner.scan([samples / "media" / "flower.jpg"], seen.append) == ""
    assert seen[-1].examined == 1
    assert "no-such-folder" in scanner.scan([archive / "no-such-folder"], seen.append)
    scanner.stop()


def test_a_scanner_that_dies_is_told_of_and_replaced(archive: Path, samples: Path) -> None:
    scanner, seen = Scanner(archive), []

    def kill(_: verify.Progress) -> None:
        assert scanner._process is not None
        scanner._process.kill()
        scanner._process.wait()

    assert scanner.scan([samples / "media"], kill) == STOPPED
    assert scanner.scan([samples / "media" / "flower.jpg"], seen.append) == ""
    assert seen[-1].files == 1
    scanner.stop()

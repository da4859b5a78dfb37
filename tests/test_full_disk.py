"""A full disk is one sentence and loses nothing; `benchmarks/full_disk.py` does the same at twenty points."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from made_media import write_jpeg

import verify
from benchmarks.full_disk import Outcome, fill_again_and_again, filled, small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    try:
        with small_disk(tmp_path / "probe"):
            pass
    except OSError as refusal:
        pytest.skip(str(refusal))  # only root may mount a small disk
    return tmp_path / "disk"


def test_what_was_confirmed_survives_a_full_disk_and_work_goes_on_when_there_is_room(
    disk: Path, tmp_path: Path
) -> None:
    outcome = fill_again_and_again(tmp_path, points=3)
    assert outcome == Outcome(points=3, refused=outcome.refused)
    assert set(outcome.refused) == {"disk-full"}
    assert outcome.refused["disk-full"] >= 3


def test_the_command_line_says_in_one_line_that_the_disk_is_full(disk: Path, tmp_path: Path) -> None:
    for number in range(20):
        write_jpeg(tmp_path / f"{number}.jpg", number)
    pictures = [str(path) for path in sorted(tmp_path.glob("*.jpg"))]
    with small_disk(disk):
        with verify.open_archive(disk / "archive") as archive:
            archive.scan(pictures[:1], jobs=1, profile="fast")
        with filled(disk, leaving=0):
            for arguments in (("scan", *pictures), ("mark", pictures[0], "verified", "--note", "x" * 50_000)):
                command = [sys.executable, "-m", "verify.cli", *arguments, "--archive", str(disk / "archive")]
                shown = subprocess.run(command, capture_output=True, text=True, check=False)
                assert shown.returncode == 2, shown.stderr
                assert shown.stderr.splitlines()[-1].startswith("verify: The disk is full.")
                assert "Traceback" not in shown.stderr
        with verify.open_archive(disk / "archive", create=False) as archive:
            assert archive.check().faults == ()

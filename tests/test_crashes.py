"""A scan that is killed loses nothing. `benchmarks/crashes.py` does the same fifty times over 300 files."""

from __future__ import annotations

from pathlib import Path

from crashes import Outcome, kill_again_and_again, make_folder


def test_a_scan_killed_with_all_its_workers_resumes_without_loss_or_doubles(tmp_path: Path) -> None:
    make_folder(tmp_path / "folder", files=120)
    outcome = kill_again_and_again(tmp_path / "folder", tmp_path, kills=4)
    assert outcome == Outcome(kills=4, rounds=outcome.rounds)

"""A check of a backup finds flipped bytes; `benchmarks/flips.py` flips every byte of its log."""

from __future__ import annotations

from pathlib import Path

from benchmarks.flips import flip_file, flip_log, make_backup


def test_flipped_bytes_of_a_backup_are_found_or_change_nothing_that_was_said(tmp_path: Path) -> None:
    backup = make_backup(tmp_path)
    log = flip_log(backup, every=40)
    assert set(log) == {"found"}
    file = flip_file(backup, places=60)
    assert set(file) <= {"found", "harmless", "unreadable"}
    assert file["found"]

"""A database file that is taken away while it is open: nothing is confirmed that nobody could read again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from made_reviews import archive_of

import verify


def test_what_is_said_to_a_removed_archive_is_refused_until_it_is_back(tmp_path: Path) -> None:
    with archive_of(tmp_path, "a") as archive:
        item = next(iter(archive)).sha256
        kept = tmp_path / "kept.sqlite"
        archive.mark(item, "verified", by="desk-1")
        database = next((tmp_path / "archive").glob("*.sqlite"))
        with verify.open_archive(tmp_path / "archive") as other:
            other.backup(tmp_path / "backup")
        for file in database.parent.glob("*.sqlite*"):
            file.unlink()
        for _ in range(2):
            with pytest.raises(verify.ArchiveError, match=r"removed or replaced|unable to open"):
                archive.mark(item, "unverified", by="desk-2")
            assert not database.exists()
        shutil.copy(tmp_path / "backup" / database.name, kept)
        kept.rename(database)
        archive.mark(item, "unverified", by="desk-2")
    with verify.open_archive(tmp_path / "archive") as again:
        assert [event.by for event in again.log(kinds=["verdict-given"])] == ["desk-1", "desk-2"]
        assert not again.check().faults

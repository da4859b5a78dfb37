"""A backup is an archive of its own: whole, proved by a check, and made while others go on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from made_media import write_jpeg
from made_reviews import archive_of

import verify
from verify.store import schema

SCAN_AND_MARK = """
import sys, verify
archive, inbox = verify.open_archive(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
for turn in range(10_000):
    for item in archive:
        archive.add_note(item.sha256, f"note {turn}", by="desk-1")
    archive.scan([f"{inbox}/{turn % 3}"], jobs=1, profile="fast")
"""


def uploaded(archive: verify.Archive, *, names: tuple[str, ...], content: bytes) -> str:
    """Put an original where the page puts it, under all its names, and scan it."""
    sha256 = hashlib.sha256(content).hexdigest()
    home = archive.folder / "uploads" / sha256[:2] / sha256
    home.mkdir(parents=True)
    first, *others = (home / name for name in names)
    first.write_bytes(content)
    for other in others:
        other.hardlink_to(first)
    archive.scan([home], jobs=1)
    return sha256


def test_a_backup_holds_log_cases_and_the_originals_that_came_in_through_the_page(tmp_path: Path) -> None:
    content = write_jpeg(tmp_path / "one.jpg", 1).read_bytes()
    with archive_of(tmp_path, "a", "b") as archive:
        sha256 = uploaded(archive, names=("one.jpg", "also one.jpg"), content=content)
        archive.mark(sha256, "verified", by="desk-1", note="seen it")
        before = [event.to_json() for event in archive.log()], archive.cases()
        made = archive.backup(tmp_path / "copy")
        assert (made.items, made.originals, made.elsewhere, made.faults) == (3, 1, 2, ())
        assert str(made.head) == str(archive.check().head)
    with verify.open_archive(tmp_path / "copy", create=False) as copy:
        check = copy.check(head=str(made.head))
        assert (check.faults, check.moved) == ((), ())
        assert ([event.to_json() for event in copy.log()], copy.cases()) == before
        assert copy.find_copies(sha256) == []
    one, other = sorted((tmp_path / "copy" / "uploads").rglob("*.jpg"))
    assert one.read_bytes() == content
    assert one.samefile(other)
    assert not one.samefile(tmp_path / "archive" / one.relative_to(tmp_path / "copy"))


def test_a_backup_stands_alone_when_the_archive_is_lost(tmp_path: Path) -> None:
    content = write_jpeg(tmp_path / "one.jpg", 1).read_bytes()
    with verify.open_archive(tmp_path / "archive") as archive:
        sha256 = uploaded(archive, names=("one.jpg",), content=content)
        archive.backup(tmp_path / "copy")
    shutil.rmtree(tmp_path / "archive")
    with verify.open_archive(tmp_path / "copy", create=False) as copy:
        assert copy.check().faults == ()
        original = copy.original(sha256)
        assert original is not None
        assert original.read_bytes() == content


def test_a_backup_made_while_others_scan_and_mark_is_one_moment_of_the_archive(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / "inbox" / str(number % 3)).mkdir(parents=True, exist_ok=True)
        write_jpeg(tmp_path / "inbox" / str(number % 3) / f"{number}.jpg", number)
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([tmp_path / "inbox" / "0"], jobs=1, profile="fast")
        command = [sys.executable, "-c", SCAN_AND_MARK, str(tmp_path / "archive"), str(tmp_path / "inbox")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline() == "ready\n"
                heads = [archive.backup(tmp_path / f"copy-{number}").head for number in range(5)]
                assert process.poll() is None
            finally:
                process.kill()
        log = [event.to_json() for event in archive.log()]
        assert archive.check(head=str(heads[-1])).faults == ()
    for number, head in enumerate(heads):
        with verify.open_archive(tmp_path / f"copy-{number}", create=False) as copy:
            assert copy.check(head=str(head)).faults == ()
            assert [event.to_json() for event in copy.log()] == log[: head.sequence]


def test_nothing_that_is_there_is_ever_overwritten(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with archive_of(tmp_path, "a") as archive:
        for taken in ("file", "folder", "link"):
            with pytest.raises(verify.ArchiveError, match="something at") as refused:
                archive.backup(tmp_path / taken)
            assert refused.value.code == "exists"
        with pytest.raises(verify.ArchiveError, match="no folder"):
            archive.backup(tmp_path / "a disk that is not there" / "copy")
        with pytest.raises(verify.ArchiveError, match="lost with it"):
            archive.backup(archive.folder / "copy")
    assert (tmp_path / "file").read_text() == "precious"
    assert {path.name for path in tmp_path.iterdir()} == {"file", "folder", "link", "archive", "inbox"}


def test_an_original_that_is_not_what_it_was_is_named_and_copied_as_it_is(tmp_path: Path) -> None:
    content = write_jpeg(tmp_path / "one.jpg", 1).read_bytes()
    with verify.open_archive(tmp_path / "archive") as archive:
        uploaded(archive, names=("one.jpg",), content=content)
        (original,) = (tmp_path / "archive" / "uploads").rglob("*.jpg")
        original.write_bytes(content[:-1])
    shown = subprocess.run(
        [sys.executable, "-m", "verify.cli", "backup", "copy", "--archive", "archive", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 1, shown.stderr
    (fault,) = json.loads(shown.stdout)["faults"]
    assert (fault["code"], fault["subject"]) == ("changed-original", str(original))
    (copied,) = (tmp_path / "copy" / "uploads").rglob("*.jpg")
    assert copied.read_bytes() == content[:-1]


def test_names_of_any_bytes_are_copied(tmp_path: Path) -> None:
    name = os.fsdecode(b"-n\xff\n\x1b[31m.jpg")
    content = write_jpeg(tmp_path / "one.jpg", 1).read_bytes()
    with verify.open_archive(tmp_path / "archive") as archive:
        sha256 = uploaded(archive, names=(name,), content=content)
        archive.backup(tmp_path / "copy")
    shutil.rmtree(tmp_path / "archive")
    with verify.open_archive(tmp_path / "copy", create=False) as copy:
        original = copy.original(sha256)
        assert original is not None
        assert original.name == name


def test_the_command_says_what_it_copied_and_the_head_of_the_log(tmp_path: Path) -> None:
    with archive_of(tmp_path, "a", "b") as archive:
        head = archive.check().head
    command = [sys.executable, "-m", "verify.cli", "backup", "copy", "--archive", "archive"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    assert "2 items with their reviews, 0 originals" in shown.stdout
    assert str(head) in shown.stdout
    assert "originals of 2 items lie outside" in shown.stderr
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert again.stderr == "verify: There is something at copy already. Name a new folder.\n"


def test_a_flipped_byte_of_the_log_in_a_backup_is_found(tmp_path: Path) -> None:
    with archive_of(tmp_path, "a") as archive:
        archive.add_note(next(iter(archive)).sha256, "the same wall as in 2019", by="desk-1")
        archive.backup(tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy" / "archive.sqlite")) as connection, connection:
        for guard in schema.GUARDS:
            connection.execute(f"DROP TRIGGER {guard}")
        connection.execute("UPDATE review_event SET payload = replace(payload, '2019', '2018')")
    with verify.open_archive(tmp_path / "copy", create=False) as copy:
        assert ("changed-event", "event 2") in {(fault.code, fault.subject) for fault in copy.check().faults}

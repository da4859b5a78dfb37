"""A check finds whatever was changed behind the archive's back, and names it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import digest_of
from made_reviews import archive_of

import verify
from verify.store import schema

A, B, C = (digest_of(name) for name in "abc")

COLUMNS = ("at", "by", "item", "kind", "payload", "key", "previous", "digest")


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an archive of three items that were reviewed."""
    folder = tmp_path_factory.mktemp("reviewed")
    with archive_of(folder, "a", "b", "c") as archive:
        archive.claim(A, verify.Claim(text="An attack, today", place="Kunduz"), by="desk-1")
        archive.mark(A, "misattributed", by="desk-1", earlier_copy=B, note="the same wall")
        archive.mark(A, "unverified", by="desk-2", seen_version=3)
        archive.confirm_match(A, B, by="desk-2")
        archive.add_note(B, "нет \U0001f600", by="desk-2")
        archive.mark(C, "verified", by="desk-1")
        archive.withdraw(C, by="desk-1")
    return folder


@contextmanager
def tampered(reviewed: Path) -> Iterator[tuple[Path, sqlite3.Connection]]:
    """Give a copy of the archive and a bare connection to its database, without its guards."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "archive"
        shutil.copytree(reviewed / "archive", copy)
        with closing(sqlite3.connect(copy / "archive.sqlite")) as connection, connection:
            for guard in schema.GUARDS:
                connection.execute(f"DROP TRIGGER {guard}")
            yield copy, connection


def proved(folder: Path, *, head: str | None = None) -> verify.Check:
    with verify.open_archive(folder, create=False) as archive:
        return archive.check(head=head)


def everything_said(archive: verify.Archive) -> object:
    thumbnails = [archive.thumbnail(item) for item in (A, B, C)]
    return [event.to_json() for event in archive.log()], archive.cases(), thumbnails


def head_of(reviewed: Path) -> str:
    return str(proved(reviewed / "archive").head)


def named(check: verify.Check) -> set[str]:
    """Return what the faults are about, but for the guards that the test itself took away."""
    return {fault.subject for fault in check.faults if fault.code != "missing-guard"}


def test_an_archive_that_nobody_touched_is_as_recorded(reviewed: Path) -> None:
    check = proved(reviewed / "archive")
    assert (check.faults, check.moved) == ((), ())
    assert (check.events, check.items, check.thumbnails, check.originals) == (10, 3, 3, 3)
    assert proved(reviewed / "archive", head=str(check.head)).faults == ()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_every_changed_byte_of_the_log_is_found_and_named(reviewed: Path, data: st.DataObject) -> None:
    sequence = data.draw(st.integers(1, 10), label="sequence")
    column = data.draw(st.sampled_from(COLUMNS), label="column")
    flip = data.draw(st.integers(1, 255), label="flip")
    with tampered(reviewed) as (copy, connection):
        question = f'SELECT typeof("{column}"), CAST("{column}" AS BLOB) FROM review_event WHERE sequence = ?'
        kind, value = connection.execute(question, (sequence,)).fetchone()
        changed = bytearray(value)
        changed[data.draw(st.integers(0, len(value) - 1), label="place")] ^= flip
        sql = f'UPDATE review_event SET "{column}" = CAST(? AS {kind}) WHERE sequence = ?'
        connection.execute(sql, (bytes(changed), sequence))
        connection.commit()
        assert f"event {sequence}" in named(proved(copy))


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_changed_byte_anywhere_in_the_file_is_found_unless_it_changes_nothing_that_was_said(
    reviewed: Path, data: st.DataObject
) -> None:
    with verify.open_archive(reviewed / "archive") as archive:
        before = everything_said(archive)
    with TemporaryDirectory() as folder:
        content = bytearray((reviewed / "archive" / "archive.sqlite").read_bytes())
        place = data.draw(st.sampled_from([at for at, byte in enumerate(content) if byte]), label="place")
        content[place] ^= data.draw(st.integers(1, 255), label="flip")
        (Path(folder) / "archive.sqlite").write_bytes(content)
        with suppress(verify.ArchiveError), verify.open_archive(folder, create=False) as archive:
            assert archive.check().faults or everything_said(archive) == before


@pytest.mark.parametrize("column", COLUMNS)
def test_a_value_of_another_type_is_found_too(reviewed: Path, column: str) -> None:
    with tampered(reviewed) as (copy, connection):
        kind = "BLOB" if column in {"at", "by", "kind", "payload", "key"} else "TEXT"
        sql = f'UPDATE review_event SET "{column}" = CAST("{column}" AS {kind}) WHERE sequence = 5'
        connection.execute(sql)
        connection.commit()
        assert "event 5" in named(proved(copy))


def test_a_payload_that_only_looks_different_is_found(reviewed: Path) -> None:
    with tampered(reviewed) as (copy, connection):
        connection.execute("UPDATE review_event SET payload = payload || ' ' WHERE sequence = 8")
        connection.commit()
        assert "event 8" in named(proved(copy))


@pytest.mark.parametrize("sequence", range(1, 11))
def test_every_deleted_line_is_found(reviewed: Path, sequence: int) -> None:
    head = head_of(reviewed)
    with tampered(reviewed) as (copy, connection):
        connection.execute("DELETE FROM review_event WHERE sequence = ?", (sequence,))
        connection.commit()
        assert f"event {sequence}" in named(proved(copy, head=head))


@pytest.mark.parametrize("kept", range(10))
def test_every_cut_tail_is_found_by_the_head_that_was_written_down(reviewed: Path, kept: int) -> None:
    head = head_of(reviewed)
    with tampered(reviewed) as (copy, connection):
        connection.execute("DELETE FROM review_event WHERE sequence > ?", (kept,))
        connection.commit()
        assert ("cut-tail", "event 10") in {
            (fault.code, fault.subject) for fault in proved(copy, head=head).faults
        }


def test_a_cut_tail_shows_in_the_states_even_without_a_head(reviewed: Path) -> None:
    with tampered(reviewed) as (copy, connection):
        connection.execute("DELETE FROM review_event WHERE sequence > 9")
        connection.commit()
        assert named(proved(copy)) == {C}


@settings(max_examples=40, deadline=None)
@given(pair=st.lists(st.integers(1, 10), min_size=2, max_size=2, unique=True))
def test_two_swapped_lines_are_found_and_both_named(reviewed: Path, pair: list[int]) -> None:
    one, other = pair
    with tampered(reviewed) as (copy, connection):
        for before, after in ((one, 99), (other, one), (99, other)):
            connection.execute("UPDATE review_event SET sequence = ? WHERE sequence = ?", (after, before))
        connection.commit()
        assert {f"event {one}", f"event {other}"} <= named(proved(copy))


def test_a_log_that_was_sealed_anew_is_found_by_the_head_that_was_written_down(
    reviewed: Path, tmp_path: Path
) -> None:
    head = head_of(reviewed)
    with archive_of(tmp_path, "a", "b", "c") as forged:
        for number in range(12):
            forged.add_note(A, f"note {number}", by="desk-5")
        assert forged.check().faults == ()
        assert {fault.code for fault in forged.check(head=head).faults} == {"other-head"}


@pytest.mark.parametrize(
    ("change", "item"),
    [
        ("UPDATE case_state SET verdict = 'verified' WHERE verdict = 'misattributed'", A),
        ("UPDATE case_state SET document = replace(document, 'wall', 'hall')", A),
        ("UPDATE case_state SET text = 'x' WHERE item_id = 2", B),
        ("UPDATE case_state SET verdict_by = CAST(verdict_by AS BLOB)", A),
        ("UPDATE case_state SET version = version + 1 WHERE item_id = 3", C),
        ("DELETE FROM case_state WHERE item_id = 3", C),
    ],
)
def test_a_state_that_the_log_does_not_add_up_to_is_found(reviewed: Path, change: str, item: str) -> None:
    with tampered(reviewed) as (copy, connection):
        connection.execute(change)
        connection.commit()
        faults = {fault.subject for fault in proved(copy).faults if fault.code == "stale-state"}
        assert faults == {item}


def test_an_item_that_was_slipped_in_or_renamed_is_found(reviewed: Path) -> None:
    with tampered(reviewed) as (copy, connection):
        connection.execute("UPDATE item SET sha256 = zeroblob(32) WHERE id = 2")
        connection.commit()
        assert "0" * 64 in named(proved(copy))


@pytest.mark.parametrize("change", ["UPDATE thumbnail SET jpeg = jpeg || x'00'", "DELETE FROM thumbnail"])
def test_a_thumbnail_that_was_changed_or_taken_away_is_named(reviewed: Path, change: str) -> None:
    with tampered(reviewed) as (copy, connection):
        connection.execute(f"{change} WHERE examination_id = 2")
        connection.commit()
        assert ("changed-thumbnail", B) in {(fault.code, fault.subject) for fault in proved(copy).faults}


def test_guards_that_were_taken_away_are_named(reviewed: Path) -> None:
    with tampered(reviewed) as (copy, _):
        check = proved(copy)
    assert {fault.subject for fault in check.faults if fault.code == "missing-guard"} == set(schema.GUARDS)


def test_changed_missing_and_unreadable_originals_are_named_a_moved_one_is_no_fault(
    tmp_path: Path,
) -> None:
    with archive_of(tmp_path, "a", "b", "c", "d", "e") as archive:
        inbox = tmp_path / "inbox"
        (inbox / "a.jpg").write_bytes(b"A")
        (inbox / "b.jpg").unlink()
        (inbox / "c.jpg").unlink()
        (inbox / "c.jpg").symlink_to(inbox / "d.jpg")
        (inbox / "kept").mkdir()
        (inbox / "d.jpg").rename(inbox / "kept" / "d.jpg")
        archive.scan([inbox / "kept"], jobs=1)
        check = archive.check()
    assert {(fault.code, Path(fault.subject).name) for fault in check.faults} == {
        ("changed-original", "a.jpg"),
        ("missing-original", "b.jpg"),
        ("unreadable-original", "c.jpg"),
    }
    assert [Path(moved.subject).name for moved in check.moved] == ["d.jpg"]


def test_an_original_that_another_file_took_the_place_of_is_missing(tmp_path: Path) -> None:
    with archive_of(tmp_path, "a") as archive:
        (tmp_path / "inbox" / "a.jpg").write_bytes(b"something else")
        archive.scan([tmp_path / "inbox"], jobs=1)
        (fault,) = archive.check().faults
    assert (fault.code, Path(fault.subject).name) == ("missing-original", "a.jpg")
    assert A[:12] in fault.message


def test_a_check_writes_nothing(reviewed: Path) -> None:
    database = reviewed / "archive" / "archive.sqlite"
    before = database.read_bytes()
    proved(reviewed / "archive")
    assert database.read_bytes() == before

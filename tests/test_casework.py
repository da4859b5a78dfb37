"""What reviewers do with an archive from Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_records import digest_of
from made_reviews import archive_of

import verify
from verify.store.role import SeenBefore

A, B, C = (digest_of(name) for name in "abc")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[verify.Archive]:
    """Return an archive of three items, of which `b` was found to be a copy of `a`, and `c` of `b`."""
    with archive_of(tmp_path, "a", "b", "c") as opened:
        found = (
            verify.Match(
                item=A, relation="part-of", evidence=("geometry",), score=0.99, paths=("/inbox/a.jpg",)
            ),
            verify.Match(item=C, relation="part-of", evidence=("geometry",), score=0.95),
        )
        seen = SeenBefore(examination=2, sha256=B, path=b"/inbox/b.jpg", matches=found)
        opened._store.add_seen_before([seen])
        yield opened


def test_a_verdict_is_in_the_log_the_case_the_table_and_the_queue(archive: verify.Archive) -> None:
    marked = archive.mark(A, "misattributed", by="desk-1", earlier_copy=B[:8], note="an older clip")
    assert marked.meanwhile is None
    assert list(archive.log(A))[-1] == marked.event
    assert archive.head().digest == marked.event.digest
    case = archive.case(A)
    assert (case.verdict, case.version) == ("misattributed", marked.event.sequence)
    assert case.decision is not None
    assert (case.decision.earlier_copy, case.decision.note) == (B, "an older clip")
    assert archive.cases([A]) == {A: case}
    row = archive.items().loc[A]
    assert (row.verdict, row.verdict_by, row.verdict_at) == ("misattributed", "desk-1", marked.event.at)
    assert [row.case for row in archive.queue(verify.QueueFilter(verdict="misattributed")).rows] == [case]


def test_an_item_can_be_named_by_its_path(archive: verify.Archive, tmp_path: Path) -> None:
    archive.mark(tmp_path / "inbox" / "a.jpg", "verified", by="desk-1")
    assert archive.case(A).verdict == "verified"
    with pytest.raises(verify.UnknownItem):
        archive.mark("ffffffff", "verified", by="desk-1")


def test_nothing_is_written_when_a_statement_is_refused(archive: verify.Archive) -> None:
    head = archive.head()
    for refused in (
        lambda: archive.mark(A, "misattributed", by="desk-1"),
        lambda: archive.mark(A, "verified", by=""),
        lambda: archive.mark(A, "misattributed", by="desk-1", earlier_copy=A),
        lambda: archive.refuse_match(A, A, by="desk-1"),
        lambda: archive.withdraw(A, by="desk-1"),
    ):
        with pytest.raises(verify.RefusedStatement):
            refused()
    assert archive.head() == head


def test_a_double_click_is_one_event(archive: verify.Archive) -> None:
    version = archive.case(A).version
    first = archive.mark(A, "verified", by="desk-1", seen_version=version, key="form 1")
    again = archive.mark(A, "verified", by="desk-1", seen_version=first.event.sequence, key="form 1")
    assert again == first
    assert len(list(archive.log(A, kinds=["verdict-given"]))) == 1


def test_who_decides_otherwise_unknowingly_is_told_and_both_are_in_the_log(
    archive: verify.Archive,
) -> None:
    version = archive.case(A).version
    first = archive.mark(A, "verified", by="desk-1", seen_version=version)
    archive.add_note(A, "looks right", by="desk-1")
    second = archive.mark(A, "unverified", by="desk-2", seen_version=version)
    assert second.meanwhile is not None
    assert (second.meanwhile.by, second.meanwhile.sequence) == ("desk-1", first.event.sequence)
    assert [event.by for event in archive.log(A, kinds=["verdict-given"])] == ["desk-1", "desk-2"]
    case = archive.case(A)
    assert (case.verdict, case.status) == ("verified", "contested")
    settled = archive.mark(A, "unverified", by="desk-2", seen_version=case.version)
    assert settled.meanwhile is None
    assert (archive.case(A).verdict, archive.case(A).status) == ("unverified", "decided")


def test_undo_takes_back_ones_own_verdict_and_what_stood_before_stands_again(archive: verify.Archive) -> None:
    archive.mark(A, "verified", by="desk-1")
    archive.mark(A, "unverified", by="desk-2")
    archive.withdraw(A, by="desk-2")
    assert archive.case(A).verdict == "verified"
    with pytest.raises(verify.RefusedStatement) as refused:
        archive.withdraw(A, by="desk-2")
    assert refused.value.code == "nothing-to-withdraw"
    given = archive.case(A).decision
    assert given is not None
    archive.withdraw(A, by="desk-2", given=given.sequence, note="agreed with desk-1")
    assert archive.case(A).status == "open"


def test_claim_note_discussion_and_assignment_are_part_of_the_case(archive: verify.Archive) -> None:
    claim = verify.Claim(text="Yesterday in Kunduz", post_url="https://example.org/p/1")
    archive.claim(A, claim, by="desk-1")
    archive.add_note(A, "which bridge?", by="desk-2")
    archive.discuss(A, by="desk-2", note="ask the desk")
    archive.assign(A, "desk-4", by="desk-2")
    case = archive.case(A)
    assert (case.claim, case.notes[0].text, case.status) == (claim, "which bridge?", "in-discussion")
    assert case.assigned_to == "desk-4"
    archive.assign(A, "", by="desk-4")
    assert archive.case(A).assigned_to == ""
    assert archive.queue(verify.QueueFilter(text="bridge KUNDUZ")).total == 1


def test_a_verdict_on_a_copy_is_suggested_and_never_applied(archive: verify.Archive) -> None:
    archive.mark(A, "misattributed", by="desk-1", true_context="a drill in 2019")
    (suggested,) = archive.suggested_verdicts(B).items()
    assert (suggested[0], suggested[1].verdict) == (A, "misattributed")
    assert archive.case(B).verdict is None
    assert archive.suggested_verdicts(A) == {}


def test_a_refused_pair_leaves_the_family_until_it_is_confirmed(archive: verify.Archive) -> None:
    family = verify.Family(source=B, members=tuple(sorted((A, C))))
    assert archive.families() == [family]
    archive.refuse_match(A, B, by="desk-1")
    assert archive.families() == [verify.Family(source=B, members=(C,))]
    assert archive.suggested_verdicts(A) == {}
    assert archive.families(refused=()) == [family]
    archive.confirm_match(B, A, by="desk-2")
    assert archive.families() == [family]


def test_the_queue_shows_the_best_older_copy_that_was_not_refused_with_its_verdict(
    archive: verify.Archive,
) -> None:
    marked = archive.mark(A, "misattributed", by="desk-1", true_context="a drill")
    rows = {row.item.sha256: row for row in archive.queue().rows}
    older = rows[B].older
    assert older is not None
    assert (older.match.item, older.verdict, older.verdict_at) == (A, "misattributed", marked.event.at)
    assert (rows[A].older, rows[C].older) == (None, None)
    archive.refuse_match(B, A, by="desk-2")
    older = next(row.older for row in archive.queue().rows if row.item.sha256 == B)
    assert older is not None
    assert (older.match.item, older.verdict) == (C, None)
    assert [row.item.sha256 for row in archive.queue(verify.QueueFilter(seen_before=True)).rows] == [B]


def test_a_match_refused_from_the_older_side_is_refused_for_the_newer_one_too(
    archive: verify.Archive,
) -> None:
    archive.refuse_match(A, B, by="desk-1")
    assert (archive.case(A).refused, archive.case(B).refused) == ((B,), (A,))
    assert archive.cases([B])[B] == archive.case(B)
    older = next(row.older for row in archive.queue().rows if row.item.sha256 == B)
    assert older is not None
    assert older.match.item == C
    archive.confirm_match(B, A, by="desk-2")
    assert (archive.case(A).confirmed, archive.case(A).refused) == ((B,), ())
    assert archive.check().faults == ()


def test_evidence_may_point_to_other_items(archive: verify.Archive) -> None:
    shown = verify.Evidence(kind="item", item=B[:10], note="the same tree")
    archive.mark(A, "verified", by="desk-1", evidence=[shown])
    decision = archive.case(A).decision
    assert decision is not None
    assert [one.item for one in decision.evidence] == [B]

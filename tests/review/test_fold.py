"""What events add up to."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from made_records import digest_of
from made_reviews import WHEN, histories, sealed

from verify.review import statements
from verify.review.case import CaseState, Established, Pillar, Verdict
from verify.review.events import ReviewEvent
from verify.review.fold import fold

ITEM = digest_of("a")


def verdict(
    word: Verdict, events: list[ReviewEvent], *, by: str, seen: int | None = None, **grounds: object
) -> None:
    """Append a verdict to `events`."""
    said: dict[str, Any] = {
        "note": "",
        "true_context": "elsewhere",
        "earlier_copy": None,
        "established": Established(),
        "evidence": (),
        **grounds,
    }
    payload = statements.verdict(word, seen_version=seen, **said)
    events.append(sealed("verdict-given", payload, events, by=by))


def withdraw(sequence: int, events: list[ReviewEvent], *, by: str) -> None:
    events.append(sealed("verdict-withdrawn", statements.withdrawal(sequence, note=""), events, by=by))


@given(events=histories())
def test_the_same_events_give_the_same_state_and_nothing_else_is_needed(events: list[ReviewEvent]) -> None:
    state = fold(ITEM, events)
    assert fold(ITEM, iter(list(events))) == state
    assert state.version == events[-1].sequence
    read_back = CaseState.from_json(json.loads(json.dumps(state.to_json())))
    assert read_back == state


def test_an_item_without_events_is_open() -> None:
    assert fold(ITEM, []) == CaseState(item=ITEM)
    assert CaseState(item=ITEM).status == "open"


def test_a_verdict_keeps_its_grounds() -> None:
    events: list[ReviewEvent] = []
    found = Established(date="2021-08-15", pillars={"date": Pillar(confidence="high", note="the shadow")})
    verdict("misattributed", events, by="desk-1", earlier_copy=digest_of("b"), established=found, note="sure")
    decision = fold(ITEM, events).decision
    assert decision is not None
    assert (decision.sequence, decision.by, decision.at) == (1, "desk-1", WHEN)
    assert (decision.established, decision.earlier_copy, decision.note) == (found, digest_of("b"), "sure")


def test_a_later_verdict_replaces_one_that_was_seen() -> None:
    events: list[ReviewEvent] = []
    verdict("verified", events, by="desk-1", seen=0)
    verdict("misattributed", events, by="desk-2", seen=1)
    state = fold(ITEM, events)
    assert (state.verdict, state.status, state.conflicting) == ("misattributed", "decided", ())


def test_a_contrary_verdict_that_had_not_seen_the_first_is_shown_and_overrules_nothing() -> None:
    events: list[ReviewEvent] = []
    verdict("verified", events, by="desk-1", seen=0)
    verdict("misattributed", events, by="desk-2", seen=0)
    state = fold(ITEM, events)
    assert (state.verdict, state.status) == ("verified", "contested")
    assert [(other.by, other.verdict) for other in state.conflicting] == [("desk-2", "misattributed")]


def test_a_contest_ends_with_a_verdict_by_someone_who_has_seen_both() -> None:
    events: list[ReviewEvent] = []
    verdict("verified", events, by="desk-1", seen=0)
    verdict("misattributed", events, by="desk-2", seen=0)
    verdict("unverified", events, by="desk-4", seen=1)
    assert fold(ITEM, events).status == "contested"
    verdict("unverified", events, by="desk-4", seen=3)
    state = fold(ITEM, events)
    assert (state.verdict, state.status) == ("unverified", "decided")


def test_a_second_thought_of_one_person_is_no_contest() -> None:
    events: list[ReviewEvent] = []
    verdict("verified", events, by="desk-1", seen=0)
    verdict("unverified", events, by="desk-1", seen=0)
    state = fold(ITEM, events)
    assert (state.verdict, state.status) == ("unverified", "decided")


def test_two_who_agree_without_knowing_are_no_contest_until_one_of_them_thinks_again() -> None:
    events: list[ReviewEvent] = []
    verdict("verified", events, by="desk-1", seen=0)
    verdict("verified", events, by="desk-2", seen=0)
    assert fold(ITEM, events).status == "decided"
    verdict("unverified", events, by="desk-2", seen=0)
    assert (fold(ITEM, events).verdict, fold(ITEM, events).status) == ("verified", "contested")


def test_a_withdrawn_verdict_counts_as_never_given() -> None:
    events: list[ReviewEvent] = []
    verdict("verified", events, by="desk-1")
    verdict("misattributed", events, by="desk-2")
    withdraw(2, events, by="desk-2")
    assert fold(ITEM, events).verdict == "verified"
    withdraw(1, events, by="desk-1")
    assert fold(ITEM, events).status == "open"


def test_withdrawing_one_side_ends_a_contest() -> None:
    events: list[ReviewEvent] = []
    verdict("verified", events, by="desk-1", seen=0)
    verdict("misattributed", events, by="desk-2", seen=0)
    withdraw(1, events, by="desk-1")
    state = fold(ITEM, events)
    assert (state.verdict, state.status) == ("misattributed", "decided")


def test_a_verdict_closes_a_discussion() -> None:
    events: list[ReviewEvent] = []
    verdict("verified", events, by="desk-1")
    events.append(sealed("discussion-opened", statements.discussion(note="look"), events))
    assert fold(ITEM, events).status == "in-discussion"
    verdict("unverified", events, by="desk-2")
    assert fold(ITEM, events).status == "decided"


def test_the_last_word_on_a_match_counts() -> None:
    events: list[ReviewEvent] = []
    for kind in ("match-confirmed", "match-refused"):
        events.append(sealed(kind, statements.judged_match(digest_of("b"), note=""), events))
    state = fold(ITEM, events)
    assert (state.confirmed, state.refused) == ((), (digest_of("b"),))


def test_a_word_on_a_match_counts_for_the_other_side_too() -> None:
    events = [sealed("match-refused", statements.judged_match(digest_of("b"), note=""), [])]
    assert fold(digest_of("b"), events).refused == (ITEM,)

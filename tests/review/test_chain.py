"""The chain: what a digest is taken over, and what a walk along it finds."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_records import digest_of
from made_reviews import histories, sealed

from verify.errors import VerifyError
from verify.review import statements
from verify.review.chain import ChainCheck, Fault, Head, Line
from verify.review.events import GENESIS, ReviewEvent, canonical
from verify.review.events import digest_of as digest_of_event


def faults(events: list[ReviewEvent], expected: Head | None = None) -> list[Fault]:
    return list(ChainCheck(expected).faults(Line(sequence=event.sequence, event=event) for event in events))


def head_of(events: list[ReviewEvent]) -> Head:
    return Head(sequence=events[-1].sequence, digest=events[-1].digest)


def notes(count: int) -> list[ReviewEvent]:
    events: list[ReviewEvent] = []
    for number in range(count):
        events.append(sealed("note-added", statements.note(f"note {number}"), events))
    return events


def test_a_digest_can_be_taken_with_nothing_but_this_description() -> None:
    event = sealed("note-added", {"text": 'Überfall "here"\n'}, [])
    said = (
        '{"at":"2026-03-04T05:06:07.000008+00:00","by":"desk-1","item":"' + digest_of("a") + '",'
        '"key":"key 0","kind":"note-added","payload":{"text":"Überfall \\"here\\"\\n"}}'
    )
    content = hashlib.sha256(said.encode()).hexdigest()
    link = f'{{"content":"{content}","previous":"{"0" * 64}","sequence":1}}'
    assert event.digest == hashlib.sha256(link.encode()).hexdigest()


def test_floating_point_numbers_are_kept_out() -> None:
    with pytest.raises(TypeError):
        canonical({"a": [{"b": 0.5}]})


@given(events=histories())
def test_a_log_that_nobody_touched_is_whole(events: list[ReviewEvent]) -> None:
    walk = ChainCheck(head_of(events))
    assert not list(walk.faults(Line(sequence=event.sequence, event=event) for event in events))
    assert (walk.events, walk.head) == (len(events), head_of(events))


@pytest.mark.parametrize("field", ["by", "kind", "key", "item"])
def test_a_changed_field_is_named(field: str) -> None:
    events = notes(5)
    events[2] = replace(events[2], **{field: getattr(events[2], field) + "x"})
    assert [(fault.code, fault.subject) for fault in faults(events)] == [("changed-event", "event 3")]


def test_an_event_that_was_sealed_anew_breaks_the_link_behind_it() -> None:
    events = notes(5)
    forged = replace(events[2], payload={"text": "forged"})
    events[2] = replace(forged, digest=digest_of_event(forged))
    assert [(fault.code, fault.subject) for fault in faults(events)] == [("broken-link", "event 4")]


def test_events_that_are_missing_are_named() -> None:
    events = notes(9)
    del events[3:6]
    del events[0]
    assert [fault.subject for fault in faults(events) if fault.code == "missing-event"] == [
        "event 1",
        "events 4 to 6",
    ]


def test_a_cut_tail_is_found_by_a_head_that_was_written_down() -> None:
    events = notes(6)
    head = head_of(events)
    assert not faults(events[:4])
    assert [(fault.code, fault.subject) for fault in faults(events[:4], head)] == [("cut-tail", "event 6")]
    assert [fault.code for fault in faults([], head)] == ["cut-tail"]


def test_a_log_that_was_made_anew_is_found_by_a_head_that_was_written_down() -> None:
    written = head_of(notes(6))
    forged: list[ReviewEvent] = []
    for number in range(8):
        forged.append(sealed("note-added", statements.note(f"forged {number}"), forged))
    assert not faults(forged)
    assert [fault.code for fault in faults(forged, written)] == ["other-head"]


def test_a_log_that_has_grown_still_holds_the_old_head() -> None:
    events = notes(8)
    assert not faults(events, Head.parse(str(head_of(events[:5]))))


@given(events=st.integers(1, 10**9), digest=st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_head_is_read_as_it_was_written(events: int, digest: str) -> None:
    head = Head(sequence=events, digest=digest)
    read = Head.parse(str(head))
    assert (read.sequence, read.digest) == (events, digest[:24])
    assert Head.parse(f" {events}-{digest.upper()}\n") == head


@pytest.mark.parametrize(
    "written", ["", "12", "12-", "12-abc", "x-" + "a" * 24, "1-" + "g" * 24, "1-" + "a" * 65]
)
def test_what_is_no_head_is_refused_in_one_sentence(written: str) -> None:
    with pytest.raises(VerifyError) as refused:
        Head.parse(written)
    assert refused.value.code == "bad-head"


def test_the_first_event_follows_nothing() -> None:
    assert notes(1)[0].previous == GENESIS

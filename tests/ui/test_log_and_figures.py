"""What the log adds up to, and how it is chosen from and told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import verify
from ui import figures
from ui.logbook import Logbook
from ui.told import KINDS, told


@pytest.fixture
def archive(tmp_path: Path, samples: Path) -> verify.Archive:
    (tmp_path / "inbox").mkdir()
    for name in ("flower.jpg", "figs_today.jpg"):
        (tmp_path / "inbox" / name).write_bytes((samples / "media" / name).read_bytes())
    archive = verify.open_archive(tmp_path / "archive")
    archive.scan([tmp_path / "inbox"], jobs=1)
    return archive


def keys(archive: verify.Archive) -> dict[str, str]:
    return {path.rsplit("/", 1)[-1]: sha256 for sha256, path in archive.items()["path"].items()}


def test_a_withdrawn_verdict_does_not_count(archive: verify.Archive) -> None:
    flower, figs = keys(archive)["flower.jpg"], keys(archive)["figs_today.jpg"]
    archive.mark(flower, "verified", by="desk-1")
    archive.withdraw(flower, by="desk-1")
    archive.mark(figs, "unverified", by="desk-3")
    (given,) = figures.verdicts(archive.log(), {figs: "image"})
    assert (given.verdict, given.by, given.kind) == ("unverified", "desk-3", "image")


def test_the_time_to_a_verdict_is_that_to_the_first_one(archive: verify.Archive) -> None:
    flower = keys(archive)["flower.jpg"]
    first = archive.mark(flower, "unverified", by="desk-1").event
    archive.mark(flower, "verified", by="desk-1")
    arrived = next(event for event in archive.log(flower) if event.kind == "item-added")
    given = figures.verdicts(archive.log(), {})
    assert [one.took for one in given] == [first.at - arrived.at, None]
    assert figures.usual_time(given) == first.at - arrived.at


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=12), "12 s"),
        (timedelta(minutes=4), "4 min"),
        (timedelta(minutes=150), "2.5 h"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_a_length_of_time_is_said_in_one_unit(span: timedelta, said: str) -> None:
    assert figures.roughly(span) == said


def test_lines_are_chosen_by_item_reviewer_and_kind(archive: verify.Archive) -> None:
    flower, figs = keys(archive)["flower.jpg"], keys(archive)["figs_today.jpg"]
    archive.mark(flower, "verified", by="desk-1")
    archive.add_note(flower, "Asked the sender.", by="desk-3")
    archive.mark(figs, "unverified", by="desk-3")
    book = Logbook(archive)
    book.catch_up()
    assert [event.sequence for event in book.chosen()] == [5, 4, 3, 2, 1]
    assert [event.sequence for event in book.chosen(by="desk-3")] == [5, 4]
    assert [event.sequence for event in book.chosen(text="FLOWER", kind="verdict-given")] == [3]
    assert {event.item for event in book.chosen(text=figs[:12])} == {figs}


def test_only_what_is_new_is_read_again(archive: verify.Archive) -> None:
    book = Logbook(archive)
    book.catch_up()
    before = list(book.events)
    archive.mark(keys(archive)["flower.jpg"], "verified", by="desk-1")
    book.catch_up()
    assert book.events[: len(before)] == before
    assert [event.kind for event in book.events[len(before) :]] == ["verdict-given"]


def test_every_kind_of_event_is_told_with_what_was_written(archive: verify.Archive) -> None:
    flower, figs = keys(archive)["flower.jpg"], keys(archive)["figs_today.jpg"]
    archive.claim(flower, verify.Claim(text="the claim"), by="desk-1")
    archive.mark(flower, "misattributed", by="desk-1", true_context="the context", earlier_copy=figs)
    archive.withdraw(flower, by="desk-1", note="the slip")
    archive.add_note(flower, "the note", by="desk-1")
    archive.confirm_match(flower, figs, by="desk-1", note="the match")
    archive.refuse_match(flower, figs, by="desk-1", note="no match")
    archive.discuss(flower, by="desk-1", note="the question")
    archive.assign(flower, "desk-3", by="desk-1")
    events = list(archive.log())
    assert {event.kind for event in events} == set(KINDS)
    written = [
        "the claim",
        "the context",
        "the slip",
        "the note",
        "the match",
        "no match",
        "the question",
        "desk-3",
    ]
    assert [told(event).said for event in events if event.by == "desk-1"] == written
    assert [told(event).other for event in events if told(event).other] == [figs] * 3


def test_insights_say_when_there_is_nothing_yet(
    archive: verify.Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFY_ARCHIVE", str(archive.folder))
    shown = AppTest.from_function(_insights, default_timeout=60).run()
    assert not shown.exception
    assert shown.subheader[0].value == "No verdict yet"


def _insights() -> None:
    from ui.screens import insights

    insights.show()

"""What every store must do with the review log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import arrival, digest_of
from made_reviews import payloads, people

from verify.errors import RefusedStatement, UnknownItem
from verify.review import statements
from verify.review.case import Verdict
from verify.review.chain import ChainCheck
from verify.review.events import GENESIS, ReviewEvent, Statement
from verify.review.fold import fold
from verify.store.review_role import QueueFilter, QueueSort
from verify.store.role import Store
from verify.store.sql import SqlStore

STORES: dict[str, Callable[[Path], Store]] = {
    "sqlite": lambda folder: SqlStore.in_file(folder / "archive.sqlite"),
}


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = STORES[request.param](tmp_path)
    yield opened
    opened.close()


def note(item: str, text: str, *, key: str, by: str = "desk-1") -> Statement:
    return Statement(by=by, item=digest_of(item), kind="note-added", payload=statements.note(text), key=key)


def test_an_empty_log_has_no_last_event(store: Store) -> None:
    assert store.review.last() is None
    assert list(store.review.events()) == []
    assert store.review.cases() == {}


def test_every_new_item_is_in_the_log_once_from_the_moment_it_is_in_the_archive(store: Store) -> None:
    store.add([arrival("b"), arrival("a"), arrival("b", path="/copies/b.jpg")])
    store.add([arrival("a", path="/copies/a.jpg", examined=False), arrival("c")])
    events = list(store.review.events())
    assert [(event.kind, event.item, event.by) for event in events] == [
        ("item-added", digest_of(name), "scan") for name in "bac"
    ]
    assert events[0].payload == {"path": "/inbox/b.jpg", "size_bytes": 1000}
    assert {state.version for state in store.review.cases().values()} == {1, 2, 3}


def test_lines_are_numbered_and_linked_without_gaps(store: Store) -> None:
    store.add([arrival("a")])
    for number in range(300):
        store.review.append(note("a", f"note {number}", key=f"{number}"))
    events = list(store.review.events())
    assert [event.sequence for event in events] == list(range(1, 302))
    assert [event.previous for event in events] == [GENESIS, *(event.digest for event in events[:-1])]
    assert store.review.last() == events[-1]
    assert list(store.review.events(after=299)) == events[299:]
    assert list(store.review.events(kinds=["item-added"])) == events[:1]
    assert not list(ChainCheck().faults(store.audit.lines()))


def test_a_statement_that_is_sent_twice_is_recorded_once(store: Store) -> None:
    store.add([arrival("a")])
    first = store.review.append(note("a", "seen", key="k"))
    store.review.append(note("a", "more", key="l"))
    assert store.review.append(note("a", "seen", key="k")) == first
    assert len(list(store.review.events())) == 3


def test_a_key_that_was_used_for_something_else_is_refused(store: Store) -> None:
    store.add([arrival("a"), arrival("b")])
    store.review.append(note("a", "seen", key="k"))
    for other in (note("a", "else", key="k"), note("b", "seen", key="k"), note("a", "seen", key="k", by="B")):
        with pytest.raises(RefusedStatement) as refused:
            store.review.append(other)
        assert refused.value.code == "key-reused"
    assert len(list(store.review.events())) == 3


def test_nothing_can_be_said_about_an_item_that_is_not_there(store: Store) -> None:
    with pytest.raises(UnknownItem):
        store.review.append(note("a", "seen", key="k"))
    assert store.review.last() is None


@pytest.mark.parametrize("make", STORES.values(), ids=STORES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_stored_state_is_what_the_events_add_up_to(
    make: Callable[[Path], Store], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder, closing(make(Path(folder))) as store:
        store.add([arrival(name) for name in "abc"])
        kept: list[ReviewEvent] = list(store.review.events(digest_of("a")))
        for number in range(data.draw(st.integers(1, 8))):
            kind, payload = data.draw(payloads(sequence=3 + number))
            by = data.draw(people)
            said = Statement(by=by, item=digest_of("a"), kind=kind, payload=payload, key=str(number))
            kept.append(store.review.append(said))
        assert list(store.review.events(digest_of("a"))) == kept
        assert store.review.cases([digest_of("a")]) == {digest_of("a"): fold(digest_of("a"), kept)}
        assert list(store.audit.stale_states()) == []


def given_verdict(store: Store, item: str, word: Verdict, *, by: str) -> None:
    payload = statements.verdict(
        word,
        note="Ein Schloß",
        true_context="elsewhere",
        earlier_copy=None,
        established=statements.Established(),
        evidence=(),
        seen_version=None,
    )
    said = Statement(by=by, item=digest_of(item), kind="verdict-given", payload=payload, key=f"{item}{word}")
    store.review.append(said)


def names(store: Store, wanted: QueueFilter, *, sort: QueueSort = "oldest") -> str:
    """Return the one-letter names of the items that a filter lets through."""
    of_digest = {digest_of(name): name for name in "abcdef"}
    order = store.review.queue_order(wanted, sort=sort)
    page = store.review.queue(wanted, sort=sort, offset=0, limit=100)
    assert [row.item.sha256 for row in page.rows] == order
    assert (page.total, store.review.queue_counts(wanted).total) == (len(order), len(order))
    return "".join(of_digest[sha256] for sha256 in order)


def test_the_queue_is_filtered(store: Store) -> None:
    store.add([arrival(name) for name in "abc"])
    store.add([arrival("d", path="/inbox/Größe_100%.JPG")])
    given_verdict(store, "a", "verified", by="desk-1")
    given_verdict(store, "b", "misattributed", by="desk-2")
    store.review.append(
        Statement(
            by="desk-2",
            item=digest_of("c"),
            kind="assigned",
            payload=statements.assignment("desk-1"),
            key="k",
        )
    )
    assert names(store, QueueFilter()) == "abcd"
    assert names(store, QueueFilter(status="decided")) == "ab"
    assert names(store, QueueFilter(status="open")) == "cd"
    assert names(store, QueueFilter(verdict="misattributed")) == "b"
    assert names(store, QueueFilter(reviewer="desk-1")) == "ac"
    assert names(store, QueueFilter(kind="video")) == ""
    assert names(store, QueueFilter(finding="gps")) == ""
    assert names(store, QueueFilter(seen_before=True)) == ""
    assert names(store, QueueFilter(text="GRÖSSE 100%")) == "d"
    assert names(store, QueueFilter(text="schloss")) == "ab"
    assert names(store, QueueFilter(text="100_")) == ""
    assert names(store, QueueFilter(), sort="newest") == "dcba"
    assert names(store, QueueFilter(), sort="name") == "abcd"
    assert names(store, QueueFilter(), sort="last-changed") == "cbad"
    added = next(iter(store.items())).added_at
    assert names(store, QueueFilter(since=added)) == "abcd"
    assert names(store, QueueFilter(until=added)) == ""
    assert names(store, QueueFilter(since=added, until=added + timedelta(seconds=1))) == "abcd"


def test_the_queue_comes_in_pages_that_hold_every_item_once(store: Store) -> None:
    made = [f"n{number}" for number in range(57)]
    store.add([arrival(name) for name in made])
    pages = [store.review.queue(QueueFilter(), sort="newest", offset=at, limit=10) for at in range(0, 60, 10)]
    seen = [row.item.sha256 for page in pages for row in page.rows]
    assert seen == [digest_of(name) for name in reversed(made)]
    assert {page.total for page in pages} == {57}
    assert all(row.case.item == row.item.sha256 for page in pages for row in page.rows)


def test_the_queue_counts_by_every_sort(store: Store) -> None:
    store.add([arrival(name) for name in "abc"])
    given_verdict(store, "a", "verified", by="desk-1")
    counts = store.review.queue_counts(QueueFilter())
    assert counts.statuses == {"decided": 1, "open": 2}
    assert counts.verdicts == {"verified": 1, "": 2}
    assert counts.kinds == {"image": 3}
    assert counts.reviewers == {"desk-1": 1}

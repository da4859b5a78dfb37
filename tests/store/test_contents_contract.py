"""What every store must hand out in bulk, and how it keeps the entries of hash lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_records import arrival, digest_of, examinations, hexes, seconds

from verify.records import Examination, Match
from verify.store.listed_role import ListedHash, ListedItem
from verify.store.role import Arrival, FileStamp, SeenBefore, Sighting, Store
from verify.store.sql import SqlStore

STORES = {"sqlite": lambda folder: SqlStore.in_file(folder / "archive.sqlite")}


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = STORES[request.param](tmp_path)
    yield opened
    opened.close()


def arrived(examination: Examination) -> Arrival:
    stamp = FileStamp(path=b"/" + examination.sha256.encode(), size_bytes=1, modified_ns=1)
    seen = Sighting(stamp=stamp, sha256=examination.sha256, seen_at=examination.examined_at)
    return Arrival(sighting=seen, examination=examination)


def test_a_new_store_has_nothing_to_hand_out(store: Store) -> None:
    assert list(store.contents.walk()) == []
    for ask in (
        store.contents.summaries,
        store.contents.views,
        store.contents.findings,
        store.contents.matches,
    ):
        assert ask([digest_of("a")]) == []
        assert ask([]) == []
    assert store.contents.shots([digest_of("a")]) == {}
    assert list(store.lists.listed()) == []


def test_a_walk_meets_every_item_once_in_the_order_of_arrival(store: Store) -> None:
    names = [f"n{number}" for number in range(603)]
    store.add([arrival(name) for name in names])
    assert [item for some in store.contents.walk() for item in some] == [digest_of(name) for name in names]
    chosen = [digest_of(name) for name in reversed(names)]
    assert [one.sha256 for one in store.contents.summaries(chosen)] == chosen
    assert [one.sha256 for one in store.contents.views([*chosen, digest_of("unknown")])] == chosen


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(examinations, max_size=4, unique_by=lambda one: one.sha256))
def test_what_is_handed_out_in_bulk_is_what_each_item_has(store: Store, drawn: list[Examination]) -> None:
    drawn = [one for one in drawn if store.item(one.sha256) is None]
    store.add([arrived(one) for one in drawn])
    items = [one.sha256 for one in drawn]
    views = [
        (one.sha256, number, replace(view, thumbnail=b"", features=None))
        for one in drawn
        for number, view in enumerate(one.views)
    ]
    assert [(one.sha256, one.number, one.view) for one in store.contents.views(items)] == views
    videos = [one.sha256 for one in drawn if one.kind == "video"]
    assert {one.sha256 for one in store.contents.views(items, kind="video")} <= set(videos)
    assert store.contents.shots(items) == {one.sha256: one.shots for one in drawn if one.shots}
    findings = [(one.sha256, n, finding) for one in drawn for n, finding in enumerate(one.findings)]
    assert [(one.sha256, one.number, one.finding) for one in store.contents.findings(items)] == findings
    assert store.contents.summaries(items) == [store.item(item) for item in items]


def test_matches_are_handed_out_best_first(store: Store) -> None:
    store.add([arrival("a"), arrival("b"), arrival("c")])
    found = tuple(
        Match(item=digest_of(name), relation="part-of", evidence=("geometry",), score=score)
        for name, score in (("a", 0.97), ("b", 0.93))
    )
    store.add_seen_before([SeenBefore(examination=3, sha256=digest_of("c"), path=b"/c", matches=found)])
    handed = store.contents.matches([digest_of("b"), digest_of("c")])
    assert [(one.sha256, one.number, one.match) for one in handed] == [
        (digest_of("c"), 0, found[0]),
        (digest_of("c"), 1, found[1]),
    ]


listed_hashes = st.builds(
    ListedHash,
    time=st.none() | seconds(),
    pdq=st.none() | hexes(64),
    quality=st.none() | st.integers(0, 100),
    phash=st.none() | hexes(16),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hashes=st.lists(listed_hashes, min_size=1, max_size=4).map(tuple), key=hexes(64))
def test_the_hashes_of_an_entry_come_back_unchanged(
    store: Store, hashes: tuple[ListedHash, ...], key: str
) -> None:
    if store.item(key) is not None:
        return
    last = max((one.examination for one in store.lists.listed()), default=0)
    entry = ListedItem(sha256=key, place=b"/list#1 " + key.encode(), label="known", hashes=hashes)
    assert store.lists.add([entry]) == 1
    (listed,) = store.lists.listed(after=last)
    assert (listed.sha256, listed.hashes) == (key, hashes)
    assert store.lists.add([entry]) == 0
    assert store.paths_of(key) == (entry.place,)


def test_the_same_entry_twice_in_one_list_is_one_item_at_two_places(store: Store) -> None:
    first = ListedItem(
        sha256=digest_of("a"),
        place=b"/l#1",
        label="",
        hashes=(ListedHash(time=Fraction(0), pdq=digest_of("a")),),
    )
    assert store.lists.add([first, replace(first, place=b"/l#2")]) == 1
    assert store.paths_of(digest_of("a")) == (b"/l#2", b"/l#1")
    assert len(list(store.lists.listed())) == 1

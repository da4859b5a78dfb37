"""What every store must do, whatever it is made of: add a backend to `STORES` and it has to pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from made_records import a_view, arrival, digest_of, examinations

from verify.errors import ArchiveError
from verify.records import Examination, LocalFeatures
from verify.store.role import Arrival, FileStamp, Sighting, Store
from verify.store.sql import SqlStore

STORES: dict[str, Callable[[Path], Store]] = {
    "sqlite": lambda folder: SqlStore.in_file(folder / "archive.sqlite"),
}


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = STORES[request.param](tmp_path)
    yield opened
    opened.close()


def test_a_new_store_is_empty(store: Store) -> None:
    assert list(store.items()) == []
    assert store.item(digest_of("a")) is None
    assert store.examination(digest_of("a")) is None
    assert store.thumbnail(digest_of("a")) is None
    assert store.paths_of(digest_of("a")) == ()
    assert store.latest_sightings([b"/inbox/a.jpg"]) == {}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(examination=examinations)
def test_whatever_was_examined_comes_back_unchanged(store: Store, examination: Examination) -> None:
    known = store.examination(examination.sha256)
    stamp = FileStamp(path=b"/x", size_bytes=examination.size_bytes, modified_ns=1)
    sighting = Sighting(stamp=stamp, sha256=examination.sha256, seen_at=examination.examined_at)
    store.add([Arrival(sighting=sighting, examination=examination)])
    if known is None:
        assert store.examination(examination.sha256) == examination
    for number, view in enumerate(examination.views if known is None else ()):
        assert store.thumbnail(examination.sha256, number) == view.thumbnail


def test_items_come_in_the_order_of_their_arrival_with_all_their_paths(store: Store) -> None:
    store.add([arrival("b"), arrival("a")])
    store.add([arrival("b", path="/copies/b.jpg", examined=False)])
    assert [item.sha256 for item in store.items()] == [digest_of("b"), digest_of("a")]
    assert store.paths_of(digest_of("b")) == (b"/copies/b.jpg", b"/inbox/b.jpg")
    summary = store.item(digest_of("b"))
    assert summary is not None
    assert summary.paths == (b"/copies/b.jpg", b"/inbox/b.jpg")
    assert (summary.kind, summary.views, summary.width) == ("image", 1, 640)


def test_many_items_are_walked_once_each(store: Store) -> None:
    names = [f"n{number}" for number in range(1203)]
    store.add([arrival(name) for name in names])
    assert [item.sha256 for item in store.items()] == [digest_of(name) for name in names]
    paths = [f"/inbox/{name}.jpg".encode() for name in names]
    assert set(store.latest_sightings(paths)) == set(paths)


def test_the_same_file_twice_is_one_item(store: Store) -> None:
    store.add([arrival("a"), arrival("a")])
    store.add([arrival("a")])
    assert len(list(store.items())) == 1


def test_the_latest_sighting_of_a_path_wins(store: Store) -> None:
    store.add([arrival("old", path="/inbox/x.jpg")])
    store.add([arrival("newer", path="/inbox/x.jpg")])
    assert store.latest_sightings([b"/inbox/x.jpg"])[b"/inbox/x.jpg"].sha256 == digest_of("newer")


def test_a_name_of_any_bytes_is_kept(store: Store) -> None:
    name = b"/inbox/new\nline \xff\xfe \xe2\x80\xae.jpg"
    plain = arrival("a")
    stamp = FileStamp(path=name, size_bytes=1, modified_ns=-5)
    sighting = Sighting(stamp=stamp, sha256=digest_of("a"), seen_at=plain.sighting.seen_at)
    store.add([plain, Arrival(sighting=sighting, examination=None)])
    assert store.latest_sightings([name])[name].stamp == stamp
    assert name in store.paths_of(digest_of("a"))


def test_a_fuller_examination_takes_the_place_of_a_faster_one_and_never_the_other_way(store: Store) -> None:
    size = 1000
    store.add([arrival("a", profile="fast")])
    assert store.digests_by_size([size], profile="full", exact=False) == {}
    assert store.digests_by_size([size], profile="fast", exact=False) == {size: frozenset({digest_of("a")})}
    store.add([arrival("a", profile="full")])
    store.add([arrival("a", profile="fast")])
    counting = store.examination(digest_of("a"))
    assert counting is not None
    assert counting.profile == "full"
    assert store.digests_by_size([size], profile="full", exact=False) == {size: frozenset({digest_of("a")})}
    assert store.digests_by_size([size], profile="full", exact=True) == {}


def test_items_without_a_view_say_why(store: Store) -> None:
    store.add([arrival("good"), arrival("bad", with_view=False)])
    reasons = store.viewless([digest_of("good"), digest_of("bad"), digest_of("unknown")])
    assert {digest: problem.code for digest, problem in reasons.items()} == {digest_of("bad"): "damaged"}


def test_items_are_found_by_the_start_of_their_hash(store: Store) -> None:
    store.add([arrival("a"), arrival("b")])
    assert store.find_digests(digest_of("a")[:7]) == (digest_of("a"),)
    assert store.find_digests(digest_of("a")) == (digest_of("a"),)
    assert set(store.find_digests("")) == {digest_of("a"), digest_of("b")}


def test_a_batch_is_added_whole_or_not_at_all(store: Store) -> None:
    broken = arrival("b")
    stamp = FileStamp(path=b"/x", size_bytes=cast("int", None), modified_ns=1)
    sighting = Sighting(stamp=stamp, sha256=digest_of("b"), seen_at=broken.sighting.seen_at)
    with pytest.raises(ArchiveError):
        store.add([arrival("a"), Arrival(sighting=sighting, examination=None)])
    assert list(store.items()) == []


def test_views_are_fetched_by_examination_and_number(store: Store) -> None:
    features = LocalFeatures(width=4, height=3, codes=b"", places=b"", picture=bytes(12), picture_width=4)
    made = []
    for name in ("a", "b"):
        plain = arrival(name)
        assert plain.examination is not None
        views = tuple(replace(a_view(f"{name} {n}"), thumbnail=b"", features=features) for n in range(3))
        made.append(Arrival(sighting=plain.sighting, examination=replace(plain.examination, views=views)))
    store.add(made)
    one, other = (outline.examination for outline in store.outlines())
    wanted = [(other, 0), (one, 2), (other, 7)]
    found = store.views(wanted)
    assert {key: view.fingerprints for key, view in found.items()} == {
        (other, 0): a_view("b 0").fingerprints,
        (one, 2): a_view("a 2").fingerprints,
    }
    assert store.views([]) == {}
    assert [outline.views for outline in store.outlines(after=one)] == [3]


def test_thousands_of_examinations_are_walked_once_each_while_others_arrive(store: Store) -> None:
    features = LocalFeatures(width=4, height=3, codes=b"", places=b"", picture=bytes(12), picture_width=4)

    def made(name: str) -> Arrival:
        plain = arrival(name)
        assert plain.examination is not None
        views = (replace(a_view(name), thumbnail=b"", features=features),)
        return Arrival(sighting=plain.sighting, examination=replace(plain.examination, views=views))

    first = [f"{n}" for n in range(2100)]
    store.add([made(name) for name in first])
    walked = []
    for outline in store.outlines():
        walked.append(outline.sha256)
        if len(walked) == 1500:
            store.add([made("late")])
    assert walked == [digest_of(name) for name in [*first, "late"]]
    arrivals = store.arrivals_of([digest_of("late"), digest_of("7"), digest_of("unknown")])
    assert arrivals.keys() == {digest_of("late"), digest_of("7")}
    assert arrivals[digest_of("7")] < arrivals[digest_of("late")]

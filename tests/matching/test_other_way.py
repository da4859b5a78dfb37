"""A match asked the other way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import verify
from verify.matching.other_way import other_way
from verify.records import Match, Segment

CLIP = Match(
    item="source",
    relation="part-of",
    evidence=("geometry",),
    score=0.9,
    paths=("source.mov",),
    inliers=20,
    mirrored=True,
    rotation_degrees=8.0,
    scale=0.5,
    region=((0.1, 0.2), (0.9, 0.2), (0.9, 0.8), (0.1, 0.8)),
    query_region=((1.0, 0.0), (0.0, 0.0), (0.0, 1.0), (1.0, 1.0)),
    segments=(Segment(query_start=0.0, query_end=6.0, found_start=5.0, found_end=17.0, speed=2.0),),
)


def test_asked_twice_it_is_the_first_match_again() -> None:
    source = other_way(CLIP, query="clip", paths=("clip.mp4",))
    assert other_way(source, query="source", paths=("source.mov",)) == CLIP


def test_what_is_a_part_contains_and_times_change_sides() -> None:
    source = other_way(CLIP, query="clip", paths=("clip.mp4",))
    assert (source.item, source.relation, source.scale) == ("clip", "contains", 2.0)
    assert source.segments == (
        Segment(query_start=5.0, query_end=17.0, found_start=0.0, found_end=6.0, speed=0.5),
    )


def test_corners_are_named_after_the_other_picture_and_stay_pairs() -> None:
    source = other_way(CLIP, query="clip", paths=())
    assert source.region == ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    assert source.query_region == ((0.9, 0.2), (0.1, 0.2), (0.1, 0.8), (0.9, 0.8))


def test_a_turn_is_undone_unless_a_mirror_undoes_it() -> None:
    assert other_way(CLIP, query="clip", paths=()).rotation_degrees == 8.0
    upright = replace(CLIP, mirrored=False)
    assert other_way(upright, query="clip", paths=()).rotation_degrees == -8.0


def test_a_source_learns_of_the_copies_that_arrived_after_it(samples: Path, tmp_path: Path) -> None:
    source, copy = samples / "media" / "IMG_2302.JPG", samples / "media" / "IMG-20260113-WA0021.jpg"
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([source], jobs=1)
        archive.scan([copy], jobs=1)
        (known,) = archive.seen_since(source)
        (asked,) = archive.find_copies(archive.resolve(source))
        assert archive.seen_since(copy) == ()
    assert known.paths == (str(copy),)
    assert (known.relation, known.mirrored) == (asked.relation, asked.mirrored)
    assert known.region is not None
    assert asked.region is not None
    assert [x for corner in known.region for x in corner] == pytest.approx(
        [x for corner in asked.region for x in corner], abs=0.12
    )

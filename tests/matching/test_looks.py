from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from verify.fingerprints.local_features import GLANCE, QUERY
from verify.matching.explained import is_explained, shows_most
from verify.matching.finder import CopyFinder
from verify.matching.looks import look_for
from verify.records import Match, Segment

SECONDS = 6


@pytest.fixture(scope="module")
def archive(scene, view) -> CopyFinder:
    finder = CopyFinder()
    for seed in range(4):
        finder.add(f"picture-{seed}", [view(scene(seed))])
    return finder


@pytest.fixture
def clip(view):
    """Look at a query of shots, each a picture that stands still for two seconds."""

    def make(*pictures: np.ndarray, detail=GLANCE):
        views = [view(rgb, detail, Fraction(n)) for rgb in pictures for n in range(2)]
        return [replace(one, time=Fraction(n), starts_shot=n % 2 == 0) for n, one in enumerate(views)], float(
            len(views)
        )

    return make


def test_a_still_that_one_item_alone_resembles_is_explained(archive, scene, view) -> None:
    assert is_explained(look_for(archive, [view(scene(2)[40:400, 60:560], GLANCE)], duration=None))


def test_a_still_that_resembles_nothing_is_not_explained(archive, scene, view) -> None:
    assert not is_explained(look_for(archive, [view(scene(9), GLANCE)], duration=None))


def test_a_clip_is_explained_by_several_items_that_show_its_shots(archive, scene, clip) -> None:
    views, duration = clip(scene(0), scene(1), scene(3))
    assert is_explained(look_for(archive, views, duration=duration))


def test_a_clip_of_which_a_third_resembles_nothing_is_not_explained(archive, scene, clip) -> None:
    views, duration = clip(scene(0), scene(9), scene(3))
    assert not is_explained(look_for(archive, views, duration=duration))


def test_two_looks_find_what_either_does_and_keep_the_stronger_pairing(archive, scene, clip) -> None:
    pictures = scene(0), scene(1)[100:380, 120:500]
    glance, closer = (
        look_for(archive, views, duration=duration)
        for views, duration in (clip(*pictures, detail=detail) for detail in (GLANCE, QUERY))
    )
    joined = closer.joined(glance.without("picture-0"))
    assert joined.pairings.keys() == closer.pairings.keys()
    assert joined.pairings["picture-0"] == closer.pairings["picture-0"]
    strengths = [look.pairs_with("picture-1")[0][1].strength for look in (glance, closer, joined)]
    assert strengths[2] == max(strengths[:2])


def test_shots_that_the_closer_look_does_not_have_are_left_out(archive, scene, clip) -> None:
    (first, duration), (second, longer) = clip(scene(0)), clip(scene(1), scene(2))
    joined = look_for(archive, first, duration=duration).joined(look_for(archive, second, duration=longer))
    assert "picture-2" not in joined.pairings
    assert all(joined.pairs_with(key) for key in joined.pairings)


@pytest.mark.parametrize(
    ("shown", "most"),
    [
        ([[(0, 2)], [(2, 4)], [(4, 6)]], True),
        ([[(0, 3)], [(0, 3)]], False),
        ([[(0, 1), (2, 6)]], True),
        ([[(0, 4)]], False),
        ([], False),
    ],
)
def test_copies_show_most_of_a_clip_if_together_they_play_for_most_of_it(shown, most) -> None:
    assert shows_most([_match(segments) for segments in shown], float(SECONDS)) == most


@pytest.mark.parametrize(("score", "relation"), [(0.89, "part-of"), (1.0, "shares-overlay")])
def test_what_claims_no_copy_shows_nothing(score, relation) -> None:
    match = replace(_match([(0, SECONDS)]), score=score, relation=relation)
    assert not shows_most([match], float(SECONDS))
    assert not shows_most([match], None)


def _match(segments) -> Match:
    return Match(
        item="a",
        relation="part-of",
        evidence=("geometry",),
        score=1.0,
        segments=tuple(
            Segment(query_start=start, query_end=end, found_start=start, found_end=end)
            for start, end in segments
        ),
    )

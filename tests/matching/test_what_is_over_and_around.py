"""A picture is found again under a player, in a page or a chat; others shown in the same way are not."""

from __future__ import annotations

import numpy as np
import pytest
from asking import find_copies

import overlays
import still_edits
from verify.fingerprints.local_features import QUERY
from verify.matching.claims import claims_copy
from verify.matching.finder import CopyFinder

ITEMS = 10
SURROUNDINGS = ("player", "short_film", "card", "news_page", "television", "chat")


def claimed(finder: CopyFinder, query) -> list[str]:
    return [match.item for match in find_copies(finder, [query]) if claims_copy(match.relation, match.score)]


@pytest.mark.parametrize("kind", SURROUNDINGS)
def test_a_picture_is_found_bare_and_shown_in_the_same_way_and_others_are_not(kind, scene, view) -> None:
    design, finder = overlays.design(kind, 50), CopyFinder()
    for seed in range(ITEMS):
        finder.add(str(seed), [view(overlays.shown_under(design, scene(seed)).rgb)])
    for seed in range(100, 108):
        assert claimed(finder, view(overlays.shown_under(design, scene(seed)).rgb, QUERY)) == []
    for seed in range(ITEMS):
        for under in (design, None):
            shown = overlays.true_copy(under, scene(seed), str(seed)).rgb
            assert claimed(finder, view(shown, QUERY)) == [str(seed)]


@pytest.mark.parametrize("number", [60, 61, 62, 63])
def test_words_that_move_with_the_height_of_the_picture_above_them_are_no_copy(number, scene, view) -> None:
    design, finder = overlays.design("chat", number), CopyFinder()
    heights = [360 + 60 * (seed % 8) for seed in range(2 * ITEMS)]
    shown = [
        overlays.shown_under(design, scene(200 + n, 600, height)).rgb for n, height in enumerate(heights)
    ]
    for seed in range(ITEMS):
        finder.add(str(seed), [view(shown[seed])])
    for seed in range(ITEMS, 2 * ITEMS):
        assert claimed(finder, view(shown[seed], QUERY)) == []


@pytest.mark.parametrize("edit", ["emojis_over", "torn", "stained"])
def test_a_picture_that_is_covered_here_and_there_is_found(edit, scene, view) -> None:
    finder, strangers = CopyFinder(), [np.zeros((48, 64, 3), np.uint8)]
    for seed in range(ITEMS):
        finder.add(str(seed), [view(scene(seed))])
    for seed in range(ITEMS):
        shown = still_edits.edit(edit, scene(seed), key=str(seed), strangers=strangers).rgb
        assert claimed(finder, view(shown, QUERY)) == [str(seed)]

"""The net of the score: what is fitted is what is asked later."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import fit_score
import pages
from score_questions import add, view_of
from verify.fingerprints.local_features import QUERY
from verify.matching import score
from verify.matching.claims import ACCEPT_SCORE
from verify.matching.finder import CopyFinder
from verify.matching.pairs import AskedView


@pytest.fixture(scope="module")
def crossed() -> tuple[np.ndarray, np.ndarray]:
    """Points that are right where both coordinates have one sign: no weighted sum tells that."""
    points = np.random.default_rng(0).normal(0, 1, (600, 2))
    return points, (points[:, 0] * points[:, 1] > 0).astype(np.float64)


def test_a_net_learns_what_no_weighted_sum_holds_and_always_the_same(crossed) -> None:
    points, right = crossed
    net = fit_score.fitted(points[:400], right[:400], np.ones(400))
    told = net.scores(points[400:]) > 0.5
    assert (told == right[400:]).mean() > 0.9
    again = fit_score.fitted(points[:400], right[:400], np.ones(400))
    assert all(np.array_equal(one, other) for one, other in zip(net, again, strict=True))


def test_a_net_that_is_written_scores_pairs_as_before(tmp_path: Path) -> None:
    """What the fit writes is what the library reads: the net in use, written anew, is the same file."""
    written = tmp_path / "score.json"
    fit_score.write(written, score.net_in_use())
    assert json.loads(written.read_text()) == json.loads(
        (Path(score.__file__).parent / "score.json").read_text(encoding="utf-8")
    )


def test_a_copy_of_a_letter_is_told_from_other_letters_by_the_net_alone() -> None:
    finder = CopyFinder()
    for number in range(3):
        add(finder, str(number), pages.drawn("letters", number))
    for rgb in pages.copies(pages.drawn("letters", 1))[:2]:
        for found in finder.pairings(AskedView.of(view_of(rgb, QUERY))):
            probable = score.probability(found.pair, found.asked, found.view)
            assert (probable >= ACCEPT_SCORE) == (found.item.key == "1")

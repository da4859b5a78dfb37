"""The net of the score: what is fitted is what is asked later."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import fit_score
import pages
import score_pairs
from verify.fingerprints.local_features import QUERY
from verify.matching import score
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
    told = fit_score.predicted(net, points[400:]) > 0.5
    assert (told == right[400:]).mean() > 0.9
    again = fit_score.fitted(points[:400], right[:400], np.ones(400))
    assert all(np.array_equal(one, other) for one, other in zip(net, again, strict=True))


def test_the_net_in_use_scores_a_pair_as_the_fit_does() -> None:
    written = json.loads((Path(score.__file__).parent / "score.json").read_text(encoding="utf-8"))
    net = tuple(np.array(written[name]) for name in ("hidden", "thresholds", "output", "threshold"))
    finder = CopyFinder()
    for number in range(3):
        score_pairs.add(finder, str(number), pages.drawn("letters", number))
    for rgb in pages.copies(pages.drawn("letters", 1)):
        for found in finder.pairings(AskedView.of(score_pairs.view_of(rgb, QUERY))):
            seen = found.pair, found.asked, found.view
            measured = np.array([score.measures(*seen)])
            assert fit_score.predicted(net, measured)[0] == pytest.approx(score.probability(*seen))

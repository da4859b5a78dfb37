"""How sure it is that a view pair is a copy, from what was measured of it.

A small neural net of one hidden layer: what many inliers are worth depends on where they lie, and what a
fingerprint is worth on what else there is; no weighted sum says that. `score.json` is written by
benchmarks/fit_score.py, which checks on photos kept apart (docs/matching.md).
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np

from verify.fingerprints import local_features
from verify.matching.agreement import corners
from verify.matching.geometry import Floats
from verify.matching.pairs import AskedView, ViewPair, features_of, query_corners, size_of
from verify.records import View

PLACE_WIDTH: Final = 0.06
"""By so much of the frame's sides may a region be moved and still lie at the same place of both frames."""
EDGES: Final = (0.0, 0.5, 1.0)
"""From where overlays keep their distance in frames of any proportions: either edge, or the middle."""
REGION_BORDER: Final = 0.02
"""Share of a picture's sides by which a keypoint may lie outside the region and still be of it."""
MOST_INLIERS: Final = 40
"""More do not make a pair any surer."""
LEAST_BITS: Final = 4.0
MOST_BITS: Final = 32.0
"""Between these a median distance of codes makes a difference: 3 to 9 in clean copies, 22 to 29 in letters of
other words, 26 and more by chance."""
FULL_CORRELATION: Final = 0.99
LEAST_SHARE: Final = 0.02
"""Of an area or a variety; with the former it keeps logarithms finite."""
NO_BITS_ALIKE: Final = 96
"""PDQ distance from which fingerprints say nothing."""


class Net(NamedTuple):
    """A hidden layer and what is made of it; with `score.json`'s names."""

    hidden: Floats
    """Weights, measures x units."""
    thresholds: Floats
    output: Floats
    threshold: float

    def scores(self, measured: Floats) -> Floats:
        """Return how probable copies are, from 0 to 1, of one pair's measures or of many rows of them."""
        total = np.tanh(measured @ self.hidden + self.thresholds) @ self.output + self.threshold
        return np.asarray(1 / (1 + np.exp(-total)))


def probability(pair: ViewPair, asked: AskedView, found: View) -> float:
    """Return how probable a copy is, from 0 to 1."""
    return float(net_in_use().scores(measures(pair, asked, found)))


def measures(pair: ViewPair, asked: AskedView, found: View) -> Floats:
    """Return what the score rests on, in the order of the rows of the net's hidden weights."""
    seen, by_keypoints = pair.agreement, pair.inliers is not None
    within = share_within(pair, found) if by_keypoints else 0.0
    bits = min(max(pair.code_bits, LEAST_BITS), MOST_BITS) if by_keypoints else 0.0
    repeated = asked.repeated[pair.keypoints[:, 0]]
    return np.array(
        [
            np.log1p(min((pair.inliers or 0) * within, MOST_INLIERS)),
            bits,
            within,
            bits * pair.negated,
            seen.overlap_share,
            np.arctanh(min(max(seen.correlation, -FULL_CORRELATION), FULL_CORRELATION)),
            seen.inside,
            np.log(max(seen.variety, LEAST_SHARE)),
            seen.plainness,
            np.log1p(seen.places),
            np.log(max(seen.query_area, seen.found_area) + LEAST_SHARE),
            max(1 - pair.pdq_bits / NO_BITS_ALIKE, 0.0),
            asked.overlay is not None,
            in_place(pair, asked, found),
            not by_keypoints,
            seen.agrees_beside,
            seen.plain_beside,
            repeated.mean() if by_keypoints else 0.0,
            np.log1p(min((~repeated).sum(), MOST_INLIERS)),
            seen.differs.lump,
            seen.differs.thickness,
            seen.differs.flat,
            in_column(pair, asked, found),
        ],
        np.float64,
    )


def in_place(pair: ViewPair, asked: AskedView, found: View) -> float:
    """1 if the region lies at the same place in both frames, as an overlay does; 0 if elsewhere.

    An overlay fills the frame, or it is as wide as the frame and keeps its distance, in widths, from the top,
    the middle or the bottom of frames of any height; likewise with the sides.
    """
    stored, queried = corners(pair.agreement.region), query_corners(pair, asked, found)
    moved = [np.abs(queried - stored).max()]
    sizes = size_of(asked.features), size_of(features_of(found))
    for along, across in ((0, 1), (1, 0)):
        across_by_along = [size[across] / size[along] for size in sizes]
        shifted = np.abs(queried[:, along] - stored[:, along]).max()
        for edge in EDGES:
            ours, theirs = (
                (quad[:, across] - edge) * proportion
                for quad, proportion in zip((queried, stored), across_by_along, strict=True)
            )
            moved.append(max(shifted, np.abs(ours - theirs).max()))
    return float(np.exp(-((min(moved) / PLACE_WIDTH) ** 2)))


def in_column(pair: ViewPair, asked: AskedView, found: View) -> float:
    """1 if the region lies at the same distance from the sides, however high, as words below a picture do."""
    stored, queried = corners(pair.agreement.region), query_corners(pair, asked, found)
    moved = queried * _in_widths(size_of(asked.features)) - stored * _in_widths(size_of(features_of(found)))
    moved[:, 1] -= moved[:, 1].mean()
    return float(np.exp(-((np.abs(moved).max() / PLACE_WIDTH) ** 2)))


def _in_widths(size: Floats) -> Floats:
    return np.asarray(size / size[0])


def share_within(pair: ViewPair, found: View) -> float:
    """Share of the pairs of keypoints that lie within the region: others may be letters anywhere."""
    stored = features_of(found)
    at = local_features.places_of(stored)[pair.keypoints[:, 1], :2] / size_of(stored)
    left, top, right, bottom = pair.agreement.region
    low, high = np.array([left, top]) - REGION_BORDER, np.array([right, bottom]) + REGION_BORDER
    return float(((at >= low) & (at <= high)).all(axis=1).mean())


@cache
def net_in_use() -> Net:
    """Return the net of `score.json`."""
    net = json.loads((files("verify.matching") / "score.json").read_text(encoding="utf-8"))
    hidden, thresholds, output = (np.array(net[name]) for name in ("hidden", "thresholds", "output"))
    return Net(hidden, thresholds, output, net["threshold"])

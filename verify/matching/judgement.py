"""From measures of a view pair to a relation and a score that means something.

A logistic regression over a few measures, fitted on half of a set of photos and checked on the other half
(docs/matching.md): of the answers with score s, about the share s is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from verify.matching.claims import ACCEPT_SCORE
from verify.matching.geometry import Floats
from verify.matching.pairs import AskedView, ViewPair, features_of, query_corners
from verify.records import Relation, View

WHOLE: Final = 0.75
"""Share of a picture's area that the region must fill for the whole picture to be there; captions and
stickers along an edge cost up to a quarter."""

WHOLLY_AGREES: Final = 0.9
"""Share of the overlap from which a pair is a copy with the overlay rather than a stranger under it."""
IN_PLACE: Final = 0.5
PLACE_WIDTH: Final = 0.06
"""By so much of the frame's sides may a region be moved and still lie at the same place of both frames."""
FEWEST_PLACES: Final = 30
"""Agreeing places with texture, of about 1,000, that a copy must have; the barest true ones had 34."""
FIRM_INLIERS: Final = 12
"""Keypoints that need no support; unrelated pictures reach 11."""
PLAIN: Final = 0.35
"""Plainness from which few keypoints are letters and buttons (seven of 4,269 true pairs, one wrong one), and
from which a fingerprint that is not near is that of darkness with something in it."""
FIRM_SHARE: Final = 0.65
"""Share of the overlap below which few keypoints may be those of one street or one fabric."""
FINGERPRINT_SHARE: Final = 0.6
"""Share of the overlap below which a fingerprint at the same place of the frame says nothing: app frames."""
FEW_KEYPOINTS: Final = 60
"""Of a found view that shows little; ordinary ones have 200."""
GOOD_QUALITY: Final = 50
"""PDQ quality below which a picture shows little (pdq/README.md, ThreatExchange)."""
SAME_BITS: Final = 24
SAME_CORRELATION: Final = 0.985
"""Of a flat picture and its copy: PDQ distance and correlation of 20 lights in the dark and their copies were
better, those of 2 of 3,600 pairs of different lights; 36 of these are within 40 bits."""
NEAR_BITS: Final = 40
UNLIKE_BITS: Final = 104
"""PDQ distance of whole pictures that look unlike: unrelated ones lie about 128 bits apart."""
DOUBTFUL_SCORE: Final = 0.8
MOST_INLIERS: Final = 40
"""More do not make a pair any surer."""
FULL_CORRELATION: Final = 0.99
SMALLEST_AREA: Final = 0.02
"""Share of a picture that is added to the area shown, so that its logarithm stays finite."""
NO_BITS_ALIKE: Final = 96
"""PDQ distance from which fingerprints say nothing."""
WEIGHTS_ELSEWHERE: Final = (5.694, 2.435, 0.614, 2.815, -1.71, 8.226, 38.779, -3.61, 11.89, -9.655, -16.275)
WEIGHTS_IN_PLACE: Final = (-10.738, -1.036, 19.788, 2.075, 2.94, -0.707, 9.058, -7.87, -4.3, -8.511, -17.489)
"""Logistic regression over `measures`, fitted on 9,656 pairs of photos, 4,269 of them copies
(docs/matching.md). A region at the same place of both frames may be an overlay: there, how much of the
overlap agrees decides; elsewhere, how well it agrees within the region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a view pair amounts to."""

    relation: Relation
    score: float


def measures(pair: ViewPair) -> Floats:
    """Return what the score rests on, besides where the region lies."""
    seen = pair.agreement
    return np.array(
        [
            1.0,
            np.log1p(min(pair.inliers or 0, MOST_INLIERS)),
            seen.overlap_share,
            np.arctanh(np.clip(seen.correlation, -FULL_CORRELATION, FULL_CORRELATION)),
            np.log1p(seen.places),
            np.log(max(seen.query_area, seen.found_area) + SMALLEST_AREA),
            np.clip(1 - pair.pdq_bits / NO_BITS_ALIKE, 0, 1),
            min(seen.query_area, seen.found_area),
            seen.inside,
            seen.variety,
            seen.plainness,
        ]
    )


def _probability(pair: ViewPair, asked: AskedView, found: View) -> float:
    """Mix the weights for a region at the same place of both frames, and for one elsewhere."""
    place = in_place(pair, asked, found)
    weights = place * np.array(WEIGHTS_IN_PLACE) + (1 - place) * np.array(WEIGHTS_ELSEWHERE)
    return float(1 / (1 + np.exp(-measures(pair) @ weights)))


def in_place(pair: ViewPair, asked: AskedView, found: View) -> float:
    """1 if the region lies at the same place in both frames, as an overlay does; 0 if elsewhere."""
    left, top, right, bottom = pair.agreement.region
    here = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    return float(np.exp(-((np.abs(query_corners(pair, asked, found) - here).max() / PLACE_WIDTH) ** 2)))


def judge(pair: ViewPair, asked: AskedView, found: View) -> Judgement:
    """Return the relation of the query's view to the found one, and the score that it is a copy."""
    score = _probability(pair, asked, found)
    if doubtful(pair, asked, found):
        score = min(score, DOUBTFUL_SCORE)
    if score < ACCEPT_SCORE and under_overlay(pair, asked, found):
        return Judgement(relation="shares-overlay", score=score)
    return Judgement(relation=_relation(pair), score=score)


def doubtful(pair: ViewPair, asked: AskedView, found: View) -> bool:
    """Say whether hardly anything is there to agree, or what agrees has little to say for itself.

    Black frames and blank pages have one and the same fingerprint, and so have frames of an app.
    """
    seen = pair.agreement
    if seen.places < FEWEST_PLACES:
        return True
    poor = min(asked.view.fingerprints.pdq.quality, found.fingerprints.pdq.quality) < GOOD_QUALITY
    if pair.inliers is None:
        same = seen.correlation > SAME_CORRELATION and pair.pdq_bits < SAME_BITS
        flat = seen.plainness > PLAIN and not (same if poor else pair.pdq_bits <= NEAR_BITS)
        return flat or (seen.overlap_share < FINGERPRINT_SHARE and under_overlay(pair, asked, found))
    if pair.inliers >= FIRM_INLIERS:
        return False
    if seen.plainness > PLAIN or seen.overlap_share < FIRM_SHARE:
        return True
    poor = poor or features_of(found).count < FEW_KEYPOINTS
    limit = NEAR_BITS if poor else UNLIKE_BITS
    return pair.pdq_bits > limit and (poor or _relation(pair) == "same-picture")


def under_overlay(pair: ViewPair, asked: AskedView, found: View) -> bool:
    """Say whether both agree at the same place of the frame, and not in the rest of it."""
    partial = pair.agreement.overlap_share < WHOLLY_AGREES
    return partial and in_place(pair, asked, found) > IN_PLACE


def _relation(pair: ViewPair) -> Relation:
    seen = pair.agreement
    if seen.found_area < WHOLE:
        return "part-of"
    return "same-picture" if seen.query_area >= WHOLE else "contains"

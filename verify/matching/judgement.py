"""From measures of a view pair to a relation and a score that means something.

A logistic regression over a few measures, fitted on half of a set of photos and checked on the other half
(docs/matching.md): of the answers with score s, about the share s is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from verify.fingerprints import local_features
from verify.matching.claims import ACCEPT_SCORE
from verify.matching.geometry import Floats
from verify.matching.pairs import AskedView, ViewPair, features_of, query_corners, size_of
from verify.records import Relation, View

WHOLE: Final = 0.75
"""Share of a picture's area that the region must fill for the whole picture to be there; captions and
stickers along an edge cost up to a quarter."""

WHOLLY_AGREES: Final = 0.9
"""Share of the overlap from which a pair is a copy with the overlay rather than a stranger under it, and of a
region from which all of it agrees."""
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
MANY_PLACES: Final = 200
"""Agreeing places from which they may not, if all of the region agrees: seven true pairs that few keypoints
prove in part had 234 to 622, two wrong ones 71 and 79."""
SMALL_SHARE: Final = 0.3
MOSTLY_WITHIN: Final = 0.8
"""Where less than this share of the overlap agrees and less than that of the keypoints lies in it, they are
letters all over two posts of one app (nine of 16 wrong answers under phone apps, five of 2,700 others)."""
LETTER_BITS: Final = 16
"""Median distance of the codes from which those on plain ground are letters of other words: 22 to 29 for most
pages, chats and posts of one sender, 7 to 10 for their copies (at most 18 for nineteen in twenty photos)."""
UNLIKE_CODE_BITS: Final = 22
"""The same on any ground where less than `FIRM_SHARE` of the overlap agrees (three of 2,900 true answers)."""
REGION_BORDER: Final = 0.02
"""Share of a picture's sides by which a keypoint may lie outside the region and still be of it."""
PATCHY: Final = 0.75
"""Share of the region below which what agrees elsewhere in the frame are lines of two posts of one app, where
it is less than `FIRM_SHARE` of the overlap too (four of the 16, and one true answer)."""
PLAIN_FRAME: Final = 0.25
MUCH_SHARE: Final = 0.82
LIKE_FRAME_BITS: Final = 90
SAME_CODE_BITS: Final = 10
"""Plainness from which, share of the overlap below which, and PDQ distance within which two frames are those
of one app around any two pictures (10 of 16 wrong answers under phone apps, 10 of 2,700 others); unless the
codes of the keypoints lie nearer to each other than this, in the median (true 3 to 9, wrong 11 to 24)."""
FINGERPRINT_SHARE: Final = 0.6
BARE_SHARE: Final = 0.7
"""Share of the overlap below which a fingerprint at the same place of the frame says nothing: app frames.
More is asked of what an overlay leaves, whose fingerprint is that of the whole frame."""
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
    if pair.agreement.places < FEWEST_PLACES or are_frames_or_words(pair, asked, found):
        return True
    poor = min(asked.view.fingerprints.pdq.quality, found.fingerprints.pdq.quality) < GOOD_QUALITY
    if pair.inliers is None:
        return _is_any_fingerprint(pair, asked, found, poor=poor)
    return pair.inliers < FIRM_INLIERS and _are_any_keypoints(pair, asked, found, poor=poor)


def are_frames_or_words(pair: ViewPair, asked: AskedView, found: View) -> bool:
    """Say whether what agrees may be two frames of one app, or words set alike."""
    words = pair.inliers is not None and (
        _is_negative_in_part(pair)
        or _are_other_words(pair)
        or _are_letters(pair, found)
        or _is_patchy(pair, asked, found)
    )
    return words or _are_like_frames(pair, asked)


def _are_like_frames(pair: ViewPair, asked: AskedView) -> bool:
    """Say whether paper, bars and buttons agree, in frames that resemble each other, and much does not."""
    seen = pair.agreement
    resemble = asked.overlay is None and NEAR_BITS < pair.pdq_bits < LIKE_FRAME_BITS
    proven = pair.inliers is not None and pair.code_bits < SAME_CODE_BITS
    return resemble and not proven and seen.plainness > PLAIN_FRAME and seen.overlap_share < MUCH_SHARE


def _is_any_fingerprint(pair: ViewPair, asked: AskedView, found: View, *, poor: bool) -> bool:
    """Say whether the fingerprints are alike as those of flat pictures, or of frames of one app, are."""
    seen = pair.agreement
    same = seen.correlation > SAME_CORRELATION and pair.pdq_bits < SAME_BITS
    flat = seen.plainness > PLAIN and not (same if poor else pair.pdq_bits <= NEAR_BITS)
    limit = FINGERPRINT_SHARE if asked.overlay is None else BARE_SHARE
    return flat or (seen.overlap_share < limit and under_overlay(pair, asked, found))


def _are_any_keypoints(pair: ViewPair, asked: AskedView, found: View, *, poor: bool) -> bool:
    """Say whether a few keypoints agree as they do by chance, in one street or on one sheet of paper."""
    seen = pair.agreement
    dense = seen.places >= MANY_PLACES and seen.inside >= WHOLLY_AGREES
    if pair.negated or seen.plainness > PLAIN or (seen.overlap_share < FIRM_SHARE and not dense):
        return True
    if poor or features_of(found).count < FEW_KEYPOINTS:
        return pair.pdq_bits > NEAR_BITS
    bare = asked.overlay is None  # what an overlay leaves of a frame has no fingerprint of its own
    return bare and pair.pdq_bits > UNLIKE_BITS and _relation(pair) == "same-picture"


def _are_other_words(pair: ViewPair) -> bool:
    """Say whether the keypoints are alike as letters of one font are, not as those of a copy."""
    seen = pair.agreement
    on_paper = seen.plainness > PLAIN_FRAME and pair.code_bits > LETTER_BITS
    return on_paper or (seen.overlap_share < FIRM_SHARE and pair.code_bits > UNLIKE_CODE_BITS)


def _is_negative_in_part(pair: ViewPair) -> bool:
    """Say whether light agrees with dark and much else does not: words of an app in its two colours."""
    return pair.negated and pair.agreement.overlap_share < FIRM_SHARE


def _are_letters(pair: ViewPair, found: View) -> bool:
    """Say whether little agrees, and many of the keypoints lie elsewhere."""
    if pair.agreement.overlap_share >= SMALL_SHARE:
        return False
    left, top, right, bottom = pair.agreement.region
    stored = features_of(found)
    at = local_features.places_of(stored)[pair.keypoints[:, 1], :2] / size_of(stored)
    low, high = np.array([left, top]) - REGION_BORDER, np.array([right, bottom]) + REGION_BORDER
    return bool(((at >= low) & (at <= high)).all(axis=1).mean() < MOSTLY_WITHIN)


def _is_patchy(pair: ViewPair, asked: AskedView, found: View) -> bool:
    """Say whether what agrees lies elsewhere in the frame, full of holes and beside much that is unlike."""
    seen = pair.agreement
    holes = seen.inside < PATCHY and seen.overlap_share < FIRM_SHARE
    return holes and in_place(pair, asked, found) < IN_PLACE


def under_overlay(pair: ViewPair, asked: AskedView, found: View) -> bool:
    """Say whether both agree at the same place of the frame, and not in the rest of it."""
    partial = pair.agreement.overlap_share < WHOLLY_AGREES
    return partial and in_place(pair, asked, found) > IN_PLACE


def _relation(pair: ViewPair) -> Relation:
    seen = pair.agreement
    if seen.found_area < WHOLE:
        return "part-of"
    return "same-picture" if seen.query_area >= WHOLE else "contains"

"""From measures of a view pair to a relation and a score that means something."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final

from verify.matching.claims import ACCEPT_SCORE
from verify.matching.pairs import AskedView, ViewPair
from verify.matching.score import in_place, probability
from verify.records import Relation, View

WHOLE: Final = 0.75
"""Share of a picture's area that the region must fill for the whole picture to be there; captions and
stickers along an edge cost up to a quarter."""

WHOLLY_AGREES: Final = 0.9
"""Share of the overlap from which a pair is a copy with the overlay rather than a stranger under it."""
IN_PLACE: Final = 0.5
FEWEST_PLACES: Final = 30
"""Agreeing places with texture, of about 1,000, that a copy must have; the barest true ones had 34."""
PLAIN: Final = 0.35
"""Plainness from which a fingerprint that is not near is that of darkness with something in it."""
GOOD_QUALITY: Final = 50
"""PDQ quality below which a picture shows little (pdq/README.md, ThreatExchange)."""
SAME_BITS: Final = 24
SAME_CORRELATION: Final = 0.985
"""Of a flat picture and its copy: PDQ distance and correlation of 20 lights in the dark and their copies were
better, those of 2 of 3,600 pairs of different lights; 36 of these are within 40 bits."""
NEAR_BITS: Final = 40
CHANCE_BITS: Final = 26
CHANCE_INLIERS: Final = 12
NOTHING_ALIKE: Final = 86
"""Median distance of the codes from which so few inliers are chance where the fingerprints, so far apart, say
nothing: of 11,576 such pairs 33 are copies. A horizon had been laid over another one (docs/matching.md)."""
SURE_OF_PLAIN: Final = 0.95
"""Score that what lies on plain ground must reach: charts of one design come to 0.93."""
DOUBTFUL_SCORE: Final = 0.8
PLAIN_FRAME: Final = 0.25
LETTER_BITS: Final = 16
"""Plainness, or median distance of the codes, from which what agrees may be letters or bars and buttons:
22 to 29 bits in pages, chats and posts of one sender, 7 to 10 in their copies, at most 18 in most photos."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a view pair amounts to."""

    relation: Relation
    score: float


def judge(pair: ViewPair, asked: AskedView, found: View) -> Judgement:
    """Return the relation of the query's view to the found one, and the score that it is a copy."""
    score = probability(pair, asked, found)
    if score < believed_from(pair, asked, found):
        score = min(score, DOUBTFUL_SCORE)
    if score < ACCEPT_SCORE and under_overlay(pair, asked, found):
        return Judgement(relation="shares-overlay", score=score)
    return Judgement(relation=_relation(pair), score=score)


def believed_from(pair: ViewPair, asked: AskedView, found: View) -> float:
    """Return the score from which a pair is believed; a lower one is held at `DOUBTFUL_SCORE`."""
    if _is_doubtful(pair, asked, found):
        return inf
    return SURE_OF_PLAIN if pair.agreement.plainness > PLAIN else 0.0


def _is_doubtful(pair: ViewPair, asked: AskedView, found: View) -> bool:
    """Say whether hardly anything is there to agree, or nothing but what may be chance.

    Black frames and blank pages have one fingerprint.
    """
    if pair.agreement.places < FEWEST_PLACES:
        return True
    if pair.inliers is None:
        return pair.agreement.plainness > PLAIN and not _same_fingerprint(pair, asked, found)
    return pair.inliers < CHANCE_INLIERS and pair.code_bits >= CHANCE_BITS and pair.pdq_bits > NOTHING_ALIKE


def _same_fingerprint(pair: ViewPair, asked: AskedView, found: View) -> bool:
    """Say whether the fingerprints are nearer than those of different plain pictures."""
    if min(asked.view.fingerprints.pdq.quality, found.fingerprints.pdq.quality) >= GOOD_QUALITY:
        return pair.pdq_bits <= NEAR_BITS
    return pair.agreement.correlation > SAME_CORRELATION and pair.pdq_bits < SAME_BITS


def may_be_words(pair: ViewPair) -> bool:
    """Say whether what agrees may be no more than words set alike, or the bars and buttons of one app."""
    return pair.inliers is not None and (
        pair.agreement.plainness > PLAIN_FRAME or pair.code_bits > LETTER_BITS
    )


def under_overlay(pair: ViewPair, asked: AskedView, found: View) -> bool:
    """Say whether both agree at the same place of the frame, and not in the rest of it."""
    partial = pair.agreement.overlap_share < WHOLLY_AGREES
    return partial and in_place(pair, asked, found) > IN_PLACE


def _relation(pair: ViewPair) -> Relation:
    seen = pair.agreement
    if seen.found_area < WHOLE:
        return "part-of"
    return "same-picture" if seen.query_area >= WHOLE else "contains"

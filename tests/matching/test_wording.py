"""A match in plain words."""

from __future__ import annotations

import pytest

from verify.matching.wording import describe
from verify.records import Match, Quad, Segment

WHOLE: Quad = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
HALF: Quad = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))


def segment(query: tuple[float, float], found: tuple[float, float], speed: float = 1.0) -> Segment:
    return Segment(
        query_start=query[0], query_end=query[1], found_start=found[0], found_end=found[1], speed=speed
    )


@pytest.mark.parametrize(
    ("match", "words"),
    [
        (
            Match(item="a", relation="same-picture", evidence=("pdq",), score=1.0, region=WHOLE),
            "the same picture as",
        ),
        (
            Match(
                item="a", relation="part-of", evidence=("geometry",), score=0.99, mirrored=True, region=HALF
            ),
            "part of, mirrored, cropped to 50%",
        ),
        (
            Match(
                item="a",
                relation="contains",
                evidence=("geometry",),
                score=0.99,
                rotation_degrees=-4.8,
                query_region=HALF,
                segments=(segment((0, 0), (15.5, 15.5)),),
            ),
            "contains, turned 5\u00b0 to the left, fills 50% of the picture, at 15.5 s there",
        ),
        (
            Match(
                item="a",
                relation="part-of",
                evidence=("geometry",),
                score=0.5,
                segments=(segment((0, 4), (12, 16.4), 1.1),),
            ),
            "weak lead: part of, 0.0-4.0 s is 12.0-16.4 s there at 1.10 x",
        ),
        (
            Match(
                item="a",
                relation="part-of",
                evidence=("geometry",),
                score=0.95,
                segments=(segment((7, 12), (0, 0)),),
            ),
            "part of, at 7.0-12.0 s",
        ),
        (
            Match(
                item="a",
                relation="same-picture",
                evidence=("pdq",),
                score=0.95,
                segments=(segment((0, 0), (0, 0)),),
            ),
            "the same picture as",
        ),
    ],
)
def test_a_match_reads_as_a_person_would_say_it(match: Match, words: str) -> None:
    assert describe(match) == words

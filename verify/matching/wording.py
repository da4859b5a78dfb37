"""A match in plain words: what of the found item the query shows, how it was changed, when it plays."""

from __future__ import annotations

from verify.matching.claims import ACCEPT_SCORE
from verify.records import Match, Quad, Segment

SHOWN_TURN = 1.5
"""Degrees; less is the error of measuring."""

SHOWN_CUT = 0.97
"""Share of the picture; more is all of it."""

SHOWN_SPEED = 0.03
"""Change of speed that is told; less is the error of measuring."""

RELATIONS = {
    "identical": "the same bytes as",
    "same-picture": "the same picture as",
    "part-of": "part of",
    "contains": "contains",
    "shares-overlay": "only shares an overlay with",
}


def describe(match: Match) -> str:
    """Return the relation and the changes in one line, without names: "part of, mirrored"."""
    lead = "weak lead: " if is_weak(match) else ""
    return lead + ", ".join([RELATIONS[match.relation], *changes(match), *moments(match)])


def evidence(match: Match) -> list[str]:
    """Return what the match rests on, one phrase for each kind of evidence."""
    bits = match.distance_bits
    told = {
        "geometry": f"geometry, {match.inliers} places agree",
        "pdq": f"pdq, {bits} of 256 bits differ",
        "phash": "phash" if "pdq" in match.evidence else f"phash, {bits} of 64 bits differ",
        "sha256": "same bytes",
    }
    return [told[kind] for kind in match.evidence]


def is_weak(match: Match) -> bool:
    """Say whether a match is only a lead: its score is below `ACCEPT_SCORE`.

    >>> match = verify.compare("samples/media/figs_today.jpg", "samples/media/IMG_2368.JPG")
    >>> verify.is_weak(match)
    False
    """
    return match.score < ACCEPT_SCORE


def changes(match: Match) -> list[str]:
    """Return how the query was changed against the found picture, one phrase a change.

    >>> match = verify.compare("samples/media/IMG-20260113-WA0021.jpg", "samples/media/IMG_2302.JPG")
    >>> verify.changes(match)[0]
    'mirrored'
    """
    said = []
    if match.mirrored:
        said.append("mirrored")
    if abs(match.rotation_degrees) >= SHOWN_TURN:
        side = "right" if match.rotation_degrees > 0 else "left"
        said.append(f"turned {abs(match.rotation_degrees):.0f}\u00b0 to the {side}")
    if match.region and (share := area(match.region)) < SHOWN_CUT:
        said.append(f"cropped to {share:.0%}")
    if match.query_region and (share := area(match.query_region)) < SHOWN_CUT:
        said.append(f"fills {share:.0%} of the picture")
    return said


def moments(match: Match) -> list[str]:
    """Return when the two share a picture, one phrase a segment; nothing for two stills.

    >>> footage = "samples/media/IMG_2291.MOV"
    >>> verify.moments(verify.compare("samples/media/VID-20260114-WA0007.mp4", footage))
    ['0.0-12.0 s is 5.0-17.0 s there']
    """
    return [_moment(segment) for segment in match.segments if segment.query_end or segment.found_end]


def _moment(segment: Segment) -> str:
    if segment.query_end == segment.query_start:
        return f"at {segment.found_start:.1f} s there"
    if segment.found_end == segment.found_start:
        return f"at {_span(segment.query_start, segment.query_end)}"
    here, there = _span(segment.query_start, segment.query_end), _span(segment.found_start, segment.found_end)
    words = f"{here} is {there} there"
    if abs(segment.speed - 1) >= SHOWN_SPEED:
        words += f" at {segment.speed:.2f} x"
    return words


def _span(start: float, end: float) -> str:
    return f"{start:.1f} s" if end == start else f"{start:.1f}-{end:.1f} s"


def area(quad: Quad) -> float:
    """Return the area of a quadrilateral by the shoelace formula, in the unit of its corners squared."""
    pairs = zip(quad, (*quad[1:], quad[0]), strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2

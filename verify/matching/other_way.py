"""A match asked the other way: what the found item is to the query, read off what the query is to it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Final

from verify.records import Match, Quad, Relation, Segment

RELATIONS: Final[dict[Relation, Relation]] = {"part-of": "contains", "contains": "part-of"}
"""Those that change; the others say the same both ways."""

WHOLE: Final[Quad] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def other_way(match: Match, *, query: str, paths: tuple[str, ...]) -> Match:
    """Return the match as the found item's own; `query` is the key of the former query, seen at `paths`."""
    region, query_region = match.query_region, match.region
    if region is not None and query_region is not None:
        region, query_region = _in_order(region, query_region)
    return replace(
        match,
        item=query,
        paths=paths,
        relation=RELATIONS.get(match.relation, match.relation),
        rotation_degrees=match.rotation_degrees if match.mirrored else 0.0 - match.rotation_degrees,
        scale=round(1 / match.scale, 4) if match.scale else match.scale,
        region=region,
        query_region=query_region,
        segments=tuple(_segment(segment) for segment in match.segments),
    )


def _segment(segment: Segment) -> Segment:
    return Segment(
        query_start=segment.found_start,
        query_end=segment.found_end,
        found_start=segment.query_start,
        found_end=segment.query_end,
        speed=1 / segment.speed,
    )


def _in_order(region: Quad, query_region: Quad) -> tuple[Quad, Quad]:
    """Name the corners after the picture that is the found one now; pairs stay pairs."""
    pairs = list(zip(region, query_region, strict=True))
    orders = [[pairs[(start + step * n) % 4] for n in range(4)] for start, step in product(range(4), (1, -1))]
    best = min(orders, key=lambda order: _distance([one for one, _ in order]))
    (a, e), (b, f), (c, g), (d, h) = best
    return (a, b, c, d), (e, f, g, h)


def _distance(corners: list[tuple[float, float]]) -> float:
    """Say how far corners are from those of a whole picture."""
    return sum((x - u) ** 2 + (y - v) ** 2 for (x, y), (u, v) in zip(corners, WHOLE, strict=True))

"""Copy families of bounded diameter: every member matches the family's source directly.

Chains are not followed: a is like b and b like c does not make c a copy of a. So one weak match never
glues two large families together, and a pair that a reviewer refused stays apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two items that match."""

    one: str
    other: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A source and the items that are copies of it."""

    source: str
    members: tuple[str, ...]
    """In order of key, without the source."""


def families(
    items: Sequence[str], links: Iterable[Link], refused: Iterable[tuple[str, str]] = ()
) -> list[Family]:
    """Group items, given from the most to the least trusted source (say, the oldest first).

    The item with the most direct matches among those left becomes a source, on a tie the one given
    first; its matches become members unless they were refused by the source or by a member already in.
    """
    apart = {frozenset(pair) for pair in refused}
    strength: dict[str, dict[str, float]] = {item: {} for item in items}
    for link in links:
        if link.one != link.other and frozenset((link.one, link.other)) not in apart:
            strength[link.one][link.other] = strength[link.other][link.one] = link.score
    left = {item for item, matches in strength.items() if matches}
    queue = [(-len(strength[item]), place, item) for place, item in enumerate(items) if item in left]
    heapify(queue)
    found: list[Family] = []
    while queue:
        claimed, place, source = heappop(queue)
        matches = strength[source].keys() & left
        if source not in left:
            continue
        if len(matches) < -claimed:  # some went into a family meanwhile: it waits for its turn
            heappush(queue, (-len(matches), place, source))
            continue
        candidates = sorted(matches, key=lambda item: (-strength[source][item], item))
        members = _compatible(candidates, apart)
        if not members:
            left.discard(source)
            continue
        found.append(Family(source=source, members=tuple(sorted(members))))
        left -= {source, *members}
    return found


def _compatible(candidates: Sequence[str], apart: set[frozenset[str]]) -> list[str]:
    """Return the candidates, strongest first, without those refused by one taken before."""
    taken: list[str] = []
    for item in candidates:
        if not any(frozenset((item, other)) in apart for other in taken):
            taken.append(item)
    return taken

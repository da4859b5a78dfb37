"""All that the screen needs to know of one item, read once per drawing."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

import streamlit as st

from ui import session
from ui.plain import name_of
from verify import (
    Archive,
    CaseState,
    Examination,
    ItemSummary,
    Match,
    UnreadableMedia,
    is_weak,
    printable,
)

LOOKED = "looked"
"""Key of the session: the item that was searched for on demand, and what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The item on the screen."""

    item: ItemSummary
    examination: Examination
    case: CaseState
    copies: tuple[Match, ...]
    """Found when it or they arrived, or on demand; what tells most first, refused ones last."""
    others: Mapping[str, CaseState]
    """Cases of the copies, by SHA-256."""

    @property
    def sha256(self) -> str:
        return self.item.sha256

    @property
    def name(self) -> str:
        """Untrusted, in one printable line."""
        return name_of(self.item)


def read(sha256: str) -> Shown:
    """Read one item. Raises `UnknownItem`."""
    archive = session.archive()
    item, case = archive.item(sha256), archive.case(sha256)
    older = archive.seen_before(item.sha256)
    asked = looked_for(item.sha256)
    found = (*older, *archive.seen_since(item.sha256)) if asked is None else asked
    arrived_before = {match.item for match in older}
    others = archive.cases([match.item for match in found])
    return Shown(
        item=item,
        examination=examination(archive, item),
        case=case,
        copies=tuple(sorted(found, key=lambda match: _rank(match, case, others, arrived_before))),
        others=others,
    )


def _rank(
    match: Match, case: CaseState, others: Mapping[str, CaseState], older: Set[str]
) -> tuple[bool | float, ...]:
    """Put first what tells most: what was decided, then what was there before, then the longest stretch."""
    shared = sum(one.query_end - one.query_start for one in match.segments)
    decided = others[match.item].decision is not None
    return match.item in case.refused, is_weak(match), not decided, match.item not in older, -shared


def examination(archive: Archive, item: ItemSummary) -> Examination:
    """Return the examination that counts; those of the last few items are at hand."""
    return _examination(archive, item.sha256, item.examined_at.isoformat())


@st.cache_resource(
    max_entries=8, show_spinner=False, hash_funcs={Archive: lambda archive: str(archive.folder)}
)
def _examination(archive: Archive, sha256: str, _examined_at: str) -> Examination:
    return archive.examination(sha256)


def kin(sha256: str) -> tuple[str, ...]:
    """Return the other members of the item's copy family; at most a minute old."""
    return _families(session.archive()).get(sha256, ())


@st.cache_resource(ttl=60, show_spinner=False, hash_funcs={Archive: lambda archive: str(archive.folder)})
def _families(archive: Archive) -> dict[str, tuple[str, ...]]:
    households = [(family.source, *family.members) for family in archive.families()]
    return {
        member: tuple(other for other in household if other != member)
        for household in households
        for member in household
    }


def look_everywhere(sha256: str) -> None:
    """Search the whole archive, newer items too, and keep the answer while the item is on the screen.

    Its file is looked at more closely than what is stored of it: a clip is placed by its frames.
    """
    archive = session.archive()
    try:
        found = archive.find_copies(archive.original(sha256) or sha256)
    except UnreadableMedia:  # changed since a moment ago
        found = archive.find_copies(sha256)
    st.session_state[LOOKED] = (sha256, tuple(found))


def looked_for(sha256: str) -> tuple[Match, ...] | None:
    """Return what the whole archive was found to hold, None if nobody asked."""
    item, found = st.session_state.get(LOOKED, ("", ()))
    return found if item == sha256 else None


def other_name(match: Match) -> str:
    """Return the name of the found item, untrusted, in one printable line."""
    return printable(match.paths[0].replace("\\", "/").rsplit("/", 1)[-1]) if match.paths else match.item[:12]

"""The order in which a reviewer goes through the items: that of the queue when it was last looked at.

It stays as it is while verdicts are given, so that an item that leaves the filter keeps its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from ui import session

WORKLIST = "worklist"
"""Key of the session: the query parameters it was made from, and the SHA-256 of the items in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an item stands in the worklist."""

    number: int
    """From 1; 0 if the filter leaves the item out."""
    total: int
    previous: str | None
    following: str | None


def place_of(sha256: str) -> Place:
    """Return the place of an item and its neighbours."""
    order = _order()
    if sha256 not in order:
        st.session_state.pop(WORKLIST, None)
        order = _order()
    if sha256 not in order:
        return Place(number=0, total=len(order), previous=None, following=order[0] if order else None)
    at = order.index(sha256)
    return Place(
        number=at + 1,
        total=len(order),
        previous=order[at - 1] if at else None,
        following=order[at + 1] if at + 1 < len(order) else None,
    )


def _order() -> list[str]:
    """Return the order; taken anew whenever the queue has been drawn since."""
    queue = st.session_state.get(session.QUEUE)
    kept = st.session_state.get(WORKLIST)
    if kept is None or kept[0] is not queue:
        wanted, sort = session.queue_filter()
        kept = (queue, session.archive().queue_order(wanted, sort=sort))
        st.session_state[WORKLIST] = kept
    return kept[1]

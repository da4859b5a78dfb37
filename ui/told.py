"""What an event of the review log says, in a few words and the reviewer's own text.

Everything returned is plain text: it goes to `st.text` or to a component that sets `textContent`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ui import session
from ui.parts import clock
from ui.plain import name_of
from verify import Evidence, ReviewEvent, UnknownItem

KINDS = {
    "item-added": "arrived",
    "claim-recorded": "claim",
    "verdict-given": "verdict",
    "verdict-withdrawn": "verdict withdrawn",
    "note-added": "note",
    "match-confirmed": "match confirmed",
    "match-refused": "match refused",
    "discussion-opened": "discussion",
    "assigned": "assigned",
}
"""Every kind of event, as it is called on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event for a reader."""

    what: str
    """A few words of ours."""
    said: str = ""
    """What the reviewer wrote."""
    other: str = ""
    """SHA-256 of the other item it is about."""


def told(event: ReviewEvent) -> Told:
    """Say what an event says."""
    return _TELLERS[event.kind](event.payload)


def _verdict(payload: dict[str, Any]) -> Told:
    established = payload["established"]
    facts = (established[name] for name in ("source", "date", "place", "event"))
    rests_on = [line(Evidence.from_json(piece)) for piece in payload["evidence"]]
    return Told(
        what=payload["verdict"],
        said=_joined([payload["true_context"], *facts, *rests_on, payload["note"]]),
        other=payload["earlier_copy"] or "",
    )


def words(piece: Evidence) -> str:
    """Return what a piece is, in one line of plain text."""
    if piece.kind == "time-range" and piece.start is not None and piece.end is not None:
        return f"{clock(piece.start)}–{clock(piece.end)}"
    if piece.region is not None:
        across, down = ([corner[axis] for corner in piece.region] for axis in (0, 1))
        when = "" if piece.start is None else f" at {clock(piece.start)}"
        return f"region{when}, {_share(across)} across, {_share(down)} down"
    if piece.item:
        return f"{'match with' if piece.kind == 'match' else 'item'} {_name(piece.item)}"
    return piece.url


def line(piece: Evidence) -> str:
    """Return a piece and what it shows."""
    return f"{words(piece)}: {piece.note}" if piece.note else words(piece)


def _share(values: Sequence[float]) -> str:
    return f"{100 * min(values):.0f}–{100 * max(values):.0f}\u00a0%"


def _name(sha256: str) -> str:
    try:
        return name_of(session.archive().item(sha256))
    except UnknownItem:
        return sha256[:12]


def _assigned(payload: dict[str, Any]) -> Told:
    return Told(what="assigned to", said=payload["to"]) if payload["to"] else Told(what="handed back")


def _joined(texts: Iterable[str]) -> str:
    return " · ".join(filter(None, texts))


_TELLERS: dict[str, Callable[[dict[str, Any]], Told]] = {
    "item-added": lambda _: Told(what="arrived"),
    "claim-recorded": lambda payload: Told(what="claim", said=_joined(payload.values())),
    "verdict-given": _verdict,
    "verdict-withdrawn": lambda payload: Told(
        what=f"withdrew the verdict of line {payload['withdrawn']}", said=payload["note"]
    ),
    "note-added": lambda payload: Told(what="note", said=payload["text"]),
    "match-confirmed": lambda payload: Told(
        what="confirmed the match with", said=payload["note"], other=payload["other"]
    ),
    "match-refused": lambda payload: Told(
        what="refused the match with", said=payload["note"], other=payload["other"]
    ),
    "discussion-opened": lambda payload: Told(what="opened for discussion", said=payload["note"]),
    "assigned": _assigned,
}

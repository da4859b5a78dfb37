"""What a verdict rests on, piece by piece: drawn on the picture, marked in the player, or written down.

Pieces are part of the draft until the verdict is given; then they are in the log, and outlined on the picture
for whoever opens the item.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

import streamlit as st

from ui import session, told
from ui.item import draft
from ui.item.shown import Shown
from ui.item.written import corners, read_line
from ui.plain import markdown_safe, shortened
from verify import Decision, Evidence

NAME: Final = "evidence"
"""Of the pieces in a draft; they are a mapping from a short key to the piece."""

ICONS: Final = {
    "region": "crop_free",
    "time-range": "timer",
    "link": "link",
    "item": "image",
    "match": "compare",
}

MILLISECONDS: Final = 1000

LONGEST: Final = 60
"""Characters of a link or a name that are shown."""


def pieces(shown: Shown) -> dict[str, Evidence]:
    """Return the pieces of the form: what was not sent yet, else what the reviewer's own verdict rests on."""
    kept: Mapping[str, Evidence] | None = draft.of(shown.sha256).get(NAME)
    if kept is not None:
        return dict(kept)
    own = own_verdict(shown)
    return {str(number): one for number, one in enumerate(own.evidence)} if own else {}


def own_verdict(shown: Shown) -> Decision | None:
    """Return the standing verdict if it is the reviewer's own."""
    stands = shown.case.decision
    return stands if stands and stands.by == session.reviewer() else None


def add(shown: Shown, piece: Evidence) -> None:
    """Add a piece to the form, once."""
    if not session.reviewer():
        st.toast("Say who you are first, then mark it again.")
        return
    known = pieces(shown)
    if piece not in known.values():
        draft.keep(shown.sha256, NAME, known | {uuid.uuid4().hex[:8]: piece})


def add_region(shown: Shown, drawn: Mapping[str, Any] | None) -> None:
    """Add a rectangle as the browser drew it: its four edges as shares, and the time of the frame."""
    if drawn is None:
        return
    left, top, right, bottom = (min(max(float(edge), 0.0), 1.0) for edge in drawn["edges"])
    time = drawn.get("time")
    start = None if time is None else _exact(time)
    add(shown, Evidence(kind="region", region=corners(left, top, right, bottom), start=start))


def add_stretch(shown: Shown, marked: Sequence[float] | None) -> None:
    """Add a stretch of the video as it was marked in the player."""
    if marked is not None:
        start, end = sorted(_exact(second) for second in marked)
        add(shown, Evidence(kind="time-range", start=start, end=end))


def _exact(seconds: float) -> Fraction:
    """Return a time of the player to the millisecond: as exact as it shows times."""
    return Fraction(round(seconds * MILLISECONDS), MILLISECONDS)


def fields(shown: Shown, form: str) -> None:
    """Draw the pieces, each with what it shows, and the field that adds one."""
    known = pieces(shown)
    with st.expander(f"Evidence {len(known) or ''}", expanded=bool(known)):
        for number, (key, piece) in enumerate(known.items(), 1):
            _piece(shown, form, key, f"{number}. :material/{ICONS[piece.kind]}: {_words(piece)}", piece.note)
        st.text_input(
            "Add a link, a stretch of the video, or an item",
            key=f"{form}:{NAME}",
            placeholder="https://… or 0:12-0:16 or the address of an item",
            on_change=_add_line,
            args=(shown, form),
        )
        st.caption(_how(shown))


def _piece(shown: Shown, form: str, key: str, words: str, note: str) -> None:
    st.markdown(words)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.text_input(
            "What it shows",
            note,
            key=f"{form}:{NAME}:{key}",
            placeholder="What it shows",
            label_visibility="collapsed",
            on_change=_keep_note,
            args=(shown, form, key),
        )
        st.button(
            "Remove",
            key=f"{form}:{NAME}:{key}:remove",
            type="tertiary",
            on_click=_remove,
            args=(shown, key),
        )


def _how(shown: Shown) -> str:
    if shown.item.kind == "video":
        return (
            "A region or a stretch is marked in the player, or written: region at 0:12, 10-40 % across, "
            "20-60 % down. A copy is added from its comparison."
        )
    return (
        "A region is marked on the picture, or written: region 10-40 % across, 20-60 % down. "
        "A copy is added from its comparison."
    )


def _add_line(shown: Shown, form: str) -> None:
    line = st.session_state[f"{form}:{NAME}"].strip()
    if not line:
        return
    piece = read_line(line)
    if piece.kind == "link" and not piece.url.lower().startswith(("https://", "http://")):
        st.toast("Not added: write an address with https://, a stretch as 0:12-0:16, or an item.")
        return
    add(shown, piece)
    st.session_state[f"{form}:{NAME}"] = ""


def _remove(shown: Shown, key: str) -> None:
    draft.keep(shown.sha256, NAME, {name: one for name, one in pieces(shown).items() if name != key})


def _keep_note(shown: Shown, form: str, key: str) -> None:
    known = pieces(shown)
    if draft.is_open(shown.sha256, "verdict", form) and key in known:
        draft.keep(shown.sha256, NAME, known | {key: _with_note(known[key], form, key)})


def _with_note(piece: Evidence, form: str, key: str) -> Evidence:
    return replace(piece, note=str(st.session_state.get(f"{form}:{NAME}:{key}", piece.note)).strip())


def given(shown: Shown, form: str) -> tuple[Evidence, ...]:
    """Return the pieces with what was said of each; a line that was not added yet counts too."""
    said = [_with_note(piece, form, key) for key, piece in pieces(shown).items()]
    line = str(st.session_state.get(f"{form}:{NAME}") or "").strip()
    return (*said, read_line(line)) if line else tuple(said)


def _words(piece: Evidence) -> str:
    return markdown_safe(shortened(told.words(piece), LONGEST))


def outlines(shown: Shown) -> dict[str, list[dict[str, Any]]]:
    """Return the regions and stretches to be seen on the picture: of the form, and of verdicts of others."""
    own, stands = own_verdict(shown), shown.case.decision
    drawn = [_outline(number, one, "own") for number, one in enumerate(pieces(shown).values(), 1)]
    others = [one for one in (stands, *shown.case.conflicting) if one is not None and one != own]
    for decision in others:
        drawn += [_outline(number, one, "other") for number, one in enumerate(decision.evidence, 1)]
    return {
        "regions": [one for one in drawn if one["corners"]],
        "stretches": [one for one in drawn if one["end"] is not None],
    }


def _outline(number: int, piece: Evidence, whose: str) -> dict[str, Any]:
    return {
        "label": str(number),
        "whose": whose,
        "words": told.line(piece),
        "corners": piece.region,
        "start": None if piece.start is None else float(piece.start),
        "end": None if piece.end is None else float(piece.end),
    }

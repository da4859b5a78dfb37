"""The fields of the form in which a reviewer says what a verdict rests on, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final

import streamlit as st

from ui.item.sentences import times
from ui.item.shown import Shown, other_name
from ui.parts import clock
from ui.plain import shortened
from verify import CONFIDENCES, PILLARS, Decision, Established, Evidence, Match, Pillar

FACTS: Final = {
    "source": "Source: who made or first published it",
    "date": "Date",
    "place": "Place",
    "event": "Event",
}

QUESTIONS: Final = {
    "provenance": "Provenance: is this the original?",
    "source": "Source: who made it?",
    "date": "Date: when was it made?",
    "location": "Location: where was it made?",
    "motivation": "Motivation: why was it made?",
}
"""The five pillars as reviewers ask them."""

CLOCK: Final = r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)"

TIME_RANGE: Final = re.compile(rf"{CLOCK}\s*[-–]\s*{CLOCK}(?:\s+(.*))?")
"""`12.0-16.1 what is seen` or `0:12-0:16 what is seen`."""

NAMED_ITEM: Final = re.compile(r"([0-9a-f]{12,64})(?:\s+(.*))?")


def fields(shown: Shown, form: str, own: Decision | None) -> None:
    """Draw the fields, filled with the reviewer's own standing verdict if there is one."""
    stated = own.established if own else Established()
    st.text_input(
        "What it really shows",
        own.true_context if own else "",
        key=f"{form}:true_context",
        placeholder="Flood in Kunduz, August 2021",
    )
    _earlier_copy(shown, form, own)
    st.text_area("Note", own.note if own else "", key=f"{form}:note", height=68)
    with st.expander("Established: source, date, place, event", expanded=stated.says_something):
        for name, label in FACTS.items():
            st.text_input(label, getattr(stated, name), key=f"{form}:{name}")
    with st.expander("Five pillars", expanded=bool(stated.pillars)):
        for name, question in QUESTIONS.items():
            _pillar(form, name, question, stated.pillars.get(name, Pillar()))
    with st.expander("Evidence", expanded=bool(own and own.evidence)):
        st.text_area(
            "One a line: a link, a stretch of the video, or the SHA-256 of an item, then what it shows",
            "\n".join(line(one) for one in (own.evidence if own else ())),
            key=f"{form}:evidence",
            placeholder="https://… report of that day\n0:12-0:16 the same bridge",
            height=92,
        )


def _earlier_copy(shown: Shown, form: str, own: Decision | None) -> None:
    offered = {match.item: match for match in shown.copies if match.relation != "shares-overlay"}
    keys = ["", *offered]
    chosen = (own.earlier_copy if own else None) or ""
    if chosen not in keys:
        keys.append(chosen)
    st.selectbox(
        "Earlier copy",
        keys,
        index=keys.index(chosen),
        key=f"{form}:earlier_copy",
        format_func=lambda key: _offer(key, offered),
        disabled=len(keys) == 1,
    )


def _offer(key: str, offered: dict[str, Match]) -> str:
    if not key:
        return "none" if offered else "none found"
    if key not in offered:
        return key[:12]
    when = times(offered[key])
    return " · ".join([shortened(other_name(offered[key]), 40), *when[:1]])


def _pillar(form: str, name: str, question: str, stated: Pillar) -> None:
    st.select_slider(question, CONFIDENCES, stated.confidence, key=f"{form}:pillar:{name}")
    st.text_input(
        f"Note on {name}",
        stated.note,
        key=f"{form}:pillar:{name}:note",
        label_visibility="collapsed",
        placeholder=f"Why {name} is sure, or is not",
    )


def read(form: str) -> dict[str, Any]:
    """Return what was filled in, as `Archive.mark` takes it."""
    said = {name: _said(form, name) for name in ("true_context", "note", *FACTS)}
    return {
        "true_context": said["true_context"],
        "note": said["note"],
        "earlier_copy": _said(form, "earlier_copy") or None,
        "established": Established(**{name: said[name] for name in FACTS}, pillars=_pillars(form)),
        "evidence": tuple(evidence(_said(form, "evidence").splitlines())),
    }


def _said(form: str, name: str) -> str:
    return str(st.session_state.get(f"{form}:{name}") or "").strip()


def _pillars(form: str) -> dict[str, Pillar]:
    """Return the pillars of which something was said."""
    filled = {
        name: Pillar(
            confidence=st.session_state.get(f"{form}:pillar:{name}", "none"),
            note=_said(form, f"pillar:{name}:note"),
        )
        for name in PILLARS
    }
    return {name: pillar for name, pillar in filled.items() if pillar != Pillar()}


def evidence(lines: Iterable[str]) -> Iterable[Evidence]:
    """Read evidence, one a line; whatever is no time range and no item is taken as a link."""
    for line in filter(None, (line.strip() for line in lines)):
        if found := TIME_RANGE.fullmatch(line):
            numbers = [Fraction(part or 0) for part in found.groups()[:6]]
            start, end = (
                3600 * hours + 60 * minutes + seconds
                for hours, minutes, seconds in (numbers[:3], numbers[3:])
            )
            yield Evidence(kind="time-range", start=start, end=end, note=found[7] or "")
        elif named := NAMED_ITEM.fullmatch(line):
            yield Evidence(kind="item", item=named[1], note=named[2] or "")
        else:
            url, _, note = line.partition(" ")
            yield Evidence(kind="link", url=url, note=note.strip())


def line(one: Evidence) -> str:
    """Write evidence as it is read."""
    if one.start is not None and one.end is not None:
        return f"{clock(one.start)}-{clock(one.end)} {one.note}".strip()
    return f"{one.url or one.item} {one.note}".strip()

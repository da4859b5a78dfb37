"""The fields of the form in which a reviewer says what a verdict rests on, and how they are read."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from ui.item import draft, evidence
from ui.item.sentences import times
from ui.item.shown import Shown, other_name
from ui.plain import shortened
from verify import CONFIDENCES, PILLARS, Decision, Established, Match, Pillar

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


def fields(shown: Shown, form: str) -> None:
    """Draw the fields, filled with what was not sent yet, else with the reviewer's own standing verdict."""
    stated = stated_in(evidence.own_verdict(shown))
    held = stated | draft.of(shown.sha256)
    if stated != held or draft.of(shown.sha256).get(evidence.NAME):
        _unsent(shown)
    st.text_input(
        "What it really shows",
        held["true_context"],
        placeholder="Flood in Kunduz, August 2021",
        **draft.field(shown.sha256, "true_context"),
    )
    _earlier_copy(shown, held["earlier_copy"])
    st.text_area("Note", held["note"], height=68, **draft.field(shown.sha256, "note"))
    with st.expander("Established: source, date, place, event", expanded=any(held[name] for name in FACTS)):
        for name, label in FACTS.items():
            st.text_input(label, held[name], **draft.field(shown.sha256, name))
    with st.expander("Five pillars", expanded=any(_pillar_of(held, name) != Pillar() for name in PILLARS)):
        for name, question in QUESTIONS.items():
            _pillar(shown, held, name, question)
    evidence.fields(shown, form)


def stated_in(own: Decision | None) -> dict[str, Any]:
    """Return what a reviewer's own verdict says, by name of the field."""
    stated = own.established if own else Established()
    pillars = {name: stated.pillars.get(name, Pillar()) for name in PILLARS}
    return {
        "true_context": own.true_context if own else "",
        "earlier_copy": (own.earlier_copy if own else None) or "",
        "note": own.note if own else "",
        **{name: getattr(stated, name) for name in FACTS},
        **{f"pillar:{name}": pillar.confidence for name, pillar in pillars.items()},
        **{f"pillar:{name}:note": pillar.note for name, pillar in pillars.items()},
    }


def _unsent(shown: Shown) -> None:
    """Say that something was filled in and is not in the log, and offer to forget it."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(":material/edit_note: Not sent yet; kept while you look at others.", width="content")
        st.button(
            "Discard",
            key="discard_draft",
            type="tertiary",
            on_click=draft.drop,
            args=(shown.sha256,),
        )


def _earlier_copy(shown: Shown, chosen: str) -> None:
    offered = {match.item: match for match in shown.copies if match.relation != "shares-overlay"}
    keys = ["", *offered]
    if chosen not in keys:
        keys.append(chosen)
    st.selectbox(
        "Earlier copy",
        keys,
        index=keys.index(chosen),
        format_func=lambda key: _offer(key, offered),
        disabled=len(keys) == 1,
        **draft.field(shown.sha256, "earlier_copy"),
    )


def _offer(key: str, offered: dict[str, Match]) -> str:
    if not key:
        return "none" if offered else "none found"
    if key not in offered:
        return key[:12]
    when = times(offered[key])
    return " · ".join([shortened(other_name(offered[key]), 40), *when[:1]])


def _pillar(shown: Shown, held: dict[str, Any], name: str, question: str) -> None:
    stated = _pillar_of(held, name)
    st.select_slider(question, CONFIDENCES, stated.confidence, **draft.field(shown.sha256, f"pillar:{name}"))
    st.text_input(
        f"Note on {name}",
        stated.note,
        label_visibility="collapsed",
        placeholder=f"Why {name} is sure, or is not",
        **draft.field(shown.sha256, f"pillar:{name}:note"),
    )


def _pillar_of(held: dict[str, Any], name: str) -> Pillar:
    return Pillar(confidence=held[f"pillar:{name}"], note=held[f"pillar:{name}:note"])


def read(shown: Shown, form: str) -> dict[str, Any]:
    """Return what was filled in, as `Archive.mark` takes it."""
    said = {name: _said(form, name) for name in ("true_context", "note", *FACTS)}
    return {
        "true_context": said["true_context"],
        "note": said["note"],
        "earlier_copy": _said(form, "earlier_copy") or None,
        "established": Established(**{name: said[name] for name in FACTS}, pillars=_pillars(form)),
        "evidence": evidence.given(shown, form),
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

"""What can be said beside a verdict: a note, that it needs discussion, whose case it is."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui import session
from ui.item import draft
from ui.item.shown import Shown
from ui.plain import markdown_safe
from verify import RefusedStatement


def show(shown: Shown) -> None:
    """Draw the popover."""
    key = f"remarks:{shown.sha256}"
    popover = st.popover("More", icon=":material/more_horiz:", type="tertiary", key=key, on_change="rerun")
    if popover.open:
        with popover:
            _form(shown)
    elif draft.of(shown.sha256, "remark"):
        st.caption(":material/edit_note: Remark not sent yet")


def _form(shown: Shown) -> None:
    archive, item = session.archive(), shown.sha256
    held, key = draft.of(item, "remark"), draft.key_of(item, "remark")
    text = st.text_area("Remark", held.get("text", ""), height=92, **draft.field(item, "text", "remark"))
    to = st.text_input("Reviewer to hand it to", held.get("to", ""), **draft.field(item, "to", "remark"))
    said = {"by": session.reviewer(), "key": key}
    if _button("Add note", "sticky_note_2", key):
        _say(item, lambda: archive.add_note(item, text, **said))
    if _button("Open for discussion", "forum", key):
        _say(item, lambda: archive.discuss(item, note=text, **said))
    if _button("Hand over", "person", key):
        _say(item, lambda: archive.assign(item, to, **said))


def _button(label: str, icon: str, key: str) -> bool:
    return st.button(label, key=f"{key}:{label}", icon=f":material/{icon}:", width="stretch")


def _say(item: str, statement: Callable[[], object]) -> None:
    try:
        statement()
    except RefusedStatement as refusal:
        st.warning(markdown_safe(str(refusal)))
    else:
        draft.drop(item, "remark")
        st.rerun()

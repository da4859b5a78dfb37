"""What can be said beside a verdict: a note, that it needs discussion, whose case it is."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import streamlit as st

from ui import session
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


def _form(shown: Shown) -> None:
    archive, item = session.archive(), shown.sha256
    version = shown.case.version
    with st.form(f"remark-{item}-{version}", border=False, enter_to_submit=False):
        text = st.text_area("Remark", key=f"remark:{item}:{version}", height=92)
        to = st.text_input("Reviewer to hand it to", key=f"assign:{item}:{version}")
        said = {
            "by": session.reviewer(),
            "key": uuid.uuid5(uuid.NAMESPACE_OID, f"{item} {version} {text} {to}").hex,
        }
        if st.form_submit_button("Add note", icon=":material/sticky_note_2:", width="stretch"):
            _say(lambda: archive.add_note(item, text, **said))
        if st.form_submit_button("Open for discussion", icon=":material/forum:", width="stretch"):
            _say(lambda: archive.discuss(item, note=text, **said))
        if st.form_submit_button("Hand over", icon=":material/person:", width="stretch"):
            _say(lambda: archive.assign(item, to, **said))


def _say(statement: Callable[[], object]) -> None:
    try:
        statement()
    except RefusedStatement as refusal:
        st.warning(markdown_safe(str(refusal)))
    else:
        st.rerun()

"""What the post asserts: shown on top of the decision, recorded in a small form."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import streamlit as st

from ui import session
from ui.item import draft
from ui.item.shown import Shown
from ui.plain import markdown_safe
from verify import Claim, RefusedStatement, printable

LABELS: Final = {
    "text": "What the post says",
    "claimed_date": "Claimed date",
    "place": "Claimed place",
    "event": "Claimed event",
    "post_url": "Address of the post",
    "archived_url": "Address of its archived copy",
}


def show(shown: Shown) -> None:
    """Draw the claim, and the way to record one."""
    said = shown.case.claim
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if said:
            st.markdown("**Claim**", width="content")
        else:
            st.caption("No claim recorded", width="content")
        # Always one label: with another it is another popover, and closes on words that are being written.
        key = f"claim:{shown.sha256}"
        popover = st.popover("Edit", icon=":material/edit:", type="tertiary", key=key, on_change="rerun")
        if popover.open:
            with popover:
                _form(shown, said or Claim())
    if draft.of(shown.sha256, "claim"):
        st.caption(":material/edit_note: A claim is being written; it is not recorded yet.")
    if said is None:
        return
    if said.text:
        st.text(printable(said.text))
    rest = [getattr(said, name) for name in LABELS if name != "text" and getattr(said, name)]
    if rest:
        st.caption(markdown_safe(" · ".join(rest)))


def _form(shown: Shown, said: Claim) -> None:
    if not session.reviewer():
        st.text("Say who you are first.")
        return
    held = asdict(said) | draft.of(shown.sha256, "claim")
    entered = {
        name: st.text_input(label, held[name], **draft.field(shown.sha256, name, "claim"))
        for name, label in LABELS.items()
    }
    key = draft.key_of(shown.sha256, "claim")
    if not st.button("Record the claim", type="primary", key=f"record-{key}"):
        return
    try:
        session.archive().claim(shown.sha256, Claim(**entered), by=session.reviewer(), key=key)
    except RefusedStatement as refusal:
        st.warning(markdown_safe(str(refusal)))
    else:
        draft.drop(shown.sha256, "claim")
        st.rerun()

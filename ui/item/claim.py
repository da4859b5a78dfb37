"""What the post asserts: shown on top of the decision, recorded in a small form."""

from __future__ import annotations

import uuid
from dataclasses import fields
from typing import Final

import streamlit as st

from ui import session
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
        label, key = "Edit" if said else "Record", f"claim:{shown.sha256}"
        popover = st.popover(label, icon=":material/edit:", type="tertiary", key=key, on_change="rerun")
        if popover.open:
            with popover:
                _form(shown, said or Claim())
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
    version = shown.case.version
    with st.form(f"claim-{shown.sha256}-{version}", border=False, enter_to_submit=False):
        entered = {
            field.name: st.text_input(
                LABELS[field.name],
                getattr(said, field.name),
                key=f"claim:{shown.sha256}:{version}:{field.name}",
            )
            for field in fields(Claim)
        }
        if not st.form_submit_button("Record the claim", type="primary"):
            return
    try:
        session.archive().claim(
            shown.sha256, Claim(**entered), by=session.reviewer(), key=_key(shown.sha256, version, entered)
        )
    except RefusedStatement as refusal:
        st.warning(markdown_safe(str(refusal)))
    else:
        st.rerun()


def _key(sha256: str, version: int, entered: dict[str, str]) -> str:
    """Return the same key for the same words on the same state: a double click is one event."""
    return uuid.uuid5(uuid.NAMESPACE_OID, repr((sha256, version, entered))).hex

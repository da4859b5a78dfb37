"""What a reviewer filled in about an item and has not sent: kept while others are on the screen."""

from __future__ import annotations

import uuid
from typing import Any, Final

import streamlit as st

FORM: Final = "verdict_form"
"""Key of the session: the item that the form is about, and the idempotency key of this form."""

DRAFTS: Final = "drafts"
"""Key of the session: by SHA-256 of the item, what was filled in by name of the field."""


def form_of(sha256: str) -> str:
    """Return the idempotency key of the form on the screen; another item has another one."""
    item, form = st.session_state.get(FORM, ("", ""))
    if item != sha256:
        form = uuid.uuid4().hex
        st.session_state[FORM] = (sha256, form)
    return str(form)


def of(sha256: str) -> dict[str, Any]:
    """Return what was filled in about an item and not sent."""
    return dict(st.session_state.get(DRAFTS, {}).get(sha256, {}))


def keep(sha256: str, name: str, value: object) -> None:
    """Keep what a field holds."""
    st.session_state.setdefault(DRAFTS, {}).setdefault(sha256, {})[name] = value


def keep_field(sha256: str, form: str, name: str) -> None:
    """Keep what a field of a form holds, unless the form was sent at the same moment."""
    if st.session_state.get(FORM) == (sha256, form):
        keep(sha256, name, st.session_state[f"{form}:{name}"])


def drop(sha256: str) -> None:
    """Forget what was filled in: it was sent, or is not wanted any more. The form is a new one."""
    st.session_state.get(DRAFTS, {}).pop(sha256, None)
    st.session_state.pop(FORM, None)

"""What a reviewer filled in about an item and has not sent: kept while others are on the screen.

The server keeps the words, by reviewer: they outlast a reload, and whatever becomes of the browser. The
idempotency key of a form belongs to the screen it is on, so that two screens are two statements.
"""

from __future__ import annotations

import uuid
from typing import Any, Final, Literal

import streamlit as st

from ui import session
from verify import Archive

Kind = Literal["verdict", "claim", "remark"]
"""Of a form about an item."""

KEYS: Final = "form-keys"
"""Key of the session: the idempotency key of each form that was not sent, by item and kind of form."""

MOST: Final = 10_000
"""Drafts of all reviewers that are kept; of more, the oldest goes."""

_drafts: dict[tuple[Archive, str, str, Kind], dict[str, Any]] = {}
"""By archive, reviewer, SHA-256 of the item and kind of form: what was filled in, by name of the field."""


def key_of(sha256: str, kind: Kind) -> str:
    """Return the idempotency key of a form; it stays until the form is sent or discarded."""
    keys: dict[tuple[str, Kind], str] = st.session_state.setdefault(KEYS, {})
    return keys.setdefault((sha256, kind), uuid.uuid4().hex)


def is_open(sha256: str, kind: Kind, key: str) -> bool:
    """Say whether the form with this key is the one to fill in, and not one sent at the same moment."""
    return bool(st.session_state.get(KEYS, {}).get((sha256, kind)) == key)


def of(sha256: str, kind: Kind = "verdict") -> dict[str, Any]:
    """Return what was filled in and not sent."""
    return dict(_drafts.get(_place(sha256, kind), {}))


def keep(sha256: str, name: str, value: object, kind: Kind = "verdict") -> None:
    """Keep what a field holds."""
    _drafts.setdefault(_place(sha256, kind), {})[name] = value
    while len(_drafts) > MOST:
        _drafts.pop(next(iter(_drafts)), None)


def field(sha256: str, name: str, kind: Kind = "verdict") -> dict[str, Any]:
    """Return what makes a field of Streamlit keep its content."""
    key = key_of(sha256, kind)
    return {"key": f"{key}:{name}", "on_change": _keep_field, "args": (sha256, name, kind, key)}


def _keep_field(sha256: str, name: str, kind: Kind, key: str) -> None:
    if is_open(sha256, kind, key):
        keep(sha256, name, st.session_state[f"{key}:{name}"], kind)


def drop(sha256: str, kind: Kind = "verdict") -> None:
    """Forget what was filled in: it was sent, or is not wanted any more. The form is a new one."""
    _drafts.pop(_place(sha256, kind), None)
    st.session_state.get(KEYS, {}).pop((sha256, kind), None)


def _place(sha256: str, kind: Kind) -> tuple[Archive, str, str, Kind]:
    return session.archive(), session.reviewer(), sha256, kind

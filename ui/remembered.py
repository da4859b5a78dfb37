"""What this browser remembers of a reviewer from one visit to the next, in cookies of this page alone."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import unquote

import streamlit as st

from ui import signing

PREFIX: Final = "verify-"

KEPT: Final = "kept"
"""What has to be written down in the browser, by name of the cookie."""

_write = st.components.v2.component(
    "remember", js=(Path(__file__).parent / "components" / "remember.js").read_text()
)


def keep(name: str, text: str) -> None:
    """Let the browser remember a text; signed, so that only what this server said is believed later."""
    kept = st.session_state.setdefault(KEPT, {})
    kept[PREFIX + name] = f"{signing.signature(name, text)}.{text}"


def recall(name: str) -> str:
    """Return what the browser remembered when it opened the page, empty if nothing."""
    proof, _, text = unquote(st.context.cookies.get(PREFIX + name, "")).partition(".")
    return text if proof and signing.is_signed(proof, name, text) else ""


def write() -> None:
    """Hand the browser what it is to remember; draws nothing."""
    if kept := st.session_state.get(KEPT):
        _write(key="remember", data={"kept": kept}, height=1)

"""The parts of the screen that run in the browser, each from three small files in `ui/components`.

Everything that a stranger wrote travels in `data` and is set as text there, never as HTML.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

FILES = Path(__file__).parent.parent / "components"


def _component(name: str) -> Any:
    html, css, js = ((FILES / f"{name}.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component(name, html=html, css=css, js=js)


viewer = _component("viewer")
"""A picture, zoomable to its pixels."""

player = _component("player")
"""A video with its frame samples; seeks to exact times."""

compare = _component("compare")
"""Two items, what they share outlined, over each other, and in time."""

values = _component("values")
"""Named values in groups: searchable, copied by a click."""

place = _component("place")
"""A point on an outline of the world; asks nobody for a map."""

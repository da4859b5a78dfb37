"""The parts of the screen that run in the browser, each from three small files in `ui/components`.

Everything that a stranger wrote travels in `data` and is set as text there, never as HTML.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

FILES = Path(__file__).parent.parent / "components"


def _component(name: str, *parts: str) -> Any:
    """Make a component; `parts` name what it shares with others: functions (js) and their looks (css)."""
    html, css, js = (
        "\n".join(
            file.read_text("utf-8") for part in (name, *parts) if (file := FILES / f"{part}.{kind}").exists()
        )
        for kind in ("html", "css", "js")
    )
    return st.components.v2.component(name, html=html, css=css, js=js)


viewer = _component("viewer", "blur", "regions", "clock")
"""A picture, zoomable to its pixels."""

player = _component("player", "blur", "regions", "clock", "slider")
"""A video with its frame samples; seeks to exact times."""

compare = _component("compare", "blur", "clock", "slider")
"""Two items, what they share outlined, over each other, and in time."""

values = _component("values", "regions")
"""Named values in groups: searchable, copied by a click."""

place = _component("place")
"""A point on an outline of the world; asks nobody for a map."""

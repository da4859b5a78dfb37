"""The line on top of every screen: where one is, where one can go, who is reviewing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from ui import session, shortcuts
from ui.plain import markdown_safe

SCREENS: Final = {
    "queue": ("Queue", "inbox", shortcuts.QUEUE),
    "add": ("Add", "add_photo_alternate", shortcuts.ADD),
    "log": ("Log", "list_alt", shortcuts.LOG),
    "insights": ("Insights", "insights", shortcuts.INSIGHTS),
}
"""Name, icon and key of the screens one can go to, by place in the URL."""

STYLE: Final = (Path(__file__).parent / "components" / "page.css").read_text()


def draw(here: str) -> None:
    """Draw the line."""
    st.html(f"<style>{STYLE}</style>")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="frame"):
        for name, (title, icon, key) in SCREENS.items():
            if st.button(
                title,
                icon=f":material/{icon}:",
                shortcut=key,
                type="tertiary",
                key=f"go-{name}{'-here' if name == here else ''}",
            ):
                session.open_page(name)
        st.space("stretch")
        _who()
        shortcuts.help_button()


def _who() -> None:
    """Show the name; one that the reviewer gave can be changed."""
    name = session.reviewer()
    if not name:
        return
    if session.is_named_by_server():
        st.text(name)
        return
    with st.popover(markdown_safe(name), icon=":material/person:", type="tertiary"):
        session.ask_for_name()

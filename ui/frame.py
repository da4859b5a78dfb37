"""The frame of the page: its screens, the line on top, and the one place where errors become sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from ui import failures, remembered, session, shortcuts
from ui.plain import markdown_safe
from ui.screens import add, insights, item, log, queue
from verify import VerifyError

ICON: Final = Path(__file__).with_name("icon.svg")
"""Streamlit would fetch a Material icon for the tab from another host."""

SCREENS: Final = {
    "queue": ("Queue", "inbox", shortcuts.QUEUE),
    "add": ("Add", "add_photo_alternate", shortcuts.ADD),
    "log": ("Log", "list_alt", shortcuts.LOG),
    "insights": ("Insights", "insights", shortcuts.INSIGHTS),
}
"""Name, icon and key of the screens one can go to, by place in the URL."""

STYLE: Final = (Path(__file__).parent / "components" / "page.css").read_text()


def draw() -> None:
    """Draw the page."""
    st.set_page_config(page_title="verify", page_icon=str(ICON), layout="wide")
    pages = {
        "queue": st.Page(queue.show, title="Queue", url_path="queue", default=True),
        "add": st.Page(add.show, title="Add", url_path="add"),
        "item": st.Page(item.show, title="Item", url_path="item"),
        "log": st.Page(log.show, title="Log", url_path="log"),
        "insights": st.Page(insights.show, title="Insights", url_path="insights"),
    }
    session.keep_pages(pages)
    chosen = st.navigation(list(pages.values()), position="hidden")
    if session.sign_in_needed() and not session.reviewer():
        session.ask_for_name()
        return
    _line(chosen.url_path or "queue")
    try:
        chosen.run()
    except VerifyError as error:
        failures.tell(error)
    remembered.write()


def _line(here: str) -> None:
    """Say where one is, where one can go, and who is reviewing."""
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
        if st.user.get("is_logged_in"):
            st.button("Sign out", icon=":material/logout:", on_click=st.logout, type="tertiary")
        return
    with st.popover(markdown_safe(name), icon=":material/person:", type="tertiary"):
        session.ask_for_name()

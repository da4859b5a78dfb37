"""The button that blurs all pictures, or shows them; the choice is remembered."""

from __future__ import annotations

import streamlit as st

from ui import session, shortcuts


def button() -> None:
    """Draw the button."""
    is_on = session.is_blurred()
    label, icon = ("Show pictures", "visibility") if is_on else ("Blur pictures", "visibility_off")
    st.button(
        label,
        icon=f":material/{icon}:",
        shortcut=shortcuts.BLUR,
        type="tertiary",
        key="blur-pictures",
        on_click=session.set_blur,
        kwargs={"is_on": not is_on},
    )

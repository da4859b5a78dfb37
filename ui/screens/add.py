"""Bring pictures and videos in."""

from __future__ import annotations

import streamlit as st


def show() -> None:
    """Draw the screen."""
    st.info("This screen is being built.")

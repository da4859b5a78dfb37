"""How the work goes: verdicts by kind, day and reviewer, and how long they took."""

from __future__ import annotations

import streamlit as st


def show() -> None:
    """Draw the figures."""
    st.subheader("Insights", anchor=False)

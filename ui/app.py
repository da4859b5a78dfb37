"""The frame of the page: which archive, which screens. Started by `verify review`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.screens import queue

# Streamlit would fetch a Material icon for the tab from another host.
ICON = Path(__file__).with_name("icon.svg")

st.set_page_config(page_title="verify", page_icon=str(ICON), layout="wide")
st.navigation([st.Page(queue.show, title="Queue", url_path="queue", default=True)], position="hidden").run()

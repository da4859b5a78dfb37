"""The frame of the page: which archive, which screens. Started by `verify review`."""

from __future__ import annotations

import streamlit as st

from ui.screens import queue

st.set_page_config(page_title="verify", page_icon=":material/verified_user:", layout="wide")
st.navigation([st.Page(queue.show, title="Queue", url_path="queue", default=True)], position="hidden").run()

"""The frame of the page: which screens there are, and the one place where errors become sentences."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import frame, remembered, session
from ui.plain import markdown_safe
from ui.screens import add, insights, item, log, queue
from verify import VerifyError

# Streamlit would fetch a Material icon for the tab from another host.
ICON = Path(__file__).with_name("icon.svg")

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
frame.draw(chosen.url_path or "queue")
try:
    chosen.run()
except VerifyError as error:
    st.error(markdown_safe(str(error)), icon=":material/error:")
remembered.write()

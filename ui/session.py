"""What the page keeps between runs."""

from __future__ import annotations

import streamlit as st

from verify import Archive, open_archive


@st.cache_resource
def archive() -> Archive:
    """Return the archive that `verify review` was started with."""
    return open_archive(create=False)

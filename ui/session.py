"""What the page keeps between runs."""

from __future__ import annotations

import os

import streamlit as st

from verify import Archive, open_archive


def archive() -> Archive:
    """Return the archive that `verify review` was started with."""
    return _opened(os.environ.get("VERIFY_ARCHIVE"))


@st.cache_resource
def _opened(location: str | None) -> Archive:
    return open_archive(location, create=False)

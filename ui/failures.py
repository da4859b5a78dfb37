"""What a reviewer reads when something goes wrong: a sentence, what is safe, what to do; no stack trace."""

from __future__ import annotations

import logging
from typing import Final

import streamlit as st

from ui.plain import markdown_safe
from verify import VerifyError

logger = logging.getLogger(__name__)

UNEXPECTED: Final = (
    "This screen could not be drawn. What was confirmed before is in the log and safe. "
    "Reload the page; if this comes back, the words in the server's window say why."
)


def tell(error: Exception) -> bool:
    """Show an error as a sentence; one that nobody foresaw goes to the server's log with all its details."""
    if isinstance(error, VerifyError):
        st.error(markdown_safe(str(error)), icon=":material/error:")
    else:
        logger.error("The page failed", exc_info=error)
        st.error(UNEXPECTED, icon=":material/error:")
    return True

"""Untrusted text on the page: as one line that can be read, and never as markup.

`st.text` and the data of a component show text as it is. Labels, captions, badges, toasts and buttons are
Markdown: what a stranger wrote goes through `markdown_safe` first.
"""

from __future__ import annotations

import re
from typing import Final

from verify import ItemSummary, printable

MARKUP: Final = re.compile(r"([!-/:-@\[-`{-~])")
"""Every ASCII punctuation mark; a backslash before it makes it literal (CommonMark 0.31, section 2.4)."""

LINKS_ITSELF: Final = re.compile(r"(?i)(?<=www)(?=\\\.)|(?<=http)(?=s?\\:)")
"""Where an address becomes a link although its marks are escaped (GitHub Flavored Markdown, autolinks)."""

WORD_JOINER: Final = "\u2060"


def markdown_safe(text: str | bytes) -> str:
    """Return text that Markdown shows letter by letter: no markup, link, picture, icon or formula."""
    escaped = MARKUP.sub(r"\\\1", printable(text))
    return LINKS_ITSELF.sub(WORD_JOINER, escaped)


def name_of(item: ItemSummary) -> str:
    """Return the name under which an item was seen last, in one printable line."""
    return printable(item.paths[0].rsplit(b"/", 1)[-1]) if item.paths else item.sha256[:12]


def shortened(text: str, longest: int) -> str:
    """Return text of at most `longest` characters, the middle left out: both ends tell names apart."""
    if len(text) <= longest:
        return text
    head = longest // 2
    return f"{text[:head]}…{text[len(text) - (longest - head - 1) :]}"

"""What every metadata reader promises: short, clean values and one-line problems."""

from __future__ import annotations

import unicodedata

from verify.records import Problem

MAX_CHARACTERS = 4000
"""Of one value; captions of agencies reach 2,000 (IPTC-IIM 2:120). Longer ones end in an ellipsis."""
MAX_VALUES = 600
"""Of one file, over all sources; a camera file with maker notes has up to 200."""
MAX_MESSAGE = 300


def clean(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Strip blanks and NULs, show control characters but line breaks as U+FFFD, bound the length."""
    text = text[: 2 * limit].strip(" \0\t\r\n")
    if not text.isprintable():
        text = "".join(c if c == "\n" or not _is_control(c) else "\ufffd" for c in text.replace("\r\n", "\n"))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def problem(code: str, message: str) -> Problem:
    """Make a problem of the metadata stage with a bounded message in one line."""
    return Problem(stage="metadata", code=code, message=clean(message, MAX_MESSAGE).replace("\n", " "))

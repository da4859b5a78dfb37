"""File names and texts of strangers as labels that a person can read and nothing can be steered with."""

from __future__ import annotations

import unicodedata

UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories that may steer a terminal, break or reverse a line: control, format
(bidirectional marks among them), unpaired surrogates, private use, line and paragraph separators."""


def printable(text: str | bytes) -> str:
    r"""Return the text in one line; what cannot be shown safely becomes U+FFFD.

    >>> verify.printable("photo\u202egpj.exe")
    'photo\ufffdgpj.exe'
    """
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if shown.isprintable():  # leaves out all of these categories, and some others
        return shown
    return "".join("\ufffd" if unicodedata.category(char) in UNSAFE else char for char in shown)

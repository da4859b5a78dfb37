"""An archive as a card: what is in it, how far the review is, and what to type next."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from verify.notebook.cards import MUTED, card, code, file_name, line, table
from verify.store.review_role import QueueCounts

NEXT = (
    ('archive.scan("inbox")', "examine every picture and video in a folder"),
    ("archive.items()", "all items as a table"),
    ('archive.find_copies("clip.mp4")', "where these pictures were before"),
    ('archive.examination("5c2f3a")', "one item in full, by its path or the start of its SHA-256"),
    ("help(archive)", "everything else"),
)


def archive_html(folder: Path, counts: QueueCounts) -> str:
    """Return the card of an archive in a folder."""
    name = file_name(folder.name)
    return card(
        f"Archive {name}",
        line(f"{counts.total:,} items: {_said(counts.kinds)}" if counts.total else "Empty.", colour=MUTED),
        line(f"Review: {_said(counts.statuses)}", colour=MUTED) if counts.total else None,
        table((code(words), meaning) for words, meaning in NEXT),
    )


def _said(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)

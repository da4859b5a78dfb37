"""The review log as this server has read it: once from the start, afterwards only what is new.

The log is only ever appended to, so what was read stays right.
"""

from __future__ import annotations

from threading import Lock

import streamlit as st

from verify import Archive, ReviewEvent, printable


class Logbook:
    """All events so far, and the names under which the items arrived."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.events: list[ReviewEvent] = []
        self._names: dict[str, str] = {}
        self._reading = Lock()

    def catch_up(self) -> None:
        """Read what was appended since. Raises `ArchiveError` if the log was damaged."""
        with self._reading:
            after = self.events[-1].sequence if self.events else 0
            for event in self._archive.log(after=after):
                self.events.append(event)
                if event.kind == "item-added":
                    self._names[event.item] = printable(event.payload["path"].rsplit("/", 1)[-1])

    def name(self, item: str) -> str:
        """Return the name under which an item arrived."""
        return self._names.get(item, item[:12])

    @property
    def reviewers(self) -> list[str]:
        """Everyone who said something, in alphabetical order."""
        return sorted({event.by for event in self.events}, key=str.casefold)

    def chosen(self, *, text: str = "", by: str | None = None, kind: str | None = None) -> list[ReviewEvent]:
        """Return the events that are asked for, the latest first.

        `text` is a part of an item's name or the start of its SHA-256.
        """
        wanted = self.events if by is None else [event for event in self.events if event.by == by]
        if kind is not None:
            wanted = [event for event in wanted if event.kind == kind]
        if text:
            items = self._answering(text.casefold())
            wanted = [event for event in wanted if event.item in items]
        return wanted[::-1]

    def _answering(self, text: str) -> set[str]:
        names = self._names.items()
        return {item for item, name in names if text in name.casefold() or item.startswith(text)}


def logbook(archive: Archive) -> Logbook:
    """Return the log of an archive, up to date."""
    book = _opened(archive)
    book.catch_up()
    return book


@st.cache_resource(show_spinner=False, hash_funcs={Archive: lambda archive: str(archive.folder)})
def _opened(archive: Archive) -> Logbook:
    return Logbook(archive)

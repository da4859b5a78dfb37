"""What a report is made of: a few kinds of blocks, which HTML and PDF each draw in their own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A title; level 1 starts an item, level 2 a section."""

    text: str
    level: Literal[1, 2] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A few sentences."""

    text: str
    quiet: bool = False
    """True for small print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The verdict, so that nobody can miss it."""

    word: str
    """`verified`, `unverified`, `misattributed`, or that there is none."""
    text: str
    """Who gave it, and when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names with what is known under each."""

    pairs: tuple[tuple[str, str], ...]
    exact: bool = False
    """True for digests and the like, of which every character counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a head, all text."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    """Of the columns, in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A JPEG or PNG with what it shows in words."""

    content: bytes
    caption: str
    width: int
    """Pixels."""
    height: int

    @property
    def media_type(self) -> str:
        """`image/jpeg` or `image/png`."""
        return "image/png" if self.content.startswith(b"\x89PNG") else "image/jpeg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Pictures beside each other, or one across the page."""

    pictures: tuple[Picture, ...]
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """Two lengths of time under each other, and the stretches that both share; all in seconds."""

    here: str
    """What the upper line is called."""
    here_seconds: float
    there: str
    there_seconds: float
    spans: tuple[tuple[float, float, float, float], ...]
    """Start and end on the upper line, start and end on the lower one."""


Block = Heading | Paragraph | Standing | Facts | Table | Pictures | TimeLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report."""

    title: str
    made: str
    """When, and by what."""
    blocks: tuple[Block, ...]

"""What every method in a comparison must offer, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from placed import Corners, Rgb


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSegment:
    """Where in time, seconds."""

    query_start: float
    query_end: float
    found_start: float
    found_end: float
    speed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One item that a method offers for a query."""

    key: str
    accepted: bool
    """True if the method itself calls it a copy, at its own threshold."""
    score: float | None = None
    mirrored: bool | None = None
    """None, as below, where the method does not say."""
    rotation_degrees: float | None = None
    region: Corners | None = None
    query_region: Corners | None = None
    segments: tuple[FoundSegment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One accepted answer, to be counted with those of like score."""

    query: str
    key: str
    score: float | None
    """None for a method that gives none."""
    right: bool


class StillMethod(Protocol):
    """Finds pictures."""

    name: str

    def add(self, key: str, rgb: Rgb) -> None: ...

    def settle(self) -> None:
        """Do now whatever adding has put off."""
        ...

    def query(self, rgb: Rgb) -> list[Answer]:
        """Best first; empty if nothing comes near."""
        ...

    def bytes_per_view(self) -> float | None: ...


class ClipMethod(Protocol):
    """Finds videos, from clips or stills in files."""

    name: str

    def add_file(self, key: str, path: Path) -> None: ...

    def settle(self) -> None: ...

    def query_file(self, path: Path) -> list[Answer]: ...

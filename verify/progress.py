"""How far a scan is, and what came of it: plain values, so that whoever shows them needs no decoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from verify.showing import shown
from verify.store.role import SeenBefore


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file that could not be read as media, in one line."""

    path: bytes
    code: str
    message: str


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far a scan is; also its result once it has ended."""

    files: int = 0
    """Regular files found."""
    bytes_to_read: int = 0
    """Size of the files that have to be read."""
    bytes_read: int = 0
    examined: int = 0
    """Items that are new, or examined more thoroughly than before."""
    unchanged: int = 0
    """Files of which not a byte was read."""
    copied: int = 0
    """Files whose content is in the archive under another path too."""
    moved: int = 0
    """Files whose content is in the archive under a path that no longer exists."""
    other: int = 0
    """Files that are neither pictures nor videos, and do not claim to be."""
    failures: list[Failure] = field(default_factory=list)
    passed_over: list[Failure] = field(default_factory=list)
    """Links, pipes, devices, folders that may not be read: named, never opened."""
    to_compare: int = 0
    """New items to compare with older ones, once all are examined."""
    compared: int = 0
    not_compared: int = 0
    """New items whose comparison failed; the next scan tries again."""
    not_compared_because: str = ""
    seen_before: list[SeenBefore] = field(default_factory=list)
    """New items that share pictures with older ones."""
    interrupted: bool = False

    @property
    def done(self) -> int:
        """Files that need no more work."""
        return self.examined + self.unchanged + self.copied + self.moved + self.other + len(self.failures)

    def _repr_html_(self) -> str | None:
        return shown(self)


Report = Callable[[Progress], None]

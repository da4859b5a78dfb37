"""What the rules look at: everything that is known about one item once it is examined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from verify.metadata.times import parse
from verify.records import ItemKind, MetadataValue, Problem, Scalar, Shot, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One examined item, as the rules see it."""

    kind: ItemKind
    format: str
    """True format by content: `jpeg`, `mp4`."""
    file_name: str
    """Last part of the path, a label and no more."""
    modified_at: datetime | None = None
    """When the file system says the file was last changed, UTC; None if nobody knows."""
    examined_at: datetime
    """UTC."""
    width: int | None = None
    """Upright, pixels."""
    height: int | None = None
    duration_seconds: Fraction | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    """By `source:key`; see `by_name`."""
    views: tuple[View, ...] = ()
    shots: tuple[Shot, ...] = ()
    problems: tuple[Problem, ...] = ()

    def text(self, name: str) -> str:
        """Give a value as text, empty if there is none."""
        found = self.metadata.get(name)
        return "" if found is None else str(found.value)

    def number(self, name: str) -> float | None:
        """Give a value as a number, None if there is none or it is no number."""
        found = self.metadata.get(name)
        return None if found is None or isinstance(found.value, str) else float(found.value)

    def time(self, name: str) -> datetime | None:
        """Give a time; naive where the file states no zone, None if there is no time."""
        return parse(self.text(name))

    def values(self, *names: str) -> dict[str, Scalar]:
        """Collect those of the named values that exist, as findings cite them."""
        return {name: self.metadata[name].value for name in names if name in self.metadata}

    @property
    def was_read(self) -> bool:
        """Say whether the file could be read at all; if not, what is missing from it is unknown."""
        return self.width is not None

    @property
    def has_camera_data(self) -> bool:
        """Say whether the file names a device or how it exposed."""
        return any(name in self.metadata for name in CAMERA_VALUES)


CAMERA_VALUES = (
    "exif:Make",
    "exif:Model",
    "exif:LensModel",
    "exif:ExposureTime",
    "exif:FNumber",
    "exif:PhotographicSensitivity",
    "xmp:tiff:Make",
    "xmp:tiff:Model",
    "container:make",
    "container:model",
    "container:com.android.manufacturer",
    "container:com.android.model",
    "video:make",
    "video:model",
)
"""Where cameras and phones name themselves or their exposure."""


def by_name(values: Iterable[MetadataValue]) -> dict[str, MetadataValue]:
    """Index values by `source:key`; the first of a name stands."""
    index: dict[str, MetadataValue] = {}
    for value in values:
        index.setdefault(value.name, value)
    return index

"""One file in, one `Examination` out: the unit of work behind every door.

The way of a file: the front gate (regular file, SHA-256, true format), one decode into views with
fingerprints, what the bytes say, and the findings drawn from both.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from verify.errors import UnreadableMedia
from verify.fingerprints.measurements import measure_picture
from verify.fingerprints.thumbnails import embedded_thumbnail_distance
from verify.fingerprints.video import sample_video
from verify.fingerprints.views import make_view
from verify.media.files import MediaFile, open_media
from verify.media.headers import ImageHeader, VideoHeader
from verify.media.images import decode_thumbnail, read_image
from verify.media.videos import open_video
from verify.metadata.exif import embedded_thumbnail
from verify.metadata.findings import Facts, find
from verify.metadata.reading import read_metadata
from verify.records import Examination, MetadataValue, Problem, Profile, Shot, View

TOOLS = (
    "verify-media",
    "av",
    "c2pa-python",
    "exifread",
    "imagehash",
    "numpy",
    "opencv-python-headless",
    "pdqhash",
    "pillow",
    "pillow-heif",
)
"""Distributions whose versions may change what an examination says."""


@dataclass(kw_only=True)
class _Look:
    """What decoding one file gave, gathered step by step."""

    header: ImageHeader | VideoHeader | None = None
    width: int | None = None
    height: int | None = None
    duration: Fraction | None = None
    views: tuple[View, ...] = ()
    shots: tuple[Shot, ...] = ()
    measurements: tuple[MetadataValue, ...] = ()
    problems: list[Problem] = field(default_factory=list)


def examine(path: str | os.PathLike[str], *, profile: Profile = "full", exact: bool = False) -> Examination:
    """Examine one picture or video; nothing is stored.

    Whatever is wrong inside the file is said in the result's `problems`. Raises `UnreadableMedia`
    if there is no regular, readable file at `path`: without bytes there is nothing to examine.

    >>> examine("clip.mp4").findings        # doctest: +SKIP
    """
    with open_media(path) as media:
        return examine_media(media, profile=profile, exact=exact)


def examine_media(media: MediaFile, *, profile: Profile, exact: bool) -> Examination:
    """Examine a file that has passed the front gate."""
    look = _look(media, profile=profile, exact=exact)
    metadata = (*_read_metadata(media, look), *look.measurements)
    if media.changed():
        look.problems.append(
            Problem(
                stage="open", code="changed-while-read", message="The file was rewritten while it was read."
            )
        )
    examined_at = datetime.now(UTC)
    return Examination(
        sha256=media.sha256,
        path=os.fspath(media.path),
        size_bytes=media.size_bytes,
        examined_at=examined_at,
        profile=profile,
        exact=exact,
        kind=media.format.kind,
        format=media.format.name,
        width=look.width,
        height=look.height,
        duration_seconds=look.duration,
        views=look.views,
        shots=look.shots,
        metadata=metadata,
        findings=_find(media, look, metadata, examined_at),
        problems=tuple(look.problems),
        partial=bool(look.views and look.problems),
        tools=tool_versions(),
    )

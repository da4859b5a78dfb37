"""One file in, one `Examination` out: the unit of work behind every door.

The way of a file: the front gate (regular file, SHA-256, true format), one decode into views with
fingerprints, what the bytes say, and the findings drawn from both.

This module is not called `examine`: a module of that name would hide the function `verify.examine`.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from verify.errors import UnreadableMedia
from verify.fingerprints.local_features import STORED, Detail
from verify.fingerprints.measurements import measure_picture
from verify.fingerprints.preview import measure_preview
from verify.fingerprints.video import sample_video
from verify.fingerprints.views import make_view
from verify.media.embedded_thumbnail import embedded_thumbnail
from verify.media.files import MediaFile, OpenFile, contents_of, media_of, open_file
from verify.media.frames import Video
from verify.media.headers import ImageHeader, VideoHeader
from verify.media.identify import UNKNOWN
from verify.media.images import Still, read_image
from verify.media.sandbox import in_force
from verify.media.videos import open_video
from verify.media.worker import IsolatedPool, shared
from verify.metadata.findings import Facts, by_name, find
from verify.metadata.reading import read_metadata
from verify.plausible import believable, believable_sight
from verify.records import Examination, ItemKind, MetadataValue, Problem, Profile, Shot, View

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one file shows, without what its bytes say: all that a question about copies needs."""

    kind: ItemKind
    duration_seconds: Fraction | None
    views: tuple[View, ...]
    problems: tuple[Problem, ...]
    """Why there are no views, or not all."""


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What decoding one file gave."""

    header: ImageHeader | VideoHeader | None = None
    width: int | None = None
    height: int | None = None
    duration: Fraction | None = None
    views: tuple[View, ...] = ()
    shots: tuple[Shot, ...] = ()
    measurements: tuple[MetadataValue, ...] = ()
    problems: tuple[Problem, ...] = ()
    partial: bool = False


def examine(path: str | os.PathLike[str], *, profile: Profile = "full", exact: bool = False) -> Examination:
    """Examine one picture or video, in a worker process; nothing is stored.

    `profile="fast"` leaves the local features out; `exact` decodes large pictures in full. Whatever is
    wrong inside the file is said in the result's `problems`. Raises `UnreadableMedia` if there is no
    regular, readable file at `path`: without bytes there is nothing to examine.

    >>> [finding.code for finding in verify.examine("samples/media/IMG_2291.MOV").findings]
    ['gps-present', 'hard-cuts']
    """
    with open_file(path) as file:
        return examine_file(file, shared(), profile=profile, exact=exact)


def examine_file(
    file: OpenFile, pool: IsolatedPool, *, profile: Profile, exact: bool, detail: Detail = STORED
) -> Examination:
    """Examine an open file in a worker; `detail` is how closely local features look.

    A worker that dies, hangs or lies is a problem of the examination, whose hash is the parent's own.
    """

    def honest(examination: Examination) -> bool:
        return believable(file, examination)

    try:
        return pool.ask(examine_here, file, profile=profile, exact=exact, detail=detail, believable=honest)
    except UnreadableMedia as failure:
        problem = Problem(stage="worker", code=failure.code, message=failure.message)
    try:
        return pool.ask(_identified, file, problem, profile=profile, believable=honest)
    except UnreadableMedia:
        nothing = MediaFile(**contents_of(file), format=UNKNOWN, data=b"")
        return _conclude(nothing, _Look(), profile=profile, exact=False, metadata=(), problems=(problem,))


def examine_here(file: OpenFile, *, profile: Profile, exact: bool, detail: Detail = STORED) -> Examination:
    """Examine an open file in this process, which should be a worker."""
    media = media_of(file)
    try:
        look = _look(media, exact=exact, detail=detail if profile == "full" else None)
    except UnreadableMedia as error:
        look = _Look(problems=(Problem(stage="decode", code=error.code, message=error.message),))
    metadata, troubles = read_metadata(media, look.header) if look.header else ((), ())
    problems = (*look.problems, *troubles, *_rewritten(media))
    return _conclude(
        media, look, profile=profile, exact=exact, metadata=(*metadata, *look.measurements), problems=problems
    )


def sight_of_file(file: OpenFile, pool: IsolatedPool, *, detail: Detail) -> Sight:
    """See what an open file shows, in a worker; raises `UnreadableMedia` if that fails."""

    def honest(sight: Sight) -> bool:
        return believable_sight(sight.kind, sight.views, sight.problems)

    return pool.ask(sight_here, file, detail=detail, believable=honest)


def sight_here(file: OpenFile, *, detail: Detail) -> Sight:
    """See what an open file shows in this process, which should be a worker."""
    media = media_of(file)
    look = _look(media, exact=False, detail=detail, recorded=False)
    return Sight(
        kind=media.format.kind, duration_seconds=look.duration, views=look.views, problems=look.problems
    )


def _identified(file: OpenFile, problem: Problem, *, profile: Profile) -> Examination:
    """Keep a file whose examination failed outright: its hash, its format and the reason."""
    return _conclude(media_of(file), _Look(), profile=profile, exact=False, metadata=(), problems=(problem,))


def _conclude(
    media: MediaFile,
    look: _Look,
    *,
    profile: Profile,
    exact: bool,
    metadata: tuple[MetadataValue, ...],
    problems: tuple[Problem, ...],
) -> Examination:
    """Draw the findings and put everything into one record."""
    examined_at = datetime.now(UTC)
    facts = Facts(
        kind=media.format.kind,
        format=media.format.name,
        file_name=media.path.name,
        modified_at=datetime.fromtimestamp(media.modified_ns // 10**9, UTC),
        examined_at=examined_at,
        width=look.width,
        height=look.height,
        duration_seconds=look.duration,
        metadata=by_name(metadata),
        views=look.views,
        shots=look.shots,
        problems=problems,
    )
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
        findings=find(facts),
        problems=problems,
        partial=look.partial,
        tools={**TOOL_VERSIONS, "sandbox": in_force()},
    )


def _look(media: MediaFile, *, exact: bool, detail: Detail | None, recorded: bool = True) -> _Look:
    """Decode a file; thumbnails and measurements are only made to be `recorded`."""
    if media.format.kind == "image":
        return _look_at_image(media, exact=exact, detail=detail, recorded=recorded)
    if media.format.kind == "video":
        return _look_at_video(media, exact=exact, detail=detail, recorded=recorded)
    code = "not-media" if media.size_bytes else "empty"
    message = f"Neither a picture nor a video: {media.format.label}."
    return _Look(problems=(Problem(stage="identify", code=code, message=message),))


def _look_at_image(media: MediaFile, *, exact: bool, detail: Detail | None, recorded: bool) -> _Look:
    still = read_image(media, exact=exact)
    reduced = still.rgb.shape[1] < still.width
    view = make_view(still.rgb, exact=exact, reduced=reduced, detail=detail, pictured=recorded)
    return _Look(
        header=still.header,
        width=still.width,
        height=still.height,
        views=(view,),
        measurements=_measure_still(still, view) if recorded else (),
        problems=still.problems,
        partial=still.partial,
    )


def _look_at_video(media: MediaFile, *, exact: bool, detail: Detail | None, recorded: bool) -> _Look:
    with open_video(media, exact=exact, every_frame=exact) as video:
        sampled = sample_video(video, exact=exact, detail=detail, recorded=recorded)
        return _Look(
            header=video.header,
            width=video.width,
            height=video.height,
            duration=video.duration,
            views=sampled.views,
            shots=sampled.shots,
            measurements=(*sampled.measurements, *_measure_pace(video, sampled.shots)) if recorded else (),
            problems=video.problems,
            partial=video.partial,
        )


def _measure_still(still: Still, view: View) -> tuple[MetadataValue, ...]:
    measured = measure_picture(still.rgb)
    preview = embedded_thumbnail(still.header)
    if preview is None:
        return measured
    size = {"width": still.width, "height": still.height}
    return (*measured, measure_preview(view.fingerprints, **size, preview=preview))


def _measure_pace(video: Video, shots: tuple[Shot, ...]) -> tuple[MetadataValue, ...]:
    return (
        MetadataValue(source="video", key="variable_frame_rate", value=int(video.variable_frame_rate)),
        MetadataValue(source="video", key="cut_count", value=max(0, len(shots) - 1)),
    )


def _rewritten(media: MediaFile) -> tuple[Problem, ...]:
    if not media.changed():
        return ()
    message = "The file was rewritten while it was being read: hash and pictures may not belong together."
    return (Problem(stage="open", code="changed-while-read", message=message),)


def _tool_versions() -> dict[str, str]:
    found = {}
    for name in TOOLS:
        with suppress(PackageNotFoundError):  # an extra that is not installed
            found[name] = version(name)
    return found


TOOL_VERSIONS: Final = _tool_versions()
"""Read when this module is imported: a worker in its sandbox reads code and nothing else."""

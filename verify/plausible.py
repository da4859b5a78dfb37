"""What an examination can say at all: a worker that a hostile file has taken over may answer anything.

Types are settled when the answer is read (`media/answers.py`), here are the values. The hash, size and
path must be the parent's own; every count has the bound that the honest code keeps; every hash has its width.
What remains for a liar is to describe another picture than the one in the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from os import fspath
from typing import Final

from verify.fingerprints.local_features import CODE_BYTES, QUERY
from verify.fingerprints.video import MAX_SAMPLES
from verify.media.container_frames import MAX_STRETCH
from verify.media.files import OpenFile
from verify.media.limits import MAX_ANIMATION_FRAMES, MAX_FRAME_PIXELS, MAX_JPEG_PIXELS
from verify.metadata.bounds import MAX_CHARACTERS, MAX_VALUES
from verify.records import Examination, Fingerprints, ItemKind, LocalFeatures, MetadataValue, Problem, View

HEX_DIGITS: Final = {"phash": 16, "dhash": 16, "ahash": 16, "whash": 16, "colorhash": 11}
PDQ_DIGITS: Final = 64
HEX: Final = re.compile(r"[0-9a-f]*")
CODE: Final = re.compile(r"[a-z][a-z0-9-]{0,59}")
MAX_NAME: Final = 100

MAX_VIEW_PIXELS: Final = max(MAX_JPEG_PIXELS, MAX_FRAME_PIXELS * MAX_STRETCH)
MAX_THUMBNAIL_BYTES: Final = 512 * 1024
"""480 x 480 pixels of noise at quality 80 are 120 kB."""
JPEG_START, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
PLACE_BYTES: Final = 4
MAX_MEASURED_VALUES: Final = 64
"""Values that are measured on the pixels, beside those that the file states."""
MAX_FINDINGS: Final = 200
MAX_PROBLEMS: Final = 100
MAX_SHOTS: Final = 100_000
"""More than one a second over a day."""
MAX_KEY: Final = 200
MAX_TOOLS: Final = 40
CLOCK: Final = timedelta(hours=24)
"""An examination takes less, even where the clock is set meanwhile."""


def believable(file: OpenFile, examination: Examination) -> bool:
    """Say whether this can be an honest answer about an open file."""
    return (
        (examination.sha256, examination.path, examination.size_bytes)
        == (file.sha256, fspath(file.path), file.size_bytes)
        and abs(datetime.now(UTC) - examination.examined_at) < CLOCK
        and len(examination.format) <= MAX_NAME
        and examination.format.isprintable()
        and _size(examination.width, examination.height)
        and (examination.duration_seconds is None or examination.duration_seconds >= 0)
        and _seen(examination.kind, examination.views, examination.problems)
        and all(_thumbnail(view.thumbnail) for view in examination.views)
        and len(examination.shots) <= min(MAX_SHOTS, MAX_ANIMATION_FRAMES * MAX_SAMPLES)
        and len(examination.metadata) <= MAX_VALUES + MAX_MEASURED_VALUES
        and all(map(_value, examination.metadata))
        and len(examination.findings) <= MAX_FINDINGS
        and all(_reason(finding.code, finding.explanation) for finding in examination.findings)
        and len(examination.tools) <= MAX_TOOLS
        and all(max(len(name), len(text)) <= MAX_KEY for name, text in examination.tools.items())
    )


def believable_sight(kind: ItemKind, views: Sequence[View], problems: Sequence[Problem]) -> bool:
    """Say whether these can be honest views of a file of this kind, and reasons if there are none."""
    return _seen(kind, views, problems) and not any(view.thumbnail for view in views)


def _seen(kind: ItemKind, views: Sequence[View], problems: Sequence[Problem]) -> bool:
    most = {"image": 1, "video": MAX_SAMPLES, "other": 0, "hashes": 0}[kind]
    return (
        bool(views or problems)
        and len(views) <= most
        and all(one.time < other.time for one, other in pairwise(views))
        and all(map(_view, views))
        and len(problems) <= MAX_PROBLEMS
        and all(map(_problem, problems))
    )


def _size(width: int | None, height: int | None) -> bool:
    if width is None or height is None:
        return width is height
    return width > 0 and height > 0 and width * height <= MAX_VIEW_PIXELS


def _view(view: View) -> bool:
    return _fingerprints(view.fingerprints) and (view.features is None or _features(view.features))


def _thumbnail(jpeg: bytes) -> bool:
    return len(jpeg) <= MAX_THUMBNAIL_BYTES and jpeg.startswith(JPEG_START) and jpeg.endswith(JPEG_END)


def _fingerprints(prints: Fingerprints) -> bool:
    widths = all(_hex(getattr(prints, name), digits) for name, digits in HEX_DIGITS.items())
    return widths and _hex(prints.pdq.hex, PDQ_DIGITS) and 0 <= prints.pdq.quality <= 100


def _hex(text: str, digits: int) -> bool:
    return len(text) == digits and HEX.fullmatch(text) is not None


def _features(features: LocalFeatures) -> bool:
    rows, rest = divmod(len(features.picture), max(1, features.picture_width))
    return (
        _size(features.width, features.height)
        and len(features.codes) == CODE_BYTES * features.count
        and len(features.places) == PLACE_BYTES * features.count
        and features.count <= QUERY.keypoints
        and features.picture_width > 0
        and rest == 0
        and 0 < rows * features.picture_width <= QUERY.picture_pixels
    )


def _value(value: MetadataValue) -> bool:
    names = CODE.fullmatch(value.source) and max(len(value.key), len(value.raw_key)) <= MAX_KEY
    return bool(names) and (not isinstance(value.value, str) or len(value.value) <= MAX_CHARACTERS)


def _problem(problem: Problem) -> bool:
    return _reason(problem.code, problem.message) and problem.message.isprintable()


def _reason(code: str, sentence: str) -> bool:
    return CODE.fullmatch(code) is not None and 0 < len(sentence) <= MAX_CHARACTERS

"""The words everything speaks in: frozen values without behaviour that needs a file or a database.

Times inside media are exact (`Fraction` seconds), hashes are lower-case hex of fixed width,
units stand in the names. `to_json` methods give the fixed public shapes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal

from verify.showing import shown

ItemKind = Literal["image", "video", "other", "hashes"]
"""`other` is a file that is not media: its hash is kept, nothing else is known. `hashes` is an entry of
a hash list: how it looks is known, and there is no file."""

Severity = Literal["info", "notice", "warning"]

Profile = Literal["full", "fast"]
"""How thoroughly to examine: `fast` leaves the local features out."""

Scalar = str | int | float
"""What a metadata value may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdq:
    """Meta's 256-bit perceptual hash with its quality."""

    hex: str
    """64 hex digits."""
    quality: int
    """0 to 100; below 50 the hash of a flat or dark picture says little (pdq/README.md, ThreatExchange)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprints:
    """The fixed-size hashes of one view."""

    phash: str
    """64 bits, 16 hex digits, as are dhash, ahash and whash (imagehash, hash_size 8)."""
    dhash: str
    ahash: str
    whash: str
    colorhash: str
    """42 bits, 11 hex digits (imagehash, binbits 3)."""
    pdq: Pdq

    def to_json(self) -> dict[str, Any]:
        return {
            "phash": self.phash,
            "dhash": self.dhash,
            "ahash": self.ahash,
            "whash": self.whash,
            "colorhash": self.colorhash,
            "pdq": {"hex": self.pdq.hex, "quality": self.pdq.quality},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A stretch of video between two cuts."""

    start: Fraction
    """Presentation time of its first frame, seconds."""
    end: Fraction
    """Presentation time at which the next shot starts, or the video ends, seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFeatures:
    """The keypoints of one view with their codes, and a small grey picture to compare block by block.

    Arrays are kept as packed bytes, so that the record is hashable, picklable and storable as it is.
    """

    width: int
    """Upright pixels of the picture, before any scaling."""
    height: int
    codes: bytes = field(repr=False)
    """16 bytes a keypoint: one bit for each value of its descriptor."""
    places: bytes = field(repr=False)
    """4 bytes a keypoint, little-endian: x, y (10 bits each), scale and angle (6 bits each)."""
    picture: bytes = field(repr=False)
    """Grey values row by row, the whole view scaled down."""
    picture_width: int
    """Grey values in a row."""

    @property
    def count(self) -> int:
        """How many keypoints there are."""
        return len(self.codes) // 16

    @property
    def size_bytes(self) -> int:
        return len(self.codes) + len(self.places) + len(self.picture)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One upright picture that can be matched: a still image, or a frame sample at a time.

    >>> verify.examine("samples/media/IMG_2291.MOV").frames[1].time
    Fraction(1, 1)
    """

    time: Fraction
    """Exact presentation time in seconds; 0 for a still."""
    fingerprints: Fingerprints
    thumbnail: bytes = field(repr=False)
    """JPEG, longest side 480 pixels or the picture's own if that is smaller."""
    starts_shot: bool = False
    """True for the first frame of a shot."""
    features: LocalFeatures | None = field(default=None, repr=False)
    """None if they were not asked for (profile `fast`)."""

    def to_json(self) -> dict[str, Any]:
        return {
            "time_seconds": float(self.time),
            "starts_shot": self.starts_shot,
            **self.fingerprints.to_json(),
        }


Relation = Literal["identical", "same-picture", "part-of", "contains", "shares-overlay"]
"""What the query is to the found item, strongest first; `part-of`: it shows a part of the found item."""

MatchEvidence = Literal["sha256", "pdq", "phash", "geometry"]

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Four corners as fractions of width and height, in the order of the found picture's own corners:
top left, top right, bottom right, bottom left."""


def _quad(corners: list[list[float]] | None) -> Quad | None:
    if corners is None:
        return None
    one, two, three, four = ((x, y) for x, y in corners)
    return (one, two, three, four)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of time that both sides share, in seconds; zero length at time 0 for stills."""

    query_start: float
    query_end: float
    found_start: float
    found_end: float
    speed: float = 1.0
    """Seconds of the found footage that pass in one second of the query."""

    def to_json(self) -> dict[str, float]:
        return {
            "query_start": self.query_start,
            "query_end": self.query_end,
            "found_start": self.found_start,
            "found_end": self.found_end,
            "speed": self.speed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A query and a found item, and how they relate.

    >>> match = verify.compare("samples/media/figs_today.jpg", "samples/media/IMG_2368.JPG")
    >>> match.relation, match.evidence, round(match.score, 2)
    ('part-of', ('geometry',), 1.0)
    """

    item: str
    """Key of the found item."""
    relation: Relation
    evidence: tuple[MatchEvidence, ...]
    score: float
    """0 to 1, calibrated: of the answers with score s, about the share s is right."""
    paths: tuple[str, ...] = ()
    distance_bits: int | None = None
    """Of the fingerprint named in the evidence; None if none agrees."""
    inliers: int | None = None
    """Distinct places at which one transform explains both pictures."""
    mirrored: bool = False
    rotation_degrees: float = 0.0
    """How far the query turns the found picture clockwise, after mirroring left to right; -180 to 180."""
    scale: float = 1.0
    """Pixels of the query for each pixel of the found picture."""
    region: Quad | None = None
    """What of the found picture the query shows."""
    query_region: Quad | None = None
    """Where the query shows it."""
    segments: tuple[Segment, ...] = ()
    note: str = ""
    """Why the answer is weak, or what was changed beyond the transform, in plain words."""
    query: str = field(default="", compare=False)
    """Path of the file that was asked about, to draw the match from; no part of the public shape."""

    @classmethod
    def from_json(cls, shape: dict[str, Any]) -> Match:
        """Read what `to_json` wrote."""
        lists = {name: tuple(shape[name]) for name in ("paths", "evidence")}
        quads = {name: _quad(shape[name]) for name in ("region", "query_region")}
        segments = tuple(Segment(**segment) for segment in shape["segments"])
        return cls(**{**shape, **lists, **quads, "segments": segments})

    def to_json(self) -> dict[str, Any]:
        """Return the public shape."""
        return {
            "item": self.item,
            "paths": list(self.paths),
            "relation": self.relation,
            "evidence": list(self.evidence),
            "score": self.score,
            "distance_bits": self.distance_bits,
            "inliers": self.inliers,
            "mirrored": self.mirrored,
            "rotation_degrees": self.rotation_degrees,
            "scale": self.scale,
            "region": [list(corner) for corner in self.region] if self.region else None,
            "query_region": [list(corner) for corner in self.query_region] if self.query_region else None,
            "segments": [segment.to_json() for segment in self.segments],
            "note": self.note,
        }

    def _repr_html_(self) -> str | None:
        return shown(self)


class Matches(list[Match]):
    """The answers to one question, best first: a list that notebooks show with drawings.

    >>> verify.Matches()
    []
    """

    def _repr_html_(self) -> str | None:
        return shown(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataValue:
    """One thing that the bytes say about themselves, with where it was read."""

    source: str
    """`exif`, `xmp`, `iptc`, `icc`, `png`, `jpeg`, `container`, `video`, `audio`, `c2pa`, `pixels`."""
    key: str
    """The field's name in its standard: `DateTimeOriginal`, `CreatorTool`, `creation_time`."""
    value: Scalar
    """Normalised: GPS in signed decimal degrees, times in ISO 8601 with their zone if they have one."""
    raw_key: str = ""
    """The name under which the reader found it: `EXIF DateTimeOriginal`."""
    zone: Literal["", "offset", "utc", "none"] = ""
    """For times only: zone stated as an offset, as UTC, or not stated at all."""

    @property
    def name(self) -> str:
        """`source:key`, the way findings cite values."""
        return f"{self.source}:{self.key}"

    def to_json(self) -> dict[str, Any]:
        shape: dict[str, Any] = {"source": self.source, "key": self.key, "value": self.value}
        if self.raw_key:
            shape["raw_key"] = self.raw_key
        if self.zone:
            shape["zone"] = self.zone
        return shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One observation that a reviewer should see. A lead, never a verdict.

    >>> verify.examine("samples/media/IMG_2302.JPG").findings[0].code
    'gps-present'
    """

    code: str
    """Stable, kebab-case."""
    severity: Severity
    explanation: str
    """A plain sentence: what was seen, why it matters."""
    values: dict[str, Scalar] = field(default_factory=dict)
    """The values it rests on, by `source:key`."""

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity,
            "explanation": self.explanation,
            "values": dict(self.values),
        }


Stage = Literal["open", "identify", "decode", "fingerprint", "metadata", "worker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a file, or a part of it, could not be examined."""

    stage: Stage
    code: str
    """Stable, kebab-case: `truncated`, `not-media`, `time-limit`."""
    message: str
    """One plain line without control characters."""

    def to_json(self) -> dict[str, Any]:
        return {"stage": self.stage, "code": self.code, "message": self.message}


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """All that the library computed about one item.

    >>> exam = verify.examine("samples/media/IMG_2291.MOV")
    >>> exam.kind, exam.format, len(exam.shots), exam.duration_seconds
    ('video', 'mov', 4, Fraction(24, 1))
    """

    sha256: str
    path: str
    """As given; undecodable bytes are kept as surrogate escapes (`os.fsdecode`)."""
    size_bytes: int
    examined_at: datetime
    """UTC."""
    profile: Profile = "full"
    exact: bool = False
    """True if everything was decoded in full, false if large pictures were decoded at reduced scale."""
    kind: ItemKind
    format: str
    """Short lower-case name of the true format: `jpeg`, `mp4`; empty if it is unknown."""
    width: int | None = None
    """Upright display width in pixels; None if no picture could be decoded."""
    height: int | None = None
    duration_seconds: Fraction | None = None
    """None for stills and for videos that do not say and could not be walked to the end."""
    views: tuple[View, ...] = ()
    """One for a still, the frame samples in order of time for a video, none if nothing was decoded."""
    shots: tuple[Shot, ...] = ()
    metadata: tuple[MetadataValue, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    partial: bool = False
    """True if a part of the file could not be decoded or was left out; the problems say which."""
    tools: dict[str, str] = field(default_factory=dict)
    """Name and version of this tool and of every library that took part; under `sandbox` what the worker that
    decoded was locked down by: `landlock+seccomp+limits`, or less."""

    @property
    def fingerprints(self) -> Fingerprints | None:
        """Of a still; None for a video, whose `frames` each have their own."""
        return self.views[0].fingerprints if self.kind == "image" and self.views else None

    @property
    def frames(self) -> tuple[View, ...]:
        """The frame samples of a video; empty for a still."""
        return self.views if self.kind == "video" else ()

    @property
    def unreadable(self) -> bool:
        """True for media of which not one view could be made."""
        return self.kind in {"image", "video"} and not self.views

    def to_json(self) -> dict[str, Any]:
        """Return the public shape; thumbnails are left out, an undecodable name is shown with U+FFFD."""
        return {
            "sha256": self.sha256,
            "path": self.path.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
            "size_bytes": self.size_bytes,
            "examined_at": self.examined_at.isoformat(),
            "profile": self.profile,
            "exact": self.exact,
            "kind": self.kind,
            "format": self.format,
            "width": self.width,
            "height": self.height,
            "duration_seconds": None if self.duration_seconds is None else float(self.duration_seconds),
            "fingerprints": self.fingerprints.to_json() if self.fingerprints else None,
            "frames": [view.to_json() for view in self.frames],
            "shots": [{"start_seconds": float(s.start), "end_seconds": float(s.end)} for s in self.shots],
            "metadata": [value.to_json() for value in self.metadata],
            "findings": [finding.to_json() for finding in self.findings],
            "problems": [problem.to_json() for problem in self.problems],
            "partial": self.partial,
            "tools": dict(self.tools),
        }

    def _repr_html_(self) -> str | None:
        return shown(self)

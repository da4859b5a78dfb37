"""Records for store tests, and hypothesis strategies that draw any of them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from fractions import Fraction

from hypothesis import strategies as st

from verify.records import (
    Examination,
    Finding,
    Fingerprints,
    LocalFeatures,
    MetadataValue,
    Pdq,
    Problem,
    Shot,
    View,
)
from verify.store.role import Arrival, FileStamp, Sighting


def digest_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def hexes(digits: int) -> st.SearchStrategy[str]:
    return st.text("0123456789abcdef", min_size=digits, max_size=digits)


def seconds() -> st.SearchStrategy[Fraction]:
    return st.fractions(min_value=-10, max_value=10**6, max_denominator=10**9)


texts = st.text(st.characters(), max_size=40)
"""Any characters, unpaired surrogates and control characters included."""

codes = st.from_regex(r"[a-z]{1,12}(-[a-z]{1,12})?", fullmatch=True)
scalars = st.one_of(texts, st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
times_of_day = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))

fingerprints = st.builds(
    Fingerprints,
    phash=hexes(16),
    dhash=hexes(16),
    ahash=hexes(16),
    whash=hexes(16),
    colorhash=hexes(11),
    pdq=st.builds(Pdq, hex=hexes(64), quality=st.integers(0, 100)),
)
features = st.builds(
    LocalFeatures,
    width=st.integers(1, 10**5),
    height=st.integers(1, 10**5),
    codes=st.binary(max_size=64),
    places=st.binary(max_size=16),
    picture=st.binary(max_size=64),
    picture_width=st.integers(1, 64),
)
views = st.builds(
    View,
    features=st.none() | features,
    time=seconds(),
    fingerprints=fingerprints,
    thumbnail=st.binary(max_size=50),
    starts_shot=st.booleans(),
)
examinations = st.builds(
    Examination,
    sha256=hexes(64),
    path=texts.filter(lambda text: text and "\0" not in text).map(
        lambda text: text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
    ),
    size_bytes=st.integers(0, 2**60),
    examined_at=times_of_day,
    profile=st.sampled_from(["full", "fast"]),
    exact=st.booleans(),
    kind=st.sampled_from(["image", "video", "other"]),
    format=st.sampled_from(["jpeg", "mp4", ""]),
    width=st.none() | st.integers(1, 10**6),
    height=st.none() | st.integers(1, 10**6),
    duration_seconds=st.none() | seconds(),
    views=st.lists(views, max_size=4).map(tuple),
    shots=st.lists(st.builds(Shot, start=seconds(), end=seconds()), max_size=3).map(tuple),
    metadata=st.lists(
        st.builds(
            MetadataValue,
            source=st.sampled_from(["exif", "container"]),
            key=texts,
            value=scalars,
            raw_key=texts,
            zone=st.sampled_from(["", "offset", "utc", "none"]),
        ),
        max_size=4,
    ).map(tuple),
    findings=st.lists(
        st.builds(
            Finding,
            code=codes,
            severity=st.sampled_from(["info", "notice", "warning"]),
            explanation=texts,
            values=st.dictionaries(texts, scalars, max_size=3),
        ),
        max_size=3,
    ).map(tuple),
    problems=st.lists(st.builds(Problem, stage=st.just("decode"), code=codes, message=texts), max_size=2).map(
        tuple
    ),
    partial=st.booleans(),
    tools=st.dictionaries(codes, texts, max_size=3),
)


def arrival(
    name: str,
    *,
    path: str | None = None,
    examined: bool = True,
    profile: str = "full",
    with_view: bool = True,
) -> Arrival:
    """Make the arrival of a small JPEG called `name`, at `path`."""
    size = len(name) * 1000
    where = (path or f"/inbox/{name}.jpg").encode()
    problem = Problem(stage="decode", code="damaged", message="It cannot be decoded.")
    examination = Examination(
        sha256=digest_of(name),
        path=where.decode(),
        size_bytes=size,
        examined_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        profile="full" if profile == "full" else "fast",
        kind="image",
        format="jpeg",
        width=640,
        height=480,
        views=(a_view(name),) if with_view else (),
        problems=() if with_view else (problem,),
    )
    return Arrival(
        sighting=Sighting(
            stamp=FileStamp(path=where, size_bytes=size, modified_ns=1_700_000_000_123_456_789),
            sha256=digest_of(name),
            seen_at=datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC),
        ),
        examination=examination if examined else None,
    )


def a_view(name: str) -> View:
    """Make a view whose hashes and thumbnail depend on the name alone."""
    digits = digest_of(name)
    prints = Fingerprints(
        phash=digits[:16],
        dhash=digits[1:17],
        ahash=digits[2:18],
        whash=digits[3:19],
        colorhash=digits[:11],
        pdq=Pdq(hex=digits, quality=100),
    )
    return View(time=Fraction(0), fingerprints=prints, thumbnail=digits.encode())

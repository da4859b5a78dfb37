"""Answers of workers: what was written comes back, and nothing but the type that was asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_media import write_jpeg
from numpy.typing import NDArray

from verify.examination import examine_here
from verify.media import answers
from verify.media.files import OpenFile, open_file
from verify.plausible import believable
from verify.records import Examination, Finding, MetadataValue, Problem, Scalar

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=24) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=40,
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[OpenFile, Examination]:
    """Return a file and the honest answer about it."""
    path = write_jpeg(tmp_path_factory.mktemp("asked") / "a.jpg", 1)
    with open_file(path) as file:
        return file, examine_here(file, profile="full", exact=False)


def test_an_examination_comes_back_as_it_was(asked: tuple[OpenFile, Examination]) -> None:
    file, honest = asked
    assert answers.read(Examination, *answers.write(honest)) == honest
    assert believable(file, honest)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Fraction, Fraction(-1001, 30000)),
        (datetime, datetime(2026, 11, 23, tzinfo=UTC)),
        (tuple[int, ...], (1, 2, 3)),
        (list[tuple[str, bytes]], [("a", b"\0\xff"), ("\udcff", b"")]),
        (Scalar, "text"),
        (Scalar, 7),
        (Scalar, 7.0),
        (float | None, None),
        (dict[str, str], {"a": "b"}),
    ],
)
def test_every_type_comes_back_as_it_was(kind: Any, value: object) -> None:
    back = answers.read(kind, *answers.write(value))
    assert back == value
    assert type(back) is type(value)


def test_pixels_come_back_as_they_were() -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    assert np.array_equal(answers.read(NDArray[np.uint8], *answers.write(pixels)), pixels)


@given(ANY_JSON)
def test_whatever_is_answered_an_examination_or_nonsense_comes_of_it(plain: object) -> None:
    with pytest.raises(answers.Nonsense):
        answers.read(Examination, json.dumps(plain).encode(), b"")


@pytest.mark.parametrize(
    ("kind", "text", "block"),
    [
        (bytes, "[0, 9]", b"short"),
        (bytes, "[-1, 2]", b"short"),
        (int, "true", b""),
        (int, "1" * 100, b""),
        (int, "1" * 10_000, b""),
        (Fraction, "[1, 0]", b""),
        (Fraction, "[NaN, 1]", b""),
        (float, "NaN", b""),
        (float | None, "-Infinity", b""),
        (float, "1e999", b""),
        (Scalar, "Infinity", b""),
        (dict[str, Scalar], '{"a": NaN}', b""),
        (str, "[" * 100_000, b""),
        (str, "no json", b""),
        (list[int], '["1"]', b""),
        (NDArray[np.uint8], "[0, 4, 1000000, 1000000]", b"abcd"),
        (NDArray[np.uint8], "[0, 4, -2, -2]", b"abcd"),
        (datetime, '"2026-11-23"', b""),
    ],
)
def test_nonsense_is_called_so(kind: Any, text: str, block: bytes) -> None:
    with pytest.raises(answers.Nonsense):
        answers.read(kind, text.encode(), block)


LIES: list[dict[str, Any]] = [
    {"sha256": "0" * 64},
    {"path": "/another/file"},
    {"size_bytes": 1},
    {"width": 10**9, "height": 10**9},
    {"width": -1},
    {"width": None},
    {"duration_seconds": Fraction(-1)},
    {"views": ()},
    {"kind": "other"},
    {"examined_at": datetime(1999, 1, 1, tzinfo=UTC)},
    {"problems": (Problem(stage="decode", code="damaged", message="two\nlines"),)},
    {"problems": (Problem(stage="decode", code="\x1b[31m", message="one"),)},
    {"tools": {str(number): "" for number in range(1000)}},
]


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: next(iter(lie)))
def test_what_cannot_be_true_is_not_believed(
    asked: tuple[OpenFile, Examination], lie: dict[str, Any]
) -> None:
    file, honest = asked
    assert not believable(file, replace(honest, **lie))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_an_examination_with_a_measurement_that_is_no_number_is_nonsense(
    asked: tuple[OpenFile, Examination], number: float
) -> None:
    _, honest = asked
    lies: list[dict[str, Any]] = [
        {"metadata": (MetadataValue(source="exif", key="latitude", value=number),)},
        {"findings": (Finding(code="a", severity="info", explanation="b", values={"exif:a": number}),)},
    ]
    for lie in lies:
        with pytest.raises(answers.Nonsense):
            answers.read(Examination, *answers.write(replace(honest, **lie)))


def test_hashes_and_thumbnails_must_look_like_such(asked: tuple[OpenFile, Examination]) -> None:
    file, honest = asked
    view = honest.views[0]
    assert view.features is not None
    for wrong in (
        replace(view, thumbnail=b"<svg/>"),
        replace(view, thumbnail=view.thumbnail[:-2]),
        replace(view, fingerprints=replace(view.fingerprints, phash="xyz")),
        replace(
            view, fingerprints=replace(view.fingerprints, pdq=replace(view.fingerprints.pdq, quality=101))
        ),
        replace(view, features=replace(view.features, places=b"")),
        replace(view, features=replace(view.features, picture_width=0)),
    ):
        assert not believable(file, replace(honest, views=(wrong,)))

"""One question to an archive of views, and the measures of each item that it is laid over, with the truth."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from placed import Rgb
from verify.fingerprints.image_hash import fingerprint
from verify.fingerprints.local_features import QUERY, STORED, Detail, extract
from verify.matching.finder import CopyFinder, Pairing
from verify.matching.judgement import believed_from
from verify.matching.pairs import AskedView
from verify.matching.score import measures
from verify.records import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The best pair of one item for one question."""

    question: str
    """Kind and name, for the table; the name decides the half."""
    kind: str
    half: int
    right: bool
    believed_from: float
    weight: float
    measured: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something to ask, and the key of what it is a copy of, if of anything."""

    kind: str
    name: str
    rgb: Rgb
    right: str | None
    weight: float = 1.0
    copy_weighs: float = 1.0
    """By so much more weighs the copy than the strangers."""


def add(finder: CopyFinder, key: str, rgb: Rgb) -> None:
    finder.add(key, [view_of(rgb, STORED)])


def rows_of(finder: CopyFinder, question: Question) -> Iterator[Row]:
    for pairing in finder.pairings(AskedView.of(view_of(question.rgb, QUERY))):
        yield _row(pairing, question)


def _row(pairing: Pairing, question: Question) -> Row:
    seen: tuple[Any, ...] = pairing.pair, pairing.asked, pairing.view
    right = pairing.item.key == question.right
    return Row(
        question=f"{question.kind}/{question.name}/{zlib.crc32(question.rgb.tobytes())}",
        kind=question.kind,
        half=zlib.crc32(question.name.encode()) & 1,
        right=right,
        believed_from=believed_from(*seen),
        weight=question.weight * (question.copy_weighs if right else 1),
        measured=tuple(measures(*seen)),
    )


def view_of(rgb: Rgb, detail: Detail) -> View:
    rgb = np.ascontiguousarray(rgb)
    return View(time=Fraction(0), fingerprints=fingerprint(rgb), thumbnail=b"", features=extract(rgb, detail))

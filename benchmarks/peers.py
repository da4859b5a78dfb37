"""What others do, at their own documented thresholds: the methods to be better than."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import imagehash
import numpy as np
import pdqhash
from numpy.typing import NDArray
from PIL import Image

import footage
from answers import Answer
from placed import Rgb

PHASH_BITS = 10
"""imagededup's max_distance_threshold."""
PDQ_BITS = 31
"""ThreatExchange, pdq/README.md: confident match."""
PDQ_QUALITY = 50
"""ThreatExchange: hashes of lower quality are not compared."""
PDQ_SIDE = 512
"""Pixels; the reference scales to 512 x 512 before hashing."""
REGION_BITS = 16
"""imagehash.ImageMultiHash: a quarter of 64 bits may differ."""
VPDQ_SECONDS = 1.0
"""ThreatExchange, vpdq/README.md: one hash a second."""
VPDQ_QUERY_SHARE = 0.8
"""python-threatexchange, extensions/vpdq: this share of the query's frames must match."""

Bits = NDArray[np.uint8]
"""n x bytes."""


class _Hashed:
    """What the three still hashes share: keys beside codes, nothing put off."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._codes: list[Bits] = []

    def settle(self) -> None:
        """Everything was done while adding."""


class Phash(_Hashed):
    """64-bit DCT hash, Hamming distance."""

    name = "pHash <= 10"

    def add(self, key: str, rgb: Rgb) -> None:
        self._keys.append(key)
        self._codes.append(self._code(rgb))

    def query(self, rgb: Rgb) -> list[Answer]:
        return _nearest(self._keys, _distances(self._code(rgb)[None], np.stack(self._codes)), PHASH_BITS)

    def bytes_per_view(self) -> float:
        return 8.0

    def _code(self, rgb: Rgb) -> Bits:
        return np.packbits(imagehash.phash(Image.fromarray(rgb)).hash.ravel())


class Pdq(_Hashed):
    """256-bit PDQ; the query also in its seven turned and mirrored forms."""

    name = "PDQ <= 31, 8 turns"

    def add(self, key: str, rgb: Rgb) -> None:
        forms, quality = _pdq(rgb)
        if quality >= PDQ_QUALITY:
            self._keys.append(key)
            self._codes.append(forms[0])

    def query(self, rgb: Rgb) -> list[Answer]:
        forms, quality = _pdq(rgb)
        if quality < PDQ_QUALITY or not self._codes:
            return []
        return _nearest(self._keys, _distances(forms, np.stack(self._codes)), PDQ_BITS)

    def bytes_per_view(self) -> float:
        return 32.0


class CropResistant(_Hashed):
    """imagehash.crop_resistant_hash with its defaults: one region in common is a match."""

    name = "crop_resistant_hash"

    def add(self, key: str, rgb: Rgb) -> None:
        self._keys.append(key)
        self._codes.append(self._code(rgb))

    def query(self, rgb: Rgb) -> list[Answer]:
        code = self._code(rgb)
        scored = sorted(
            ((self._score(code, other), key) for other, key in zip(self._codes, self._keys, strict=True)),
            reverse=True,
        )
        return [Answer(key=key, accepted=score > 0, score=score) for score, key in scored[:10]]

    def bytes_per_view(self) -> float:
        return float(np.mean([code.size for code in self._codes]))

    def _code(self, rgb: Rgb) -> Bits:
        segments = imagehash.crop_resistant_hash(Image.fromarray(rgb)).segment_hashes
        return np.stack([np.packbits(segment.hash.ravel()) for segment in segments])

    def _score(self, query: Bits, other: Bits) -> float:
        """Matching regions less their mean distance, the order that ImageMultiHash's minus gives."""
        lowest = np.bitwise_count(query[:, None] ^ other[None]).sum(axis=2).min(axis=1)
        close = lowest[lowest <= REGION_BITS]
        return float(len(close) - close.sum() / (len(close) * 64)) if len(close) else 0.0


class FrameMatcher:
    """Frames as a bag of PDQ hashes, as vPDQ has it: no order, no time segments."""

    name = "vPDQ-style frames"

    def __init__(self) -> None:
        self._frames: dict[str, Bits] = {}

    def settle(self) -> None:
        """Everything was done while adding."""

    def add_file(self, key: str, path: Path) -> None:
        self._frames[key] = self._codes(path)

    def query_file(self, path: Path) -> list[Answer]:
        codes = self._codes(path)
        if not len(codes):
            return []
        shares = [
            (float((_distances_each(codes, frames) <= PDQ_BITS).any(axis=1).mean()), key)
            for key, frames in self._frames.items()
            if len(frames)
        ]
        ranked = sorted(shares, reverse=True)
        return [
            Answer(key=key, accepted=share >= VPDQ_QUERY_SHARE, score=share) for share, key in ranked[:10]
        ]

    def _codes(self, path: Path) -> Bits:
        hashed = (_pdq(rgb) for rgb in _spaced(path))
        good = [forms[0] for forms, quality in hashed if quality >= PDQ_QUALITY]
        return np.stack(good) if good else np.empty((0, 32), np.uint8)


def _spaced(path: Path) -> Iterator[Rgb]:
    """A still, or one frame for each second of a video."""
    if path.suffix == ".jpg":
        yield np.array(Image.open(path).convert("RGB"))
        return
    due = 0.0
    for time, rgb in footage.frames(path):
        if time >= due:
            due += VPDQ_SECONDS
            yield rgb


def _pdq(rgb: Rgb) -> tuple[Bits, int]:
    """Eight forms x 32 bytes, and the quality."""
    small = Image.fromarray(rgb).resize((PDQ_SIDE, PDQ_SIDE), Image.Resampling.BILINEAR)
    forms, quality = pdqhash.compute_dihedral(np.array(small))
    return np.packbits(np.stack(forms).astype(np.uint8), axis=1), int(quality)


def _distances_each(queries: Bits, codes: Bits) -> NDArray[np.int64]:
    return np.bitwise_count(queries[:, None] ^ codes[None]).sum(axis=2, dtype=np.int64)


def _distances(forms: Bits, codes: Bits) -> NDArray[np.int64]:
    """Of the nearest form, for each code."""
    return _distances_each(forms, codes).min(axis=0)


def _nearest(keys: list[str], distances: NDArray[np.int64], limit: int) -> list[Answer]:
    best = np.argsort(distances, kind="stable")[:10]
    return [
        Answer(key=keys[place], accepted=bool(distances[place] <= limit), score=-float(distances[place]))
        for place in best
    ]

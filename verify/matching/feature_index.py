"""Finds the stored keypoints that look like those of a query, over all views.

Exact for small archives, inverted lists above (`faiss.IndexBinaryIVF`). The lists are formed around codes
taken evenly from the archive itself, so nothing is drawn at random. Views are numbered in the order in
which they are added; what the numbers stand for is the caller's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import faiss
import numpy as np
from numpy.typing import NDArray

from verify.records import LocalFeatures

_FAISS: Any = faiss
"""The same module for what its type stubs leave out."""
CODE_BITS: Final = 128
NEIGHBOURS: Final = 6
"""Nearest stored codes asked for each keypoint of a query."""
EXACT_UP_TO: Final = 40_000
"""Codes (200 views) up to which every code is compared."""
PROBES: Final = 16
LISTS_PER_ROOT: Final = 1.5
"""Lists for each square root of the number of codes: choosing lists and walking them then cost alike."""
GROWTH: Final = 4
"""The lists are formed anew when there are so many times more codes than when they were."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hits:
    """Pairs of alike keypoints, one row each."""

    query: NDArray[np.int64]
    """Number of the query's keypoint."""
    view: NDArray[np.int64]
    keypoint: NDArray[np.int64]
    """Number of the keypoint within its view."""
    bits: NDArray[np.int32]
    place: NDArray[np.uint32]
    """Packed place of the stored keypoint."""


class FeatureIndex:
    """Codes and places of many views, searchable."""

    def __init__(self) -> None:
        self._codes: Any = faiss.IndexBinaryFlat(CODE_BITS)
        self._places: list[NDArray[np.uint32]] = []
        self._starts: list[int] = [0]
        self._relist_at = EXACT_UP_TO

    def __len__(self) -> int:
        """How many views there are."""
        return len(self._starts) - 1

    def add(self, views: Sequence[LocalFeatures]) -> None:
        """Append views; they get the next numbers."""
        if not views:
            return
        codes = np.frombuffer(b"".join(view.codes for view in views), np.uint8).reshape(-1, CODE_BITS // 8)
        if len(codes):
            self._codes.add(codes)
        for view in views:
            self._places.append(np.frombuffer(view.places, "<u4"))
            self._starts.append(self._starts[-1] + view.count)
        if self._codes.ntotal > self._relist_at:
            self._codes = _inverted(self._codes)
            self._relist_at = self._codes.ntotal * GROWTH

    def search(self, codes: NDArray[np.uint8], limit_bits: int) -> Hits:
        """Return the nearest stored keypoints of each code (n x 16) within a distance."""
        if not len(codes) or not self._codes.ntotal:
            return _no_hits()
        bits, numbers = self._codes.search(np.ascontiguousarray(codes), min(NEIGHBOURS, self._codes.ntotal))
        rows, ranks = np.nonzero((bits <= limit_bits) & (numbers >= 0))
        found = numbers[rows, ranks]
        views = np.searchsorted(self._start_array(), found, side="right") - 1
        return Hits(
            query=rows,
            view=views,
            keypoint=found - self._start_array()[views],
            bits=bits[rows, ranks],
            place=self._place_array()[found],
        )

    def _start_array(self) -> NDArray[np.int64]:
        return np.asarray(self._starts, np.int64)

    def _place_array(self) -> NDArray[np.uint32]:
        if len(self._places) > 1:
            self._places = [np.concatenate(self._places)]
        return self._places[0]

    def save(self, file: BinaryIO) -> None:
        """Write everything to an open file."""
        starts = self._start_array().astype("<i8")
        file.write(np.array([len(starts)], "<i8").tobytes() + starts.tobytes())
        file.write(self._place_array().astype("<u4").tobytes() if self._places else b"")
        writer = _FAISS.PyCallbackIOWriter(file.write)
        faiss.write_index_binary(self._codes, writer)
        del writer

    @classmethod
    def load(cls, file: BinaryIO) -> FeatureIndex:
        """Read what `save` wrote; only from files that nobody else can write to."""
        index = cls()
        count = int(np.frombuffer(file.read(8), "<i8")[0])
        index._starts = np.frombuffer(file.read(8 * count), "<i8").tolist()
        index._places = [np.frombuffer(file.read(4 * index._starts[-1]), "<u4")]
        index._codes = faiss.read_index_binary(_FAISS.PyCallbackIOReader(file.read))
        if isinstance(index._codes, faiss.IndexBinaryIVF):
            index._codes.nprobe = PROBES
            index._relist_at = round((index._codes.nlist / LISTS_PER_ROOT) ** 2) * GROWTH
        return index


def _inverted(index: Any) -> faiss.IndexBinaryIVF:
    """Return the same codes in lists around evenly taken ones."""
    codes = _all_codes(index)
    lists = int(LISTS_PER_ROOT * len(codes) ** 0.5)
    middle = _FAISS.IndexBinaryFlat(CODE_BITS)
    middle.add(codes[:: len(codes) // lists][:lists].copy())
    inverted = faiss.IndexBinaryIVF(middle, CODE_BITS, lists)
    inverted.own_fields = True
    middle.this.disown()
    inverted.is_trained = True
    inverted.nprobe = PROBES
    inverted.add(codes)
    return inverted


def _all_codes(index: Any) -> NDArray[np.uint8]:
    """Return the codes in the order in which they were added."""
    if isinstance(index, _FAISS.IndexBinaryFlat):
        return np.asarray(faiss.vector_to_array(index.xb).reshape(-1, CODE_BITS // 8))
    index.make_direct_map()
    return np.asarray(index.reconstruct_n(0, index.ntotal))


def _no_hits() -> Hits:
    none = np.zeros(0, np.int64)
    return Hits(
        query=none, view=none, keypoint=none, bits=none.astype(np.int32), place=none.astype(np.uint32)
    )

"""Finds the stored keypoints that look like those of a query, over all views.

Exact for small archives, inverted lists above (`faiss.IndexBinaryIVF`). The lists are formed around codes
taken evenly from the archive itself, so nothing is drawn at random. Views are numbered in the order in
which they are added; what the numbers stand for is the caller's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import faiss
import numpy as np
from numpy.typing import NDArray

from verify.matching.growing import GrowingArray
from verify.records import LocalFeatures

_FAISS: Any = faiss
"""The same module for what its type stubs leave out."""
CODE_BITS: Final = 128
CODE_BYTES: Final = CODE_BITS // 8
NEIGHBOURS: Final = 6
"""Nearest stored codes asked for each keypoint of a query."""
EXACT_UP_TO: Final = 40_000
"""Codes (200 views) up to which every code is compared."""
PROBES: Final = 16
LISTS_PER_ROOT: Final = 3
"""Lists for each square root of the number of codes that they are formed around. Of two million codes, twice
as many lists as 1.5 gives take 29 instead of 37 ms for 500 codes, and 0.908 instead of 0.912 of the nearest
codes within 20 bits are found."""
GROWTH: Final = 4
"""The lists are formed anew when there are so many times more codes than when they were."""
NO_PLACES: Final = np.zeros(0, np.uint32)
NO_VIEWS: Final = np.zeros(1, np.int64)

_FAISS.omp_set_num_threads(1)  # a scan compares in one process for each core; more threads would only wait


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
    """Codes and places of many views, searchable.

    The same views give the same answers however they were added, one by one or all at once.
    """

    def __init__(
        self,
        codes: Any = None,
        places: NDArray[np.uint32] = NO_PLACES,
        starts: NDArray[np.int64] = NO_VIEWS,
    ) -> None:
        """Start empty, or take up the parts of a saved index; parts that are mapped files are only read."""
        self._codes = _FAISS.IndexBinaryFlat(CODE_BITS) if codes is None else codes
        self._places = GrowingArray(places)
        self._starts = GrowingArray(starts)
        if isinstance(self._codes, faiss.IndexBinaryIVF):
            self._codes.nprobe = PROBES

    def __len__(self) -> int:
        """How many views there are."""
        return len(self._starts) - 1

    @property
    def codes(self) -> Any:
        """The codes as faiss keeps them, to be saved."""
        return self._codes

    @property
    def places(self) -> NDArray[np.uint32]:
        """The packed place of every keypoint, in the order of their views."""
        return self._places.rows

    @property
    def starts(self) -> NDArray[np.int64]:
        """The number of the first keypoint of every view, and at the end how many keypoints there are."""
        return self._starts.rows

    def add(self, views: Sequence[LocalFeatures]) -> None:
        """Append views; they get the next numbers."""
        self.append([(view.codes, view.places) for view in views])

    def append(self, views: Sequence[tuple[bytes, bytes]]) -> None:
        """Append views given as packed codes and places (see `LocalFeatures`)."""
        codes = np.frombuffer(b"".join(codes for codes, _ in views), np.uint8).reshape(-1, CODE_BYTES)
        counts = np.array([len(codes) // CODE_BYTES for codes, _ in views], np.int64)
        self._places.append(np.frombuffer(b"".join(places for _, places in views), "<u4"))
        self._starts.append(self._starts.rows[-1] + np.cumsum(counts))
        if len(codes):
            self._take_in(codes)

    def search(self, codes: NDArray[np.uint8], limit_bits: int) -> Hits:
        """Return the nearest stored keypoints of each code (n x 16) within a distance."""
        if not len(codes) or not self._codes.ntotal:
            return _no_hits()
        bits, numbers = self._codes.search(np.ascontiguousarray(codes), min(NEIGHBOURS, self._codes.ntotal))
        rows, ranks = np.nonzero((bits <= limit_bits) & (numbers >= 0))
        found = numbers[rows, ranks]
        views = np.searchsorted(self.starts, found, side="right") - 1
        return Hits(
            query=rows,
            view=views,
            keypoint=found - self.starts[views],
            bits=bits[rows, ranks],
            place=self.places[found],
        )

    def _take_in(self, codes: NDArray[np.uint8]) -> None:
        """Append codes; form the lists anew when there are so many more that a new round is due.

        The lists depend on how many codes there are alone, never on the batches in which they came.
        """
        before, count = self._codes.ntotal, self._codes.ntotal + len(codes)
        due = _listed_codes(count)
        if due > _listed_codes(before):
            self._codes = _inverted(np.concatenate([_all_codes(self._codes), codes]), due)
        elif isinstance(self._codes, faiss.IndexBinaryIVF):
            self._codes = _writable(self._codes)
            _put_into_lists(self._codes, codes)
        else:
            self._codes.add(codes)


def _listed_codes(count: int) -> int:
    """How many codes the lists are formed around when there are so many codes; 0 for no lists."""
    due = 0
    while count > (due * GROWTH or EXACT_UP_TO):
        due = due * GROWTH or EXACT_UP_TO
    return due


def _inverted(codes: NDArray[np.uint8], due: int) -> Any:
    """Return the codes in lists around some that are taken evenly from the first `due`."""
    lists = int(LISTS_PER_ROOT * due**0.5)
    middle = _FAISS.IndexBinaryFlat(CODE_BITS)
    middle.add(codes[: due // lists * lists : due // lists].copy())
    inverted = _in_lists(middle, lists)
    _put_into_lists(inverted, codes)
    return inverted


def _in_lists(middle: Any, lists: int) -> Any:
    inverted = _FAISS.IndexBinaryIVF(middle, CODE_BITS, lists)
    inverted.own_fields = True
    middle.this.disown()
    inverted.is_trained = True
    inverted.nprobe = PROBES
    return inverted


def _put_into_lists(inverted: Any, codes: NDArray[np.uint8]) -> None:
    """Append codes list by list; faiss's own `add` copies a list again for every code that it gets."""
    chosen = inverted.quantizer.search(np.ascontiguousarray(codes), 1)[1].ravel()
    order = np.argsort(chosen, kind="stable")
    numbers, ordered = order + inverted.ntotal, codes[order]
    lists, starts = np.unique(chosen[order], return_index=True)
    for one, start, end in zip(lists.tolist(), starts, [*starts[1:], len(order)], strict=True):
        inverted.invlists.add_entries(
            one, int(end - start), faiss.swig_ptr(numbers[start:end]), faiss.swig_ptr(ordered[start:end])
        )
    inverted.ntotal += len(codes)


def _writable(inverted: Any) -> Any:
    """Return the index itself, or a copy in memory if its lists are a mapped file."""
    lists = faiss.downcast_InvertedLists(inverted.invlists)
    if not isinstance(lists, faiss.OnDiskInvertedLists):
        return inverted
    copy = _in_lists(_FAISS.clone_binary_index(inverted.quantizer), inverted.nlist)
    for one in range(inverted.nlist):
        copy.invlists.add_entries(one, lists.list_size(one), lists.get_ids(one), lists.get_codes(one))
    copy.ntotal = inverted.ntotal
    return copy


def _all_codes(index: Any) -> NDArray[np.uint8]:
    """Return the codes in the order in which they were added."""
    if isinstance(index, _FAISS.IndexBinaryFlat):
        return np.asarray(faiss.vector_to_array(index.xb).reshape(-1, CODE_BYTES))
    codes = np.empty((index.ntotal, CODE_BYTES), np.uint8)
    lists = faiss.downcast_InvertedLists(index.invlists)
    for one in range(index.nlist):
        count = lists.list_size(one)
        if count:
            numbers = faiss.rev_swig_ptr(lists.get_ids(one), count)
            codes[numbers] = faiss.rev_swig_ptr(lists.get_codes(one), count * CODE_BYTES).reshape(count, -1)
    return codes


def _no_hits() -> Hits:
    none = np.zeros(0, np.int64)
    return Hits(
        query=none, view=none, keypoint=none, bits=none.astype(np.int32), place=none.astype(np.uint32)
    )

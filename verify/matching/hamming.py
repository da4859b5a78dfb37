"""Fingerprints side by side: PDQ in its eight turned and mirrored forms, pHash, distances in bits.

Both hashes are signs of low frequencies against their median. Mirroring changes the sign of every second
frequency, a quarter turn exchanges the two directions, a negative changes all signs; so the other forms
follow from the bits of the query alone, to within a few bits (the median is only nearly zero).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import faiss
import numpy as np
from numpy.typing import NDArray

from verify.records import Fingerprints

_FAISS: Any = faiss
"""The same module for what its type stubs leave out."""
PDQ_SIDE: Final = 16
PDQ_BITS: Final = PDQ_SIDE**2
PHASH_SIDE: Final = 8
Bits = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way to turn a picture: mirrored left to right first, then turned clockwise by quarters."""

    mirrored: bool
    quarters: int


FORMS: Final = tuple(Form(mirrored=m, quarters=q) for m in (False, True) for q in range(4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """A stored fingerprint near the query's."""

    number: int
    form: Form
    """How the stored picture was turned to become the query."""
    negated: bool
    bits: int


class PdqTable:
    """The PDQ hashes of many views, searched exhaustively: a million take 0.1 s."""

    def __init__(self) -> None:
        self._table = _FAISS.IndexBinaryFlat(PDQ_BITS)

    def add(self, codes: bytes) -> None:
        """Append views, 32 bytes each; they get the next numbers."""
        self._table.add(np.frombuffer(codes, np.uint8).reshape(-1, PDQ_BITS // 8))

    def nearest(self, asked: Fingerprints, limit_bits: int, most: int) -> list[Nearest]:
        """Return the nearest views within a distance, nearest first, each in its best form."""
        forms = pdq_forms(asked.pdq.hex)
        codes = np.stack([code for _, _, code in forms])
        ends, distances, numbers = self._table.range_search(codes, limit_bits + 1)
        rows = np.repeat(np.arange(len(forms)), np.diff(ends.astype(np.int64)))
        best: dict[int, Nearest] = {}
        for row, bits, number in zip(rows.tolist(), distances.tolist(), numbers.tolist(), strict=True):
            if number not in best or bits < best[number].bits:
                form, negated, _ = forms[row]
                best[number] = Nearest(number=number, form=form, negated=negated, bits=int(bits))
        return sorted(best.values(), key=lambda n: (n.bits, n.number))[:most]


def pdq_forms(pdq: str) -> list[tuple[Form, bool, Bits]]:
    """Return the hashes that a stored picture has if the query is its turned form or its negative."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(pdq), np.uint8))
    forms = []
    for form in FORMS:
        undone = _undone(bits[::-1].reshape(PDQ_SIDE, PDQ_SIDE), form, first=1).ravel()[::-1]
        for negated in (False, True):
            code = np.packbits(undone ^ negated)
            forms.append((form, negated, code))
    return forms


def phash_distance(asked: str, stored: str, form: Form, *, negated: bool) -> int:
    """Distance in bits between the pHash of a query and that of a stored picture turned into it."""
    one = np.unpackbits(np.frombuffer(bytes.fromhex(asked), np.uint8)).reshape(PHASH_SIDE, PHASH_SIDE)
    other = np.unpackbits(np.frombuffer(bytes.fromhex(stored), np.uint8)).reshape(PHASH_SIDE, PHASH_SIDE)
    differs = _undone(one, form, first=0) ^ other ^ negated
    return int(differs.sum()) if not negated else int(differs.ravel()[1:].sum())


def pdq_distance(asked: Fingerprints, stored: Fingerprints, form: Form, *, negated: bool) -> int:
    """Return the same for PDQ."""
    one = np.unpackbits(np.frombuffer(bytes.fromhex(asked.pdq.hex), np.uint8))[::-1]
    other = np.unpackbits(np.frombuffer(bytes.fromhex(stored.pdq.hex), np.uint8))[::-1]
    undone = _undone(one.reshape(PDQ_SIDE, PDQ_SIDE), form, first=1).ravel()
    return int((undone ^ other ^ negated).sum())


def _undone(signs: Bits, form: Form, *, first: int) -> Bits:
    """Return the signs before the picture was turned; rows are vertical frequencies, from `first` upward."""
    odd = (np.arange(len(signs)) + first) % 2 == 1
    for _ in range(form.quarters):
        signs = signs.T.copy()
        signs[odd] ^= 1
    if form.mirrored:
        signs = signs.copy()
        signs[:, odd] ^= 1
    return signs

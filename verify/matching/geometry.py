"""Geometric proof: one transform that explains how two views agree.

Every pair of alike codes proposes a similarity by itself, from its two positions, scales and angles, and
the other pairs vote on it; so nothing is drawn at random and the same views always give the same answer.
The best proposal is then refined to an affine transform, and to a homography where there is enough to
carry one, each time taking in further pairs that lie where the transform says they must.

Coordinates are in units of each picture's longest side; a transform maps the found picture to the query.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Matrix = NDArray[np.float64]

ALIKE_BITS: Final = 32
"""Codes this near propose a transform: unrelated codes lie 64 +- 9 bits apart, copies mostly below 26."""
GUIDED_BITS: Final = 38
"""Codes this near count where the transform says they must meet."""
TURN_LIMIT: Final = np.radians(32)
OCTAVE_LIMIT: Final = 0.75
"""A pair votes for a proposal if its own angle and scale are within these of it."""
NEAR: Final = 0.015
"""An inlier lies within this of its place: 5 pixels of 320."""
LOOSE: Final = 0.035
LEAN: Final = 0.13
"""A proposal from one pair errs with the distance from it, through coarse angle and scale."""
TRANSFORMS: Final = 4
"""So many transforms between two views are told apart: like app frames agree at two or three."""
ANOTHER_FROM: Final = 7
"""Inliers from which a transform is no chance, and others are looked for beside it."""
NEVER_ALIKE: Final = 255
"""Bits between keypoints that are explained already."""
PROPOSALS: Final = 120
VOTERS: Final = 320
"""At most so many pairs propose, and vote; the nearest in bits go first."""
UNIQUE_BITS: Final = 12
"""By so much farther must the second nearest code be for the nearest to have a full vote."""
COMMON_VOTE: Final = 0.1
"""Vote of a pair whose codes have others just as near."""
FEWEST_INLIERS: Final = 4
FEWEST_VOTES: Final = 5
"""A proposal with fewer is chance: of the pairs of unrelated views three in four have 2 or 3 at best."""
AFFINE_FROM: Final = 6
HOMOGRAPHY_FROM: Final = 14
"""So many inliers carry six or eight free numbers."""
SMALLEST_STRETCH: Final = 0.06
LARGEST_STRETCH: Final = 16.0
STRONGEST_SHEAR: Final = 2.6
"""A transform that squeezes more in one direction than the other explains nothing real."""
CELL: Final = 0.012
"""Inliers closer together than this count once: one strong corner has several keypoints."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """The keypoints of one view."""

    codes: NDArray[np.uint8]
    """n x 16."""
    places: Floats
    """n x 4: x, y, diameter, angle."""

    def mirrored(self, width: float, order: NDArray[np.int64]) -> Side:
        """Return the same keypoints as they would be in the mirrored picture."""
        x, y, scale, angle = self.places.T
        codes = np.packbits(np.unpackbits(self.codes, axis=1)[:, order], axis=1)
        return Side(codes=codes, places=np.stack([width - x, y, scale, np.pi - angle], axis=1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proof:
    """One transform, and the pairs of keypoints that it explains."""

    matrix: Matrix
    """3 x 3, from the found picture to the query."""
    inliers: int
    """Distinct places on both sides."""
    pairs: NDArray[np.int64]
    """k x 2: keypoint of the query, keypoint of the found view."""
    code_bits: float
    """Median distance of the codes of a pair."""


def proofs(query: Side, found: Side) -> Iterator[Proof]:
    """Yield the transform that most pairs agree on, then those that most of the others agree on.

    Two posts in like app frames share letters and buttons at some transforms, and may show one picture at
    yet another.
    """
    if min(len(query.codes), len(found.codes)) < FEWEST_INLIERS:
        return
    bits = distances(query.codes, found.codes)
    for _ in range(TRANSFORMS):
        proof = _prove(query, found, bits)
        if proof is None:
            return
        yield proof
        if proof.inliers < ANOTHER_FROM:
            return
        bits[proof.pairs[:, 0]] = NEVER_ALIKE
        bits[:, proof.pairs[:, 1]] = NEVER_ALIKE


def _prove(query: Side, found: Side, bits: NDArray[np.uint8]) -> Proof | None:
    """Return the transform that most pairs agree on, or None if fewer than four do."""
    pairs, worth = _alike(bits)
    if len(pairs) < FEWEST_INLIERS:
        return None
    chosen = _best_proposal(query.places[pairs[:, 0]], found.places[pairs[:, 1]], worth)
    if chosen.sum() < FEWEST_VOTES:
        return None
    return _refined(pairs[chosen], query.places, found.places, bits)


def distances(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Hamming distances of all pairs of codes, n x m."""
    a = np.ascontiguousarray(one).view(np.uint64)
    b = np.ascontiguousarray(other).view(np.uint64)
    low = np.bitwise_count(a[:, None, 0] ^ b[None, :, 0])
    return np.asarray(low + np.bitwise_count(a[:, None, 1] ^ b[None, :, 1]), np.uint8)


def _alike(bits: NDArray[np.uint8]) -> tuple[NDArray[np.int64], Floats]:
    """Each keypoint with the nearest code of the other side, and its vote; unrivalled ones first.

    Letters and windows occur many times in one picture: the nearest code is one of many (Lowe, IJCV 2004).
    """
    width = bits.shape[1]
    across, down = bits.argmin(axis=1), bits.argmin(axis=0)
    near = np.flatnonzero(bits[np.arange(len(across)), across] <= ALIKE_BITS)
    close = np.flatnonzero(bits[down, np.arange(width)] <= ALIKE_BITS)
    pairs = np.unique(np.concatenate([near * width + across[near], down[close] * width + close]))
    rows, columns = np.divmod(pairs, width)
    apart = bits[rows, columns].astype(np.int64)
    rivals = np.minimum(_second(bits[rows], apart), _second(bits.T[columns], apart))
    order = np.argsort(apart - rivals, kind="stable")[:VOTERS]
    worth = COMMON_VOTE + np.clip(rivals - apart, 0, UNIQUE_BITS)[order] / UNIQUE_BITS
    return np.stack([rows[order], columns[order]], axis=1), worth


def _second(bits: NDArray[np.uint8], apart: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the distance of the nearest code in each row but the one that is `apart`."""
    if not len(bits):
        return apart
    two = np.partition(bits, 1, axis=1)[:, :2].astype(np.int64)
    return np.where(two[:, 0] < apart, two[:, 0], two[:, 1])


def _best_proposal(query: Floats, found: Floats, worth: Floats) -> NDArray[np.bool_]:
    """Which pairs vote for the proposal with the most votes."""
    octaves = np.log2(query[:, 2] / found[:, 2])
    turns = query[:, 3] - found[:, 3]
    upright, sideways = np.cos(turns), np.sin(turns)
    alike = np.abs(_apart(octaves)) < OCTAVE_LIMIT
    same_turn = np.outer(upright[:PROPOSALS], upright) + np.outer(sideways[:PROPOSALS], sideways)
    alike &= same_turn > np.cos(TURN_LIMIT)
    factor = 2**octaves * (upright + 1j * sideways)
    place_q = query[:, 0] + 1j * query[:, 1]
    place_f = found[:, 0] + 1j * found[:, 1]
    away = factor[:PROPOSALS, None] * _apart(place_f)
    votes = alike & (_length(away - _apart(place_q)) < NEAR + LEAN * _length(away))
    return np.asarray(votes[(votes @ worth).argmax()])


def _apart(values: NDArray[Any]) -> NDArray[Any]:
    """Return by how much each value differs from each of the proposals', proposals x values."""
    return np.asarray(values[None] - values[:PROPOSALS, None])


def _length(values: NDArray[np.complex128]) -> Floats:
    """Return what `np.abs` does, at a third of its cost: nothing here can overflow."""
    return np.asarray(np.sqrt(values.real**2 + values.imag**2))


def _refined(pairs: NDArray[np.int64], query: Floats, found: Floats, bits: NDArray[np.uint8]) -> Proof | None:
    possible = np.argwhere(bits <= GUIDED_BITS)
    apart = bits[possible[:, 0], possible[:, 1]]
    possible = possible[np.argsort(apart, kind="stable")]
    for near in (LOOSE, LOOSE, NEAR, NEAR, NEAR):
        matrix = _fitted(found[pairs[:, 1], :2], query[pairs[:, 0], :2])
        if matrix is None or not plausible(matrix, found[pairs[:, 1], :2].mean(axis=0)):
            return None
        before, pairs = pairs, _guided(matrix, query, found, possible, near)
        if len(pairs) < FEWEST_INLIERS:
            return None
        if near == NEAR and np.array_equal(pairs, before):
            break  # another round would give the same
    inliers = _distinct(found[pairs[:, 1], :2], query[pairs[:, 0], :2])
    if matrix is None or inliers < FEWEST_INLIERS:
        return None
    code_bits = float(np.median(bits[pairs[:, 0], pairs[:, 1]]))
    return Proof(matrix=matrix, inliers=inliers, pairs=pairs, code_bits=code_bits)


def _fitted(source: Floats, target: Floats) -> Matrix | None:
    """Least squares with as much freedom as the number of distinct places carries."""
    count = _distinct(source, target)
    if count >= HOMOGRAPHY_FROM:
        matrix, _ = cv2.findHomography(source, target, 0)
        return None if matrix is None else np.asarray(matrix, np.float64)
    if count >= AFFINE_FROM:
        design = np.hstack([source, np.ones((len(source), 1))])
        rows = np.linalg.lstsq(design, target, rcond=None)[0].T
        return np.vstack([rows, [0, 0, 1]])
    return _similarity(source, target)


def _similarity(source: Floats, target: Floats) -> Matrix | None:
    from_, to = source[:, 0] + 1j * source[:, 1], target[:, 0] + 1j * target[:, 1]
    centred = from_ - from_.mean()
    spread = (np.abs(centred) ** 2).sum()
    if spread == 0:
        return None
    factor = (np.conj(centred) * (to - to.mean())).sum() / spread
    shift = to.mean() - factor * from_.mean()
    return np.array(
        [[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag], [0, 0, 1]]
    )


def plausible_throughout(matrix: Matrix, points: Floats) -> bool:
    """Say whether a transform, mirrored or not, is plausible at each of some points, n x 2.

    Keypoints along one line, a kerb or a horizon, leave open what happens beside it.
    """
    mirrored = np.linalg.det(jacobian(matrix, points[0])) < 0
    upright = np.diag([-1.0, 1, 1]) @ matrix if mirrored else matrix
    return all(plausible(upright, at) for at in points)


def plausible(matrix: Matrix, at: Floats) -> bool:
    """Refuse transforms that turn the picture over, squeeze it to a line, or blow it up."""
    linear = jacobian(matrix, at)
    stretches = np.linalg.svd(linear, compute_uv=False)
    if np.linalg.det(linear) <= 0 or stretches[1] <= 0:
        return False
    inside = stretches[1] > SMALLEST_STRETCH and stretches[0] < LARGEST_STRETCH
    return bool(inside and stretches[0] / stretches[1] < STRONGEST_SHEAR)


def jacobian(matrix: Matrix, at: Floats) -> Matrix:
    """Return the linear part of a homography at a point."""
    u, v, w = matrix @ np.array([at[0], at[1], 1.0])
    top = matrix[:2, :2] * w - np.outer([u, v], matrix[2, :2])
    return np.asarray(top / w**2)


def mapped(matrix: Matrix, points: Floats) -> Floats:
    """Points under a homography, n x 2."""
    moved = np.hstack([points, np.ones((len(points), 1))]) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def _guided(
    matrix: Matrix, query: Floats, found: Floats, possible: NDArray[np.int64], near: float
) -> NDArray[np.int64]:
    """Return the possible pairs that meet under the transform, nearest codes first, each keypoint once."""
    rows, columns = possible.T
    linear = jacobian(matrix, found[columns, :2].mean(axis=0))
    spread = np.linalg.det(linear)
    if spread <= 0:
        return possible[:0]
    growth = np.sqrt(spread)
    missed = np.hypot(*(mapped(matrix, found[:, :2])[columns] - query[rows, :2]).T)
    turn = np.arctan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1])
    turned = np.cos(query[rows, 3] - found[columns, 3] - turn) > np.cos(TURN_LIMIT)
    grown = np.abs(np.log2(query[rows, 2] / found[columns, 2] / growth)) < OCTAVE_LIMIT
    meets = possible[(missed < near * min(max(growth, 0.25), 2.0)) & turned & grown]
    meets = meets[np.unique(meets[:, 1], return_index=True)[1]]
    return np.asarray(meets[np.unique(meets[:, 0], return_index=True)[1]])


def _distinct(*sides: Floats) -> int:
    """How many places there are, on the side that has fewer."""
    cells = (np.floor(points / CELL).astype(np.int64) @ np.array([1, 1 << 20]) for points in sides)
    return min(len(np.unique(side)) for side in cells)

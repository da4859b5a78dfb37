"""Two views side by side: how they lie on each other, and how much of them agrees.

The transform comes from keypoints, or from fingerprints when these say that the whole picture is the same,
plain, turned or mirrored: a blurred picture has no keypoints left. Either way the pictures themselves
are laid over each other and have the last word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from verify.fingerprints import local_features
from verify.matching.agreement import Agreement, agreement, corners, extent, on_pictures
from verify.matching.candidates import Variant, variants
from verify.matching.common_transform import evened, fitted, reduced
from verify.matching.geometry import (
    Floats,
    Matrix,
    Proof,
    Side,
    jacobian,
    mapped,
    plausible_throughout,
    proofs,
)
from verify.matching.hamming import Form, pdq_distance, phash_distance
from verify.matching.repeats import repeated
from verify.records import LocalFeatures, View

NO_PAIRS: Final = np.zeros((0, 2), np.int64)
MOSTLY: Final = 0.5
"""Share of what two views overlap from which they agree for the most part."""
NEARLY_WHOLE: Final = 0.7
"""Share of both pictures that a pair from a moving camera shows when a second lies between its views."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AskedView:
    """One view of a query, prepared once for all comparisons."""

    view: View
    features: LocalFeatures
    variants: tuple[Variant, ...]
    """Plain, mirrored; then both as a negative."""
    picture: NDArray[np.uint8]
    size: Floats
    """Width and height in units of the longest side."""
    repeated: NDArray[np.bool_]
    """Which keypoints of each variant have others like them elsewhere in the view."""
    overlay: NDArray[np.bool_] | None = None
    """Places of the query that many unrelated items share; they neither vote nor count."""

    @classmethod
    def of(cls, view: View, overlay: NDArray[np.bool_] | None = None) -> AskedView:
        """Prepare a view that has features, of whatever detail."""
        features = features_of(view)
        size = size_of(features)
        side = side_of(features)
        if overlay is not None:
            side = _outside(side, overlay, size)
        return cls(
            view=view,
            features=features,
            variants=variants(side, size[0]) + variants(side, size[0], negated=True),
            picture=local_features.picture_of(features),
            size=size,
            repeated=repeated(side),
            overlay=overlay,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ViewPair:
    """A view of the query over a view of a found item."""

    matrix: Matrix
    """From the found view to the query's, both in units of their longest side."""
    mirrored: bool
    negated: bool
    agreement: Agreement
    inliers: int | None
    """None if the transform comes from fingerprints."""
    keypoints: NDArray[np.int64] = field(repr=False)
    """Pairs of keypoints behind the transform: query, found."""
    code_bits: float
    """Median distance of their codes."""
    pdq_bits: int
    phash_bits: int


def features_of(view: View) -> LocalFeatures:
    """Return the features of a view; raises ValueError if it was made without them."""
    if view.features is None:
        raise ValueError("a view without local features cannot be laid over another")
    return view.features


def size_of(features: LocalFeatures) -> Floats:
    """Width and height in units of the longest side."""
    return np.array([features.width, features.height], np.float64) / max(features.width, features.height)


def side_of(features: LocalFeatures) -> Side:
    """Return the keypoints as geometry wants them."""
    return Side(codes=local_features.codes_of(features), places=local_features.places_of(features))


def variants_asked(asked: AskedView, *, negated: bool) -> Sequence[Variant]:
    """Plain and mirrored, of the picture or of its negative."""
    return asked.variants[2:] if negated else asked.variants[:2]


def by_keypoints(asked: AskedView, found: View, variant: Variant) -> Iterator[ViewPair]:
    """Lay the found view over the query by keypoints; in other ways too while most is unlike."""
    for proof in proofs(variant.side, side_of(features_of(found))):
        pair = _pair(
            asked,
            found,
            _mirror(asked.size[0]) @ proof.matrix if variant.mirrored else proof.matrix,
            mirrored=variant.mirrored,
            negated=variant.negated,
            proof=proof,
        )
        if plausible_throughout(pair.matrix, region_corners(pair, found)):
            yield pair
        if pair.agreement.overlap_share > MOSTLY:
            return


def by_fingerprint(asked: AskedView, found: View, form: Form, *, negated: bool) -> ViewPair:
    """Lay the whole found view over the whole query, turned as the fingerprints say."""
    matrix = whole_picture(size_of(features_of(found)), asked.size, form)
    return _pair(asked, found, matrix, mirrored=form.mirrored, negated=negated)


def settled(pair: ViewPair, asked: AskedView, found: View) -> ViewPair:
    """Return the pair with its transform fitted to the pictures themselves, if more of them agrees so.

    A few keypoints close together place a picture well where they are and badly at its far end.
    """
    stored, sign = local_features.picture_of(features_of(found)), -1 if pair.negated else 1
    start = between_pictures(pair.matrix, asked, found)
    shown = reduced(asked.picture[None].astype(np.float32), stored.shape, start)
    fit = fitted(shown, evened(stored[None].astype(np.float32)), start, sign=sign)
    seen = agreement(asked.picture, stored, fit, sign=sign, overlay=asked.overlay)
    better = replace(pair, matrix=_between_views(fit, asked, found), agreement=seen)
    more = seen.places > pair.agreement.places
    return better if more and plausible_throughout(better.matrix, region_corners(better, found)) else pair


def between_pictures(matrix: Matrix, asked: AskedView, found: View) -> Matrix:
    """Return a transform between two views as one between their small pictures (`on_pictures`)."""
    shape = local_features.picture_of(features_of(found)).shape
    return between_frames(matrix, asked, found, (asked.picture.shape, shape))


def between_frames(
    matrix: Matrix, asked: AskedView, found: View, shapes: tuple[tuple[int, ...], tuple[int, ...]]
) -> Matrix:
    """Return the same for other frames of both sides, given the shapes of their small pictures."""
    return on_pictures(matrix, (asked.size, shapes[0]), (size_of(features_of(found)), shapes[1]))


def _between_views(matrix: Matrix, asked: AskedView, found: View) -> Matrix:
    """Undo `between_pictures`."""
    stored = features_of(found)
    to_query = np.diag([*(asked.size / extent(asked.picture.shape)), 1.0])
    from_found = np.diag([*(extent(local_features.picture_of(stored).shape) / size_of(stored)), 1.0])
    return np.asarray(to_query @ matrix @ from_found)


def whole_picture(found: Floats, query: Floats, form: Form) -> Matrix:
    """Return the transform that turns a whole picture and fits it into another."""
    unit = np.diag([1 / found[0], 1 / found[1], 1.0])
    if form.mirrored:
        unit = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]]) @ unit
    for _ in range(form.quarters):
        unit = np.array([[0.0, -1, 1], [1, 0, 0], [0, 0, 1]]) @ unit
    return np.asarray(np.diag([query[0], query[1], 1.0]) @ unit)


def rotation_and_scale(pair: ViewPair, asked: AskedView, found: View) -> tuple[float, float]:
    """Degrees clockwise after mirroring, and pixels of the query for each pixel of the found picture."""
    left, top, right, bottom = pair.agreement.region
    middle = np.array([left + right, top + bottom]) / 2 * size_of(features_of(found))
    linear = jacobian(pair.matrix, middle)
    if pair.mirrored:
        linear = linear @ np.diag([-1.0, 1.0])
    turn = np.degrees(np.arctan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1]))
    stored = features_of(found)
    pixels = max(asked.features.width, asked.features.height) / max(stored.width, stored.height)
    return float(turn), float(np.sqrt(abs(np.linalg.det(linear))) * pixels)


def query_corners(pair: ViewPair, asked: AskedView, found: View) -> Floats:
    """Where the corners of the region lie in the query, as fractions of it."""
    return mapped(pair.matrix, region_corners(pair, found)) / asked.size


def region_corners(pair: ViewPair, found: View) -> Floats:
    """Where they lie in the found view, in units of its longest side."""
    return corners(pair.agreement.region) * size_of(features_of(found))


def _outside(side: Side, overlay: NDArray[np.bool_], size: Floats) -> Side:
    """Return the keypoints that do not lie on the overlay."""
    rows, columns = overlay.shape
    at = np.minimum(side.places[:, :2] / size * [columns, rows], [columns - 1, rows - 1]).astype(np.int64)
    bare = ~overlay[at[:, 1], at[:, 0]]
    return Side(codes=side.codes[bare], places=side.places[bare])


def whole_over_whole(pair: ViewPair, asked: AskedView, found: View) -> Matrix | None:
    """Return the transform that lays whole over whole, if the pair's own is nearly that."""
    if min(pair.agreement.query_area, pair.agreement.found_area) < NEARLY_WHOLE:
        return None
    form = _nearest_form(pair.matrix, asked.size, mirrored=pair.mirrored)
    return whole_picture(size_of(features_of(found)), asked.size, form)


def _mirror(width: float) -> Matrix:
    return np.array([[-1.0, 0, width], [0, 1, 0], [0, 0, 1]])


def _pair(
    asked: AskedView,
    found: View,
    matrix: Matrix,
    *,
    mirrored: bool,
    negated: bool,
    proof: Proof | None = None,
) -> ViewPair:
    picture = local_features.picture_of(features_of(found))
    form = _nearest_form(matrix, asked.size, mirrored=mirrored)
    return ViewPair(
        matrix=matrix,
        mirrored=mirrored,
        negated=negated,
        agreement=agreement(
            asked.picture,
            picture,
            between_pictures(matrix, asked, found),
            sign=-1 if negated else 1,
            overlay=asked.overlay,
        ),
        inliers=None if proof is None else proof.inliers,
        keypoints=NO_PAIRS if proof is None else proof.pairs,
        code_bits=0.0 if proof is None else proof.code_bits,
        pdq_bits=pdq_distance(asked.view.fingerprints, found.fingerprints, form, negated=negated),
        phash_bits=phash_distance(
            asked.view.fingerprints.phash, found.fingerprints.phash, form, negated=negated
        ),
    )


def _nearest_form(matrix: Matrix, size: Floats, *, mirrored: bool) -> Form:
    linear = jacobian(matrix, size / 2)
    if mirrored:
        linear = linear @ np.diag([-1.0, 1.0])
    turn = np.arctan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1])
    return Form(mirrored=mirrored, quarters=round(turn / (np.pi / 2)) % 4)

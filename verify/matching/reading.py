"""Whether two plain stills say the same: tables, forms, cards and charts of one design differ in little.

At the size at which pictures are stored nobody can read them. So both files, where they are at hand, are
looked at as closely as a query and laid over each other anew. Where what agrees agrees sharply, places that
show something else on either side are other words; but for what may have been stuck on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from verify.fingerprints.local_features import picture_of
from verify.matching.agreement import AGREES, TEXTURE, correlated, laid_over, variety
from verify.matching.common_transform import evened, fitted, reduced
from verify.matching.geometry import Floats, Matrix
from verify.matching.pairs import AskedView, between_pictures, by_keypoints, features_of, variants_asked
from verify.matching.rectangles import best_rectangle
from verify.records import View

Region = tuple[float, float, float, float]
FEW_GREYS: Final = 0.65
"""Variety of grey values below which a closer look is worth its decoding: of 400 copies of pages 98 % had
0.63 or less, and 18 of 281 photos."""
SMOOTH_STEP: Final = 4
SMOOTH: Final = 0.4
"""Share of the places of a stored picture that differ by no more grey levels from those right of and below
them: cards on a ground that shades from one colour into another have 0.43 and more, 85 % of photos less."""
COMMONEST: Final = 3
PAPER: Final = 0.6
"""Share of a page's closer view that has one of its commonest grey values: paper and ink are drawn flat.
Pages had 0.70 and more, columns of a newspaper 0.37; photos 0.54 at most, but for a watch cut out."""
DRAWN: Final = 0.4
DRAWN_EXACTLY: Final = 0.9
"""Share of a closer view that is without texture, and of what has at most twice that, which is: a ground that
shades evenly is drawn, too. Cards had 0.42 and 0.95; 16 of 282 photos are such."""
SHARP: Final = 0.93
SHARPEST: Final = 85
"""Correlation that must be reached at this percentile of the places that agree, of which some do by chance: a
blurred or noisy copy cannot be read."""
LEGIBLE: Final = 6.0
"""Grey levels of local deviation that both sides must have for a place to contradict the other one."""
OTHERWISE: Final = 0.02
"""Share of the legible places, beside what may have been stuck on, from which something else is said
(docs/matching.md)."""
OTHERWISE_SHADED: Final = 0.15
"""Share that must contradict on a shaded ground, which may be a photo, with what was stuck on: cards reach
0.16 and more, of 147 edits of such photos two of a grid of nine (docs/matching.md)."""
SURE_INLIERS: Final = 45
"""Keypoints from which what may have a shaded ground is believed unread: of 161 wrong claims between such
cards none had more than 41, and a closer look costs as much as a question."""
THE_SAME: Final = 0.005
MUCH: Final = 1000
"""Share of the legible places up to which the same is said, and how many there must be. Of the weak leads
among pages 32 of 69 right ones are such, and none of 89 wrong ones."""
STUCK_ON: Final = 2
"""Rectangles of other things, a sticker or a box, that a copy may have been given."""
SAME_GREY: Final = 8
"""Grey levels by which the same ground may differ in two copies, brightness and contrast evened out."""
GROUND_SEEN: Final = 0.4
"""Share of such a rectangle in which the page's own ground is seen, from which nothing was stuck on: other
words leave it, a box or a sticker hides it (docs/matching.md)."""
BLOCK: Final = 4
"""Places along each side of the blocks of which these rectangles are made."""
EMPTY: Final = 0.8
"""What a block in which nothing contradicts takes from a rectangle, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closer:
    """Where closer views of stills come from: None if a file is not at hand."""

    asked: Callable[[], View | None]
    found: Callable[[str], View | None]
    """By the key of the item."""


def may_be_page(view: View) -> bool:
    """Say whether a stored view may be that of a page, a card or a chart."""
    picture = picture_of(features_of(view))
    if variety(picture.ravel()) < FEW_GREYS:
        return True
    grey = picture.astype(np.int64)
    steps = np.abs(np.diff(grey, axis=0))[:, :-1], np.abs(np.diff(grey, axis=1))[:-1]
    return bool((np.maximum(*steps) <= SMOOTH_STEP).mean() >= SMOOTH)


def _is_paper(view: View) -> bool:
    """Say whether a closer view is drawn on one colour: photos of plain things have few greys too."""
    picture = picture_of(features_of(view))
    commonest = np.sort(np.bincount(picture.ravel(), minlength=256))[-COMMONEST:]
    return bool(commonest.sum() >= PAPER * picture.size)


def _is_shaded(view: View) -> bool:
    """Say whether a closer view may be drawn on a ground that shades evenly: some skies do as well."""
    grey = picture_of(features_of(view)).astype(np.float32)
    _, spread, _ = correlated(grey, grey, np.ones(grey.shape, np.bool_), 1)
    flat, nearly = (float((spread < most**2).mean()) for most in (TEXTURE, 2 * TEXTURE))
    return flat >= max(DRAWN, DRAWN_EXACTLY * nearly)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading two pages side by side."""

    legible: int
    """Places, of 16,384 at most, that have texture on both sides."""
    contradicted: float
    """Share of these that show something else on either side."""
    beside: float
    """The same without what may have been stuck on."""
    on_paper: bool
    """Whether it is a page for certain."""

    @property
    def otherwise(self) -> bool:
        """Whether something else is written or drawn in the one than in the other."""
        return self.beside > OTHERWISE and (self.on_paper or self.contradicted > OTHERWISE_SHADED)

    @property
    def same(self) -> bool:
        """Whether the same is, and much of it."""
        return self.on_paper and self.legible >= MUCH and self.contradicted <= THE_SAME


def read_together(
    closer: Closer,
    key: str,
    *,
    region: Region,
    mirrored: bool,
    negated: bool,
    sure: bool,
    known: Matrix | None = None,
) -> Reading | None:
    """Compare a still with a found one; None if they are not at hand, cannot be read, or are no pages.

    `region` is the part of the found one that agrees: left, top, right, bottom as fractions of it. What is
    `sure` by PDQ or by keypoints is only read on paper, as what has a shaded ground may be a photo. `known`
    is a transform that may be right; lines of words lie on the wrong ones too, under which more contradicts.
    """
    asked, found = closer.asked(), closer.found(key)
    if asked is None or found is None:
        return None
    on_paper = _is_paper(found)
    if not on_paper and (sure or not _is_shaded(found)):
        return None
    view, sign = AskedView.of(asked), -1 if negated else 1
    variant = variants_asked(view, negated=negated)[mirrored]
    matrices = [pair.matrix for pair in by_keypoints(view, found, variant)]
    matrices += [] if known is None else [known]
    readings = (_compared(view, found, matrix, region, sign=sign, on_paper=on_paper) for matrix in matrices)
    return min((one for one in readings if one), key=lambda one: (one.contradicted, one.beside), default=None)


def _compared(
    asked: AskedView, found: View, matrix: Matrix, region: Region, *, sign: int, on_paper: bool
) -> Reading | None:
    picture = picture_of(features_of(found))
    start = between_pictures(matrix, asked, found)
    shown = reduced(asked.picture[None].astype(np.float32), picture.shape, start)
    fit = fitted(shown, evened(picture[None].astype(np.float32)), start, sign=sign)
    laid, inside = laid_over(asked.picture, picture.shape, fit)
    inside &= _within(region, picture.shape)
    alike, one, other = correlated(laid, picture.astype(np.float32), inside, sign)
    legible = inside & (np.minimum(one, other) > LEGIBLE**2)
    contradicts, count = legible & (alike < AGREES), int(legible.sum())
    agreeing = alike[legible & ~contradicts]
    if not agreeing.size or np.percentile(agreeing, SHARPEST) < SHARP:
        return None
    return Reading(
        legible=count,
        contradicted=float(contradicts.sum() / max(count, 1)),
        beside=_beside_what_was_stuck_on(
            contradicts, legible, _same_greys(laid, picture, inside & ~contradicts), inside
        ),
        on_paper=on_paper,
    )


def _same_greys(
    laid: NDArray[np.float32], picture: NDArray[np.uint8], agreeing: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return where both show the same grey, by the brightness and contrast of what agrees."""
    found, shown = picture[agreeing].astype(np.float64), laid[agreeing].astype(np.float64)
    if not shown.size or np.ptp(shown) == 0:
        return np.zeros(picture.shape, np.bool_)
    contrast, brightness = np.polyfit(shown, found, 1)
    return np.asarray(np.abs(contrast * laid + brightness - picture) <= SAME_GREY)


def _within(region: Region, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    rows, columns = shape
    left, top, right, bottom = region
    within = np.zeros(shape, np.bool_)
    within[round(top * rows) : round(bottom * rows), round(left * columns) : round(right * columns)] = True
    return within


def _beside_what_was_stuck_on(
    contradicts: NDArray[np.bool_],
    legible: NDArray[np.bool_],
    ground: NDArray[np.bool_],
    inside: NDArray[np.bool_],
) -> float:
    """Return the share of the legible places that contradict, without the rectangles where most do."""
    bad, seen = _in_blocks(contradicts), _in_blocks(legible)
    same, compared = _in_blocks(ground & inside), _in_blocks(inside)
    for _ in range(STUCK_ON):
        weights = 1.5 * bad - np.maximum(0.5 * seen, EMPTY * (bad == 0))
        top, bottom, left, right = best_rectangle(weights)
        if same[top:bottom, left:right].sum() >= GROUND_SEEN * compared[top:bottom, left:right].sum():
            break
        bad[top:bottom, left:right] = seen[top:bottom, left:right] = 0
    return float(bad.sum() / max(seen.sum(), 1))


def _in_blocks(places: NDArray[np.bool_]) -> Floats:
    """Count places in blocks."""
    rows, columns = (length // BLOCK for length in places.shape)
    cut = places[: rows * BLOCK, : columns * BLOCK]
    return np.asarray(cut.reshape(rows, BLOCK, columns, BLOCK).sum(axis=(1, 3)), np.float64)

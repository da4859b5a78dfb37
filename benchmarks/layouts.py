"""Where a picture is put: cut, tiled, laid on another, sent through an encoder.

The steps that several edits share, and the shape that every edit has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

import paint
from paint import Rng
from placed import Placed, Rgb

Strangers = Sequence[Rgb]
"""Other pictures, for collages and backgrounds."""
Edit = Callable[[Placed, Rng, Strangers], Placed]
Overlay = Callable[[Placed], Placed]
Framing = Callable[[Placed], Placed]
"""How a picture gets the frame that an overlay is laid on."""

STRANGERS_NEEDED = 8
"""A grid of three by three shows eight other pictures."""
BLUR_REDUCTION = 8
"""A background blurred beyond recognition is blurred small and enlarged: the same look, much faster."""


def named(*functions: Edit) -> dict[str, Edit]:
    """By their own names."""
    return {function.__name__.strip("_"): function for function in functions}


def on_blurred_self(p: Placed, width: int, height: int) -> Placed:
    """In the middle of its own blurred enlargement, as vertical video apps do."""
    cover = max(width / p.width, height / p.height) / BLUR_REDUCTION
    small = Placed.of(p.rgb).scaled(cover * 1.02)
    left, top = (
        (1 - width / BLUR_REDUCTION / small.width) / 2,
        (1 - height / BLUR_REDUCTION / small.height) / 2,
    )
    cut = small.cropped(left, top, 1 - 2 * left, 1 - 2 * top)
    background = cut.painted(paint.blurred(cut.rgb, 0.02)).resized(width, height).rgb
    return centred(p, background)


def covering(p: Placed, width: int, height: int) -> Placed:
    """Scaled and cut so that it fills a window, as apps show pictures."""
    wanted, has = width / height, p.width / p.height
    keep_x, keep_y = min(1.0, wanted / has), min(1.0, has / wanted)
    return p.cropped((1 - keep_x) / 2, (1 - keep_y) / 2, keep_x, keep_y).resized(width, height)


def centred(p: Placed, canvas: Rgb) -> Placed:
    height, width = canvas.shape[:2]
    small = p.fitted(width, height)
    return small.onto(canvas, (width - small.width) / 2, (height - small.height) / 2)


def sent(p: Placed) -> Placed:
    """Nothing is posted without an encoder having its say."""
    return p.painted(paint.recompressed(p.rgb, quality=75))


def part(p: Placed, area: float, rng: Rng) -> Placed:
    """A rectangle of this share of the area, its proportions and place drawn."""
    skew = rng.uniform(0.85, 1.18)
    width, height = min(1.0, area**0.5 * skew), min(1.0, area**0.5 / skew)
    return p.cropped(rng.uniform(0, 1 - width), rng.uniform(0, 1 - height), width, height)


def inset(p: Placed, rng: Rng, strangers: Strangers, share: float) -> Placed:
    """On another picture, `share` of its width, fully inside."""
    ground = Placed.of(strangers[0]).fitted(1280, 960)
    small = p.fitted(ground.width * share, ground.height * 0.9)
    return small.onto(
        ground.rgb, rng.uniform(0, ground.width - small.width), rng.uniform(0, ground.height - small.height)
    )


def grid(p: Placed, rng: Rng, strangers: Strangers, shape: tuple[int, int], tile: tuple[int, int]) -> Placed:
    """Rows x columns of tiles, each picture cut to the tile's proportions, ours in a drawn one."""
    rows, columns = shape
    mine = int(rng.integers(rows * columns))
    canvas = np.zeros((rows * tile[1], columns * tile[0], 3), np.uint8)
    others = iter(strangers)
    for place in range(rows * columns):
        if place != mine:
            canvas = _tile(Placed.of(next(others)), canvas, place, columns, tile).rgb
    return _tile(p, canvas, mine, columns, tile)


def _tile(p: Placed, canvas: Rgb, place: int, columns: int, tile: tuple[int, int]) -> Placed:
    wanted, has = tile[0] / tile[1], p.width / p.height
    width, height = min(1.0, wanted / has), min(1.0, has / wanted)
    cut = p.cropped((1 - width) / 2, (1 - height) / 2, width, height).resized(*tile)
    return cut.onto(canvas, place % columns * tile[0], place // columns * tile[1])

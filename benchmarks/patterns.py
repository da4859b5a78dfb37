"""Different pictures that look alike to local features: markings of one animal kind, one wallpaper."""

from __future__ import annotations

import cv2
import numpy as np

import paint
from paint import Rng
from placed import Placed, Rgb

SIZE = (720, 960)
"""Height and width."""


def markings(rng: Rng) -> Rgb:
    """A face or wing of stripes and spots, symmetric as animals are; every animal its own.

    Band-passed noise, thresholded: the look of what reaction and diffusion leave on a skin.
    """
    height, width = SIZE
    grain = rng.normal(0, 1, (height, width // 2)).astype(np.float32)
    long, short = rng.uniform(14, 18), rng.uniform(7, 9)
    ridged = cv2.GaussianBlur(grain, (0, 0), short, sigmaY=long) - cv2.GaussianBlur(grain, (0, 0), 2 * short)
    side = 1 / (1 + np.exp(-ridged / ridged.std() * 6))
    whole = np.concatenate([side, side[:, ::-1]], axis=1)[..., None]
    skin = np.array([225, 140, 50]) * (1 - whole) + np.array([25, 18, 15]) * whole
    return paint.noisy(paint.vignetted(paint.clipped(skin), 0.6), 5, rng)


def wallpaper(seed: int) -> Rgb:
    """One printed tile of flowers and lattice, repeated; the same seed prints the same paper."""
    rng = np.random.default_rng(seed)
    tile = np.full((120, 120, 3), rng.integers(150, 240, 3), np.uint8)
    for _ in range(9):
        x, y, radius = (int(v) for v in rng.integers((15, 15, 5), (105, 105, 16)))
        colour = tuple(int(c) for c in rng.integers(20, 230, 3))
        cv2.ellipse(
            tile,
            (x, y),
            (radius, radius // 2 + 2),
            float(rng.uniform(0, 180)),
            0,
            360,
            colour,
            -1,
            cv2.LINE_AA,
        )
    return np.tile(tile, (10, 14, 1))


def in_front_of(paper: Rgb, rgb: Rgb, rng: Rng) -> Rgb:
    """A picture over a third of the paper or so, which hangs a little differently each time."""
    height, width = SIZE
    left, top = rng.integers(0, 240, 2)
    wall = np.ascontiguousarray(paper[top : top + height, left : left + width])
    small = Placed.of(rgb).fitted(width * 0.65, height * 0.65)
    x, y = rng.uniform(0, 1, 2)
    shown = small.onto(wall, x * (width - small.width), y * (height - small.height))
    return paint.recompressed(paint.toned(shown.rgb, rng.uniform(0.85, 1.1), 0), quality=80)

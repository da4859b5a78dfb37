"""Different pictures that look alike to local features: animal markings, one wallpaper, one room."""

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


def before_camera(room: Rgb, clothes: Rgb, rng: Rng) -> Rgb:
    """Somebody before a camera that stands in a room, or nearly stands, hiding a quarter to a half of it.

    Head and shoulders are of an outline as people have it and show a piece of another picture.
    """
    height, width = SIZE
    shaken = tuple(rng.uniform(-6, 6, 2))
    wall = cv2.warpAffine(
        filling(room),
        np.array([[1, 0, shaken[0]], [0, 1, shaken[1]]]),
        (width, height),
        borderMode=cv2.BORDER_REFLECT,
    )
    person = np.zeros((height, width), np.uint8)
    middle = int(width * rng.uniform(0.3, 0.7))
    wide, high = int(width * rng.uniform(0.22, 0.38)), int(height * rng.uniform(0.4, 0.6))
    head = (int(width * rng.uniform(0.09, 0.14)), int(height * rng.uniform(0.16, 0.24)))
    cv2.ellipse(person, (middle, height), (wide, high), 0, 0, 360, 255, -1)
    cv2.ellipse(person, (middle, height - high - head[1] // 2), head, 0, 0, 360, 255, -1)
    soft = cv2.GaussianBlur(person, (0, 0), 1.5)[..., None] / 255
    shown = paint.clipped(wall * (1 - soft) + filling(clothes) * soft)
    return paint.recompressed(paint.toned(shown, rng.uniform(0.9, 1.1), 0), quality=80)


def filling(rgb: Rgb) -> Rgb:
    """The middle of a picture, as large as a frame of `SIZE`."""
    height, width = SIZE
    share = max(height / rgb.shape[0], width / rgb.shape[1])
    larger = cv2.resize(rgb, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    top, left = (larger.shape[0] - height) // 2, (larger.shape[1] - width) // 2
    return np.ascontiguousarray(larger[top : top + height, left : left + width])

"""Edits that take a good part of the picture away, here and there, and leave the rest as it was."""

from __future__ import annotations

import cv2
import numpy as np

import paint
from layouts import Strangers, named, sent
from paint import Rng
from placed import Placed, Rgb


def _covered_box(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    """What must not be seen is under a plain box."""
    rgb, share = p.rgb.copy(), rng.uniform(0.15, 0.3)
    width, height = (round(side * share**0.5) for side in (p.width, p.height))
    x, y = rng.uniform(0, 1, 2) * (p.width - width, p.height - height)
    rgb[int(y) : int(y) + height, int(x) : int(x) + width] = rng.choice([0, 255])
    return sent(p.painted(rgb))


def _words_over(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    """Large letters over all of it, the picture darkened under them."""
    rgb = paint.toned(p.rgb, rng.uniform(0.5, 0.8), 0)
    for line in range(5):
        place = p.width * 0.04, p.height * (0.06 + 0.18 * line)
        rgb = paint.written(rgb, paint.sentence(rng, 4), place, p.height * 0.12, (255, 255, 255), 1.0)
    return sent(p.painted(rgb))


def _emojis_over(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    """Faces, hearts and arrows all over it."""
    count = int(rng.integers(8, 15))
    return sent(p.painted(paint.stickered(p.rgb, rng, count, sizes=(0.1, 0.2))))


def _torn(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    """A third to a half of a print torn off along a crooked line; paper in its place."""
    rows, columns = np.mgrid[0 : p.height, 0 : p.width]
    along, across = (rows, columns) if rng.random() < 0.5 else (columns, rows)
    long, wide = (p.height, p.width) if along is rows else (p.width, p.height)
    steps = np.cumsum(rng.normal(0, 0.012 * wide, 60))
    edge = rng.uniform(0.5, 0.67) * wide + np.interp(np.arange(long), np.linspace(0, long, 60), steps)
    gone = across > edge[along]
    if rng.random() < 0.5:
        gone = gone[::-1, ::-1]
    return sent(p.painted(np.where(gone[..., None], np.uint8(244), p.rgb)))


def _stained(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    """An old print: faded, scratched, folded, with brown stains."""
    rgb = paint.toned(p.rgb, (0.8, 0.72, 0.6), 45)
    for _ in range(rng.integers(4, 8)):
        rgb = _with_stain(rgb, rng)
    ends = rng.uniform(0, 1, (int(rng.integers(15, 30)), 2, 2)) * (p.width, p.height)
    for one, other in ends.round().astype(int):
        shade, thick = int(rng.integers(190, 255)), int(rng.integers(1, 4))
        cv2.line(rgb, one.tolist(), other.tolist(), (shade, shade, shade), thick, cv2.LINE_AA)
    return sent(p.painted(paint.noisy(rgb, 10, rng)))


def _with_stain(rgb: Rgb, rng: Rng) -> Rgb:
    height, width = rgb.shape[:2]
    mask = np.zeros((height, width), np.float32)
    middle = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
    axes = tuple(int(rng.uniform(0.05, 0.18) * max(height, width)) for _ in range(2))
    cv2.ellipse(mask, middle, axes, rng.uniform(0, 180), 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), max(height, width) * 0.01)[..., None] * rng.uniform(0.5, 0.95)
    return paint.clipped(rgb * (1 - mask) + np.array([110.0, 80.0, 50.0]) * mask)


def _oval(p: Placed, rng: Rng, strangers: Strangers) -> Placed:
    """An oval of it, two thirds as wide and high and more, where it was, on another picture."""
    other = Placed.of(strangers[0]).resized(p.width, p.height).rgb
    rows, columns = np.mgrid[0 : p.height, 0 : p.width]
    share = rng.uniform(0.66, 0.9)
    x, y = (0.5 + rng.uniform(-1, 1, 2) * (1 - share) / 2) * (p.width, p.height)
    within = ((columns - x) / (share * p.width / 2)) ** 2 + ((rows - y) / (share * p.height / 2)) ** 2 < 1
    return sent(p.painted(np.where(within[..., None], p.rgb, other)))


COVERED = named(_covered_box, _words_over, _emojis_over, _torn, _stained, _oval)

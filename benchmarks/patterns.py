"""Different pictures that look alike to local features: animal markings, one wallpaper, one room."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw

import paint
from paint import Rng
from placed import Placed, Rgb

SIZE = (720, 960)
"""Height and width."""
WALL = (960, 1200)
"""Of a papered wall, of which a picture shows some."""


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


def wallpaper(kind: str, seed: int) -> Rgb:
    """One tile printed again and again; the same seed prints the same paper."""
    tile = PRINTS[kind](np.random.default_rng(seed))
    height, width = tile.shape[:2]
    times = -(-WALL[0] // height), -(-WALL[1] // width)
    return np.ascontiguousarray(np.tile(tile, (*times, 1))[: WALL[0], : WALL[1]])


def _flowers(rng: Rng) -> Rgb:
    """Leaves and blossoms thrown together."""
    tile = np.full((120, 120, 3), rng.integers(150, 240, 3), np.uint8)
    for _ in range(9):
        x, y, radius = (int(v) for v in rng.integers((15, 15, 5), (105, 105, 16)))
        cv2.ellipse(
            tile,
            (x, y),
            (radius, radius // 2 + 2),
            float(rng.uniform(0, 180)),
            0,
            360,
            _colour(rng, 20, 230),
            -1,
            cv2.LINE_AA,
        )
    return tile


def _damask(rng: Rng) -> Rgb:
    """A large ornament in two tones, the same left and right, every other row moved by half."""
    height, width = int(rng.integers(130, 220)), 2 * int(rng.integers(45, 75))
    grain = rng.normal(0, 1, (height, width // 2)).astype(np.float32)
    side = cv2.GaussianBlur(grain, (0, 0), float(rng.uniform(4, 7)), borderType=cv2.BORDER_REFLECT)
    ornament = np.concatenate([side, side[:, ::-1]], axis=1)
    motif = 1 / (1 + np.exp(-ornament[..., None] / ornament.std() * 8))
    ground, over = rng.uniform(60, 230, 3), rng.uniform(60, 230, 3)
    row = paint.clipped(ground * (1 - motif) + over * motif)
    return np.concatenate([row, np.roll(row, width // 2, axis=1)])


def _plaid(rng: Rng) -> Rgb:
    """Stripes of a cloth, woven across and down."""
    size = int(rng.integers(70, 150))
    stripes = np.repeat(rng.uniform(30, 230, (1 + size // 6, 3)), rng.integers(2, 14, 1 + size // 6), axis=0)
    threads = np.resize(stripes, (size, 3))
    return paint.clipped((threads[:, None] + threads[None]) / 2)


def _monogram(rng: Rng) -> Rgb:
    """Letters of one brand, every other row moved by half."""
    size = int(rng.integers(60, 110))
    cell = Image.new("RGB", (size, size), _colour(rng, 20, 230))
    letters = "".join(rng.choice(list("ABDGHKLMRSVXYZ"), 2))
    draw = ImageDraw.Draw(cell)
    draw.text((size // 2, size // 2), letters, _colour(rng, 20, 230), paint.font(size // 2), anchor="mm")
    row = np.array(cell)
    return np.concatenate([row, np.roll(row, size // 2, axis=1)])


def _colour(rng: Rng, low: int, high: int) -> paint.Colour:
    red, green, blue = (int(value) for value in rng.integers(low, high, 3))
    return red, green, blue


PRINTS: dict[str, Callable[[Rng], Rgb]] = {
    "flowers": _flowers,
    "damask": _damask,
    "plaid": _plaid,
    "monogram": _monogram,
}


def in_front_of(paper: Rgb, rgb: Rgb, rng: Rng) -> Rgb:
    """A picture over a third of the paper or so, which hangs a little differently each time."""
    height, width = SIZE
    left, top = rng.integers(0, 240, 2)
    wall = np.ascontiguousarray(paper[top : top + height, left : left + width])
    small = Placed.of(rgb).fitted(width * 0.65, height * 0.65)
    x, y = rng.uniform(0, 1, 2)
    shown = small.onto(wall, x * (width - small.width), y * (height - small.height))
    return paint.recompressed(paint.toned(shown.rgb, rng.uniform(0.85, 1.1), 0), quality=80)


def before_camera(room: Rgb, people: Sequence[Rgb], rng: Rng) -> Rgb:
    """One or two people before a camera that stands in a room, or nearly stands: they hide a quarter to half.

    Heads and shoulders are of an outline as people have it and show a piece of another picture each.
    """
    height, width = SIZE
    shaken = tuple(rng.uniform(-6, 6, 2))
    shown = cv2.warpAffine(
        filling(room),
        np.array([[1, 0, shaken[0]], [0, 1, shaken[1]]]),
        (width, height),
        borderMode=cv2.BORDER_REFLECT,
    )
    spread = ((0.3, 0.7),) if len(people) == 1 else ((0.1, 0.35), (0.65, 0.9))
    slim = 1 if len(people) == 1 else 0.6
    for clothes, (left, right) in zip(people, spread, strict=True):
        person = np.zeros((height, width), np.uint8)
        middle = int(width * rng.uniform(left, right))
        wide, high = int(slim * width * rng.uniform(0.22, 0.38)), int(height * rng.uniform(0.4, 0.6))
        head = (int(slim * width * rng.uniform(0.09, 0.14)), int(height * rng.uniform(0.16, 0.24)))
        cv2.ellipse(person, (middle, height), (wide, high), 0, 0, 360, 255, -1)
        cv2.ellipse(person, (middle, height - high - head[1] // 2), head, 0, 0, 360, 255, -1)
        soft = cv2.GaussianBlur(person, (0, 0), 1.5)[..., None] / 255
        shown = paint.clipped(shown * (1 - soft) + filling(clothes) * soft)
    return paint.recompressed(paint.toned(shown, rng.uniform(0.9, 1.1), 0), quality=80)


def filling(rgb: Rgb) -> Rgb:
    """The middle of a picture, as large as a frame of `SIZE`."""
    height, width = SIZE
    share = max(height / rgb.shape[0], width / rgb.shape[1])
    larger = cv2.resize(rgb, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    top, left = (larger.shape[0] - height) // 2, (larger.shape[1] - width) // 2
    return np.ascontiguousarray(larger[top : top + height, left : left + width])

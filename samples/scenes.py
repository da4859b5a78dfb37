"""Moving scenes from photographs: a hand-held camera path over a picture in which something really moves.

Every scene is a function of time alone, so that the same command always makes the same frames.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

Picture = np.ndarray
"""Height x width x 3, uint8, RGB."""
Motion = Callable[[Picture, float], Picture]
"""Gives the picture as it looks at a time in seconds."""

OVERSAMPLING = 2
"""Frames are drawn this many times too large and then reduced: no shimmering edges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One stretch without a cut: a camera moves from one frame of the picture to another."""

    picture: str
    seconds: float
    start: tuple[float, float, float]
    """Centre x, centre y and width of the camera's frame, as fractions of the picture."""
    end: tuple[float, float, float]
    motion: Motion


def film(shots: list[Shot], folder: Path, size: tuple[int, int], rate: int) -> Iterator[Picture]:
    """Yield the frames of all shots one after the other, `rate` a second."""
    for shot in shots:
        picture = read_picture(folder / shot.picture)
        for number in range(round(shot.seconds * rate)):
            time = number / rate
            yield _frame(shot.motion(picture, time), _camera(shot, time), size)


def read_picture(path: Path) -> Picture:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _camera(shot: Shot, time: float) -> tuple[float, float, float]:
    """Ease from start to end, with the small unrest of a hand."""
    share = (1 - np.cos(np.pi * time / shot.seconds)) / 2
    x, y, width = (a + (b - a) * share for a, b in zip(shot.start, shot.end, strict=True))
    x += 0.004 * np.sin(2.1 * time) + 0.002 * np.sin(7.3 * time + 1)
    y += 0.004 * np.sin(1.7 * time + 2) + 0.002 * np.sin(8.9 * time)
    return x, y, width


def _frame(picture: Picture, camera: tuple[float, float, float], size: tuple[int, int]) -> Picture:
    height, width = picture.shape[:2]
    x, y, share = camera
    large = (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING)
    scale = large[0] / (share * width)
    matrix = np.float32(
        [[scale, 0, large[0] / 2 - scale * x * width], [0, scale, large[1] / 2 - scale * y * height]]
    )
    drawn = cv2.warpAffine(picture, matrix, large, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)


def running_water(picture: Picture, time: float) -> Picture:
    """Let the brook ripple downwards and leaves drift past in front of it."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    brook = np.exp(-(((x / width - 0.43) / 0.13) ** 2) - ((y / height - 0.72) / 0.30) ** 2)
    shift_x = 5 * brook * np.sin(y / 9 - 9 * time) * np.sin(x / 23 + 2 * time)
    shift_y = 7 * brook * np.sin(y / 13 - 11 * time + x / 31)
    wet = cv2.remap(picture, x + shift_x, y + shift_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    for number in range(9):
        fall = (0.11 * time + 0.37 * number) % 1.0
        sway = 0.03 * np.sin(2.2 * time + number)
        place = ((0.13 + 0.61 * number) % 1.0 + sway + 0.05 * time, fall)
        _leaf(wet, place, angle=70 * time + 40 * number, tint=number)
    return wet


def drifting_clouds(picture: Picture, time: float) -> Picture:
    """Let shadows of clouds pass over the slope and large birds circle above it."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height:8, 0:width:8].astype(np.float32)
    shade = np.ones_like(x)
    for number in range(3):
        centre_x = width * ((0.10 * time + 0.45 * number) % 1.5 - 0.25)
        centre_y = height * (0.72 + 0.10 * number)
        distance = ((x - centre_x) / (0.20 * width)) ** 2 + ((y - centre_y) / (0.11 * height)) ** 2
        shade *= 1 - 0.45 * np.exp(-(distance**2))
    shade = cv2.resize(shade, (width, height), interpolation=cv2.INTER_LINEAR)
    shaded = (picture * shade[..., None]).astype(np.uint8)
    for number in range(3):
        turn = 0.9 * time + 2.1 * number
        place = (0.50 + 0.10 * number + 0.13 * np.cos(turn), 0.20 + 0.05 * number + 0.06 * np.sin(turn))
        _bird(shaded, place, span=34 - 5 * number, flap=0.25 * np.sin(3 * time + number))
    return shaded


def evening_birds(picture: Picture, time: float) -> Picture:
    """Let a flock cross the sky while the sun breathes."""
    glow = np.clip(picture.astype(np.float32) * (1 + 0.05 * np.sin(1.9 * time)), 0, 255).astype(np.uint8)
    for number in range(11):
        place = (0.05 + 0.12 * time + 0.035 * number, 0.30 + 0.05 * np.sin(1.3 * number) - 0.012 * time)
        _bird(glow, place, span=24 + 3 * (number % 4), flap=np.sin(9 * time + 1.7 * number))
    return glow


def flying_seeds(picture: Picture, time: float) -> Picture:
    """Let the stalks sway in the wind and seeds sail away."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    lean = (1 - y / height) * (9 * np.sin(1.8 * time + x / 260) + 4 * np.sin(4.1 * time + x / 120))
    swayed = cv2.remap(picture, x + lean, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    for number in range(14):
        drift = (0.08 + 0.015 * (number % 5)) * time
        place = (
            (0.30 + 0.13 * number + drift) % 1.1,
            0.25 + 0.043 * number - 0.03 * time + 0.02 * np.sin(2 * time + number),
        )
        _seed(swayed, place, size=9 + number % 5)
    return swayed


def turning_light(picture: Picture, time: float) -> Picture:
    """Let a soft band of light wander over things indoors."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    band = np.exp(-(((((x + 0.4 * y) / width - 0.25 * time) % 1.4 - 0.3) / 0.14) ** 2))
    return np.clip(picture * (0.85 + 0.4 * band[..., None]), 0, 255).astype(np.uint8)


def _pixel(picture: Picture, place: tuple[float, float]) -> tuple[int, int]:
    return round(place[0] * picture.shape[1]), round(place[1] * picture.shape[0])


def _bird(picture: Picture, place: tuple[float, float], span: float, flap: float) -> None:
    """Draw two bent wings; `flap` from -1 (down) to 1 (up)."""
    x, y = _pixel(picture, place)
    tip, joint = span * 0.35 * flap, span * 0.22
    line = np.array(
        [
            [x - span, y - tip],
            [x - span * 0.45, y - joint * flap - 4],
            [x, y],
            [x + span * 0.45, y - joint * flap - 4],
            [x + span, y - tip],
        ]
    )
    fixed_point = (line * 16).round().astype(np.int32)
    cv2.polylines(
        picture, [fixed_point], isClosed=False, color=(28, 26, 30), thickness=3, lineType=cv2.LINE_AA, shift=4
    )
    cv2.ellipse(picture, (x, y + 1), (5, 3), 0, 0, 360, (28, 26, 30), -1, cv2.LINE_AA)


def _leaf(picture: Picture, place: tuple[float, float], angle: float, tint: int) -> None:
    colour = [(150, 98, 42), (128, 74, 34), (158, 128, 60)][tint % 3]
    x, y = _pixel(picture, place)
    wide = 3 + 4 * abs(np.cos(np.radians(angle)))
    cv2.ellipse(picture, (x, y), (9, round(wide)), angle, 0, 360, colour, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (x, y), (9, 1), angle, 0, 360, (90, 52, 20), -1, cv2.LINE_AA)


def _seed(picture: Picture, place: tuple[float, float], size: int) -> None:
    x, y = _pixel(picture, place)
    for degrees in range(200, 341, 20):
        tip = (round(x + size * np.cos(np.radians(degrees))), round(y + size * np.sin(np.radians(degrees))))
        cv2.line(picture, (x, y), tip, (255, 244, 214), 1, cv2.LINE_AA)
    cv2.line(picture, (x, y), (x, y + size), (214, 190, 140), 2, cv2.LINE_AA)

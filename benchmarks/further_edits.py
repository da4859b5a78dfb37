"""Edits beyond the everyday ones: `OTHER` are mild, `FAR` those at which most methods give up."""

from __future__ import annotations

import cv2
import numpy as np

import paint
from layouts import Strangers, grid, inset, named, part, sent
from paint import Rng
from placed import Placed
from screens import posted

SEPIA = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]]
"""The matrix of the W3C Filter Effects module, section sepia."""


def _gamma(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return p.painted(paint.toned(p.rgb, 1, 0, rng.choice([0.55, 1.8])))


def _sepia(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return sent(p.painted(paint.mixed(p.rgb, SEPIA)))


def _vignette(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return sent(p.painted(paint.vignetted(p.rgb, 0.8)))


def _sharpen(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return sent(p.painted(paint.sharpened(p.rgb, 1.5)))


def _saturation(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(p.painted(paint.recoloured(p.rgb, 0, rng.choice([0.4, 2.0]))))


def _hue_shift(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(p.painted(paint.recoloured(p.rgb, rng.choice([-60, 60]), 1)))


def _border(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    edge = round(0.07 * max(p.width, p.height))
    colour = rng.integers(0, 256, 3).astype(np.uint8)
    canvas = np.broadcast_to(colour, (p.height + 2 * edge, p.width + 2 * edge, 3))
    return sent(p.onto(np.array(canvas), edge, edge))


def _rounded_corners(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    radius = round(0.12 * min(p.width, p.height))
    mask = np.zeros(p.rgb.shape[:2], np.uint8)
    cv2.rectangle(mask, (radius, 0), (p.width - radius, p.height), 255, -1)
    cv2.rectangle(mask, (0, radius), (p.width, p.height - radius), 255, -1)
    for x in (radius, p.width - radius):
        for y in (radius, p.height - radius):
            cv2.circle(mask, (x, y), radius, 255, -1)
    return sent(p.painted(np.where(mask[..., None] > 0, p.rgb, 255).astype(np.uint8)))


def _watermark(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    rgb, text = p.rgb, paint.sentence(rng, 2)
    for row in range(4):
        place = p.width * (0.05 + 0.3 * (row % 2)), p.height * (0.1 + 0.22 * row)
        rgb = paint.written(rgb, text, place, p.height * 0.1, (255, 255, 255), 0.4)
    return sent(p.painted(rgb))


def _webp_50(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return p.painted(paint.recompressed(p.rgb, "WEBP", quality=50))


def _gif(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    small = p.fitted(480, 480)
    return small.painted(paint.recompressed(small.rgb, "GIF"))


def _dithered(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    small = p.fitted(640, 640)
    spread = rng.uniform(-32, 32, small.rgb.shape)
    return small.painted(paint.clipped(np.round((small.rgb + spread) / 64) * 64))


def _through_200_pixels(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    small = p.fitted(200, 200)
    return sent(small.painted(paint.recompressed(small.rgb, quality=60)).scaled(3))


def _crop_80(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(part(p, 0.8, rng))


def _rotate_180(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return sent(p.turned(2))


def _rotate_15(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(p.rotated(rng.choice([-15, 15])))


def _posterised(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return sent(p.painted(p.rgb // 51 * 51))


def _pixelated_patches(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    rgb, size = p.rgb.copy(), round(0.2 * min(p.width, p.height))
    for _ in range(3):
        x, y = int(rng.integers(0, p.width - size)), int(rng.integers(0, p.height - size))
        tiny = cv2.resize(rgb[y : y + size, x : x + size], (6, 6), interpolation=cv2.INTER_AREA)
        rgb[y : y + size, x : x + size] = cv2.resize(tiny, (size, size), interpolation=cv2.INTER_NEAREST)
    return sent(p.painted(rgb))


def _red_circle(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    rgb = p.rgb.copy()
    middle = int(rng.uniform(0.3, 0.7) * p.width), int(rng.uniform(0.3, 0.7) * p.height)
    cv2.circle(rgb, middle, round(0.15 * min(p.width, p.height)), (235, 20, 20), max(4, p.width // 120))
    cv2.arrowedLine(rgb, (p.width // 9, p.height // 9), middle, (235, 20, 20), max(4, p.width // 120))
    return sent(p.painted(rgb))


def _before_after(p: Placed, rng: Rng, strangers: Strangers) -> Placed:
    height = 540
    mine = p.resized(p.width * height / p.height, height)
    other = Placed.of(strangers[0]).resized(strangers[0].shape[1] * height / strangers[0].shape[0], height)
    canvas = np.zeros((height, mine.width + other.width, 3), np.uint8)
    left, right = (0, mine.width) if rng.integers(2) else (other.width, 0)
    return sent(mine.onto(other.onto(canvas, right, 0).rgb, left, 0))


def _split_screen(p: Placed, rng: Rng, strangers: Strangers) -> Placed:
    return sent(grid(p, rng, strangers, (1, 2), (360, 640)))


def _equalised(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    lab = cv2.cvtColor(p.rgb, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(3.0, (8, 8)).apply(lab[..., 0])
    return sent(p.painted(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)))


def _sent_five_times(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    for quality, factor in ((60, 0.8), (50, 0.95), (70, 0.9), (45, 1.1), (60, 0.9)):
        p = p.scaled(factor)
        p = p.painted(paint.recompressed(p.rgb, quality=quality))
    return p


def _strong_glare(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    rgb = p.rgb
    for radius in (0.22, 0.12):
        rgb = paint.lit(rgb, rng.uniform(0.25, 0.75), rng.uniform(0.25, 0.75), radius, 0.97)
    return sent(p.painted(rgb))


def _heavy_blur(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return sent(p.painted(paint.blurred(p.rgb, 0.011)))


def _motion_blur(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(p.painted(paint.motion_blurred(p.rgb, 0.03, rng.uniform(0, 180))))


def _stretch_2x(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    wide = bool(rng.integers(2))
    return sent(p.resized(p.width * 2, p.height) if wide else p.resized(p.width, p.height * 2))


def _crop_10(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(part(p, 0.1, rng))


def _inset_25(p: Placed, rng: Rng, strangers: Strangers) -> Placed:
    return sent(inset(p, rng, strangers, share=rng.uniform(0.2, 0.3)))


def _grid_of_nine(p: Placed, rng: Rng, strangers: Strangers) -> Placed:
    return sent(grid(p, rng, strangers, (3, 3), (360, 360)))


def _thumbnail_96(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return sent(p.fitted(96, 96))


def _jpeg_5(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return p.painted(paint.recompressed(p.rgb, quality=5))


def _screenshot_of_screenshot(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    once = posted(p, rng)
    return sent(posted(once.painted(paint.recompressed(once.rgb, quality=60)), rng))


def _negative(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return sent(p.painted(255 - p.rgb))


OTHER = named(
    _gamma, _sepia, _vignette, _sharpen, _saturation, _hue_shift, _border, _rounded_corners, _watermark,
    _webp_50, _gif, _dithered, _through_200_pixels, _crop_80, _rotate_180, _rotate_15, _posterised,
    _pixelated_patches, _red_circle, _before_after, _split_screen, _equalised, _sent_five_times,
)  # fmt: skip
FAR = named(
    _strong_glare, _heavy_blur, _motion_blur, _stretch_2x, _crop_10, _inset_25, _grid_of_nine, _thumbnail_96,
    _jpeg_5, _screenshot_of_screenshot, _negative,
)  # fmt: skip

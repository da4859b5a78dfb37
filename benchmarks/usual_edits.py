"""The 23 edits of everyday re-posting."""

from __future__ import annotations

import numpy as np

import paint
from layouts import Strangers, centred, grid, inset, named, on_blurred_self, part, sent
from paint import Rng
from placed import Placed
from screens import filmed, posted


def _jpeg_30(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return p.painted(paint.recompressed(p.rgb, quality=30))


def _half_size(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return sent(p.scaled(0.5))


def _brightness_contrast(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return p.painted(paint.toned(p.rgb, rng.choice([0.7, 1.3]), rng.uniform(-30, 30)))


def _blur(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return p.painted(paint.blurred(p.rgb, 0.003))


def _noise(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(p.painted(paint.noisy(p.rgb, 14, rng)))


def _small_text(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    place = rng.uniform(0.03, 0.5) * p.width, rng.choice([0.04, 0.5, 0.9]) * p.height
    text = paint.sentence(rng, 3)
    return sent(p.painted(paint.written(p.rgb, text, place, p.height * 0.045, (255, 255, 255))))


def _aspect(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(p.resized(p.width * rng.choice([0.75, 1.3]), p.height))


def _mirror(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return sent(p.mirrored())


def _rotate_5(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(p.rotated(rng.choice([-5, 5]), fill=int(rng.choice([0, 255]))))


def _rotate_90(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(p.turned(int(rng.choice([1, 3]))))


def _crop_50(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(part(p, 0.5, rng))


def _crop_20(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(part(p, 0.2, rng))


def _collage_of_four(p: Placed, rng: Rng, strangers: Strangers) -> Placed:
    return sent(grid(p, rng, strangers, (2, 2), (480, 360)))


def _picture_on_picture(p: Placed, rng: Rng, strangers: Strangers) -> Placed:
    return sent(inset(p, rng, strangers, share=0.5))


def _filmed_screen(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return filmed(p.fitted(1280, 1280), rng)


def _post_screenshot(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(posted(p, rng))


def _meme_band(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    top, bottom = (round(p.height * rng.uniform(0.12, 0.25)) for _ in range(2))
    dark = bool(rng.integers(2))
    canvas = np.concatenate(
        [paint.banner(p.width, top, rng, dark, 2), p.rgb, paint.banner(p.width, bottom, rng, dark)]
    )
    return sent(p.onto(canvas, 0, top))


def _letterbox(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    canvas = np.zeros((1280, 720, 3), np.uint8)
    if p.width < p.height:
        canvas = np.zeros((720, 1280, 3), np.uint8)
    return sent(centred(p, canvas))


def _blurred_borders(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    wide = p.width < p.height
    return sent(on_blurred_self(p, *((1280, 720) if wide else (720, 1280))))


def _mirror_crop_caption_jpeg(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    piece = part(p.mirrored(), rng.uniform(0.5, 0.65), rng)
    return piece.painted(paint.recompressed(paint.captioned(piece.rgb, rng), quality=40))


def _colour_filter(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    matrix = np.eye(3) * rng.uniform(0.75, 1.15, 3) + rng.uniform(-0.05, 0.18, (3, 3))
    return sent(p.painted(paint.mixed(p.rgb, (matrix / matrix.sum(axis=1).mean() * 1.03).tolist())))


def _greyscale(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return sent(p.painted(paint.grey(p.rgb)))


def _stickers(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return sent(p.painted(paint.stickered(p.rgb, rng, count=4)))


USUAL = named(
    _jpeg_30, _half_size, _brightness_contrast, _blur, _noise, _small_text, _aspect, _mirror, _rotate_5,
    _rotate_90, _crop_50, _crop_20, _collage_of_four, _picture_on_picture, _filmed_screen, _post_screenshot,
    _meme_band, _letterbox, _blurred_borders, _mirror_crop_caption_jpeg, _colour_filter, _greyscale,
    _stickers,
)  # fmt: skip

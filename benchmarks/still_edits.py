"""What people do to pictures before they post them, in three groups.

`USUAL` are the 23 edits of everyday re-posting, `OTHER` further mild ones, `FAR` those at
which most methods give up. Each edit is a function of the placed picture, a generator and
some strangers (other pictures, for collages and backgrounds). The generator is seeded by the
edit's name and the item's key, so that a set never changes between runs.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import cv2
import numpy as np

import paint
from paint import Rng
from placed import Edited, Placed, Rgb
from screens import filmed, posted

Strangers = Sequence[Rgb]
Edit = Callable[[Placed, Rng, Strangers], Placed]

STRANGERS_NEEDED = 8
"""A grid of three by three shows eight other pictures."""

SEPIA = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]]
"""The matrix of the W3C Filter Effects module, section sepia."""


def edit(name: str, rgb: Rgb, *, key: str, strangers: Strangers) -> Edited:
    """Apply one edit by name; the same name and key always give the same result."""
    rng = np.random.default_rng(zlib.crc32(f"{name}/{key}".encode()))
    return ALL[name](Placed.of(rgb), rng, strangers).edited()


# Usual ---------------------------------------------------------------------------------------


def _jpeg_30(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return p.painted(paint.recompressed(p.rgb, quality=30))


def _half_size(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.scaled(0.5))


def _brightness_contrast(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return p.painted(paint.toned(p.rgb, rng.choice([0.7, 1.3]), rng.uniform(-30, 30)))


def _blur(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return p.painted(paint.blurred(p.rgb, 0.003))


def _noise(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.painted(paint.noisy(p.rgb, 14, rng)))


def _small_text(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    place = rng.uniform(0.03, 0.5) * p.width, rng.choice([0.04, 0.5, 0.9]) * p.height
    return _sent(p.painted(paint.written(p.rgb, paint.sentence(rng, 3), place, p.height * 0.045, (255, 255, 255))))


def _aspect(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.resized(p.width * rng.choice([0.75, 1.3]), p.height))


def _mirror(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.mirrored())


def _rotate_5(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.rotated(rng.choice([-5, 5]), fill=int(rng.choice([0, 255]))))


def _rotate_90(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.turned(int(rng.choice([1, 3]))))


def _crop_50(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(_part(p, 0.5, rng))


def _crop_20(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(_part(p, 0.2, rng))


def _collage_of_four(p: Placed, rng: Rng, strangers: Strangers) -> Placed:
    return _sent(_grid(p, rng, strangers, side=2, tile=(480, 360)))


def _picture_on_picture(p: Placed, rng: Rng, strangers: Strangers) -> Placed:
    return _sent(_inset(p, rng, strangers, share=0.5))


def _filmed_screen(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return filmed(p.fitted(1280, 1280), rng)


def _post_screenshot(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(posted(p, rng))


def _meme_band(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    top, bottom = (round(p.height * rng.uniform(0.12, 0.25)) for _ in range(2))
    dark = bool(rng.integers(2))
    canvas = np.concatenate(
        [paint.banner(p.width, top, rng, dark, 2), p.rgb, paint.banner(p.width, bottom, rng, dark)]
    )
    return _sent(p.onto(canvas, 0, top))


def _letterbox(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    canvas = np.zeros((1280, 720, 3), np.uint8)
    if p.width < p.height:
        canvas = np.zeros((720, 1280, 3), np.uint8)
    return _sent(_centred(p, canvas))


def _blurred_borders(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    wide = p.width < p.height
    return _sent(on_blurred_self(p, *((1280, 720) if wide else (720, 1280))))


def _mirror_crop_caption_jpeg(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    piece = _part(p.mirrored(), rng.uniform(0.5, 0.65), rng)
    return piece.painted(paint.recompressed(paint.captioned(piece.rgb, rng), quality=40))


def _colour_filter(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    matrix = np.eye(3) * rng.uniform(0.75, 1.15, 3) + rng.uniform(-0.05, 0.18, (3, 3))
    return _sent(p.painted(paint.mixed(p.rgb, (matrix / matrix.sum(axis=1).mean() * 1.03).tolist())))


def _greyscale(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.painted(paint.grey(p.rgb)))


def _stickers(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.painted(paint.stickered(p.rgb, rng, count=4)))


# Other ---------------------------------------------------------------------------------------


def _gamma(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return p.painted(paint.toned(p.rgb, 1, 0, rng.choice([0.55, 1.8])))


def _sepia(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.painted(paint.mixed(p.rgb, SEPIA)))


def _vignette(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.painted(paint.vignetted(p.rgb, 0.8)))


def _sharpen(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.painted(paint.sharpened(p.rgb, 1.5)))


def _saturation(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.painted(paint.recoloured(p.rgb, 0, rng.choice([0.4, 2.0]))))


def _hue_shift(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.painted(paint.recoloured(p.rgb, rng.choice([-60, 60]), 1)))


def _border(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    edge = round(0.07 * max(p.width, p.height))
    colour = rng.integers(0, 256, 3).astype(np.uint8)
    canvas = np.broadcast_to(colour, (p.height + 2 * edge, p.width + 2 * edge, 3))
    return _sent(p.onto(np.array(canvas), edge, edge))


def _rounded_corners(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    radius = round(0.12 * min(p.width, p.height))
    mask = np.zeros(p.rgb.shape[:2], np.uint8)
    cv2.rectangle(mask, (radius, 0), (p.width - radius, p.height), 255, -1)
    cv2.rectangle(mask, (0, radius), (p.width, p.height - radius), 255, -1)
    for x in (radius, p.width - radius):
        for y in (radius, p.height - radius):
            cv2.circle(mask, (x, y), radius, 255, -1)
    return _sent(p.painted(np.where(mask[..., None] > 0, p.rgb, 255).astype(np.uint8)))


def _watermark(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    rgb, text = p.rgb, paint.sentence(rng, 2)
    for row in range(4):
        place = p.width * (0.05 + 0.3 * (row % 2)), p.height * (0.1 + 0.22 * row)
        rgb = paint.written(rgb, text, place, p.height * 0.1, (255, 255, 255), 0.4)
    return _sent(p.painted(rgb))


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
    return _sent(small.painted(paint.recompressed(small.rgb, quality=60)).scaled(3))


def _crop_80(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(_part(p, 0.8, rng))


def _rotate_180(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.turned(2))


def _rotate_15(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.rotated(rng.choice([-15, 15])))


def _posterised(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.painted((p.rgb // 48 * 48 + 24).astype(np.uint8)))


def _pixelated_patches(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    rgb, size = p.rgb.copy(), round(0.2 * min(p.width, p.height))
    for _ in range(3):
        x, y = int(rng.integers(0, p.width - size)), int(rng.integers(0, p.height - size))
        tiny = cv2.resize(rgb[y : y + size, x : x + size], (6, 6), interpolation=cv2.INTER_AREA)
        rgb[y : y + size, x : x + size] = cv2.resize(tiny, (size, size), interpolation=cv2.INTER_NEAREST)
    return _sent(p.painted(rgb))


def _red_circle(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    rgb = p.rgb.copy()
    middle = int(rng.uniform(0.3, 0.7) * p.width), int(rng.uniform(0.3, 0.7) * p.height)
    cv2.circle(rgb, middle, round(0.15 * min(p.width, p.height)), (235, 20, 20), max(4, p.width // 120))
    cv2.arrowedLine(rgb, (p.width // 9, p.height // 9), middle, (235, 20, 20), max(4, p.width // 120))
    return _sent(p.painted(rgb))


def _before_after(p: Placed, rng: Rng, strangers: Strangers) -> Placed:
    height = 540
    mine = p.resized(p.width * height / p.height, height)
    other = Placed.of(strangers[0]).resized(strangers[0].shape[1] * height / strangers[0].shape[0], height)
    canvas = np.zeros((height, mine.width + other.width, 3), np.uint8)
    left, right = (0, mine.width) if rng.integers(2) else (other.width, 0)
    return _sent(mine.onto(other.onto(canvas, right, 0).rgb, left, 0))


def _equalised(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    lab = cv2.cvtColor(p.rgb, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(3.0, (8, 8)).apply(lab[..., 0])
    return _sent(p.painted(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)))


def _sent_five_times(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    for quality, factor in ((60, 0.8), (50, 0.95), (70, 0.9), (45, 1.1), (60, 0.9)):
        p = p.scaled(factor)
        p = p.painted(paint.recompressed(p.rgb, quality=quality))
    return p


# Far -----------------------------------------------------------------------------------------


def _strong_glare(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    rgb = p.rgb
    for radius in (0.22, 0.12):
        rgb = paint.lit(rgb, rng.uniform(0.25, 0.75), rng.uniform(0.25, 0.75), radius, 0.97)
    return _sent(p.painted(rgb))


def _heavy_blur(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.painted(paint.blurred(p.rgb, 0.011)))


def _motion_blur(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.painted(paint.motion_blurred(p.rgb, 0.03, rng.uniform(0, 180))))


def _stretch_2x(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    wide = bool(rng.integers(2))
    return _sent(p.resized(p.width * 2, p.height) if wide else p.resized(p.width, p.height * 2))


def _crop_10(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    return _sent(_part(p, 0.1, rng))


def _inset_25(p: Placed, rng: Rng, strangers: Strangers) -> Placed:
    return _sent(_inset(p, rng, strangers, share=rng.uniform(0.2, 0.3)))


def _grid_of_nine(p: Placed, rng: Rng, strangers: Strangers) -> Placed:
    return _sent(_grid(p, rng, strangers, side=3, tile=(360, 360)))


def _thumbnail_96(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.fitted(96, 96))


def _jpeg_5(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return p.painted(paint.recompressed(p.rgb, quality=5))


def _screenshot_of_screenshot(p: Placed, rng: Rng, _s: Strangers) -> Placed:
    once = posted(p, rng)
    return _sent(posted(once.painted(paint.recompressed(once.rgb, quality=60)), rng))


def _negative(p: Placed, _rng: Rng, _s: Strangers) -> Placed:
    return _sent(p.painted(255 - p.rgb))


# Shared steps ---------------------------------------------------------------------------------


def on_blurred_self(p: Placed, width: int, height: int) -> Placed:
    """In the middle of its own blurred enlargement, as vertical video apps do."""
    cover = max(width / p.width, height / p.height)
    large = Placed.of(p.rgb).scaled(cover * 1.02)
    left, top = (large.width - width) // 2, (large.height - height) // 2
    background = paint.blurred(large.rgb[top : top + height, left : left + width], 0.02)
    return _centred(p, background)


def _centred(p: Placed, canvas: Rgb) -> Placed:
    height, width = canvas.shape[:2]
    small = p.fitted(width, height)
    return small.onto(canvas, (width - small.width) / 2, (height - small.height) / 2)


def _sent(p: Placed) -> Placed:
    """Nothing is posted without an encoder having its say."""
    return p.painted(paint.recompressed(p.rgb, quality=75))


def _part(p: Placed, area: float, rng: Rng) -> Placed:
    """A rectangle of this share of the area, its proportions and place drawn."""
    skew = rng.uniform(0.85, 1.18)
    width, height = min(1.0, area**0.5 * skew), min(1.0, area**0.5 / skew)
    return p.cropped(rng.uniform(0, 1 - width), rng.uniform(0, 1 - height), width, height)


def _inset(p: Placed, rng: Rng, strangers: Strangers, share: float) -> Placed:
    """On another picture, `share` of its width, fully inside."""
    ground = Placed.of(strangers[0]).fitted(1280, 960)
    small = p.fitted(ground.width * share, ground.height * 0.9)
    return small.onto(
        ground.rgb, rng.uniform(0, ground.width - small.width), rng.uniform(0, ground.height - small.height)
    )


def _grid(p: Placed, rng: Rng, strangers: Strangers, side: int, tile: tuple[int, int]) -> Placed:
    """Side x side tiles, each picture cut to the tile's proportions, ours in a drawn one."""
    mine = int(rng.integers(side * side))
    canvas = np.zeros((side * tile[1], side * tile[0], 3), np.uint8)
    others = iter(strangers)
    for place in range(side * side):
        if place != mine:
            canvas = _tile(Placed.of(next(others)), canvas, place, side, tile).rgb
    return _tile(p, canvas, mine, side, tile)


def _tile(p: Placed, canvas: Rgb, place: int, side: int, tile: tuple[int, int]) -> Placed:
    wanted, has = tile[0] / tile[1], p.width / p.height
    width, height = min(1.0, wanted / has), min(1.0, has / wanted)
    cut = p.cropped((1 - width) / 2, (1 - height) / 2, width, height).resized(*tile)
    return cut.onto(canvas, place % side * tile[0], place // side * tile[1])


def _named(*functions: Edit) -> dict[str, Edit]:
    return {function.__name__.strip("_"): function for function in functions}


USUAL = _named(
    _jpeg_30, _half_size, _brightness_contrast, _blur, _noise, _small_text, _aspect, _mirror, _rotate_5,
    _rotate_90, _crop_50, _crop_20, _collage_of_four, _picture_on_picture, _filmed_screen, _post_screenshot,
    _meme_band, _letterbox, _blurred_borders, _mirror_crop_caption_jpeg, _colour_filter, _greyscale, _stickers,
)  # fmt: skip
OTHER = _named(
    _gamma, _sepia, _vignette, _sharpen, _saturation, _hue_shift, _border, _rounded_corners, _watermark,
    _webp_50, _gif, _dithered, _through_200_pixels, _crop_80, _rotate_180, _rotate_15, _posterised,
    _pixelated_patches, _red_circle, _before_after, _equalised, _sent_five_times,
)  # fmt: skip
FAR = _named(
    _strong_glare, _heavy_blur, _motion_blur, _stretch_2x, _crop_10, _inset_25, _grid_of_nine, _thumbnail_96,
    _jpeg_5, _screenshot_of_screenshot, _negative,
)  # fmt: skip
GROUPS = {"usual": USUAL, "other": OTHER, "far": FAR}
ALL = USUAL | OTHER | FAR

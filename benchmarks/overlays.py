"""Sets of unrelated pictures that all carry the same overlay.

The nastiest test for copy detection: the app frame, lower third, caption bar or channel logo
is identical to the pixel on every picture of a set, and nothing else is. Each design is drawn
from its own seed, so it is random but fixed. Designs of even numbers cut every picture to one
frame; those of odd ones are as wide as the picture and leave it its proportions, so that a bar
keeps its distance from the edge and nothing else. The true copy of a picture shows it a little
changed, under the same overlay, another one, or none.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw

import paint
import surroundings
from layouts import Framing, Overlay, covering
from paint import Rng
from placed import Edited, Placed, Rgb
from screens import app_frame

CANVAS = (960, 720)
"""Width and height of a frame with an overlay on it."""
HEIGHTS = (480, 1700)
"""Of frames as wide as that which keep a picture's proportions, at least and at most."""
DESIGNS_PER_KIND = 3


def design(kind: str, number: int) -> Overlay:
    """One fixed design of a kind; the same kind and number always look the same."""
    rng = np.random.default_rng(zlib.crc32(f"{kind}/{number}".encode()))
    return KINDS[kind](rng, _of_its_own_shape if number % 2 else _of_one_shape)


def shown_under(overlay: Overlay | None, rgb: Rgb, quality: int = 80) -> Edited:
    """A picture with an overlay, or without, through an encoder."""
    placed = Placed.of(rgb) if overlay is None else overlay(Placed.of(rgb))
    return placed.painted(paint.recompressed(placed.rgb, quality=quality)).edited()


def true_copy(overlay: Overlay | None, rgb: Rgb, key: str) -> Edited:
    """The picture slightly cropped, recoloured and recompressed, then put under the overlay."""
    rng = np.random.default_rng(zlib.crc32(f"copy/{key}".encode()))
    left, top = rng.uniform(0.0, 0.1, 2)
    placed = Placed.of(rgb).cropped(left, top, 0.88, 0.88)
    placed = placed.painted(
        paint.recompressed(paint.toned(placed.rgb, rng.uniform(0.85, 1.15), 5), quality=50)
    )
    under = placed if overlay is None else overlay(placed)
    return under.painted(paint.recompressed(under.rgb, quality=65)).edited()


def _phone_app(rng: Rng, _: Framing) -> Overlay:
    """The whole surface but one window belongs to the app; screens have one shape."""
    width, height = surroundings.PHONE
    head, foot = int(rng.integers(180, 300)), int(rng.integers(300, 520))
    frame = app_frame(width, head, height - head - foot, foot, rng)
    return lambda placed: covering(placed, width, height - head - foot).onto(frame, 0, head)


def _lower_third(rng: Rng, framed: Framing) -> Overlay:
    """A television bar with headline, ticker and clock over the lower part."""
    width, height = CANVAS
    colour = _strong_colour(rng)
    top = int(height * rng.uniform(0.70, 0.80))
    layer = Image.new("RGBA", CANVAS)
    draw = ImageDraw.Draw(layer)
    draw.rectangle((0, top, width, top + 84), fill=colour)
    draw.rectangle((0, top + 84, width, top + 130), fill=(245, 245, 245))
    draw.rectangle((24, top - 34, 240, top), fill=(200, 10, 20))
    draw.text((34, top - 31), "BREAKING", "white", paint.font(28))
    draw.text((28, top + 16), paint.sentence(rng, 6), "white", paint.font(44))
    draw.text((28, top + 92), paint.sentence(rng, 9), (20, 20, 20), paint.font(28))
    return _laid_over(layer, framed, low=True)


def _caption_bar(rng: Rng, framed: Framing) -> Overlay:
    """The same meme text above and below."""
    width, height = CANVAS
    dark = bool(rng.integers(2))
    top = paint.banner(width, int(height * rng.uniform(0.14, 0.22)), rng, dark, 2)
    bottom = paint.banner(width, int(height * rng.uniform(0.08, 0.16)), rng, dark)

    def lay(placed: Placed) -> Placed:
        window = framed(placed)
        frame = np.concatenate([top, np.zeros_like(window.rgb), bottom])
        return window.onto(frame, 0, len(top))

    return lay


def _channel_logo(rng: Rng, framed: Framing) -> Overlay:
    """An ornate badge in a corner, with the channel's name beside it."""
    width, height = CANVAS
    size = int(height * rng.uniform(0.14, 0.24))
    right, low = bool(rng.integers(2)), bool(rng.integers(2))
    x = width - size - 24 if right else 24
    y = height - size - 24 if low else 24
    layer = Image.new("RGBA", CANVAS)
    draw = ImageDraw.Draw(layer)
    draw.rounded_rectangle(
        (x, y, x + size, y + size), size // 6, fill=_strong_colour(rng), outline="white", width=4
    )
    for _ in range(14):
        a, b, c = rng.uniform(0.12, 0.8, 3) * size
        shape = (draw.ellipse, draw.rectangle)[int(rng.integers(2))]
        shape((x + a, y + b, x + a + c * 0.22, y + b + c * 0.22), fill=_strong_colour(rng))
    name = "N24TV"[: int(rng.integers(3, 6))]
    draw.text((x + size * 0.12, y + size * 0.3), name, "white", paint.font(size * 0.34))
    return _laid_over(layer, framed, low=low)


def _stock_watermark(rng: Rng, framed: Framing) -> Overlay:
    """A translucent lattice with an agency's name over the whole picture."""
    width, height = CANVAS
    layer = Image.new("RGB", (width, HEIGHTS[1]), (0, 0, 0))
    draw = ImageDraw.Draw(layer)
    step, name = int(rng.integers(110, 170)), paint.sentence(rng, 2)
    for offset in range(-height - 20 * step, width + 20 * step, step):
        draw.line((offset, 0, offset + layer.height, layer.height), fill=(255, 255, 255), width=3)
        draw.line((offset, 0, offset - layer.height, layer.height), fill=(255, 255, 255), width=3)
    for row in range(layer.height // (height // 3)):
        at = width * (0.08 + 0.25 * (row % 3)), height * (0.15 + 0.3 * row)
        draw.text(at, name, (255, 255, 255), paint.font(56))
    strength = np.array(layer, np.float32) / 255 * rng.uniform(0.3, 0.45)

    def lay(placed: Placed) -> Placed:
        under = framed(placed)
        veil = strength[: under.height]
        return under.painted(paint.clipped(under.rgb * (1 - veil) + 255 * veil))

    return lay


def _laid_over(layer: Image.Image, framed: Framing, *, low: bool) -> Overlay:
    """The same transparent layer over each picture, at its upper or its lower edge."""

    def over(placed: Placed) -> Placed:
        under = framed(placed)
        picture = Image.fromarray(under.rgb)
        picture.paste(layer, (0, under.height - layer.height if low else 0), layer)
        return under.painted(np.array(picture))

    return over


def _of_one_shape(placed: Placed) -> Placed:
    return covering(placed, *CANVAS)


def _of_its_own_shape(placed: Placed) -> Placed:
    width, least, most = CANVAS[0], *HEIGHTS
    return covering(placed, width, min(max(round(width * placed.height / placed.width), least), most))


def _strong_colour(rng: Rng) -> tuple[int, int, int]:
    hue = np.uint8([[[rng.integers(180), 220, rng.integers(90, 220)]]])
    red, green, blue = cv2.cvtColor(hue, cv2.COLOR_HSV2RGB)[0, 0]
    return int(red), int(green), int(blue)


KINDS: dict[str, Callable[[Rng, Framing], Overlay]] = {
    "phone_app": _phone_app,
    "lower_third": _lower_third,
    "caption_bar": _caption_bar,
    "channel_logo": _channel_logo,
    "stock_watermark": _stock_watermark,
    "player": surroundings.player,
    "short_film": surroundings.short_film,
    "card": surroundings.card,
    "news_page": surroundings.news_page,
    "television": surroundings.television,
    "chat": surroundings.chat,
}

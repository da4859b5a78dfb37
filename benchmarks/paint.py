"""What changes pixels but moves nothing: encoders, filters, light, text and ornaments."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from placed import Rgb

Colour = tuple[int, int, int]
Rng = np.random.Generator

VOCABULARY = """
breaking shocking footage tonight river city nobody talks about this share before deleted army bridge flood
thousands gathered yesterday watch until end real video exclusive witness says police market harbour storm
mountain village minister denies report camera caught moment live update
"""
WORDS = VOCABULARY.split()


def recompressed(rgb: Rgb, kind: str = "JPEG", **options: int) -> Rgb:
    """Through a real encoder and back."""
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, kind, **options)
    return np.array(Image.open(buffer).convert("RGB"))


def blurred(rgb: Rgb, share: float) -> Rgb:
    """Gaussian blur, sigma as a share of the longest side."""
    return cv2.GaussianBlur(rgb, (0, 0), max(0.3, share * max(rgb.shape[:2])))


def motion_blurred(rgb: Rgb, share: float, degrees: float) -> Rgb:
    """Smeared along a line whose length is a share of the longest side."""
    length = max(3, round(share * max(rgb.shape[:2]))) | 1
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), degrees, 1)
    line = cv2.warpAffine(line, turn, (length, length))
    return cv2.filter2D(rgb, -1, line / line.sum(), borderType=cv2.BORDER_REPLICATE)


def noisy(rgb: Rgb, sigma: float, rng: Rng) -> Rgb:
    return clipped(rgb + rng.normal(0, sigma, rgb.shape))


def toned(rgb: Rgb, gain: float | np.ndarray, offset: float, gamma: float = 1.0) -> Rgb:
    """Brightness, contrast and gamma; a gain for all channels or one for each."""
    levels = np.arange(256.0)[:, None] * np.broadcast_to(gain, 3) + offset
    curve = clipped(255 * (np.clip(levels, 0, 255) / 255) ** gamma)
    return cv2.LUT(rgb, curve[None])


def mixed(rgb: Rgb, matrix: list[list[float]]) -> Rgb:
    """Each channel a mixture of all three, as colour filters do."""
    return clipped(rgb @ np.array(matrix, np.float32).T)


def grey(rgb: Rgb) -> Rgb:
    return cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def recoloured(rgb: Rgb, hue_degrees: float, saturation: float) -> Rgb:
    hsv = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV).astype(np.float32)
    hsv[..., 0] = (hsv[..., 0] + hue_degrees / 2) % 180
    hsv[..., 1] = np.clip(hsv[..., 1] * saturation, 0, 255)
    return cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB)


def sharpened(rgb: Rgb, amount: float) -> Rgb:
    return clipped(rgb + amount * (rgb.astype(np.float32) - blurred(rgb, 0.002)))


def lit(rgb: Rgb, x: float, y: float, radius: float, strength: float) -> Rgb:
    """A soft patch of light; places as fractions, the radius as a share of the longest side."""
    height, width = rgb.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    squared = (columns - x * width) ** 2 + (rows - y * height) ** 2
    patch = strength * np.exp(-squared / (2 * (radius * max(height, width)) ** 2))
    return clipped(rgb + patch[..., None] * (255 - rgb.astype(np.float32)))


def vignetted(rgb: Rgb, strength: float) -> Rgb:
    height, width = rgb.shape[:2]
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    return clipped(rgb * (1 - strength * np.clip((rows**2 + columns**2) / 2, 0, 1))[..., None])


def moire(rgb: Rgb, strength: float, rng: Rng) -> Rgb:
    """The beat of a screen's grid against the camera's: slow coloured stripes under fine lines."""
    height, width = rgb.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    stripes = np.empty(rgb.shape, np.float32)
    for channel in range(3):
        wave, angle = 2 * np.pi / rng.uniform(5, 14), rng.uniform(0, np.pi)
        along, down = np.float32(wave * np.cos(angle)), np.float32(wave * np.sin(angle))
        stripes[..., channel] = np.sin(columns * along + rows * down)
    lines = np.sin(rows[:, :1] * np.float32(2 * np.pi / 3.1))[..., None]
    return clipped(rgb * (1 + strength * (stripes + lines) / 2))


def font(size: float) -> ImageFont.FreeTypeFont:
    """Pillow's own face, so that no system font is needed."""
    return ImageFont.load_default(max(6, round(size)))


def sentence(rng: Rng, words: int) -> str:
    return " ".join(rng.choice(WORDS, words)).capitalize()


def written(
    rgb: Rgb, text: str, place: tuple[float, float], size: float, colour: Colour, opacity: float = 1.0
) -> Rgb:
    """Text with its left top corner at a place given in pixels, size in pixels, cut at the edge."""
    base = Image.fromarray(rgb)
    layer = base.copy()
    ImageDraw.Draw(layer).text(place, text, fill=colour, font=font(size))
    return np.array(Image.blend(base, layer, opacity))


def captioned(rgb: Rgb, rng: Rng, size: float | None = None, centred: bool = True) -> Rgb:
    """Outlined text across the lower part, as subtitles and memes have it."""
    height, width = rgb.shape[:2]
    size = size or height * rng.uniform(0.06, 0.09)
    picture = Image.fromarray(rgb)
    draw = ImageDraw.Draw(picture)
    text = _that_fits(sentence(rng, 8), size, width * 0.94)
    left = (width - draw.textlength(text, font(size))) / 2 if centred else width * 0.03
    top = height * rng.uniform(0.78, 0.88)
    edge = max(1, round(size / 14))
    draw.text((left, top), text, "white", font(size), stroke_width=edge, stroke_fill="black")
    return np.array(picture)


def banner(width: int, height: int, rng: Rng, dark: bool, lines: int = 1) -> Rgb:
    """A strip of plain colour with text, as above and below memes."""
    paper, ink = ((12, 12, 12), (245, 245, 245)) if dark else ((250, 250, 250), (15, 15, 15))
    strip = Image.new("RGB", (width, height), paper)
    draw = ImageDraw.Draw(strip)
    size = min(height / lines * 0.62, width / 14)
    for line in range(lines):
        text = _that_fits(sentence(rng, 9), size, width * 0.92)
        left = (width - draw.textlength(text, font(size))) / 2
        draw.text((left, height * (line + 0.5) / lines - size * 0.6), text, ink, font(size))
    return np.array(strip)


def stickered(rgb: Rgb, rng: Rng, count: int, sizes: tuple[float, float] = (0.08, 0.16)) -> Rgb:
    """Round faces, hearts and arrows, each of such a share of the longest side."""
    picture = Image.fromarray(rgb)
    draw = ImageDraw.Draw(picture)
    for number in range(count):
        size = rng.uniform(*sizes) * max(rgb.shape[:2])
        x, y = rng.uniform(0.1, 0.9) * rgb.shape[1], rng.uniform(0.1, 0.9) * rgb.shape[0]
        (_face, _heart, _arrow)[number % 3](draw, x, y, size)
    return np.array(picture)


def clipped(values: np.ndarray) -> Rgb:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _that_fits(text: str, size: float, width: float) -> str:
    while " " in text and font(size).getlength(text) > width:
        text = text.rsplit(" ", 1)[0]
    return text


def _face(draw: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    r = size / 2
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(255, 214, 60), outline=(180, 120, 0), width=2)
    for side in (-0.4, 0.4):
        draw.ellipse((x + side * r - r / 7, y - r / 2.4, x + side * r + r / 7, y - r / 8), fill=(80, 50, 0))
    mouth = (x - r * 0.55, y - r * 0.4, x + r * 0.55, y + r * 0.6)
    draw.arc(mouth, 15, 165, fill=(80, 50, 0), width=max(2, round(r / 8)))


def _heart(draw: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    t = np.linspace(0, 2 * np.pi, 60)
    wide = 16 * np.sin(t) ** 3
    high = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    rim = [(x + size / 34 * a, y + size / 34 * b) for a, b in zip(wide, high, strict=True)]
    draw.polygon(rim, fill=(225, 30, 60))


def _arrow(draw: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    thick = max(3, round(size / 8))
    draw.line((x - size / 2, y - size / 2, x, y), fill=(230, 20, 20), width=thick)
    draw.polygon([(x, y - size / 4), (x + size / 5, y + size / 5), (x - size / 4, y)], fill=(230, 20, 20))

"""What happens to pictures on their way through the networks: mirrored, cropped, captioned, framed.

Everything is drawn with Pillow and its built-in font, so no font file is needed.
"""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as fractions of the picture."""


def mirror(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def crop(image: Image.Image, box: Box) -> Image.Image:
    width, height = image.size
    left, top, right, bottom = box
    edges = (left * width, top * height, right * width, bottom * height)
    return image.crop(tuple(round(edge) for edge in edges))


def resize(image: Image.Image, longest: int) -> Image.Image:
    scale = longest / max(image.size)
    size = (round(image.width * scale), round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS)


def warm(image: Image.Image, strength: float) -> Image.Image:
    """Shift the colours towards the sun and saturate them."""
    pixels = np.asarray(image, dtype=np.float32) * np.array([1 + strength, 1.0, 1 - strength])
    toned = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    return ImageEnhance.Color(toned).enhance(1 + strength)


def caption(image: Image.Image, text: str, *, top: float = 0.02) -> Image.Image:
    """Write lines of white text on black bars over the picture, as people caption a story."""
    captioned = image.copy()
    draw = ImageDraw.Draw(captioned)
    font = ImageFont.load_default(image.height * 0.062)
    pad = image.height * 0.012
    y = image.height * top + pad
    for line in text.split("\n"):
        left, upper, right, lower = draw.textbbox((image.width / 2, y), line, font=font, anchor="ma")
        draw.rounded_rectangle((left - 2 * pad, upper - pad, right + 2 * pad, lower + pad), pad, "black")
        draw.text((image.width / 2, y), line, "white", font=font, anchor="ma")
        y = lower + 2.6 * pad
    return captioned


def blurred_borders(frame: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Put a wide frame in the middle of an upright one, over its own blurred enlargement."""
    width, height = size
    cover = height / frame.shape[0]
    large = cv2.resize(frame, None, fx=cover, fy=cover, interpolation=cv2.INTER_LINEAR)
    start = (large.shape[1] - width) // 2
    upright = cv2.GaussianBlur(large[:, start : start + width], (0, 0), height / 40)
    upright = (upright * 0.8).astype(np.uint8)
    inner_height = round(frame.shape[0] * width / frame.shape[1])
    top = (height - inner_height) // 2
    upright[top : top + inner_height] = cv2.resize(frame, (width, inner_height), interpolation=cv2.INTER_AREA)
    return upright


SCREEN = (720, 1520)
POST_TOP = 420
"""Where the picture of the post starts, in screen pixels; it fills the whole width."""
INK, GREY, PALE, LINK = "#14171a", "#657786", "#e6ecf0", "#1b7fc4"


def post_screenshot(frame: Image.Image, text: str) -> Image.Image:
    """Draw a phone's screen that shows a post with a paused video. Account, app and numbers are made up."""
    screen = Image.new("RGB", SCREEN, "white")
    draw = ImageDraw.Draw(screen)
    _status_bar(draw)
    _author(screen, draw)
    draw.multiline_text((32, 268), text, INK, font=ImageFont.load_default(34), spacing=14)
    size = (SCREEN[0], round(frame.height * SCREEN[0] / frame.width))
    picture = frame.resize(size, Image.Resampling.LANCZOS)
    screen.paste(picture, (0, POST_TOP))
    bottom = POST_TOP + picture.height
    _player(draw, bottom)
    _buttons(draw, bottom + 40)
    _comments(draw, bottom + 140)
    return screen


def _status_bar(draw: ImageDraw.ImageDraw) -> None:
    small = ImageFont.load_default(26)
    draw.text((32, 18), "08:15", INK, font=small)
    draw.rounded_rectangle((640, 22, 688, 44), 5, outline=INK, width=2)
    draw.rectangle((644, 26, 672, 40), INK)
    for number in range(4):
        draw.rectangle((580 + 11 * number, 40 - 5 * number, 587 + 11 * number, 44), INK)
    draw.text((360, 72), "Post", INK, font=ImageFont.load_default(36), anchor="ma")
    draw.line((58, 78, 40, 96, 58, 114), INK, width=4, joint="curve")
    draw.line((0, 134, 720, 134), PALE, width=2)


def _author(screen: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse((32, 158, 120, 246), "#7a9e7e")
    draw.ellipse((61, 174, 91, 204), "#f4f1e8")
    draw.pieslice((46, 206, 106, 270), 180, 360, "#f4f1e8")
    screen.paste("white", (32, 247, 121, 272))
    draw.text((140, 164), "Weather & Wonders", INK, font=ImageFont.load_default(32))
    draw.text((140, 206), "@weather.wonders.sample · 14 Jan", GREY, font=ImageFont.load_default(26))


def _player(draw: ImageDraw.ImageDraw, bottom: int) -> None:
    """Draw the bar of a paused player over the foot of the picture."""
    draw.line((24, bottom - 22, 696, bottom - 22), "#c8c8c8", width=4)
    draw.line((24, bottom - 22, 456, bottom - 22), "white", width=4)
    draw.ellipse((446, bottom - 32, 466, bottom - 12), "white")


def _buttons(draw: ImageDraw.ImageDraw, y: int) -> None:
    """Draw comments, reposts and hearts with their numbers."""
    draw.rounded_rectangle((44, y, 82, y + 28), 12, outline=GREY, width=3)
    draw.line((54, y + 26, 54, y + 36, 64, y + 27), GREY, width=3)
    for x, tip, way in ((266, y + 34, -1), (290, y - 2, 1)):
        draw.line((x, y + 2, x, y + 30), GREY, width=3)
        draw.line((x - 9, tip - 10 * -way, x, tip, x + 9, tip - 10 * -way), GREY, width=3)
    draw.line((266, y + 2, 284, y + 2), GREY, width=3)
    draw.line((272, y + 30, 290, y + 30), GREY, width=3)
    draw.ellipse((480, y, 500, y + 20), "#d9485f")
    draw.ellipse((497, y, 517, y + 20), "#d9485f")
    draw.polygon(((481, y + 14), (516, y + 14), (498, y + 34)), "#d9485f")
    for x, count in ((96, "312"), (312, "1.9 k"), (532, "8.4 k")):
        draw.text((x, y - 1), count, GREY, font=ImageFont.load_default(28))
    draw.line((0, y + 66, 720, y + 66), PALE, width=2)


def _comments(draw: ImageDraw.ImageDraw, y: int) -> None:
    font = ImageFont.load_default(28)
    remarks = ("No snow at all? In January?", "Where is this exactly?", "I have seen this before ...")
    for number, (remark, colour) in enumerate(zip(remarks, ("#b08ea2", "#8aa4c8", "#c9a66b"), strict=True)):
        top = y + 130 * number
        draw.ellipse((32, top, 92, top + 60), colour)
        draw.rounded_rectangle((112, top + 4, 300, top + 20), 8, PALE)
        draw.text((112, top + 30), remark, INK, font=font)
        draw.text((112, top + 72), "Reply", LINK, font=ImageFont.load_default(24))


def softened(image: Image.Image) -> Image.Image:
    """Lose a little sharpness, as every pass through a network does."""
    return image.filter(ImageFilter.GaussianBlur(0.6))

"""Phones, players and monitors: what is drawn around a picture when somebody shows it on a screen."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw

from paint import Colour, Rng, font, lit, moire, recompressed, sentence, toned
from placed import Placed, Rgb

PHONE_WIDTH = 720
"""Pixels; a common screenshot width after a messenger has scaled it."""


def posted(placed: Placed, rng: Rng) -> Placed:
    """A screenshot of a phone app that shows the picture in a post."""
    picture = placed.fitted(PHONE_WIDTH, PHONE_WIDTH * 1.1)
    head, foot = round(rng.uniform(190, 260)), round(rng.uniform(220, 420))
    frame = app_frame(PHONE_WIDTH, head, picture.height, foot, rng)
    return picture.onto(frame, (PHONE_WIDTH - picture.width) / 2, head)


def app_frame(width: int, head: int, middle: int, foot: int, rng: Rng) -> Rgb:
    """An empty post: status bar, author and text in the head, buttons and comments in the foot."""
    dark = bool(rng.integers(2))
    paper, ink, faint = ((18, 20, 24), (235, 235, 235), (110, 115, 120)) if dark else (
        (255, 255, 255), (20, 20, 20), (150, 150, 155)
    )  # fmt: skip
    screen = Image.new("RGB", (width, head + middle + foot), paper)
    draw = ImageDraw.Draw(screen)
    accent = tuple(int(c) for c in rng.integers(40, 230, 3))
    _status_bar(draw, width, ink, rng)
    _author(draw, width, accent, ink, faint, rng)
    for line in range((head - 140) // 34):
        draw.text((20, 136 + 34 * line), sentence(rng, 6), ink, font(26))
    _buttons(draw, width, head + middle + 16, faint, accent, rng)
    for line in range((foot - 90) // 44):
        top = head + middle + 90 + 44 * line
        draw.ellipse((20, top, 52, top + 32), fill=tuple(int(c) for c in rng.integers(60, 220, 3)))
        draw.text((64, top + 2), sentence(rng, 5), ink, font(22))
    return np.array(screen)


def filmed(placed: Placed, rng: Rng, glare: float = 0.35) -> Placed:
    """A monitor that shows the picture, filmed by a hand-held phone: perspective, moire, light."""
    screen = placed.painted(moire(placed.rgb, 0.10, rng))
    width, height = screen.width, screen.height
    margin = rng.uniform(0.08, 0.16)
    view_width, view_height = round(width * (1 + 2 * margin)), round(height * (1 + 2 * margin))
    room = _dim_room(view_width, view_height, rng)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    wobble = rng.uniform(-0.06, 0.06, (4, 2))
    target = corners + (wobble + margin) * (width, height)
    step = cv2.getPerspectiveTransform(corners, target.astype(np.float32))
    seen = _bezel(screen, 0.02).warped(step, room)
    light = lit(seen.rgb, rng.uniform(0.2, 0.8), rng.uniform(0.1, 0.6), rng.uniform(0.08, 0.16), glare)
    tinted = toned(light, rng.uniform(0.83, 0.92, 3), 6, rng.uniform(0.9, 1.2))
    return seen.painted(recompressed(tinted, quality=70))


def paused(placed: Placed, rng: Rng) -> Placed:
    """A screenshot of a video player at rest: bars, a play sign, a progress line and times."""
    width, height = placed.width, placed.height
    bar, edge = round(max(36, height * 0.1)), round(max(28, height * 0.07))
    canvas = np.full((height + bar + edge, width, 3), int(rng.integers(10, 40)), np.uint8)
    shown = placed.onto(canvas, 0, edge)
    picture = Image.fromarray(shown.rgb)
    draw = ImageDraw.Draw(picture)
    draw.text((10, edge * 0.2), sentence(rng, 4), (230, 230, 230), font(edge * 0.5))
    _play_sign(draw, width / 2, edge + height / 2, min(width, height) * 0.09)
    line, done = edge + height + bar * 0.25, rng.uniform(0.1, 0.9)
    draw.line((12, line, width - 12, line), fill=(120, 120, 120), width=4)
    draw.line((12, line, 12 + (width - 24) * done, line), fill=(230, 30, 30), width=4)
    times = f"0:{rng.integers(10, 59)} / 3:{rng.integers(10, 59)}"
    draw.text((14, line + bar * 0.2), times, (230, 230, 230), font(bar * 0.4))
    return shown.painted(np.array(picture))


def _status_bar(draw: ImageDraw.ImageDraw, width: int, ink: Colour, rng: Rng) -> None:
    draw.text((24, 10), f"{rng.integers(0, 24):02d}:{rng.integers(0, 60):02d}", ink, font(26))
    for step in range(4):
        draw.rectangle((width - 150 + 9 * step, 34 - 6 * step, width - 144 + 9 * step, 36), fill=ink)
    draw.rounded_rectangle((width - 84, 14, width - 34, 36), 5, outline=ink, width=2)
    draw.rectangle((width - 80, 18, width - 80 + int(rng.integers(8, 42)), 32), fill=ink)


def _author(
    draw: ImageDraw.ImageDraw, width: int, accent: tuple[int, ...], ink: Colour, faint: Colour, rng: Rng
) -> None:
    draw.ellipse((20, 58, 84, 122), fill=accent)
    draw.text((38, 68), "ABDEHKMNRST"[rng.integers(11)], (255, 255, 255), font(40))
    draw.text((98, 60), sentence(rng, 2), ink, font(28))
    handle = sentence(rng, 2).lower().replace(" ", "_")
    draw.text((98, 94), f"@{handle} · {rng.integers(1, 23)} h", faint, font(22))
    draw.rounded_rectangle((width - 150, 68, width - 24, 110), 20, outline=accent, width=3)
    draw.text((width - 130, 76), "Follow", accent, font(24))


def _buttons(
    draw: ImageDraw.ImageDraw, width: int, top: int, faint: Colour, accent: tuple[int, ...], rng: Rng
) -> None:
    for place in range(4):
        x = 30 + place * (width - 60) / 4
        shape = (draw.ellipse, draw.rectangle)[place % 2]
        shape((x, top, x + 32, top + 32), outline=accent if place == 0 else faint, width=3)
        draw.text((x + 42, top + 4), f"{rng.integers(1, 99)}.{rng.integers(0, 9)}k", faint, font(22))


def _play_sign(draw: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    draw.ellipse((x - size, y - size, x + size, y + size), fill=(0, 0, 0), outline=(255, 255, 255), width=3)
    half = size * 0.45
    arrow = [(x - half * 0.7, y - half), (x + half, y), (x - half * 0.7, y + half)]
    draw.polygon(arrow, fill=(255, 255, 255))


def _bezel(placed: Placed, share: float) -> Placed:
    """Darken the rim, as a monitor's frame throws its shadow; the geometry stays."""
    rgb = placed.rgb.copy()
    rim = max(1, round(share / 4 * max(rgb.shape[:2])))
    for strip in (rgb[:rim], rgb[-rim:], rgb[:, :rim], rgb[:, -rim:]):
        strip[:] = 8
    return placed.painted(rgb)


def _dim_room(width: int, height: int, rng: Rng) -> Rgb:
    """A dark wall with a gradient of light and some grain."""
    slope = np.linspace(rng.uniform(10, 40), rng.uniform(40, 90), height)[:, None, None]
    wall = np.broadcast_to(slope * rng.uniform(0.8, 1.0, 3), (height, width, 3))
    return np.clip(wall + 3 * rng.standard_normal((height, width, 1), np.float32), 0, 255).astype(np.uint8)

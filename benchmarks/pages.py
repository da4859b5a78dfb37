"""Pictures of little but words, charts, and lights in the dark: strangers have much in common there."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw

import paint
from paint import Rng
from placed import Rgb
from screens import app_frame


def letter(rng: Rng) -> Rgb:
    """A page of one office: the same head over other words."""
    page = Image.new("RGB", (900, 1200), "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((60, 50, 160, 150), outline="black", width=6)
    draw.ellipse((75, 65, 145, 135), outline="black", width=5)
    draw.text((190, 60), "MINISTRY OF PUBLIC HEALTH", "black", paint.font(40))
    draw.text((190, 110), "Office of the director", "black", paint.font(24))
    draw.line((60, 170, 840, 170), fill="black", width=3)
    _paragraphs(draw, rng)
    return np.array(page)


def page(rng: Rng) -> Rgb:
    """Paragraphs and nothing else."""
    blank = Image.new("RGB", (900, 1200), "white")
    _paragraphs(ImageDraw.Draw(blank), rng)
    return np.array(blank)


def chat(rng: Rng) -> Rgb:
    """Messages of one app, left and right."""
    screen = Image.new("RGB", (720, 1280), (229, 221, 213))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 720, 110), fill=(7, 94, 84))
    draw.ellipse((20, 25, 80, 85), fill="white")
    draw.text((100, 35), paint.sentence(rng, 2), "white", paint.font(32))
    top = 140
    while top < 1150:
        own, lines, width = bool(rng.integers(2)), int(rng.integers(1, 4)), int(rng.integers(350, 520))
        left = 720 - width - 20 if own else 20
        box = (left, top, left + width, top + 20 + 38 * lines)
        draw.rounded_rectangle(box, 14, fill=(220, 248, 198) if own else "white")
        for line in range(lines):
            words = paint.sentence(rng, width // 110)
            draw.text((left + 16, top + 10 + 38 * line), words, "black", paint.font(26))
        top += 40 + 38 * lines
    return np.array(screen)


def short_post(rng: Rng) -> Rgb:
    """Four lines under one sender's name."""
    card = Image.new("RGB", (900, 420), "white")
    draw = ImageDraw.Draw(card)
    draw.ellipse((30, 30, 110, 110), fill=(120, 160, 200))
    draw.text((130, 35), "News Desk", "black", paint.font(34))
    draw.text((130, 75), "@newsdesk", "grey", paint.font(26))
    for line in range(4):
        draw.text((30, 140 + 50 * line), paint.sentence(rng, 8), "black", paint.font(34))
    for place in range(4):
        draw.ellipse((40 + 200 * place, 360, 64 + 200 * place, 384), outline="grey", width=3)
        draw.text((75 + 200 * place, 358), str(int(rng.integers(100, 9999))), "grey", paint.font(24))
    return np.array(card)


def plain_post(rng: Rng) -> Rgb:
    """A plain picture, of a few thin lines in a sky, in a post of one app with words of its own."""
    sky = np.full((400, 600, 3), (150, 170, 190), np.uint8)
    for _ in range(4):
        line = np.cumsum(rng.normal(0, 25, (30, 2)), axis=0) + np.array([300, 200])
        cv2.polylines(sky, [line.astype(np.int32)], False, (60, 60, 120), 2, cv2.LINE_AA)
    head, window = int(rng.integers(260, 300)), int(rng.integers(470, 510))
    post = app_frame(720, head, window, 1280 - head - window, rng)
    post[head : head + window] = cv2.resize(sky, (720, window))
    return post


def chart(rng: Rng) -> Rgb:
    """Other figures in one of a few designs, as a pie or as bars."""
    style = np.random.default_rng(int(rng.integers(CHART_DESIGNS)))
    colours = [tuple(int(v) for v in style.integers(30, 230, 3)) for _ in CHART_NAMES]
    title, source = paint.sentence(style, 4), f"Source: {paint.sentence(style, 3)}"
    left, legend = (90, 620) if style.integers(2) else (460, 80)
    is_pie, size = bool(style.integers(2)), int(style.integers(340, 440))
    sheet = Image.new("RGB", (960, 640), "white")
    draw = ImageDraw.Draw(sheet)
    draw.text((60, 30), title, "black", paint.font(34))
    draw.text((60, 596), source, "grey", paint.font(20))
    shares, begun = rng.dirichlet(np.full(len(CHART_NAMES), 4.0)), 0.0
    for place, (share, colour, name) in enumerate(zip(shares, colours, CHART_NAMES, strict=True)):
        if is_pie:
            draw.pieslice(
                (left, 110, left + size, 110 + size), begun, begun + 360 * share, colour, "white", 3
            )
            begun += 360 * share
        else:
            bar = left + place * size // 4
            draw.rectangle((bar, 550 - 800 * share, bar + size // 5, 550), colour)
        draw.rectangle((legend, 180 + 70 * place, legend + 40, 220 + 70 * place), colour)
        draw.text((legend + 60, 182 + 70 * place), f"{name} {share:.0%}", "black", paint.font(30))
    return np.array(sheet)


def light(rng: Rng) -> Rgb:
    """One blurred light in the dark."""
    night = np.zeros((360, 480, 3), np.uint8)
    at = (int(rng.uniform(180, 300)), int(rng.uniform(140, 220)))
    radius = rng.uniform(25, 60)
    axes = (int(radius), int(radius * rng.uniform(0.5, 1)))
    colour = tuple(int(v) for v in rng.integers(90, 220, 3))
    cv2.ellipse(night, at, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1)
    return cv2.GaussianBlur(night, (0, 0), float(rng.uniform(4, 12))).astype(np.uint8)


CHART_NAMES = ("North", "South", "East", "West")
CHART_DESIGNS = 8

KINDS: dict[str, Callable[[Rng], Rgb]] = {
    "letters": letter,
    "pages": page,
    "chats": chat,
    "short posts": short_post,
    "plain posts": plain_post,
    "charts": chart,
    "lights": light,
}


def drawn(kind: str, number: int) -> Rgb:
    """One of a kind; the same kind and number always look the same."""
    return KINDS[kind](np.random.default_rng(number))


def copies(rgb: Rgb) -> list[Rgb]:
    """What people do to such pictures: a crop sent on, a recompression, halves, a piece of the middle."""
    height, width = rgb.shape[:2]
    crop = rgb[int(0.06 * height) : int(0.95 * height), int(0.04 * width) :]
    smaller = cv2.resize(crop, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA).astype(np.uint8)
    middle = rgb[height // 4 : 3 * height // 4, width // 5 : 4 * width // 5]
    return [
        paint.recompressed(smaller, quality=50),
        paint.recompressed(rgb, quality=40),
        rgb[: height // 2],
        rgb[height // 2 :],
        np.ascontiguousarray(middle),
    ]


def _paragraphs(draw: ImageDraw.ImageDraw, rng: Rng) -> None:
    top = 210
    for _ in range(4):
        for _ in range(int(rng.integers(3, 7))):
            draw.text((70, top), paint.sentence(rng, int(rng.integers(6, 9))), "black", paint.font(24))
            top += 36
        top += 30

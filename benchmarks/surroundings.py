"""Players, news pages and cards, television frames and chats: what is drawn over a picture, or all around it.

As in `overlays.py`, each design is random but fixed, and the same to the pixel on every picture; a frame of
its own shape moves what lies below the picture.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

import paint
from layouts import Framing, Overlay, covering, on_blurred_self
from paint import Colour, Rng
from placed import Placed, Rgb

PHONE = (720, 1280)
SCREEN = (1280, 800)
TELEVISION = (1280, 720)
CARD_HEIGHTS = (720, 900, 1280)
"""Of cards as wide as a phone."""
PLAYER_BAR = 84
"""Pixels of the lower edge that a player darkens for its controls."""
Draw = ImageDraw.ImageDraw


def player(rng: Rng, framed: Framing) -> Overlay:
    """A film at rest: a play sign in its middle, controls and a title on what is darkened for them."""
    accent, size = _accent(rng), int(rng.integers(30, 70))
    title, subtitle, done = paint.sentence(rng, 5), paint.sentence(rng, 4), rng.uniform(0.1, 0.9)
    round_sign, with_subtitle = bool(rng.integers(2)), bool(rng.integers(2))

    def lay(placed: Placed) -> Placed:
        under = framed(placed)
        width, height = under.width, under.height
        picture = Image.fromarray(_darkened(under.rgb, PLAYER_BAR))
        draw = ImageDraw.Draw(picture)
        x, y = width / 2, height / 2
        sign = draw.ellipse if round_sign else draw.rectangle
        sign((x - size * 1.2, y - size, x + size * 1.2, y + size), fill=accent)
        draw.polygon([(x - size / 3, y - size / 2), (x + size / 2, y), (x - size / 3, y + size / 2)], "white")
        draw.text((16, 10), title, "white", paint.font(28))
        line = height - 52
        draw.line((14, line, width - 14, line), fill=(160, 160, 160), width=4)
        draw.line((14, line, 14 + (width - 28) * done, line), fill=accent, width=4)
        for place in range(3):
            draw.rectangle((20 + 44 * place, height - 36, 34 + 44 * place, height - 16), fill="white")
            corner = width - 44 - 44 * place
            draw.rectangle((corner, height - 36, corner + 22, height - 18), outline="white", width=3)
        draw.text((160, height - 40), "1:27 / 4:09", "white", paint.font(22))
        if with_subtitle:
            draw.rectangle((width * 0.3, height - 130, width * 0.7, height - 92), fill="black")
            draw.text((width * 0.32, height - 128), subtitle, "white", paint.font(26))
        return under.painted(np.array(picture))

    return lay


def short_film(rng: Rng, _: Framing) -> Overlay:
    """A picture that fills a phone, with signs down the right side, words below and a bar of tabs."""
    width, height = PHONE
    accent, bar = _accent(rng), int(rng.integers(80, 130))
    names = [paint.sentence(rng, 3) for _ in range(4)]
    layer = Image.new("RGBA", (width, height - bar))
    draw = ImageDraw.Draw(layer)
    draw.text((width * 0.3, 60), "Following   For you", "white", paint.font(30))
    for place in range(5):
        y = height * (0.38 + 0.09 * place)
        draw.ellipse((width - 92, y, width - 28, y + 64), fill=accent if place == 0 else "white")
        draw.text((width - 90, y + 68), f"{rng.integers(1, 99)}.{rng.integers(9)}K", "white", paint.font(24))
    for line, text in enumerate(names):
        draw.text((26, height - bar - 200 + 44 * line), text, "white", paint.font(34 if line == 0 else 28))
    foot = Image.new("RGB", (width, bar), "black")
    for place in range(5):
        x = 50 + place * width / 5
        ImageDraw.Draw(foot).rounded_rectangle((x, 20, x + 44, 52), 8, outline="white", width=4)

    def lay(placed: Placed) -> Placed:
        under = covering(placed, width, height - bar)
        picture = Image.fromarray(under.rgb)
        picture.paste(layer, (0, 0), layer)
        screen = np.concatenate([np.array(picture), np.array(foot)])
        return under.painted(np.array(picture)).onto(screen, 0, 0)

    return lay


def card(rng: Rng, _: Framing) -> Overlay:
    """A picture that fills a newsroom's card, ever darker towards the headline at its foot."""
    width, height = PHONE[0], CARD_HEIGHTS[int(rng.integers(len(CARD_HEIGHTS)))]
    rows, light = np.linspace(0, 1, height), rng.uniform(0.05, 0.3)
    begun, ended = rng.uniform(0.1, 0.4), rng.uniform(0.6, 0.9)
    dimmed = 1 - (1 - light) * np.clip((rows - begun) / (ended - begun), 0, 1)
    layer = Image.new("RGBA", (width, height))
    draw = ImageDraw.Draw(layer)
    draw.rectangle((0, 0, 190, 64), fill=_accent(rng))
    draw.text((16, 12), paint.sentence(rng, 1).upper(), "white", paint.font(34))
    lines = int(rng.integers(2, 5))
    top = height - 90 - 60 * lines
    draw.rectangle((30, top - 58, 30 + int(rng.integers(120, 260)), top - 16), fill=_accent(rng))
    for line in range(lines):
        draw.text((30, top + 60 * line), paint.sentence(rng, 4), "white", paint.font(46))
    draw.text((30, height - 60), paint.sentence(rng, 4), (190, 190, 190), paint.font(26))

    def lay(placed: Placed) -> Placed:
        under = covering(placed, width, height)
        picture = Image.fromarray(paint.clipped(under.rgb * dimmed[:, None, None]))
        picture.paste(layer, (0, 0), layer)
        return under.painted(np.array(picture))

    return lay


def news_page(rng: Rng, framed: Framing) -> Overlay:
    """An article with its picture: on a phone, or on a screen with a column beside it."""
    paper, ink = _paper(rng)
    if rng.integers(2):
        return _on_a_phone(rng, framed, paper, ink)
    return _on_a_screen(rng, paper, ink)


def television(rng: Rng, _: Framing) -> Overlay:
    """A picture in a window beside figures, over headline and ticker; its own blur fills the window."""
    width, height = TELEVISION
    side, foot = int(rng.integers(180, 320)), int(rng.integers(110, 180))
    colour, bright = _accent(rng), _accent(rng)
    frame = Image.new("RGB", TELEVISION, colour)
    draw = ImageDraw.Draw(frame)
    draw.text((20, 20), "19:42:07", "white", paint.font(44))
    for line in range(5):
        y = 100 + line * (height - foot - 120) / 5
        draw.rectangle((14, y, side - 14, y + 60), outline="white", width=2)
        draw.text((24, y + 14), f"{paint.sentence(rng, 1)} {rng.integers(40)}", "white", paint.font(28))
    draw.rectangle((0, height - foot, width, height - 50), fill=bright)
    draw.text((30, height - foot + 10), paint.sentence(rng, 6), "white", paint.font(48))
    draw.rectangle((0, height - 50, width, height), fill=(16, 16, 20))
    draw.text((20, height - 42), paint.sentence(rng, 12), (230, 200, 60), paint.font(28))
    empty, window = np.array(frame), (width - side, height - foot)

    def lay(placed: Placed) -> Placed:
        return on_blurred_self(placed, *window).onto(empty, side, 0)

    return lay


def chat(rng: Rng, _: Framing) -> Overlay:
    """Words before and after a small picture, in bubbles; those after it move with its height."""
    width, height = PHONE
    wide, left = int(width * rng.uniform(0.5, 0.9)), bool(rng.integers(2))
    ground, accent = _ground(rng), _accent(rng)
    head = ground.crop((0, 0, width, int(rng.integers(230, 500))))
    draw = ImageDraw.Draw(head)
    bar = int(rng.integers(90, 150))
    draw.rectangle((0, 0, width, bar), fill=accent if rng.integers(2) else (250, 250, 250))
    draw.text((24, 8), "21:47", (128, 128, 128), paint.font(22))
    draw.ellipse((70, bar - 74, 130, bar - 14), fill=_accent(rng))
    draw.text((150, bar - 66), paint.sentence(rng, 2), (150, 150, 150), paint.font(32))
    for line in range((head.height - bar - 20) // 80):
        _bubble(draw, width, bar + 20 + 80 * line, rng)
    below = ground.copy()
    draw, top = ImageDraw.Draw(below), 0
    if rng.integers(2):
        x = 16 if left else width - wide - 16
        draw.rectangle((x, 0, x + wide, 150), fill="white")
        _paragraph(draw, (x + 14, 12, 140), 26, wide // 130, (20, 20, 20), rng)
        top = 170
    for line in range(int(rng.integers(0, 5))):
        _bubble(draw, width, top + 20 + 80 * line, rng)
    foot = ground.crop((0, 0, width, 100))
    ImageDraw.Draw(foot).rounded_rectangle((16, 14, width - 110, 84), 34, fill="white")
    ImageDraw.Draw(foot).ellipse((width - 90, 10, width - 16, 84), fill=accent)

    def lay(placed: Placed) -> Placed:
        tall = min(max(round(wide * placed.height / placed.width), wide // 2), round(wide * 1.4))
        small = covering(placed, wide, tall)
        screen = ground.copy()
        screen.paste(head, (0, 0))
        screen.paste(below, (0, head.height + small.height))
        screen.paste(foot, (0, height - 100))
        return small.onto(np.array(screen), 16 if left else width - wide - 16, head.height)

    return lay


def _ground(rng: Rng) -> Image.Image:
    """What bubbles lie on: plain, or with faint signs all over."""
    paper, ink = (_pale(rng), (40, 40, 40)) if rng.integers(4) else ((22, 26, 30), (200, 200, 200))
    ground = Image.new("RGB", PHONE, paper)
    if rng.integers(2):
        layer = ground.copy()
        draw = ImageDraw.Draw(layer)
        for y in range(10, PHONE[1], 64):
            for x in range(10, PHONE[0], 64):
                shape = (draw.ellipse, draw.rectangle)[int(rng.integers(2))]
                size = int(rng.integers(14, 34))
                shape((x, y, x + size, y + size), outline=ink, width=3)
        ground = Image.blend(ground, layer, 0.25)
    return ground


def _on_a_phone(rng: Rng, framed: Framing, paper: Colour, ink: Colour) -> Overlay:
    """Headline, picture as wide as the phone, paragraphs below."""
    width, height = PHONE
    head = Image.new("RGB", (width, int(rng.integers(260, 420))), paper)
    draw = ImageDraw.Draw(head)
    draw.rectangle((0, 0, width, 90), fill=_accent(rng))
    draw.text((180, 26), paint.sentence(rng, 2).upper(), "white", paint.font(36))
    _paragraph(draw, (30, 120, head.height - 20), 42, 4, ink, rng)
    below = Image.new("RGB", (width, height), paper)
    _paragraph(ImageDraw.Draw(below), (30, 20, height), 30, 6, ink, rng)

    def lay(placed: Placed) -> Placed:
        shape = framed(placed)
        wide = covering(placed, width, round(width * shape.height / shape.width))
        screen = Image.new("RGB", PHONE, paper)
        screen.paste(head, (0, 0))
        screen.paste(below, (0, head.height + wide.height))
        return wide.onto(np.array(screen), 0, head.height)

    return lay


def _on_a_screen(rng: Rng, paper: Colour, ink: Colour) -> Overlay:
    """Headline, picture and a paragraph, a column of other news beside them."""
    width, height = SCREEN
    screen = Image.new("RGB", SCREEN, paper)
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, width, 70), fill=_accent(rng))
    draw.text((40, 14), paint.sentence(rng, 5), "white", paint.font(38))
    column, top = int(width * rng.uniform(0.62, 0.75)), int(rng.integers(190, 280))
    _paragraph(draw, (40, 90, top - 20), 40, 5, ink, rng)
    _paragraph(draw, (column + 30, 100, height), 26, 3, ink, rng)
    draw.rectangle((column + 30, height - 200, width - 30, height - 30), fill=_accent(rng))
    _paragraph(draw, (40, height - 100, height), 24, 8, ink, rng)
    empty = np.array(screen)
    return lambda placed: covering(placed, column - 40, height - 120 - top).onto(empty, 40, top)


def _paragraph(draw: Draw, place: tuple[int, int, int], size: int, words: int, ink: Colour, rng: Rng) -> None:
    """Lines of words from a left top corner down to an end."""
    left, top, end = place
    for y in range(top, end - size, round(size * 1.35)):
        draw.text((left, y), paint.sentence(rng, words), ink, paint.font(size))


def _bubble(draw: Draw, width: int, top: int, rng: Rng) -> None:
    long, mine = int(rng.integers(180, 460)), bool(rng.integers(2))
    left = width - long - 20 if mine else 20
    draw.rounded_rectangle((left, top, left + long, top + 64), 16, fill=(215, 245, 205) if mine else "white")
    draw.text((left + 14, top + 14), paint.sentence(rng, long // 90), (20, 20, 20), paint.font(26))


def _darkened(rgb: Rgb, rows: int) -> Rgb:
    """Darker towards the upper and the lower edge."""
    height = len(rgb)
    edge = np.minimum(np.arange(height), np.arange(height)[::-1])
    return paint.clipped(rgb * np.clip(0.35 + 0.65 * edge / (1.5 * rows), 0, 1)[:, None, None])


def _paper(rng: Rng) -> tuple[Colour, Colour]:
    """Paper and ink, light or dark."""
    return ((22, 24, 28), (235, 235, 235)) if rng.integers(2) else ((252, 252, 250), (20, 20, 20))


def _pale(rng: Rng) -> Colour:
    red, green, blue = (int(c) for c in rng.integers(200, 245, 3))
    return red, green, blue


def _accent(rng: Rng) -> Colour:
    red, green, blue = (int(c) for c in rng.integers(20, 230, 3))
    return red, green, blue

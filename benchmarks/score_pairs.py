"""View pairs with the truth about them, for `fit_score.py`: how alike is what is a copy, and what is not?

Photos, and a frame of each video, are asked for under edits and under overlays with strangers beside them;
pages, posts and lights among others of their kind, people before one camera among each other. Of the best
pair of every item the measures are kept.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

import footage
import overlays
import pages
import patterns
import still_edits
from covered_edits import COVERED
from layouts import STRANGERS_NEEDED
from pictures import Picture, load
from placed import Rgb
from score_questions import Question, Row, add, rows_of, view_of
from verify.fingerprints.local_features import QUERY
from verify.matching.claims import WEAK_LEAD_SCORE
from verify.matching.finder import CopyFinder
from verify.matching.pairs import AskedView

HELD_OUT = 50
"""Photos that are in no archive: strangers, and what else a collage shows."""
MEMBERS = 30
DESIGNS = {
    "phone_app": 7, "lower_third": 4, "caption_bar": 4, "channel_logo": 2, "stock_watermark": 2,
    "player": 4, "short_film": 4, "card": 6, "news_page": 4, "television": 4, "chat": 12,
}  # fmt: skip
"""Half of them leave each picture its proportions where they can."""
ELSEWHERE = {
    "player": "news_page", "news_page": "chat", "chat": "television", "television": "short_film",
    "short_film": "card", "card": "player",
}  # fmt: skip
"""Where a picture is shown under another overlay, if not under one of the same kind."""
PAGES = (2, 9, 14, 20)
"""Items of four archives of each kind of page: how common a feature is depends on how many there are."""
STRANGERS = 20
LONE_WEIGHS = 0.05
"""An item that alone wears an overlay: no one can tell it from a picture that says the same things."""
PAGES_WEIGH = 0.8
LIGHTS_WEIGH = 0.2
"""Drawn pictures are many and all alike, photos few."""
ANOTHER_APP_WEIGHS = 15
"""True copies of which an app surrounds one side, or another app each: they show the least of themselves."""
SURROUNDED_WEIGHS = 2
"""True copies under the overlays of `surroundings.py`."""
CHATS_WEIGH = 0.5
"""They have three times as many designs as others: what moves with the picture is hardest to tell."""
ROOMS, GUESTS = 40, 3
"""Rooms, and people in each that the archive does not hold."""
ROOM_EDITS = ("jpeg_30", "crop_50", "post_screenshot", "filmed_screen", "mirror_crop_caption_jpeg")
ROOM_WEIGHS = 1.2
COVERED_WEIGHS = 0.6
"""A picture of which much is covered agrees much as two people in one room do: with full weight of these, and
0.6 of rooms, more rooms were called copies."""
PAPERS = (101, 102)
"""Wallpapers of each print."""
ONE_CAMERA = ("intel-iot--again.mkv", "intel-iot--book.mkv")
"""Two films of other people before one camera; folders without them have rooms only."""
MOMENTS = 6


class Folders(NamedTuple):
    """Where the pictures come from."""

    photos: Path
    videos: Path


def parts(folders: Folders) -> list[Callable[[], Iterator[Row]]]:
    """The work in pieces of about a minute."""
    return [
        *(partial(_edited, folders, name) for name in still_edits.ALL),
        *(
            partial(_under, folders, kind, number)
            for kind, count in DESIGNS.items()
            for number in range(count)
        ),
        *(partial(_drawn, kind, count) for kind in pages.KINDS for count in PAGES),
        partial(_marked),
        *(partial(_papered, folders, kind, number) for kind in patterns.PRINTS for number in PAPERS),
        *(partial(_one_room, folders, name) for name in ROOM_EDITS),
        partial(_one_camera, folders),
    ]


def collected(part: Callable[[], Iterator[Row]]) -> list[Row]:
    return list(part())


def _edited(folders: Folders, name: str) -> Iterator[Row]:
    """Every other photo under one edit, the others under the next, and those held out."""
    finder, (held_out, archive) = _photo_finder(folders), _photos(folders)
    strangers = [picture.rgb for picture in held_out[:STRANGERS_NEEDED]]
    turn = list(still_edits.ALL).index(name) % 2
    copies = [(picture, picture.key) for picture in archive[turn::2]]
    others = [(picture, None) for picture in held_out[STRANGERS_NEEDED + turn :: 2]]
    for picture, right in [*copies, *others]:
        rgb = still_edits.edit(name, picture.rgb, key=picture.key, strangers=strangers).rgb
        weight = COVERED_WEIGHS if name in COVERED else 1.0
        yield from rows_of(finder, Question(kind=name, name=picture.key, rgb=rgb, right=right, weight=weight))


def _under(folders: Folders, kind: str, number: int) -> Iterator[Row]:
    """Members of an archive under one design; their copies and strangers under it, another and none."""
    held_out, archive = _photos(folders)
    first = number * MEMBERS % (len(archive) - MEMBERS)
    members = archive[first : first + MEMBERS]
    design, other = overlays.design(kind, number), overlays.design(ELSEWHERE.get(kind, kind), number + 100)
    worn, bare, lone = CopyFinder(), CopyFinder(), CopyFinder()
    for member in members:
        add(worn, member.key, overlays.shown_under(design, member.rgb).rgb)
        for finder in (bare, lone):
            add(finder, member.key, member.rgb)
    add(lone, "lone", overlays.shown_under(design, held_out[0].rgb).rgb)
    for member in members:
        for name, finder, under in (
            ("same", worn, design),
            ("other", worn, other),
            ("none", worn, None),
            ("bare", bare, design),
        ):
            copy = Question(
                kind=f"{kind}, {name}",
                name=member.key,
                rgb=overlays.true_copy(under, member.rgb, member.key).rgb,
                right=member.key,
                weight=_weight(kind),
                copy_weighs=_copy_weighs(kind, name),
            )
            yield from rows_of(finder, copy)
    for place, guest in enumerate(held_out[1:]):
        under = design if place % 2 else other
        rgb, kept = overlays.shown_under(under, guest.rgb).rgb, {"name": guest.key, "right": None}
        stranger = Question(kind=f"{kind}, strangers", rgb=rgb, weight=_weight(kind), **kept)
        yield from rows_of(worn, stranger)
        if place % 4 < 2:
            weight = LONE_WEIGHS * _weight(kind)
            yield from rows_of(lone, replace(stranger, kind=f"{kind}, lone", weight=weight))


def _weight(kind: str) -> float:
    return CHATS_WEIGH if kind == "chat" else 1.0


def _copy_weighs(kind: str, name: str) -> float:
    if kind == "phone_app" and name in ("other", "bare"):
        return ANOTHER_APP_WEIGHS
    return SURROUNDED_WEIGHS if kind in ELSEWHERE else 1


def _drawn(kind: str, count: int) -> Iterator[Row]:
    """Pages and lights among others of their kind, and their copies."""
    finder, weight = CopyFinder(), LIGHTS_WEIGH if kind == "lights" else PAGES_WEIGH
    first = count * 1000
    for number in range(first, first + count):
        add(finder, str(number), pages.drawn(kind, number))
    for number in range(first + count, first + count + STRANGERS):
        rgb = pages.drawn(kind, number)
        yield from rows_of(
            finder, Question(kind=f"{kind}, strangers", name=str(number), rgb=rgb, right=None, weight=weight)
        )
    for number in range(first, first + count):
        for rgb in pages.copies(pages.drawn(kind, number)):
            yield from rows_of(
                finder, Question(kind=kind, name=str(number), rgb=rgb, right=str(number), weight=weight)
            )


def _marked() -> Iterator[Row]:
    """Different animals with markings of one kind."""
    finder, rng = CopyFinder(), np.random.default_rng(0)
    for number in range(MEMBERS):
        add(finder, str(number), patterns.markings(rng))
    for number in range(MEMBERS, 2 * MEMBERS):
        yield from rows_of(
            finder, Question(kind="markings", name=str(number), rgb=patterns.markings(rng), right=None)
        )


def _papered(folders: Folders, print_: str, number: int) -> Iterator[Row]:
    """Pictures before one wallpaper, asked for under edits, and others before the same one."""
    finder, (held_out, archive) = CopyFinder(), _photos(folders)
    strangers = [picture.rgb for picture in held_out[:STRANGERS_NEEDED]]
    rng, paper = np.random.default_rng(number), patterns.wallpaper(print_, number)
    chosen = rng.choice(len(archive), 2 * MEMBERS, replace=False)
    hung = [(archive[one].key, patterns.in_front_of(paper, archive[one].rgb, rng)) for one in chosen]
    for key, rgb in hung[:MEMBERS]:
        add(finder, key, rgb)
    for place, (key, rgb) in enumerate(hung):
        copy = place < MEMBERS
        shown = still_edits.edit(ROOM_EDITS[place % len(ROOM_EDITS)], rgb, key=key, strangers=strangers).rgb
        for asked in [shown] if copy else [rgb, shown]:
            kind = f"before {print_}" if copy else f"before {print_}, strangers"
            right = key if copy else None
            yield from rows_of(finder, Question(kind=kind, name=key, rgb=asked, right=right))


def _one_room(folders: Folders, name: str) -> Iterator[Row]:
    """Somebody in each of many rooms, asked for under one edit, and other people in the same rooms."""
    finder, (held_out, archive) = CopyFinder(), _photos(folders)
    strangers = [picture.rgb for picture in held_out[:STRANGERS_NEEDED]]
    people = archive[ROOMS:]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    asked: list[tuple[str, Rgb, str | None]] = []
    for room in archive[:ROOMS]:
        member, *guests = (_inhabited(room.rgb, people, rng) for _ in range(1 + GUESTS))
        add(finder, room.key, member)
        asked += [(room.key, member, room.key), *((room.key, guest, None) for guest in guests)]
    for key, rgb, right in asked:
        shown = still_edits.edit(name, rgb, key=key, strangers=strangers).rgb
        kind = "one room" if right else "one room, strangers"
        yield from rows_of(finder, Question(kind=kind, name=key, rgb=shown, right=right, weight=ROOM_WEIGHS))


def _inhabited(room: Rgb, people: Sequence[Picture], rng: np.random.Generator) -> Rgb:
    """Return a room with one or two of these in it."""
    chosen = rng.choice(len(people), int(rng.integers(1, 3)), replace=False)
    return patterns.before_camera(room, [people[one].rgb for one in chosen], rng)


def _one_camera(folders: Folders) -> Iterator[Row]:
    """Frames of one person asked of frames of another before the same camera."""
    strangers = [picture.rgb for picture in _photos(folders)[0][:STRANGERS_NEEDED]]
    films = {video.key: _moments(video) for video in footage.load(folders.videos) if video.key in ONE_CAMERA}
    for key, moments in films.items():
        finder = CopyFinder()
        for place, rgb in enumerate(moments):
            add(finder, f"{key} {place}", rgb)
        for other in films.keys() - {key}:
            for place, rgb in enumerate(films[other]):
                for name in ROOM_EDITS:
                    asked = f"{other} {place}"
                    shown = still_edits.edit(name, rgb, key=asked, strangers=strangers).rgb
                    yield from rows_of(
                        finder,
                        Question(kind="one camera", name=asked, rgb=shown, right=None, weight=ROOM_WEIGHS),
                    )


def _moments(video: footage.Video) -> list[Rgb]:
    times = (np.arange(MOMENTS) + 0.5) / MOMENTS * video.duration
    return list(footage.sampled(video, times.tolist()))


@cache
def _photos(folders: Folders) -> tuple[list[Picture], list[Picture]]:
    """Those that no archive holds, and the others with the frames."""
    photos = load(folders.photos)
    return photos[:HELD_OUT], [*photos[HELD_OUT:], *_frames(folders.videos)]


def _frames(folder: Path) -> list[Picture]:
    """One frame of each video, but for those that resemble one before: one film may show another in a corner.

    Of the 58 videos of the fit two are left out: one that does, and one of `ONE_CAMERA`.
    """
    finder, pictures = CopyFinder(), []
    for video in footage.load(folder):
        rgb = next(footage.sampled(video, [video.duration / 3]))
        alike = finder.pairings(AskedView.of(view_of(rgb, QUERY)))
        if not any(pairing.judgement.score >= WEAK_LEAD_SCORE for pairing in alike):
            add(finder, video.key, rgb)
            pictures.append(Picture(key=video.key, rgb=rgb))
    return pictures


@cache
def _photo_finder(folders: Folders) -> CopyFinder:
    finder = CopyFinder()
    for picture in _photos(folders)[1]:
        add(finder, picture.key, picture.rgb)
    return finder

"""Three seconds of a video after the edits people make, written as real files, with the truth.

Frame edits are the still edits with the generator started anew for each frame, so the same
caption, crop or stripe stays on every frame. Times count from the first frame shown.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

import footage
import still_edits
from footage import Video
from placed import Placed, Rgb
from screens import filmed, paused

Window = tuple[float, float, float, float]
"""Left, top, width and height, as shares of the frame."""

CLIP_SECONDS = 3.0
INSET_SHARE = 0.45
"""Width of a picture in picture, of the width of the ground."""
LARGEST_ZOOM = 1.4
MOVING_CROP = 0.7
"""Width and height of a crop that moves across, of those of the picture."""
PAUSE_MARGIN = 0.2
"""Seconds kept clear of either end when a frame is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a query and where it comes from, all in seconds."""

    source: str
    """Key of the video."""
    query_start: float
    query_end: float
    found_start: float
    found_end: float
    speed: float
    """Seconds of the source that pass in one second of the query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One query file and the truth about it."""

    file: str
    edit: str
    mirrored: bool
    segments: tuple[Segment, ...]
    around: tuple[str, ...] = ()
    """Sources that can be seen too, around the one that is asked for: finding them is no mistake."""

    def to_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one clip edit treats frames, time and the encoder."""

    frame_edit: str | None = None
    """Name of a still edit."""
    speed: float = 1.0
    rate: Fraction | None = None
    """Frames a second of the result; the source's own if None."""
    longest_side: int = footage.LONGEST_SIDE
    crf: int = 26
    """H.264 quality, higher is worse."""
    suffix: str = ".mp4"


RECIPES = {
    "low_bitrate": Recipe(crf=38),
    "mirrored": Recipe(frame_edit="mirror"),
    "cropped": Recipe(frame_edit="crop_50"),
    "vertical": Recipe(frame_edit="blurred_borders"),
    "meme_band": Recipe(frame_edit="meme_band"),
    "colour_filter": Recipe(frame_edit="colour_filter"),
    "faster_125": Recipe(speed=1.25),
    "slower_080": Recipe(speed=0.8),
    "faster_150": Recipe(speed=1.5),
    "frame_rate_12": Recipe(rate=Fraction(12)),
    "gif": Recipe(rate=Fraction(10), longest_side=360, suffix=".gif"),
    "tiny_200": Recipe(longest_side=200, crf=36),
    "letterbox": Recipe(frame_edit="letterbox"),
    "mirror_crop_caption": Recipe(frame_edit="mirror_crop_caption_jpeg", crf=30),
}
USUAL = (
    "low_bitrate", "mirrored", "cropped", "vertical", "meme_band", "colour_filter", "faster_125",
    "picture_in_picture", "filmed_screen",
)  # fmt: skip
FURTHER = tuple(name for name in RECIPES if name not in USUAL)
SPECIAL = ("compilation", "paused_player", "split_screen", "exposed_by_hand", "slow_zoom", "moving_crop")
ALL = USUAL + FURTHER + SPECIAL
LONGEST_SPAN = CLIP_SECONDS * max(recipe.speed for recipe in RECIPES.values())
"""Seconds a source must have so that every edit can be made of it."""


def make(edit: str, videos: Sequence[Video], place: int, folder: Path) -> Clip:
    """Write one clip of the video at `place` and return the truth; a file made before is kept.

    The other videos serve as grounds and as parts of a compilation.
    """
    rng = np.random.default_rng(zlib.crc32(f"{edit}/{videos[place].key}".encode()))
    return SPECIAL_MAKERS.get(edit, _from_recipe)(edit, videos, place, folder, rng)


def _from_recipe(
    edit: str, videos: Sequence[Video], place: int, folder: Path, rng: np.random.Generator
) -> Clip:
    video, recipe = videos[place], RECIPES[edit]
    segment = _drawn(video, rng, recipe.speed)
    rate = recipe.rate or video.rate
    file = folder / f"{edit}--{video.path.stem}{recipe.suffix}"
    if not file.exists():
        pictures = (
            _reduced(_edited(recipe, rgb, video.key), recipe) for rgb in _played(video, segment, rate)
        )
        if recipe.suffix == ".gif":
            footage.write_gif(file, pictures, rate)
        else:
            footage.write(file, pictures, rate, recipe.crf)
    return Clip(file=file.name, edit=edit, mirrored="mirror" in edit, segments=(segment,))


def _picture_in_picture(
    edit: str, videos: Sequence[Video], place: int, folder: Path, rng: np.random.Generator
) -> Clip:
    """Small and playing on another video that plays as well."""
    video, ground = videos[place], videos[(place + 1) % len(videos)]
    segment, under = _drawn(video, rng), _drawn(ground, rng)
    x, y = rng.uniform(0, 1, 2)
    file = folder / f"{edit}--{video.path.stem}.mp4"

    def together() -> Iterator[Rgb]:
        for mine, other in zip(
            _played(video, segment, video.rate), _played(ground, under, video.rate), strict=True
        ):
            base = Placed.of(other).fitted(854, 854)
            small = Placed.of(mine).fitted(base.width * INSET_SHARE, base.height * 0.9)
            yield small.onto(base.rgb, x * (base.width - small.width), y * (base.height - small.height)).rgb

    _write_once(file, together(), video.rate)
    return Clip(file=file.name, edit=edit, mirrored=False, segments=(segment,), around=(ground.key,))


def _filmed_screen(
    edit: str, videos: Sequence[Video], place: int, folder: Path, rng: np.random.Generator
) -> Clip:
    """Off a monitor, by a hand that is not quite still."""
    video, seed = videos[place], int(rng.integers(2**31))
    segment = _drawn(video, rng)
    rate = min(video.rate, Fraction(15))  # phones in the dark film slowly, and it halves the work
    file = folder / f"{edit}--{video.path.stem}.mp4"

    def shaky() -> Iterator[Rgb]:
        for number, rgb in enumerate(_played(video, segment, rate)):
            seen = filmed(Placed.of(rgb).fitted(640, 640), np.random.default_rng(seed))
            drift = 3 * np.sin(number / np.array([7.0, 11.0]))
            step = np.array([[1.0, 0, drift[0]], [0, 1, drift[1]], [0, 0, 1]])
            yield seen.warped(step, np.zeros_like(seen.rgb)).rgb

    _write_once(file, shaky(), rate)
    return Clip(file=file.name, edit=edit, mirrored=False, segments=(segment,))


def _split_screen(
    edit: str, videos: Sequence[Video], place: int, folder: Path, rng: np.random.Generator
) -> Clip:
    """Both upright and cropped, another video to the left of it: a duet."""
    video, other = videos[place], videos[(place + 1) % len(videos)]
    segment, beside = _drawn(video, rng), _drawn(other, rng)
    file = folder / f"{edit}--{video.path.stem}.mp4"

    def together() -> Iterator[Rgb]:
        for mine, theirs in zip(
            _played(video, segment, video.rate), _played(other, beside, video.rate), strict=True
        ):
            yield np.hstack([_upright(rgb) for rgb in (theirs, mine)])

    _write_once(file, together(), video.rate)
    return Clip(file=file.name, edit=edit, mirrored=False, segments=(segment,), around=(other.key,))


def _upright(rgb: Rgb) -> Rgb:
    """The middle of a picture, 360 x 640."""
    height, width = rgb.shape[:2]
    large = Placed.of(rgb).scaled(max(360 / width, 640 / height))
    across, down = 360 / large.width, 640 / large.height
    return large.cropped((1 - across) / 2, (1 - down) / 2, across, down).rgb[:640, :360]


def _exposed_by_hand(
    edit: str, videos: Sequence[Video], place: int, folder: Path, rng: np.random.Generator
) -> Clip:
    """Off a screen by a shaking hand, with noise, by a camera that adjusts to the light all the time."""
    video = videos[place]
    segment, noise = _drawn(video, rng), np.random.default_rng(int(rng.integers(2**31)))
    rate, phase = min(video.rate, Fraction(15)), rng.uniform(0, 6)
    file = folder / f"{edit}--{video.path.stem}.mp4"

    def shaky() -> Iterator[Rgb]:
        for number, rgb in enumerate(_played(video, segment, rate)):
            time, screen = number / float(rate), Placed.of(rgb).fitted(560, 560)
            swing = 10 * np.sin(np.array([1.7, 1.3]) * time + phase) + 4 * np.sin(np.array([9, 11]) * time)
            room = np.full((screen.height + 120, screen.width + 160, 3), 40, np.uint8)
            seen = screen.onto(room, 80 + swing[0], 60 + swing[1]).rgb
            light = 0.85 + 0.06 * np.sin(9 * time + phase)
            noisy = seen * light + noise.normal(0, 7, seen.shape)
            yield np.clip(noisy, 0, 255).astype(np.uint8)

    _write_once(file, shaky(), rate)
    return Clip(file=file.name, edit=edit, mirrored=False, segments=(segment,))


def _slow_zoom(
    edit: str, videos: Sequence[Video], place: int, folder: Path, rng: np.random.Generator
) -> Clip:
    """Slowly nearer to some place, or away from it."""
    largest, *place_of = rng.uniform((1.1, 0.2, 0.2), (LARGEST_ZOOM, 0.8, 0.8))
    ends = rng.permutation([1.0, 1 / largest])

    def window(passed: float) -> Window:
        size = float(ends[0] + (ends[1] - ends[0]) * passed)
        return (1 - size) * place_of[0], (1 - size) * place_of[1], size, size

    return _through_window(edit, videos[place], folder, rng, window)


def _moving_crop(
    edit: str, videos: Sequence[Video], place: int, folder: Path, rng: np.random.Generator
) -> Clip:
    """What a window shows that moves from one side to the other."""
    way, height = rng.permutation([0.0, 1.0]), rng.uniform(0, 1 - MOVING_CROP)

    def window(passed: float) -> Window:
        across = float(way[0] + (way[1] - way[0]) * passed) * (1 - MOVING_CROP)
        return across, float(height), MOVING_CROP, MOVING_CROP

    return _through_window(edit, videos[place], folder, rng, window)


def _through_window(
    edit: str, video: Video, folder: Path, rng: np.random.Generator, window: Callable[[float], Window]
) -> Clip:
    """What of each frame is seen through a window, which depends on how much of the clip has passed."""
    segment = _drawn(video, rng)
    file = folder / f"{edit}--{video.path.stem}.mp4"

    def seen() -> Iterator[Rgb]:
        frames = round((segment.query_end - segment.query_start) * video.rate)
        for number, rgb in enumerate(_played(video, segment, video.rate)):
            height, width = rgb.shape[:2]
            x, y, across, down = np.array(window(number / frames)) * (width, height, width, height)
            matrix = np.array(
                [[width / across, 0, -x * width / across], [0, height / down, -y * height / down]]
            )
            yield cv2.warpAffine(rgb, matrix, (width, height), flags=cv2.INTER_LINEAR)

    _write_once(file, seen(), video.rate)
    return Clip(file=file.name, edit=edit, mirrored=False, segments=(segment,))


def _compilation(
    edit: str, videos: Sequence[Video], place: int, folder: Path, rng: np.random.Generator
) -> Clip:
    """Three sources one after another, each in the middle of the same frame."""
    rate, parts, begun = Fraction(25), [], 0.0
    sources = [videos[(place + step) % len(videos)] for step in range(3)]
    for source in sources:
        parts.append(_drawn(source, rng, begun=begun))
        begun = parts[-1].query_end
    file = folder / f"{edit}--{videos[place].path.stem}.mp4"

    def joined() -> Iterator[Rgb]:
        for source, part in zip(sources, parts, strict=True):
            for rgb in _played(source, part, rate):
                small = Placed.of(rgb).fitted(640, 360)
                canvas = np.zeros((360, 640, 3), np.uint8)
                yield small.onto(canvas, (640 - small.width) / 2, (360 - small.height) / 2).rgb

    _write_once(file, joined(), rate)
    return Clip(file=file.name, edit=edit, mirrored=False, segments=tuple(parts))


def _paused_player(
    edit: str, videos: Sequence[Video], place: int, folder: Path, rng: np.random.Generator
) -> Clip:
    """A still: the player at rest on one frame."""
    video = videos[place]
    time = float(rng.uniform(PAUSE_MARGIN, video.duration - PAUSE_MARGIN))
    file = folder / f"{edit}--{video.path.stem}.jpg"
    if not file.exists():
        frame = next(footage.sampled(video, [time]))
        Image.fromarray(paused(Placed.of(frame).fitted(854, 854), rng).rgb).save(file, quality=80)
    moment = Segment(
        source=video.key, query_start=0.0, query_end=0.0, found_start=time, found_end=time, speed=1.0
    )
    return Clip(file=file.name, edit=edit, mirrored=False, segments=(moment,))


SPECIAL_MAKERS: dict[str, Callable[[str, Sequence[Video], int, Path, np.random.Generator], Clip]] = {
    "picture_in_picture": _picture_in_picture,
    "filmed_screen": _filmed_screen,
    "split_screen": _split_screen,
    "exposed_by_hand": _exposed_by_hand,
    "slow_zoom": _slow_zoom,
    "moving_crop": _moving_crop,
    "compilation": _compilation,
    "paused_player": _paused_player,
}


def _drawn(video: Video, rng: np.random.Generator, speed: float = 1.0, begun: float = 0.0) -> Segment:
    """A stretch of the source that fills three seconds of the query, or all there is."""
    span = min(CLIP_SECONDS * speed, video.duration)
    start = float(rng.uniform(0, video.duration - span))
    return Segment(
        source=video.key,
        query_start=begun,
        query_end=begun + span / speed,
        found_start=start,
        found_end=start + span,
        speed=speed,
    )


def _played(video: Video, segment: Segment, rate: Fraction) -> Iterator[Rgb]:
    """The segment's frames at a constant rate."""
    count = round((segment.query_end - segment.query_start) * rate)
    return footage.sampled(
        video, [segment.found_start + float(n / rate) * segment.speed for n in range(count)]
    )


def _edited(recipe: Recipe, rgb: Rgb, key: str) -> Rgb:
    if recipe.frame_edit is None:
        return rgb
    return still_edits.edit(recipe.frame_edit, rgb, key=key, strangers=()).rgb


def _reduced(rgb: Rgb, recipe: Recipe) -> Rgb:
    if max(rgb.shape) <= recipe.longest_side:
        return rgb
    return Placed.of(rgb).fitted(recipe.longest_side, recipe.longest_side).rgb


def _write_once(file: Path, pictures: Iterator[Rgb], rate: Fraction) -> None:
    if not file.exists():
        footage.write(file, pictures, rate)

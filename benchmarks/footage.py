"""Videos as timed upright frames, and back into files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from placed import Placed, Rgb

SUFFIXES = {".mp4", ".mkv", ".webm", ".mov", ".avi", ".mpg", ".flv", ".3gp", ".ogv", ".m4v"}
LONGEST_SIDE = 854
"""Pixels; frames are reduced to this, which keeps the making of clips short."""
HIGHEST_RATE = Fraction(30)
"""Frames a second of the files written here."""

Timed = tuple[float, Rgb]
"""Seconds since the first frame shown, and the frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """One readable video of the folder."""

    path: Path
    duration: float
    """Seconds from the first frame to the end of the last."""
    rate: Fraction
    """Mean frames a second, at most `HIGHEST_RATE`."""

    @property
    def key(self) -> str:
        return self.path.name


def load(folder: Path, limit: int | None = None) -> list[Video]:
    """The folder's videos in a fixed shuffled order; what cannot be decoded is left out."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    order = np.random.default_rng(0).permutation(len(paths))[:limit]
    return [video for video in (_measured(paths[place]) for place in order) if video]


def frames(path: Path, start: float = 0.0, end: float = float("inf")) -> Iterator[Timed]:
    """Upright frames shown from start to end, in order, timed from the first frame of the file."""
    first: float | None = None
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.time is None:
                continue
            first = frame.time if first is None else first
            time = float(frame.time - first)
            if time >= end:
                return
            if time >= start:
                yield time, _upright(frame)


def sampled(video: Video, times: Iterable[float]) -> Iterator[Rgb]:
    """The frame on screen at each of some rising times."""
    source = frames(video.path)
    _, shown = next(source)
    upcoming = next(source, None)
    for time in times:
        while upcoming is not None and upcoming[0] <= time + 1e-6:
            shown = upcoming[1]
            upcoming = next(source, None)
        yield shown


def write(path: Path, pictures: Iterable[Rgb], rate: Fraction, crf: int = 26) -> None:
    """An H.264 file at a constant rate; odd sizes lose a row or column."""
    with av.open(str(path), "w") as container:
        stream = None
        for rgb in pictures:
            even = np.ascontiguousarray(rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2])
            if stream is None:
                stream = container.add_stream(
                    "libx264", rate=rate, options={"crf": str(crf), "preset": "veryfast"}
                )
                stream.height, stream.width = even.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.thread_count = 1
            container.mux(stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
        if stream is not None:
            container.mux(stream.encode())


def write_gif(path: Path, pictures: Iterable[Rgb], rate: Fraction) -> None:
    """A looping GIF with a palette of 128 colours; its clock ticks in hundredths of a second."""
    images = [Image.fromarray(rgb).quantize(128) for rgb in pictures]
    images[0].save(path, save_all=True, append_images=images[1:], duration=round(1000 / rate), loop=0)


def _measured(path: Path) -> Video | None:
    """Length and rate from the packets' times, without decoding."""
    times: list[float] = []
    try:
        with av.open(str(path)) as container:
            for packet in container.demux(video=0):
                stamp = packet.dts if packet.pts is None else packet.pts
                if stamp is not None and packet.size:
                    times.append(float(stamp * packet.time_base))
    except (av.FFmpegError, IndexError, ValueError):
        pass  # what comes before the damage still serves
    if len(times) < 2 or max(times) <= min(times):
        return None
    span = max(times) - min(times)
    rate = Fraction((len(times) - 1) / span).limit_denominator(1001)
    return Video(path=path, duration=span + 1 / float(rate), rate=min(HIGHEST_RATE, rate))


def _upright(frame: av.VideoFrame) -> Rgb:
    turned = np.rot90(frame.to_ndarray(format="rgb24"), frame.rotation // 90)
    placed = Placed.of(np.ascontiguousarray(turned))
    return placed.rgb if max(turned.shape) <= LONGEST_SIDE else placed.fitted(LONGEST_SIDE, LONGEST_SIDE).rgb

"""A frame of a video as FFmpeg decoded it, looked at and drawn in no larger size than is asked for."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from verify.errors import UnreadableMedia
from verify.media.frames import Frame, fit
from verify.media.images import one_line
from verify.media.turn import UPRIGHT, Turn

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

MAX_STRETCH: Final = 4
"""Sample aspect ratios beyond 1:4 are taken for damage; anamorphic footage stays below 1:3."""

LUMA_FIRST: Final = re.compile(r"(?:yuva?j?4\d\dp|nv12|nv21|gray)(?:(9|10|12|14|16)le)?")
"""Pixel formats whose first plane is luma and nothing else, with one byte a pixel or, little-endian, two."""

TOO_LARGE: Final = "Its pictures or its index need more memory than a file of its size is allowed."


class ContainerFrame(Frame):
    """A frame still in the decoder's own pixel format."""

    __slots__ = ("_frame", "_stream", "_turn")

    def __init__(self, time: Fraction, frame: VideoFrame, stream: VideoStream, turn: Turn) -> None:
        self.time, self._frame, self._stream, self._turn = time, frame, stream, turn

    def luma(self, longest_side: int) -> NDArray[np.uint8]:
        """Take every n-th pixel of the luma plane, twice as many as needed each way, and average fours.

        That costs some 15 microseconds at any size, where swscale takes 30 to 250.
        """
        frame = self._frame
        plane = frame.planes[0]
        thinning = _thinning(frame.format.name, frame.width, frame.height, longest_side)
        if thinning is None or plane.line_size <= 0:
            return self._convert(*fit(frame.width, frame.height, longest_side), "gray")
        size, step, extra_bits = thinning
        samples: NDArray[Any] = np.frombuffer(memoryview(plane), np.uint16 if extra_bits else np.uint8)
        rows = samples.reshape(-1, plane.line_size // samples.itemsize)
        thinned = rows[: 2 * size[1] * step : step, : 2 * size[0] * step : step]
        if extra_bits:
            thinned = (thinned >> extra_bits).astype(np.uint8)
        halved = cv2.resize(np.ascontiguousarray(thinned), size, interpolation=cv2.INTER_AREA)
        return np.asarray(halved, np.uint8)

    def rgb(self, longest_side: int | None = None) -> NDArray[np.uint8]:
        """Convert, shrink and stretch to square pixels in one pass of swscale, then turn upright."""
        width, height = display_size(self._frame, self._stream, UPRIGHT)
        if longest_side is not None:
            width, height = fit(width, height, longest_side)
        return self._turn.apply(self._convert(width, height, "rgb24"))

    def _convert(self, width: int, height: int, pixel_format: str) -> NDArray[np.uint8]:
        try:
            converted = self._frame.reformat(width, height, pixel_format, interpolation="AREA", threads=1)
            pixels = np.asarray(converted.to_ndarray(), np.uint8)
        except MemoryError as error:
            raise UnreadableMedia(TOO_LARGE, code="bomb") from error
        except Exception as error:  # PyAV raises nine classes on damaged input
            raise UnreadableMedia(f"A frame cannot be drawn: {one_line(error)}.", code="damaged") from error
        return pixels


@lru_cache(maxsize=64)
def _thinning(
    pixel_format: str, width: int, height: int, longest_side: int
) -> tuple[tuple[int, int], int, int] | None:
    """Plan a look: its (width, height), every how many pixels one is taken, and bits beyond eight."""
    layout = LUMA_FIRST.fullmatch(pixel_format)
    step = -(-max(width, height) // (2 * longest_side))
    size = width // (2 * step), height // (2 * step)
    if layout is None or not all(size):
        return None
    return size, step, int(layout[1] or 8) - 8


def display_size(frame: VideoFrame, stream: VideoStream, turn: Turn) -> tuple[int, int]:
    """Return the size with square pixels after the turn; like browsers it stretches and never shrinks."""
    width, height = frame.width, frame.height
    ratio, square = stream.sample_aspect_ratio or Fraction(1), Fraction(1)
    if Fraction(1, MAX_STRETCH) <= ratio <= MAX_STRETCH:
        width, height = round(width * max(square, ratio)), round(height / min(square, ratio))
    return (height, width) if turn.swaps_sides else (width, height)

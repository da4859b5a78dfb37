"""Walks the frames of an animated GIF, WebP, APNG or AVIF as those of a video, by Pillow, within budgets."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PIL import Image

from verify.errors import UnreadableMedia
from verify.media.frames import Clock, Frame, Video, fit
from verify.media.headers import StreamHeader, VideoHeader
from verify.media.image_headers import read_header
from verify.media.images import careful_pillow, decoding, open_with_pillow, turn_of
from verify.media.limits import (
    CHEAP_ANIMATION_PIXELS,
    MAX_ANIMATION_FRAMES,
    MAX_ANIMATION_PIXELS,
    MAX_CANVAS_PIXELS,
    MAX_MOVING_PIXELS_PER_BYTE,
)
from verify.media.picture_bytes import picture_bytes
from verify.media.rgb import to_rgb

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.ImageFile import ImageFile

    from verify.media.files import MediaFile
    from verify.media.turn import Turn

TICK: Final = Fraction(1, 1000)
"""Pillow states durations in milliseconds."""

SHORTEST_MS: Final = 11
USUAL_MS: Final = 100
"""Browsers show frames that claim 10 ms or less for 100 ms (Chromium's deferred_image_decoder; Firefox)."""


class Animation(Video):
    """An animated image; its frames are drawn one over the other, so they can only be walked in order."""

    def __init__(self, media: MediaFile) -> None:
        super().__init__(Clock(tick=TICK, usual_step=USUAL_MS))
        fair = max(CHEAP_ANIMATION_PIXELS, MAX_MOVING_PIXELS_PER_BYTE * picture_bytes(media))
        self._most_pixels = min(fair, MAX_ANIMATION_PIXELS)
        with careful_pillow(MAX_CANVAS_PIXELS), decoding():
            self._image = open_with_pillow(media)
            self._turn = turn_of(self._image, media)
            self._image.load()
            image_header = read_header(self._image, media, self._image.size)
        width, height = self._image.size
        self.width, self.height = (height, width) if self._turn.swaps_sides else (width, height)
        stream = StreamHeader(
            kind="video",
            codec=media.format.name,
            pixel_format=self._image.mode,
            width=width,
            height=height,
            time_base=TICK,
            rotation_degrees=self._turn.degrees,
            mirrored=self._turn.mirrored,
        )
        self.header = VideoHeader(
            format=media.format.name, streams=(stream,), video=stream, image=image_header
        )

    def frames(self) -> Iterator[Frame]:
        """Walk all frames within the budgets; once."""
        first = 1 if self._image.info.get("default_image") else 0  # APNG: a still for old readers, not shown
        time_ms = pixels = 0
        for number in count(first):
            if not self._draw(number):
                return
            if number - first == MAX_ANIMATION_FRAMES or pixels > self._most_pixels:
                message = f"Only the first {number - first} frames of the animation were decoded."
                self._report("frame-limit", message)
                return
            pixels += self._image.width * self._image.height  # a GIF may grow on the way
            length = round(self._image.info.get("duration") or 0)
            length = length if length >= SHORTEST_MS else USUAL_MS
            yield AnimationFrame(self._clock.place(time_ms, length), self._image, self._turn)
            time_ms += length

    def _draw(self, number: int) -> bool:
        """Draw one frame over those before it; False at the end, and also where the data breaks off."""
        try:
            with careful_pillow(MAX_CANVAS_PIXELS), decoding():
                self._image.seek(number)
                self._image.load()
        except UnreadableMedia as error:
            if not isinstance(error.__cause__, EOFError):
                code = "bomb" if error.code == "bomb" else "truncated"
                self._report(code, f"The animation breaks off after frame {number}. {error.message}")
            return False
        return True


class AnimationFrame(Frame):
    """A frame that is drawn already, in Pillow's own mode."""

    __slots__ = ("_image", "_turn")

    def __init__(self, time: Fraction, image: ImageFile, turn: Turn) -> None:
        self.time, self._image, self._turn = time, image, turn

    def luma(self, longest_side: int) -> NDArray[np.uint8]:
        """Take every n-th pixel, twice as many as needed each way, and average fours."""
        width, height = fit(self._image.width, self._image.height, longest_side)
        thinned = self._image.resize((2 * width, 2 * height), Image.Resampling.NEAREST)
        grey = cv2.cvtColor(to_rgb(thinned), cv2.COLOR_RGB2GRAY)
        return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)

    def rgb(self, longest_side: int | None = None) -> NDArray[np.uint8]:
        """Average the picture down and turn it upright."""
        pixels = to_rgb(self._image)
        if longest_side is not None and max(self._image.size) > longest_side:
            size = fit(*self._image.size, longest_side)
            pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        return self._turn.apply(pixels)

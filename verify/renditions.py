"""Pictures of an original that any browser shows: of a still in whatever format, of a video at exact times.

Made in a worker, as everything that decodes a stranger's file. JPEG of quality 95 without thinned colours is
a fraction of PNG's bytes on the way to a browser; whoever needs the very pixels takes the original.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from verify.errors import UnreadableMedia
from verify.media.files import OpenFile, media_of, open_file
from verify.media.frames import fit
from verify.media.images import read_image
from verify.media.videos import open_video
from verify.media.worker import shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUALITY: Final = 95

AT_ONCE: Final = 8
"""Frames asked for together: they share the decoding of what lies between them, and stay below 50 MB."""

START_OF_JPEG: Final = b"\xff\xd8\xff"


def picture(path: str | os.PathLike[str], *, longest_side: int | None = None) -> bytes:
    """Return a still, or the first frame of a video, upright, as a JPEG; in full size unless a side is given.

    Raises `UnreadableMedia` if the file is not there or nothing can be decoded.

    >>> Path("dogs.jpg").write_bytes(verify.picture("samples/media/IMG_2302.JPG", longest_side=320)) > 0
    True
    """
    with open_file(path) as file:
        return shared().ask(_still, file, longest_side, believable=_is_jpeg)


def frames(
    path: str | os.PathLike[str], times: Iterable[Fraction], *, longest_side: int | None = None
) -> Iterator[bytes]:
    """Yield a video's frame at each of these rising times, seconds, upright, each as a JPEG of full size.

    A time at which no frame begins gives the next one; after the last frame nothing more comes. Raises
    `UnreadableMedia` as `picture` does.

    >>> footage = "samples/media/IMG_2291.MOV"
    >>> len(list(verify.frames(footage, [Fraction(0), Fraction(31, 2)], longest_side=320)))
    2
    """
    left = iter(times)
    with open_file(path) as file:
        while few := tuple(islice(left, AT_ONCE)):
            drawn = shared().ask(_frames, file, few, longest_side, believable=_are_jpegs)
            yield from drawn
            if len(drawn) < len(few):
                return


def _still(file: OpenFile, longest_side: int | None) -> bytes:
    """Decode the picture, in a worker."""
    media = media_of(file)
    if media.format.kind == "video":
        with open_video(media, exact=True) as video:
            return _jpeg(next(video.frames()).rgb(longest_side))
    rgb = read_image(media, exact=True).rgb
    height, width = rgb.shape[:2]
    if longest_side and max(width, height) > longest_side:
        size = fit(width, height, longest_side)
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    return _jpeg(rgb)


def _frames(file: OpenFile, times: Sequence[Fraction], longest_side: int | None) -> list[bytes]:
    """Decode the frames at some times, in a worker."""
    drawn: list[bytes] = []
    with open_video(media_of(file), exact=True) as video:
        video.skip_to(max(times[0], Fraction(0)))
        for frame in video.frames():
            while len(drawn) < len(times) and frame.time >= times[len(drawn)]:
                drawn.append(_jpeg(frame.rgb(longest_side)))
            if len(drawn) == len(times):
                break
    return drawn


def _jpeg(rgb: NDArray[np.uint8]) -> bytes:
    settings = [
        cv2.IMWRITE_JPEG_QUALITY,
        QUALITY,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    encoded, jpeg = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), settings)
    if not encoded:
        raise UnreadableMedia("The picture cannot be written as a JPEG.", code="damaged")
    return jpeg.tobytes()


def _is_jpeg(answer: bytes) -> bool:
    """Say whether a worker's answer is what a browser will be told that it is."""
    return answer.startswith(START_OF_JPEG)


def _are_jpegs(answer: Sequence[bytes]) -> bool:
    return all(map(_is_jpeg, answer))

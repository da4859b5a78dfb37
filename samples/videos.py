"""Video files: write frames and sound with the tags of a phone or of an app, read them back by time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

SOUND_RATE = 44_100
SOUND_BLOCK = 1024
"""Samples in one AAC frame."""
H264_SEI = "filter_units=remove_types=6"
"""Drops the note in which x264 names itself; the chips in phones leave none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How a video file is written."""

    size: tuple[int, int]
    """Width a multiple of 128, height of 8: of other sizes x264's bytes differ from run to run."""
    rate: int
    crf: int
    """x264's quality: larger is smaller and worse."""
    tags: dict[str, str] = field(default_factory=dict)
    like_a_phone: bool = False
    """Keys as a phone writes them, and no trace of the program that really wrote the file."""


def write_video(path: Path, frames: Iterable[np.ndarray], sound: np.ndarray, how: Writing) -> None:
    """Encode RGB frames and mono sound (float, -1 to 1) as H.264 and AAC."""
    flags = "+use_metadata_tags+faststart" if how.like_a_phone else "+faststart"
    with av.open(path, "w", options={"movflags": flags}) as container:
        if how.like_a_phone:
            container.flags |= av.container.Flags.bitexact.value
        container.metadata.update(how.tags)
        picture_stream = _picture_stream(container, how)
        sound_stream = container.add_stream("aac", rate=SOUND_RATE, layout="mono", bit_rate=64_000)
        if how.like_a_phone:
            sound_stream.codec_context.flags |= av.codec.context.Flags.bitexact.value
            picture_stream.metadata.update(handler_name="Core Media Video", vendor_id="appl")
            sound_stream.metadata["handler_name"] = "Core Media Audio"
        container.start_encoding()
        _encode_sound(container, sound_stream, sound)
        _encode_pictures(container, picture_stream, frames, how)


def _picture_stream(container: av.container.OutputContainer, how: Writing) -> av.VideoStream:
    options = {"crf": str(how.crf), "preset": "slow", "threads": "1"}
    stream = container.add_stream("libx264", rate=how.rate, options=options)
    stream.width, stream.height = how.size
    stream.pix_fmt = "yuv420p"
    return stream


def _encode_pictures(
    container: av.container.OutputContainer,
    stream: av.VideoStream,
    frames: Iterable[np.ndarray],
    how: Writing,
) -> None:
    strip = av.BitStreamFilterContext(H264_SEI, in_stream=stream) if how.like_a_phone else None
    for number, pixels in enumerate(frames):
        planes = cv2.cvtColor(pixels, cv2.COLOR_RGB2YUV_I420)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, how.rate)
        _mux(container, stream.encode(frame), strip)
    _mux(container, stream.encode(None), strip)


def _mux(
    container: av.container.OutputContainer, packets: list[av.Packet], strip: av.BitStreamFilterContext | None
) -> None:
    for packet in packets:
        for kept in strip.filter(packet) if strip else [packet]:
            container.mux(kept)


def _encode_sound(container: av.container.OutputContainer, stream: av.AudioStream, sound: np.ndarray) -> None:
    for start in range(0, len(sound), SOUND_BLOCK):
        block = np.ascontiguousarray(sound[None, start : start + SOUND_BLOCK], dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, start, Fraction(1, SOUND_RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def read_video(path: Path) -> tuple[list[np.ndarray], np.ndarray, Fraction]:
    """Return all frames (RGB), the sound, and the frame rate."""
    with av.open(path) as container:
        rate = container.streams.video[0].average_rate
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    with av.open(path) as container:
        blocks = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return frames, np.concatenate(blocks), rate

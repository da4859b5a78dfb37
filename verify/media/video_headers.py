"""Collects what a video container says about itself and its streams."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext

from verify.media.headers import StreamHeader, VideoHeader
from verify.media.turn import UPRIGHT, Turn

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.stream import Stream

MICROSECONDS = 1_000_000
"""FFmpeg states durations and starts of containers in these (AV_TIME_BASE)."""


def read_video_header(container: InputContainer, name: str, chosen: Stream, turn: Turn) -> VideoHeader:
    """Collect the header; `chosen` is the stream that is decoded and `turn` what makes it upright."""
    streams = tuple(_stream_header(s, turn if s is chosen else UPRIGHT) for s in container.streams)
    return VideoHeader(
        format=name,
        duration=_seconds(container.duration),
        start_time=_seconds(container.start_time),
        bit_rate=container.bit_rate or None,
        tags=dict(container.metadata),
        streams=streams,
        video=streams[chosen.index],
    )


def _seconds(microseconds: int | None) -> Fraction | None:
    return None if microseconds is None else Fraction(microseconds, MICROSECONDS)


def _stream_header(stream: Stream, turn: Turn) -> StreamHeader:
    facts: dict[str, Any] = {}
    context = stream.codec_context
    if isinstance(context, VideoCodecContext):
        facts = {
            "pixel_format": context.pix_fmt or "",
            "width": context.width,
            "height": context.height,
            "frame_rate": stream.average_rate or None,
            "rotation_degrees": turn.degrees,
            "mirrored": turn.mirrored,
        }
    elif isinstance(context, AudioCodecContext):
        facts = {"sample_rate": context.sample_rate, "channels": context.channels}
    return StreamHeader(
        kind=stream.type,
        codec=context.codec.canonical_name if context is not None else "",
        profile=(stream.profile or "") if context is not None else "",
        time_base=stream.time_base,
        bit_rate=(context.bit_rate or None) if context is not None else None,
        tags=dict(stream.metadata),
        attached_picture=is_attached_picture(stream),
        **facts,
    )


def is_attached_picture(stream: Stream) -> bool:
    """Say whether a video stream is cover art or a thumbnail rather than footage."""
    return bool(stream.disposition & stream.disposition.attached_pic)

"""Walks the frames of a video once, in order, with exact times, by PyAV, within budgets.

The bytes come from the descriptor that was hashed. A Python file object makes FFmpeg less safe, not safer
(playlists may then open sockets), so the demuxer is fixed by our own identification and both whitelists
are set always. One thread a file: a scan runs one process per core.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Final, cast

import av
from av.video.frame import PictureType

from verify.errors import UnreadableMedia
from verify.media import movie_boxes
from verify.media.animations import Animation
from verify.media.codecs import CODEC_WHITELIST, PICTURE_DECODERS
from verify.media.container_frames import TOO_LARGE, ContainerFrame, display_size
from verify.media.files import PILLOW_FORMATS
from verify.media.frames import Clock, Frame, Video
from verify.media.images import one_line
from verify.media.limits import (
    CHEAP_WALK_BYTES,
    DECODING_BYTES_A_BYTE,
    MAX_DECODE_ERRORS,
    MAX_FRAME_PIXELS,
    MAX_INDEX_BYTES,
    MAX_OPENING_SECONDS,
    MAX_READINGS,
    MAX_WALK_SECONDS,
)
from verify.media.sandbox import at_most_bytes, at_most_seconds
from verify.media.turn import Turn, turn_of_matrix, turn_of_track_name
from verify.media.video_headers import MICROSECONDS, is_attached_picture, read_video_header

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from verify.media.files import MediaFile

DEMUXERS: Final = {
    "mp4": "mov",
    "mov": "mov",
    "matroska": "matroska",
    "webm": "matroska",
    "avi": "avi",
    "mpegts": "mpegts",
    "mpegps": "mpeg",
    "flv": "flv",
    "ogg": "ogg",
    "asf": "asf",
}
"""FFmpeg's demuxer for each of our formats; no other may open a file."""

FORMAT_WHITELIST: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf"

READ_BYTES: Final = 256 * 1024
"""Read at once through Python; PyAV's 32 KiB would call back eight times as often."""

SEEKABLE: Final = frozenset({"mp4", "mov", "matroska", "webm"})
"""Containers with an index and with the time of every frame; the others are walked from the start."""

BYTES_A_FRAME_PIXEL: Final = 72
"""Memory of a walk: 16 frames of references of 3 bytes a pixel, and what is made of the one at hand."""

CUT_SHORT: Final = Fraction(1)
"""A video that ends this many seconds before its stated end is cut off; less is rounding of its index."""


@contextmanager
def open_video(media: MediaFile, *, exact: bool = False, every_frame: bool = True) -> Iterator[Video]:
    """Open a video or an animated image and decode its first frame.

    `exact` runs every loop filter; without it FFmpeg skips those of frames predicted from both sides
    (over 220 samples the mean PDQ distance to exact ones stays 0.8 bits; with no filter at all it is 2.4, at
    most 22). Without `every_frame` frames that no other refers to are not decoded at all (where the container
    states the time of every frame): the others keep their exact times, and the video costs up to half.
    Raises `UnreadableMedia` (`not-media`, `no-picture`, `bomb`, `damaged`).
    """
    if media.format.name in PILLOW_FORMATS and media.format.kind == "video":
        yield Animation(media)
    elif media.format.name not in DEMUXERS:
        raise UnreadableMedia(f"This is no video but: {media.format.label}.", code="not-media")
    else:
        with _open_container(media) as container:
            stream = _choose_stream(container)
            with at_most_bytes(_bytes_of_walk(media, stream)):
                yield ContainerVideo(media, container, stream, exact=exact, every_frame=every_frame)


@contextmanager
def _open_container(media: MediaFile) -> Iterator[InputContainer]:
    if media.format.name in ("mp4", "mov"):
        movie_boxes.refuse_floods(media.stream)
    media.stream.seek(0)
    options = {
        "format_whitelist": FORMAT_WHITELIST,
        "codec_whitelist": CODEC_WHITELIST,
        "protocol_whitelist": "file",
        "max_pixels": str(MAX_FRAME_PIXELS),
    }
    try:
        with at_most_seconds(MAX_OPENING_SECONDS), at_most_bytes(MAX_INDEX_BYTES):
            container = av.open(
                media.stream,
                mode="r",
                format=DEMUXERS[media.format.name],
                options=options,
                metadata_errors="replace",
                buffer_size=READ_BYTES,
            )
    except MemoryError as error:
        raise UnreadableMedia("The video's index is larger than is read into memory.", code="bomb") from error
    except Exception as error:  # PyAV raises nine classes on damaged input, not FFmpegError alone
        raise UnreadableMedia(f"The video cannot be opened: {one_line(error)}.", code="damaged") from error
    with container:
        yield container


class ContainerVideo(Video):
    """A video in one of FFmpeg's containers."""

    def __init__(
        self,
        media: MediaFile,
        container: InputContainer,
        stream: VideoStream,
        *,
        exact: bool,
        every_frame: bool,
    ) -> None:
        self._container, self._stream = container, stream
        super().__init__(_clock(container, self._stream, media.format.name))
        self._sound_end = Fraction(0)
        self._decode_times: deque[int] | None = deque() if media.format.name == "avi" else None
        self._most_bytes = MAX_READINGS * media.size_bytes
        self._every_frame = every_frame or media.format.name not in SEEKABLE
        self._decoded = self._decode(exact=exact)
        self._first = next(self._decoded, None)
        if self._first is None:
            reason = next((problem.message for problem in self.problems), "It holds no picture data.")
            code = "bomb" if "bomb" in self._problems else "damaged"
            raise UnreadableMedia(f"No frame of the video can be decoded. {reason}", code=code)
        frame, _ = self._first
        self._turn = _turn_of(frame, self._stream)
        self.width, self.height = display_size(frame, self._stream, self._turn)
        self.header = read_video_header(container, media.format.name, self._stream, self._turn)

    def frames(self) -> Iterator[Frame]:
        """Walk all frames in order of presentation; once."""
        decoded, self._first = self._first, None
        while decoded is not None:
            frame, ticks = decoded
            yield ContainerFrame(self._clock.place(ticks, frame.duration), frame, self._stream, self._turn)
            decoded = next(self._decoded, None)
        self._compare_with_stated_end()

    def skip_to(self, time: Fraction) -> None:
        """Let the walk begin at a keyframe at or before `time`; at the start if the index names a false one.

        What is decoded from a frame that others go before is not what the video shows.
        """
        if self.header.format in SEEKABLE:
            ticks = int(time / self._clock.tick)
            if self._begin_at(ticks) and not _is_keyframe(self._first, ticks):
                self._begin_at(0)

    def _begin_at(self, ticks: int) -> bool:
        """Decode from the keyframe that the index names; False if it cannot say."""
        try:
            self._container.seek(ticks, stream=self._stream)
        except Exception:  # noqa: BLE001 - see `_open_container`; the walk then begins at the start
            return False
        self._first = next(self._decoded, None)
        return True

    def _decode(self, *, exact: bool) -> Iterator[tuple[VideoFrame, int | None]]:
        """Decode all frames in order of presentation, each with its stated time in ticks."""
        self._prepare_decoder(exact=exact)
        failures = 0
        for packet in self._packets():
            if self._decode_times is not None and packet.dts is not None:
                self._decode_times.append(packet.dts)
            if not self._every_frame and packet.pts is not None:
                self._clock.heed(packet.pts, packet.duration or 0)
            try:
                frames = packet.decode()
            except MemoryError:
                self._report("bomb", TOO_LARGE)
                return
            except Exception as error:  # noqa: BLE001 - see `_open_container`; a bad packet must not end the walk
                self._report("damaged", f"Parts of the video cannot be decoded: {one_line(error)}.")
                failures += 1
                if failures > MAX_DECODE_ERRORS:
                    return
            else:
                failures = 0
                for frame in frames:
                    yield frame, self._stated_time(frame)

    def _prepare_decoder(self, *, exact: bool) -> None:
        context = self._stream.codec_context
        context.thread_count = 1
        context.options = {"max_pixels": str(MAX_FRAME_PIXELS)}
        if not exact:
            context.options |= {"skip_loop_filter": "bidir"}
        if not self._every_frame:
            context.skip_frame = "NONREF"

    def _stated_time(self, frame: VideoFrame) -> int | None:
        """Return a frame's time in ticks.

        AVI states when a packet is decoded, not when it is shown, and FFmpeg's guess fails for reordered
        frames. So the first frame shown takes the first packet's time, the second the second's, and so on.
        """
        times = self._decode_times
        if times is None:
            return frame.pts
        while len(times) > self._stream.codec_context.reorder_depth + 1:  # packets that gave no frame
            times.popleft()
        return times.popleft() if times else None

    def _packets(self) -> Iterator[Packet[VideoStream]]:
        """Read the packets, as long as a walk may take.

        Where the video states no length of its own, note how far the sound reaches.
        """
        sound = self._container.streams.audio if self._stream.duration is None else ()
        started, read_bytes = time.process_time(), 0
        try:
            for packet in self._container.demux(self._stream, *sound):
                if time.process_time() - started > MAX_WALK_SECONDS:
                    self._report("time-limit", "Only a part was decoded: all of it would take too long.")
                    return
                read_bytes += packet.size
                if read_bytes > self._most_bytes:
                    self._report("frame-limit", "Only a part was decoded: it repeats its data over and over.")
                    return
                if packet.stream is self._stream:
                    yield cast("Packet[VideoStream]", packet)
                elif packet.pts is not None:
                    self._sound_end = max(self._sound_end, packet.pts * packet.time_base)
        except MemoryError:
            self._report("bomb", TOO_LARGE)
        except Exception as error:  # noqa: BLE001 - see `_open_container`
            self._report("truncated", f"The video cannot be read to its end: {one_line(error)}.")

    def _compare_with_stated_end(self) -> None:
        if self._problems.keys() & {"time-limit", "frame-limit", "bomb"}:
            return
        stream, container = self._stream, self._container
        reached = self._clock.end
        if stream.duration is not None:
            # FFmpeg shortens an AVI's duration to the bytes that are there; its count of frames stays.
            length = (
                max(stream.duration, stream.frames) if self._decode_times is not None else stream.duration
            )
            stated = self._clock.end_no_later_than(length + (stream.start_time or 0))
        else:
            stated = Fraction(container.duration or 0, MICROSECONDS)
            reached = max(reached, self._sound_end)
        if stated - reached > CUT_SHORT:
            self._report(
                "truncated",
                f"The video is cut off: of {float(stated):.1f} s only {float(reached):.1f} s are there.",
            )


def _choose_stream(container: InputContainer) -> VideoStream:
    """Choose the first footage that has a decoder and keeps to the budget; cover art does not count."""
    streams = [s for s in container.streams.video if not is_attached_picture(s)]
    if not streams:
        raise UnreadableMedia("It holds no video, only sound or data.", code="no-picture")
    readable = [s for s in streams if s.codec_context and s.codec_context.codec.name in PICTURE_DECODERS]
    if not readable:
        raise UnreadableMedia("No decoder for this kind of video is used.", code="no-decoder")
    width, height = readable[0].codec_context.width, readable[0].codec_context.height
    if width * height > MAX_FRAME_PIXELS:
        raise UnreadableMedia(
            f"The video declares {width} x {height} pixels, more than are decoded.", code="bomb"
        )
    return readable[0]


def _bytes_of_walk(media: MediaFile, stream: VideoStream) -> int:
    """Return the memory that a walk may take: what any may, and large frames more if they have the bytes."""
    context = stream.codec_context
    frames = BYTES_A_FRAME_PIXEL * context.width * context.height
    return CHEAP_WALK_BYTES + min(frames, DECODING_BYTES_A_BYTE * media.size_bytes)


def _clock(container: InputContainer, stream: VideoStream, name: str) -> Clock:
    """Set up the clock; MPEG streams start at an arbitrary time, so theirs counts from their first."""
    tick = stream.time_base or Fraction(1, MICROSECONDS)
    usual_step = round(1 / (stream.average_rate * tick)) if stream.average_rate else 1
    zero = 0
    if name in ("mpegts", "mpegps") and container.start_time is not None:
        zero = round(Fraction(container.start_time, MICROSECONDS) / tick)
    return Clock(tick=tick, usual_step=usual_step, zero=zero)


def _is_keyframe(decoded: tuple[VideoFrame, int | None] | None, ticks: int) -> bool:
    """Say whether the first frame of a later walk needs no other and is as early as was asked for."""
    if decoded is None:
        return False
    frame, time = decoded
    return frame.pict_type == PictureType.I and time is not None and time <= ticks


def _turn_of(frame: VideoFrame, stream: VideoStream) -> Turn:
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is not None:
        return turn_of_matrix(memoryview(cast(bytes, matrix)).cast("i").tolist())
    return turn_of_track_name(stream.metadata.get("title", ""))

"""Frames come out in order, upright, at exact times, and as far as they can be decoded."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from benchmarks.video_bombs import box, write_again_and_again, write_samples
from verify.errors import UnreadableMedia
from verify.media import videos
from verify.media.files import open_media
from verify.media.headers import VideoHeader
from verify.media.turn import Turn
from verify.media.videos import open_video

Pixels = NDArray[np.uint8]
MakeVideo = Callable[..., Path]


class Walk:
    """All that one walk over a video gave."""

    def __init__(self, path: Path, *, exact: bool = False) -> None:
        with open_media(path) as media, open_video(media, exact=exact) as video:
            self.header: VideoHeader = video.header
            self.size = (video.width, video.height)
            self.times: list[Fraction] = []
            self.pictures: list[Pixels] = []
            for frame in video.frames():
                self.times.append(frame.time)
                self.pictures.append(frame.rgb(64))
            self.duration = video.duration
            self.count = video.frame_count
            self.uneven = video.variable_frame_rate
            self.codes = [problem.code for problem in video.problems]
            self.messages = [problem.message for problem in video.problems]
            self.partial = video.partial

    @property
    def greys(self) -> list[int]:
        """Return the frames' numbers as painted: grey value 10 + 5 n."""
        return [round((float(picture[-20:, -30:].mean()) - 10) / 5) for picture in self.pictures]


CONTAINERS = {
    "mp4": ("clip.mp4", "libx264"),
    "mov": ("clip.mov", "libx264"),
    "matroska": ("clip.mkv", "libx264"),
    "webm": ("clip.webm", "libvpx-vp9"),
    "avi": ("clip.avi", "libx264"),
    "mpegts": ("clip.ts", "libx264"),
    "mpegps": ("clip.mpg", "mpeg2video"),
    "flv": ("clip.flv", "flv"),
    "asf": ("clip.wmv", "wmv2"),
}


def in_good_quality(stream: av.VideoStream) -> None:
    stream.bit_rate = 3_000_000


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_gives_all_frames_in_order_at_their_times(make_video: MakeVideo, name: str) -> None:
    file_name, codec = CONTAINERS[name]
    path = make_video(file_name, range(30), codec=codec, prepare=in_good_quality)
    walk = Walk(path)
    assert walk.header.format == name
    assert walk.greys == list(range(30))
    rounding = max(walk.header.video.time_base or 0, Fraction(1, 1000)) if walk.header.video else 0
    expected = [Fraction(n, 25) for n in range(30)]
    shift = walk.times[0] if name == "flv" else 0
    assert all(abs(t - shift - e) <= rounding for t, e in zip(walk.times, expected, strict=True))
    assert (walk.codes, walk.uneven, walk.count) == ([], False, 30)
    assert walk.duration is not None
    assert abs(walk.duration - Fraction(30, 25)) <= Fraction(1, 25)


def test_variable_frame_rates_keep_every_exact_time(make_video: MakeVideo) -> None:
    ticks = [0, 1, 3, 9, 10, 20, 23, 24, 31, 40]
    walk = Walk(make_video("vfr.mp4", ticks, tick=Fraction(1, 30)))
    assert walk.times == [Fraction(tick, 30) for tick in ticks]
    assert walk.uneven


def test_a_start_before_zero_is_kept(make_video: MakeVideo) -> None:
    walk = Walk(make_video("early.mkv", range(-3, 12), options={"bf": "0"}))
    assert walk.times[1] - walk.times[0] == Fraction(1, 25)
    assert walk.greys == list(range(15))


def test_a_late_start_is_kept(make_video: MakeVideo) -> None:
    walk = Walk(make_video("late.mp4", range(50, 60)))
    assert walk.times[0] == 2
    assert walk.duration == Fraction(10, 25)


def test_reordered_frames_come_in_order_of_presentation(make_video: MakeVideo) -> None:
    for name in ("b.mp4", "b.avi", "b.ts"):
        walk = Walk(make_video(name, range(40), options={"bf": "3", "b_strategy": "0"}))
        assert walk.greys == list(range(40)), name
        assert walk.times == sorted(walk.times), name
        assert walk.codes == [], name


def test_an_edit_list_that_drops_the_start_is_applied(make_video: MakeVideo) -> None:
    path = make_video("edit.mp4", range(25), options={"g": "5", "bf": "0"})
    content = bytearray(path.read_bytes())
    entry = content.index(b"elst") + 12  # version and flags, entry count; then duration, media time
    content[entry + 4 : entry + 8] = (10 * 512).to_bytes(4, "big")
    path.write_bytes(content)
    walk = Walk(path)
    assert walk.greys == list(range(10, 25))
    assert walk.times[0] == 0


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_display_matrices_turn_and_mirror(make_video: MakeVideo, degrees: int, *, mirrored: bool) -> None:
    def prepare(stream: av.VideoStream) -> None:
        stream.set_display_rotation(-degrees, hflip=mirrored)

    path = make_video("turned.mp4", range(3), prepare=prepare)
    walk = Walk(path)
    assert walk.size == ((64, 96) if degrees in (90, 270) else (96, 64))
    video = walk.header.video
    assert video is not None
    assert (video.rotation_degrees, video.mirrored) == (degrees, mirrored)
    stored = np.zeros((64, 96, 3), np.uint8)
    stored[4:13, 4:21] = 255
    mark = Turn(degrees=degrees, mirrored=mirrored).apply(stored)
    rows, columns = np.nonzero(mark[..., 0])
    with open_media(path) as media, open_video(media) as opened:
        upright = next(opened.frames()).rgb()
    middle = upright[int(rows.mean()), int(columns.mean())].astype(int)
    assert middle[0] > middle[1] + 100


def test_pixels_that_are_not_square_are_stretched(make_video: MakeVideo) -> None:
    def widen(stream: av.VideoStream) -> None:
        stream.codec_context.sample_aspect_ratio = Fraction(3, 2)

    walk = Walk(make_video("wide.mp4", range(3), prepare=widen))
    assert walk.size == (144, 64)
    assert walk.pictures[0].shape == (28, 64, 3)


def test_looks_are_cheap_grey_and_small(make_video: MakeVideo) -> None:
    for options in ({}, {"profile": "high10"}):
        path = make_video("look.mp4", range(4), size=(640, 360))
        with open_media(path) as media, open_video(media) as video:
            for number, frame in enumerate(video.frames()):
                look = frame.luma(64)
                assert look.dtype == np.uint8
                assert look.shape == (36, 64), options
                assert abs(int(look[-1, -1]) - (16 + (10 + 5 * number) * 219 / 255)) < 3
                assert look[:1, 1].max() != look[-1, -1]


def test_frames_keep_their_pixels_after_the_next_is_decoded(make_video: MakeVideo) -> None:
    with open_media(make_video("keep.mp4", range(20))) as media, open_video(media) as video:
        kept = [frame.rgb() for frame in video.frames()]
    assert [round((float(pixels[-9:, -9:].mean()) - 10) / 5) for pixels in kept] == list(range(20))


@pytest.mark.parametrize("name", ["cut.mkv", "cut.ts", "cut.avi", "cut.flv"])
def test_a_broken_tail_gives_what_is_there(make_video: MakeVideo, name: str) -> None:
    codec = "flv" if name.endswith("flv") else "libx264"
    path = make_video(name, range(150), codec=codec, options={"g": "10"}, size=(320, 240))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    walk = Walk(path)
    assert 20 < walk.count < 150
    assert walk.greys[:10] == list(range(10))
    if name != "cut.ts":  # a transport stream states no length
        assert walk.partial
        assert walk.codes == ["truncated"]
    assert all(message.isprintable() for message in walk.messages)


def test_a_cut_mp4_with_its_index_in_front_says_it_is_cut(make_video: MakeVideo, tmp_path: Path) -> None:
    source = make_video("whole.mp4", range(150), options={"g": "10"}, size=(320, 240))
    path = tmp_path / "front.mp4"
    with av.open(str(source)) as whole, av.open(str(path), "w", options={"movflags": "faststart"}) as front:
        stream = front.add_stream_from_template(whole.streams.video[0])
        for packet in whole.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                front.mux(packet)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    walk = Walk(path)
    assert walk.partial
    assert "truncated" in walk.codes
    assert 20 < walk.count < 150


def test_an_mp4_without_its_index_is_unreadable(make_video: MakeVideo) -> None:
    path = make_video("gone.mp4", range(50))
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(UnreadableMedia) as refusal:
        Walk(path)
    assert refusal.value.code in ("damaged", "no-picture")
    assert refusal.value.message.isprintable()


def test_damage_in_the_middle_is_walked_over(make_video: MakeVideo) -> None:
    path = make_video("hurt.mkv", range(100), options={"g": "10"}, size=(320, 240))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = bytes(range(256)) + bytes(144)
    path.write_bytes(content)
    walk = Walk(path)
    assert walk.greys[-5:] == [15, 16, 17, 18, 19]
    assert walk.times[-1] == Fraction(99, 25)


def test_sound_alone_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(UnreadableMedia) as refusal:
        Walk(path)
    assert refusal.value.code == "no-picture"


def test_a_frame_that_turns_out_to_be_a_bomb_is_refused(make_video: MakeVideo) -> None:
    def full_range(stream: av.VideoStream) -> None:
        stream.pix_fmt = "yuvj420p"

    path = make_video("bomb.avi", range(3), codec="mjpeg", prepare=full_range)
    content = path.read_bytes()
    size_of_frame = b"\xff\xc0\x00\x11\x08" + (64).to_bytes(2, "big") + (96).to_bytes(2, "big")
    assert size_of_frame in content
    path.write_bytes(content.replace(size_of_frame, size_of_frame[:5] + (15000).to_bytes(2, "big") * 2))
    with pytest.raises(UnreadableMedia, match="No frame"):
        Walk(path)


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXTINF:10,\n{neighbour}\n",
    "ffconcat": "ffconcat version 1.0\nfile {neighbour}\n",
    "sdp": "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
@pytest.mark.parametrize("extension", ["mp4", "jpg"])
def test_playlists_are_refused_and_named(make_video: MakeVideo, name: str, extension: str) -> None:
    neighbour = make_video("neighbour.ts", range(5))
    path = neighbour.with_name(f"list.{extension}")
    path.write_text(PLAYLISTS[name].format(neighbour=neighbour.name))
    with open_media(path) as media, pytest.raises(UnreadableMedia) as refusal, open_video(media):
        pass
    assert refusal.value.code == "not-media"
    assert media.format.label in refusal.value.message


@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_playlist_that_passes_the_gate_still_opens_nothing(make_video: MakeVideo, name: str) -> None:
    neighbour = make_video("neighbour.ts", range(5))
    path = neighbour.with_name("disguised.avi")
    path.write_bytes(b"RIFF\0\0\0\0AVI " + PLAYLISTS[name].format(neighbour=neighbour.name).encode())
    with pytest.raises(UnreadableMedia):
        Walk(path)


def dump_of(path: Path) -> tuple[list[int], str, list[str], int]:
    """Return times in order, stated duration, track durations and clockwise turn from a reference dump."""
    text = path.read_text()
    track = next(t for t in re.split(r"\ntrack \d+:\n", text)[1:] if "sampleMimeType = video" in t)
    times = sorted(int(time) for time in re.findall(r"    time = (-?\d+)", track))
    duration = re.search(r"duration = (.*)", text)
    assert duration is not None
    rotation = re.search(r"rotationDegrees = (\d+)", track)
    return (
        times,
        duration[1],
        re.findall(r"track duration = (\d+)", track),
        int(rotation[1]) if rotation else 0,
    )


CLOCK_STARTS_ELSEWHERE = {"sample_h264.ts", "sample_h265.ts"}
"""A transport stream's clock starts anywhere. We count from the first picture shown, the reference from the
first decoded, two frames earlier."""

OTHER_DURATION = {
    "sample_h264.ts": "the reference subtracts the first clock reference from the last, leaving frames out",
    "sample_h265.ts": "the reference subtracts the first clock reference from the last, leaving frames out",
    "sample_partially_fragmented.mp4": "the reference reads the index in front and not the fragments behind",
    "sample_android_slow_motion.mp4": "the reference reads the movie header, in milliseconds and rounded up",
}


@pytest.mark.corpus
def test_times_durations_and_turns_agree_with_the_reference_dumps(corpus: Path) -> None:
    dumps = sorted((corpus / "vectors" / "video-metadata").glob("*.dump"))
    assert len(dumps) > 20
    for dump in dumps:
        times, stated, track_durations, turn = dump_of(dump)
        walk = Walk(dump.with_suffix(""))
        name = dump.stem
        video = walk.header.video
        assert video is not None
        assert video.time_base is not None
        tick = video.time_base + Fraction(1, 1_000_000)  # the references count whole microseconds
        expected = [Fraction(time, 1_000_000) for time in times]
        if name in CLOCK_STARTS_ELSEWHERE:
            expected = [time - expected[0] for time in expected]
        assert len(walk.times) == len(expected), name
        assert all(abs(a - b) <= tick for a, b in zip(walk.times, expected, strict=True)), name
        assert video.rotation_degrees == turn, name
        if name not in OTHER_DURATION and track_durations:
            assert walk.duration is not None
            assert abs(walk.duration - Fraction(int(track_durations[0]), 1_000_000)) <= tick, name
        elif name not in OTHER_DURATION and stated.isdigit():
            assert walk.header.duration == Fraction(int(stated), 1_000_000), name
        assert walk.codes == [], name


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("video", "still", "seconds"),
    [
        ("sample.mp4", "sample_0.000.png", 0.0),
        (
            "sample_with_increasing_timestamps_360p.mp4",
            "sample_with_increasing_timestamps_360p_0.033.png",
            0.033,
        ),
        (
            "sample_with_increasing_timestamps_360p.mp4",
            "sample_with_increasing_timestamps_360p_8.331.png",
            8.331,
        ),
        (
            "sample_with_increasing_timestamps_360p.mp4",
            "sample_with_increasing_timestamps_360p_17.029.png",
            17.029,
        ),
    ],
)
def test_the_frame_at_a_time_is_the_reference_frame(
    corpus: Path, video: str, still: str, seconds: float
) -> None:
    folder = corpus / "vectors" / "video-metadata"
    expected = np.asarray(Image.open(folder / still).convert("RGB")).astype(int)
    nearest: tuple[float, Pixels | None] = (1.0, None)
    with open_media(folder / video) as media, open_video(media, exact=True) as opened:
        for frame in opened.frames():
            distance = abs(float(frame.time) - seconds)
            if distance < nearest[0]:
                nearest = (distance, frame.rgb())
    assert nearest[0] <= 0.001
    assert nearest[1] is not None
    assert nearest[1].shape == expected.shape
    assert np.abs(nearest[1] - expected).mean() < 4


@pytest.mark.corpus
def test_rotation_flags_of_the_wider_set_are_read(corpus: Path) -> None:
    for degrees in (0, 90, 180, 270):
        walk = Walk(corpus / "vectors" / "video-metadata" / f"video_{degrees}.mov")
        assert walk.header.video is not None
        assert walk.header.video.rotation_degrees == degrees
        assert walk.size == ((320, 568) if degrees in (90, 270) else (568, 320))


@pytest.mark.corpus
def test_every_video_of_the_wider_set_can_be_walked(corpus: Path) -> None:
    troubled = {}
    for path in sorted((corpus / "videos").iterdir()):
        with open_media(path) as media, open_video(media) as video:
            for _ in video.frames():
                pass
            if video.problems or not video.duration or media.changed():
                troubled[path.name] = video.problems
    assert troubled == {}


def test_a_walk_may_begin_later_and_keeps_its_times(make_video: Callable[..., Path]) -> None:
    path = make_video("a.mp4", range(60))
    with open_media(path) as media, open_video(media) as video:
        times = [frame.time for frame in video.frames()]
    with open_media(path) as media, open_video(media) as video:
        video.skip_to(times[40])
        later = [frame.time for frame in video.frames()]
    assert later == times[-len(later) :]
    assert later[0] <= times[40]


@pytest.mark.parametrize("codec", ["mpeg4", "libx264"])
def test_a_walk_that_begins_later_shows_the_same_where_the_index_names_false_keyframes(
    make_video: Callable[..., Path], codec: str
) -> None:
    path = make_video("a.mp4", range(60), codec=codec, options={"g": "250"})
    path.write_bytes(path.read_bytes().replace(b"stss", b"free"))  # without this table every frame is one
    with open_media(path) as media, open_video(media) as video:
        shown = {frame.time: frame.rgb(96).mean() for frame in video.frames()}
    with open_media(path) as media, open_video(media) as video:
        video.skip_to(Fraction(38, 25))
        later = {frame.time: frame.rgb(96).mean() for frame in video.frames()}
    assert Fraction(38, 25) in later
    assert {time: shown[time] for time in later} == later


def test_leaving_out_unreferenced_frames_keeps_times_rate_and_length(make_video: Callable[..., Path]) -> None:
    path = make_video("a.mp4", range(90))
    with open_media(path) as media, open_video(media) as whole:
        all_times = [frame.time for frame in whole.frames()]
    with open_media(path) as media, open_video(media, every_frame=False) as thinned:
        some_times = [frame.time for frame in thinned.frames()]
    assert set(some_times) < set(all_times)
    assert some_times == sorted(some_times)
    assert thinned.duration == whole.duration
    assert not thinned.variable_frame_rate


def test_a_video_that_takes_too_long_is_kept_as_far_as_it_was_decoded(
    make_video: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_video("long.mp4", range(200))
    ticks = iter(range(10_000))
    monkeypatch.setattr(videos, "MAX_WALK_SECONDS", 50)
    monkeypatch.setattr(videos.time, "process_time", lambda: next(ticks))
    with open_media(path) as media, open_video(media) as video:
        frames = [frame.time for frame in video.frames()]
        assert 20 < len(frames) < 60
        assert [problem.code for problem in video.problems] == ["time-limit"]
        assert video.partial


def test_a_clip_that_an_edit_list_shows_three_times_is_walked_three_times(tmp_path: Path) -> None:
    path = tmp_path / "again.mp4"
    write_again_and_again(path, edits=3)
    with open_media(path) as media, open_video(media) as video:
        assert 2 * 40 < sum(1 for _ in video.frames()) <= 3 * 40
        assert video.problems == ()


def test_a_clip_that_an_edit_list_shows_a_thousand_times_is_walked_in_part(tmp_path: Path) -> None:
    path = tmp_path / "again.mp4"
    write_again_and_again(path, edits=1000)
    with open_media(path) as media, open_video(media) as video:
        assert 40 < sum(1 for _ in video.frames()) < 100 * 40
        assert [problem.code for problem in video.problems] == ["frame-limit"]
        assert video.partial


@pytest.mark.parametrize("place", ["inside", "packed"])
def test_a_video_that_declares_samples_without_end_is_refused_before_it_is_opened(
    tmp_path: Path, place: str
) -> None:
    path = tmp_path / "a.mp4"
    write_samples(path, 80_000_000)
    if place == "packed":  # QuickTime's compressed movie header
        data = path.read_bytes()
        movie = data.rindex(b"moov") - 4
        packed = box(b"cmvd", bytes(4) + zlib.compress(data[movie:]))
        path.write_bytes(data[:movie] + box(b"moov", box(b"cmov", box(b"dcom", b"zlib") + packed)))
    with open_media(path) as media, pytest.raises(UnreadableMedia) as refusal, open_video(media):
        pass
    assert refusal.value.code == "bomb"


def test_an_edit_list_without_end_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_again_and_again(path, edits=400_000)
    with open_media(path) as media, pytest.raises(UnreadableMedia) as refusal, open_video(media):
        pass
    assert refusal.value.code == "bomb"


def test_long_uncompressed_sound_is_no_flood(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as container:
        picture = container.add_stream("libx264", rate=1)
        picture.width = picture.height = 16
        sound = container.add_stream("pcm_s16le", rate=8000)
        container.mux(picture.encode(av.VideoFrame(16, 16)))
        container.mux(picture.encode(None))
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 8000 * 1200), np.int16), layout="mono")
        silence.sample_rate = 8000
        container.mux(sound.encode(silence))
        container.mux(sound.encode(None))
    assert Walk(path).count == 1


def test_a_codec_that_nobody_films_in_is_refused_by_name(make_video: Callable[..., Path]) -> None:
    path = make_video("game.avi", range(5), codec="asv1")
    with open_media(path) as media, pytest.raises(UnreadableMedia) as refusal, open_video(media):
        pass
    assert refusal.value.code == "no-decoder"

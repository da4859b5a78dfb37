"""Tags and stream facts of videos, on files made by PyAV."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from verify.media.files import open_media
from verify.media.headers import StreamHeader, VideoHeader
from verify.media.videos import open_video
from verify.metadata.container import read_container
from verify.metadata.findings import by_name
from verify.metadata.reading import read_metadata
from verify.records import MetadataValue


def written(path: Path, tags: dict[str, str]) -> Path:
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as container:
        container.metadata.update(tags)
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(10):
            container.mux(
                stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24"))
            )
        container.mux(stream.encode(None))
    return path


def read(path: Path) -> dict[str, MetadataValue]:
    with open_media(path) as media, open_video(media) as video:
        values, problems = read_metadata(media, video.header)
    assert problems == ()
    return by_name(values)


def test_streams_are_described_as_they_are(tmp_path: Path) -> None:
    values = read(written(tmp_path / "a.mp4", {}))
    assert values["video:codec"].value == "h264"
    assert values["video:pixel_format"].value == "yuv420p"
    assert values["video:frame_rate"].value == 25
    assert (values["video:width"].value, values["video:height"].value) == (64, 48)
    assert values["container:stream_count"].value == 1


def test_tags_of_cameras_and_phones_get_one_name(tmp_path: Path) -> None:
    values = read(
        written(
            tmp_path / "a.mov",
            {
                "com.apple.quicktime.make": "Maker",
                "com.apple.quicktime.location.ISO6709": "+32.0929+034.8620+028.516/",
                "com.apple.quicktime.creationdate": "2019-07-24T11:25:40+0300",
                "creation_time": "2019-07-24T08:25:57.000000Z",
            },
        )
    )
    assert values["container:make"].value == "Maker"
    assert values["container:make"].raw_key == "com.apple.quicktime.make"
    assert values["container:latitude"].value == 32.0929
    assert values["container:longitude"].value == 34.862
    assert values["container:altitude"].value == 28.516
    created, taken = values["container:creation_time"], values["container:creationdate"]
    assert (created.value, created.zone) == ("2019-07-24T08:25:57.000000Z", "utc")
    assert (taken.value, taken.zone) == ("2019-07-24T11:25:40+03:00", "offset")


@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [("-33.8688+151.2093/", -33.8688, 151.2093), ("+00.0000+000.0000/", 0.0, 0.0), ("nowhere", None, None)],
)
def test_positions_in_iso_6709_become_degrees(
    text: str, latitude: float | None, longitude: float | None
) -> None:
    header = VideoHeader(format="mp4", tags={"location": text})
    values = {name: value.value for name, value in by_name(read_container(header)).items()}
    assert values["container:location"] == text
    assert values.get("container:latitude") == latitude
    assert values.get("container:longitude") == longitude


def test_a_second_stream_of_a_kind_is_numbered_and_cover_art_is_named() -> None:
    sound = StreamHeader(kind="audio", codec="aac", sample_rate=48_000, channels=2)
    cover = StreamHeader(kind="video", codec="mjpeg", frame_rate=Fraction(90_000), attached_picture=True)
    header = VideoHeader(format="mp4", streams=(sound, sound, cover))
    values = by_name(read_container(header))
    assert values["audio:codec"].value == "aac"
    assert values["audio:2.sample_rate"].value == 48_000
    assert values["video:cover.codec"].value == "mjpeg"


def test_thousands_of_tags_and_streams_are_bounded() -> None:
    tags = {f"tag{number}": "x" * 10_000 for number in range(5000)}
    header = VideoHeader(
        format="matroska", tags=tags, streams=(StreamHeader(kind="data", codec="bin"),) * 5000
    )
    values = list(read_container(header))
    assert len(values) < 300
    assert max(len(str(value.value)) for value in values) <= 4000

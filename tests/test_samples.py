"""The sample story: what ships, what its files say, and whether the manifest tells the truth about them."""

from __future__ import annotations

import io
import re
import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import av
import exifread
import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

import verify

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
MEDIA = SAMPLES / "media"
MANIFEST = tomllib.loads((SAMPLES / "manifest.toml").read_text(encoding="utf-8"))
FILES = {entry["name"]: entry for entry in MANIFEST["files"]}
COPIES = [(name, copy) for name, entry in FILES.items() for copy in entry.get("copies", [])]
SOURCE_PHOTOS = [name for name, entry in FILES.items() if entry["role"] == "source" and name.endswith(".JPG")]
VIDEOS = [name for name, entry in FILES.items() if "duration_seconds" in entry]

MOST_BYTES = 10_000_000
RELATIONS = {"same-picture", "part-of", "contains"}
GRID = (64, 48)
"""Pictures are compared at this size, grey."""
LIKE = 0.95
"""Correlation of a copy and its source, captions left out."""

copies = pytest.mark.parametrize(
    ("name", "copy"), COPIES, ids=[f"{name} of {copy['of']}" for name, copy in COPIES]
)


@cache
def frames(name: str) -> list[tuple[float, Image.Image]]:
    """Return all frames of a video, or the one picture of a still at time 0, with their seconds."""
    if name not in VIDEOS:
        with Image.open(MEDIA / name) as image:
            return [(0.0, image.convert("RGB"))]
    with av.open(MEDIA / name) as container:
        return [(frame.time, frame.to_image()) for frame in container.decode(video=0)]


def look(name: str, time: float, region: list[float]) -> np.ndarray:
    """Return a region of the picture shown at a time, small and grey."""
    image = [shown for seconds, shown in frames(name) if seconds <= time + 0.001][-1]
    left, top, right, bottom = region
    box = (left * image.width, top * image.height, right * image.width, bottom * image.height)
    return np.asarray(image.convert("L").resize(GRID, Image.Resampling.BOX, box=box), dtype=float)


def likeness(name: str, copy: dict[str, Any], query_time: float, found_time: float) -> float:
    """Return the correlation of both sides where no caption is, the edit undone."""
    query = look(name, query_time, copy["query_region"])
    found = look(copy["of"], found_time, copy["found_region"])
    left, top, right, bottom = copy.get("covered", (0, 0, 0, 0))
    seen = np.ones_like(query, dtype=bool)
    seen[round(top * GRID[1]) : round(bottom * GRID[1]), round(left * GRID[0]) : round(right * GRID[0])] = (
        False
    )
    return float(np.corrcoef(query[seen], (found[:, ::-1] if copy["mirrored"] else found)[seen])[0, 1])


def moments(copy: dict[str, Any]) -> list[tuple[float, float]]:
    """Return times inside every segment, on both sides."""
    pairs = []
    for segment in copy["segments"]:
        for share in (0.02, 0.3, 0.6, 0.95) if segment["query_end"] > segment["query_start"] else (0.0,):
            query = segment["query_start"] + share * (segment["query_end"] - segment["query_start"])
            found = segment["found_start"] + share * (segment["found_end"] - segment["found_start"])
            pairs.append((query, found))
    return pairs


def test_the_manifest_names_exactly_the_files_that_ship() -> None:
    assert sorted(FILES) == sorted(path.name for path in MEDIA.iterdir())


def test_all_samples_together_stay_below_ten_megabytes() -> None:
    files = [path for path in SAMPLES.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES


def test_every_picture_has_author_source_and_licence_in_the_readme() -> None:
    rows = (SAMPLES / "README.md").read_text(encoding="utf-8").splitlines()
    for picture in (SAMPLES / "pictures").iterdir():
        row = next(row for row in rows if row.startswith(f"| `{picture.name}`"))
        _, _, author, source, licence, _ = row.split("|")
        assert author.strip()
        assert "https://" in source
        assert re.search(r"https://creativecommons\.org/(licenses/by|publicdomain/zero)/", licence)


def test_every_copy_relates_to_a_source_in_a_known_way() -> None:
    for _, copy in COPIES:
        assert FILES[copy["of"]]["role"] == "source"
        assert copy["relation"] in RELATIONS
        assert copy["changes"]
    assert {name for name, _ in COPIES} == {name for name, entry in FILES.items() if entry["role"] == "copy"}


@pytest.mark.parametrize("name", VIDEOS)
def test_a_video_runs_as_long_as_the_manifest_says_and_has_sound_that_changes(name: str) -> None:
    with av.open(MEDIA / name) as container:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    last = frames(name)[-1][0]
    assert last == pytest.approx(FILES[name]["duration_seconds"], abs=0.1)
    loudness = [np.abs(part).mean() for part in np.array_split(sound, 20)]
    assert min(loudness) > 0.005
    assert max(loudness) > 1.2 * min(loudness)


def test_the_source_video_is_long_enough_and_says_when_where_and_by_what_it_was_made() -> None:
    assert FILES["IMG_2291.MOV"]["duration_seconds"] >= 20
    with av.open(MEDIA / "IMG_2291.MOV") as container:
        tags = dict(container.metadata)
    assert tags["creation_time"].startswith("2021-05-16T17:42:10")
    assert tags["com.apple.quicktime.location.ISO6709"] == "+43.1950-004.8200+1320.0/"
    assert tags["com.apple.quicktime.make"] == "Samplecam"
    assert tags["com.apple.quicktime.model"] == "Samplecam P12"


@pytest.mark.parametrize("name", SOURCE_PHOTOS)
def test_a_source_photo_carries_camera_place_and_two_clocks_that_agree(name: str) -> None:
    with Image.open(MEDIA / name) as image:
        exif = image.getexif()
        details, place = exif.get_ifd(IFD.Exif), exif.get_ifd(IFD.GPSInfo)
        assert (details[Base.ExifImageWidth], details[Base.ExifImageHeight]) == image.size
    assert exif[Base.Make] == "Samplecam"
    assert details[Base.FNumber] > 1
    taken = datetime.strptime(
        f"{details[Base.DateTimeOriginal]} {details[Base.OffsetTimeOriginal]}", "%Y:%m:%d %H:%M:%S %z"
    )
    clock = ":".join(f"{int(part):02}" for part in place[GPS.GPSTimeStamp])
    satellite = datetime.strptime(f"{place[GPS.GPSDateStamp]} {clock} +0000", "%Y:%m:%d %H:%M:%S %z")
    assert taken == satellite
    assert taken.year == 2021
    assert 42.9 < float(place[GPS.GPSLatitude][0]) + float(place[GPS.GPSLatitude][1]) / 60 < 43.1


@pytest.mark.parametrize("name", [*SOURCE_PHOTOS, "figs_today.jpg"])
def test_an_embedded_thumbnail_shows_the_photo_as_the_camera_saw_it(name: str) -> None:
    with (MEDIA / name).open("rb") as file:
        stored = exifread.process_file(file)["JPEGThumbnail"]
    camera_saw = "IMG_2368.JPG" if name == "figs_today.jpg" else name
    with Image.open(io.BytesIO(stored)) as thumbnail:
        small = np.asarray(thumbnail.convert("L").resize((32, 32)), dtype=float)
    whole = np.asarray(frames(camera_saw)[0][1].convert("L").resize((32, 32)), dtype=float)
    assert np.corrcoef(small.ravel(), whole.ravel())[0, 1] > 0.97


@copies
def test_a_copy_shows_its_source_at_the_stated_times_and_region(name: str, copy: dict[str, Any]) -> None:
    for query_time, found_time in moments(copy):
        assert likeness(name, copy, query_time, found_time) > LIKE


@pytest.mark.parametrize(
    ("name", "copy"), [pair for pair in COPIES if pair[1]["of"] in VIDEOS], ids=lambda value: str(value)[:40]
)
def test_no_other_moment_of_the_source_fits_better(name: str, copy: dict[str, Any]) -> None:
    for query_time, found_time in moments(copy):
        stated = likeness(name, copy, query_time, found_time)
        for shift in (-2.0, -1.0, -0.3, 0.3, 1.0, 2.0):
            if 0 <= found_time + shift < FILES[copy["of"]]["duration_seconds"]:
                assert likeness(name, copy, query_time, found_time + shift) < stated


@copies
def test_the_stated_side_is_the_right_one(name: str, copy: dict[str, Any]) -> None:
    other = {**copy, "mirrored": not copy["mirrored"]}
    for query_time, found_time in moments(copy):
        assert likeness(name, other, query_time, found_time) < likeness(name, copy, query_time, found_time)


@pytest.mark.parametrize("name", FILES)
def test_a_file_gives_the_findings_that_the_manifest_names(name: str) -> None:
    exam = verify.examine(MEDIA / name)
    codes = {finding.code for finding in exam.findings}
    assert set(FILES[name]["findings"]) <= codes
    assert codes.isdisjoint(FILES[name]["not_findings"])
    assert exam.problems == ()
    assert exam.kind == ("video" if name in VIDEOS else "image")
    assert len(exam.frames) >= FILES[name].get("duration_seconds", 0)


def test_the_findings_in_the_manifest_are_ones_that_can_be_made() -> None:
    from verify.metadata.findings import RULES

    for entry in FILES.values():
        assert set(entry["findings"]) | set(entry["not_findings"]) <= set(RULES)

"""Where else a picture or clip has been: the sample story asked in Python and on the command line."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_media import picture, write_frames
from PIL import Image

import verify
from verify.draw_match import draw_match
from verify.matching.claims import ACCEPT_SCORE
from verify.matching.drawing import OUTLINE
from verify.records import Match, Segment

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
MEDIA = SAMPLES / "media"
FILES = tomllib.loads((SAMPLES / "manifest.toml").read_text(encoding="utf-8"))["files"]
ORIGINALS = [entry["name"] for entry in FILES if entry["role"] == "source"]
UNRELATED = [entry["name"] for entry in FILES if entry["role"] == "unrelated"]
COPIES = [(entry["name"], copy) for entry in FILES for copy in entry.get("copies", [])]
STILL_COPY, STILL_SOURCE = "271845530_n.jpg", "IMG_2417.JPG"

MATCH_KEYS = {
    "item",
    "paths",
    "relation",
    "evidence",
    "score",
    "distance_bits",
    "inliers",
    "mirrored",
    "rotation_degrees",
    "scale",
    "region",
    "query_region",
    "segments",
    "note",
}


@cache
def sha256(name: str) -> str:
    return hashlib.sha256((MEDIA / name).read_bytes()).hexdigest()


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `verify` with these arguments."""
    command = [sys.executable, "-m", "verify.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def digests(folder: Path) -> dict[str, str]:
    """Return what is in a folder, file by file; the database's own bookkeeping left out."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".sqlite-shm")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def originals_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive folder that holds the originals of the story, and none of the copies."""
    folder = tmp_path_factory.mktemp("originals")
    with verify.open_archive(folder) as archive:
        archive.scan([MEDIA / name for name in ORIGINALS])
    return folder


@pytest.fixture(scope="module")
def originals(originals_folder: Path) -> Iterator[verify.Archive]:
    with verify.open_archive(originals_folder) as archive:
        yield archive


@pytest.mark.parametrize(("name", "copy"), COPIES, ids=[name for name, _ in COPIES])
def test_the_original_of_a_copy_is_found_first_and_named_a_copy(
    originals: verify.Archive, name: str, copy: dict
) -> None:
    found = originals.find_copies(MEDIA / name)
    assert [match.item for match in found if match.score >= ACCEPT_SCORE] == [sha256(copy["of"])]
    assert found[0].item == sha256(copy["of"])
    assert found[0].paths == (str(MEDIA / copy["of"]),)
    assert found[0].mirrored == copy["mirrored"]
    assert len(found[0].segments) >= 1


@pytest.mark.parametrize("name", UNRELATED)
def test_pictures_from_elsewhere_match_nothing(originals: verify.Archive, name: str) -> None:
    assert originals.find_copies(MEDIA / name) == []


def test_asking_writes_nothing(originals_folder: Path) -> None:
    before = digests(originals_folder)
    with verify.open_archive(originals_folder, create=False) as archive:
        assert archive.find_copies(MEDIA / STILL_COPY)
        assert len(archive.items()) == len(ORIGINALS)
    assert digests(originals_folder) == before


def test_an_item_of_the_archive_is_asked_by_the_start_of_its_hash(sample_archive: Path) -> None:
    with verify.open_archive(sample_archive, create=False) as archive:
        (match,) = archive.find_copies(sha256(STILL_COPY)[:10])
        assert match.item == sha256(STILL_SOURCE)
        assert match.relation == "same-picture"
        with pytest.raises(verify.UnknownItem):
            archive.find_copies("0" * 12)


def test_an_item_scanned_without_local_features_is_asked_by_its_file(tmp_path: Path) -> None:
    copy = shutil.copy(MEDIA / STILL_COPY, tmp_path)
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([MEDIA / STILL_SOURCE])
        archive.scan([copy], profile="fast")
        asked = sha256(STILL_COPY)
        assert [match.item for match in archive.find_copies(asked)] == [sha256(STILL_SOURCE)]
        Path(copy).unlink()
        assert archive.find_copies(asked) == []


def test_the_same_bytes_at_another_path_are_named_first(originals: verify.Archive, tmp_path: Path) -> None:
    again = shutil.copyfile(MEDIA / STILL_SOURCE, tmp_path / "again.jpg")
    (match,) = originals.find_copies(again)
    assert (match.relation, match.score, match.evidence) == ("identical", 1.0, ("sha256",))
    assert match.paths == (str(MEDIA / STILL_SOURCE),)


def test_a_file_that_is_the_item_itself_is_no_copy_of_itself(originals: verify.Archive) -> None:
    assert originals.find_copies(MEDIA / STILL_SOURCE) == []


def test_the_same_question_has_the_same_answer_in_every_session(
    originals: verify.Archive, originals_folder: Path
) -> None:
    query = MEDIA / "IMG-20260113-WA0021.jpg"
    with verify.open_archive(originals_folder, create=False) as again:
        assert again.find_copies(query) == originals.find_copies(query)


def test_one_worker_and_two_lead_to_the_same_answers(tmp_path: Path) -> None:
    stored = [MEDIA / name for name in ("IMG_2302.JPG", "IMG_2291.MOV", STILL_SOURCE, *UNRELATED)]
    asked = [MEDIA / name for name in ("IMG-20260113-WA0021.jpg", STILL_COPY)]
    answers = []
    for jobs in (1, 2):
        with verify.open_archive(tmp_path / str(jobs)) as archive:
            archive.scan(stored, jobs=jobs)
            answers.append([archive.find_copies(path) for path in asked])
    assert answers[0] == answers[1]
    assert all(found[0].score >= ACCEPT_SCORE for found in answers[0])


def test_two_files_are_compared_without_an_archive() -> None:
    match = verify.compare(MEDIA / "IMG-20260113-WA0021.jpg", MEDIA / "IMG_2302.JPG")
    assert match is not None
    assert match.score >= ACCEPT_SCORE
    assert (match.relation, match.mirrored, match.item) == ("part-of", True, sha256("IMG_2302.JPG"))
    assert verify.compare(MEDIA / "flower.jpg", MEDIA / "IMG_2302.JPG") is None


def test_a_still_is_compared_with_a_video() -> None:
    match = verify.compare(MEDIA / "Screenshot_20260115-081522.png", MEDIA / "IMG_2291.MOV")
    assert match is not None
    assert match.score >= ACCEPT_SCORE
    assert match.relation == "contains"


def test_find_copies_on_the_command_line(originals_folder: Path, tmp_path: Path) -> None:
    archive = ("--archive", originals_folder)
    found = run("find-copies", "--json", MEDIA / STILL_COPY, *archive, cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    (shape,) = (json.loads(line) for line in found.stdout.splitlines())
    assert shape.keys() == MATCH_KEYS | {"verdict"}
    assert shape["item"] == sha256(STILL_SOURCE)
    assert [segment.keys() for segment in shape["segments"]] == [
        {"query_start", "query_end", "found_start", "found_end", "speed"}
    ]
    told = run("find-copies", MEDIA / STILL_COPY, *archive, cwd=tmp_path)
    assert STILL_SOURCE in told.stdout
    nothing = run("find-copies", "--json", MEDIA / "flower.jpg", *archive, cwd=tmp_path)
    assert (nothing.returncode, nothing.stdout) == (1, "")
    unknown = run("find-copies", "no-such-file.jpg", *archive, cwd=tmp_path)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert len(unknown.stderr.splitlines()) == 1


def test_compare_on_the_command_line(tmp_path: Path) -> None:
    same = run("compare", "--json", MEDIA / STILL_COPY, MEDIA / STILL_SOURCE, cwd=tmp_path)
    assert same.returncode == 0, same.stderr
    assert json.loads(same.stdout).keys() == MATCH_KEYS
    assert run("compare", MEDIA / "flower.jpg", MEDIA / STILL_SOURCE, cwd=tmp_path).returncode == 1
    torn = tmp_path / "torn.jpg"
    torn.write_bytes((MEDIA / STILL_COPY).read_bytes()[:100])
    failed = run("compare", torn, MEDIA / STILL_SOURCE, cwd=tmp_path)
    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr
    assert list(tmp_path.iterdir()) == [torn]


def test_a_scan_names_what_was_seen_before(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copyfile(MEDIA / STILL_SOURCE, inbox / "old.jpg")
    first = run("scan", "inbox", "--archive", "a", cwd=tmp_path)
    assert "seen before" not in first.stderr
    shutil.copyfile(MEDIA / STILL_COPY, inbox / "new.jpg")
    second = run("scan", "inbox", "--archive", "a", "--json", cwd=tmp_path)
    (line,) = (line for line in second.stderr.splitlines() if line.startswith("seen before"))
    assert "new.jpg" in line
    assert "old.jpg" in line
    (seen,) = json.loads(second.stdout)["seen_before"]
    assert (seen["item"], seen["matches"][0]["item"]) == (sha256(STILL_COPY), sha256(STILL_SOURCE))
    with verify.open_archive(tmp_path / "a") as archive:
        (match,) = archive.seen_before(sha256(STILL_COPY))
        assert match.item == sha256(STILL_SOURCE)
        assert archive.seen_before(sha256(STILL_SOURCE)) == ()


def test_a_clip_of_several_shots_that_was_seen_before_is_placed_on_one_line(tmp_path: Path) -> None:
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([MEDIA / "IMG_2291.MOV"])
        archive.scan([MEDIA / "VID-20260114-WA0007.mp4"])
        (match,) = archive.seen_before(MEDIA / "VID-20260114-WA0007.mp4")
    (segment,) = match.segments
    assert (segment.query_start, segment.query_end) == pytest.approx((0, 12), abs=0.3)
    assert (segment.found_start, segment.found_end) == pytest.approx((5, 17), abs=0.3)


def test_a_clip_of_what_moves_fast_is_found_between_the_stored_seconds(tmp_path: Path) -> None:
    """Half a second later the camera shows nothing of what it showed."""
    wide = np.concatenate([picture(seed) for seed in range(20)], axis=1)
    pan = [wide[:, shift : shift + 320] for shift in range(0, 30 * 180, 30)]
    film = write_frames(tmp_path / "film.mp4", pan, rate=30)
    clip = write_frames(tmp_path / "clip.mp4", pan[72:162], rate=30)
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([film])
        (match,) = archive.find_copies(clip)
    assert verify.compare(clip, film) == replace(match, query=str(clip))
    assert match.score >= ACCEPT_SCORE
    (segment,) = match.segments
    assert (segment.found_start, segment.found_end) == pytest.approx((2.4, 5.4), abs=0.1)


def speaking(numbers: Iterable[int], size: int = 96) -> list[np.ndarray]:
    """Frames of a head that moves about in a room."""
    room, head, frames = picture(7), picture(8, size, size), []
    for number in numbers:
        x = round(158 - size / 2 + 60 * np.sin(number * 0.0375))
        y = round(118 - size / 2 + 40 * np.sin(number * 0.0571 + 1))
        frames.append(room.copy())
        frames[-1][y : y + size, x : x + size] = head
    return frames


def zoomed_into(frames: list[np.ndarray], to: float) -> list[np.ndarray]:
    """Show ever less of a place left of the middle, ever larger."""
    rows, columns = frames[0].shape[:2]
    shown = []
    for passed, frame in zip(np.linspace(0, 1, len(frames)), frames, strict=True):
        size = 1 + (1 / to - 1) * passed
        left, top = (1 - size) * 0.3 * columns, (1 - size) * 0.5 * rows
        matrix = np.array([[1 / size, 0, -left / size], [0, 1 / size, -top / size]])
        shown.append(cv2.warpAffine(frame, matrix, (columns, rows)))
    return shown


def test_a_clip_that_slowly_zooms_in_is_placed(tmp_path: Path) -> None:
    frames = speaking(range(240), size=48)
    speech = write_frames(tmp_path / "speech.mp4", frames, rate=24)
    zooming = write_frames(tmp_path / "zooming.mp4", zoomed_into(frames[60:132], 1.7), rate=24)
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([speech])
        (match,) = archive.find_copies(zooming)
    assert match.score >= ACCEPT_SCORE
    (segment,) = match.segments
    assert (segment.found_start, segment.found_end, segment.speed) == pytest.approx((2.5, 5.5, 1), abs=0.1)


def test_a_zoom_into_another_moment_of_one_room_is_no_copy(tmp_path: Path) -> None:
    """What a steady movement explains is undone; what is left, who moves in the room, must agree."""
    zooming = write_frames(tmp_path / "zooming.mp4", zoomed_into(speaking(range(72)), 1.4), rate=24)
    for name, earlier in (
        ("still", speaking(range(1000, 1240))),
        ("zooms", zoomed_into(speaking(range(1000, 1072)), 1.4)),
        ("empty", zoomed_into([picture(7)] * 72, 1.3)),
    ):
        film = write_frames(tmp_path / f"{name}.mp4", earlier, rate=24)
        match = verify.compare(zooming, film)
        assert match is None or match.score < ACCEPT_SCORE, name


def test_a_speech_of_which_a_part_was_cut_out_is_two_segments(tmp_path: Path) -> None:
    """One room throughout: the picture jumps where the part is missing, its layout stays."""
    frames = speaking(range(240))
    speech = write_frames(tmp_path / "speech.mp4", frames, rate=24)
    shortened = write_frames(tmp_path / "shortened.mp4", frames[24:84] + frames[158:218], rate=24)
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([speech])
        (match,) = archive.find_copies(shortened)
    assert match.score >= ACCEPT_SCORE
    before, after = match.segments
    assert (before.query_end, before.found_start, before.found_end) == pytest.approx((2.5, 1, 3.5), abs=0.2)
    assert (after.query_start, after.found_start) == pytest.approx((2.5, 158 / 24), abs=0.2)


def test_a_stored_file_that_cannot_be_decoded_any_more_stops_no_search(tmp_path: Path) -> None:
    """A disk that fails, a file that was made to crash the decoder: its stored samples answer for it."""
    original = Path(shutil.copy(MEDIA / "IMG_2291.MOV", tmp_path))
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([original])
        stamp = original.stat()
        original.write_bytes(bytes(stamp.st_size))
        os.utime(original, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        found = archive.find_copies(MEDIA / "VID-20260114-WA0007.mp4")
    assert [match.item for match in found if match.score >= ACCEPT_SCORE] == [sha256("IMG_2291.MOV")]


def test_a_clip_is_placed_by_the_frames_of_a_file_whose_time_alone_was_changed(tmp_path: Path) -> None:
    """A disk was copied without its times: less is known of where a clip lies if its file counts as gone."""
    original = Path(shutil.copy(MEDIA / "IMG_2291.MOV", tmp_path))
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([original])
        before = archive.find_copies(MEDIA / "VID-20260114-WA0007.mp4")
        os.utime(original, ns=(0, 0))
        assert archive.find_copies(MEDIA / "VID-20260114-WA0007.mp4") == before
        original.unlink()
        assert archive.find_copies(MEDIA / "VID-20260114-WA0007.mp4") != before


def test_copies_of_one_original_are_a_family_and_strangers_are_in_none(sample_archive: Path) -> None:
    with verify.open_archive(sample_archive, create=False) as archive:
        found = {frozenset({family.source, *family.members}) for family in archive.families()}
        refused = archive.families(refused=[(sha256(STILL_SOURCE), sha256(STILL_COPY))])
    expected = {
        frozenset({sha256(name), *(sha256(copy) for copy, made in COPIES if made["of"] == name)})
        for name in ORIGINALS
    }
    assert found == expected
    apart = frozenset({sha256(STILL_SOURCE), sha256(STILL_COPY)})
    assert {frozenset({family.source, *family.members}) for family in refused} == expected - {apart}


def test_a_match_is_drawn_side_by_side_with_the_shared_region_outlined(tmp_path: Path) -> None:
    query, source = MEDIA / "IMG-20260113-WA0021.jpg", MEDIA / "IMG_2302.JPG"
    drawn = run("compare", "--json", query, source, "--draw", "out.png", cwd=tmp_path)
    assert drawn.returncode == 0, drawn.stderr
    shape = json.loads(drawn.stdout)
    with Image.open(tmp_path / "out.png") as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    height, width = pixels.shape[:2]
    assert width > height > 500
    outline = (abs(pixels - OUTLINE).sum(axis=2) < 30).any(axis=0)
    assert outline[: width // 2].any()
    assert outline[width // 2 :].any()
    found = verify.compare(query, source)
    assert found is not None
    assert shape["region"] == [list(corner) for corner in found.region or ()]


def test_matched_points_have_the_same_colour_on_both_sides_of_a_drawing(tmp_path: Path) -> None:
    source = MEDIA / "IMG_2302.JPG"
    with Image.open(source) as image:
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).convert("L").save(tmp_path / "mirrored.png")
    match = verify.compare(tmp_path / "mirrored.png", source)
    assert match is not None
    grey = replace(match, paths=(str(tmp_path / "grey.png"),), region=None, query_region=None)
    with Image.open(source) as image:
        image.convert("L").save(tmp_path / "grey.png")
    with Image.open(io.BytesIO(draw_match(tmp_path / "mirrored.png", grey))) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    coloured = np.ptp(pixels, axis=2) > 120
    left, right = np.array_split(coloured, 2, axis=1)
    assert left.sum() > 1000
    overlap = (left[:, ::-1] & right).sum() / min(left.sum(), right.sum())
    assert overlap > 0.5


def test_a_drawing_of_a_video_shows_moments_of_its_segments(tmp_path: Path) -> None:
    query, source = MEDIA / "january_wonders_compilation.mp4", MEDIA / "IMG_2291.MOV"
    segment = Segment(query_start=11, query_end=15, found_start=13, found_end=17)
    match = Match(
        item=sha256("IMG_2291.MOV"),
        relation="contains",
        evidence=("geometry",),
        score=1.0,
        paths=(str(tmp_path / "moved away.mov"), str(source)),
        segments=(segment,),
    )
    with Image.open(io.BytesIO(draw_match(query, match))) as image:
        pixels = np.asarray(image.convert("L")).astype(float)
    rows = np.array_split(pixels[8:-8, 8:-8], 3)
    assert len({row.shape for row in rows}) == 1
    for row in rows:
        left, right = row[60:-30, 30 : row.shape[1] // 2 - 30], row[60:-30, row.shape[1] // 2 + 30 : -30]
        columns = min(left.shape[1], right.shape[1])
        assert np.corrcoef(left[:, :columns].ravel(), right[:, :columns].ravel())[0, 1] > 0.9
    gone = replace(match, paths=(str(tmp_path / "moved away.mov"),))
    with pytest.raises(verify.UnreadableMedia, match="not where it was seen"):
        draw_match(query, gone)

"""Hash lists of partners: read line by line, kept as items without media, matched against."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_records import a_view, arrival, digest_of, hexes

import verify
from verify.hash_lists import BadLine, read_hash_list
from verify.matching.listed import ListedFingerprint, ListedHashes
from verify.records import Fingerprints, Pdq, View
from verify.store.listed_role import ListedItem

PDQ = digest_of("a")
OTHER = digest_of("b")


def entries(path: Path) -> list[ListedItem]:
    return [one for one in read_hash_list(path) if isinstance(one, ListedItem)]


def bad_lines(path: Path) -> list[int]:
    return [one.number for one in read_hash_list(path) if isinstance(one, BadLine)]


def written(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_a_csv_list_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    lines = f'\ufeffTitle,PDQ_Hash,Quality,SHA256\r\n"a, known",{PDQ.upper()},90,{OTHER}\r\n,{OTHER},,\r\n'
    known, bare = entries(written(tmp_path, lines))
    assert (known.sha256, known.label) == (OTHER, "a, known")
    assert (known.hashes[0].pdq, known.hashes[0].quality) == (PDQ, 90)
    assert known.place.endswith(b"/list.csv#2")
    assert (bare.label, bare.hashes[0].quality) == ("", None)


def test_a_column_called_hash_says_what_it_is_by_its_length_or_its_type(tmp_path: Path) -> None:
    path = written(tmp_path, f"type,hash\nHASH_PDQ,{PDQ}\nphash,{PDQ[:16]}\nsha1,{PDQ[:40]}\n,{PDQ[:16]}\n")
    assert [(one.hashes[0].pdq, one.hashes[0].phash) for one in entries(path)] == [
        (PDQ, None),
        (None, PDQ[:16]),
        (None, PDQ[:16]),
    ]
    assert bad_lines(path) == [4]


def test_lines_of_pdq_may_have_quality_and_label(tmp_path: Path) -> None:
    path = written(
        tmp_path, f"# partner list\n{PDQ}\n\n{OTHER},75\n{PDQ[::-1]} 40 two words\nnothing\n", "l.txt"
    )
    assert [(one.hashes[0].quality, one.label) for one in entries(path)] == [
        (None, ""),
        (75, ""),
        (40, "two words"),
    ]
    assert bad_lines(path) == [6]


def test_a_vpdq_file_is_one_item_with_its_broken_lines_left_out(tmp_path: Path) -> None:
    path = written(
        tmp_path, f"0,100,{PDQ},0.000\n1,100,{PDQ[:9]},0.033\n2,101,{PDQ},0.1\n3,7,{OTHER},0.067\n"
    )
    (video,) = entries(path)
    assert [(float(one.time or 0), one.quality) for one in video.hashes] == [(0.0, 100), (0.067, 7)]
    assert bad_lines(path) == [2, 3]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    listed=st.lists(
        st.tuples(hexes(64), st.none() | st.integers(0, 100), st.text(st.characters(codec="utf-8")))
    )
)
def test_any_csv_list_comes_back(tmp_path: Path, listed: list[tuple[str, int | None, str]]) -> None:
    labels = ["".join(char for char in text if char.isprintable()).strip() for _, _, text in listed]
    stream = io.StringIO(newline="")
    rows = csv.writer(stream)
    rows.writerow(["pdq", "quality", "label"])
    rows.writerows([pdq, quality, label] for (pdq, quality, _), label in zip(listed, labels, strict=True))
    read = entries(written(tmp_path, stream.getvalue()))
    assert [(one.hashes[0].pdq, one.hashes[0].quality, one.label) for one in read] == [
        (pdq, quality, label[:300]) for (pdq, quality, _), label in zip(listed, labels, strict=True)
    ]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400))
def test_no_file_is_more_than_bad_lines(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(content)
    for one in read_hash_list(path):
        assert isinstance(one, (ListedItem, BadLine))


@pytest.mark.parametrize("digits", [400, 5000])
def test_absurd_numbers_are_bad_lines_and_stop_no_search(tmp_path: Path, samples: Path, digits: int) -> None:
    many = "9" * digits
    frames = written(tmp_path, f"0,100,{PDQ},0.0\n1,100,{PDQ},{many}\n2,{many},{PDQ},2.0\n", "frames.txt")
    lines = written(tmp_path, f"pdq,quality\n{PDQ},{many}\n{PDQ},0000000001000\n")
    assert (bad_lines(frames), bad_lines(lines)) == ([2, 3], [2, 3])
    with verify.open_archive(tmp_path / "archive") as archive:
        assert archive.import_hashes(frames).new == 1
        assert archive.find_copies(samples / "media" / "flower.jpg") == []


def test_reading_a_list_twice_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, f"pdq,label\n{PDQ},x\n{OTHER},y\n{PDQ},again\nzz,\n")
    with verify.open_archive(tmp_path / "archive") as archive:
        done = archive.import_hashes(path)
        assert (done.entries, done.new, done.bad) == (3, 2, 1)
        assert [line.number for line in done.bad_lines] == [5]
        items, log = list(archive), list(archive.log())
        assert archive.import_hashes(path).new == 0
        assert (list(archive), list(archive.log())) == (items, log)
        assert [item.kind for item in items] == ["hashes", "hashes"]
        assert len(items[0].paths) == 2
        other = written(tmp_path, f"{PDQ},80\n", "other.txt")
        assert archive.import_hashes(other).new == 0
        assert archive.item(items[0].sha256).paths[0].endswith(b"/other.txt#1")
        assert archive.check().faults == ()
        assert archive.queue().total == 0
        assert len(archive.items()) == 0


def test_media_that_arrives_takes_the_place_of_what_a_list_said(tmp_path: Path) -> None:
    path = written(tmp_path, f"pdq,sha256\n{PDQ},{digest_of('a')}\n")
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.import_hashes(path)
        assert archive.item(digest_of("a")).kind == "hashes"
        archive._store.add([arrival("a")])
        assert archive.item(digest_of("a")).kind == "image"
        assert list(archive._store.lists.listed()) == []
        assert archive.import_hashes(path).new == 0
        assert archive.item(digest_of("a")).kind == "image"


def test_a_scan_and_a_search_know_what_a_partner_knows(
    sample_archive: Path, samples: Path, tmp_path: Path
) -> None:
    meadow = samples / "media" / "IMG_2417.JPG"
    prints = verify.examine(meadow).fingerprints
    assert prints is not None
    path = written(tmp_path, f"pdq,quality,label\n{prints.pdq.hex},{prints.pdq.quality},the meadow\n")
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.import_hashes(path)
        progress = archive.scan(
            [samples / "media" / "271845530_n.jpg", samples / "media" / "flower.jpg"], jobs=1
        )
        (seen,) = progress.seen_before
        (match,) = seen.matches
        assert match.paths == (f"{path}#2",)
        assert (match.relation, match.evidence, match.inliers) == ("same-picture", ("pdq",), None)
        assert match.distance_bits is not None
        assert match.distance_bits <= 31
        (found,) = archive.find_copies(meadow)[:1]
        assert found.item != match.item  # the copy whose pictures can be compared comes first
        assert match.item in {one.item for one in archive.find_copies(meadow)}


def a_frame(pdq: str, time: int, quality: int = 100) -> View:
    view = a_view("x")
    prints = Fingerprints(
        phash=pdq[:16],
        dhash="0" * 16,
        ahash="0" * 16,
        whash="0" * 16,
        colorhash="0" * 11,
        pdq=Pdq(hex=pdq, quality=quality),
    )
    return View(time=view.time + time, fingerprints=prints, thumbnail=b"")


def nearby(pdq: str, bits: int) -> str:
    return f"{int(pdq, 16) ^ ((1 << bits) - 1):064x}"


def listed(
    item: str, pdq: str, *, time: float | None = None, quality: int | None = None
) -> ListedFingerprint:
    return ListedFingerprint(item=item, time=time, pdq=pdq, quality=quality, phash=None)


@pytest.mark.parametrize(
    ("bits", "quality", "listed_quality", "score"),
    [(0, 100, None, 0.9), (31, 100, 50, 0.9), (5, 49, 100, 0.8), (5, 100, 49, 0.8), (32, 100, 100, None)],
)
def test_the_limits_of_the_field_decide(
    bits: int, quality: int, listed_quality: int | None, score: float | None
) -> None:
    known = ListedHashes()
    known.add([listed("p", nearby(PDQ, bits), quality=listed_quality)])
    found = known.matches([a_frame(PDQ, 0, quality)], duration=None)
    assert [match.score for match in found] == ([] if score is None else [score])
    assert [match.distance_bits for match in found] == ([] if score is None else [bits])


def test_a_phash_alone_is_a_weak_lead() -> None:
    known = ListedHashes()
    known.add([ListedFingerprint(item="p", time=None, pdq=None, quality=None, phash=PDQ[:16])])
    (match,) = known.matches([a_frame(PDQ, 0)], duration=None)
    assert (match.evidence, match.distance_bits, match.score) == (("phash",), 0, 0.8)


def test_frames_say_which_side_is_the_larger() -> None:
    frames = [digest_of(f"frame {n}") for n in range(20)]
    known = ListedHashes()
    known.add([listed("v", pdq, time=float(n)) for n, pdq in enumerate(frames)])
    clip = [a_frame(pdq, n) for n, pdq in enumerate(frames[5:9])]
    (part,) = known.matches(clip, duration=4.0)
    assert part.relation == "part-of"
    (segment,) = part.segments
    assert (segment.query_start, segment.query_end, segment.found_start, segment.found_end) == (0, 3, 5, 8)
    (still,) = known.matches([clip[0]], duration=None)
    assert still.relation == "part-of"
    strangers = [a_frame(digest_of(f"else {n}"), 10 + n) for n in range(10)]
    (some,) = known.matches([*clip, *strangers], duration=14.0)
    assert some.relation == "contains"
    (whole,) = known.matches([a_frame(pdq, n) for n, pdq in enumerate(frames)], duration=20.0)
    assert whole.relation == "same-picture"


def test_the_command_lists_broken_lines_and_goes_on(tmp_path: Path) -> None:
    written(tmp_path, f"pdq\n{PDQ}\n\x1b[31mzz\n{OTHER}\n")
    command = [
        sys.executable,
        "-m",
        "verify.cli",
        "import-hashes",
        "list.csv",
        "--archive",
        "archive",
        "--json",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "line 3" in done.stderr
    assert "\x1b[31m" not in done.stderr
    told = json.loads(done.stdout)
    assert (told["entries"], told["new"], told["bad_lines"][0]["line"]) == (2, 2, 3)


@pytest.mark.corpus
def test_real_vpdq_files_find_their_videos(corpus: Path, tmp_path: Path) -> None:
    vectors = corpus / "vectors" / "vpdq"
    with verify.open_archive(tmp_path / "archive") as archive:
        done = archive.import_hashes(vectors / "chair-19-sd-bar.txt")
        assert (done.entries, done.bad) == (1, 0)
        (match,) = archive.find_copies(vectors / "chair-19-sd-bar.mp4")
        assert match.relation == "same-picture"
        assert match.score == 0.9

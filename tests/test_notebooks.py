"""How results look in a notebook, and the notebooks of the docs from top to bottom."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import verify
from verify.notebook.scans import bar_html

NOTEBOOKS = Path(__file__).resolve().parent.parent / "docs" / "notebooks"
STORED = sorted(NOTEBOOKS.glob("*.ipynb"))
LARGEST = 300_000
"""Bytes of a stored notebook."""

BAD_NAME = '<img src=x onerror="alert(1)">\u202egpj.jpg'


class Page(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.handlers: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in {"src", "href", "xlink:href"}]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(value: Any) -> Page:
    page = Page(value._repr_html_())
    assert not {"script", "iframe", "link", "object"} & set(page.tags)
    assert all(source.startswith("data:image/") for source in page.sources)
    assert page.handlers == []
    return page


def test_a_picture_shows_itself_with_its_findings(samples: Path) -> None:
    page = shown(verify.examine(samples / "media" / "figs_today.jpg"))
    assert page.tags.count("img") == 1
    for words in ("figs_today.jpg", "992 x 844", "thumbnail-differs", "quality 100"):
        assert words in page.text


def test_a_video_shows_a_strip_of_frames(samples: Path) -> None:
    page = shown(verify.examine(samples / "media" / "IMG_2291.MOV"))
    assert page.tags.count("img") == 12
    assert "4 shots" in page.text


def test_a_comparison_of_videos_shows_both_sides_and_a_time_line(samples: Path) -> None:
    media = samples / "media"
    match = verify.compare(media / "january_wonders_compilation.mp4", media / "IMG_2291.MOV")
    assert match is not None
    page = shown(match)
    assert page.tags.count("img") == 1
    assert page.tags.count("svg") == 1
    for words in ("IMG_2291.MOV", "asked", "found", "seconds"):
        assert words in page.text


def test_a_match_whose_file_is_gone_says_so_and_keeps_its_words() -> None:
    whole = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    match = verify.Match(
        item="a" * 64,
        relation="part-of",
        evidence=("geometry",),
        score=0.95,
        inliers=40,
        paths=("gone.jpg",),
        region=whole,
        query="never-there.jpg",
    )
    page = shown(match)
    assert "Not drawn" in page.text
    assert "part of" in page.text
    assert "img" not in page.tags


def test_an_archive_and_the_answers_it_gives_show_themselves(sample_archive: Path, samples: Path) -> None:
    with verify.open_archive(sample_archive) as archive:
        assert "14 items" in shown(archive).text
        found = archive.find_copies(samples / "media" / "figs_today.jpg")
        assert isinstance(found, list)
        assert "IMG_2368.JPG" in shown(found).text
    assert "No copies" in shown(verify.Matches()).text


def test_a_scan_of_one_folder_shows_what_came_of_it(samples: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    with verify.open_archive(tmp_path / "archive") as archive:
        page = shown(archive.scan(tmp_path / "in", jobs=1))
    assert "1 unreadable" in page.text
    assert "broken.jpg" in page.text


def test_names_from_strangers_are_only_text(tmp_path: Path, samples: Path) -> None:
    file = tmp_path / BAD_NAME
    file.write_bytes((samples / "media" / "flower.jpg").read_bytes())
    page = shown(verify.examine(file))
    assert page.tags.count("img") == 1
    assert "onerror" in page.text
    assert "\u202e" not in page.text


def test_a_running_scan_shows_counts_and_the_time_left() -> None:
    page = Page(bar_html(verify.Progress(files=10, examined=4, bytes_to_read=100, bytes_read=25), 30.0))
    assert "progress" in page.tags
    assert "4 of 10 files, 1:30 left" in page.text


def test_a_time_line_needs_times() -> None:
    still = verify.Segment(query_start=0.0, query_end=0.0, found_start=0.0, found_end=0.0)
    match = verify.Match(
        item="a" * 64, relation="identical", evidence=("sha256",), score=1.0, segments=(still,)
    )
    with pytest.raises(ValueError, match="no times"):
        verify.timeline(match)


def test_an_error_is_one_sentence_in_a_notebook() -> None:
    error = verify.UnknownItem("Nothing answers to abc.", hint="See: verify items")
    assert error._render_traceback_() == ["UnknownItem: Nothing answers to abc. See: verify items"]


def test_the_table_of_an_empty_archive_has_the_same_types(sample_archive: Path, tmp_path: Path) -> None:
    with verify.open_archive(tmp_path / "empty") as empty, verify.open_archive(sample_archive) as full:
        one, other = empty.items(), full.items()
    assert one.index.name == other.index.name == "sha256"
    plain = [name for name in other if str(other[name].dtype) != "category"]
    assert [str(one[name].dtype) for name in plain] == [str(other[name].dtype) for name in plain]
    assert str(other["added_at"].dt.tz) == "UTC"
    assert other["duration_seconds"].dropna().map(Fraction).gt(0).all()


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the notebooks as they come out of a new run."""
    folder = tmp_path_factory.mktemp("notebooks")
    done = subprocess.run(
        [sys.executable, str(NOTEBOOKS / "run_notebooks.py"), "--into", str(folder)],
        env={**os.environ, "PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def outputs(notebook: Path) -> list[dict[str, Any]]:
    cells = json.loads(notebook.read_text())["cells"]
    return [output for cell in cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_what_is_stored(stored: Path, run: Path) -> None:
    before, now = outputs(stored), outputs(run / stored.name)
    assert [one["output_type"] for one in now] == [one["output_type"] for one in before]
    errors = [one for one in now if one["output_type"] == "error"]
    assert all(len(one["traceback"]) == 1 for one in errors)
    for one, other in zip(now, before, strict=True):
        assert plain_text(one) == plain_text(other)


def plain_text(output: dict[str, Any]) -> str:
    """Return what was shown as text; nothing for what shows itself as HTML."""
    data = output.get("data", {})
    return "".join(data.get("text/plain", output.get("text", output.get("evalue", ""))))


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.stem)
def test_a_stored_notebook_is_small_and_knows_no_machine(stored: Path) -> None:
    text = stored.read_text()
    assert len(text) < LARGEST
    assert "<script" not in text
    assert not re.search(r'["\'(> ](/tmp|/home|/root|/work|/Users|/var)/|[A-Z]:\\\\', text)

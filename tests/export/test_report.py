"""The case report: what it says, that strangers' text stays text, that it asks no host, that it prints."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from made_cases import MARKUP, decided_case

import verify
from verify import VerifyError

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def case(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the folder of a decided case with its report, and the item."""
    folder = tmp_path_factory.mktemp("case")
    archive, item = decided_case(folder, samples)
    with archive:
        archive.export("report", [item], output=folder / "report.html")
    return folder, item


@pytest.fixture(scope="module")
def page(case: tuple[Path, str]) -> str:
    return (case[0] / "report.html").read_text()


def test_it_says_what_was_claimed_what_was_established_and_who_decided(
    page: str, case: tuple[Path, str]
) -> None:
    said = re.sub(r"<[^>]*>", " ", page)
    for words in (
        "Ripe in January!",
        "Алупка",
        "misattributed",
        "Given by desk-1",
        "Taken in August 2021",
        "high – GPS time",
        "https://example.org/figs – season",
        "It shows a part of “IMG_2368.JPG”: cropped to 50%.",
        "43° 02′ 31″ north, 2° 24′ 40″ west (43.04200, -2.41100)",
        "Europe/Madrid",
        "gps-time-disagrees",
        "arrived as",
        case[1],
    ):
        assert words in said, words


def test_text_of_strangers_stays_text(page: str) -> None:
    assert MARKUP not in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert set(re.findall(r'(?:src|href)="([a-z]+:)', page)) == {"data:"}


def test_a_report_is_an_html_or_pdf_file(case: tuple[Path, str]) -> None:
    with (
        verify.open_archive(case[0] / "archive") as archive,
        pytest.raises(VerifyError, match=r"\.html or a \.pdf"),
    ):
        archive.export("report", [case[1]], output=case[0] / "report.docx")


def test_the_pdf_has_the_same_words_in_all_scripts(case: tuple[Path, str]) -> None:
    pytest.importorskip("fontpkg")
    pytest.importorskip("fpdf")
    pdfium = pytest.importorskip("pypdfium2")
    with verify.open_archive(case[0] / "archive") as archive:
        archive.add_note(case[1], "جبل and 高山", by="desk-1")
        archive.export("report", [case[1]], output=case[0] / "report.pdf")
    shown = pdfium.PdfDocument(str(case[0] / "report.pdf"))
    said = " ".join("".join(page.get_textpage().get_text_range() for page in shown).split())
    for words in ("Misattributed", "Given by desk-1", "Алупка", "[U+9AD8][U+5C71]", case[1][:40]):
        assert words in said, words
    shown.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_it_opens_from_disk_without_a_network_and_fits(
    case: tuple[Path, str], chromium: Browser, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto((case[0] / "report.html").as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [(case[0] / "report.html").as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    page.emulate_media(media="print")
    assert page.locator("h1").first.is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    context.close()


def test_a_thumbnail_that_was_damaged_in_the_archive_is_told(samples: Path, tmp_path: Path) -> None:
    archive, item = decided_case(tmp_path, samples)
    archive.close()
    database = sqlite3.connect(tmp_path / "archive" / "archive.sqlite")
    database.execute("UPDATE thumbnail SET jpeg = X'00'")
    database.commit()
    database.close()
    with verify.open_archive(tmp_path / "archive") as opened:
        opened.export("report", [item], output=tmp_path / "report.html")
    assert "This stored picture is damaged. (The picture, reduced.)" in (tmp_path / "report.html").read_text()


def test_one_damaged_frame_hides_no_other(samples: Path, tmp_path: Path) -> None:
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan(samples / "media" / "IMG_2291.MOV")
    with closing(sqlite3.connect(tmp_path / "archive" / "archive.sqlite")) as database, database:
        database.execute("UPDATE thumbnail SET jpeg = X'00' WHERE number = 0")
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.export("report", output=tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert page.count("This stored picture is damaged.") == 1
    assert page.count("<img") > 3


def test_a_report_that_cannot_be_written_is_one_sentence(samples: Path, tmp_path: Path) -> None:
    archive, item = decided_case(tmp_path, samples)
    (tmp_path / "file").write_text("in the way")
    with archive:
        for form, name in (("report", "report.html"), ("bundle", "bundle")):
            with pytest.raises(VerifyError, match="Cannot write"):
                archive.export(form, [item], output=tmp_path / "file" / name)
    assert (tmp_path / "file").read_text() == "in the way"

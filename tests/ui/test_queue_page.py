"""The queue as a reviewer meets it: in a browser, and as Streamlit runs it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit.testing.v1 import AppTest
from ui_reviewing import PATIENCE, Desk

import ui
import verify
from page_server import served
from ui import session

APP = Path(ui.__file__).with_name("app.py")

OWN_HOSTS = {"127.0.0.1", None}
"""None is that of `data:` and `blob:` addresses, which ask nobody."""

HOSTILE_NAMES = (
    "<img src=x onerror=window.hacked=1>.jpg",
    "<script>window.hacked=1<\u2044script>.jpg",
    "![x](http:\u2044\u2044evil.example\u2044x.png) [y](javascript:window.hacked=1).jpg",
    ":material[home]: :red[x] $e=mc^2$ **b** `c`.jpg",
    "\u202egpj.exe\x1b[31m\n.jpg",
    "www.evil.example.jpg",
    "'\"--><svg onload=window.hacked=1>.jpg",
    "{{7*7}} ${7*7} %s %n.jpg",
)


@pytest.fixture(scope="module")
def marked_archive(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sample story with two verdicts, and files with names that try to be more than text."""
    folder = tmp_path_factory.mktemp("queue")
    archive_folder = Path(shutil.copytree(sample_archive, folder / "archive"))
    (folder / "inbox").mkdir()
    with verify.open_archive(archive_folder) as archive:
        names = {Path(path).name: sha256 for sha256, path in archive.items()["path"].items()}
        flower = Path(archive.examination(names["flower.jpg"]).path).read_bytes()
        for number, name in enumerate(HOSTILE_NAMES):
            (folder / "inbox" / name).write_bytes(flower + bytes([number]))
        archive.scan([folder / "inbox"], jobs=1)
        archive.mark(names["IMG_2368.JPG"], "verified", by="desk-1")
        archive.mark(names["flower.jpg"], "unverified", by="desk-3")
    return archive_folder


@pytest.fixture(scope="module")
def url(marked_archive: Path) -> Iterator[str]:
    with served(marked_archive) as server:
        yield server.url


@pytest.fixture
def desk(chromium: Browser, url: str) -> Iterator[Desk]:
    made = Desk(chromium, url)
    yield made
    made.leave()


def names_on(page: Page) -> list[str]:
    return page.locator(".row .name").all_inner_texts()


def wait_for_rows(page: Page, number: int) -> None:
    expect(page.locator(".row")).to_have_count(number, timeout=PATIENCE)


@pytest.mark.browser
def test_the_queue_lists_what_arrived_and_asks_no_other_host(desk: Desk) -> None:
    desk.open("")
    expect(desk.page.get_by_role("heading", name="22 items")).to_be_visible(timeout=PATIENCE)
    wait_for_rows(desk.page, 22)
    assert "IMG_2291.MOV" in names_on(desk.page)
    desk.shows("thumbnail-differs")
    desk.page.wait_for_load_state("networkidle")
    assert desk.hosts <= OWN_HOSTS


@pytest.mark.browser
def test_an_older_verdict_is_told_beside_the_copy(desk: Desk) -> None:
    desk.open("?q=figs_today")
    wait_for_rows(desk.page, 1)
    expect(desk.page.locator(".older")).to_contain_text("seen before: verified")
    expect(desk.page.locator(".older")).to_contain_text("part of IMG_2368.JPG")


@pytest.mark.browser
def test_an_address_with_a_filter_shows_what_it_says(desk: Desk) -> None:
    desk.open("?kind=video&status=open&sort=name")
    wait_for_rows(desk.page, 5)
    shown = names_on(desk.page)
    assert shown == sorted(shown, key=str.casefold)
    desk.open("?verdict=verified")
    wait_for_rows(desk.page, 1)
    assert names_on(desk.page) == ["IMG_2368.JPG"]
    desk.open("?finding=thumbnail-differs&seen=yes")
    wait_for_rows(desk.page, 1)
    assert names_on(desk.page) == ["figs_today.jpg"]
    desk.open("?reviewer=desk-3")
    wait_for_rows(desk.page, 1)
    assert names_on(desk.page) == ["flower.jpg"]


@pytest.mark.browser
def test_nonsense_in_the_address_is_left_out(desk: Desk) -> None:
    desk.open("?status=banana&kind=7&since=yesterday&page=99&sort=random&verdict=<b>")
    wait_for_rows(desk.page, 22)
    assert desk.page.get_by_role("heading", name="22 items").is_visible()


@pytest.mark.browser
def test_a_filter_goes_into_the_address_and_back_restores_it(desk: Desk) -> None:
    desk.open("")
    wait_for_rows(desk.page, 22)
    desk.page.get_by_label("Search").fill("studio")
    desk.page.keyboard.press("Enter")
    wait_for_rows(desk.page, 1)
    desk.page.wait_for_url("**/?q=studio")
    desk.page.reload()
    wait_for_rows(desk.page, 1)
    desk.page.get_by_role("link", name="studio_tour.mp4").click()
    desk.page.wait_for_url("**/item?item=*")
    desk.page.get_by_role("button", name="Queue").first.click()
    desk.page.wait_for_url("**/?q=studio")
    wait_for_rows(desk.page, 1)


@pytest.mark.browser
def test_a_filter_that_fits_nothing_can_be_cleared(desk: Desk) -> None:
    desk.open("?q=nothinglikethis")
    desk.page.get_by_role("button", name="Clear the filter").click(timeout=PATIENCE)
    wait_for_rows(desk.page, 22)


@pytest.mark.browser
def test_pictures_are_blurred_until_asked_for_and_the_choice_is_remembered(desk: Desk) -> None:
    desk.open("?q=figs_today")
    blurred = desk.page.get_by_role("button", name="Show the picture of figs_today.jpg")
    expect(blurred).to_be_visible(timeout=PATIENCE)
    blurred.click()
    expect(desk.page.locator(".picture.blurred")).to_have_count(0)
    desk.page.reload()
    expect(desk.page.locator(".picture.blurred")).to_have_count(1, timeout=PATIENCE)
    desk.page.get_by_role("button", name="Show pictures").click()
    expect(desk.page.locator(".picture.blurred")).to_have_count(0, timeout=PATIENCE)
    desk.page.wait_for_function("document.cookie.includes('verify-blur')")
    desk.page.reload()
    wait_for_rows(desk.page, 1)
    expect(desk.page.locator(".picture.blurred")).to_have_count(0)


@pytest.mark.browser
def test_rows_are_walked_with_the_arrow_keys(desk: Desk) -> None:
    desk.open("?kind=video&sort=name")
    wait_for_rows(desk.page, 5)
    desk.page.locator(".row .name").first.focus()
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("ArrowDown")
    third = names_on(desk.page)[2]
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**/item?item=*")
    desk.shows(third)


@pytest.mark.browser
def test_hostile_names_are_shown_as_text(desk: Desk) -> None:
    desk.open("?finding=no-camera-metadata&sort=name")
    expect(desk.page.locator(".row").first).to_be_visible(timeout=PATIENCE)
    shown = [name.text_content() for name in desk.page.locator(".row .name").all()]
    assert {verify.printable(name) for name in HOSTILE_NAMES} <= set(shown)
    assert desk.page.evaluate("window.hacked") is None
    assert desk.injected() == 0
    assert desk.dialogs == []
    assert desk.hosts <= OWN_HOSTS


def run_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("VERIFY_ARCHIVE", str(folder))
    shown = AppTest.from_file(str(APP), default_timeout=60)
    shown.session_state[session.REVIEWER] = "desk-1"
    shown.session_state[session.BLUR] = False
    return shown.run()


def test_a_choice_is_kept_when_the_address_it_came_with_is_older(
    marked_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = run_page(marked_archive, monkeypatch)
    shown.selectbox(key="queue-status").set_value("open").run()
    assert "open" in shown.query_params["status"]
    del shown.query_params["status"]  # as the browser says it until the answer has come
    shown.selectbox(key="queue-kind").set_value("video").run()
    assert not shown.exception
    assert "open" in shown.query_params["status"]
    assert "video" in shown.query_params["kind"]
    shown.query_params.clear()  # as "back" does
    shown.run()
    assert shown.selectbox(key="queue-status").value is None


def test_an_empty_archive_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verify.open_archive(tmp_path / "empty").close()
    shown = run_page(tmp_path / "empty", monkeypatch)
    assert not shown.exception
    assert [heading.value for heading in shown.subheader] == ["Nothing here yet"]
    assert "verify scan" in " ".join(text.value for text in shown.text)


def test_a_missing_archive_is_one_sentence_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = run_page(tmp_path / "nowhere", monkeypatch)
    assert not shown.exception
    assert "verify scan" in shown.error[0].value


@pytest.fixture
def new_desk(chromium: Browser, url: str) -> Iterator[Callable[[], Desk]]:
    desks: list[Desk] = []

    def new() -> Desk:
        desks.append(Desk(chromium, url))
        return desks[-1]

    yield new
    for one in desks:
        one.leave()


@pytest.mark.browser
def test_the_name_is_asked_once_and_remembered_for_this_browser_alone(
    new_desk: Callable[[], Desk], marked_archive: Path
) -> None:
    with verify.open_archive(marked_archive) as archive:
        flower = archive.items().query("path.str.endswith('flower.jpg')").index[0]
    desk_1, desk_3 = new_desk(), new_desk()
    desk_1.open_item(flower, name="flower.jpg")
    desk_1.page.get_by_label("Your name, as the log shall show it").fill("desk-1 <b>B</b>")
    desk_1.page.get_by_role("button", name="Start").click()
    desk_1.page.wait_for_function("document.cookie.includes('verify-reviewer')")
    desk_1.page.reload()
    expect(desk_1.page.get_by_role("button", name="desk-1 <b>B</b>")).to_be_visible(timeout=PATIENCE)
    desk_3.context.add_cookies([{"name": "verify-reviewer", "value": "0123.desk-1", "url": desk_3.url}])
    desk_3.open_item(flower, name="flower.jpg")
    expect(desk_3.page.get_by_label("Your name, as the log shall show it")).to_be_visible()

"""The screen of one item in a browser: its keys, the player, and copies laid over each other."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from ui_reviewing import PATIENCE, Desk, items_by_name

import verify
from page_server import served

CLIP, SOURCE, PICTURE = "VID-20260114-WA0007.mp4", "IMG_2291.MOV", "figs_today.jpg"


pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(sources_first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(sources_first, tmp_path_factory.mktemp("item") / "archive"))


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with served(folder) as server:
        yield server.url


@pytest.fixture
def desk(chromium: Browser, url: str, folder: Path) -> Iterator[Desk]:
    """Return the clip on the screen of a reviewer who has said who they are and sees pictures."""
    made = Desk(chromium, url)
    made.open_item(items_by_name(folder)[CLIP], name=CLIP)
    made.sit_down("desk-1")
    made.page.get_by_role("button", name="Show pictures").click()
    expect(made.page.get_by_role("button", name="Blur pictures")).to_be_visible(timeout=PATIENCE)
    yield made
    assert made.hosts - {None} == {"127.0.0.1"}  # pictures made here (data:, blob:) have no host
    made.leave()


def case_of(folder: Path, name: str) -> verify.CaseState:
    with verify.open_archive(folder, create=False) as archive:
        return archive.case(items_by_name(folder)[name])


def test_one_key_decides_another_undoes_and_arrows_only_move(desk: Desk, folder: Path) -> None:
    page, events = desk.page, case_of(folder, CLIP).version
    page.keyboard.press("ArrowRight")
    expect(page.locator(".st-key-item_bar")).not_to_contain_text(CLIP, timeout=PATIENCE)
    page.keyboard.press("ArrowLeft")
    desk.shows_item(CLIP)
    assert case_of(folder, CLIP).version == events
    page.keyboard.press("v")
    desk.told("Z undoes")
    expect(page.locator(".st-key-item_bar")).not_to_contain_text(CLIP, timeout=PATIENCE)
    assert case_of(folder, CLIP).verdict == "verified"
    page.keyboard.press("z")
    desk.shows_item(CLIP)
    assert case_of(folder, CLIP).verdict is None


def test_nothing_fires_while_typing_and_what_was_typed_goes_with_the_verdict(
    desk: Desk, folder: Path
) -> None:
    page, events = desk.page, case_of(folder, CLIP).version
    page.get_by_label("What it really shows").click()
    page.keyboard.type("vum zb")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.locator(".compare .divide").evaluate("slider => { slider.hidden = false; slider.focus() }")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("What it really shows")).to_have_value("vum zb")
    desk.shows_item(CLIP)
    assert case_of(folder, CLIP).version == events
    page.locator(".st-key-item_bar").get_by_text(CLIP, exact=True).click()
    page.keyboard.press("m")
    desk.told("Z undoes")
    decision = case_of(folder, CLIP).decision
    assert decision is not None
    assert (decision.verdict, decision.true_context) == ("misattributed", "vum zb")
    expect(page.locator(".st-key-item_bar")).not_to_contain_text(CLIP, timeout=PATIENCE)
    page.keyboard.press("z")
    desk.shows_item(CLIP)


def test_misattributed_without_a_context_is_asked_for_in_the_form(desk: Desk, folder: Path) -> None:
    desk.page.keyboard.press("m")
    desk.shows("true context or an earlier copy")
    desk.shows_item(CLIP)
    assert case_of(folder, CLIP).verdict is None


def test_a_frame_sample_is_sought_exactly(desk: Desk, folder: Path) -> None:
    with verify.open_archive(folder, create=False) as archive:
        frames = archive.examination(items_by_name(folder)[CLIP]).frames
    page, frame = desk.page, frames[9]
    expect(page.locator(".player .strip button")).to_have_count(len(frames), timeout=PATIENCE)
    expect(page.locator(".player .strip .cut")).to_have_count(sum(one.starts_shot for one in frames))
    page.locator(".player .strip button").nth(9).click()
    page.wait_for_function(
        """wanted => {
          const find = root => {
            for (const node of root.querySelectorAll("*")) {
              const found = node.matches(".player video") ? node : node.shadowRoot && find(node.shadowRoot);
              if (found) return found;
            }
          };
          const video = find(document);
          return video && !video.seeking && Math.abs(video.currentTime - wanted) < 0.002;
        }""",
        arg=float(frame.time),
        timeout=PATIENCE,
    )
    seconds = float(frame.time)
    expect(page.locator(".player .time")).to_have_text(f"00:{seconds:06.3f}")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Save frame").click()
    assert Path(downloading.value.path()).read_bytes().startswith(b"\x89PNG")


def test_copies_lie_side_by_side_under_a_slider_and_subtracted(desk: Desk) -> None:
    page = desk.page
    compare = page.locator(".compare")
    expect(compare.locator('[data-name="found"]')).to_contain_text(SOURCE, timeout=PATIENCE)
    expect(compare.locator("polygon.line")).to_have_count(2, timeout=PATIENCE)
    desk.photograph("copies-side-by-side")
    compare.get_by_role("button", name="Slider").click()
    expect(compare.get_by_role("slider", name="Slider")).to_be_visible()
    desk.photograph("copies-slider")
    compare.get_by_role("button", name="Difference").click()
    expect(compare.locator(".stage")).to_have_class(re.compile("difference"))
    desk.photograph("copies-difference")
    expect(compare.locator(".lines .band")).to_have_count(1)
    compare.get_by_role("button", name="Play both").click()
    expect(compare.locator('[data-name="found"]')).to_have_text(
        re.compile(r"00:0[6-9]\.\d{3}$"), timeout=PATIENCE
    )
    compare.get_by_role("button", name="Pause").click()
    here, there = (
        float(compare.locator(f'[data-name="{side}"]').inner_text().rsplit(":", 1)[1])
        for side in ("query", "found")
    )
    assert there - here == pytest.approx(5, abs=0.1)


def test_a_picture_is_zoomed_to_its_pixels(desk: Desk, folder: Path) -> None:
    desk.open_item(items_by_name(folder)[PICTURE], name=PICTURE)
    page = desk.page
    scale = page.locator(".viewer .scale")
    expect(scale).to_have_text(re.compile(r"^\d+ %$"), timeout=PATIENCE)
    page.locator(".viewer").get_by_role("button", name="1:1").click()
    expect(scale).to_have_text("100 %")
    for _ in range(6):
        page.locator(".viewer").get_by_role("button", name="Zoom in").click()
    expect(scale).to_have_text("381 %")
    expect(page.locator(".viewer img.pixels")).to_be_visible()


def test_metadata_is_searched_and_the_place_is_on_a_map_of_our_own(desk: Desk, folder: Path) -> None:
    desk.open_item(items_by_name(folder)[PICTURE], name=PICTURE)
    page = desk.page
    page.get_by_role("tab", name="Metadata").click()
    expect(page.locator(".place .words")).to_have_text("43.04200° N, 2.41100° W", timeout=PATIENCE)
    page.get_by_label("Search in names and values").fill("gpstime")
    rows = page.locator(".values dl > div:visible")
    expect(page.locator(".values .found")).to_contain_text(" of ")
    assert all("GPSTime" in text for text in rows.locator("dt").all_inner_texts())
    expect(page.locator(".values .more").filter(has_text="UTC").first).to_be_attached()

"""The screen of one item in a browser: its keys, the player, and copies laid over each other."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
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
def desk(chromium: Browser, url: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Return the clip on the screen of a reviewer who has said who they are and sees pictures."""
    made = Desk(chromium, url)
    made.open_item(items_by_name(folder)[CLIP], name=CLIP)
    made.sit_down(request.node.name)  # nobody else's unsent words are in the forms
    made.page.get_by_role("button", name="Show pictures").click()
    # The next page knows it from the cookie: not before that is written.
    made.page.wait_for_function("document.cookie.includes('verify-blur')")
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


def test_what_was_typed_and_not_sent_outlasts_a_reload(desk: Desk) -> None:
    page = desk.page
    page.get_by_label("What it really shows").fill("a drill in 2019")
    page.get_by_label("What it really shows").press("Tab")
    desk.shows("Not sent yet")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("What the post says").fill("No winter at all!")
    page.get_by_label("What the post says").press("Tab")
    desk.shows("A claim is being written")
    page.reload()
    expect(page.get_by_label("What it really shows")).to_have_value("a drill in 2019", timeout=PATIENCE)
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_label("What the post says")).to_have_value("No winter at all!", timeout=PATIENCE)


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


def test_a_search_on_demand_places_a_clip_by_its_frames(desk: Desk) -> None:
    lead = desk.page.locator(".st-key-lead")
    expect(lead).to_contain_text("cropped to 75%")  # by samples, as it arrived
    desk.page.get_by_role("button", name="Search again").click()
    expect(lead).to_contain_text("5.0–17.0 of IMG_2291.MOV")
    expect(lead).to_contain_text("cropped to 58%, fills 81% of the picture")  # a caption fills the rest
    expect(desk.page.get_by_role("button", name="Search again")).to_have_count(0)


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


def test_two_fingers_draw_a_picture_nearer_and_one_moves_it(
    chromium: Browser, url: str, folder: Path
) -> None:
    phone = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = phone.new_page()
    page.goto(f"{url}item?item={items_by_name(folder)[PICTURE]}")
    stage, scale = page.locator(".viewer .stage"), page.locator(".viewer .scale")
    expect(scale).to_have_text(re.compile(r"^[1-9]\d* %$"), timeout=PATIENCE)
    page.get_by_role("button", name="Show pictures").tap()
    expect(page.get_by_role("button", name="Blur pictures")).to_be_visible(timeout=PATIENCE)
    page.evaluate("document.fonts.ready.then(() => null)")
    box = stage.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = phone.new_cdp_session(page)

    def fingers(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": place[0], "y": place[1], "id": number} for number, place in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    before = int(scale.inner_text().split()[0])
    fingers("touchStart", (x - 20, y), (x + 20, y))
    fingers("touchMove", (x - 30, y), (x + 30, y))
    fingers("touchMove", (x - 60, y), (x + 60, y))
    fingers("touchEnd")
    three_times = re.compile("^(" + "|".join(str(3 * before + off) for off in range(-3, 4)) + ") %$")
    expect(scale).to_have_text(three_times)
    placed = page.locator(".viewer .picture").get_attribute("style")
    fingers("touchStart", (x, y))
    fingers("touchMove", (x - 40, y))
    fingers("touchEnd")
    expect(page.locator(".viewer .picture")).not_to_have_attribute("style", str(placed))
    expect(scale).to_have_text(three_times)
    phone.close()


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


def drag_over(desk: Desk, selector: str) -> None:
    """Draw a rectangle from the middle of what is shown to a tenth of it further on."""
    box = desk.page.locator(selector).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    desk.page.mouse.move(x, y)
    desk.page.mouse.down()
    desk.page.mouse.move(x + box["width"] / 10, y + box["height"] / 10, steps=4)
    desk.page.mouse.up()


def test_a_region_is_drawn_on_the_picture_and_outlined_for_whoever_opens_the_item(
    desk: Desk, folder: Path
) -> None:
    desk.open_item(items_by_name(folder)[PICTURE], name=PICTURE)
    page = desk.page
    expect(page.locator(".viewer .scale")).to_have_text(re.compile(r"^[1-9]\d* %$"), timeout=PATIENCE)
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=PATIENCE
    )
    page.get_by_role("button", name="Mark a region").click()
    expect(page.locator(".viewer .stage")).to_have_class(re.compile("drawing"))
    drag_over(desk, ".viewer .stage")
    expect(page.locator(".viewer .regions polygon.own")).to_have_count(1, timeout=PATIENCE)
    page.get_by_label("What it shows").fill("the shadow")
    page.get_by_label("What it shows").press("Tab")
    desk.photograph("region-drawn")
    desk.verdict("unverified").click()
    desk.told("Z undoes")
    decision = case_of(folder, PICTURE).decision
    assert decision is not None
    (piece,) = decision.evidence
    assert (piece.kind, piece.note) == ("region", "the shadow")
    assert piece.region is not None
    assert piece.region[0] == pytest.approx((0.5, 0.5), abs=0.02)
    desk.open_item(items_by_name(folder)[PICTURE], name=PICTURE)
    expect(page.locator(".viewer .regions polygon.own")).to_have_count(1, timeout=PATIENCE)
    page.get_by_role("tab", name="History").click()
    expect(page.locator(".values .outlined img")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(".values")).to_contain_text("the shadow")


def test_a_stretch_and_a_frame_s_region_are_marked_in_the_player(desk: Desk, folder: Path) -> None:
    with verify.open_archive(folder, create=False) as archive:
        frames = archive.examination(items_by_name(folder)[CLIP]).frames
    page = desk.page
    page.locator(".player .strip button").nth(2).click()
    page.get_by_role("button", name="Mark a stretch").click()
    page.locator(".player .strip button").nth(5).click()
    page.get_by_role("button", name="End it here").click()
    expect(page.locator(".player .stretches button")).to_have_count(1, timeout=PATIENCE)
    page.get_by_role("button", name="Mark a region").click()
    drag_over(desk, ".player .screen")
    expect(page.locator(".player .regions polygon.own")).to_have_count(1, timeout=PATIENCE)
    page.locator(".player .strip button").nth(8).click()
    expect(page.locator(".player .regions polygon.own")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".st-key-item_bar")).not_to_contain_text(CLIP, timeout=PATIENCE)
    page.keyboard.press("ArrowLeft")
    desk.shows_item(CLIP)
    desk.shows("Not sent yet")
    desk.is_done()
    desk.verdict("verified").click()
    desk.told("Z undoes")
    decision = case_of(folder, CLIP).decision
    assert decision is not None
    stretch, region = decision.evidence
    marked, shown = (stretch.start, stretch.end, region.start), (frames[2], frames[5], frames[5])
    assert (stretch.kind, region.kind) == ("time-range", "region")
    assert marked == tuple(round(frame.time, 3) for frame in shown)  # a page counts in milliseconds
    page.keyboard.press("z")
    desk.shows_item(CLIP)


def test_a_format_that_browsers_do_not_show_is_shown_in_full_size(
    desk: Desk, folder: Path, samples: Path, tmp_path: Path
) -> None:
    with Image.open(samples / "media" / PICTURE) as picture:
        picture.save(tmp_path / "scan.tif")
        size = picture.size
    with verify.open_archive(folder) as archive:
        archive.scan([tmp_path / "scan.tif"], jobs=1)
    desk.open_item(items_by_name(folder)["scan.tif"], name="scan.tif")
    desk.shows("Browsers do not show TIFF")
    shown = desk.page.locator(".viewer img.picture")
    expect(shown).to_have_js_property("naturalWidth", size[0], timeout=PATIENCE)
    expect(shown).to_have_js_property("naturalHeight", size[1])


def test_a_picture_that_moves_is_shown_by_its_frames_and_moves_on_request(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:
    frames = [Image.new("RGB", (320, 200), (shade, 80, 255 - shade)) for shade in (0, 90, 180, 250)]
    frames[0].save(tmp_path / "sky.gif", save_all=True, append_images=frames[1:], duration=400)
    with verify.open_archive(folder) as archive:
        archive.scan([tmp_path / "sky.gif"], jobs=1)
    desk.open_item(items_by_name(folder)["sky.gif"], name="sky.gif")
    desk.shows("Browsers cannot stop a GIF at a time")
    expect(desk.page.locator(".player .still")).to_be_visible()
    desk.photograph("animation")
    with desk.context.expect_page() as opening:
        desk.page.get_by_role("link", name="See it move").click()
    expect(opening.value.locator("img")).to_have_js_property("naturalWidth", 320)

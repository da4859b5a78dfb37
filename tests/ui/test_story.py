"""The sample story as a newsroom lives it: from upload to verdict to log, in a browser."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from ui_reviewing import PATIENCE, Desk, events, items_by_name

import verify
from page_server import served

pytestmark = pytest.mark.browser

CLIP = "VID-20260114-WA0007.mp4"
"""What arrived on the tip line."""

TRUTH = "A walk of 16 May 2021 in the Picos de Europa; mirrored, cropped and captioned."
"""Typed letter by letter: each of the verdict keys is in it."""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    verify.open_archive(tmp_path / "archive").close()
    return tmp_path / "archive"


@pytest.fixture
def desk(archive: Path, chromium: Browser) -> Iterator[Desk]:
    with served(archive) as server:
        desk = Desk(chromium, server.url)
        yield desk
        desk.photograph("last")
        desk.leave()


@pytest.fixture(scope="module")
def manifest(samples: Path) -> dict[str, Any]:
    return tomllib.loads((samples / "manifest.toml").read_text())


def bring(desk: Desk, files: list[Path]) -> None:
    """Upload files and wait for what is said about them."""
    desk.page.locator("input[type=file]").first.set_input_files(files)
    for file in files:
        row = desk.page.locator(".rows .row", has_text=file.name)
        expect(row.first).to_be_visible(timeout=5 * PATIENCE)
    expect(desk.page.get_by_test_id("stProgress")).to_have_count(0, timeout=5 * PATIENCE)


def test_the_story_from_upload_to_verdict_to_log(
    desk: Desk, archive: Path, samples: Path, manifest: dict[str, Any]
) -> None:
    by_role: dict[str, list[Path]] = {"source": [], "copy": [], "unrelated": []}
    for file in manifest["files"]:
        by_role[file["role"]].append(samples / "media" / file["name"])

    an_empty_archive_leads_to_the_upload(desk)
    bring(desk, by_role["source"])
    bring(desk, by_role["copy"] + by_role["unrelated"])
    desk.photograph("1-added")
    the_queue_says_what_was_seen_before(desk, by_role)
    the_clip_is_misattributed(desk, archive)
    a_slip_is_undone(desk, archive)
    the_log_tells_it_and_is_whole(desk)
    the_rest_of_the_page_is_a_key_away(desk)
    assert desk.hosts == {"127.0.0.1"}
    assert desk.dialogs == []


def an_empty_archive_leads_to_the_upload(desk: Desk) -> None:
    desk.open("")
    desk.shows("Nothing here yet")
    desk.page.get_by_role("button", name="Add files").click()


def the_queue_says_what_was_seen_before(desk: Desk, by_role: dict[str, list[Path]]) -> None:
    desk.page.keyboard.press("q")
    desk.shows("14 items")
    for copy in by_role["copy"]:
        expect(desk.page.locator(".row", has=desk.page.get_by_text(copy.name, exact=True))).to_contain_text(
            "seen before"
        )
    for stranger in by_role["unrelated"]:
        expect(desk.page.locator(".row", has_text=stranger.name)).not_to_contain_text("seen before")
    desk.photograph("2-queue-blurred")
    expect(desk.page.locator(".picture.blurred")).to_have_count(14)
    desk.page.get_by_role("button", name="Show pictures").click()
    expect(desk.page.locator(".picture.blurred")).to_have_count(0)
    desk.photograph("2-queue")


def the_clip_is_misattributed(desk: Desk, archive: Path) -> None:
    desk.page.get_by_text(CLIP, exact=True).click()
    desk.shows_item(CLIP)
    desk.sit_down("desk-1")
    desk.page.keyboard.press("m")
    desk.shows("Please add the true context or an earlier copy")
    desk.page.get_by_label("What it really shows").press_sequentially(TRUTH)
    assert events(archive, "verdict-given") == []
    desk.photograph("3-item")
    desk.verdict("misattributed").click()
    desk.told(f"misattributed: {CLIP}")
    expect(desk.page.locator(".st-key-item_bar")).not_to_contain_text(CLIP)
    (given,) = events(archive, "verdict-given")
    assert given.item == items_by_name(archive)[CLIP]
    assert (given.by, given.payload["verdict"], given.payload["true_context"]) == (
        "desk-1",
        "misattributed",
        TRUTH,
    )


def a_slip_is_undone(desk: Desk, archive: Path) -> None:
    desk.page.keyboard.press("v")
    desk.told("verified:")
    slip = events(archive, "verdict-given")[-1]
    desk.page.keyboard.press("z")
    desk.told("Withdrawn")
    (withdrawn,) = events(archive, "verdict-withdrawn")
    assert (withdrawn.item, withdrawn.payload["withdrawn"]) == (slip.item, slip.sequence)
    with verify.open_archive(archive, create=False) as opened:
        assert opened.case(slip.item).verdict is None


def the_log_tells_it_and_is_whole(desk: Desk) -> None:
    desk.page.keyboard.press("l")
    desk.shows("17 lines in the log")
    line = desk.page.locator(".line", has_text=TRUTH)
    expect(line).to_contain_text("desk-1")
    expect(line).to_contain_text("misattributed")
    expect(line).to_contain_text(CLIP)
    desk.photograph("4-log")
    desk.open("log?find=VID&event=verdict")
    expect(desk.page.locator(".line")).to_have_count(1)
    desk.page.get_by_role("button", name="Is it whole?").click()
    desk.page.get_by_role("button", name="Check now").click()
    desk.shows("All as recorded: 17 lines, 14 items")
    desk.photograph("5-whole")
    desk.page.keyboard.press("Escape")


def the_rest_of_the_page_is_a_key_away(desk: Desk) -> None:
    desk.open("insights")
    desk.shows("By reviewer")
    desk.page.locator("canvas, svg.marks").nth(3).wait_for()
    desk.photograph("6-insights")
    desk.page.keyboard.press("h")
    desk.shows("undo: withdraw your last verdict")
    desk.photograph("7-keys")

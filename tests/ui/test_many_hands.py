"""Several reviewers, impatient fingers, a server that dies: what the log holds in the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from ui_reviewing import Desk, events, items_by_name

import verify
from many_browsers import PRESS_TWICE
from page_server import Server, served

pytestmark = pytest.mark.browser


@pytest.fixture
def archive(sample_archive: Path, tmp_path: Path) -> Path:
    """Return an archive of the sample story that the test may change."""
    return Path(shutil.copytree(sample_archive, tmp_path / "archive"))


@pytest.fixture
def server(archive: Path) -> Iterator[Server]:
    with served(archive) as server:
        yield server


@pytest.fixture
def desk(chromium: Browser, server: Server) -> Iterator[Callable[[], Desk]]:
    """Return what makes a desk; all are left at the end."""
    desks: list[Desk] = []

    def new() -> Desk:
        desks.append(Desk(chromium, server.url))
        return desks[-1]

    yield new
    for one in desks:
        one.leave()


@pytest.mark.parametrize("gesture", ["double click", "key pressed twice"])
def test_impatience_is_one_verdict(desk: Callable[[], Desk], archive: Path, gesture: str) -> None:
    desk_1 = desk()
    with verify.open_archive(archive, create=False) as opened:
        first, _, third, *_ = opened.queue_order()
        names = {sha256: name for name, sha256 in items_by_name(archive).items()}
    desk_1.open_item(first, name=names[first])
    desk_1.sit_down("desk-1")
    if gesture == "double click":
        desk_1.verdict("verified").dblclick()
    else:
        desk_1.page.evaluate(PRESS_TWICE, "v")
    desk_1.told(names[first])
    desk_1.page.keyboard.press("ArrowRight")  # the page does one thing after the other: this comes last
    desk_1.shows_item(names[third])
    assert [event.item for event in events(archive, "verdict-given")] == [first]


def test_two_who_decide_differently_are_both_in_the_log_and_the_second_is_told(
    desk: Callable[[], Desk], archive: Path
) -> None:
    desk_1, desk_3 = desk(), desk()
    flower = items_by_name(archive)["flower.jpg"]
    for reviewer, name in ((desk_1, "desk-1"), (desk_3, "desk-3")):
        reviewer.open_item(flower, name="flower.jpg")
        reviewer.sit_down(name)
    desk_1.page.keyboard.press("v")
    desk_1.told("verified")
    desk_3.page.keyboard.press("u")
    desk_3.told("verified by desk-1")
    desk_3.shows("Contested")
    desk_3.photograph("contested")
    given = events(archive, "verdict-given")
    assert [(event.by, event.payload["verdict"]) for event in given] == [
        ("desk-1", "verified"),
        ("desk-3", "unverified"),
    ]
    with verify.open_archive(archive, create=False) as opened:
        case = opened.case(flower)
    assert case.status == "contested"
    assert case.verdict == "verified"


def test_eight_reviewers_at_once_lose_nothing(desk: Callable[[], Desk], archive: Path) -> None:
    names = {sha256: name for name, sha256 in items_by_name(archive).items()}
    with verify.open_archive(archive, create=False) as opened:
        items = [(names[sha256], sha256) for sha256 in opened.queue_order()[:8]]  # each has one after it
    desks = [desk() for _ in items]
    for number, (one, (name, sha256)) in enumerate(zip(desks, items, strict=True)):
        one.open_item(sha256, name=name)
        one.sit_down(f"Reviewer {number}")
    for one in desks:
        one.page.keyboard.press("v")
    for one, (name, _) in zip(desks, items, strict=True):  # a toast is gone before the last one is asked
        expect(one.page.locator(".st-key-item_bar").get_by_text(name, exact=True)).to_have_count(0)
    given = {(event.by, event.item) for event in events(archive, "verdict-given")}
    assert given == {(f"Reviewer {number}", sha256) for number, (_, sha256) in enumerate(items)}
    with verify.open_archive(archive, create=False) as opened:
        assert not opened.check().faults


def test_what_the_page_confirmed_outlives_a_killed_server(
    desk: Callable[[], Desk], archive: Path, server: Server
) -> None:
    desk_1, items = desk(), items_by_name(archive)
    desk_1.open_item(items["studio_tour.mp4"], name="studio_tour.mp4")
    desk_1.sit_down("desk-1")
    desk_1.page.get_by_label("Note", exact=True).fill("Nothing to do with the claim.")
    desk_1.verdict("verified").click()
    desk_1.told("studio_tour.mp4")
    server.kill()
    (given,) = events(archive, "verdict-given")
    assert (given.by, given.payload["note"]) == ("desk-1", "Nothing to do with the claim.")
    with verify.open_archive(archive, create=False) as opened:
        assert not opened.check().faults
    with served(archive) as again:
        assert desk_1.context.browser is not None
        reader = Desk(desk_1.context.browser, again.url)
        reader.open("log")
        expect(reader.page.get_by_text("Nothing to do with the claim.")).to_be_visible(timeout=60_000)
        reader.leave()

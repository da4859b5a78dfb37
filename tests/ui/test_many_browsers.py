"""Several browsers at once on one server, as `benchmarks/many_browsers.py` does it with more of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

import verify
from many_browsers import desks_of, faults, mark_at_once
from page import build
from page_server import served

pytestmark = pytest.mark.browser

BROWSERS, EACH = 3, 8


def test_every_verdict_of_every_browser_is_in_the_log_once_and_in_order(
    chromium: Browser, tmp_path: Path
) -> None:
    names = build(tmp_path, BROWSERS * (EACH + 1))
    with served(tmp_path / "archive") as server:
        desks = desks_of(chromium, names, browsers=BROWSERS, each=EACH)
        mark_at_once(desks, server)
        for desk in desks:
            desk.page.context.close()
    assert faults(tmp_path / "archive", desks) == []
    with verify.open_archive(tmp_path / "archive", create=False) as archive:
        given = [event for event in archive.log(kinds=["verdict-given"]) if event.by.startswith("desk")]
    assert len(given) == BROWSERS * EACH
    assert len({event.item for event in given}) == BROWSERS * EACH

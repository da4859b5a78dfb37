"""Who is reviewing: told by a sign-in or a proxy where there is one, and then by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from signing_proxy import signing
from streamlit.testing.v1 import AppTest
from ui_reviewing import PATIENCE

import ui
from page_server import served

APP = Path(ui.__file__).with_name("app.py")


@pytest.fixture
def url(sample_archive: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve the page as behind a proxy that says in a header who signed in."""
    monkeypatch.setenv("STREAMLIT_SERVER_TRUSTED_USER_HEADERS", '{"X-Desk-User": "email"}')
    with served(sample_archive) as server:
        yield server.url


@pytest.mark.browser
def test_a_trusted_header_names_the_reviewer_and_without_it_nothing_is_shown(
    url: str, chromium: Browser
) -> None:
    with signing(url, "X-Desk-User", "amal@desk.example") as signed_in:
        page = chromium.new_page()
        page.goto(signed_in + "add")
        expect(page.get_by_text("amal@desk.example")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("Drop pictures and videos here")).to_be_visible(timeout=PATIENCE)
        assert page.get_by_label("Or a folder on this machine").count() == 0
        page.close()
    stranger = chromium.new_page()
    stranger.goto(url)
    expect(stranger.get_by_text("Nobody said who you are.")).to_be_visible(timeout=PATIENCE)
    assert stranger.locator(".row").count() == 0
    assert stranger.get_by_label("Your name, as the log shall show it").count() == 0
    stranger.close()


def test_where_sign_in_is_configured_nothing_is_shown_before(
    sample_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFY_ARCHIVE", str(sample_archive))
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.user = {"is_logged_in": False}
    page.run()
    assert not page.exception
    assert [button.label for button in page.button] == ["Sign in"]
    assert not page.subheader
    page.user = {"is_logged_in": True, "email": "amal@desk.example"}
    page.run()
    assert "amal@desk.example" in [text.value for text in page.text]

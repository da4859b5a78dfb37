"""Signing in by OpenID Connect: the whole round, with a provider on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from ui_reviewing import PATIENCE, Desk, events, items_by_name

from page_server import Server, served

pytest.importorskip("authlib", reason="the sign-in needs verify-media[oidc]")
from joserfc.jwk import RSAKey
from oidc_provider import CLIENT, SECRET, Provider, provider

pytestmark = pytest.mark.browser

SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "sixty-four characters that nobody else knows, or as good as that"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture
def signing_in() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture
def archive(sample_archive: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_archive, tmp_path / "archive"))


@pytest.fixture
def server(
    archive: Path, signing_in: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """Serve the page with a sign-in, configured as docs/team.md says."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(
        SECRETS.format(client=CLIENT, secret=SECRET, provider=signing_in.url)
    )
    monkeypatch.chdir(tmp_path)
    with served(archive) as server:
        yield server


@pytest.fixture
def desk(chromium: Browser, server: Server) -> Iterator[Desk]:
    made = Desk(chromium, server.url)
    yield made
    made.leave()


def sign_in(desk: Desk) -> None:
    desk.open("")
    desk.page.get_by_role("button", name="Sign in").click()
    desk.page.get_by_role("link", name="Continue").click()


def test_the_log_names_whom_the_provider_signed_in(desk: Desk, archive: Path) -> None:
    sign_in(desk)
    desk.shows("amal@desk.example")
    desk.open_item(items_by_name(archive)["flower.jpg"], name="flower.jpg")
    assert desk.page.get_by_label("Your name, as the log shall show it").count() == 0
    desk.verdict("verified").click()
    desk.told("flower.jpg")
    (given,) = events(archive, "verdict-given")
    assert given.by == "amal@desk.example"
    desk.page.get_by_role("button", name="Sign out").click()
    expect(desk.page.get_by_role("button", name="Sign in")).to_be_visible(timeout=PATIENCE)


def test_an_address_that_was_never_proved_does_not_name_the_reviewer(
    desk: Desk, signing_in: Provider
) -> None:
    signing_in.claims |= {"email": "editor@desk.example", "email_verified": False, "name": "Somebody"}
    sign_in(desk)
    desk.shows("Somebody")
    assert "editor@desk.example" not in desk.text()


def test_a_statement_that_the_provider_did_not_sign_lets_nobody_in(desk: Desk, signing_in: Provider) -> None:
    signing_in.signs_with = RSAKey.generate_key(2048, {"kid": "published"})
    sign_in(desk)
    desk.open("")
    expect(desk.page.get_by_role("button", name="Sign in")).to_be_visible(timeout=PATIENCE)
    assert "amal" not in desk.text()


def test_a_cookie_that_somebody_made_up_lets_nobody_in(desk: Desk) -> None:
    for value in (
        '{"is_logged_in": true, "email": "amal@desk.example"}',
        "2|1:0|10:1|15:_streamlit_user|4:e30=|0",
    ):
        desk.context.add_cookies([{"name": "_streamlit_user", "value": value, "url": desk.url}])
        desk.open("")
        expect(desk.page.get_by_role("button", name="Sign in")).to_be_visible(timeout=PATIENCE)
        assert "amal" not in desk.text()

"""The page as a reviewer meets it: in a browser, and as Streamlit runs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect
from streamlit.testing.v1 import AppTest

import ui
import verify

APP = Path(ui.__file__).with_name("app.py")


@pytest.fixture
def page_url(sample_archive: Path) -> Iterator[str]:
    """Start `verify review` on a free port and return its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "verify.cli",
        "review",
        "--archive",
        str(sample_archive),
        "--port",
        str(port),
    ]
    environment = {**os.environ, "STREAMLIT_SERVER_HEADLESS": "true"}
    server = subprocess.Popen(
        command, env=environment, start_new_session=True, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    for line in server.stdout:
        if "URL:" in line:
            break
    yield f"http://127.0.0.1:{port}/"
    os.killpg(server.pid, signal.SIGTERM)
    server.wait()
    server.stdout.close()


@pytest.mark.browser
def test_the_page_lists_the_sample_story_and_asks_no_other_host(page_url: str, chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    hosts: set[str | None] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.goto(page_url)
    expect(page.get_by_text("IMG_2291.MOV")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", name="14 items")).to_be_visible()
    expect(page.get_by_text("thumbnail-differs")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert hosts == {"127.0.0.1"}
    page.close()


def test_an_empty_archive_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verify.open_archive(tmp_path / "empty").close()
    monkeypatch.setenv("VERIFY_ARCHIVE", str(tmp_path / "empty"))
    shown = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not shown.exception
    assert "verify scan" in shown.info[0].value


def test_a_missing_archive_is_one_sentence_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFY_ARCHIVE", str(tmp_path / "nowhere"))
    shown = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not shown.exception
    assert "verify scan" in shown.error[0].value


def test_hostile_names_are_shown_as_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, samples: Path
) -> None:
    name = "![x](x.png) [y](y) <script>alert(1)<\u2044script> <b> \u202egpj.jpg"
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / name).write_bytes((samples / "media" / "flower.jpg").read_bytes())
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([tmp_path / "inbox"], jobs=1)
    monkeypatch.setenv("VERIFY_ARCHIVE", str(tmp_path / "archive"))
    shown = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not shown.exception
    assert [text.value for text in shown.text] == [verify.printable(name)]
    assert all("<script>" not in block.value and "![" not in block.value for block in shown.markdown)

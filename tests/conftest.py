"""Shared fixtures: where the wider media set is, if there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import verify

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""For a container and root, and without Chromium's own calls home."""


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of the wider media set, or skip and say why."""
    folder = os.environ.get("VERIFY_CORPUS")
    if not folder:
        pytest.skip("VERIFY_CORPUS is not set: the wider media set is not on this machine")  # not shipped
    path = Path(folder).resolve()
    if not path.is_dir():
        pytest.fail(f"VERIFY_CORPUS points to {folder!r}, which is no folder")
    return path


@pytest.fixture(scope="session")
def samples() -> Path:
    """Return the folder of the sample story."""
    return Path(__file__).resolve().parent.parent / "samples"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return headless Chromium; without one skip and say so, or fail where a browser is required."""
    playwright_api = pytest.importorskip("playwright.sync_api")
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        missing = "there is no Chromium on this machine (apt-get install chromium)"
        if os.environ.get("VERIFY_REQUIRE_BROWSER"):
            pytest.fail(f"VERIFY_REQUIRE_BROWSER is set, but {missing}")
        pytest.skip(missing)  # README: a browser is optional; CI requires one, see above
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sample_archive(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive folder with the sample story in it."""
    folder = tmp_path_factory.mktemp("archive")
    with verify.open_archive(folder) as archive:
        archive.scan([samples / "media"])
    return folder

"""Shared fixtures: where the wider media set is, if there is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of the wider media set, or skip and say why."""
    folder = os.environ.get("VERIFY_CORPUS")
    if not folder:
        pytest.skip("VERIFY_CORPUS is not set: the wider media set is not on this machine")
    path = Path(folder).resolve()
    if not path.is_dir():
        pytest.fail(f"VERIFY_CORPUS points to {folder!r}, which is no folder")
    return path


@pytest.fixture(scope="session")
def samples() -> Path:
    """Return the folder of the sample story."""
    return Path(__file__).resolve().parent.parent / "samples"

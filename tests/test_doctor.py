"""What `verify doctor` says about an installation."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from verify import doctor
from verify.media.limits import MAX_PIXELS
from verify.media.worker import shared


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "verify.cli", "doctor", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def test_the_doctor_names_decoders_limits_and_the_sandbox_of_real_examinations(tmp_path: Path) -> None:
    shown = run("--json", cwd=tmp_path)
    told = json.loads(shown.stdout)
    assert shown.returncode == (0 if all(attempt["refused"] for attempt in told["attempts"]) else 1)
    assert {"Python", "Pillow", "libheif", "FFmpeg", "OpenCV", "SQLite"} <= set(told["versions"])
    assert told["sandbox"] == shared().sandbox
    assert told["limits"]["still_pixels"] == MAX_PIXELS


def test_the_doctor_speaks_plainly(tmp_path: Path) -> None:
    shown = run(cwd=tmp_path)
    assert "Sandbox:" in shown.stdout
    assert "open a network connection" in shown.stdout
    assert shown.stderr == ""


def test_an_old_decoder_is_a_warning_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    floors = doctor.FLOORS | {"OpenCV": replace(doctor.FLOORS["Pillow"], version="99.1")}
    monkeypatch.setattr(doctor, "FLOORS", floors)
    assert any("OpenCV" in warning and "pip install" in warning for warning in doctor.check_up().warnings)


@pytest.mark.parametrize(
    ("older", "newer"), [("1.23.4", "1.23.6"), ("9.0", "13.0.0"), ("n8.1.2-1", "8.1.3"), ("8.1", "8.1.1")]
)
def test_versions_are_compared_by_their_numbers(
    older: str, newer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "FLOORS", {"Pillow": replace(doctor.FLOORS["Pillow"], version=newer)})
    assert len(doctor.outdated({"Pillow": older})) == 1
    assert doctor.outdated({"Pillow": newer}) == []

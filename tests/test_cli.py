"""The command line as a user meets it: a real process, its streams and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from made_media import write_jpeg, write_video


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `verify` with these arguments."""
    command = [sys.executable, "-m", "verify.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    write_jpeg(tmp_path / "inbox" / "one.jpg", 1)
    write_video(tmp_path / "inbox" / "two.mp4", [2, 3])
    return tmp_path


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = run("--help", cwd=tmp_path)
    assert shown.returncode == 0
    for command in ("examine", "scan", "items", "review", "demo"):
        assert command in shown.stdout


def test_examine_prints_json_on_stdout_in_the_fixed_shape(folder: Path) -> None:
    shown = run("examine", "--json", "inbox/one.jpg", "inbox/two.mp4", cwd=folder)
    assert shown.returncode == 0
    picture, video = (json.loads(line) for line in shown.stdout.splitlines())
    assert picture["kind"] == "image"
    assert (picture["width"], picture["height"]) == (320, 240)
    assert len(picture["fingerprints"]["phash"]) == 16
    assert len(picture["fingerprints"]["pdq"]["hex"]) == 64
    assert video["kind"] == "video"
    assert video["fingerprints"] is None
    assert video["duration_seconds"] == 2.0
    assert video["frames"][0]["time_seconds"] == 0.0
    assert len(video["shots"]) == 2


def test_examine_says_in_one_line_what_is_wrong_with_a_file_and_goes_on(folder: Path) -> None:
    shown = run("examine", "--json", "inbox/missing.jpg", "inbox/one.jpg", cwd=folder)
    assert shown.returncode == 1
    assert "missing.jpg" in shown.stderr
    assert "Traceback" not in shown.stderr
    assert json.loads(shown.stdout)["path"] == "inbox/one.jpg"


def test_scan_then_items(folder: Path) -> None:
    scanned = run("scan", "inbox", "--archive", "a", cwd=folder)
    assert scanned.returncode == 0, scanned.stderr
    assert "2 files: 2 examined" in scanned.stderr
    assert scanned.stdout == ""
    listed = [
        json.loads(line) for line in run("items", "--archive", "a", "--json", cwd=folder).stdout.splitlines()
    ]
    assert {Path(item["paths"][0]).name for item in listed} == {"one.jpg", "two.mp4"}
    assert "two.mp4" in run("items", "--archive", "a", cwd=folder).stdout


def test_scan_exit_code_and_last_lines_name_unreadable_files(folder: Path) -> None:
    (folder / "inbox" / "torn\x1b[31m.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing more")
    scanned = run("scan", "inbox", "--archive", "a", "--json", cwd=folder)
    assert scanned.returncode == 1
    assert "\x1b" not in scanned.stderr
    assert "torn\ufffd[31m.jpg" in scanned.stderr
    result = json.loads(scanned.stdout)
    assert [failure["code"] for failure in result["failures"]] == ["damaged"]
    assert result["examined"] == 2


def test_the_archive_is_chosen_by_the_environment(folder: Path) -> None:
    command = [sys.executable, "-m", "verify.cli", "scan", "inbox"]
    environment = {**os.environ, "VERIFY_ARCHIVE": "chosen"}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=120)
    assert (folder / "chosen" / "archive.sqlite").exists()


def test_without_an_archive_items_says_what_to_do(tmp_path: Path) -> None:
    shown = run("items", cwd=tmp_path)
    assert shown.returncode == 2
    assert "verify scan" in shown.stderr
    assert not (tmp_path / "verify-archive").exists()


def test_the_demo_tells_the_sample_story(tmp_path: Path) -> None:
    shown = run("demo", "--no-page", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert (tmp_path / "verify-demo" / "archive.sqlite").exists()


def test_help_answers_without_loading_decoders(tmp_path: Path) -> None:
    script = (
        "import sys, verify.cli\n"
        "print([name for name in ('cv2', 'av', 'imagehash', 'sqlalchemy', 'pandas') if name in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"

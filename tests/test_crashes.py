"""A scan that is killed loses nothing. `benchmarks/crashes.py` does the same fifty times over 300 files."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.kills import Losses, kill_reviewers, kill_servers
from crashes import Outcome, kill_again_and_again, make_folder, shown_digests


def test_a_scan_killed_with_all_its_workers_resumes_without_loss_or_doubles(tmp_path: Path) -> None:
    make_folder(tmp_path / "folder", files=120)
    outcome = kill_again_and_again(tmp_path / "folder", tmp_path, kills=4)
    assert outcome == Outcome(kills=4, rounds=outcome.rounds)


def heed_ctrl_c() -> None:
    """Undo what a shell does to a command in the background: Ctrl-C would not reach it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_stops_in_order_and_the_same_command_goes_on(tmp_path: Path) -> None:
    make_folder(tmp_path / "folder", files=120)
    command = [
        sys.executable,
        "-m",
        "verify.cli",
        "scan",
        str(tmp_path / "folder"),
        "--archive",
        str(tmp_path / "a"),
    ]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_ctrl_c,  # noqa: PLW1509  # safe: it only sets a signal, and takes no lock that a thread could hold
    )
    while not shown_digests(tmp_path / "a") and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "run the same command again" in said
    assert "Traceback" not in said
    before = shown_digests(tmp_path / "a")
    again = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert f"{len(before)} unchanged" in again.stderr
    assert len(shown_digests(tmp_path / "a")) == 120


def test_marks_that_were_confirmed_survive_the_death_of_those_who_gave_them(tmp_path: Path) -> None:
    losses = kill_reviewers(tmp_path, kills=3)
    assert losses == Losses(kills=3, confirmed=losses.confirmed)
    assert losses.confirmed >= 3


def test_uploads_that_were_confirmed_survive_the_death_of_the_server(tmp_path: Path) -> None:
    losses = kill_servers(tmp_path, kills=1)
    assert losses == Losses(kills=1, confirmed=losses.confirmed)
    assert losses.confirmed >= 1

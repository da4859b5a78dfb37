"""Several processes write to one log; some of them are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from made_reviews import archive_of

REVIEWERS, EACH = 8, 100

MARK_MANY = """
import sys, verify
archive, reviewer, count = verify.open_archive(sys.argv[1]), sys.argv[2], int(sys.argv[3])
items = [item.sha256 for item in archive]
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    event = archive.mark(items[number % len(items)], "verified", by=reviewer, note=f"number {number}").event
    print(event.sequence, event.digest, flush=True)
"""


def reviewer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    """Start a process that marks `count` items once it is told to, and says what was recorded."""
    command = [sys.executable, "-c", MARK_MANY, str(folder), name, str(count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_eight_reviewers_at_once_lose_nothing_and_the_order_can_be_proved(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(EACH)]
    with archive_of(tmp_path, *names) as archive, ExitStack() as running:
        started = [reviewer(tmp_path / "archive", f"desk-{n}", EACH) for n in range(REVIEWERS)]
        processes = [running.enter_context(process) for process in started]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            go(process)
        told = [process.communicate(timeout=120)[0].splitlines() for process in processes]
        assert [process.returncode for process in processes] == [0] * REVIEWERS

        given = list(archive.log(kinds=["verdict-given"]))
        in_log = [f"{event.sequence} {event.digest}" for event in given]
        assert len(in_log) == REVIEWERS * EACH
        assert sorted(line for lines in told for line in lines) == sorted(in_log)
        for n in range(REVIEWERS):
            own = [event.payload["note"] for event in given if event.by == f"desk-{n}"]
            assert own == [f"number {number}" for number in range(EACH)]
        check = archive.check()
        assert (check.faults, check.events) == ((), EACH + REVIEWERS * EACH)


@pytest.mark.parametrize("confirmed", [1, 7, 20, 55])
def test_what_was_confirmed_survives_the_death_of_the_process(tmp_path: Path, confirmed: int) -> None:
    with archive_of(tmp_path, "a", "b", "c") as archive:
        with reviewer(tmp_path / "archive", "desk-1", 10_000) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            go(process)
            told = [process.stdout.readline() for _ in range(confirmed)]
            process.send_signal(signal.SIGKILL)
            told += [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        in_log = [f"{event.sequence} {event.digest}\n" for event in archive.log(kinds=["verdict-given"])]
        assert in_log[: len(told)] == told
        assert len(in_log) - len(told) in {0, 1}
        archive.mark(next(iter(archive)).sha256, "unverified", by="desk-2")
        assert archive.check().faults == ()

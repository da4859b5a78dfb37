"""Has scanned what arrives while reviewers go on: one scan at a time, everything that waits in one go.

What was uploaded is on disk before it comes here, so a server that is killed loses nothing: the next one
scans the folder of uploads when it starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Condition, Thread
from typing import Final

from ui.opened import archive
from ui.scanner import Scanner
from verify import Progress

LINGERS: Final = 120.0
"""Seconds for which the scanner waits for more: what arrives on a tip line comes in bursts, and a new scanner
takes a few seconds to start."""

KEPT: Final = 5000
"""Jobs that are remembered; the oldest that have ended are forgotten first."""


@dataclass(slots=True, kw_only=True)
class Job:
    """Something to scan: one uploaded file, or a folder."""

    batch: str
    """Of the page that asked."""
    path: Path
    sha256: str = ""
    """Of an uploaded file."""
    is_known: bool = False
    """The archive had the uploaded file already."""
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    progress: Progress | None = None
    """Of the scan that it is part of; None while it waits."""
    has_ended: bool = False
    error: str = ""
    """A sentence, if the scan failed."""

    @property
    def is_folder(self) -> bool:
        return not self.sha256


class Intake:
    """The jobs of one archive and the thread that does them."""

    def __init__(self, location: Path) -> None:
        self._scanner = Scanner(location)
        self._jobs: list[Job] = []
        self._changed = Condition()
        Thread(target=self._work, name="intake", daemon=True).start()

    def add_upload(self, batch: str, *, path: Path, sha256: str, is_known: bool) -> None:
        """Scan an uploaded file, soon."""
        self._add(Job(batch=batch, path=path, sha256=sha256, is_known=is_known))

    def add_folder(self, batch: str, path: Path) -> None:
        """Scan a folder on this machine, soon."""
        self._add(Job(batch=batch, path=path))

    def jobs(self, batch: str) -> list[Job]:
        """Return what a page asked for, in that order."""
        with self._changed:
            return [job for job in self._jobs if job.batch == batch]

    def _add(self, job: Job) -> None:
        with self._changed:
            self._jobs.append(job)
            ended = [old for old in self._jobs if old.has_ended]
            for old in ended[: max(0, len(self._jobs) - KEPT)]:
                self._jobs.remove(old)
            self._changed.notify_all()

    def _work(self) -> None:
        """Do what waits, for as long as the server runs."""
        while True:
            with self._changed:
                while not (waiting := [job for job in self._jobs if not job.has_ended]):
                    if not self._changed.wait(LINGERS):
                        self._scanner.stop()
            error = self._scan(waiting)
            with self._changed:
                for job in waiting:
                    job.error, job.has_ended = error, True

    def _scan(self, jobs: Sequence[Job]) -> str:
        """Scan the paths of some jobs; return a sentence if that failed."""

        def report(progress: Progress) -> None:
            for job in jobs:
                job.progress = progress

        return self._scanner.scan([job.path for job in jobs], report)


def current() -> Intake:
    """Return the intake of the page's archive."""
    return _intake(archive().folder)


@cache
def _intake(location: Path) -> Intake:
    return Intake(location)


def resume(uploads: Path) -> None:
    """Scan what was uploaded before the server stopped."""
    uploads.mkdir(exist_ok=True)
    if any(uploads.iterdir()):
        current().add_folder("", uploads)

"""Worker processes that may hang or die without taking the rest along.

Decoders are written in C and fed by strangers, so the work on one file happens in a process of
its own with limits. The pool is pebble's, which restarts a worker that dies or overruns its time;
here it gets its limits, and its failures become reason codes.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from types import ModuleType, TracebackType
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from verify.errors import UnreadableMedia

T = TypeVar("T")

WORKER_MEMORY_BYTES = 4 * 2**30
"""Private memory of one worker; a 200-megapixel photo decoded in full with its copies stays below 2 GiB."""

FILE_SECONDS = 600
"""Wall clock for one file; a 3-hour 720p video takes about 5 minutes on a 2-core laptop of 2024."""

PRELOADED = ("verify.examination", "timezonefinder")
"""Imported once in the fork server, so that a new worker starts in milliseconds: what every file needs, and
what is imported at its first use otherwise, by every worker for itself."""


class IsolatedPool:
    """Run functions in worker processes; every failure comes back as `UnreadableMedia` with a code.

    The functions and their arguments must be picklable. Use as a context manager; leaving it by an
    exception stops the workers at once, leaving it normally waits for what was submitted.
    """

    def __init__(
        self, jobs: int | None = None, *, file_seconds: float = FILE_SECONDS, preload: Sequence[str] = ()
    ) -> None:
        """Prepare `jobs` workers, one for each processor by default.

        `preload` names further modules that the work needs; they count for the first pool of a process.
        """
        self.jobs = jobs or os.cpu_count() or 1
        self._file_seconds = file_seconds
        context = _context([*PRELOADED, *preload])
        self._pool = ProcessPool(max_workers=self.jobs, initializer=_enter_worker, context=context)

    def submit(self, work: Callable[..., T], *args: object, **named: object) -> Future[T]:
        """Start `work(*args, **named)` in a worker; its future raises as `failure_of` explains."""
        future: Future[T] = self._pool.schedule(
            work, args=list(args), kwargs=named, timeout=self._file_seconds
        )
        return future

    def stop(self) -> None:
        """Stop the workers at once; what was not finished is lost."""
        self._pool.stop()
        self._pool.join()

    def __enter__(self) -> IsolatedPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.close()
            self._pool.join()
        else:
            self.stop()


def failure_of(error: BaseException) -> UnreadableMedia:
    """Turn whatever a worker's future raised into one plain sentence with a code.

    Codes: those of `UnreadableMedia` raised in the worker, `time-limit`, `worker-died`, `memory`,
    and `unexpected` for an error that is ours to mend.
    """
    if isinstance(error, UnreadableMedia):
        return error
    if isinstance(error, FutureTimeoutError):
        return UnreadableMedia("Took longer than the time allowed for one file.", code="time-limit")
    if isinstance(error, ProcessExpired):
        return UnreadableMedia("The decoder crashed on this file.", code="worker-died")
    if isinstance(error, MemoryError):
        return UnreadableMedia("Needs more memory than one file is allowed.", code="memory")
    return UnreadableMedia(f"Unexpected {type(error).__name__} while examining.", code="unexpected")


def _context(preload: list[str]) -> multiprocessing.context.BaseContext:
    """Return a way to start workers that never forks a process with threads, and begin with its imports."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = _ForkServer()
    context.set_forkserver_preload(preload)
    forkserver.ensure_running()
    return context


class _Process(multiprocessing.context.ForkServerProcess):
    """A process that does not run the main script again, which may be a notebook, a page or have no guard."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - multiprocessing's name
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return multiprocessing.context.ForkServerProcess._Popen(process_obj)
        finally:
            sys.modules["__main__"] = main


class _ForkServer(multiprocessing.context.ForkServerContext):
    Process = _Process


def _enter_worker() -> None:
    """Limit this process; Ctrl-C is for the parent, which then stops the workers in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _silence()
    _one_thread()
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (WORKER_MEMORY_BYTES, WORKER_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _silence() -> None:
    """Send what C libraries write about broken files (libtiff, several lines each) nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _one_thread() -> None:
    """Keep OpenCV to one thread: there is a worker for every core already."""
    import cv2

    cv2.setNumThreads(1)

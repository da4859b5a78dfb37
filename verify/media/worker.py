"""Worker processes that may hang, die or lie without taking the rest along.

Decoders are written in C and fed by strangers, so a file is decoded in a process that has given up what it
does not need (`sandbox.py`). The parent hands it the open file, waits no longer than agreed, reads the
answer by the type that was asked for (`answers.py`), and turns every failure into a reason code for that
file.

The threads are those of `concurrent.futures`, the processes those of `multiprocessing` and its fork server.
Pools of processes (pebble, loky, `ProcessPoolExecutor`) do not fit: they unpickle in the parent what a worker
wrote, let all workers write to one pipe, and pass no open file.
"""

from __future__ import annotations

import atexit
import io
import multiprocessing
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from threading import BoundedSemaphore, Lock
from types import ModuleType, TracebackType
from typing import Any, Final, TypeVar, get_type_hints

from verify.errors import UnreadableMedia, VerifyError
from verify.media import answers, wire
from verify.media.sandbox import Limits
from verify.media.serving import DONE, TaskPickler, serve

T = TypeVar("T")

START_SECONDS: Final = 60
"""A worker is there in some 20 ms; the first one waits for the fork server's imports, on a busy machine."""

MAX_ANSWER_TEXT: Final = 16 * 2**20
"""600 metadata values of 4,000 characters each, all of them escaped, stay below."""

MAX_ANSWER_BYTES: Final = 256 * 2**20
"""600 views with their thumbnails are about 30 MB; a dozen frames to draw are 50 MB."""

PRELOADED: Final = ("verify.examination", "verify.find_copies", "verify.draw_match", "timezonefinder")
"""Imported once in the fork server, so that a new worker starts in milliseconds: what every file needs, and
what is imported at its first use otherwise, by every worker for itself."""

CODE: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
MAX_MESSAGE: Final = 1000

SPENT: Final = frozenset({"memory", "unexpected"})
"""After such an answer a worker is not asked again: what it lacked now it would lack for the next file."""

NONSENSE: Final = "The decoder's answer about this file makes no sense: it is not used."


class IsolatedPool:
    """Ask questions that worker processes answer; every failure is an `UnreadableMedia` with a code.

    Codes: those raised in the worker, `time-limit`, `worker-died`, `memory`, `nonsense` for an answer that
    cannot be true, and `unexpected` for an error that is ours to mend. Workers start when they are needed. A
    context manager: leaving it by an exception stops the workers at once, leaving it normally waits for what
    was submitted. Raises `VerifyError` (`no-worker`, `stopped`) where no file is to blame.
    """

    def __init__(
        self,
        jobs: int | None = None,
        *,
        limits: Limits | None = None,
        confined: bool = True,
        preload: Sequence[str] = (),
    ) -> None:
        """Prepare for `jobs` workers at once, one for each processor by default.

        Workers that are not `confined` may open files: for work on what is our own. `preload` names
        modules that the work needs besides `PRELOADED`; they come quickest in the first pool of a process.
        """
        self.jobs = jobs or os.cpu_count() or 1
        self._limits = limits or Limits()
        self._confined = confined
        self._preload = tuple(preload)
        self._threads = ThreadPoolExecutor(self.jobs, thread_name_prefix="verify")
        self._slots = BoundedSemaphore(self.jobs)
        self._lock = Lock()
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._stopped = False
        _start_fork_server((*PRELOADED, *self._preload))

    def submit(self, work: Callable[..., T], *args: object, **named: object) -> Future[T]:
        """Call `work` in one of the pool's threads, in this process: it opens files and asks."""
        return self._threads.submit(work, *args, **named)

    def ask(
        self,
        work: Callable[..., T],
        *args: object,
        believable: Callable[[T], bool] = lambda _: True,
        **named: object,
    ) -> T:
        """Return what `work(*args, **named)` answers in a worker; open files go along.

        `work` is a function of a module whose annotation says what it returns. An answer of another type, or
        one that is not `believable`, is nonsense, and the worker that gave it is not asked again.
        """
        task = io.BytesIO()
        pickler = TaskPickler(task)
        pickler.dump((work, args, named))
        with self._slots:
            worker = self._borrow()
            try:
                answer: T | UnreadableMedia = worker.ask(task.getvalue(), pickler.files, _answer_type(work))
                if not (isinstance(answer, UnreadableMedia) or believable(answer)):
                    raise UnreadableMedia(NONSENSE, code="nonsense")
            except BaseException:
                self._give_up(worker)
                raise
            if isinstance(answer, UnreadableMedia):
                (self._give_up if answer.code in SPENT else self._give_back)(worker)
                raise answer
            self._give_back(worker)
        return answer

    @property
    def sandbox(self) -> str:
        """What the workers of this pool are locked down by: `landlock+seccomp+limits`, or less."""
        with self._slots:
            worker = self._borrow()
            self._give_back(worker)
        return worker.sandbox

    def stop(self) -> None:
        """Stop the workers at once; what was not finished is lost."""
        with self._lock:
            self._stopped = True
            workers = [*self._idle, *self._busy]
            self._idle.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.end()
        self._threads.shutdown()

    def __enter__(self) -> IsolatedPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._threads.shutdown()
        self.stop()

    def _borrow(self) -> _Worker:
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        worker = worker or _Worker(self._limits, confined=self._confined, preload=self._preload)
        with self._lock:
            self._busy.add(worker)
        if self._stopped:
            self._give_up(worker)
            raise VerifyError("The work was stopped.", code="stopped")
        return worker

    def _give_back(self, worker: _Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
            self._idle.append(worker)

    def _give_up(self, worker: _Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
        worker.end()


@cache
def _answer_type(work: Callable[..., object]) -> Any:
    return get_type_hints(work)["return"]


@cache
def shared() -> IsolatedPool:
    """Return the pool for single questions of this process; it ends with the process."""
    pool = IsolatedPool()
    atexit.register(pool.stop)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=shared.cache_clear)
    return pool


class _Worker:
    """One process and the socket to it."""

    def __init__(self, limits: Limits, *, confined: bool, preload: Sequence[str]) -> None:
        self._seconds = limits.seconds
        self._lock = Lock()
        self._channel, theirs = socket.socketpair()
        with theirs, _STARTING:
            self._process = _CONTEXT.Process(
                target=serve,
                args=(theirs, limits),
                kwargs={"confined": confined, "preload": preload},
                daemon=True,
            )
            self._process.start()
        try:
            self.sandbox: str = self._receive(str, time.monotonic() + START_SECONDS)
        except UnreadableMedia as error:
            self.end()
            raise VerifyError("A worker process cannot be started.", code="no-worker") from error

    def ask(self, task: bytes, files: Sequence[int], kind: Any) -> Any:
        """Return the answer, which may be an `UnreadableMedia`. Raises one if the worker has failed."""
        deadline = time.monotonic() + self._seconds
        try:
            wire.send(self._channel, task, files=files, deadline=deadline)
        except OSError as error:
            raise self._failure(error) from None
        return self._receive(kind, deadline)

    def end(self) -> None:
        """End the process, whatever it does; any thread may call it, and more than once."""
        with self._lock:
            self._process.kill()
            self._process.join()
            self._channel.close()

    def _receive(self, kind: Any, deadline: float) -> Any:
        try:
            text, block = wire.receive(
                self._channel, most=(MAX_ANSWER_TEXT, MAX_ANSWER_BYTES), deadline=deadline
            )
            if text[:1] == DONE:
                return answers.read(kind, text[1:], block)
            return _refusal(*answers.read(tuple[str, str], text[1:], block))
        except (OSError, EOFError, ValueError) as error:
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> UnreadableMedia:
        """Say why there is no answer."""
        if isinstance(error, TimeoutError):
            return UnreadableMedia("Took longer than the time allowed for one file.", code="time-limit")
        if isinstance(error, ValueError):
            return UnreadableMedia(NONSENSE, code="nonsense")
        self._process.join(START_SECONDS)
        if self._process.exitcode == -signal.SIGPROF:
            return UnreadableMedia("Took longer than the time allowed for one file.", code="time-limit")
        return UnreadableMedia("The decoder crashed on this file.", code="worker-died")


def _refusal(code: str, message: str) -> UnreadableMedia:
    if not CODE.fullmatch(code) or len(message) > MAX_MESSAGE or not message.isprintable():
        raise answers.Nonsense("no plain reason")
    return UnreadableMedia(message, code=code)


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
    """Processes come from a server without threads that has the imports done: a page is never forked."""

    Process = _Process


_CONTEXT: Final = _ForkServer()
_STARTING: Final = Lock()
"""Processes are started one at a time: meanwhile another module stands in for the main script."""


def _start_fork_server(modules: Sequence[str]) -> None:
    """Let it begin with its imports; if it runs already, this changes nothing."""
    from multiprocessing import forkserver

    _CONTEXT.set_forkserver_preload(list(modules))
    forkserver.ensure_running()

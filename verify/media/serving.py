"""What a worker process does: it gives up its rights, then takes one task after the other.

A task is pickled by the parent, whom the worker trusts, and open files come with it. The answer goes back as
`answers.py` says, because the parent does not trust the worker.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import pickle
import signal
import socket
from collections.abc import Sequence
from importlib import import_module
from io import BufferedReader
from typing import Final

from verify.errors import UnreadableMedia
from verify.media import answers, wire
from verify.media.sandbox import Limits, allow_seconds, in_force, lock_down

FIRST_DESCRIPTOR: Final = 3
"""After standard input, output and errors."""

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT_BYTES: Final = 64 * 2**20
LARGEST_KEPT: Final = 32 * 2**20
"""The most that glibc allows (mallopt(3))."""

DONE: Final = b"+"
REFUSED: Final = b"-"
"""First byte of an answer's text: what was asked for follows, or a code and a sentence."""


class TaskPickler(pickle.Pickler):
    """Pickles a task; open files in it are left out and numbered."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.files: list[int] = []

    def persistent_id(self, value: object) -> int | None:
        if not isinstance(value, BufferedReader):
            return None
        self.files.append(value.fileno())
        return len(self.files) - 1


class _TaskUnpickler(pickle.Unpickler):
    def __init__(self, task: bytes, files: Sequence[BufferedReader]) -> None:
        super().__init__(io.BytesIO(task))
        self._files = files

    def persistent_load(self, number: int) -> BufferedReader:
        return self._files[number]


def serve(channel: socket.socket, limits: Limits, *, confined: bool, preload: Sequence[str]) -> None:
    """Work for the parent until it hangs up; `preload` is imported before the doors close.

    Ctrl-C is for the parent, which then stops its workers in order.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _silence()
    _keep_only(channel)
    for name in preload:
        import_module(name)
    _one_thread()
    _keep_memory()
    lock_down(limits, confined=confined)
    with channel, contextlib.suppress(EOFError, OSError):
        _send(channel, DONE, answers.write(in_force()))
        while True:
            task, descriptors = wire.receive_with_files(channel)
            allow_seconds(limits.seconds)
            _send(channel, *_answer(task, descriptors))


def _send(channel: socket.socket, status: bytes, answer: tuple[bytes, bytes]) -> None:
    text, block = answer
    wire.send(channel, status + text, block)


def _answer(task: bytes, descriptors: Sequence[int]) -> tuple[bytes, tuple[bytes, bytes]]:
    """Do a task; what it raises becomes a code and a sentence."""
    with contextlib.ExitStack() as opened:
        files = [opened.enter_context(os.fdopen(descriptor, "rb")) for descriptor in descriptors]
        try:
            work, positional, named = _TaskUnpickler(task, files).load()
            return DONE, answers.write(work(*positional, **named))
        except UnreadableMedia as error:
            return _refused(error.code, error.message)
        except MemoryError:
            return _refused("memory", "Needs more memory than one file is allowed.")
        except Exception as error:  # noqa: BLE001 - whatever one file does, the worker goes on
            return _refused("unexpected", f"Unexpected {type(error).__name__} while examining.")


def _refused(code: str, message: str) -> tuple[bytes, tuple[bytes, bytes]]:
    return REFUSED, answers.write((code, message))


def _keep_only(channel: socket.socket) -> None:
    """Close what is inherited: the fork server and the resource tracker trust whoever writes to them."""
    most = os.sysconf("SC_OPEN_MAX")
    os.closerange(FIRST_DESCRIPTOR, channel.fileno())
    os.closerange(channel.fileno() + 1, most)


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


def _keep_memory() -> None:
    """Have glibc keep what one picture needed for the next: asking for it anew took a fifth of the time."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library
        libc = ctypes.CDLL(None)
        libc.mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
        libc.mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT)

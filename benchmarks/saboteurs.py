"""What a hostile file could make of a worker, done on purpose: imported by a worker, before its doors close.

A file that ends in `SABOTAGE:` and a name does the deed of that name when it is examined. Everything else
about the worker is real.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import pickle
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from verify import examination
from verify.media.files import OpenFile
from verify.media.sandbox import MAX_OPEN_FILES
from verify.records import Examination

MARK = b"SABOTAGE:"
MARK_BYTES = 64

examine_honestly = examination.examine_here


class Bomb:
    """Whoever unpickles it runs what it says."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self._target,)


def segfault(_: Examination) -> Examination:
    ctypes.string_at(0)
    raise AssertionError


def quit_quietly(_: Examination) -> Examination:
    os._exit(0)


def hang(_: Examination) -> Examination:
    time.sleep(600)
    raise AssertionError


def compute_for_ever(_: Examination) -> Examination:
    while True:
        pass


def eat_memory(_: Examination) -> Examination:
    raise AssertionError(len(bytearray(64 * 2**30)))


def change_the_hash(true: Examination) -> Examination:
    return replace(true, sha256="0" * 64)


def claim_a_thousand_views(true: Examination) -> Examination:
    return replace(true, views=true.views * 1000)


def answer_another_question(_: Examination) -> Any:
    return "nothing to see here"


def send_a_pickle(true: Examination) -> Examination:
    """Write past the protocol what a pool of pickles would run; it touches `pwned` beside the file."""
    bomb = pickle.dumps(Bomb(Path(true.path).with_name("pwned"))) * 10
    for descriptor in range(3, MAX_OPEN_FILES):
        with contextlib.suppress(OSError):
            os.write(descriptor, bomb)
    return true


DEEDS: dict[str, tuple[str, Callable[[Examination], Examination]]] = {
    "segfault": ("worker-died", segfault),
    "quit": ("worker-died", quit_quietly),
    "hang": ("time-limit", hang),
    "spin": ("time-limit", compute_for_ever),
    "eat": ("memory", eat_memory),
    "hash": ("nonsense", change_the_hash),
    "views": ("nonsense", claim_a_thousand_views),
    "type": ("nonsense", answer_another_question),
    "pickle": ("nonsense", send_a_pickle),
}
"""Each deed with the code that must come of it."""


def examine_under_orders(file: OpenFile, **named: Any) -> Examination:
    """Examine as ever, then do as the file says."""
    honest = examine_honestly(file, **named)
    file.stream.seek(max(0, file.size_bytes - MARK_BYTES))
    _, marked, deed = file.stream.read(MARK_BYTES).rpartition(MARK)
    return DEEDS[deed.decode()][1](honest) if marked else honest


if multiprocessing.parent_process() is not None:  # in a worker, and nowhere else
    examination.examine_here = examine_under_orders

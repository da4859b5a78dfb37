"""What this process and those below it use, as /proc tells: the workers decode (Linux; 0 elsewhere)."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path


def cpu_seconds() -> float:
    """CPU time of this process and of all that live below it."""
    return time.process_time() + sum(_cpu_nanoseconds(process) for process in _descendants(os.getpid())) / 1e9


class PeakMemory:
    """Remembers the largest resident size (VmHWM, proc(5)) of any process below this one."""

    def __init__(self) -> None:
        self.bytes = 0

    def look(self) -> None:
        """Look now; the system keeps each process's own peak, so looking twice a second misses little."""
        self.bytes = max([self.bytes, *(_peak_bytes(process) for process in _descendants(os.getpid()))])


def _descendants(process: int) -> Iterator[int]:
    """Yield the processes below one."""
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from _descendants(int(child))


def _peak_bytes(process: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _cpu_nanoseconds(process: int) -> int:
    """Sum over threads (schedstat of the kernel's documentation, scheduler/sched-stats)."""
    with contextlib.suppress(OSError):
        tasks = Path(f"/proc/{process}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)
    return 0

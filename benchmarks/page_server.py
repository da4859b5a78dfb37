"""`verify review` on a free port, as a person would start it: for measurements and for tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Server:
    """A page that is being served."""

    url: str
    """Ends with a slash."""
    process: subprocess.Popen[str]

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def memory(self) -> int:
        """Return the bytes that its processes hold; what they share counts once (PSS, proc(5))."""
        return sum(_proportional_kilobytes(pid) for pid in self._processes()) * 1024

    def cpu_ms(self) -> float:
        """Return the CPU time that it has used, with all its processes."""
        ticks = 0
        for pid in self._processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])  # utime and stime, proc(5)
        return ticks * 1000 / os.sysconf("SC_CLK_TCK")

    def _processes(self) -> list[int]:
        """Return its processes: it was started as the leader of a group."""
        pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
        return [pid for pid in pids if _group(pid) == self.process.pid]


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _proportional_kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


@contextmanager
def served(archive: Path, *, watch: Sequence[str] = ()) -> Iterator[Server]:
    """Serve the archive in a folder until the block ends; `watch` is a command that runs the server."""
    port = _free_port()
    command = [sys.executable, "-m", "verify.cli", "review", "--archive", str(archive), "--port", str(port)]
    process = subprocess.Popen(
        [*watch, *command],
        env={**os.environ, "STREAMLIT_SERVER_HEADLESS": "true"},
        start_new_session=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "URL:" in line:
                break
        yield Server(url=f"http://127.0.0.1:{port}/", process=process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

"""`verify review` on a free port, as a person would start it: for measurements and for tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
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
        """Return the bytes that it holds in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024


@contextmanager
def served(archive: Path) -> Iterator[Server]:
    """Serve the archive in a folder; the server ends with the block."""
    port = _free_port()
    command = [sys.executable, "-m", "verify.cli", "review", "--archive", str(archive), "--port", str(port)]
    process = subprocess.Popen(
        command,
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

"""A process beside the server that scans, and ends when there has been nothing to scan for a while.

Decoders, the search index and workers weigh more than the page itself, and a scan computes for as long as it
runs: neither is to weigh on the process that answers reviewers. The server writes lists of paths, one a line;
pickled `Progress` come back, and at the end a sentence, empty if all went well.

    python -m ui.scanner ARCHIVE
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from verify import Progress, VerifyError, open_archive

logger = logging.getLogger(__name__)

Report = Callable[[Progress], None]

REPORT_SECONDS: Final = 0.2
"""Between two reports of how far a scan is."""

STOPPED: Final = "The scan stopped unexpectedly. What was finished is kept; the server's log says more."


class Scanner:
    """The server's side: starts the process when it is needed."""

    def __init__(self, location: Path) -> None:
        self._location = location
        self._process: subprocess.Popen[bytes] | None = None

    def scan(self, paths: Sequence[Path], report: Report) -> str:
        """Scan, and say how far it is; return a sentence if that failed. One call at a time."""
        try:
            return self._ask(self._running(), paths, report)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            logger.error("The scanner ended in the middle of a scan: %r", error)
            self.stop()
            return STOPPED

    def stop(self) -> None:
        """Let the process end; it does when it can read no more."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _ask(self, process: subprocess.Popen[bytes], paths: Sequence[Path], report: Report) -> str:
        assert process.stdin is not None  # noqa: S101  # made with pipes, see _running
        assert process.stdout is not None  # noqa: S101  # made with pipes, see _running
        process.stdin.write(json.dumps([str(path) for path in paths]).encode() + b"\n")
        process.stdin.flush()
        while not isinstance(said := pickle.load(process.stdout), str):  # noqa: S301  # our own process wrote it
            report(said)
        return said

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", __name__, str(self._location)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # this very module, no shell
        return self._process


def main() -> None:
    """Scan what the server names, until it names no more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not be taken for an answer
    with suppress(KeyboardInterrupt, BrokenPipeError):  # the server has ended
        for line in sys.stdin:
            _say(answers, _scan(Path(sys.argv[1]), json.loads(line), answers))


def _scan(location: Path, paths: Sequence[str], answers: BinaryIO) -> str:
    last = 0.0

    def report(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= REPORT_SECONDS:
            _say(answers, progress)
            last = time.monotonic()

    try:
        with open_archive(location, create=False) as opened:
            _say(answers, opened.scan(paths, report=report))
    except VerifyError as error:
        return str(error)
    except BrokenPipeError:
        raise
    except Exception:  # whatever goes wrong in one scan, the next one must still be done
        logger.exception("A scan failed")
        return STOPPED
    return ""


def _say(answers: BinaryIO, said: Progress | str) -> None:
    pickle.dump(said, answers)
    answers.flush()


if __name__ == "__main__":
    main()

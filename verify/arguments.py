"""What commands share: options, exit codes, how an archive is opened and JSON is written."""

from __future__ import annotations

import enum
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from verify.archive import Archive


class ExitCode(enum.IntEnum):
    """What a command's exit code says."""

    OK = 0
    SOME_UNREADABLE = 1
    """Done, but some files could not be read; each is named."""
    NONE_FOUND = 1
    """Done, and there is no match."""
    FAULTS_FOUND = 1
    """Done, and something is not as it was recorded; each fault is named."""
    ERROR = 2
    """Not done; one line says why."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C; what was finished is kept."""


ArchiveOption = Annotated[
    Path | None,
    typer.Option("--archive", help="Archive folder.  [default: $VERIFY_ARCHIVE, else ./verify-archive]"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable JSON on stdout.")]


def existing(location: Path | None) -> Archive:
    """Open an archive that is there."""
    from verify.archive import open_archive

    return open_archive(location, create=False)


def print_json(value: dict[str, Any]) -> None:
    """Write one line of JSON to stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")

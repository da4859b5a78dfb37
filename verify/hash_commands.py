"""The command that takes partners' hash lists in: import-hashes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verify.arguments import ArchiveOption, ExitCode, JsonOption, print_json

if TYPE_CHECKING:
    from rich.status import Status

SHOWN_BAD_LINES = 20
"""Of one list; all that are kept are in the JSON."""


def import_hashes(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV, PDQ text or vPDQ frames.")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take hash lists into the archive, so that scans and searches know what partners know."""
    from verify.archive import open_archive
    from verify.terminal import marked, talk

    broken = False
    with open_archive(archive) as opened:
        for file in files:
            with talk.status(f"Reading {marked(str(file))}") as status:
                done = opened.import_hashes(file, report=partial(_read, status))
            for line in done.bad_lines[:SHOWN_BAD_LINES]:
                talk.print(f"[red]left out[/] {marked(str(file))}, line {line.number}: {marked(line.reason)}")
            if as_json:
                print_json(done.to_json())
            talk.print(
                f"{marked(str(file))}: {done.entries:,} entries, {done.new:,} of them new; "
                f"{done.bad:,} lines left out.",
                soft_wrap=True,
            )
            broken = broken or done.bad > 0
    raise typer.Exit(ExitCode.SOME_UNREADABLE if broken else ExitCode.OK)


def _read(status: Status, entries: int) -> None:
    """Say in a terminal how far a list is read."""
    status.update(f"{entries:,} entries read")

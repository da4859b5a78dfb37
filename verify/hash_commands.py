"""The command that takes partners' hash lists in: import-hashes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verify.arguments import ArchiveOption, ExitCode, JsonOption, print_json

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
                done = opened.import_hashes(
                    file, report=lambda read, shown=status: shown.update(f"{read:,} entries")
                )
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

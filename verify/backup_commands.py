"""The command that copies an archive while it is in use: backup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verify.arguments import ArchiveOption, ExitCode, JsonOption, existing, print_json

if TYPE_CHECKING:
    from verify.backup import Backup


def backup(
    target: Annotated[Path, typer.Argument(metavar="DEST", help="A folder that is not there yet.")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the archive into a new folder, while it is in use; the copy is an archive itself."""
    from rich.progress import DownloadColumn

    from verify import terminal

    with existing(archive) as opened, terminal.counted("Copying", DownloadColumn()) as report:
        made = opened.backup(target, report=report)
    if as_json:
        print_json(made.to_json())
    else:
        _print(made)
    raise typer.Exit(ExitCode.FAULTS_FOUND if made.faults else ExitCode.OK)


def _print(made: Backup) -> None:
    """Say what the backup holds, what it does not, and the head of its log."""
    from verify.terminal import marked, results, talk

    for fault in made.faults:
        results.print(
            f"[red]{fault.code}[/] {marked(fault.subject)}: {marked(fault.message)}", soft_wrap=True
        )
    megabytes = made.bytes_copied / 1e6
    counts = f"{made.items:,} items with their reviews, {made.originals:,} originals, {megabytes:,.1f} MB"
    results.print(f"{counts}: copied to [bold]{marked(str(made.folder))}[/].", soft_wrap=True)
    results.print(f"Head of the log: [bold]{made.head}[/]", soft_wrap=True)
    if made.elsewhere:
        left = f"The originals of {made.elsewhere:,} items lie outside the archive and are not in the backup"
        talk.print(f"{left}; keep copies of their folders too.", soft_wrap=True)

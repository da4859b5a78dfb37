"""The commands that write and prove the review log: mark, log, check."""

from __future__ import annotations

import getpass
from typing import Annotated, Literal

import typer

from verify.arguments import ArchiveOption, ExitCode, JsonOption, existing, print_json

ReviewerOption = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides.  [default: the user's name]")
]
EstablishedOption = {
    name: typer.Option(f"--{name}", metavar="TEXT", help=f"What was established: the {name}.")
    for name in ("source", "date", "place", "event")
}


def mark(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="SHA-256, its start, or a path.")],
    verdict: Annotated[Literal["verified", "unverified", "misattributed"], typer.Argument(metavar="VERDICT")],
    by: ReviewerOption = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT")] = "",
    true_context: Annotated[
        str, typer.Option("--true-context", metavar="TEXT", help="What a misattributed item really shows.")
    ] = "",
    earlier_copy: Annotated[
        str | None, typer.Option("--earlier-copy", metavar="ITEM", help="Where it comes from.")
    ] = None,
    source: Annotated[str, EstablishedOption["source"]] = "",
    date: Annotated[str, EstablishedOption["date"]] = "",
    place: Annotated[str, EstablishedOption["place"]] = "",
    event: Annotated[str, EstablishedOption["event"]] = "",
    links: Annotated[
        list[str] | None, typer.Option("--link", metavar="URL", help="Evidence; may be given several times.")
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="Repeating a command with the same key records it once.")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a verdict; it is appended to the log, and nothing in there is ever replaced."""
    from verify import review_terminal
    from verify.review.case import Established, Evidence

    with existing(archive) as opened:
        before = opened.case(item)
        marked = opened.mark(
            item,
            verdict,
            by=_user() if by is None else by,
            note=note,
            true_context=true_context,
            earlier_copy=earlier_copy,
            established=Established(source=source, date=date, place=place, event=event),
            evidence=[Evidence(kind="link", url=url) for url in links or ()],
            seen_version=before.version,
            key=key,
        )
    review_terminal.print_contrary(marked, marked.meanwhile or before.decision)
    if as_json:
        print_json(marked.event.to_json())
    else:
        review_terminal.print_events([marked.event])


def log(
    item: Annotated[
        str | None, typer.Argument(metavar="[ITEM]", help="SHA-256, its start, or a path.")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the review events in order: who said what about which item, and when."""
    from verify import review_terminal

    with existing(archive) as opened:
        events = opened.log(item)
        if as_json:
            for event in events:
                print_json(event.to_json())
        else:
            review_terminal.print_events(events)


def check(
    head: Annotated[
        str | None, typer.Option("--head", help="Prove that the log still holds the head printed earlier.")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prove that the log, the stored originals and the thumbnails are as they were recorded."""
    from verify import review_terminal

    with existing(archive) as opened, review_terminal.check_progress() as report:
        found = opened.check(head=head, report=report)
    if as_json:
        print_json(found.to_json())
    else:
        review_terminal.print_check(found, known_head=head is not None)
    raise typer.Exit(ExitCode.FAULTS_FOUND if found.faults else ExitCode.OK)


def _user() -> str:
    """Return the name under which this process runs; without one the archive asks for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a bare container has no names (KeyError before Python 3.13)
        return ""

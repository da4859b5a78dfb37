"""The commands that write and prove the review log: what is said about items, log, check."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from verify.arguments import ArchiveOption, ExitCode, JsonOption, existing, print_json

if TYPE_CHECKING:
    from pathlib import Path

    from verify.archive import Archive
    from verify.review.events import ReviewEvent

ItemArgument = Annotated[str, typer.Argument(metavar="ITEM", help="SHA-256, its start, or a path.")]
OtherArgument = Annotated[str, typer.Argument(metavar="OTHER", help="The item that it matches.")]
ReviewerOption = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who says it.  [default: the user's name]")
]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help="Why.")]
KeyOption = Annotated[
    str | None, typer.Option("--key", help="Repeating a command with the same key records it once.")
]
EstablishedOption = {
    name: typer.Option(f"--{name}", metavar="TEXT", help=f"What was established: the {name}.")
    for name in ("source", "date", "place", "event")
}


def mark(
    item: ItemArgument,
    verdict: Annotated[Literal["verified", "unverified", "misattributed"], typer.Argument(metavar="VERDICT")],
    by: ReviewerOption = None,
    note: NoteOption = "",
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
    key: KeyOption = None,
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
            by=_name(by),
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


def withdraw(
    item: ItemArgument,
    by: ReviewerOption = None,
    given: Annotated[
        int | None,
        typer.Option("--given", metavar="LINE", help="The log line that gave it.  [default: your latest]"),
    ] = None,
    note: NoteOption = "",
    key: KeyOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back your verdict by another line of the log; what stood before it stands again."""
    _say(
        archive,
        lambda opened: opened.withdraw(item, by=_name(by), given=given, note=note, key=key),
        as_json=as_json,
    )


def claim(
    item: ItemArgument,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="What the post says.")] = "",
    by: ReviewerOption = None,
    date: Annotated[str, typer.Option("--date", metavar="TEXT", help="As claimed.")] = "",
    place: Annotated[str, typer.Option("--place", metavar="TEXT", help="As claimed.")] = "",
    event: Annotated[str, typer.Option("--event", metavar="TEXT", help="As claimed.")] = "",
    post: Annotated[str, typer.Option("--post", metavar="URL", help="Address of the post.")] = "",
    archived: Annotated[
        str, typer.Option("--archived", metavar="URL", help="Address of the post's archived copy.")
    ] = "",
    key: KeyOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record what the post asserts; it takes the place of what was recorded before."""
    from verify.review.case import Claim

    said = Claim(text=text, claimed_date=date, place=place, event=event, post_url=post, archived_url=archived)
    _say(archive, lambda opened: opened.claim(item, said, by=_name(by), key=key), as_json=as_json)


def note(
    item: ItemArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    by: ReviewerOption = None,
    key: KeyOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a remark to an item."""
    _say(archive, lambda opened: opened.add_note(item, text, by=_name(by), key=key), as_json=as_json)


def discuss(
    item: ItemArgument,
    by: ReviewerOption = None,
    note: NoteOption = "",
    key: KeyOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open an item for discussion; the next verdict closes it."""
    _say(archive, lambda opened: opened.discuss(item, by=_name(by), note=note, key=key), as_json=as_json)


def assign(
    item: ItemArgument,
    to: Annotated[str, typer.Argument(metavar="[REVIEWER]", help="Without a name it is handed back.")] = "",
    by: ReviewerOption = None,
    key: KeyOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hand an item to a reviewer."""
    _say(archive, lambda opened: opened.assign(item, to, by=_name(by), key=key), as_json=as_json)


def confirm_match(
    item: ItemArgument,
    other: OtherArgument,
    by: ReviewerOption = None,
    note: NoteOption = "",
    key: KeyOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Confirm that two items share pictures."""
    _say(
        archive,
        lambda opened: opened.confirm_match(item, other, by=_name(by), note=note, key=key),
        as_json=as_json,
    )


def refuse_match(
    item: ItemArgument,
    other: OtherArgument,
    by: ReviewerOption = None,
    note: NoteOption = "",
    key: KeyOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Refuse a match: from then on the two are in no family together."""
    _say(
        archive,
        lambda opened: opened.refuse_match(item, other, by=_name(by), note=note, key=key),
        as_json=as_json,
    )


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


def _say(archive: Path | None, statement: Callable[[Archive], ReviewEvent], *, as_json: bool) -> None:
    """Append what is said to the log of an archive, and print its line."""
    from verify import review_terminal

    with existing(archive) as opened:
        event = statement(opened)
    if as_json:
        print_json(event.to_json())
    else:
        review_terminal.print_events([event])


def _name(by: str | None) -> str:
    """Return who speaks, or the name under which this process runs; without one the archive asks for it."""
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a bare container has no names (KeyError before Python 3.13)
        return ""


COMMANDS = (mark, withdraw, claim, note, discuss, assign, confirm_match, refuse_match, log, check)
"""In the order in which the command line lists them."""

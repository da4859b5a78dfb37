"""The command that takes things out of the archive: export."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from verify.arguments import ArchiveOption, existing

if TYPE_CHECKING:
    from verify.export.request import Exported, Report

FormatName = Literal["csv", "jsonl", "parquet", "mediareview", "bundle", "report"]
"""The names in `verify.export.formats`, written out so that `--help` need not import them."""

TableName = Literal["items", "fingerprints", "frames", "findings", "matches", "reviews"]


def export(
    form: Annotated[FormatName, typer.Option("--format", help="What to write.")],
    items: Annotated[
        list[str] | None, typer.Argument(metavar="[ITEM]...", help="SHA-256, its start, or a path; else all.")
    ] = None,
    table: Annotated[
        TableName | None, typer.Option("--table", help="Which table.  [default: all, in a folder]")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="File or folder.  [default: stdout]")
    ] = None,
    publisher: Annotated[
        str, typer.Option("--publisher", metavar="NAME", help="mediareview: the organisation.")
    ] = "",
    publisher_url: Annotated[
        str, typer.Option("--publisher-url", metavar="URL", help="mediareview: its address.")
    ] = "",
    page: Annotated[
        str, typer.Option("--page", metavar="URL", help="mediareview: of the review; {sha256} is filled in.")
    ] = "",
    published: Annotated[
        str, typer.Option("--published", metavar="DATE", help="mediareview: when, ISO 8601.")
    ] = "",
    categories: Annotated[
        list[str] | None,
        typer.Option("--category", metavar="NAME", help="mediareview: said of these items besides."),
    ] = None,
    timestamp_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", envvar="VERIFY_TIMESTAMP_URL", help="bundle: who stamps its digest (RFC 3161)."
        ),
    ] = None,
    timestamp_roots: Annotated[
        Path | None,
        typer.Option(
            metavar="PEM", envvar="VERIFY_TIMESTAMP_ROOTS", help="bundle: who may vouch for the stamp."
        ),
    ] = None,
    archive: ArchiveOption = None,
) -> None:
    """Take items, tables or reviews out of the archive, for others to use and check."""
    from verify.export.request import Authority, Publication

    authority = Authority(url=timestamp_url, roots=timestamp_roots) if timestamp_url else None
    publication = Publication(
        publisher=publisher,
        publisher_url=publisher_url,
        page=page,
        date=published,
        categories=frozenset(categories or ()),
    )
    with existing(archive) as opened, _progress(shown=output is not None) as report:
        done = opened.export(
            form,
            items or None,
            output=output or sys.stdout.buffer,
            table=table,
            publication=publication,
            authority=authority,
            report=report,
        )
    _print(done)


@contextmanager
def _progress(*, shown: bool) -> Iterator[Report]:
    """Say in a terminal what is being written, and how much of it; never between the lines of a table."""
    from verify.terminal import talk

    if not (shown and talk.is_terminal):
        yield lambda _what, _done: None
        return
    with talk.status("Reading the archive") as status:
        yield lambda what, done: status.update(f"{what} {done:,}")


def _print(done: Exported) -> None:
    """Say on stderr where it went and what is missing."""
    from verify.terminal import marked, talk

    for gap in done.gaps:
        talk.print(
            f"[yellow]missing[/] {gap.item[:12]} {gap.field}: {marked(gap.explanation)}", soft_wrap=True
        )
    for file in done.files:
        talk.print(f"Wrote {marked(str(file))}", soft_wrap=True)
    if done.digest:
        talk.print(f"Digest of the bundle: [bold]{done.digest}[/]", soft_wrap=True)
        talk.print("Write it down elsewhere; it proves later that the bundle is this one.", soft_wrap=True)

"""The case report of one item or several, as a page to read or a PDF to print and file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

from verify.draw_match import draw_match
from verify.errors import UnreadableMedia, VerifyError
from verify.export import casefile, report_html
from verify.export.casefile import Casefile
from verify.export.report_blocks import Document
from verify.export.report_content import Chapter, chapter, report
from verify.export.request import Exported, Request
from verify.media.shrinking import as_jpeg
from verify.on_disk import whole_file
from verify.store.role import Store

DRAWN: Final = 6
"""Matches of one item that are drawn, the best ones: for each of them both files are decoded."""

DISTRIBUTION: Final = "verify-media"


def write(store: Store, request: Request) -> Exported:
    """Write the report as HTML or PDF, told by the name of the output: `.html` or `.pdf`.

    Raises `VerifyError` with code `no-format` for another name, `missing-extra` where PDF needs what is not
    installed.
    """
    target = request.output
    if not isinstance(target, Path) or target.suffix.lower() not in RENDERERS:
        raise VerifyError("A report is an .html or a .pdf file: name one for it.", code="no-format")
    items = casefile.chosen(store, request.items)
    if not items:
        raise VerifyError("There is no item to report on.", code="unknown-item")
    chapters: list[Chapter] = []
    for done, item in enumerate(items, 1):
        one = casefile.gather(store, item)
        chapters.append(chapter(one, draw(store, one)))
        request.report("items", done)
    shown = report(chapters, casefile.head_of(store), tool())
    with whole_file(target) as file:
        file.write(RENDERERS[target.suffix.lower()](shown))
    return Exported(files=(target,), records=len(items))


def tool() -> str:
    """Return the name and version of this program."""
    return f"{DISTRIBUTION} {version(DISTRIBUTION)}"


def draw(store: Store, one: Casefile) -> dict[int, bytes]:
    """Draw the best matches of which both files are still there: JPEGs by number of the match."""
    return dict(_drawn(store, one))


def _drawn(store: Store, one: Casefile) -> Iterator[tuple[int, bytes]]:
    for number, match in enumerate(one.matches[:DRAWN]):
        other = casefile.drawable(store, match)
        if one.original is None or other is None:
            continue
        try:
            yield number, as_jpeg(draw_match(one.original, other))[0]
        except UnreadableMedia:  # gone or rewritten since it was looked for
            continue


def _pdf(shown: Document) -> bytes:
    from verify.export import report_pdf

    return report_pdf.render(shown)


RENDERERS: Final[Mapping[str, Callable[[Document], bytes]]] = {".html": report_html.render, ".pdf": _pdf}
"""By the ending of the file's name."""

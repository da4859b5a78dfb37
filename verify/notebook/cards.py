"""The few pieces of HTML that every card is made of. Values are escaped here and nowhere else."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from verify.labels import printable

SEVERITY_COLOURS = {"warning": "#b45309", "notice": "#0e7490", "info": "#6b7280"}
"""Readable on white and on the dark of JupyterLab; the word stands beside the colour."""

MUTED = "#6b7280"
LINE = "1px solid #8885"


@dataclass(frozen=True, slots=True)
class Html:
    """Text that is HTML already; everything else is escaped."""

    text: str


def html(value: object) -> str:
    """Return a value as HTML: escaped, in one line, with what could steer it replaced."""
    return value.text if isinstance(value, Html) else escape(printable(str(value)))


def card(title: object, *parts: Html | None) -> str:
    """Return one framed card; parts that are None are left out."""
    head = f'<div style="font-weight:600;font-size:1.1em;overflow-wrap:anywhere">{html(title)}</div>'
    body = "".join(part.text for part in parts if part is not None)
    return (
        f'<div style="border:{LINE};border-radius:6px;padding:10px 14px;max-width:960px">{head}{body}</div>'
    )


def file_name(path: str | bytes) -> str:
    """Return the last part of a path, whatever bytes it has."""
    return printable(os.fsencode(path).rsplit(b"/", 1)[-1])


def line(text: object, *, colour: str = "") -> Html:
    """Return a line of text."""
    style = f' style="color:{colour}"' if colour else ""
    return Html(f"<div{style}>{html(text)}</div>")


def code(text: object) -> Html:
    """Return a hash, or another text to copy, in letters of one width."""
    return Html(f'<code style="overflow-wrap:anywhere">{html(text)}</code>')


def table(rows: Iterable[tuple[object, ...]], *, head: tuple[object, ...] = ()) -> Html | None:
    """Return rows as a table, texts to the left; None if there are no rows."""
    style = 'style="text-align:left;vertical-align:top;padding:1px 14px 1px 0"'
    lines = ["".join(f"<td {style}>{html(cell)}</td>" for cell in row) for row in rows]
    if not lines:
        return None
    top = "".join(f"<th {style}>{html(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{cells}</tr>" for cells in ([top] if head else []) + lines)
    return Html(f'<table style="margin:6px 0;border:none">{body}</table>')


def folded(title: str, inside: Html | None) -> Html | None:
    """Return something that opens at a click, without script; None if there is nothing inside."""
    if inside is None:
        return None
    return Html(f'<details><summary style="cursor:pointer">{html(title)}</summary>{inside.text}</details>')


def picture(data: bytes, *, kind: str = "jpeg", alt: str, style: str = "max-width:100%") -> Html:
    """Return a picture that travels inside the page."""
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return Html(f'<img src="{source}" alt="{html(alt)}" style="{style}">')


def row(parts: Iterable[Html]) -> Html:
    """Return pieces beside each other, in as many lines as the page's width needs."""
    inside = "".join(part.text for part in parts)
    return Html(f'<div style="display:flex;flex-wrap:wrap;gap:8px;margin:6px 0">{inside}</div>')


def captioned(part: Html, words: object) -> Html:
    """Return a piece with small words below it."""
    below = f'<div style="font-size:0.85em;color:{MUTED}">{html(words)}</div>'
    return Html(f"<div>{part.text}{below}</div>")

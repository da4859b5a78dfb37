"""A report as one HTML page: no script, no outside reference, made to be printed.

Everything is escaped by jinja2, which escapes what it is given unless it is told otherwise; it is told
otherwise for the style sheet alone.
"""

from __future__ import annotations

import base64
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from verify.export.report_blocks import Document, Picture, TimeLine

WIDTH: Final = 1000
"""Units of a time line across."""

TOP, BOTTOM, BAR = 22, 88, 14
"""Units from above of the two bars, and their height."""


def render(document: Document) -> bytes:
    """Return the page, UTF-8."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    home = files("verify.export")
    template = environment.from_string((home / "report.html").read_text(encoding="utf-8"))
    style = Markup((home / "report.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    page = template.render(document=document, style=style, data=_data, kind=_kind, drawn=_drawn)
    return page.encode("utf-8", "replace")


def _kind(block: object) -> str:
    return type(block).__name__


def _data(picture: Picture) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.content).decode()}"


def _drawn(line: TimeLine) -> dict[str, Any]:
    """Return the places of a time line's parts; both bars have one scale."""
    unit = WIDTH / max(line.here_seconds, line.there_seconds)
    spans = [
        {
            "here": (start * unit, max((end - start) * unit, 2)),
            "there": (other * unit, max((last - other) * unit, 2)),
            "link": f"{start * unit:.1f},{TOP + BAR} {max(end * unit, start * unit + 2):.1f},{TOP + BAR} "
            f"{max(last * unit, other * unit + 2):.1f},{BOTTOM} {other * unit:.1f},{BOTTOM}",
        }
        for start, end, other, last in line.spans
    ]
    return {
        "spans": spans,
        "here": line.here_seconds * unit,
        "there": line.there_seconds * unit,
        "top": TOP,
        "bottom": BOTTOM,
        "bar": BAR,
        "width": WIDTH,
    }

"""When two videos show the same: a chart of the segments of a match, drawn with Altair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from verify.records import Match, Segment

if TYPE_CHECKING:
    from altair import LayerChart

WIDTH: Final = 560
ROW_HEIGHT: Final = 34
"""Pixels of the plot."""

SHORTEST: Final = 0.04
"""Seconds that a moment without length is drawn wide: one frame at 25 frames a second."""

SIDES: Final = ("asked", "found")

COLOURS: Final = ("#0e7490", "#b45309", "#6d28d9", "#15803d", "#be123c", "#525252")
"""One for each segment, the same on both sides, and again from the first after the last."""


def timeline(match: Match) -> LayerChart:
    """Return an Altair chart of a match of videos: the stretches that both sides share, in seconds.

    The upper bars are times of the query, the lower ones of the found item; bars of one number belong
    together. Raises `ValueError` for a match of two stills, which has no times.

    >>> footage = "samples/media/IMG_2291.MOV"
    >>> match = verify.compare("samples/media/january_wonders_compilation.mp4", footage)
    >>> verify.timeline(match).save("segments.svg")     # or .html, .png
    """
    import altair as alt

    if not is_timed(match):
        raise ValueError("This match has no times: both sides are stills.")
    bars = [bar for number, segment in enumerate(match.segments, 1) for bar in _bars(number, segment)]
    base = alt.Chart({"values": bars}).encode(
        y=alt.Y("side:N", sort=list(SIDES), title=None, axis=alt.Axis(labelFontSize=13))
    )
    drawn = base.mark_bar(cornerRadius=3).encode(
        x=alt.X("start:Q", title="seconds", scale=alt.Scale(zero=True)),
        x2="end:Q",
        color=alt.Color("colour:N", scale=None),
    )
    named = base.mark_text(color="white", fontWeight="bold").encode(x="middle:Q", text="number:N")
    chart: LayerChart = (drawn + named).properties(width=WIDTH, height=alt.Step(ROW_HEIGHT))
    return chart


def timeline_svg(match: Match) -> str:
    """Return the chart as SVG: static, so it needs no script to be seen."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(timeline(match).to_json()))


def is_timed(match: Match) -> bool:
    """Say whether at least one side is a video."""
    return any(segment.query_end or segment.found_end for segment in match.segments)


def _bars(number: int, segment: Segment) -> list[dict[str, object]]:
    spans = ((segment.query_start, segment.query_end), (segment.found_start, segment.found_end))
    return [
        {
            "side": side,
            "number": str(number),
            "start": start,
            "end": max(end, start + SHORTEST),
            "middle": (start + end) / 2,
            "colour": COLOURS[(number - 1) % len(COLOURS)],
        }
        for side, (start, end) in zip(SIDES, spans, strict=True)
    ]

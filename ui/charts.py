"""Verdicts as stacked bars: over time, by kind, by reviewer, by how long they took.

Apart from the screen because of what it imports. The charts are drawn in the browser and ask no host.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from ui.figures import SPANS, Given, table
from verify import VERDICTS, printable

COLOURS: Final = {
    "light": ("#1a7f4b", "#6b7280", "#b4540a"),
    "dark": ("#4cc38a", "#a1a7b3", "#f0a35e"),
}
"""Of the verdicts, by theme; the same as in the style sheets, which a chart cannot read."""

DAYS: Final = timedelta(days=90)
"""Longer spans are drawn by month."""

FEWEST_DAYS: Final = timedelta(days=13)
"""Before the last one, so that a single day is no wall of colour."""

HIGH: Final = 220
"""Pixels of a chart with standing bars."""

BAR: Final = 26
"""Pixels a line of a chart with lying bars takes."""

AXIS: Final = 40
"""Pixels below them."""

LONGEST_LABEL: Final = 160
"""Pixels of a reviewer's name beside a bar."""

MOST_LINES: Final = 20
"""Reviewers shown: those with most verdicts."""


def draw(given: Sequence[Given]) -> None:
    """Draw all charts."""
    rows = pd.DataFrame(table(given))
    rows["by"] = rows["by"].map(printable)
    left, right = st.columns(2, gap="large")
    with left:
        _over_time(rows)
        _lying("By kind", rows, "kind")
    with right:
        _to_first_verdict(rows.dropna(subset="took"))
        _lying("By reviewer", rows, "by")


def _over_time(rows: pd.DataFrame) -> None:
    first, last = rows["day"].min(), rows["day"].max()
    by_day = last - first <= DAYS
    unit = alt.TimeUnitParams(unit="yearmonthdate" if by_day else "yearmonth", utc=True)
    begin = min(first, last - FEWEST_DAYS)
    scale = alt.Scale(type="utc", domain=[f"{begin}", f"{last + timedelta(days=1)}"])
    axis = alt.Axis(format="%-d %b" if by_day else "%b %Y", labelOverlap=True, labelSeparation=12)
    if by_day:  # under the middle of its bar, where a day at its beginning would seem to name the one before
        axis.values = [
            alt.DateTime(year=day.year, month=day.month, date=day.day, hours=12, utc=True)
            for day in pd.date_range(begin, last)
        ]
    shown = rows.assign(day=pd.to_datetime(rows["day"], utc=True))
    across = alt.X("day:T", title=None, timeUnit=unit, scale=scale, axis=axis)
    _bars("By day" if by_day else "By month", shown, x=across, y=_number(alt.Y), height=HIGH)


def _to_first_verdict(rows: pd.DataFrame) -> None:
    names = [name for _, name in SPANS]
    axis = alt.Axis(labelAngle=0, labelOverlap=True, labelSeparation=12)
    across = alt.X("took:N", title=None, sort=names, scale=alt.Scale(domain=names), axis=axis)
    _bars("From arrival to the first verdict", rows, x=across, y=_number(alt.Y), height=HIGH)


def _lying(title: str, rows: pd.DataFrame, field: str) -> None:
    most = rows[field].value_counts().index[:MOST_LINES]
    names = alt.Y(f"{field}:N", title=None, sort="-x", axis=alt.Axis(labelLimit=LONGEST_LABEL))
    kept = rows[rows[field].isin(most)]
    _bars(title, kept, y=names, x=_number(alt.X), height=BAR * len(most) + AXIS)


def _number(axis: type[Any]) -> Any:
    """Return an axis that counts verdicts."""
    return axis(aggregate="count", title=None, axis=alt.Axis(tickMinStep=1, format="d"))


def _bars(title: str, rows: pd.DataFrame, *, x: alt.X, y: alt.Y, height: int) -> None:
    """Draw verdicts as stacked bars in their colours; what they mean stands in the figures above."""
    shades = alt.Scale(domain=list(VERDICTS), range=list(COLOURS[st.context.theme.type or "light"]))
    colour = alt.Color("verdict:N", scale=shades, legend=None)
    told = [alt.Tooltip("verdict:N"), alt.Tooltip(aggregate="count", title="number")]
    chart = alt.Chart(rows).mark_bar().encode(x=x, y=y, color=colour, tooltip=told)
    st.markdown(f"**{title}**")
    st.altair_chart(chart.properties(height=height), width="stretch")

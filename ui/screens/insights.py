"""How the work goes: verdicts by sort, day, kind and reviewer, and how long they took."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import streamlit as st

from ui import session
from ui.figures import Given, roughly, usual_time, verdicts
from ui.logbook import logbook
from ui.parts import VERDICT_ICONS
from verify import VERDICTS, Archive, QueueFilter

RANGES: Final = {"All": None, "30 days": 30, "7 days": 7}

STYLE: Final = """
<style>
.figures { display: flex; flex-wrap: wrap; gap: 1rem 3rem; margin: 0.25rem 0 1rem; }
.figure { display: flex; flex-direction: column; font-size: 0.875rem; }
.figure b { font-size: 1.75rem; font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
.figure i { font: 1.125em "Material Symbols Rounded"; vertical-align: -0.18em; margin-right: 0.3em; }
.figure.verified { color: light-dark(#1a7f4b, #4cc38a); }
.figure.unverified { color: light-dark(#6b7280, #a1a7b3); }
.figure.misattributed { color: light-dark(#b4540a, #f0a35e); }
</style>
"""


def show() -> None:
    """Draw figures and charts."""
    archive = session.archive()
    events = logbook(archive).events
    arrived = sum(event.kind == "item-added" for event in events)
    given = verdicts(events, _kinds(archive, arrived))
    if not given:
        st.subheader("No verdict yet", anchor=False)
        st.text("As soon as somebody decides, this page shows how many, who, and how long it took.")
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader("Insights", anchor=False, width="content")
        chosen = st.segmented_control(
            "Time",
            list(RANGES),
            default="All",
            required=True,
            key="time",
            bind="query-params",
            label_visibility="collapsed",
        )
    _figures(within := _since(given, RANGES[chosen]))
    if within:
        from ui import charts  # draws with pandas and Altair, which the other screens need not wait for

        charts.draw(within)


@st.cache_data(show_spinner=False, max_entries=4, hash_funcs={Archive: lambda archive: str(archive.folder)})
def _kinds(archive: Archive, arrived: int) -> dict[str, str]:  # noqa: ARG001  # new items make a new answer
    """Return of which kind each item is."""
    return {item: kind for kind in ("image", "video") for item in archive.queue_order(QueueFilter(kind=kind))}


def _since(given: list[Given], days: int | None) -> list[Given]:
    if days is None:
        return given
    start = datetime.now(UTC) - timedelta(days=days)
    return [one for one in given if one.at >= start]


def _figures(given: list[Given]) -> None:
    usual = usual_time(given)
    counted = ((verdict, sum(one.verdict == verdict for one in given)) for verdict in VERDICTS)
    figures = [
        _figure(f"{len(given):,}", "verdict" if len(given) == 1 else "verdicts"),
        *(_figure(f"{number:,}", verdict, icon=VERDICT_ICONS[verdict]) for verdict, number in counted),
        _figure(roughly(usual) if usual else "–", "usual time to a verdict"),
    ]
    st.html(f'{STYLE}<div class="figures">{"".join(figures)}</div>')


def _figure(number: str, label: str, *, icon: str = "") -> str:
    """Return one figure as HTML; nothing in it was written by anyone but this page."""
    mark = f'<i aria-hidden="true">{icon}</i>' if icon else ""
    return f'<div class="figure {label if icon else ""}"><b>{number}</b><span>{mark}{label}</span></div>'

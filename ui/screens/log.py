"""Who said what about which item, and when; and the proof that the log is whole."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import streamlit as st

from ui import session
from ui.logbook import Logbook, logbook
from ui.plain import markdown_safe
from ui.told import KINDS, told
from verify import VERDICTS, Check, Fault, ReviewEvent, VerifyError, printable

LINES: Final = 50
"""On one page."""

FAULTS: Final = 20
"""Named on the page; `verify check` names all."""

FILES: Final = Path(__file__).parent.parent / "components"

draw_lines = st.components.v2.component(
    "log_lines", css=(FILES / "log_lines.css").read_text(), js=(FILES / "log_lines.js").read_text()
)


def show() -> None:
    """Draw the log, the latest line first."""
    book = logbook(session.archive())
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(f"{len(book.events):,} lines in the log", anchor=False, width="content")
        if st.button("Is it whole?", icon=":material/verified_user:", key="open_proof"):
            _proof()
    events = _chosen(book)
    if not events:
        st.text("No line answers to this filter." if book.events else "Nothing has happened yet.")
        return
    pages = math.ceil(len(events) / LINES)
    page = st.session_state.get("page", 1) if pages > 1 else 1
    clicked = draw_lines(
        key="lines",
        data={"days": _days(book, events[(page - 1) * LINES : page * LINES])},
        on_open_change=_nothing,
    )
    if pages > 1:
        st.pagination(pages, key="page", bind="query-params")
    if clicked.open:
        session.open_item(clicked.open)


def _chosen(book: Logbook) -> list[ReviewEvent]:
    """Let the reader choose; what is chosen stands in the address."""
    item, by, kind = st.columns([2, 1, 1])
    bound: dict[str, Any] = {
        "bind": "query-params",
        "on_change": _first_page,
        "label_visibility": "collapsed",
    }
    return book.chosen(
        text=item.text_input(
            "Item", key="find", placeholder="Item: part of its name, or start of its SHA-256", **bound
        ),
        by=by.selectbox("Who", book.reviewers, index=None, key="by", placeholder="Everyone", **bound),
        kind=kind.selectbox(
            "What",
            list(KINDS),
            index=None,
            key="event",
            placeholder="Everything",
            format_func=lambda kind: KINDS[kind],
            **bound,
        ),
    )


def _first_page() -> None:
    st.session_state.page = 1


def _nothing() -> None:
    """Leave the click to be read where the lines are drawn."""


def _days(book: Logbook, events: Iterable[ReviewEvent]) -> list[dict[str, Any]]:
    """Return the lines as the component draws them, grouped by day."""
    return [
        {"day": f"{day:%A, %-d %B %Y}, UTC", "lines": [_line(book, event) for event in some]}
        for day, some in groupby(events, key=lambda event: event.at.date())
    ]


def _line(book: Logbook, event: ReviewEvent) -> dict[str, Any]:
    said = told(event)
    return {
        "number": event.sequence,
        "time": f"{event.at:%H:%M:%S}",
        "stamp": event.at.isoformat(timespec="seconds"),
        "by": printable(event.by),
        "verdict": said.what if said.what in VERDICTS else "",
        "what": said.what,
        "said": said.said,
        "item": event.item,
        "name": book.name(event.item),
        "other": said.other,
        "other_name": book.name(said.other) if said.other else "",
    }


@st.dialog("Is the log whole?", width="medium", icon=":material/verified_user:")
def _proof() -> None:
    """Show the head to write down, and prove the archive when asked."""
    st.text("Write this down elsewhere. It proves later that nothing was changed or cut off up to here.")
    st.code(str(session.archive().head()), language=None)
    earlier = st.text_input("One that you wrote down earlier (may be left out)", key="earlier_head")
    if st.button("Check now", type="primary", key="check"):
        _check(earlier.strip())


def _check(earlier: str) -> None:
    bar = st.progress(0.0, "Reading the log")

    def report(done: int, total: int) -> None:
        bar.progress(done / total, f"Originals hashed: {done:,} of {total:,}")

    try:
        found = session.archive().check(head=earlier or None, report=report)
    except VerifyError as error:
        bar.empty()
        st.error(markdown_safe(str(error)), icon=":material/error:")
        return
    bar.empty()
    _outcome(found, with_head=bool(earlier))


def _outcome(found: Check, *, with_head: bool) -> None:
    counts = (
        f"{found.events:,} lines, {found.items:,} items, {found.thumbnails:,} thumbnails and "
        f"{found.originals:,} originals"
    )
    if found.faults:
        st.error(f"{len(found.faults):,} faults in {counts}.", icon=":material/gpp_bad:")
    else:
        st.success(f"All as recorded: {counts}.", icon=":material/verified_user:")
    if not with_head:
        st.caption("Without a head from earlier, a log that was cut short or made anew cannot be told.")
    for line in _named(found.faults):
        st.text(line)
    if found.moved:
        st.caption(f"{len(found.moved):,} paths are empty, but the same bytes are at another path.")


def _named(faults: tuple[Fault, ...]) -> Iterator[str]:
    for fault in faults[:FAULTS]:
        yield printable(f"{fault.subject}: {fault.message}")
    if len(faults) > FAULTS:
        yield f"and {len(faults) - FAULTS:,} more; all of them: verify check"

"""What has arrived: filtered, sorted, page by page; all of it is in the address and can be sent on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import streamlit as st

from ui import address, blur, rows, session
from ui.address import CHOICES, DATES, PAGE, PARAMETERS, SORTS, STATES
from verify import VERDICTS, Archive, Head, QueueCounts, QueueFilter, printable

ROWS: Final = 25
"""Items on one page."""

FIELD: Final = "queue-"
"""Each query parameter has a field whose key is this and its name."""

FIELD_WIDTH: Final = 164
"""Pixels; two fit side by side on a phone."""

SHOWN: Final = "queue-address"
"""The query parameters as the fields show them."""

CHOSEN: Final = "queue-chosen"
"""Whether a field was used: the address that the browser sent with it may be older than the choice before."""


def show() -> None:
    """Draw the queue."""
    archive = session.archive()
    everything = _counts(archive, archive.head(), QueueFilter())
    if not everything.total:
        _empty()
        return
    _take_address()
    _fields(everything)
    parameters = _parameters()
    wanted, sort = address.filter_of(parameters), address.sort_of(parameters)
    counts = _counts(archive, archive.head(), wanted)
    pages = max(1, math.ceil(counts.total / ROWS))
    number = st.session_state[FIELD + PAGE] = min(st.session_state[FIELD + PAGE], pages)
    _head(counts, everything, pages)
    _write_address(parameters | ({PAGE: str(number)} if number > 1 else {}))
    if counts.total:
        page = archive.queue(wanted, sort=sort, offset=(number - 1) * ROWS, limit=ROWS)
        rows.draw(page.rows, key="queue-rows")
    else:
        st.text("No item answers to this filter.")
        st.button("Clear the filter", icon=":material/filter_alt_off:", on_click=_clear)


def look_ahead() -> None:
    """Read what the first reviewer will see: it is at hand then."""
    archive = session.archive()
    _counts(archive, archive.head(), QueueFilter())
    archive.queue(QueueFilter(), limit=ROWS)


def _empty() -> None:
    st.subheader("Nothing here yet", anchor=False)
    st.text("Add pictures and videos here, or bring a folder in with: verify scan FOLDER")
    if st.button("Add files", icon=":material/add_photo_alternate:", type="primary"):
        session.open_page("add")


@lru_cache(maxsize=64)
def _counts(archive: Archive, _head: Head, wanted: QueueFilter) -> QueueCounts:
    """Count; asked again only when the log has grown, which it does with every item and every verdict."""
    return archive.queue_counts(wanted)


def _take_address() -> None:
    """Let the fields show what the address says, if it was not the fields that said it."""
    if st.session_state.pop(CHOSEN, False):
        return
    given = {name: st.query_params[name] for name in (*PARAMETERS, PAGE) if name in st.query_params}
    if given == st.session_state.get(SHOWN) and FIELD + "q" in st.session_state:
        return
    for name in PARAMETERS:
        st.session_state[FIELD + name] = _value(name, given.get(name, ""))
    page = given.get(PAGE, "")
    st.session_state[FIELD + PAGE] = max(1, int(page[:9])) if page.isdecimal() else 1


def _value(name: str, text: str) -> Any:
    """Return what a field holds for the text of a query parameter."""
    if name == "q":
        return text
    if name in DATES:
        return address.day(text)
    return address.known(name, text) or None


def _parameters() -> dict[str, str]:
    """Return the query parameters for what the fields hold."""
    held = {name: st.session_state[FIELD + name] for name in PARAMETERS}
    return {name: str(value) for name, value in held.items() if value}


def _write_address(parameters: Mapping[str, str]) -> None:
    session.keep_queue(parameters)
    st.session_state[SHOWN] = dict(parameters)
    if st.query_params.to_dict() != parameters:
        st.query_params.from_dict(parameters)


def _clear() -> None:
    for name in PARAMETERS:
        st.session_state[FIELD + name] = _value(name, "")
    _choose()


def _choose() -> None:
    """Heed the fields, from the first page on."""
    st.session_state[FIELD + PAGE] = 1
    _turn()


def _turn() -> None:
    st.session_state[CHOSEN] = True


def _fields(counts: QueueCounts) -> None:
    """Draw the fields; those used less often open on demand."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="queue-fields"):
        st.text_input(
            "Search",
            key=FIELD + "q",
            placeholder="Search names, claims, notes, metadata",
            icon=":material/search:",
            label_visibility="collapsed",
            on_change=_choose,
        )
        _choice("status", "State", STATES, counts.statuses, is_labelled=False)
        _choice("verdict", "Verdict", VERDICTS, counts.verdicts, is_labelled=False)
        _choice("finding", "Finding", counts.findings, counts.findings, is_labelled=False)
        with st.popover(_more(), icon=":material/tune:"):
            _choice("kind", "Kind", CHOICES["kind"], counts.kinds)
            _choice("seen", "Seen before", CHOICES["seen"])
            _choice("reviewer", "Reviewer", counts.reviewers, counts.reviewers)
            for name, label in zip(DATES, ("Added from (UTC)", "Added up to (UTC)"), strict=True):
                st.date_input(label, key=FIELD + name, format="YYYY-MM-DD", on_change=_choose)
        _choice("sort", "Order", SORTS, is_labelled=False)


def _more() -> str:
    """Return the label of the fields that open on demand, with how many are in use."""
    used = sum(bool(st.session_state[FIELD + name]) for name in ("kind", "seen", "reviewer", *DATES))
    return f"More ({used})" if used else "More"


def _choice(
    name: str,
    label: str,
    options: Iterable[str],
    counted: Mapping[str, int] | None = None,
    *,
    is_labelled: bool = True,
) -> None:
    """Draw what can be chosen; `counted` says how many items of the whole archive each choice has."""
    chosen, words = st.session_state[FIELD + name], CHOICES.get(name, {})
    offered = list(options) if words else sorted({*options, *([chosen] if chosen else [])})
    st.selectbox(
        label,
        offered,
        key=FIELD + name,
        index=None,
        placeholder=_placeholder(name, label, is_labelled=is_labelled),
        format_func=lambda option: printable(words.get(option, option)) + _count(counted, option),
        label_visibility="visible" if is_labelled else "collapsed",
        width="stretch" if is_labelled else FIELD_WIDTH,
        on_change=_choose,
    )


def _placeholder(name: str, label: str, *, is_labelled: bool) -> str:
    """Return what stands in a field in which nothing is chosen."""
    if name == "sort":
        return next(iter(CHOICES[name].values()))
    return "any" if is_labelled else label


def _count(counted: Mapping[str, int] | None, option: str) -> str:
    return "" if counted is None else f" · {counted.get(option, 0):,}"


def _head(counts: QueueCounts, everything: QueueCounts, pages: int) -> None:
    """Say how many items there are and of which state, and turn pages."""
    total = (
        f"{counts.total:,} "
        if counts.total == everything.total
        else f"{counts.total:,} of {everything.total:,} "
    )
    words = {**STATES, "decided": ""}
    states = [
        f"{counts.statuses[state]:,} {word}"
        for state, word in words.items()
        if word and counts.statuses.get(state)
    ]
    verdicts = [
        f"{counts.verdicts[verdict]:,} {verdict}" for verdict in VERDICTS if counts.verdicts.get(verdict)
    ]
    with st.container(horizontal=True, vertical_alignment="center", key="queue-head"):
        st.subheader(total + ("item" if everything.total == 1 else "items"), anchor=False, width="content")
        st.caption(" · ".join([*states, *verdicts]), width="content")
        st.space("stretch")
        blur.button()
        if pages > 1:
            st.pagination(pages, key=FIELD + PAGE, on_change=_turn)

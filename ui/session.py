"""What the page keeps between runs: the archive, who is reviewing, the queue a reviewer came from.

Every key of `st.session_state` that more than one screen reads is named here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final, NoReturn

import streamlit as st

from verify import Archive, QueueFilter, open_archive

PAGES: Final = "pages"
"""Screens by their place in the URL."""

QUEUE: Final = "queue"
"""The query parameters of the queue as the reviewer left it."""

REVIEWER: Final = "reviewer"
"""The name given, where nobody signs in."""

SORTS: Final = {
    "newest": "Newest first",
    "oldest": "Oldest first",
    "last-changed": "Last decided",
    "name": "Name",
    "largest": "Largest",
}
"""Orders of the queue, the usual one first."""

CLAIMS: Final = ("email", "preferred_username", "name", "sub")
"""What may name a person who signed in, best first (OpenID Connect Core 1.0, section 5.1)."""


def archive() -> Archive:
    """Return the archive that `verify review` was started with."""
    return _opened(os.environ.get("VERIFY_ARCHIVE"))


@cache
def _opened(location: str | None) -> Archive:
    return open_archive(location, create=False)


def keep_pages(pages: Mapping[str, Any]) -> None:
    """Remember the screens, so that one can lead to another."""
    st.session_state[PAGES] = dict(pages)


def open_item(sha256: str) -> NoReturn:
    """Go to the page of one item."""
    st.switch_page(st.session_state[PAGES]["item"], query_params={"item": sha256})


def open_queue() -> NoReturn:
    """Go back to the queue as the reviewer left it."""
    st.switch_page(st.session_state[PAGES]["queue"], query_params=st.session_state.get(QUEUE, {}))


def keep_queue(parameters: Mapping[str, str]) -> None:
    """Remember how the queue is filtered and sorted."""
    st.session_state[QUEUE] = dict(parameters)


def queue_filter() -> tuple[QueueFilter, str]:
    """Return the filter and the order of the queue that the reviewer came from."""
    parameters = st.session_state.get(QUEUE, {})
    return filter_of(parameters), parameters.get("sort", next(iter(SORTS)))


def filter_of(parameters: Mapping[str, str]) -> QueueFilter:
    """Read a filter from query parameters; what makes no sense there is left out."""
    seen = {"yes": True, "no": False}.get(parameters.get("seen", ""))
    until = _day(parameters.get("until", ""))
    chosen = {
        name: parameters.get(name) or None for name in ("status", "verdict", "kind", "finding", "reviewer")
    }
    return QueueFilter(
        **chosen,
        since=_day(parameters.get("since", "")),
        until=until and until + timedelta(days=1),
        seen_before=seen,
        text=parameters.get("q", ""),
    )


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def reviewer() -> str:
    """Return who is reviewing, empty if nobody has said so yet.

    Taken from the sign-in or the trusted header of a proxy; only without either is it the name asked once.
    """
    for claim in CLAIMS:
        if name := st.user.get(claim):
            return str(name)
    return "" if sign_in_needed() else st.session_state.get(REVIEWER, "")


def sign_in_needed() -> bool:
    """Say whether sign-in is configured here; then no name is taken from a form."""
    return "is_logged_in" in st.user


def ask_for_name() -> None:
    """Show the one-time question who is reviewing, or the sign-in."""
    if sign_in_needed():
        st.button("Sign in", icon=":material/login:", on_click=st.login)
        return
    with st.form("who", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Your name, as the log shall show it", max_chars=100, autocomplete="name")
        if st.form_submit_button("Start", type="primary") and name.strip():
            st.session_state[REVIEWER] = name.strip()
            st.rerun()

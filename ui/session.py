"""What the page keeps between runs: who is reviewing, the queue a reviewer came from.

Every key of `st.session_state` that more than one screen reads is named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NoReturn

import streamlit as st

from ui import address, remembered
from ui.opened import archive
from verify import QueueFilter, QueueSort

__all__ = ["archive"]

PAGES: Final = "pages"
"""Screens by their place in the URL."""

QUEUE: Final = "queue"
"""The query parameters of the queue as the reviewer left it."""

REVIEWER: Final = "reviewer"
"""The name given, where nobody signs in; also what the browser remembers it as."""

BLUR: Final = "blur"
"""Whether pictures are blurred until asked for; also what the browser remembers it as."""

CLAIMS: Final = ("email", "preferred_username", "name", "sub")
"""What may name a person who signed in, best first (OpenID Connect Core 1.0, section 5.1)."""

LONGEST_NAME: Final = 100
"""Characters of a reviewer's name."""


def keep_pages(pages: Mapping[str, Any]) -> None:
    """Remember the screens, so that one can lead to another."""
    st.session_state[PAGES] = dict(pages)


def open_page(name: str) -> NoReturn:
    """Go to a screen by its place in the URL; the queue opens as the reviewer left it."""
    parameters = st.session_state.get(QUEUE, {}) if name == "queue" else {}
    st.switch_page(st.session_state[PAGES][name], query_params=parameters)


def open_item(sha256: str) -> NoReturn:
    """Go to the page of one item."""
    st.switch_page(st.session_state[PAGES]["item"], query_params={"item": sha256})


def open_queue() -> NoReturn:
    """Go back to the queue as the reviewer left it."""
    open_page("queue")


def keep_queue(parameters: Mapping[str, str]) -> None:
    """Remember how the queue is filtered, sorted and turned."""
    st.session_state[QUEUE] = dict(parameters)


def queue_filter() -> tuple[QueueFilter, QueueSort]:
    """Return the filter and the order of the queue that the reviewer came from."""
    parameters = st.session_state.get(QUEUE, {})
    return address.filter_of(parameters), address.sort_of(parameters)


def reviewer() -> str:
    """Return who is reviewing, empty if nobody has said so yet.

    Taken from the sign-in or the trusted header of a proxy; only without either is it the name asked once.
    """
    if sign_in_needed():
        return _signed_in()
    return st.session_state.get(REVIEWER) or remembered.recall(REVIEWER)


def sign_in_needed() -> bool:
    """Say whether a sign-in or a trusted header is configured; then no name is taken from a form."""
    return "is_logged_in" in st.user or bool(st.get_option("server.trustedUserHeaders"))


def is_named_by_server() -> bool:
    """Say whether the name comes from a sign-in or a proxy, and not from the reviewer."""
    return bool(_signed_in())


def _signed_in() -> str:
    """Return whom the sign-in or the proxy names; an address that nobody proved to own names nobody."""
    unproven = {"email"} if st.user.get("email_verified") is False else set()
    return next((str(st.user[claim]) for claim in CLAIMS if claim not in unproven and st.user.get(claim)), "")


def ask_for_name() -> None:
    """Show the one-time question who is reviewing, or the sign-in."""
    if "is_logged_in" in st.user:
        st.button("Sign in", icon=":material/login:", on_click=st.login, type="primary")
        return
    if sign_in_needed():
        st.text("Nobody said who you are. Open this page through the address at which you sign in.")
        return
    with st.form("who", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Your name, as the log shall show it", max_chars=LONGEST_NAME, autocomplete="name", width=320
        )
        if st.form_submit_button("Start", type="primary") and name.strip():
            st.session_state[REVIEWER] = name.strip()
            remembered.keep(REVIEWER, name.strip())
            st.rerun()


def is_blurred() -> bool:
    """Say whether pictures are blurred until asked for; they are, unless the reviewer said otherwise."""
    if BLUR not in st.session_state:
        st.session_state[BLUR] = remembered.recall(BLUR) != "off"
    return bool(st.session_state[BLUR])


def set_blur(*, is_on: bool) -> None:
    """Blur pictures or not, now and at the next visit."""
    st.session_state[BLUR] = is_on
    remembered.keep(BLUR, "on" if is_on else "off")

"""One item: the picture is the hero, the leads below it, the decision always in sight beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from ui import blur, shortcuts
from ui.item import copies, decision, details, viewing, worklist
from ui.item.sentences import lead
from ui.item.shown import Shown, read
from ui.plain import markdown_safe, shortened

STYLE = Path(__file__).parent.parent / "item" / "item.css"

NAME_LENGTH = 60


def show() -> None:
    """Draw the item that the address names."""
    asked = st.query_params.get("item", "")
    if not asked:
        st.info("No item is open. Choose one in the queue.", icon=":material/image_search:")
        return
    shown = read(asked)
    st.html(STYLE)
    _bar(shown)
    item, panel = st.columns([2, 1], gap="medium")
    with item:
        viewing.show(shown)
        with st.container(horizontal=True, vertical_alignment="top", gap="small", key="lead"):
            st.markdown(lead(shown), width="stretch")
            viewing.search_elsewhere(shown)
        _tabs(shown)
    with panel:
        decision.show(shown)


def _bar(shown: Shown) -> None:
    """Draw the name and the way to the neighbours."""
    place = worklist.place_of(shown.sha256)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="item_bar"):
        st.markdown(f"**{markdown_safe(shortened(shown.name, NAME_LENGTH))}**", width="stretch")
        st.caption(f"{place.number or '–'} of {place.total:,}", width="content")
        blur.button()
        _step("Previous", "chevron_left", shortcuts.PREVIOUS, is_possible=place.previous is not None)
        _step("Next", "chevron_right", shortcuts.NEXT, is_possible=place.following is not None)


def _step(label: str, icon: str, key: str, *, is_possible: bool) -> None:
    st.button(
        label,
        key=f"go_{label.lower()}",
        icon=f":material/{icon}:",
        shortcut=key,
        disabled=not is_possible,
        on_click=_go,
        args=(label,),
    )


def _go(label: str) -> None:
    """Go on from the item that is open now, which may be a later one than when the button was drawn."""
    place = worklist.place_of(st.query_params["item"])
    to = place.previous if label == "Previous" else place.following
    if to is not None:
        st.query_params["item"] = to


def _tabs(shown: Shown) -> None:
    """Draw the open tab; the others cost nothing until they are asked for."""
    examination = shown.examination
    names = {
        "copies": f"Copies {len(shown.copies)}",
        "findings": f"Findings {len(examination.findings) + len(examination.problems)}",
        "metadata": "Metadata",
        "hashes": "Hashes",
        "history": "History",
    }
    drawn: dict[str, Callable[[], None]] = {
        "copies": lambda: copies.show(shown),
        "findings": lambda: details.findings(examination),
        "metadata": lambda: details.metadata(examination),
        "hashes": lambda: details.hashes(shown),
        "history": lambda: details.history(shown),
    }
    tabs = st.tabs(list(names.values()), on_change="rerun", key="tab")
    for tab, draw in zip(tabs, drawn.values(), strict=True):
        with tab:
            if tab.open:
                draw()

"""The picture or the video, as large as the screen allows, and what can be taken from it."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from ui import media_links, session
from ui.item import components, evidence
from ui.item.shown import Shown
from ui.parts import facts
from verify import ItemSummary, View

FRAMES_A_SECOND: Final = 25.0
"""Where a file does not say: one step of the player."""

SERVICES: Final = (
    ("Google Lens", "https://lens.google.com/", "Crops and objects; often finds the place."),
    ("Yandex Images", "https://yandex.com/images/", "Faces, buildings and Russian-language sites."),
    ("Bing Visual Search", "https://www.bing.com/visualsearch", "A second index; lets you cut out a part."),
    ("TinEye", "https://tineye.com/", "Exact copies, sorted by the day they were first seen."),
)
"""Reverse image search: name, address, what it is good at. Opened by the reviewer, never by the page."""


def show(shown: Shown) -> None:
    """Draw the item and what can be taken from it."""
    if shown.item.kind == "video":
        components.player(
            key="player",
            data=_video(shown),
            on_region_change=lambda: evidence.add_region(shown, st.session_state.player.region),
            on_stretch_change=lambda: evidence.add_stretch(shown, st.session_state.player.stretch),
        )
    else:
        components.viewer(
            key="viewer",
            data=_picture(shown),
            on_region_change=lambda: evidence.add_region(shown, st.session_state.viewer.region),
        )


def search_elsewhere(shown: Shown) -> None:
    """Lead to reverse image search, and say what to upload where."""
    with st.popover("Search elsewhere", icon=":material/travel_explore:"):
        what = "the original file" if shown.item.kind == "image" else "a frame saved from the player"
        st.text(f"Opens another site in a new tab. Upload {what} there; nothing is sent before you do.")
        if shown.item.kind == "image":
            st.text("A crop without captions and borders is often found when the whole picture is not.")
        for name, address, good_at in SERVICES:
            with st.container(gap=None):
                st.link_button(name, address, width="stretch")
                st.caption(good_at)


def source_of(shown_kind: str, form: str, sha256: str) -> str:
    """Return a link to the original if browsers show or play it, to a picture of a still; else nothing."""
    if media_links.is_animation(shown_kind, form):
        return ""
    if media_links.is_shown(shown_kind, form):
        return media_links.original(sha256)
    return "" if shown_kind == "video" else media_links.picture(sha256)


def samples(sha256: str, views: tuple[View, ...]) -> list[dict[str, Any]]:
    """Return the stored views as the components want them."""
    return [
        {
            "time": float(view.time),
            "cut": view.starts_shot,
            "source": media_links.thumbnail(sha256, number),
            "full": media_links.frame(sha256, number),
        }
        for number, view in enumerate(views)
    ]


def _picture(shown: Shown) -> dict[str, Any]:
    item = shown.item
    drawn = "" if media_links.is_shown(item.kind, item.format) else _drawn(shown)
    return {
        "name": shown.name,
        "source": source_of(item.kind, item.format, item.sha256),
        "original": media_links.original(item.sha256),
        "drawn": drawn,
        "preview": media_links.thumbnail(item.sha256),
        "unshowable": _unshowable(shown, "the stored preview, at most 480 pixels wide"),
        "facts": facts(item),
        "shape": _shape(item),
        "blurred": session.is_blurred(),
        **evidence.outlines(shown),
    }


def _drawn(shown: Shown) -> str:
    """Say what stands in for an original that browsers do not show."""
    form, longest = shown.item.format.upper(), max(shown.item.width or 0, shown.item.height or 0)
    shrunk = f", shrunk to {media_links.LONGEST_SIDE:,} pixels" if longest > media_links.LONGEST_SIDE else ""
    return f"Browsers do not show {form}: this is a JPEG made of it{shrunk}. The file itself can be saved."


def _video(shown: Shown) -> dict[str, Any]:
    item = shown.item
    frames = samples(item.sha256, shown.examination.frames)
    length = float(item.duration_seconds or 0) or (frames[-1]["time"] if frames else 0.0)
    return {
        "name": shown.name,
        "stem": item.sha256[:12],
        "source": source_of(item.kind, item.format, item.sha256),
        "original": media_links.original(item.sha256),
        "moving": media_links.original(item.sha256) if media_links.is_animation("video", item.format) else "",
        "packed": media_links.frames(item.sha256) if frames else "",
        "samples": frames,
        "duration": length,
        "rate": _frame_rate(shown),
        "shape": _shape(item),
        "unshowable": _unshowable(shown, "its frame samples, in full size at their exact times"),
        "blurred": session.is_blurred(),
        **evidence.outlines(shown),
    }


def _shape(item: ItemSummary) -> float:
    """Return how many times as wide as high it is: a narrow screen leaves no more room than that."""
    return (item.width or 1) / (item.height or 1)


def _unshowable(shown: Shown, instead: str) -> str:
    if not shown.examination.views:
        return "Nothing in this file could be decoded; the findings say why."
    form = shown.item.format.upper()
    if media_links.is_animation(shown.item.kind, shown.item.format):
        return f"Browsers cannot stop a {form} at a time. What you see is {instead}."
    return f"This browser cannot show this {form} file. What you see is {instead}."


def _frame_rate(shown: Shown) -> float:
    stated = [value.value for value in shown.examination.metadata if value.name == "video:frame_rate"]
    try:
        return max(float(stated[0]), 1.0)
    except (IndexError, ValueError):
        return FRAMES_A_SECOND

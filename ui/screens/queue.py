"""What has arrived, the latest first, with the leads that the bytes and frames gave."""

from __future__ import annotations

import math

import streamlit as st

from ui import session
from verify import ArchiveError, ItemSummary, printable

THUMBNAIL_WIDTH = 120
"""Pixels."""

ROWS = 25
"""Items on one page; each row loads one thumbnail."""


def show() -> None:
    """Draw the queue."""
    try:
        items = [item for item in session.archive() if item.kind != "other"]
    except ArchiveError as error:
        st.error(str(error), icon=":material/folder_off:")
        return
    items.reverse()
    if not items:
        st.info("Nothing here yet. Bring a folder in with: verify scan FOLDER", icon=":material/inbox:")
        return
    pages = math.ceil(len(items) / ROWS)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(f"{len(items):,} items", anchor=False)
        page = st.pagination(pages, key="queue_page", bind="query-params") if pages > 1 else 1
    for item in items[(page - 1) * ROWS : page * ROWS]:
        _row(item)


def _row(item: ItemSummary) -> None:
    row = st.container(horizontal=True, gap="medium", vertical_alignment="center", wrap=False)
    picture, words = row.container(width=THUMBNAIL_WIDTH), row.container(gap=None)
    name = printable(item.paths[0].rsplit(b"/", 1)[-1]) if item.paths else item.sha256[:12]
    thumbnail = session.archive().thumbnail(item.sha256)
    if thumbnail:
        picture.image(thumbnail, width=THUMBNAIL_WIDTH, alt=f"First view of {name}")
    words.text(name)
    words.caption(_facts(item))
    with words.container(horizontal=True, gap="xsmall"):
        for problem in item.problems:
            st.badge(problem.code, icon=":material/error:", color="red")
        for code in item.findings:
            st.badge(code, color="gray")


def _facts(item: ItemSummary) -> str:
    facts = [item.format or item.kind]
    if item.width:
        facts.append(f"{item.width} x {item.height}")
    if item.duration_seconds is not None:
        facts.append(f"{float(item.duration_seconds):.1f} s")
    if item.views > 1:
        facts.append(f"{item.views} frame samples")
    return " · ".join(facts)

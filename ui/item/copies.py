"""Where else its pictures were seen: both sides over each other, and the reviewer's word on the match."""

from __future__ import annotations

import uuid
from typing import Any

import streamlit as st

from ui import media_links, session
from ui.item import components, evidence
from ui.item.sentences import lead, sentence, standing, times
from ui.item.shown import Shown, look_everywhere, looked_for, other_name
from ui.item.shown import examination as examination_of
from ui.item.viewing import samples, source_of
from ui.plain import markdown_safe, shortened
from verify import Archive, CaseState, Evidence, Match, RefusedStatement, UnknownItem, changes

WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))

NAME_LENGTH = 36

OFFERED = 12
"""Matches to choose from; the best ones."""


@st.fragment
def show(shown: Shown) -> None:
    """Draw the matches, one at a time."""
    case = session.archive().case(shown.sha256)
    copies = shown.copies[:OFFERED]
    if not copies:
        st.text(_nothing_found(shown))
    else:
        _match(shown, _chosen(shown, copies), case)
        if len(shown.copies) > OFFERED:
            st.caption(f"These are the best {OFFERED} of {len(shown.copies):,} matches.")
    if looked_for(shown.sha256) is None and shown.examination.views:
        _search_again(shown.sha256)


def _search_again(sha256: str) -> None:
    """Offer to look through the whole archive; the screen is drawn anew with what was found."""
    if st.button(
        "Search again",
        icon=":material/manage_search:",
        key="look_everywhere",
        help="Looks through the whole archive, closer than at arrival: a clip is placed by its frames.",
    ):
        with st.spinner("Looking through the whole archive"):
            look_everywhere(sha256)
        st.rerun()


def _nothing_found(shown: Shown) -> str:
    if looked_for(shown.sha256) is None:
        return "Nothing that arrived before or after it is known to share pictures with it."
    return "Nothing in the archive shares pictures with it."


def _chosen(shown: Shown, copies: tuple[Match, ...]) -> Match:
    if len(copies) == 1:
        return copies[0]
    number = st.pills(
        "Matches",
        range(len(copies)),
        default=0,
        required=True,
        key=f"match:{shown.sha256}:{len(copies)}",
        label_visibility="collapsed",
        format_func=lambda n: markdown_safe(shortened(other_name(copies[n]), NAME_LENGTH)),
    )
    return copies[number or 0]


def _match(shown: Shown, match: Match, case: CaseState) -> None:
    if (said := sentence(match, shown.others)) != lead(shown):
        st.markdown(said)
    try:
        data = _both(shown, match)
    except UnknownItem:
        st.text("The other item was never examined.")
        return
    components.compare(key="compare", data=data)
    _done_to_it(match)
    _word(shown, match, case)


def _done_to_it(match: Match) -> None:
    """Say in plain words what was changed, when both play, and how sure that is."""
    lines = [*changes(match), *times(match)]
    if match.note:
        lines.append(match.note)
    agreed = [f"score {match.score:.3f}"]
    if match.inliers is not None:
        agreed.append(f"{match.inliers} places agree")
    if match.distance_bits is not None:
        agreed.append(f"{match.distance_bits} bits of the fingerprint differ")
    lines.append(", ".join(agreed))
    st.markdown("\n".join(f"- {markdown_safe(line)}" for line in lines))


def _word(shown: Shown, match: Match, case: CaseState) -> None:
    """Let the reviewer confirm or refuse the match."""
    said = "confirmed" if match.item in case.confirmed else "refused" if match.item in case.refused else ""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for verb, label, icon in (("confirm", "Confirm match", "check"), ("refuse", "Refuse match", "close")):
            st.button(
                label,
                icon=f":material/{icon}:",
                key=f"{verb}_match",
                disabled=said.startswith(verb) or not session.reviewer(),
                on_click=_judge,
                args=(verb, shown.sha256, match.item, case.version),
            )
        if st.button("Use as evidence", icon=":material/add:", key="cite_match", type="tertiary"):
            evidence.add(shown, Evidence(kind="match", item=match.item))
            st.rerun()
        if st.button("Open the other item", icon=":material/open_in_new:", key="open_other", type="tertiary"):
            session.open_item(match.item)
        if said:
            st.caption(f"This match was {said}.", width="content")


def _judge(verb: str, item: str, other: str, version: int) -> None:
    archive = session.archive()
    say = archive.confirm_match if verb == "confirm" else archive.refuse_match
    key = uuid.uuid5(uuid.NAMESPACE_OID, f"{verb} {item} {other} {version} {session.reviewer()}").hex
    try:
        say(item, other, by=session.reviewer(), key=key)
    except RefusedStatement as refusal:
        st.toast(markdown_safe(str(refusal)))


def _both(shown: Shown, match: Match) -> dict[str, Any]:
    archive = session.archive()
    found = _side(archive, match.item, f"{other_name(match)} ({standing(shown.others.get(match.item))})")
    return {
        "id": f"{shown.sha256} {match.item}",
        "query": {
            **_side(archive, shown.sha256, "This item"),
            "name": "query",
            "region": match.query_region or WHOLE,
        },
        "found": {**found, "name": "found", "region": match.region or WHOLE},
        "segments": [segment.to_json() for segment in match.segments],
        "timing": "; ".join(times(match)),
        "note": _note(match),
        "blurred": session.is_blurred(),
    }


def _note(match: Match) -> str:
    if match.region is None or match.query_region is None:
        return "Where the shared part lies is not known: only the fingerprints were compared."
    return ""


def _side(archive: Archive, sha256: str, label: str) -> dict[str, Any]:
    item = archive.item(sha256)
    examination = examination_of(archive, item)
    moving = item.kind == "video"
    views = samples(sha256, examination.views)
    last = views[-1]["time"] if views else 0.0
    return {
        "label": label,
        "video": moving,
        "source": source_of(item.kind, item.format, sha256)
        or ("" if moving else media_links.thumbnail(sha256)),
        "samples": views,
        "width": item.width or 1,
        "height": item.height or 1,
        "duration": float(item.duration_seconds or last) if moving else 0.0,
    }

"""A match as a card: both sides drawn with what they share outlined, the words for it, and when it plays.

The drawing is made when the card is shown, from the two files where they lie; if one of them is gone, or was
asked about by its hash alone, the card says so and has the words.
"""

from __future__ import annotations

from collections.abc import Iterator

from verify.draw_match import draw_match
from verify.errors import VerifyError
from verify.matching.wording import describe, evidence
from verify.media.shrinking import shrunk
from verify.notebook.cards import MUTED, Html, card, code, file_name, html, line, picture, table
from verify.notebook.timeline import is_timed, timeline_svg
from verify.records import Match, Matches

DRAWN_MATCHES = 3
"""Of a list; drawing opens both files, and further down are the weaker answers."""

DRAWN_WIDTH = 720
DRAWN_HEIGHT = 640
"""Pixels: three drawings of videos, twelve rows each, stay under 200 KB."""


def match_html(match: Match) -> str:
    """Return the card of one match."""
    return card(
        _name(match),
        line(f"What was asked about is: {describe(match)}"),
        line(match.note, colour=MUTED) if match.note else None,
        _drawing(match),
        Html(timeline_svg(match)) if is_timed(match) else None,
        table(_keys(match)),
    )


def matches_html(matches: Matches) -> str:
    """Return the best matches as cards and the others in a line each."""
    if not matches:
        return card("No copies found", line("That proves only that none is in this archive.", colour=MUTED))
    cards = "".join(match_html(match) for match in matches[:DRAWN_MATCHES])
    rest = table((f"{one.score:.3f}", describe(one), _name(one)) for one in matches[DRAWN_MATCHES:])
    return f"<div>{cards}{rest.text if rest else ''}</div>"


def _drawing(match: Match) -> Html:
    if not match.query:
        return line("Not drawn: this match does not say which file was asked about.", colour=MUTED)
    try:
        drawn = shrunk(draw_match(match.query, match), width=DRAWN_WIDTH, height=DRAWN_HEIGHT)
    except VerifyError as error:
        return line(f"Not drawn: {error}", colour=MUTED)
    words = f"asked and found side by side, what they share outlined: {describe(match)}"
    return picture(drawn, kind="webp", alt=words)


def _keys(match: Match) -> Iterator[tuple[object, ...]]:
    yield "score", f"{match.score:.3f}: of answers with this score, about this share is right"
    yield "proved by", "; ".join(evidence(match))
    yield "item", code(match.item)
    if len(match.paths) > 1:
        yield "also at", Html("<br>".join(html(path) for path in match.paths[1:]))


def _name(match: Match) -> str:
    """Return the found item's file name, or the start of its hash."""
    return file_name(match.paths[0]) if match.paths else match.item[:12]

"""What a match is, in one sentence. Names and verdicts of others are escaped: the result is Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ui.item.shown import Shown, other_name
from ui.parts import clock
from ui.plain import markdown_safe, shortened
from verify import CaseState, Match, changes, is_weak

NAME_LENGTH: Final = 60

RELATIONS: Final = {
    "identical": "The same bytes as {}",
    "same-picture": "The same picture as {}",
    "part-of": "A part of {}",
    "contains": "Contains {}",
    "shares-overlay": "Shares only an overlay with {}",
}

SHOWS: Final = "Shows {}"
"""For a part in time: "Shows seconds 5.0–17.0 of"."""

NOTHING: Final = "No copies of it are known here, and nothing in the file stands out."


def lead(shown: Shown) -> str:
    """Return what to know first: the best copy, else what could not be read, else the gravest finding."""
    copies = [match for match in shown.copies if match.item not in shown.case.refused]
    if copies:
        return sentence(copies[0], shown.others)
    if shown.examination.problems:
        return markdown_safe(shown.examination.problems[0].message)
    for severity in ("warning", "notice", "info"):
        for finding in shown.examination.findings:
            if finding.severity == severity:
                return markdown_safe(finding.explanation)
    return NOTHING


def sentence(match: Match, others: Mapping[str, CaseState]) -> str:
    """Return what the item is to the found one, and how it was changed."""
    name = f"**{markdown_safe(shortened(other_name(match), NAME_LENGTH))}**"
    when = moment(match)
    relation = SHOWS if match.relation == "part-of" and when else RELATIONS[match.relation]
    said = relation.format(f"{when}{name} ({standing(others.get(match.item))})")
    changed = changes(match)
    weak = "Weak lead. " if is_weak(match) else ""
    return f"{weak}{said}{': ' if changed else ''}{', '.join(changed)}."


def moment(match: Match) -> str:
    """Return when the found item shows it: "seconds 5.0–17.0 of "."""
    segments = [one for one in match.segments if one.found_end or one.query_end]
    if not segments or not any(one.found_end for one in segments):
        return ""
    start, end = min(one.found_start for one in segments), max(one.found_end for one in segments)
    more = f", in {len(segments)} stretches," if len(segments) > 1 else ""
    when = f"second {start:.1f}" if start == end else f"seconds {start:.1f}–{end:.1f}"
    return f"{when}{more} of "


def times(match: Match) -> list[str]:
    """Return each stretch that both show, in full."""
    return [
        f"{_span(one.query_start, one.query_end)} here is {_span(one.found_start, one.found_end)} there"
        for one in match.segments
        if one.query_end or one.found_end
    ]


def _span(start: float, end: float) -> str:
    return clock(start) if start == end else f"{clock(start)}–{clock(end)}"


def standing(case: CaseState | None) -> str:
    """Return the verdict on another item with its day."""
    if case is None or case.decision is None:
        return "not reviewed"
    return f"{case.decision.verdict}, {case.decision.at:%Y-%m-%d}"

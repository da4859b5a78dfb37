"""Events, matches, evidence and positions in sentences for somebody who has never seen this program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from verify.labels import printable
from verify.matching.wording import changes, is_weak
from verify.metadata.findings.places import time_zone
from verify.records import Examination, Match
from verify.review.case import CaseState, Claim, Decision, Evidence

RELATIONS: Final = {
    "identical": "It has the same bytes as “{}”",
    "same-picture": "It shows the same picture as “{}”",
    "part-of": "It shows a part of “{}”",
    "contains": "It contains “{}”",
    "shares-overlay": "It shares only an overlay, such as a logo or a caption, with “{}”",
}

POSITIONS: Final = (
    ("exif:GPSLatitude", "exif:GPSLongitude"),
    ("container:latitude", "container:longitude"),
    ("video:latitude", "video:longitude"),
)

CLAIM: Final = {
    "text": "In its own words",
    "claimed_date": "Date",
    "place": "Place",
    "event": "Event",
    "post_url": "Post",
    "archived_url": "Archived copy of the post",
}

ESTABLISHED: Final = {"source": "Source", "date": "Date", "place": "Place", "event": "Event"}


def when(at: datetime) -> str:
    """Return a time as a report gives it."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def clock(seconds: float | Fraction) -> str:
    """Return a moment inside a video: 1:02:03.40, or 2:03.40."""
    hundredths = round(float(seconds) * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    tail = f"{rest / 100:05.2f}"
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"


def match_sentence(match: Match, name: str) -> str:
    """Return what the item is to the found one, how it was changed, and when."""
    said = RELATIONS[match.relation].format(name)
    changed = changes(match)
    if changed:
        said += f": {', '.join(changed)}"
    times = [
        f"{_span(one.query_start, one.query_end)} here is {_span(one.found_start, one.found_end)} there"
        for one in match.segments
        if one.query_end or one.found_end
    ]
    weak = "A weak lead, for a person to judge. " if is_weak(match) else ""
    return f"{weak}{said}.{' ' + '; '.join(times) + '.' if times else ''}"


def _span(start: float, end: float) -> str:
    return clock(start) if start == end else f"{clock(start)}\u2013{clock(end)}"


def match_reasons(match: Match) -> str:
    """Return why the match is believed."""
    reasons = [f"Score {match.score:.3f} (about the share of such answers that are right)"]
    if match.inliers is not None:
        reasons.append(f"{match.inliers} places in both pictures agree under one transform")
    if "pdq" in match.evidence:
        reasons.append(f"{match.distance_bits} of 256 bits of the PDQ fingerprint differ")
    elif "phash" in match.evidence:
        reasons.append(f"{match.distance_bits} of 64 bits of the pHash fingerprint differ")
    if "sha256" in match.evidence:
        reasons.append("the SHA-256 is the same")
    return "; ".join(reasons) + (f". {match.note}" if match.note else ".")


def claim_facts(claim: Claim) -> Iterator[tuple[str, str]]:
    """Yield what a post claims, name by name."""
    for field, name in CLAIM.items():
        if value := getattr(claim, field):
            yield name, value


def decision_facts(decision: Decision, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what was established, name by name."""
    if decision.true_context:
        yield "What it really shows", decision.true_context
    for field, name in ESTABLISHED.items():
        if value := getattr(decision.established, field):
            yield name, value
    if decision.earlier_copy:
        yield "Earlier copy", _other(decision.earlier_copy, names)
    for pillar, answer in decision.established.pillars.items():
        note = f" \u2013 {answer.note}" if answer.note else ""
        yield f"How sure: {pillar}", f"{answer.confidence}{note}"


def evidence_words(evidence: Evidence, names: Mapping[str, str]) -> str:
    """Return one piece of evidence in a line."""
    said = {
        "link": evidence.url,
        "item": f"the item {_other(evidence.item, names)}",
        "match": f"the match with {_other(evidence.item, names)}",
        "time-range": f"from {clock(evidence.start or 0)} to {clock(evidence.end or 0)}",
        "region": "a region of the picture",
    }[evidence.kind]
    if evidence.kind == "region" and evidence.start is not None:
        said += f" at {clock(evidence.start)}"
    return f"{said} \u2013 {evidence.note}" if evidence.note else said


def _other(sha256: str, names: Mapping[str, str]) -> str:
    return f"“{names[sha256]}” ({sha256[:12]})" if sha256 in names else sha256


def standing_words(case: CaseState | None) -> str:
    """Return the verdict on another item."""
    if case is None or case.decision is None:
        return "not reviewed"
    return f"{case.decision.verdict} by {printable(case.decision.by)}, {when(case.decision.at)}"


def position_words(examination: Examination) -> str:
    """Return where the file says that it was made; empty if it does not, or if no such place exists."""
    values = {value.name: value.value for value in examination.metadata}
    for names in POSITIONS:
        latitude, longitude = (values.get(name) for name in names)
        if isinstance(latitude, (int, float)) and isinstance(longitude, (int, float)):
            if abs(latitude) > 90 or abs(longitude) > 180:
                return ""
            said = f"{_angle(latitude, 'north', 'south')}, {_angle(longitude, 'east', 'west')}"
            zone = time_zone(latitude, longitude)
            where = f" It lies in the time zone {zone}." if zone else ""
            decimal = f"{latitude:.5f}, {longitude:.5f}"
            return f"The file states the position {said} ({decimal}).{where} A position can be written later."
    return ""


def _angle(degrees: float, positive: str, negative: str) -> str:
    seconds = round(abs(degrees) * 3600)
    minutes, seconds = divmod(seconds, 60)
    whole, minutes = divmod(minutes, 60)
    return f"{whole}° {minutes:02d}′ {seconds:02d}″ {positive if degrees >= 0 else negative}"


def event_words(kind: str, payload: dict[str, Any], names: Mapping[str, str]) -> str:
    """Return what an event says."""
    return _SAID[kind](payload, names)


def _claimed(payload: dict[str, Any], _names: Mapping[str, str]) -> str:
    return "recorded the claim: " + "; ".join(payload[field] for field in CLAIM if payload[field])


def _decided(payload: dict[str, Any], names: Mapping[str, str]) -> str:
    parts = [f"gave the verdict {payload['verdict']}", payload["true_context"], payload["note"]]
    if payload["earlier_copy"]:
        parts.append(f"earlier copy {_other(payload['earlier_copy'], names)}")
    return "; ".join(part for part in parts if part)


def _judged(word: str) -> Callable[[dict[str, Any], Mapping[str, str]], str]:
    def said(payload: dict[str, Any], names: Mapping[str, str]) -> str:
        return _noted(f"{word} the match with {_other(payload['other'], names)}", payload)

    return said


def _noted(words: str, payload: dict[str, Any]) -> str:
    return f"{words}: {payload['note']}" if payload["note"] else words


_SAID: Final[Mapping[str, Callable[[dict[str, Any], Mapping[str, str]], str]]] = {
    "item-added": lambda payload, _: f"arrived as {payload['path']}, {payload['size_bytes']:,} bytes",
    "claim-recorded": _claimed,
    "verdict-given": _decided,
    "verdict-withdrawn": lambda payload, _: _noted(
        f"withdrew the verdict of event {payload['withdrawn']}", payload
    ),
    "note-added": lambda payload, _: f"noted: {payload['text']}",
    "match-confirmed": _judged("confirmed"),
    "match-refused": _judged("refused"),
    "discussion-opened": lambda payload, _: _noted("opened the case for discussion", payload),
    "assigned": lambda payload, _: f"assigned it to {payload['to']}" if payload["to"] else "handed it back",
}

"""State is a pure fold over events: the same events give the same state, whoever folds them.

A verdict replaces the one that stands if its reviewer had seen that one, or gave it. Otherwise the first one
stands; if the second says something else, the case is contested until somebody decides who has seen both.
A withdrawn verdict counts as never given, so what stood before it stands again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from verify.review.case import CaseState, Claim, Decision, Established, Evidence, Note
from verify.review.events import ReviewEvent


def fold(item: str, events: Iterable[ReviewEvent]) -> CaseState:
    """Return where the case of an item stands after its events, given in order.

    What was said of its matches from the other item's side is among them.
    """
    state, seen = CaseState(item=item), list(events)
    for event in seen:
        changed = CHANGES[event.kind](state, event) if event.kind in CHANGES else {}
        state = replace(state, version=event.sequence, **changed)
    standing, conflicting = weigh(standing_verdicts(seen))
    return replace(state, decision=standing, conflicting=conflicting)


def standing_verdicts(events: Iterable[ReviewEvent]) -> list[Decision]:
    """Return the verdicts that were given and not withdrawn, in order."""
    given: list[Decision] = []
    for event in events:
        if event.kind == "verdict-given":
            given.append(decision_of(event))
        elif event.kind == "verdict-withdrawn":
            given = [one for one in given if one.sequence != event.payload["withdrawn"]]
    return given


def weigh(given: Iterable[Decision]) -> tuple[Decision | None, tuple[Decision, ...]]:
    """Return the decision that stands, and those that conflict with it."""
    standing: Decision | None = None
    conflicting: tuple[Decision, ...] = ()
    for decision in given:
        known = (standing, *conflicting) if standing else ()
        between = [other for other in known if came_between(other, decision)]
        if any(other.verdict != decision.verdict for other in between):
            conflicting = (*conflicting, decision)
        elif not between:
            standing, conflicting = decision, ()
    return standing, conflicting


def came_between(other: Decision, decision: Decision) -> bool:
    """Say whether someone else's decision came in between, unseen by who took this one."""
    seen = decision.seen_version
    return seen is not None and other.sequence > seen and other.by != decision.by


def decision_of(event: ReviewEvent) -> Decision:
    """Read the decision out of a `verdict-given` event."""
    payload = event.payload
    return Decision(
        sequence=event.sequence,
        verdict=payload["verdict"],
        by=event.by,
        at=event.at,
        note=payload["note"],
        true_context=payload["true_context"],
        earlier_copy=payload["earlier_copy"],
        established=Established.from_json(payload["established"]),
        evidence=tuple(Evidence.from_json(one) for one in payload["evidence"]),
        seen_version=payload["seen_version"],
    )


def _judged(state: CaseState, event: ReviewEvent, *, place: str) -> dict[str, Any]:
    """Change both lists by one word on a match; said from one side, it counts for both."""
    other = event.payload["other"] if event.item == state.item else event.item
    judged = {name: set(getattr(state, name)) - {other} for name in ("confirmed", "refused")}
    judged[place].add(other)
    return {name: tuple(sorted(items)) for name, items in judged.items()}


CHANGES: Mapping[str, Callable[[CaseState, ReviewEvent], dict[str, Any]]] = {
    "claim-recorded": lambda _, event: {"claim": Claim(**event.payload)},
    "note-added": lambda state, event: {
        "notes": (*state.notes, Note(text=event.payload["text"], by=event.by, at=event.at))
    },
    "match-confirmed": lambda state, event: _judged(state, event, place="confirmed"),
    "match-refused": lambda state, event: _judged(state, event, place="refused"),
    "discussion-opened": lambda _state, _event: {"in_discussion": True},
    "verdict-given": lambda _state, _event: {"in_discussion": False},
    "assigned": lambda _, event: {"assigned_to": event.payload["to"]},
}
"""What each kind of event changes beside the verdicts."""

"""How review events and the outcome of a check look in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from rich.progress import MofNCompleteColumn

from verify.casework import Marked
from verify.check import Check, CheckReport
from verify.review.case import Decision
from verify.review.chain import Fault
from verify.review.events import ReviewEvent
from verify.terminal import counted, marked, results, talk, verdict_word


def print_events(events: Iterable[ReviewEvent]) -> None:
    """Print one line an event: when, who, which item, what."""
    for event in events:
        when = f"{event.at:%Y-%m-%d %H:%M:%S}Z"
        said = _SAID[event.kind](event.payload)
        results.print(
            f"{event.sequence:>6}  {when}  {event.item[:12]}  [bold]{marked(event.by)}[/]  {said}",
            soft_wrap=True,
        )


def print_contrary(marked_now: Marked, other: Decision | None) -> None:
    """Tell who gives a verdict of a different one by someone else."""
    event = marked_now.event
    if other is None or other.by == event.by or other.verdict == event.payload["verdict"]:
        return
    contested = "the case is contested" if marked_now.meanwhile else "this one now stands"
    words = f"{marked(other.by)} gave {verdict_word(other.verdict)} at {other.at:%Y-%m-%d %H:%M:%S}Z"
    talk.print(f"{words}; both are in the log, {contested}.", soft_wrap=True)


def check_progress() -> AbstractContextManager[CheckReport]:
    """Show how many originals are hashed."""
    return counted("Hashing the originals", MofNCompleteColumn())


def print_check(check: Check, *, known_head: bool) -> None:
    """Say what was proved, name what differs, and print the head to write down."""
    for fault in check.faults:
        results.print(f"[red]{fault.code}[/] {_about(fault)}", soft_wrap=True)
    for moved in check.moved:
        results.print(f"[dim]{moved.code}[/] {_about(moved)}", soft_wrap=True)
    counts = (
        f"{check.events:,} events, {check.items:,} items, {check.thumbnails:,} thumbnails, "
        f"{check.originals:,} originals"
    )
    faults = f"{len(check.faults):,} fault{'s' if len(check.faults) > 1 else ''}"
    outcome = f"[red]{faults}[/]" if check.faults else "[green]all as recorded[/]"
    results.print(f"{counts}: {outcome}.", soft_wrap=True)
    results.print(f"Head of the log: [bold]{check.head}[/]", soft_wrap=True)
    if not known_head:
        advice = (
            "Write the head down elsewhere; verify check --head proves later that the log still holds it."
        )
        talk.print(advice, soft_wrap=True)


def _about(fault: Fault) -> str:
    return f"{marked(fault.subject)}: {marked(fault.message)}"


def _verdict(payload: dict[str, Any]) -> str:
    parts = [verdict_word(payload["verdict"])]
    if payload["earlier_copy"]:
        parts.append(f"earlier copy {payload['earlier_copy'][:12]}")
    facts = [payload["true_context"], *(payload["established"][name] for name in _FACTS), payload["note"]]
    return ", ".join([*parts, *(marked(fact) for fact in facts if fact)])


def _with_note(words: str, payload: dict[str, Any]) -> str:
    return f"{words}: {marked(payload['note'])}" if payload["note"] else words


_FACTS = ("source", "date", "place", "event")

_SAID: dict[str, Callable[[dict[str, Any]], str]] = {
    "item-added": lambda payload: f"arrived as {marked(payload['path'])}",
    "claim-recorded": lambda payload: f"claim: {marked(', '.join(filter(None, payload.values())))}",
    "verdict-given": _verdict,
    "verdict-withdrawn": lambda payload: _with_note(f"withdraws event {payload['withdrawn']}", payload),
    "note-added": lambda payload: f"note: {marked(payload['text'])}",
    "match-confirmed": lambda payload: _with_note(
        f"confirms the match with {payload['other'][:12]}", payload
    ),
    "match-refused": lambda payload: _with_note(f"refuses the match with {payload['other'][:12]}", payload),
    "discussion-opened": lambda payload: _with_note("opens the case for discussion", payload),
    "assigned": lambda payload: f"assigns to {marked(payload['to'])}" if payload["to"] else "hands back",
}

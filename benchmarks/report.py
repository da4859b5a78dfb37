"""The results as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import fmean

import numpy as np

from clip_trials import ClipTally
from still_trials import REGION_TOLERANCE, Tally

SCORES = (0.9, 0.95, 0.99, 0.999)
"""Accepted answers are counted from each of these to the next."""


def recall(results: Mapping[str, Mapping[str, Tally]], groups: Mapping[str, Mapping[str, object]]) -> None:
    """Right item first and accepted, by edit and on average."""
    _title("Recall by edit")
    _header("edit", results)
    for group, names in groups.items():
        done = [name for name in names if any(name in tallies for tallies in results.values())]
        for name in done:
            _row(name, (f"{tallies[name].recall:.2f}" for tallies in results.values()))
        if done:
            means = (fmean(tallies[name].recall for name in done) for tallies in results.values())
            _row(f"**mean, {group}**", (f"**{mean:.3f}**" for mean in means))


def transforms(results: Mapping[str, Mapping[str, Tally]]) -> None:
    """How the copy was changed, for the methods that say so."""
    for method, tallies in results.items():
        if not any(tally.overlaps for tally in tallies.values()):
            continue
        _title(f"Transform reported by {method}")
        wide = f"IoU < {REGION_TOLERANCE}"
        _header("edit", ("mirror and rotation right", "region IoU median", wide, "query region IoU median"))
        for name, tally in tallies.items():
            if tally.found:
                low = sum(value < REGION_TOLERANCE for value in tally.overlaps)
                right = f"{tally.turned_right}/{tally.found}"
                _row(name, (right, _median(tally.overlaps), str(low), _median(tally.query_overlaps)))


def false_claims(title: str, results: Mapping[str, Mapping[str, Tally]]) -> None:
    """Accepted answers where nothing should have been."""
    _title(title)
    _header("set", (f"{method}: false / queries" for method in results))
    for name in next(iter(results.values()), {}):
        _row(name, (f"{tallies[name].false} / {tallies[name].asked}" for tallies in results.values()))


def costs(
    results: Mapping[str, Mapping[str, Tally]], spent: Mapping[str, tuple[float, float | None]]
) -> None:
    """CPU and storage; making the edits is not counted."""
    _title("Cost")
    _header("method", ("ms CPU to add one", "ms CPU a query", "bytes a view"))
    for method, tallies in results.items():
        asked = sum(tally.asked for tally in tallies.values())
        query = sum(tally.cpu_seconds for tally in tallies.values()) / max(1, asked)
        add, size = spent[method]
        _row(method, (f"{1000 * add:.0f}", f"{1000 * query:.0f}", "–" if size is None else f"{size:.0f}"))


def overlays(method: str, trials: Mapping[str, Mapping[str, Tally]]) -> None:
    """False claims among strangers, and recall of true copies, for each design."""
    _title(f"Overlays, {method}")
    names = list(next(iter(trials.values())))
    _header("design", (f"{name}: recall (false)" for name in names))
    for design, tallies in trials.items():
        shown = (
            f"– ({tally.false} in {tally.asked})"
            if name == "strangers"
            else f"{tally.recall:.2f} ({tally.false})"
            for name, tally in tallies.items()
        )
        _row(design, shown)


def clips(results: Mapping[str, Mapping[str, ClipTally]]) -> None:
    """Recall, wrong videos, time errors in seconds, speed, whole answers."""
    for method, tallies in results.items():
        _title(f"Clips, {method}")
        columns = ("recall", "false", "time error median", "90 %", "speed right", "all segments", "ms CPU")
        _header("edit", columns)
        for name, tally in tallies.items():
            speeds = f"{fmean(tally.speeds_right):.2f}" if tally.speeds_right else "–"
            late = f"{np.quantile(tally.time_errors, 0.9):.2f}" if tally.time_errors else "–"
            whole = f"{tally.whole}/{tally.asked}"
            cost = f"{1000 * tally.cpu_seconds / tally.asked:.0f}"
            median = _median(tally.time_errors)
            _row(name, (f"{tally.recall:.2f}", str(tally.false), median, late, speeds, whole, cost))


def same_camera(results: Mapping[str, Mapping[str, ClipTally]]) -> None:
    """Wrong claims between two moments of one still camera."""
    _title("Same camera, other moment")
    _header("method", ("clips called copies", "stills called copies", "pairs"))
    for method, tallies in results.items():
        _row(method, (*(str(tally.false) for tally in tallies.values()), str(tallies["clips"].asked)))


def claims(tallies: Mapping[str, Tally | ClipTally]) -> None:
    """How often a score was wrong, over everything that was asked, and every wrong answer."""
    _title("Scores of verify, over everything")
    made = [(trial, claim) for trial, tally in tallies.items() for claim in tally.claims]
    _header("score from", ("answers", "wrong"))
    for low, high in zip(SCORES, (*SCORES[1:], 2.0), strict=True):
        scored = [claim for _, claim in made if claim.score is not None and low <= claim.score < high]
        _row(f"{low}", (str(len(scored)), str(sum(not claim.right for claim in scored))))
    _row("all", (str(len(made)), str(sum(not claim.right for _, claim in made))))
    _title("Every wrong answer of verify")
    _header("trial", ("asked", "found", "score"))
    for trial, claim in made:
        if not claim.right:
            _row(trial, (claim.query, claim.key, f"{claim.score}"))


def _title(text: str) -> None:
    print(f"\n## {text}\n")


def _header(first: str, others: Iterable[str]) -> None:
    names = [first, *others]
    print(f"| {' | '.join(names)} |")
    print(f"|{' --- |' * len(names)}")


def _row(first: str, cells: Iterable[str]) -> None:
    print(f"| {first} | {' | '.join(cells)} |", flush=True)


def _median(values: list[float]) -> str:
    return f"{np.median(values):.2f}" if values else "–"

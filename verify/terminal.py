"""How things look in a terminal: progress, tables, and text that came from strangers.

What a person asked for goes to stdout, everything said while working to stderr.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, ProgressColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar

from verify.errors import UnreadableMedia
from verify.labels import printable
from verify.matching.wording import RELATIONS, changes, describe, evidence, is_weak, moments
from verify.progress import Failure, Progress, Report
from verify.records import Examination, Finding, Match
from verify.review.case import CaseState
from verify.store.role import ItemSummary

PLAIN_LINE_SECONDS = 5
"""How often a scan says where it is when nobody watches a terminal."""

SETTLING_SECONDS = 4
"""Before that a rate is a guess: workers are still starting."""

SHOWN_PASSED_OVER = 5
"""How many of the files that were not even opened are named."""

NAME_COLUMNS = 32
"""Of a file name in a list."""

VERDICT_STYLE = {"verified": "green", "unverified": "dim", "misattributed": "yellow"}

SEVERITY_STYLE = {"info": "dim", "notice": "cyan", "warning": "yellow"}

talk = Console(stderr=True, highlight=False)
results = Console(highlight=False)


def marked(text: str | bytes) -> str:
    """Make untrusted text safe inside rich's markup."""
    return escape(printable(text))


@contextmanager
def scan_progress() -> Iterator[Report]:
    """Show how a scan goes on: a live bar in a terminal, a line every few seconds elsewhere."""
    if not talk.is_terminal:
        yield _PlainLines()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Bar(*columns, console=talk, transient=True) as bar:
        task = bar.add_task("Looking through the folders", total=None, left="")
        pace = _Pace()

        def report(progress: Progress) -> None:
            done, total = progress.bytes_read, progress.bytes_to_read
            if progress.to_compare:
                done, total = progress.compared, progress.to_compare
            bar.update(
                task,
                total=total or 1,
                completed=done if total else 1,
                description=_counts(progress),
                left="" if progress.to_compare else pace.left(progress),
            )

        yield report


@contextmanager
def counted(words: str, column: ProgressColumn) -> Iterator[Callable[[int, int], None]]:
    """Show how much of something is done, in the way of `column`; nothing where nobody watches."""
    if not talk.is_terminal:
        yield lambda _done, _all: None
        return
    with Bar(TextColumn(words), BarColumn(), column, console=talk, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _PlainLines:
    """Progress for logs and pipes."""

    def __init__(self) -> None:
        self._next = time.monotonic() + PLAIN_LINE_SECONDS
        self._pace = _Pace()

    def __call__(self, progress: Progress) -> None:
        left = "" if progress.to_compare else self._pace.left(progress)
        if time.monotonic() >= self._next:
            talk.print(f"{_counts(progress)}{left and f', {left}'}", markup=False)
            self._next = time.monotonic() + PLAIN_LINE_SECONDS


class _Pace:
    """Rate and time left, by bytes: files differ too much in size to be counted."""

    def __init__(self) -> None:
        self._start: tuple[float, int] | None = None

    def left(self, progress: Progress) -> str:
        now = time.monotonic()
        self._start = self._start or (now, progress.done)
        elapsed = now - self._start[0]
        if elapsed < SETTLING_SECONDS or not progress.bytes_read:
            return ""
        rate = (progress.done - self._start[1]) / elapsed
        seconds = elapsed * (progress.bytes_to_read - progress.bytes_read) / progress.bytes_read
        return f"{rate:.1f} files/s, {duration(Fraction(round(seconds)))} left"


def _counts(progress: Progress) -> str:
    if progress.to_compare:
        return f"{progress.compared:,} of {progress.to_compare:,} new items compared with older ones"
    failed = f", {len(progress.failures)} unreadable" if progress.failures else ""
    return f"{progress.done:,} of {progress.files:,} files{failed}"


def duration(seconds: Fraction) -> str:
    """Write a duration as 0:31 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def clock(seconds: Fraction) -> str:
    """Write a time inside a video to the millisecond: 0:12.480."""
    sign, milliseconds = "-" if seconds < 0 else "", round(abs(seconds) * 1000)
    return f"{sign}{milliseconds // 60000}:{milliseconds // 1000 % 60:02}.{milliseconds % 1000:03}"


def verdict_word(verdict: str) -> str:
    """Write a verdict in its colour."""
    return f"[{VERDICT_STYLE[verdict]}]{verdict}[/]"


def _decided(case: CaseState | None) -> str:
    """Say what was decided about an item; nothing if nothing was."""
    if case is None or case.decision is None:
        return ""
    decision = case.decision
    contested = ", contested" if case.conflicting else ""
    return f" {verdict_word(decision.verdict)} ({decision.at:%Y-%m-%d}, {marked(decision.by)}{contested})"


def print_scan(progress: Progress, cases: Mapping[str, CaseState]) -> None:
    """Say how a scan ended: what failed, line by line, then the counts, then what was seen before.

    `cases` has the cases of older items, by SHA-256.
    """
    for failure in sorted(progress.failures, key=lambda failure: failure.path):
        talk.print(f"[red]unreadable[/] {_failure_line(failure)}", soft_wrap=True)
    for passed in progress.passed_over[:SHOWN_PASSED_OVER]:
        talk.print(f"[yellow]passed over[/] {_failure_line(passed)}", soft_wrap=True)
    more = len(progress.passed_over) - SHOWN_PASSED_OVER
    if more > 0:
        talk.print(f"[yellow]passed over[/] {more:,} more")
    counts = {
        "examined": progress.examined,
        "unchanged": progress.unchanged,
        "moved": progress.moved,
        "copies of known items": progress.copied,
        "unreadable": len(progress.failures),
        "not media": progress.other,
    }
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    talk.print(f"{progress.files:,} files: {said}." if said else "No files found.", soft_wrap=True)
    for seen in progress.seen_before:
        best = seen.matches[0]
        copy = f"{RELATIONS[best.relation]} [bold]{_name(best.paths[0])}[/]"
        where = ", ".join([copy, *changes(best), *moments(best)]) + f" ({best.score:.3f})"
        where += _decided(cases.get(best.item))
        lead = "perhaps seen before" if is_weak(best) else "seen before"
        talk.print(f"[yellow]{lead}[/] {_name(seen.path)}: {where}", soft_wrap=True)
    if progress.not_compared:
        reason = f"{progress.not_compared:,} new items could not be compared with older ones"
        talk.print(f"[red]{reason}:[/] {marked(progress.not_compared_because)}", soft_wrap=True)
    if progress.interrupted:
        talk.print("Stopped. What is finished is kept; run the same command again to go on.", soft_wrap=True)


def print_failure(path: Path, failure: UnreadableMedia) -> None:
    """Say in one line why a file could not be examined."""
    line = _failure_line(Failure(path=os.fsencode(path), code=failure.code, message=failure.message))
    talk.print(f"[red]unreadable[/] {line}", soft_wrap=True)


def _name(path: str | bytes) -> str:
    return marked(os.path.basename(os.fsencode(path)))


def _failure_line(failure: Failure) -> str:
    return f"{marked(failure.path)}: {marked(failure.message)} ({failure.code})"


def print_examination(examination: Examination) -> None:
    """Print one examination for a person: what it is, its hashes, problems, findings, metadata."""
    results.print(f"[bold]{marked(examination.path)}[/]", soft_wrap=True)
    results.print(f"  {_facts(examination)}", soft_wrap=True)
    results.print(f"  sha256 {examination.sha256}", soft_wrap=True)
    if examination.fingerprints:
        prints = examination.fingerprints
        results.print(f"  pdq    {prints.pdq.hex} (quality {prints.pdq.quality})", soft_wrap=True)
        results.print(
            f"  phash  {prints.phash}  dhash {prints.dhash}  ahash {prints.ahash}  whash {prints.whash}",
            soft_wrap=True,
        )
    for view in examination.frames:
        hashes = f"pdq {view.fingerprints.pdq.hex} (quality {view.fingerprints.pdq.quality})"
        results.print(
            f"  {clock(view.time)}{' cut' if view.starts_shot else '    '} {hashes}", soft_wrap=True
        )
    for problem in examination.problems:
        results.print(f"  [red]{problem.code}[/] {marked(problem.message)}", soft_wrap=True)
    for finding in examination.findings:
        results.print(f"  {_finding_line(finding)}", soft_wrap=True)
    for value in examination.metadata:
        results.print(f"  [dim]{marked(value.name)}[/] {marked(str(value.value))}", soft_wrap=True)


def _finding_line(finding: Finding) -> str:
    style = SEVERITY_STYLE[finding.severity]
    return f"[{style}]{finding.severity}[/] {finding.code}: {marked(finding.explanation)}"


def _facts(examination: Examination) -> str:
    facts = [examination.kind, examination.format]
    if examination.width:
        facts.append(f"{examination.width} x {examination.height}")
    if examination.duration_seconds is not None:
        facts.append(duration(examination.duration_seconds))
    if examination.kind == "video" and examination.views:
        facts.append(f"{len(examination.shots)} shots, {len(examination.views)} frame samples")
    if examination.partial:
        facts.append("partial")
    return ", ".join(fact for fact in facts if fact)


def print_matches(matches: Sequence[Match], cases: Mapping[str, CaseState] | None = None) -> None:
    """Print one match in a few lines: score, what is shared, where it is and its verdict, why it is weak."""
    if not matches:
        talk.print("Nothing found.")
    for match in matches:
        where = marked(os.fsencode(match.paths[0])) if match.paths else match.item[:12]
        results.print(f"{match.score:.3f}  {describe(match)}", soft_wrap=True)
        results.print(
            f"       [bold]{where}[/]  {match.item[:12]}  [dim]{'; '.join(evidence(match))}[/]"
            + _decided((cases or {}).get(match.item)),
            soft_wrap=True,
        )
        if match.note:
            results.print(f"       {match.note}", soft_wrap=True)


def print_items(items: Iterable[ItemSummary]) -> None:
    """Print one line an item: what it is, its name, and the leads that a reviewer should see first."""
    for item in items:
        size = f"{item.width} x {item.height}" if item.width else ""
        length = "" if item.duration_seconds is None else duration(item.duration_seconds)
        name = _shortened(printable(os.path.basename(item.paths[0]))) if item.paths else ""
        problems = [f"[red]{problem.code}[/]" for problem in item.problems]
        leads = ", ".join([*problems, *(f"[cyan]{code}[/]" for code in item.findings)])
        facts = f"{item.sha256[:12]}  {item.format or item.kind:<8} {size:>11} {length:>7}  "
        results.print(f"{facts}{escape(name.ljust(NAME_COLUMNS))}  {leads}", soft_wrap=True)


def _shortened(name: str) -> str:
    """Shorten a long name in its middle: beginnings and endings tell names apart."""
    if len(name) <= NAME_COLUMNS:
        return name
    tail = NAME_COLUMNS // 2
    return f"{name[: NAME_COLUMNS - tail - 1]}\u2026{name[-tail:]}"

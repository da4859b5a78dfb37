"""A scan in a notebook: how far it is while it runs, in place, and what came of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from verify.matching.wording import RELATIONS, changes, is_weak, moments
from verify.notebook.cards import MUTED, Html, card, file_name, folded, html, line, table
from verify.progress import Failure, Progress, Report

SETTLING_SECONDS = 4
"""Before that the time left is a guess: workers are still starting."""

UPDATE_SECONDS = 0.2
"""Between two pictures of the bar: smooth to the eye, nothing to the browser."""

SHOWN_LINES = 100
"""Of files that failed, or were seen before."""


def progress_html(progress: Progress) -> str:
    """Return what came of a scan."""
    counts = {
        "examined": progress.examined,
        "unchanged": progress.unchanged,
        "moved": progress.moved,
        "copies of known items": progress.copied,
        "unreadable": len(progress.failures),
        "not media": progress.other,
        "passed over": len(progress.passed_over),
    }
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return card(
        f"{progress.files:,} files" + (": interrupted, scan again to go on" if progress.interrupted else ""),
        line(said or "Nothing to do.", colour=MUTED),
        table(_seen_before(progress), head=("arrived", "was seen before as", "score")),
        folded(f"{len(progress.failures)} unreadable", table(_failures(progress.failures))),
        folded(f"{len(progress.passed_over)} passed over", table(_failures(progress.passed_over))),
    )


def _seen_before(progress: Progress) -> Iterator[tuple[object, ...]]:
    for seen in progress.seen_before[:SHOWN_LINES]:
        best = seen.matches[0]
        copy = f"{RELATIONS[best.relation]} {file_name(best.paths[0])}"
        told = ", ".join([copy, *changes(best), *moments(best)])
        yield file_name(seen.path), f"perhaps {told}" if is_weak(best) else told, f"{best.score:.3f}"


def _failures(failures: list[Failure]) -> Iterator[tuple[object, ...]]:
    for failure in failures[:SHOWN_LINES]:
        yield file_name(failure.path), failure.message, failure.code


def in_notebook() -> bool:
    """Say whether a notebook shows what this process displays: IPython runs, and not in a terminal."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")


@contextmanager
def scan_bar() -> Iterator[Report]:
    """Show a bar in place while a scan runs, which ends as one line; outside of notebooks show nothing."""
    if not in_notebook():
        yield lambda _: None
        return
    from IPython.display import HTML, display

    handle = display(HTML(""), display_id=True)
    bar = _Bar(lambda text: handle.update(HTML(text)))
    try:
        yield bar
    finally:
        bar.end()


class _Bar:
    """Counts, a bar and the time left, shown anew a few times a second."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._start = time.monotonic()
        self._shown = self._start - UPDATE_SECONDS
        self._progress = Progress()

    def __call__(self, progress: Progress) -> None:
        self._progress = progress
        now = time.monotonic()
        if now - self._shown >= UPDATE_SECONDS:
            self._show(bar_html(progress, now - self._start))
            self._shown = now

    def end(self) -> None:
        seconds = _clock(round(time.monotonic() - self._start))
        self._show(line(f"{_counts(self._progress)}, {seconds}", colour=MUTED).text)


def bar_html(progress: Progress, elapsed: float) -> str:
    """Return the bar of a scan that has run for `elapsed` seconds."""
    done, total = progress.bytes_read, progress.bytes_to_read
    if progress.to_compare:
        done, total = progress.compared, progress.to_compare
    bar = Html(f'<progress value="{done}" max="{max(total, 1)}" style="width:320px"></progress>')
    words = _counts(progress) + _left(progress, elapsed)
    return line(Html(f"{bar.text} {html(words)}")).text


def _counts(progress: Progress) -> str:
    if progress.to_compare and progress.compared < progress.to_compare:
        return f"{progress.compared:,} of {progress.to_compare:,} new items compared with older ones"
    failed = f", {len(progress.failures)} unreadable" if progress.failures else ""
    return f"{progress.done:,} of {progress.files:,} files{failed}"


def _left(progress: Progress, elapsed: float) -> str:
    """Return the time left by bytes, once there is something to go by."""
    if progress.to_compare or elapsed < SETTLING_SECONDS or not progress.bytes_read:
        return ""
    left = elapsed * (progress.bytes_to_read - progress.bytes_read) / progress.bytes_read
    return f", {_clock(round(left))} left"


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"

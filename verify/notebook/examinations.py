"""An examination as a card: the picture or a strip of frames, key facts, findings, the rest folded away."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from verify.errors import UnreadableMedia
from verify.media.shrinking import shrunk
from verify.notebook.cards import (
    MUTED,
    SEVERITY_COLOURS,
    Html,
    captioned,
    card,
    code,
    file_name,
    folded,
    line,
    picture,
    row,
    table,
)
from verify.records import Examination, View

STRIP_FRAMES = 12
"""Frames shown of a video, taken evenly: enough to see what it is about."""

STRIP_HEIGHT = 90
STILL_HEIGHT = 240
"""Pixels."""

WIDEST = 3
"""Width over height from which a picture is shrunk to fit."""

PROBLEM_COLOUR = "#b91c1c"


def examination_html(examination: Examination) -> str:
    """Return the card of one examination."""
    return card(
        file_name(examination.path),
        line(", ".join(_facts(examination)), colour=MUTED),
        _pictures(examination),
        _findings(examination),
        table(_keys(examination)),
        folded(f"{len(examination.metadata)} metadata values", _metadata(examination)),
    )


def clock(seconds: Fraction) -> str:
    """Write a time inside a video: 0:12.48."""
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


def _facts(examination: Examination) -> Iterator[str]:
    yield examination.kind
    if examination.format:
        yield examination.format
    if examination.width:
        yield f"{examination.width} x {examination.height}"
    if examination.duration_seconds is not None:
        yield f"{float(examination.duration_seconds):.1f} s"
    if examination.shots:
        yield f"{len(examination.shots)} shots"
    if examination.frames:
        yield f"{len(examination.frames)} frame samples"
    yield f"{examination.size_bytes:,} bytes"
    if examination.partial:
        yield "only a part could be decoded"


def _pictures(examination: Examination) -> Html | None:
    if not examination.views:
        return None
    if examination.kind == "image":
        return row([_thumbnail(examination.views[0], STILL_HEIGHT, alt="the picture")])
    frames = _spread(examination.frames)
    strip = row(_frame(view) for view in frames)
    left = len(examination.frames) - len(frames)
    return Html(strip.text + line(f"{left} more frame samples", colour=MUTED).text) if left else strip


def _spread(frames: tuple[View, ...]) -> list[View]:
    """Return frames from the first to the last, evenly, at most as many as the strip holds."""
    if len(frames) <= STRIP_FRAMES:
        return list(frames)
    return [frames[place * (len(frames) - 1) // (STRIP_FRAMES - 1)] for place in range(STRIP_FRAMES)]


def _frame(view: View) -> Html:
    words = clock(view.time) + (" cut" if view.starts_shot else "")
    return captioned(_thumbnail(view, STRIP_HEIGHT, alt=f"frame at {words}"), words)


def _thumbnail(view: View, height: int, *, alt: str) -> Html:
    try:
        return picture(shrunk(view.thumbnail, width=WIDEST * height, height=height), kind="webp", alt=alt)
    except UnreadableMedia as error:
        return line(error, colour=MUTED)


def _findings(examination: Examination) -> Html | None:
    problems = [
        (Html(f'<span style="color:{PROBLEM_COLOUR}">problem</span>'), problem.code, problem.message)
        for problem in examination.problems
    ]
    leads = [
        (
            Html(f'<span style="color:{SEVERITY_COLOURS[finding.severity]}">{finding.severity}</span>'),
            finding.code,
            finding.explanation,
        )
        for finding in examination.findings
    ]
    return table([*problems, *leads]) or line("No findings: that proves nothing.", colour=MUTED)


def _keys(examination: Examination) -> Iterator[tuple[object, ...]]:
    yield "sha256", code(examination.sha256)
    if prints := examination.fingerprints:
        yield "pdq", code(f"{prints.pdq.hex} (quality {prints.pdq.quality})")
        yield "phash", code(prints.phash)


def _metadata(examination: Examination) -> Html | None:
    return table((code(value.name), value.value) for value in examination.metadata)

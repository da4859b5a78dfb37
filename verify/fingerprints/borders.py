"""Finds bars along the sides of a picture, or of several samples of one video together.

Bars are of one colour (letterbox, pillarbox, frames), or a blurred blow-up of the picture itself, as apps
put behind a wide picture on an upright screen. A bar ends in a straight line across the whole side: that
tells it from a clear sky or a wall. A bar with writing in it ends where the writing begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_BORDER: Final = 0.02
"""Share of the side; thinner lines are left by scanners and by rounding to blocks of 16."""

MAX_BORDER: Final = 0.45
"""Share of the side; beyond it the bars would be the picture."""

SAME_COLOR: Final = 14
"""Grey levels in any channel by which a bar's pixels may differ, after hard JPEG compression."""

OFF_COLOR: Final = 0.02
"""Share of a bar's line that may have another colour: block noise, a corner of a logo."""

EDGE: Final = 0.5
"""Share of the first line behind a bar that must have another colour; at a skyline it is a few percent."""

EDGE_LINES: Final = 3
"""Lines within which that must happen; scaling smears an edge over two."""

STABLE: Final = 0.8
"""Share of a video's samples in which a line must belong to the bar; title cards have none."""

SOFT: Final = 0.35
"""Detail in a blurred bar, as a share of the detail in the middle of the picture."""

STEP: Final = 3.0
"""How many times the usual step between lines of a blurred bar the step at its end must be."""

UNEVEN: Final = 0.03
"""Share of the side by which two opposite blurred bars may differ: apps put the picture in the middle."""

ECHO: Final = 0.6
"""Correlation of blurred bars with a blow-up of the picture between them; a coincidence stays below."""

ECHO_SIDE: Final = 32
"""Pixels along the bars' direction when that is compared: blur leaves no finer detail."""

Borders = dict[str, float]
"""Share of the side covered by a bar at `top`, `bottom`, `left`, `right`; 0 for none."""


def uniform_borders(samples: NDArray[np.uint8]) -> Borders:
    """Find bars of one colour in (samples, height, width, 3) pictures."""
    _, height, width, _ = samples.shape
    top, bottom = _bar(samples), _bar(samples[:, ::-1])
    inner = samples[:, top : height - bottom].transpose(0, 2, 1, 3)
    left, right = _bar(inner), _bar(inner[:, ::-1])
    return {"top": top / height, "bottom": bottom / height, "left": left / width, "right": right / width}


def _bar(samples: NDArray[np.uint8]) -> int:
    """Count the lines of a bar of one colour at the start of axis 1."""
    shortest, longest = _range(samples.shape[1])
    color = np.median(samples[:, 0].reshape(-1, 3), axis=0)
    if (_off_color(samples[:, :shortest], color).min(axis=0) > OFF_COLOR).any():
        return 0
    off = _off_color(samples[:, : longest + EDGE_LINES], color)
    behind = np.flatnonzero(np.quantile(off, STABLE, axis=0) > OFF_COLOR)
    if not len(behind) or not shortest <= behind[0] <= longest:
        return 0
    first = int(behind[0])
    return first if off[:, first : first + EDGE_LINES].max() >= EDGE else 0


def _range(lines: int) -> tuple[int, int]:
    return int(np.ceil(MIN_BORDER * lines)), int(MAX_BORDER * lines)


def _off_color(lines: NDArray[np.uint8], color: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of pixels of another colour for each sample and line."""
    low, high = np.clip(color - SAME_COLOR, 0, 255), np.clip(color + SAME_COLOR, 0, 255)
    return np.asarray(((lines < low) | (lines > high)).any(axis=3).mean(axis=2))


def blurred_borders(greys: NDArray[np.uint8]) -> Borders:
    """Find a pair of blurred bars in (samples, height, width) grey pictures."""
    borders = dict.fromkeys(("top", "bottom", "left", "right"), 0.0)
    for sides, turned in ((("top", "bottom"), greys), (("left", "right"), greys.transpose(0, 2, 1))):
        bars = _blurred_bars(turned)
        if bars is not None:
            borders |= dict(zip(sides, (bar / turned.shape[1] for bar in bars), strict=True))
    return borders


def _blurred_bars(greys: NDArray[np.uint8]) -> tuple[int, int] | None:
    """Count the lines of the blurred bars at both ends of axis 1; None unless there are two."""
    lines = greys.shape[1]
    if min(greys.shape[1:]) < ECHO_SIDE:
        return None
    detail, steps = _profile(greys, axis=2).mean(axis=1), _profile(greys, axis=1).mean(axis=1)
    soft = SOFT * float(detail[lines // 3 : -(lines // 3)].mean())
    first, last = _soft_lines(detail, steps, soft), _soft_lines(detail[::-1], steps[::-1], soft)
    if not first or not last or abs(first - last) > UNEVEN * lines:
        return None
    return (first, last) if _echoes(greys, first, last) else None


def _profile(greys: NDArray[np.uint8], axis: int) -> NDArray[np.uint8]:
    """Return the mean over the samples of the difference between neighbours along an axis."""
    last = greys.shape[axis]
    after, before = np.take(greys, range(1, last), axis), np.take(greys, range(last - 1), axis)
    return np.asarray(cv2.absdiff(after, before).mean(axis=0))


def _soft_lines(detail: NDArray[Any], steps: NDArray[Any], soft: float) -> int:
    """Count the soft lines at the start, if they end with a step across the whole side."""
    shortest, longest = _range(len(detail))
    sharp = np.flatnonzero(detail > soft)
    if not len(sharp) or not shortest <= sharp[0] <= longest:
        return 0
    near = int(sharp[0])
    end = near - EDGE_LINES + int(np.argmax(steps[max(0, near - EDGE_LINES) : near + EDGE_LINES])) + 1
    usual = float(np.median(steps[: max(1, near - EDGE_LINES)]))
    return end if end >= shortest and steps[end - 1] >= STEP * max(usual, 1.0) else 0


def _echoes(greys: NDArray[np.uint8], first: int, last: int) -> bool:
    """Say whether the bars look like the picture between them, blown up until it fills the whole."""
    _, lines, width = greys.shape
    shown = lines - first - last
    cut = round(width * (1 - shown / lines) / 2)
    bars: list[NDArray[Any]] = []
    echo: list[NDArray[Any]] = []
    for grey in greys:
        blown_up = grey[first : lines - last, cut : width - cut]
        for picture, parts in ((grey, bars), (blown_up, echo)):
            small = cv2.resize(picture, (ECHO_SIDE, ECHO_SIDE), interpolation=cv2.INTER_AREA)
            ends = round(ECHO_SIDE * first / lines), round(ECHO_SIDE * last / lines)
            parts += [small[: ends[0]].ravel(), small[ECHO_SIDE - ends[1] :].ravel()]
    return _correlation(np.concatenate(bars), np.concatenate(echo)) >= ECHO


def _correlation(one: NDArray[Any], other: NDArray[Any]) -> float:
    deviation = float(one.std()) * float(other.std())
    return float(np.mean((one - one.mean()) * (other - other.mean()))) / deviation if deviation else 0.0

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
"""Share of the line behind a bar that must have another colour; at a skyline it is a few percent."""

EDGE_LINES: Final = 5
"""Lines within which that must happen: JPEG's blocks, shrunk, ring over three."""

RINGING: Final = 0.15
"""Share of another colour that ringing may leave two lines before the edge; haze on a horizon leaves more."""

STABLE: Final = 0.8
"""Share of a video's samples in which a line must belong to the bar; title cards have none."""

SPARSE: Final = 8
"""One in so many pixels or lines is enough to see that a picture has no bars, which most have not."""

SOFT: Final = 0.35
"""Detail in a blurred bar, as a share of the detail in the middle of the picture."""

MIN_BLURRED: Final = 0.1
"""Share of the side; 4:3 on a square gives 12.5 %, and less is too little to compare with the picture."""

STEP: Final = 2.0
"""How many times the usual step between lines the step at the end of both bars must be."""

UNEVEN_LINES: Final = 1
"""By which opposite blurred bars may differ: apps put the picture in the middle."""

CLEAREST: Final = 6
"""Steps that are tried; one step is up to three lines wide."""

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
    spread = np.ptp(samples[:, 0, ::SPARSE], axis=1).max(axis=1)
    if (spread > 2 * SAME_COLOR).mean() > 1 - STABLE:
        return 0
    color = np.median(samples[:, 0].reshape(-1, 3), axis=0)
    off = np.quantile(_off_color(samples[:, : longest + EDGE_LINES], color), STABLE, axis=0)
    behind = np.flatnonzero(off > OFF_COLOR)
    if not len(behind) or not shortest <= behind[0] <= longest:
        return 0
    edge = behind[0] + np.flatnonzero(off[behind[0] : behind[0] + EDGE_LINES] >= EDGE)
    if not len(edge) or off[edge[0] - 2] > RINGING:
        return 0
    return int(edge[0])


def _range(lines: int) -> tuple[int, int]:
    return int(np.ceil(MIN_BORDER * lines)), int(MAX_BORDER * lines)


def _off_color(lines: NDArray[np.uint8], color: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of pixels of another colour for each sample and line."""
    low, high = np.clip(color - SAME_COLOR, 0, 255), np.clip(color + SAME_COLOR, 0, 255)
    within = [cv2.inRange(np.ascontiguousarray(sample), np.floor(low), np.floor(high)) for sample in lines]
    return np.stack(
        [1 - cv2.reduce(mask, 1, cv2.REDUCE_AVG, dtype=cv2.CV_64F)[:, 0] / 255 for mask in within]
    )


def blurred_borders(greys: NDArray[np.uint8]) -> Borders:
    """Find a pair of blurred bars in (samples, height, width) grey pictures."""
    borders = dict.fromkeys(("top", "bottom", "left", "right"), 0.0)
    for sides, turned in ((("top", "bottom"), greys), (("left", "right"), greys.transpose(0, 2, 1))):
        borders |= dict.fromkeys(sides, _blurred_bar(turned) / turned.shape[1])
    return borders


def _blurred_bar(greys: NDArray[np.uint8]) -> int:
    """Count the lines of the blurred bar at either end of axis 1; 0 unless there are two alike."""
    lines = greys.shape[1]
    if min(greys.shape[1:]) < ECHO_SIDE:
        return 0
    shortest, longest = int(MIN_BLURRED * lines), _range(lines)[1]
    soft = SOFT * _detail(greys[:, lines // 3 : -(lines // 3) : SPARSE])
    if max(_detail(greys[:, :shortest:SPARSE]), _detail(greys[:, -shortest::SPARSE])) > soft:
        return 0
    for count in _steps_at_both_ends(greys, shortest, longest):
        bars = greys[:, :count], greys[:, -count:][:, ::-1]
        ends = (bar[:, -EDGE_LINES:] for bar in bars)
        if max(map(_detail, (*bars, *ends))) <= soft and _echoes(greys, count):
            return count
    return 0


def _steps_at_both_ends(greys: NDArray[np.uint8], shortest: int, longest: int) -> list[int]:
    """Return where there is a step across the whole side, equally far from both ends, the clearest first."""
    near = np.concatenate([greys[:, : longest + 1], greys[:, : -longest - 2 : -1]])
    steps = _apart(near[:, 1:], near[:, :-1]).mean(axis=2).reshape(2, -1, longest).mean(axis=1)
    both = cv2.dilate(steps, np.ones((1, 2 * UNEVEN_LINES + 1))).min(axis=0)
    usual = max(float(np.median(both)), 1.0)
    clearest = np.argsort(-both[shortest - 1 :])[:CLEAREST] + shortest - 1
    return [int(line) + 1 for line in clearest if both[line] >= STEP * usual]


def _detail(greys: NDArray[np.uint8]) -> float:
    """Return the mean difference between neighbours within lines, grey levels."""
    return float(np.mean(_apart(greys[:, :, 1:], greys[:, :, :-1])))


def _apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.maximum(one, other) - np.minimum(one, other)


def _echoes(greys: NDArray[np.uint8], count: int) -> bool:
    """Say whether the bars look like the picture between them, blown up until it fills the whole."""
    _, lines, width = greys.shape
    cut, end = round(width * count / lines), max(1, round(ECHO_SIDE * count / lines))
    bars: list[NDArray[Any]] = []
    echo: list[NDArray[Any]] = []
    for grey in greys:
        blown_up = grey[count : lines - count, cut : width - cut]
        for picture, parts in ((grey, bars), (blown_up, echo)):
            small = cv2.resize(picture.copy(), (ECHO_SIDE, ECHO_SIDE), interpolation=cv2.INTER_AREA)
            parts += [small[:end], small[-end:]]
    return _correlation(np.concatenate(bars), np.concatenate(echo)) >= ECHO


def _correlation(one: NDArray[Any], other: NDArray[Any]) -> float:
    deviation = float(one.std()) * float(other.std())
    return float(np.mean((one - one.mean()) * (other - other.mean()))) / deviation if deviation else 0.0

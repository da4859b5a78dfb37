from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import cv2
import numpy as np
import pytest

from verify.fingerprints.image_hash import fingerprint
from verify.fingerprints.local_features import STORED, Detail, extract
from verify.records import View

Scene = Callable[..., np.ndarray]
MakeView = Callable[..., View]


@pytest.fixture(scope="session")
def scene() -> Scene:
    """Make pictures with shapes of every size; each seed gives another one."""

    def make(seed: int, width: int = 640, height: int = 480) -> np.ndarray:
        rng = np.random.default_rng(seed)
        small = rng.integers(30, 226, (5, 6, 3)).astype(np.uint8)
        canvas = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        for _ in range(130):
            centre = tuple(int(v) for v in rng.uniform(0, 1, 2) * (width, height))
            axes = tuple(int(v) for v in rng.uniform(0.006, 0.09, 2) * width)
            colour = tuple(int(v) for v in rng.integers(0, 256, 3))
            turn, end = float(rng.uniform(0, 180)), float(rng.uniform(90, 360))
            cv2.ellipse(canvas, centre, axes, turn, 0, end, colour, -1)
        return cv2.GaussianBlur(canvas, (0, 0), 1.0)

    return make


@pytest.fixture(scope="session")
def view() -> MakeView:
    def make(rgb: np.ndarray, detail: Detail = STORED, time: Fraction = Fraction(0)) -> View:
        rgb = np.ascontiguousarray(rgb)
        return View(time=time, fingerprints=fingerprint(rgb), thumbnail=b"", features=extract(rgb, detail))

    return make

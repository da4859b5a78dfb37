"""Pictures and videos made on the spot, with known truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="session")
def picture() -> Pixels:
    """Return 120 x 180 RGB pixels, smooth, and alike under no turn or mirroring."""
    rows, columns = np.mgrid[0:120, 0:180]
    red, green, blue = rows * 2, columns * 255 // 180, (rows // 60) * 120 + (columns // 90) * 60
    return np.stack([red, green, blue], axis=2).astype(np.uint8)


@pytest.fixture
def make_video(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes frame n at the n-th tick: grey 10 + 5 n, a red mark top left."""

    def make(
        name: str,
        ticks: Sequence[int],
        *,
        tick: Fraction = Fraction(1, 25),
        size: tuple[int, int] = (96, 64),
        codec: str = "libx264",
        options: dict[str, str] | None = None,
        prepare: Callable[[Any], None] = lambda stream: None,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=25, options=options or {})
            stream.codec_context.time_base = tick
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            prepare(stream)
            for number, start in enumerate(ticks):
                grey = np.full((size[1], size[0], 3), 10 + 5 * (number % 40), np.uint8)
                cv2.rectangle(grey, (4, 4), (20, 12), (255, 0, 0), -1)
                frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
                frame.pts = start
                frame.time_base = tick
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    return make

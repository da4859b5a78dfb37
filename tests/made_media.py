"""Small real pictures and videos, made where a test needs them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray


def picture(seed: int, width: int = 320, height: int = 240) -> NDArray[np.uint8]:
    """Make a textured RGB picture that differs from those of other seeds: blurred noise in a few scales."""
    rng = np.random.default_rng(seed)
    layers = []
    for cells in (4, 12, 40):
        noise = rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
        layers.append(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32))
    mixed = sum(layer * weight for layer, weight in zip(layers, (0.5, 0.3, 0.2), strict=True))
    return np.clip(mixed, 0, 255).astype(np.uint8)


def write_jpeg(path: Path, seed: int, width: int = 320, height: int = 240) -> Path:
    """Write `picture(seed)` as a JPEG."""
    _, encoded = cv2.imencode(".jpg", picture(seed, width, height)[:, :, ::-1])
    path.write_bytes(encoded.tobytes())
    return path


def write_video(path: Path, seeds: list[int], *, seconds_each: int = 1, rate: int = 10) -> Path:
    """Write an H.264 MP4 that shows `picture(seed)` for each seed in turn, panning slowly."""
    frames = []
    for seed in seeds:
        wide = picture(seed, 480, 240)
        shifts = (step * 4 % 160 for step in range(seconds_each * rate))
        frames += [wide[:, shift : shift + 320] for shift in shifts]
    return write_frames(path, frames, rate=rate)


def write_frames(path: Path, frames: list[NDArray[np.uint8]], *, rate: int) -> Path:
    """Write an H.264 MP4 of RGB frames of 320 x 240."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.codec_context.time_base = Fraction(1, rate)
        for number, rgb in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path

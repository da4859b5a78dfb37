"""The photos of a folder, upright, at most so large, always in the same order."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from placed import Rgb

LONGEST_SIDE = 1280
"""Pixels; larger photos are reduced first, as platforms do, which keeps a run short."""
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One photo of the folder."""

    key: str
    """Its file name."""
    rgb: Rgb


def load(folder: Path, limit: int | None = None) -> list[Picture]:
    """Read photos in an order that does not depend on the file system, shuffled by a fixed seed.

    What Pillow cannot read is left out: a benchmark folder may hold other things.
    """
    names = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    order = np.random.default_rng(0).permutation(len(names))
    pictures = []
    for place in order:
        if limit is not None and len(pictures) == limit:
            break
        rgb = read(names[place])
        if rgb is not None:
            pictures.append(Picture(key=names[place].name, rgb=rgb))
    return pictures


def read(path: Path) -> Rgb | None:
    """One photo, or None if Pillow refuses it."""
    try:
        with warnings.catch_warnings(), Image.open(path) as image:
            warnings.simplefilter("ignore")
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return np.array(upright)


def strangers_of(pictures: list[Picture], place: int, count: int) -> list[Rgb]:
    """The next few pictures in a ring: never the one at `place`."""
    return [pictures[(place + step) % len(pictures)].rgb for step in range(1, count + 1)]

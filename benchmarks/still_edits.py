"""What people do to pictures before they post them, by name, each with the truth about it.

Each edit is a function of the placed picture, a generator and some strangers. The generator
is seeded by the edit's name and the item's key, so that a set never changes between runs.
"""

from __future__ import annotations

import zlib

import numpy as np

from covered_edits import COVERED
from further_edits import FAR, OTHER
from layouts import Edit, Strangers
from placed import Edited, Placed, Rgb
from usual_edits import USUAL

GROUPS: dict[str, dict[str, Edit]] = {"usual": USUAL, "other": OTHER, "far": FAR, "covered": COVERED}
ALL = USUAL | OTHER | FAR | COVERED


def edit(name: str, rgb: Rgb, *, key: str, strangers: Strangers) -> Edited:
    """Apply one edit by name; the same name, key and pictures always give the same result.

    `strangers` are other pictures for collages and backgrounds, `layouts.STRANGERS_NEEDED` of them.
    """
    rng = np.random.default_rng(zlib.crc32(f"{name}/{key}".encode()))
    return ALL[name](Placed.of(rgb), rng, strangers).edited()

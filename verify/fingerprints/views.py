"""Makes a view of one upright picture: the one place where everything is computed that views hold."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from verify.fingerprints.image_hash import fingerprint
from verify.fingerprints.local_features import Detail, extract
from verify.fingerprints.thumbnails import thumbnail
from verify.records import View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def make_view(
    rgb: NDArray[np.uint8],
    *,
    time: Fraction = Fraction(0),
    starts_shot: bool = False,
    exact: bool = False,
    reduced: bool = False,
    pictured: bool = True,
    detail: Detail | None = None,
) -> View:
    """Compute the view of an upright (height, width, 3) picture.

    `exact` and `reduced` mean what they mean to `fingerprint`, `detail` what it means to `extract`;
    without it the view gets no local features, and no thumbnail unless it is `pictured`.
    """
    return View(
        time=time,
        fingerprints=fingerprint(rgb, exact=exact, reduced=reduced),
        thumbnail=thumbnail(rgb) if pictured else b"",
        starts_shot=starts_shot,
        features=None if detail is None else extract(rgb, detail),
    )

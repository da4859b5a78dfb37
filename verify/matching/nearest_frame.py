"""The frame of found footage that a view of the query shows, where it lies between two stored views.

What moves fast looks unlike itself half a second later: the stored view next to the true frame agrees with
the query in part, and its transform holds the movement between the two. So the frames around that view are
given keypoints and laid over the query as stored views are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

import numpy as np

from verify.fingerprints.image_hash import fingerprint
from verify.fingerprints.local_features import STORED, extract
from verify.matching.alignment import TimedPicture
from verify.matching.finder import Pairing, paired
from verify.matching.judgement import WHOLLY_AGREES
from verify.matching.pairs import by_keypoints, features_of, variants_asked
from verify.records import View

FoundFrameSource = Callable[[str, float, float], Sequence[TimedPicture]]
"""Small pictures of a found item, by its key, between two times; nothing if its file is not at hand."""

WORTH_A_LOOK: Final = 0.1
"""Score from which a stored view may be the neighbour of the true frame; strangers hardly reach it."""
AROUND: Final = 0.6
"""Seconds on either side of the view: samples are a second apart."""
STEP: Final = 0.1
"""Seconds between the frames looked at: at a fifth of a second a fast hand has lost half its keypoints."""


def nearest_frame(pairing: Pairing, found_frames: FoundFrameSource) -> Pairing:
    """Return the pairing of a view of the query with the frame around the paired view that it shows best.

    The pairing itself if it is one with a still, agrees wholly already, or is not worth the look.
    """
    wholly = pairing.pair.agreement.overlap_share >= WHOLLY_AGREES
    if pairing.item.duration is None or wholly or pairing.judgement.score < WORTH_A_LOOK:
        return pairing
    time, pair = float(pairing.view.time), pairing.pair
    variant = variants_asked(pairing.asked, negated=pair.negated)[pair.mirrored]
    frames = found_frames(pairing.item.key, max(time - AROUND, 0.0), time + AROUND)
    around = [
        paired(pairing.item, view, pairing.asked, laid)
        for view in _views(frames, pairing.view)
        for laid in by_keypoints(pairing.asked, view, variant)
    ]
    return max([pairing, *around], key=lambda one: one.strength)


def _views(frames: Sequence[TimedPicture], stored: View) -> list[View]:
    """Make views of frames that are some time apart; their size is that of the stored view."""
    views: list[View] = []
    for frame in frames:
        if not views or frame.time - views[-1].time >= STEP:
            views.append(_view(frame, stored))
    return views


def _view(frame: TimedPicture, stored: View) -> View:
    features, size = extract(frame.picture, STORED), features_of(stored)
    rgb = np.repeat(frame.picture[..., None], 3, axis=2)
    return View(
        time=Fraction(frame.time),
        fingerprints=fingerprint(rgb),
        thumbnail=b"",
        features=replace(features, width=size.width, height=size.height),
    )

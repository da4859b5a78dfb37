"""Stills: one archive, every method, every edit; then overlays and look-alikes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

import overlays
import patterns
import still_edits
from answers import Answer, Claim, StillMethod
from layouts import STRANGERS_NEEDED
from pictures import Picture, strangers_of
from placed import Edited, overlap

ROTATION_TOLERANCE = 3.0
"""Degrees."""
REGION_TOLERANCE = 0.6
"""Intersection over union below which a reported region is wrong."""
PAPERS = (1, 2, 3)
"""Wallpapers of each print: what holds for one need not for another."""
FALSE_EDITS = ("jpeg_30", "crop_50", "post_screenshot", "meme_band", "collage_of_four")
"""Unrelated queries come as they are and under these edits, which bring frames and text along."""


@dataclass(slots=True)
class Tally:
    """What one method did under one edit."""

    asked: int = 0
    found: int = 0
    """The right item first and accepted."""
    false: int = 0
    """Accepted answers that are wrong, wherever they rank."""
    turned_right: int = 0
    """Of the found ones: mirror flag right and rotation within tolerance."""
    overlaps: list[float] = field(default_factory=list)
    """Of the region in the found picture with the true one."""
    query_overlaps: list[float] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    cpu_seconds: float = 0.0

    @property
    def recall(self) -> float:
        return self.found / self.asked if self.asked else float("nan")


def cpu_seconds() -> float:
    """Of this process and of the workers it has waited for."""
    return sum(os.times()[:4])


def asked(method: StillMethod, edited: Edited, right: str | None, tally: Tally, query: str = "") -> None:
    """Put one query and keep the score; `right` is None if nothing in the archive is a copy.

    `query` names it where it is reported.
    """
    begun = cpu_seconds()
    answers = method.query(edited.rgb)
    tally.cpu_seconds += cpu_seconds() - begun
    tally.asked += 1
    for answer in answers:
        if answer.accepted:
            tally.false += answer.key != right
            tally.claims.append(
                Claim(
                    query=query or str(right), key=answer.key, score=answer.score, right=answer.key == right
                )
            )
    if right is not None and answers and answers[0].key == right and answers[0].accepted:
        tally.found += 1
        _judge_transform(answers[0], edited, tally)


def filled(method: StillMethod, archive: Sequence[Picture]) -> float:
    """Add every picture; return the CPU seconds it took."""
    begun = cpu_seconds()
    for picture in archive:
        method.add(picture.key, picture.rgb)
    method.settle()
    return cpu_seconds() - begun


def recall_by_edit(
    method: StillMethod, pictures: Sequence[Picture], held_out: Sequence[Picture], edits: Sequence[str]
) -> dict[str, Tally]:
    """Each picture under each edit; what else a collage shows is not in the archive."""
    strangers = [picture.rgb for picture in held_out[:STRANGERS_NEEDED]]
    tallies: dict[str, Tally] = {}
    for name in edits:
        tally = tallies[name] = Tally()
        for picture in pictures:
            edited = still_edits.edit(name, picture.rgb, key=picture.key, strangers=strangers)
            asked(method, edited, picture.key, tally)
    return tallies


def unrelated(method: StillMethod, held_out: Sequence[Picture]) -> Tally:
    """Pictures that the archive does not hold, plain and under edits with frames and text."""
    tally = Tally()
    for place, picture in enumerate(held_out):
        strangers = strangers_of(list(held_out), place, STRANGERS_NEEDED)
        asked(method, overlays.shown_under(None, picture.rgb), None, tally, picture.key)
        for name in FALSE_EDITS:
            edited = still_edits.edit(name, picture.rgb, key=picture.key, strangers=strangers)
            asked(method, edited, None, tally, f"{picture.key}, {name}")
    return tally


def overlay_trial(
    method: Callable[[], StillMethod],
    kind: str,
    number: int,
    members: Sequence[Picture],
    guests: Sequence[Picture],
) -> dict[str, Tally]:
    """All members carry one design; guests ask under it, members' copies ask under it, another, none."""
    design, other = overlays.design(kind, number), overlays.design(kind, number + 100)
    finder = method()
    filled(finder, [Picture(key=m.key, rgb=overlays.shown_under(design, m.rgb).rgb) for m in members])
    tallies = {name: Tally() for name in ("strangers", "same overlay", "other overlay", "no overlay")}
    for guest in guests:
        asked(finder, overlays.shown_under(design, guest.rgb), None, tallies["strangers"], guest.key)
    for member in members:
        for name, worn in (("same overlay", design), ("other overlay", other), ("no overlay", None)):
            asked(finder, overlays.true_copy(worn, member.rgb, member.key), member.key, tallies[name])
    return tallies


def bare_archive_trial(
    method: Callable[[], StillMethod], kind: str, number: int, members: Sequence[Picture]
) -> Tally:
    """The archive holds the pictures without overlay, the copies carry one."""
    finder, design, tally = method(), overlays.design(kind, number), Tally()
    filled(finder, members)
    for member in members:
        asked(finder, overlays.true_copy(design, member.rgb, member.key), member.key, tally)
    return tally


def look_alikes(method: Callable[[], StillMethod], members: Sequence[Picture]) -> dict[str, Tally]:
    """Markings of different animals, and different pictures before the same wallpaper, one paper a set."""
    rng = np.random.default_rng(0)
    sets = {"markings": [patterns.markings(rng) for _ in members]}
    for kind, number in product(patterns.PRINTS, PAPERS):
        paper = patterns.wallpaper(kind, number)
        sets[f"{kind} {number}"] = [patterns.in_front_of(paper, member.rgb, rng) for member in members]
    tallies = {}
    for name, rgbs in sets.items():
        finder, tally = method(), Tally()
        half = len(rgbs) // 2
        filled(finder, [Picture(key=str(place), rgb=rgb) for place, rgb in enumerate(rgbs[:half])])
        for place, rgb in enumerate(rgbs[half:], half):
            asked(finder, overlays.shown_under(None, rgb), None, tally, str(place))
        tallies[name] = tally
    return tallies


def _judge_transform(answer: Answer, edited: Edited, tally: Tally) -> None:
    truth = edited.truth
    if answer.mirrored is not None and answer.rotation_degrees is not None:
        off = (answer.rotation_degrees - truth.rotation_degrees + 180) % 360 - 180
        tally.turned_right += answer.mirrored == truth.mirrored and abs(off) <= ROTATION_TOLERANCE
    if answer.region is not None:
        tally.overlaps.append(overlap(answer.region, truth.region))
    if answer.query_region is not None:
        tally.query_overlaps.append(overlap(answer.query_region, truth.query_region))

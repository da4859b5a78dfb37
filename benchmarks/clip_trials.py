"""Clips: which video, from when to when, how fast; and the same camera at another moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

import clip_edits
import footage
from answers import Answer, Claim, ClipMethod
from clip_edits import Clip, Segment
from footage import Video
from placed import Placed, Rgb
from still_trials import cpu_seconds

SPEED_TOLERANCE = 0.05
STILL_SIDE = 160
"""Pixels, longest side of the frames on which a camera's stillness is judged."""
STILL_LEVELS = 10
"""Grey levels by which a still background may differ between two halves of a video."""
STILL_SHARE = 0.7
MOVING_LEVELS = 30
MOVING_SHARE = 0.004
"""Share of a frame that must differ from every frame of the other half."""


@dataclass(slots=True)
class ClipTally:
    """What one method did with one clip edit."""

    asked: int = 0
    found: int = 0
    """Every true source accepted, the first answer among them."""
    false: int = 0
    time_errors: list[float] = field(default_factory=list)
    """Seconds, starts and ends on the found side."""
    speeds_right: list[bool] = field(default_factory=list)
    whole: int = 0
    """All true segments reported."""
    claims: list[Claim] = field(default_factory=list)
    cpu_seconds: float = 0.0

    @property
    def recall(self) -> float:
        return self.found / self.asked if self.asked else float("nan")


def clip_trial(method: ClipMethod, clips: Sequence[Clip], folder: Path) -> dict[str, ClipTally]:
    """Ask every clip; the archive is in the method already."""
    tallies: dict[str, ClipTally] = {}
    for clip in clips:
        tally = tallies.setdefault(clip.edit, ClipTally())
        begun = cpu_seconds()
        answers = method.query_file(folder / clip.file)
        tally.cpu_seconds += cpu_seconds() - begun
        _judge(answers, clip, tally)
    return tallies


def made(videos: Sequence[Video], edits: Sequence[str], count: int, folder: Path) -> list[Clip]:
    """Clips of the first `count` videos that are long enough, under each edit."""
    long_enough = [video for video in videos if video.duration >= clip_edits.LONGEST_SPAN]
    folder.mkdir(parents=True, exist_ok=True)
    return [
        clip_edits.make(edit, long_enough, place, folder)
        for edit in edits
        for place in range(min(count, len(long_enough)))
    ]


def other_moments(videos: Sequence[Video], folder: Path) -> list[tuple[Path, list[Path]]]:
    """For each video of a camera that stands still: its first half, and a clip and a still of its end."""
    folder.mkdir(parents=True, exist_ok=True)
    pairs = []
    for video in videos:
        if video.duration < 3 * clip_edits.CLIP_SECONDS or not _stands_still(video):
            continue
        early, late = folder / f"early--{video.path.stem}.mp4", folder / f"late--{video.path.stem}.mp4"
        _cut(video, 0.0, video.duration / 2, early)
        _cut(video, video.duration - clip_edits.CLIP_SECONDS, video.duration, late)
        pairs.append((early, [late, _still(video, folder / f"still--{video.path.stem}.jpg")]))
    return pairs


def same_camera_trial(
    method: Callable[[], ClipMethod], pairs: Sequence[tuple[Path, list[Path]]]
) -> dict[str, ClipTally]:
    """Nothing may be called a copy: the early halves are in the archive, late clips and stills ask."""
    finder, tallies = method(), {"clips": ClipTally(), "stills": ClipTally()}
    for early, _ in pairs:
        finder.add_file(early.name, early)
    for _, late in pairs:
        for path, tally in zip(late, tallies.values(), strict=True):
            accepted = [answer for answer in finder.query_file(path) if answer.accepted]
            tally.asked += 1
            tally.false += len(accepted)
            tally.claims.extend(
                Claim(query=path.name, key=one.key, score=one.score, right=False) for one in accepted
            )
    return tallies


def _judge(answers: Sequence[Answer], clip: Clip, tally: ClipTally) -> None:
    true_keys = {segment.source for segment in clip.segments}
    answers = [answer for answer in answers if answer.key in true_keys or answer.key not in clip.around]
    accepted = {answer.key: answer for answer in answers if answer.accepted}
    tally.asked += 1
    tally.false += len(accepted.keys() - true_keys)
    tally.claims.extend(
        Claim(query=clip.file, key=key, score=answer.score, right=key in true_keys)
        for key, answer in accepted.items()
    )
    first_right = bool(answers) and answers[0].key in true_keys
    if not (first_right and true_keys <= accepted.keys()):
        return
    tally.found += 1
    matched = [_judge_time(accepted[segment.source], segment, tally) for segment in clip.segments]
    tally.whole += all(matched)


def _judge_time(answer: Answer, truth: Segment, tally: ClipTally) -> bool:
    """The reported segment that overlaps the true one most; False if none does."""

    def shared(start: float, end: float) -> float:
        return min(end, truth.query_end) - max(start, truth.query_start)

    best = max(answer.segments, key=lambda s: shared(s.query_start, s.query_end), default=None)
    still = truth.query_start == truth.query_end
    if best is None or (not still and shared(best.query_start, best.query_end) <= 0):
        return False
    tally.time_errors.append(abs(best.found_start - truth.found_start))
    if not still:
        tally.time_errors.append(abs(best.found_end - truth.found_end))
        tally.speeds_right.append(abs(best.speed / truth.speed - 1) <= SPEED_TOLERANCE)
    return True


def _stands_still(video: Video) -> bool:
    """True if the background agrees between the halves and something that moves does not."""
    first = [_small(rgb) for rgb in footage.sampled(video, np.linspace(0, video.duration / 2, 24))]
    last = [
        _small(rgb)
        for rgb in footage.sampled(
            video, np.linspace(video.duration - clip_edits.CLIP_SECONDS, video.duration, 8)
        )
    ]
    background = np.abs(np.median(first, axis=0) - np.median(last, axis=0))
    if (background <= STILL_LEVELS).mean() < STILL_SHARE:
        return False
    nearest = min((np.abs(a - b) > MOVING_LEVELS).mean() for a in first for b in last)
    return bool(nearest >= MOVING_SHARE)


def _small(rgb: Rgb) -> np.ndarray:
    return Placed.of(rgb).fitted(STILL_SIDE, STILL_SIDE).rgb.mean(axis=2).astype(np.float32)


def _still(video: Video, file: Path) -> Path:
    """A frame from the middle of the last seconds."""
    if not file.exists():
        rgb = next(footage.sampled(video, [video.duration - clip_edits.CLIP_SECONDS / 2]))
        Image.fromarray(rgb).save(file, quality=80)
    return file


def _cut(video: Video, start: float, end: float, file: Path) -> None:
    if not file.exists():
        times = start + np.arange(round((end - start) * video.rate)) / float(video.rate)
        footage.write(file, footage.sampled(video, times), video.rate, crf=23)

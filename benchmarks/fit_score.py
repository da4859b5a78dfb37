"""Fits what `verify/matching/score.py` makes of a view pair, and says how it does on pictures kept apart.

    python benchmarks/fit_score.py --photos FOLDER --videos FOLDER --out verify/matching/score.json

The pairs are those of `score_pairs.py`. The net is fitted on the pictures of either half and judged on the
other; what is written is fitted on all.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from score_pairs import Folders, collected, parts
from score_questions import Row
from verify.matching.claims import claims_copy
from verify.matching.geometry import Floats
from verify.matching.judgement import DOUBTFUL_SCORE
from verify.matching.score import Net

NETS, UNITS = 10, 32
"""Nets from different starts, of so many hidden units each, whose mean is one net."""
DECAY = 5e-5
ROUNDS = 500
BANDS = (0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.999, np.inf)
"""Scores between which right and wrong pairs are counted."""
COPIES_WEIGH = 1.5
"""A copy missed weighs more than a stranger accepted: strangers lie far more often near the limit."""


def main() -> None:
    """Collect, fit, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--videos", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    chosen = parser.parse_args()
    begun = time.perf_counter()
    with ProcessPoolExecutor(chosen.jobs) as pool:
        rows = [
            row for part in pool.map(collected, parts(Folders(chosen.photos, chosen.videos))) for row in part
        ]
    measured, right, weights = _table(rows)
    print(f"{len(rows)} pairs, {int(right.sum())} right, after {time.perf_counter() - begun:.0f} s")
    half = np.array([row.half for row in rows])
    scores = np.zeros(len(rows))
    for one in (0, 1):
        net = fitted(measured[half != one], right[half != one], weights[half != one])
        scores[half == one] = net.scores(measured[half == one])
    _report(rows, scores)
    write(chosen.out, fitted(measured, right, weights))


def fitted(measured: Floats, right: Floats, weights: Floats) -> Net:
    """Return the mean of several nets, which is one with all their units."""
    mean, spread = measured.mean(axis=0), measured.std(axis=0)
    even = (measured - mean) / spread
    hidden, thresholds, output, threshold = [], [], [], 0.0
    for start in range(NETS):
        one, bias, out, last = _net(even, right, weights / weights.sum(), np.random.default_rng(start))
        hidden.append(one / spread[:, None])
        thresholds.append(bias - mean @ hidden[-1])
        output.append(out / NETS)
        threshold += last / NETS
    return Net(np.hstack(hidden), np.concatenate(thresholds), np.concatenate(output), threshold)


def _net(even: Floats, right: Floats, weights: Floats, rng: np.random.Generator) -> Net:
    """Fit one net by L-BFGS to the weighted cross entropy with decay of its weights."""
    count = even.shape[1]
    ends = np.cumsum([count * UNITS, UNITS, UNITS])

    def taken_apart(values: Floats) -> Net:
        hidden, thresholds, output, last = np.split(values, ends)
        return Net(hidden.reshape(count, UNITS), thresholds, output, float(last[0]))

    def loss(values: Floats) -> tuple[float, Floats]:
        hidden, thresholds, output, last = taken_apart(values)
        units = np.tanh(even @ hidden + thresholds)
        total = units @ output + last
        entropy = (weights * (np.logaddexp(0, total) - right * total)).sum()
        missed = weights * (1 / (1 + np.exp(-total)) - right)
        back = np.outer(missed, output) * (1 - units**2)
        slope = [
            (even.T @ back + DECAY * hidden).ravel(),
            back.sum(axis=0),
            units.T @ missed + DECAY * output,
            [missed.sum()],
        ]
        return float(entropy + DECAY * ((hidden**2).sum() + (output**2).sum()) / 2), np.concatenate(slope)

    start = np.concatenate(
        [
            rng.normal(0, 0.5 / np.sqrt(count), count * UNITS),
            np.zeros(UNITS),
            rng.normal(0, 0.5, UNITS),
            [0.0],
        ]
    )
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    return taken_apart(best.x)


def _table(rows: Sequence[Row]) -> tuple[Floats, Floats, Floats]:
    measured = np.array([row.measured for row in rows])
    right = np.array([float(row.right) for row in rows])
    return measured, right, np.array([row.weight for row in rows]) * np.where(right > 0, COPIES_WEIGH, 1.0)


def _report(rows: Sequence[Row], scores: Floats) -> None:
    """Print what scores are worth; of every kind, how often the copy came first and what was wrong."""
    held = [
        score if score >= row.believed_from else min(score, DOUBTFUL_SCORE)
        for row, score in zip(rows, scores, strict=True)
    ]
    right = np.array([row.right for row in rows])
    print("| score | pairs | wrong |\n| --- | --- | --- |")
    for low, high in pairwise(BANDS):
        band = (np.array(held) >= low) & (np.array(held) < high)
        print(f"| {low} | {band.sum()} | {(band & ~right).sum()} |")
    questions: dict[str, list[tuple[Row, float]]] = {}
    for row, score in zip(rows, held, strict=True):
        questions.setdefault(row.question, []).append((row, score))
    tally: dict[str, list[int]] = {}
    for answers in questions.values():
        best, score = max(answers, key=lambda answer: answer[1])
        counts = tally.setdefault(best.kind, [0, 0, 0])
        counts[0] += 1
        counts[1] += best.right and claims_copy("part-of", score)
        counts[2] += sum(not row.right and claims_copy("part-of", score) for row, score in answers)
    print("| kind | questions with candidates | found first | wrong answers |\n| --- | --- | --- | --- |")
    for kind, counts in sorted(tally.items()):
        print(f"| {kind} | {counts[0]} | {counts[1]} | {counts[2]} |")


def write(path: Path, net: Net) -> None:
    rounded = {name: np.round(part, 4).tolist() for name, part in net._asdict().items()}
    path.write_text(json.dumps(rounded) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

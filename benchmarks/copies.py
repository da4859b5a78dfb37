"""How well copies are found: this library beside what others use, in one run.

    python benchmarks/copies.py --photos DIR --videos DIR --clips CACHE

prints Markdown. Photos and videos are any folders of mutually different media: the edits, and
the truth about them, are made here. Clips are written to the cache folder and kept.

Read in this order: placed (a picture and its truth), paint, screens, layouts, usual_edits,
further_edits and covered_edits, still_edits; overlays, surroundings and patterns; footage and
clip_edits; answers, peers and ours (the methods); still_trials and clip_trials (the questions); report.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import clip_edits
import clip_trials
import footage
import overlays
import peers
import pictures
import report
import still_edits
import still_trials
from ours import Ours

OURS = "verify"
STILL_METHODS: dict[str, Callable[[], Any]] = {
    OURS: Ours,
    "phash": peers.Phash,
    "pdq": peers.Pdq,
    "crop": peers.CropResistant,
}
CLIP_METHODS: dict[str, Callable[[], Any]] = {OURS: Ours, "vpdq": peers.FrameMatcher}
Tallies = dict[str, "still_trials.Tally | clip_trials.ClipTally"]
PARTS = ("edits", "overlays", "look-alikes", "clips", "same-camera")


def main() -> None:
    options = _options()
    tallies: Tallies = {}
    if options.photos:
        tallies |= _stills(options)
    if options.videos:
        tallies |= _clips(options)
    report.claims(tallies)


def _stills(options: argparse.Namespace) -> Tallies:
    photos = pictures.load(options.photos, options.items + options.unrelated)
    held_out, archive = photos[: options.unrelated], photos[options.unrelated :]
    methods = {name: make for name, make in STILL_METHODS.items() if name in options.methods}
    print(f"# Stills: {len(archive)} in the archive, {len(held_out)} held out\n")
    tallies: Tallies = {}
    if "edits" in options.parts:
        tallies |= _edits(options, methods, archive, held_out)
    if "overlays" in options.parts:
        tallies |= _overlays(options, methods, archive, held_out)
    if "look-alikes" in options.parts:
        members = archive[: options.overlay_members]
        alike = {name: still_trials.look_alikes(make, members) for name, make in methods.items()}
        report.false_claims("Look-alikes", alike)
        tallies |= alike.get(OURS, {})
    return tallies


def _edits(
    options: argparse.Namespace, methods: dict[str, Callable[[], Any]], archive: Any, held_out: Any
) -> Tallies:
    results, strangers, costs = {}, {}, {}
    for name, make in methods.items():
        finder = make()
        added = still_trials.filled(finder, archive)
        strangers[name] = still_trials.unrelated(finder, held_out)
        results[name] = still_trials.recall_by_edit(
            finder, archive[: options.queries], held_out, options.edits
        )
        costs[name] = (added / len(archive), finder.bytes_per_view())
    report.recall(results, still_edits.GROUPS)
    report.transforms(results)
    report.false_claims(
        "Unrelated queries", {name: {"unrelated": tally} for name, tally in strangers.items()}
    )
    report.costs(results, costs)
    return {**results[OURS], "unrelated": strangers[OURS]} if OURS in results else {}


def _overlays(
    options: argparse.Namespace, methods: dict[str, Callable[[], Any]], archive: Any, held_out: Any
) -> Tallies:
    ours: Tallies = {}
    members = archive[: options.overlay_members]
    for name, make in methods.items():
        trials = {}
        for kind in overlays.KINDS:
            for number in range(options.designs):
                trial = still_trials.overlay_trial(make, kind, number, members, held_out)
                trial["bare archive"] = still_trials.bare_archive_trial(make, kind, number, members)
                trials[f"{kind} {number}"] = trial
        report.overlays(name, trials)
        if name == OURS:
            ours = {f"{design}, {way}": one for design, trial in trials.items() for way, one in trial.items()}
    return ours


def _clips(options: argparse.Namespace) -> Tallies:
    tallies: Tallies = {}
    videos = footage.load(options.videos)
    methods = {name: make for name, make in CLIP_METHODS.items() if name in options.methods}
    print(f"# Clips: {len(videos)} videos in the archive\n")
    if "clips" in options.parts:
        clips = clip_trials.made(videos, options.clip_edits, options.clip_count, options.clips)
        results = {}
        for name, make in methods.items():
            finder = make()
            for video in videos:
                finder.add_file(video.key, video.path)
            results[name] = clip_trials.clip_trial(finder, clips, options.clips)
        report.clips(results)
        tallies |= results.get(OURS, {})
    if "same-camera" in options.parts:
        pairs = clip_trials.other_moments(videos, options.clips)
        trials = {name: clip_trials.same_camera_trial(make, pairs) for name, make in methods.items()}
        report.same_camera(trials)
        tallies |= {f"other moment, {kind}": one for kind, one in trials.get(OURS, {}).items()}
    return tallies


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--videos", type=Path)
    parser.add_argument("--clips", type=Path, default=Path("clips"), help="where clips are written and kept")
    parser.add_argument("--items", type=int, default=1000, help="photos in the archive at most")
    parser.add_argument("--unrelated", type=int, default=50, help="photos held out of the archive, 9 or more")
    parser.add_argument("--queries", type=int, default=25, help="photos edited")
    parser.add_argument("--edits", nargs="+", default=list(still_edits.ALL), choices=list(still_edits.ALL))
    parser.add_argument("--clip-edits", nargs="+", default=list(clip_edits.ALL), choices=clip_edits.ALL)
    parser.add_argument("--clip-count", type=int, default=10, help="videos from which clips are made")
    parser.add_argument("--overlay-members", type=int, default=30, help="pictures that share an overlay")
    parser.add_argument("--designs", type=int, default=1, help="designs of each kind of overlay")
    methods = sorted({*STILL_METHODS, *CLIP_METHODS})
    parser.add_argument("--methods", nargs="+", default=methods, choices=methods)
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=PARTS)
    return parser.parse_args()


if __name__ == "__main__":
    main()

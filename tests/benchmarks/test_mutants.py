"""Files broken on purpose cost one line each; `benchmarks/mutants.py` does the same with 25,000."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.mutants import make_mutants, scan_mutants
from benchmarks.mutations import image_seeds, mutant, video_seeds
from verify.media.identify import identify


def test_the_seeds_are_of_every_format_that_is_read() -> None:
    found = {identify(data).name for _, data in (*image_seeds(), *video_seeds())}
    pictures = {"jpeg", "mpo", "png", "gif", "webp", "tiff", "bmp", "jpeg2000", "heif", "avif"}
    clips = {"mp4", "mov", "matroska", "webm", "avi", "mpegts", "mpegps", "flv", "ogg", "asf"}
    assert found == pictures | clips


def test_a_mutant_is_made_again_by_its_seed_and_differs_from_the_file_it_came_from() -> None:
    _, data = next(image_seeds())
    made = [mutant(data, data, random.Random(f"1 {number}")) for number in range(30)]
    assert made == [mutant(data, data, random.Random(f"1 {number}")) for number in range(30)]
    assert len({data, *made}) > 25


@pytest.mark.parametrize("seed", [101, 102])
def test_hundreds_of_mutants_are_each_recorded_with_their_hash_and_named_if_unreadable(
    tmp_path: Path, seed: int
) -> None:
    make_mutants(tmp_path / "mutants", images=130, videos=50, seed=seed)
    outcome = scan_mutants(tmp_path / "mutants", tmp_path / "archive", jobs=2)
    assert outcome.files == 180
    assert (outcome.wrong, outcome.unlisted, outcome.garbled) == ([], 0, [])
    assert outcome.codes["damaged"] > 10
    assert {code for code in outcome.codes if code in {"unexpected", "time-limit"}} == set()

"""Small files that ask for huge work are answered; `benchmarks/bombs.py` measures time and memory, too."""

from __future__ import annotations

import pytest

import verify
from benchmarks.bombs import bombs

SLOW = {"frames.gif", "full-5k.png", "full-8k.png"}
"""Made and walked in seconds: in the benchmark alone."""

ENDED = {"tags.mp4", "tags.mkv", "cues.mkv", "tags.avi", "tags.flv", "tags.wmv", "comments.ogv"}
"""One call of FFmpeg each, which only the end of the worker stops."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, verify.Examination]:
    """Return what a scan made of every bomb, by name."""
    folder = tmp_path_factory.mktemp("bombs")
    names = [name for name, _ in bombs() if name not in SLOW]
    for name, write in bombs():
        if name not in SLOW:
            write(folder / name)
    with verify.open_archive(folder / "archive") as archive:
        archive.scan([folder], jobs=2, profile="fast")
        return {name: archive.examination(folder / name) for name in names}


@pytest.mark.parametrize("name", [name for name, _ in bombs() if name not in SLOW])
def test_a_bomb_is_recorded_and_answered_with_a_reason(
    answers: dict[str, verify.Examination], name: str
) -> None:
    codes = {problem.code for problem in answers[name].problems}
    assert codes
    ours = {"unexpected", "worker-died", "time-limit", "memory"}
    assert codes == {"time-limit"} if name in ENDED else codes.isdisjoint(ours)


def test_what_was_looked_at_in_part_says_so(answers: dict[str, verify.Examination]) -> None:
    assert answers["frames.png"].partial
    assert answers["pages.tif"].partial

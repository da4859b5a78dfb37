"""Workers that crash, hang, eat memory or lie: one file each, named with its reason, and the others go on."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from made_media import write_jpeg, write_video

import verify
from benchmarks import isolation, saboteurs
from verify.examination import examine_file, examine_here
from verify.media.files import open_file
from verify.media.worker import IsolatedPool, shared


@pytest.fixture(scope="module", autouse=True)
def honest_fork_server() -> None:
    """Start the server from which all workers come before anything is sabotaged."""
    assert shared().sandbox


def test_ten_sabotaged_files_of_a_hundred_are_named_and_the_others_are_right(tmp_path: Path) -> None:
    outcome = isolation.sabotaged_scan(tmp_path, files=100, bad=10)
    assert outcome.wrong == []


def test_a_pickle_written_past_the_protocol_runs_nothing_in_the_parent(tmp_path: Path) -> None:
    path = write_jpeg(tmp_path / "a.jpg", 1)
    with path.open("ab") as file:
        file.write(saboteurs.MARK + b"pickle")
    with IsolatedPool(1, preload=[saboteurs.__name__]) as pool, open_file(path) as opened:
        answer = examine_file(opened, pool, profile="fast", exact=False)
    assert [problem.code for problem in answer.problems] == ["nonsense"]
    assert not (tmp_path / "pwned").exists()


def test_a_worker_answers_as_this_process_would(tmp_path: Path) -> None:
    picture = write_jpeg(tmp_path / "a.jpg", 1)
    video = write_video(tmp_path / "a.mp4", [2, 3])
    for path in (picture, video):
        with open_file(path) as file:
            here = examine_here(file, profile="full", exact=False).to_json()
        there = verify.examine(path).to_json()
        assert here["tools"].pop("sandbox") == "none"
        assert there["tools"].pop("sandbox") == shared().sandbox
        here.pop("examined_at")
        there.pop("examined_at")
        assert there == here


@pytest.mark.corpus
@pytest.mark.parametrize(
    "folder",
    ["photos", "vectors/c2pa", "vectors/exif", "vectors/video-metadata", "hostile/pillow-tests"],
)
def test_a_worker_answers_as_this_process_would_on_real_files(corpus: Path, folder: str) -> None:
    paths = sorted(path for path in (corpus / folder).rglob("*") if path.is_file())[:40]
    assert paths
    for path in paths:
        with open_file(path) as file:
            here = examine_here(file, profile="fast", exact=False)
            there = examine_file(file, shared(), profile="fast", exact=False)
        assert there.metadata == here.metadata, path
        assert there.views == here.views, path
        assert there.problems == here.problems, path


def test_the_level_of_the_sandbox_is_in_every_examination(tmp_path: Path) -> None:
    examination = verify.examine(write_jpeg(tmp_path / "a.jpg", 1))
    assert examination.tools["sandbox"].endswith("limits")


def test_stopping_ends_workers_that_are_at_work(tmp_path: Path) -> None:
    path = write_jpeg(tmp_path / "a.jpg", 1)
    with path.open("ab") as file:
        file.write(saboteurs.MARK + b"hang")
    pool = IsolatedPool(1, preload=[saboteurs.__name__])
    asked = threading.Event()

    def ask() -> None:
        with open_file(path) as opened:
            asked.set()
            examine_file(opened, pool, profile="fast", exact=False)

    future = pool.submit(ask)
    asked.wait()
    pool.stop()
    assert isinstance(future.exception(), verify.VerifyError)


def test_many_threads_ask_at_once(tmp_path: Path) -> None:
    paths = [write_jpeg(tmp_path / f"{number}.jpg", number) for number in range(12)]
    with IsolatedPool(3) as pool:
        futures = [pool.submit(verify.examine, path, profile="fast") for path in paths]
        assert [future.result().path for future in futures] == [os.fspath(path) for path in paths]

"""The search index on disk: the same answers with it, without it, and whatever became of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_records import arrival

from verify import index_file
from verify.find_copies import CopySearch
from verify.matching import feature_index
from verify.matching.feature_index import FeatureIndex
from verify.query import Query
from verify.records import LocalFeatures
from verify.store.role import Arrival
from verify.store.sql import SqlStore

KEYPOINTS = 200
MANY = feature_index.EXACT_UP_TO // KEYPOINTS + 20
"""Views of which the codes are kept in lists."""


def features(seed: int) -> LocalFeatures:
    rng = np.random.default_rng(seed)
    return LocalFeatures(
        width=400,
        height=300,
        codes=rng.bytes(KEYPOINTS * 16),
        places=rng.integers(0, 2**32, KEYPOINTS, dtype=np.uint32).tobytes(),
        picture=rng.bytes(27 * 36),
        picture_width=36,
    )


def noise(number: int) -> Arrival:
    """Make an item that shows noise; each number gives another one."""
    made = arrival(f"noise {number}")
    assert made.examination is not None
    (view,) = made.examination.views
    views = (replace(view, features=features(number)),)
    return Arrival(sighting=made.sighting, examination=replace(made.examination, views=views))


def query(number: int) -> Query:
    """Ask for the same picture under other bytes."""
    examination = noise(number).examination
    assert examination is not None
    return Query(sha256="0" * 64, views=examination.views, duration=None)


def found(store: SqlStore, folder: Path, number: int) -> list[str]:
    """Ask as a new process does."""
    search = CopySearch(store, folder)
    search.catch_up()
    return [match.item for match in search.copies(query(number))]


def covered(store: SqlStore) -> index_file.Covered:
    """Return what an index over all of a store covers."""
    everything = index_file.Covered()
    everything.add(store.outlines())
    return everything


def digest(number: int) -> str:
    return noise(number).sighting.sha256


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive folder with a saved index."""
    folder = tmp_path_factory.mktemp("archive")
    store = SqlStore.in_file(folder / "archive.sqlite")
    store.add([noise(number) for number in range(MANY)])
    search = CopySearch(store, folder / "index")
    search.catch_up()
    search.save()
    store.close()
    return folder


@pytest.fixture
def folder(archive: Path, tmp_path: Path) -> Path:
    """Return a copy of the archive that a test may spoil."""
    return Path(shutil.copytree(archive, tmp_path / "archive"))


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip_one_bit(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))


def empty(path: Path) -> None:
    os.truncate(path, 0)


def turn_into_a_later_format(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"format": 1', b'"format": 9'))


def test_a_saved_index_is_taken_up_and_finds_every_item(archive: Path) -> None:
    saved = index_file.load(archive / "index")
    store = SqlStore.in_file(archive / "archive.sqlite")
    assert saved is not None
    assert saved.fits(covered(store))
    assert len(saved.index) == MANY
    for number in (0, MANY // 2, MANY - 1):
        assert found(store, archive / "index", number) == [digest(number)]
    store.close()


def test_a_mapped_index_answers_like_the_one_that_was_saved(tmp_path: Path) -> None:
    index = FeatureIndex()
    index.add([features(number) for number in range(MANY)])
    assert index_file.save(tmp_path / "index", index, index_file.Covered())
    saved = index_file.load(tmp_path / "index")
    assert saved is not None
    codes = np.frombuffer(features(3).codes + features(4).codes, np.uint8).reshape(-1, 16) ^ 5
    for added in (False, True):
        if added:
            index.add([features(10**6)])
            saved.index.add([features(10**6)])
        one, other = index.search(codes, 60), saved.index.search(codes, 60)
        assert len(one.view) > len(codes)
        for name in ("query", "view", "keypoint", "bits", "place"):
            assert np.array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("harm", [cut, flip_one_bit, empty, turn_into_a_later_format, os.remove])
def test_without_a_sound_index_the_store_answers(folder: Path, harm: Callable[[Path], None]) -> None:
    harm(folder / "index" / "features")
    assert index_file.load(folder / "index") is None
    store = SqlStore.in_file(folder / "archive.sqlite")
    assert found(store, folder / "index", 7) == [digest(7)]
    store.close()


def test_the_index_of_another_archive_is_not_believed(folder: Path, tmp_path: Path) -> None:
    store = SqlStore.in_file(tmp_path / "other.sqlite")
    store.add([noise(number) for number in range(MANY, 2 * MANY)])
    saved = index_file.load(folder / "index")
    assert saved is not None
    assert not saved.fits(covered(store))
    assert found(store, folder / "index", MANY + 3) == [digest(MANY + 3)]
    assert found(store, folder / "index", 3) == []
    store.close()


def test_an_index_newer_than_a_database_put_back_from_a_backup_is_not_believed(
    folder: Path, tmp_path: Path
) -> None:
    backup = shutil.copy(folder / "archive.sqlite", tmp_path / "backup.sqlite")
    store = SqlStore.in_file(folder / "archive.sqlite")
    store.add([noise(MANY)])
    search = CopySearch(store, folder / "index")
    search.catch_up()
    search.save()
    store.close()
    older = SqlStore.in_file(Path(backup))
    older.add([noise(MANY + 1)])
    assert found(older, folder / "index", MANY + 1) == [digest(MANY + 1)]
    assert found(older, folder / "index", MANY) == []
    older.close()


def test_readers_find_what_arrives_while_they_are_open(folder: Path) -> None:
    store = SqlStore.in_file(folder / "archive.sqlite")
    reader, writer = (CopySearch(store, folder / "index") for _ in range(2))
    reader.catch_up()
    for number in (MANY, MANY + 1):
        store.add([noise(number)])
        writer.catch_up()
        writer.save()
        reader.catch_up()
        assert [match.item for match in reader.copies(query(number))] == [digest(number)]
        assert [match.item for match in reader.copies(query(5))] == [digest(5)]
    store.close()


def test_what_a_crash_left_half_written_is_not_looked_at(folder: Path) -> None:
    (folder / "index" / "features.part").write_bytes(b"half an index")
    store = SqlStore.in_file(folder / "archive.sqlite")
    assert found(store, folder / "index", 9) == [digest(9)]
    store.add([noise(MANY)])
    search = CopySearch(store, folder / "index")
    search.catch_up()
    search.save()
    assert sorted(path.name for path in (folder / "index").iterdir()) == ["features", "lock"]
    store.close()


def test_an_archive_that_may_not_be_written_to_is_searched_all_the_same(folder: Path) -> None:
    shutil.rmtree(folder / "index")
    (folder / "index").write_text("a file where the folder should be")
    store = SqlStore.in_file(folder / "archive.sqlite")
    search = CopySearch(store, folder / "index")
    search.catch_up()
    search.save()
    assert [match.item for match in search.copies(query(4))] == [digest(4)]
    store.close()

"""Opening: regular files only, hashed once, and never changed unnoticed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from verify.errors import UnreadableMedia
from verify.media.files import open_media
from verify.media.limits import MAX_FILE_BYTES
from verify.media.videos import open_video

LONG_AGO = 1_600_000_000


def code_of(path: Path | str) -> str:
    with pytest.raises(UnreadableMedia) as refusal, open_media(path):
        pass
    assert refusal.value.message.isprintable()
    return refusal.value.code


def test_a_picture_is_hashed_and_kept_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (8, 8), "red").save(path)
    content = path.read_bytes()
    with open_media(path) as media:
        assert media.sha256 == hashlib.sha256(content).hexdigest()
        assert (media.data, media.size_bytes) == (content, len(content))
        assert media.modified_ns == path.stat().st_mtime_ns


def test_a_video_is_hashed_and_read_through_one_descriptor(make_video: Callable[..., Path]) -> None:
    path = make_video("a.mp4", range(10))
    content = path.read_bytes()
    with open_media(path) as media:
        path.unlink()
        assert media.sha256 == hashlib.sha256(content).hexdigest()
        with open_video(media) as video:
            assert len(list(video.frames())) == 10


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nothing.jpg") == "missing"
    assert code_of(tmp_path / "no\0thing.jpg") == "unreadable"


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.jpg"
    path.touch()
    with open_media(path) as media:
        assert (media.format.kind, media.format.label, media.size_bytes) == ("other", "empty file", 0)
        assert media.sha256 == hashlib.sha256(b"").hexdigest()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("here")
    link, loop = tmp_path / "link.jpg", tmp_path / "loop.jpg"
    link.symlink_to(tmp_path / "real.txt")
    loop.symlink_to(loop)
    assert code_of(link) == "symlink"
    assert code_of(loop) == "symlink"


def test_a_fifo_a_device_and_a_folder_are_not_opened(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo.mp4"
    os.mkfifo(fifo)
    assert code_of(fifo) == "not-a-regular-file"
    assert code_of("/dev/zero") == "not-a-regular-file"
    assert code_of(tmp_path) == "not-a-regular-file"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    path = tmp_path / "secret.jpg"
    path.write_bytes(b"x")
    path.chmod(0)
    assert code_of(path) == "no-permission"


def test_a_file_left_alone_is_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    with open_media(path) as media:
        assert not media.changed()


def test_a_file_rewritten_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    with open_media(path) as media:
        with path.open("r+b") as same_file:
            same_file.write(b"AFTER!")
        assert media.changed()


def test_a_file_rewritten_within_one_tick_of_the_clock_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    with open_media(path) as media:
        with path.open("r+b") as same_file:
            same_file.write(b"AFTER!")
        status = path.stat()
        stopped_clock = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        assert replace(media, stamp=stopped_clock).changed()


def test_a_growing_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    with open_media(path) as media:
        with path.open("ab") as same_file:
            same_file.write(b" and after")
        os.utime(path, (LONG_AGO, LONG_AGO))
        assert media.changed()


def test_a_file_of_holes_that_claims_terabytes_is_refused_before_it_is_hashed(tmp_path: Path) -> None:
    path = tmp_path / "holes.mp4"
    path.touch()
    os.truncate(path, 2 * MAX_FILE_BYTES)
    assert code_of(path) == "too-large"

"""From a folder to an archive: what a scan finds, skips, recognises, survives and says."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from made_media import write_jpeg, write_video

import verify


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Return a folder with two pictures and a video."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    write_jpeg(folder / "one.jpg", 1)
    write_jpeg(folder / "two.jpg", 2)
    write_video(folder / "three.mp4", [3, 4])
    return folder


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_media_file_below_a_folder_becomes_an_item(inbox: Path, tmp_path: Path) -> None:
    (inbox / "deeper").mkdir()
    write_jpeg(inbox / "deeper" / "four.jpg", 4)
    with verify.open_archive(tmp_path / "archive") as archive:
        result = archive.scan([inbox], jobs=2)
        table = archive.items()
        assert (result.files, result.examined, result.failures) == (4, 4, [])
        assert set(table.index) == {sha256(path) for path in inbox.rglob("*") if path.is_file()}
        assert sorted(table["kind"]) == ["image", "image", "image", "video"]
        video = archive.examination(inbox / "three.mp4")
        assert len(video.shots) == 2
        assert all(
            archive.thumbnail(video.sha256, n) == view.thumbnail for n, view in enumerate(video.frames)
        )


def test_a_second_scan_of_an_unchanged_folder_reads_no_file(inbox: Path, tmp_path: Path) -> None:
    """Other bytes under the same size and time stamp go unnoticed: proof that nothing was read."""
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([inbox], jobs=1)
        picture = inbox / "one.jpg"
        status = picture.stat()
        picture.write_bytes(bytes(status.st_size))
        os.utime(picture, ns=(status.st_atime_ns, status.st_mtime_ns))
        again = archive.scan([inbox], jobs=1)
        assert (again.unchanged, again.examined, again.bytes_to_read, again.failures) == (3, 0, 0, [])


def test_a_changed_file_is_a_new_item_and_the_old_one_stays(inbox: Path, tmp_path: Path) -> None:
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([inbox], jobs=1)
        before = sha256(inbox / "one.jpg")
        write_jpeg(inbox / "one.jpg", 99)
        assert archive.scan([inbox], jobs=1).examined == 1
        assert {before, sha256(inbox / "one.jpg")} <= set(archive.items().index)


def test_moved_and_copied_files_are_recognised_by_content(inbox: Path, tmp_path: Path) -> None:
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([inbox], jobs=1)
        (inbox / "one.jpg").rename(inbox / "moved.jpg")
        shutil.copyfile(inbox / "two.jpg", inbox / "copied.jpg")
        result = archive.scan([inbox], jobs=1)
        assert (result.moved, result.copied, result.examined, result.unchanged) == (1, 1, 0, 2)
        assert len(archive.items()) == 3
        paths = archive.items().loc[sha256(inbox / "moved.jpg"), "paths"]
        assert paths == (str(inbox / "moved.jpg"), str(inbox / "one.jpg"))


def test_the_same_new_picture_twice_in_one_scan_is_one_item(inbox: Path, tmp_path: Path) -> None:
    shutil.copyfile(inbox / "two.jpg", inbox / "two again.jpg")
    with verify.open_archive(tmp_path / "archive") as archive:
        result = archive.scan([inbox], jobs=2)
        assert (result.examined, result.copied) == (3, 1)
        assert len(archive.items()) == 3


def test_broken_files_are_named_with_a_reason_and_kept_with_their_hash(inbox: Path, tmp_path: Path) -> None:
    broken = inbox / "broken.jpg"
    broken.write_bytes((inbox / "one.jpg").read_bytes()[:200])
    playlist = inbox / "clip.mp4"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n")
    empty = inbox / "empty.png"
    empty.touch()
    with verify.open_archive(tmp_path / "archive") as archive:
        for scan in (archive.scan([inbox], jobs=1), archive.scan([inbox], jobs=1)):
            told = {os.fsdecode(failure.path): failure for failure in scan.failures}
            assert set(told) == {str(broken), str(playlist), str(empty)}
            assert told[str(playlist)].code == "not-media"
            assert "HLS playlist" in told[str(playlist)].message
            assert told[str(empty)].code == "empty"
        kept = {item.sha256: item for item in archive}
        assert {sha256(broken), sha256(playlist), sha256(empty)} <= set(kept)
        assert kept[sha256(broken)].problems


def test_files_that_are_no_media_are_counted_not_listed(inbox: Path, tmp_path: Path) -> None:
    (inbox / "notes.txt").write_text("who sent this?")
    with verify.open_archive(tmp_path / "archive") as archive:
        result = archive.scan([inbox], jobs=1)
        assert (result.other, result.failures) == (1, [])
        assert sha256(inbox / "notes.txt") not in archive.items().index
        assert sha256(inbox / "notes.txt") in {item.sha256 for item in archive}


def test_folders_nested_deeper_than_the_system_names_them_are_named_and_the_rest_is_scanned(
    inbox: Path, tmp_path: Path
) -> None:
    """The deepest folder has no path; what lies 1,500 folders deep has one, deeper than calls may nest."""
    name, home = "d", os.open(inbox, os.O_RDONLY)
    for depth in range(2500):
        os.mkdir(name, dir_fd=home)
        if depth == 1500:
            os.link(inbox / "one.jpg", "deep.jpg", dst_dir_fd=home)
        deeper = os.open(name, os.O_RDONLY, dir_fd=home)
        os.close(home)
        home = deeper
    os.close(home)
    with verify.open_archive(tmp_path / "archive") as archive:
        result = archive.scan([inbox], jobs=1, profile="fast")
        assert (result.files, result.examined, result.copied, result.failures) == (4, 3, 1, [])
        assert [passed.code for passed in result.passed_over] == ["path-too-long"]
        assert any(len(path) > 3000 for item in archive for path in item.paths)
    remove = subprocess.run(["rm", "-rf", str(inbox / "d")], check=False)  # shutil.rmtree follows by calls
    assert remove.returncode == 0


def test_links_and_pipes_are_passed_over_and_named(inbox: Path, tmp_path: Path) -> None:
    os.mkfifo(inbox / "pipe.jpg")
    (inbox / "link.jpg").symlink_to("/dev/zero")
    (inbox / "loop").symlink_to(inbox)
    with verify.open_archive(tmp_path / "archive") as archive:
        result = archive.scan([inbox], jobs=1)
        assert result.examined == 3
        passed = {os.fsdecode(passed.path) for passed in result.passed_over}
        assert passed == {str(inbox / name) for name in ("pipe.jpg", "link.jpg", "loop")}


def test_any_name_the_system_allows_is_scanned(inbox: Path, tmp_path: Path) -> None:
    names = [
        b"new\nline.jpg",
        b"not utf-8 \xff\xfe.jpg",
        b"-rf.jpg",
        "\u202egpj.exe".encode(),
        b"x" * 250 + b".jpg",
    ]
    for number, name in enumerate(names):
        target = os.path.join(os.fsencode(inbox), name)
        with open(target, "wb") as file:
            file.write(write_jpeg(tmp_path / "made.jpg", 100 + number).read_bytes())
    with verify.open_archive(tmp_path / "archive") as archive:
        result = archive.scan([inbox], jobs=1)
        assert (result.examined, result.failures) == (3 + len(names), [])
        stored = {path for item in archive for path in item.paths}
        assert {os.path.join(os.fsencode(inbox), name) for name in names} <= stored


def test_the_archive_itself_is_not_scanned(inbox: Path) -> None:
    with verify.open_archive(inbox / "archive") as archive:
        archive.scan([inbox], jobs=1)
        assert archive.scan([inbox], jobs=1).files == 3


def test_a_fast_scan_is_repeated_when_a_full_one_is_asked_for(inbox: Path, tmp_path: Path) -> None:
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([inbox], jobs=1, profile="fast")
        assert archive.scan([inbox], jobs=1, profile="fast").unchanged == 3
        assert archive.scan([inbox], jobs=1, profile="full").examined == 3
        assert archive.scan([inbox], jobs=1, profile="fast").unchanged == 3
        assert archive.examination(inbox / "one.jpg").profile == "full"


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with (
        verify.open_archive(tmp_path / "archive") as archive,
        pytest.raises(verify.VerifyError, match="nothing at"),
    ):
        archive.scan([tmp_path / "nowhere"])


def test_progress_counts_up_to_all_files(inbox: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int, int, int]] = []
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan(
            [inbox],
            jobs=1,
            report=lambda p: seen.append((p.done, p.files, p.bytes_read, p.bytes_to_read)),
        )
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1] == 3
    assert seen[-1][2] == seen[-1][3] == sum(path.stat().st_size for path in inbox.iterdir())

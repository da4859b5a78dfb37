"""Files that point elsewhere, watched by strace: no socket is opened, and no file but those asked about."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from made_media import write_jpeg, write_video

import verify
from benchmarks.kills import send, wait_for
from benchmarks.page_server import served

POINTERS = {
    "HLS playlist": "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:1,\nhttp://127.0.0.1:9/bait.ts\n#EXTINF:1,\nbait.ts\n",
    "FFmpeg concat script": "ffconcat version 1.0\nfile bait.mp4\n",
    "SDP session description": (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
        "a=rtpmap:96 H264/90000\n"
    ),
    "DASH manifest": (
        '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
        '<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1">'
        "<BaseURL>http://127.0.0.1:9/bait.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>"
    ),
    "SVG drawing": (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<image xlink:href="bait.jpg"/><image href="http://127.0.0.1:9/bait.jpg"/></svg>'
    ),
    "PostScript document": "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(bait.txt) (r) file closefile\n",
}
"""Each kind of file that names others, by what it truly is."""

EXTENSIONS = (".mp4", ".jpg", ".ts", ".mov", ".avi", ".png", ".webm", ".gif", "")

BAITS = ("bait.ts", "bait.mp4", "bait.jpg", "bait.txt")

ASK_EVERYTHING = """
import sys
from pathlib import Path
import verify

folder, picture, home = map(Path, sys.argv[1:])
hostile = sorted(path for path in folder.iterdir() if not path.name.startswith("bait"))
with verify.open_archive(home) as archive:
    archive.scan([picture, *hostile], report=lambda progress: None)
    for path in hostile:
        verify.examine(path)
        for ask in (archive.find_copies, lambda path: verify.compare(picture, path)):
            try:
                ask(path)
            except verify.UnreadableMedia:
                pass
"""

PROGRAMS = 3
"""Python, the fork server, and multiprocessing's resource tracker; no Ghostscript, no ffmpeg."""

WATCHED = "trace=socket,connect,bind,open,openat,execve,seccomp"

RESUMED = re.compile(r"<\.\.\. open(?:at)? resumed>")
"""The second half of a call that another process came between; the first half names the file."""

OPENED = re.compile(r'^(\d+) .*?\bopen(?:at)?\((?:AT_FDCWD, )?"([^"]*)"')


def watching(log: Path) -> list[str]:
    """Return the command that runs another and notes what it and its children open."""
    return ["strace", "-f", "-qq", "-s", "500", "-e", WATCHED, "-e", "signal=none", "-o", str(log)]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Return a folder of files that point to others, and the others beside them."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    for number, text in enumerate(POINTERS.values()):
        for extension in EXTENSIONS:
            (folder / f"pointer{number}{extension}").write_text(text)
    video = write_video(folder / "bait.mp4", [1])
    for name in BAITS:
        shutil.copy(video, folder / name) if name != video.name else None
    referring = video.read_bytes().replace(b"url \0\0\0\1", b"url \0\0\0\0")  # no longer in this file
    assert referring != video.read_bytes()
    (folder / "reference.mov").write_bytes(referring)
    return folder


def test_each_is_refused_with_its_true_format_named(hostile: Path) -> None:
    for number, label in enumerate(POINTERS):
        for extension in EXTENSIONS:
            examination = verify.examine(hostile / f"pointer{number}{extension}")
            assert [problem.code for problem in examination.problems] == ["not-media"]
            assert label in examination.problems[0].message
            assert examination.views == ()


@pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace here (apt-get install strace)")
def test_no_socket_and_no_other_file_is_opened(hostile: Path, tmp_path: Path) -> None:
    log = tmp_path / "strace"
    picture = write_jpeg(tmp_path / "picture.jpg", 1)
    ask = [sys.executable, "-c", ASK_EVERYTHING, str(hostile), str(picture), str(tmp_path / "archive")]
    subprocess.run([*watching(log), *ask], check=True, timeout=300)

    lines = log.read_text(errors="replace").splitlines()
    assert [line for line in lines if "AF_INET" in line] == []
    assert [line for line in lines if any(bait in line for bait in BAITS)] == []
    assert len([line for line in lines if "execve(" in line and "= 0" in line]) <= PROGRAMS
    opened = {match[2] for line in lines if (match := OPENED.match(line))}
    ours = {path for path in opened if path.startswith(str(tmp_path)) and path != str(hostile)}
    asked = {str(picture), *(str(path) for path in hostile.iterdir() if path.name not in BAITS)}
    assert asked <= ours
    assert {path for path in ours - asked if not path.startswith(str(tmp_path / "archive"))} == set()


@pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace here (apt-get install strace)")
def test_what_is_uploaded_opens_no_socket_and_no_other_file(
    hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, home = tmp_path / "strace", tmp_path / "archive"
    sent = {path.name: path.read_bytes() for path in hostile.iterdir() if path.name not in BAITS}
    hashes = {hashlib.sha256(content).hexdigest() for content in sent.values()}
    verify.open_archive(home).close()
    monkeypatch.setenv("VERIFY_ARCHIVE", str(home))
    with served(home, watch=watching(log)) as server:
        for name, content in sent.items():
            assert send(server.url, content, name=name) == 200
        wait_for(home, hashes)
    with verify.open_archive(home, create=False) as archive:
        refused = {item.sha256: archive.examination(item.sha256).problems for item in archive}
    assert set(refused) == hashes
    told = [problem.message for problems in refused.values() for problem in problems]
    assert all(any(label in message for message in told) for label in POINTERS)

    lines = log.read_text(errors="replace").splitlines()
    assert [line for line in lines if "connect(" in line and "AF_INET" in line] == []
    assert [line for line in lines if any(bait in line for bait in BAITS)] == []
    opened = {match[2] for line in lines if (match := OPENED.match(line))}
    originals = {path for path in opened if path.startswith(str(home / "uploads"))}
    assert {Path(path).name for path in originals} >= set(sent)
    assert {path for path in opened if path.startswith(str(tmp_path))} == {
        path for path in opened if path == str(home) or path.startswith(f"{home}/")
    }


@pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace here (apt-get install strace)")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="seccomp is Linux's own")
def test_a_locked_down_worker_opens_nothing_but_code(hostile: Path, tmp_path: Path) -> None:
    log = tmp_path / "strace"
    files = [write_jpeg(tmp_path / "picture.jpg", 1), hostile / "reference.mov", hostile / "pointer0.mp4"]
    examine = [sys.executable, "-m", "verify.cli", "examine", "--json", *map(str, files)]
    subprocess.run([*watching(log), *examine], check=False, timeout=300, stdout=subprocess.DEVNULL)

    locking: set[str] = set()
    locked: set[str] = set()
    after = []
    for line in log.read_text(errors="replace").splitlines():
        process = line.split()[0]
        if process in locked and not RESUMED.search(line):
            after.append(line)
        elif "SECCOMP_SET_MODE_FILTER" in line or (process in locking and "seccomp resumed" in line):
            (locked if line.endswith("= 0") else locking).add(process)
    assert locked
    code = (*sysconfig.get_paths().values(), "/usr", "/lib")
    opened = [match[2] for line in after if "= -1 E" not in line and (match := OPENED.match(line))]
    assert [path for path in opened if not path.startswith(code)] == []
    assert [line for line in after if not OPENED.match(line)] == []

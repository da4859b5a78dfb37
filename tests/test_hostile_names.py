"""Any name the system allows is kept as it is, found again, and shown as harmless text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from made_media import write_jpeg

import verify

NAMES = (
    b"new\nline.jpg",
    b"carriage\rreturn.jpg",
    b"tab\tand bell\x07.jpg",
    b"\x1b[2J\x1b[31mred.jpg",
    b"\x1b]0;title\x07.jpg",
    b"\xff\xfe not utf-8 \x80.jpg",
    b"cut \xe2\x82.jpg",
    b"\xc2\x9b31m eight bit escape.jpg",
    "\u202egpj.exe".encode(),
    "\u2066isolated\u2069 \u200bzero width.jpg".encode(),
    "\u2028line separator.jpg".encode(),
    "cafe\u0301.jpg".encode(),
    "caf\u00e9.jpg".encode(),
    b"-rf.jpg",
    b"--help",
    b"=cmd('calc').jpg",
    b"@SUM(1+1).jpg",
    b"<img src=x onerror=alert(1)>.jpg",
    b"[link](javascript:alert(1)) ![](x) `code` $tex$ :smile:.jpg",
    b"[red]rich[bold] [link=http:x]markup[@click=app.bell].jpg",
    b"img%d %s %00.jpg",
    b"http:h",
    b"file.jpg|",
    b"'; drop table item; --.jpg",
    b"CON.jpg",
    b" leading and trailing ",
    b"\xf0\x9f\x92\xa9" * 62 + b"abc.jpg",
    b"x" * 251 + b".jpg",
)

NEVER_SHOWN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Unicode categories that steer a terminal or reorder a line; lines of output end with a line feed."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an inbox of strangely named pictures, scanned by the command line."""
    folder = tmp_path_factory.mktemp("names")
    (folder / "inbox").mkdir()
    for number, name in enumerate(NAMES):
        made = write_jpeg(folder / "made.jpg", number)
        made.rename(path_of(folder, name))
    (folder / "inbox" / os.fsdecode(b"torn \x1b[5m\n\xff.jpg")).write_bytes(b"\xff\xd8\xff\xe0 no more")
    shown = run("scan", "inbox", "--archive", "archive", "--json", cwd=folder)
    assert shown.returncode == 1
    result = json.loads(shown.stdout)
    assert (result["examined"], len(result["failures"])) == (len(NAMES), 1)
    assert_harmless(shown)
    return folder


def path_of(folder: Path, name: bytes) -> Path:
    return folder / "inbox" / os.fsdecode(name)


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run `verify` with these arguments."""
    command = [sys.executable, "-m", "verify.cli", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, timeout=300, check=False)


def assert_harmless(shown: subprocess.CompletedProcess[bytes]) -> None:
    """Demand UTF-8 without anything that steers a terminal."""
    for stream in (shown.stdout, shown.stderr):
        text = stream.decode("utf-8", "strict").replace("\n", "")
        assert {char for char in text if unicodedata.category(char) in NEVER_SHOWN} == set()
    assert b"Traceback" not in shown.stderr


def test_every_name_is_stored_byte_for_byte(folder: Path) -> None:
    with verify.open_archive(folder / "archive", create=False) as archive:
        stored = {path for item in archive for path in item.paths}
        assert {os.fsencode(path_of(folder, name)) for name in NAMES} <= stored
        assert archive.check().faults == ()


@pytest.mark.parametrize("name", NAMES)
def test_an_item_answers_to_its_path_whatever_its_name(folder: Path, name: bytes) -> None:
    with verify.open_archive(folder / "archive", create=False) as archive:
        path = path_of(folder, name)
        examination = archive.examination(path)
        assert os.fsencode(examination.path).rsplit(b"/", 1)[-1] == name
        assert archive.original(path) == path
        json.dumps(examination.to_json(), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "name", [name for name in NAMES if b"\xff" in name or b"\x1b" in name or b"=" in name]
)
def test_every_command_takes_such_a_path_and_shows_it_harmlessly(folder: Path, name: bytes) -> None:
    path = os.fsdecode(b"inbox/" + name)
    for arguments, code in (
        (("find-copies", path), 1),
        (("mark", path, "verified", "--by", "desk-1", "--note", os.fsdecode(name.replace(b"\xff", b"?"))), 0),
        (("log", path, "--json"), 0),
        (("examine", path), 0),
    ):
        shown = run(*arguments, *(() if arguments[0] == "examine" else ("--archive", "archive")), cwd=folder)
        assert shown.returncode == code, shown.stderr
        assert_harmless(shown)
        for line in shown.stdout.splitlines() if "--json" in arguments else ():
            json.loads(line)


def test_lists_are_one_line_an_item_and_json_a_line(folder: Path) -> None:
    listed = run("items", "--all", "--archive", "archive", cwd=folder)
    assert_harmless(listed)
    assert len(listed.stdout.splitlines()) == len(NAMES) + 1
    for command in (("items", "--all"), ("log",), ("check",)):
        assert_harmless(run(*command, "--archive", "archive", cwd=folder))
        as_json = run(*command, "--json", "--archive", "archive", cwd=folder)
        assert [json.loads(line) for line in as_json.stdout.splitlines()]


def test_an_error_about_a_strange_argument_is_one_harmless_line(folder: Path) -> None:
    strange = os.fsdecode(b"no\x1b[31m such\nfile \xff.jpg")
    for arguments in (
        ("scan", strange, "--archive", "archive"),
        ("find-copies", strange, "--archive", "archive"),
        ("mark", strange, "verified", "--archive", "archive"),
        ("items", "--archive", strange),
        ("backup", strange + "/copy", "--archive", "archive"),
    ):
        shown = run(*arguments, cwd=folder)
        assert shown.returncode == 2, shown.stderr
        assert shown.stderr.count(b"\n") == 1
        assert_harmless(shown)

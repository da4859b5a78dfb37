"""`verify export` on the command line."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from made_records import digest_of
from made_reviews import archive_of


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "verify.cli", "export", *arguments, "--archive", "archive"]
    return subprocess.run(command, cwd=cwd, capture_output=True, timeout=120, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with archive_of(tmp_path, "a", "b") as archive:
        archive.mark(digest_of("a"), "verified", by="=desk")
    return tmp_path


def test_one_table_goes_to_stdout_and_nothing_else(folder: Path) -> None:
    done = run("--format", "csv", cwd=folder)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"))))
    assert [row["sha256"] for row in rows] == [digest_of("a"), digest_of("b")]
    assert rows[0]["verdict_by"] == "'=desk"
    one = run("--format", "jsonl", "--table", "reviews", "inbox/b.jpg", cwd=folder)
    assert [json.loads(line)["kind"] for line in one.stdout.splitlines()] == ["item-added"]


def test_a_folder_gets_all_tables_and_each_file_is_named(folder: Path) -> None:
    done = run("--format", "parquet", "--output", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    assert sorted(file.name for file in (folder / "out").iterdir()) == [
        f"{name}.parquet" for name in ("findings", "fingerprints", "frames", "items", "matches", "reviews")
    ]
    assert done.stderr.count(b"Wrote") == 6


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "parquet"), "name a file or folder"),
        (("--format", "mediareview", "--table", "items"), "is no table"),
        (("--format", "csv", "nowhere.jpg"), "Nothing in the archive answers"),
        (("--format", "csv", "--output", "inbox/a.jpg/items.csv"), "Cannot write"),
        (("--format", "mediareview", "--category", "Fake", "inbox/a.jpg"), "no category Fake"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_that_goes_away_causes_no_traceback(folder: Path) -> None:
    command = f"{sys.executable} -m verify.cli export --format csv --archive archive | true"
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, timeout=120, check=False)
    assert b"Traceback" not in done.stderr


def test_mediareview_says_on_stderr_what_is_missing(folder: Path) -> None:
    done = run("--format", "mediareview", "--publisher", "The Desk", "inbox/a.jpg", cwd=folder)
    assert done.returncode == 0, done.stderr
    review = json.loads(done.stdout)
    assert review["author"]["name"] == "The Desk"
    assert b"missing" in done.stderr
    assert b"archivedAt" in done.stderr

"""mark, log and check on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
from made_media import write_jpeg
from made_records import digest_of
from made_reviews import archive_of

A, B = digest_of("a"), digest_of("b")


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `verify` with these arguments on the folder's archive."""
    command = [sys.executable, "-m", "verify.cli", *arguments, "--archive", "archive"]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    archive_of(tmp_path, "a", "b").close()
    return tmp_path


def test_mark_then_log_then_check(folder: Path) -> None:
    reviewer = "desk\x1b[31m [b]2[/b]"
    grounds = (
        "--earlier-copy",
        B[:9],
        "--date",
        "2019",
        "--link",
        "https://example.org/1",
        "--note",
        "same wall",
    )
    marked = run("mark", "inbox/a.jpg", "misattributed", "--by", reviewer, *grounds, "--json", cwd=folder)
    assert marked.returncode == 0, marked.stderr
    event = json.loads(marked.stdout)
    assert (event["sequence"], event["item"], event["kind"]) == (3, A, "verdict-given")
    assert event["payload"]["earlier_copy"] == B
    assert event["payload"]["established"]["date"] == "2019"

    listed = run("log", A, "--json", cwd=folder)
    assert [json.loads(line)["kind"] for line in listed.stdout.splitlines()] == [
        "item-added",
        "verdict-given",
    ]
    told = run("log", cwd=folder)
    assert len(told.stdout.splitlines()) == 3
    assert "\x1b" not in told.stdout
    assert "desk\ufffd[31m [b]2[/b]" in told.stdout

    checked = run("check", "--json", cwd=folder)
    assert checked.returncode == 0, checked.stdout
    proved = json.loads(checked.stdout)
    assert (proved["intact"], proved["events"], proved["head_digest"]) == (True, 3, event["digest"])
    assert run("check", "--head", proved["head"], cwd=folder).returncode == 0


def test_misattributed_without_a_context_asks_for_one(folder: Path) -> None:
    refused = run("mark", A, "misattributed", "--by", "desk-1", cwd=folder)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "true context or an earlier copy" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_command_that_is_repeated_with_its_key_is_one_event(folder: Path) -> None:
    runs = [
        run("mark", A, "verified", "--by", "desk-1", "--key", "1", "--json", cwd=folder) for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout != ""


def test_who_decides_otherwise_is_told(folder: Path) -> None:
    run("mark", A, "verified", "--by", "desk-1", cwd=folder)
    other = run("mark", A, "unverified", "--by", "desk-2", cwd=folder)
    assert other.returncode == 0
    assert "desk-1 gave verified" in other.stderr


def test_check_names_what_was_changed_and_says_so_with_its_exit_code(folder: Path) -> None:
    (folder / "inbox" / "a.jpg").write_bytes(b"other")
    (folder / "inbox" / "b.jpg").unlink()
    checked = run("check", cwd=folder)
    assert checked.returncode == 1
    assert "changed-original" in checked.stdout
    assert "a.jpg" in checked.stdout
    assert "missing-original" in checked.stdout
    assert "b.jpg" in checked.stdout
    assert "2 faults" in checked.stdout


def test_a_head_that_the_log_does_not_hold_is_a_fault_and_what_is_none_is_an_error(folder: Path) -> None:
    later = run("check", "--head", "7-" + "-".join(["abcd"] * 6), cwd=folder)
    assert later.returncode == 1
    assert "cut-tail event 7" in later.stdout
    none = run("check", "--head", "seven", cwd=folder)
    assert (none.returncode, len(none.stderr.splitlines())) == (2, 1)


def test_a_scan_and_a_search_show_the_verdict_on_the_older_item(tmp_path: Path) -> None:
    older = write_jpeg(tmp_path / "older.jpg", 1, 640, 480)
    run("scan", "older.jpg", "--jobs", "1", cwd=tmp_path)
    run("mark", "older.jpg", "misattributed", "--by", "desk-1", "--true-context", "a drill", cwd=tmp_path)
    copy = tmp_path / "copy.jpg"
    cv2.imwrite(str(copy), cv2.resize(cv2.imread(str(older)), (400, 300), interpolation=cv2.INTER_AREA))
    scanned = run("scan", "copy.jpg", "--jobs", "1", "--json", cwd=tmp_path)
    assert "the same picture as older.jpg" in scanned.stderr
    assert "misattributed (" in scanned.stderr
    assert "desk-1" in scanned.stderr
    (seen,) = json.loads(scanned.stdout)["seen_before"]
    assert seen["matches"][0]["verdict"] == "misattributed"
    assert "misattributed (" in run("find-copies", "copy.jpg", cwd=tmp_path).stdout


def test_the_program_in_the_documentation_checks_a_log(folder: Path) -> None:
    run("mark", A, "verified", "--by", "Амал \U0001f600", "--note", 'a "quoted"\nline\x7f', cwd=folder)
    page = (Path(__file__).parent.parent / "docs" / "review-log.md").read_text()
    program = page.split("```python\n")[1].split("```")[0]
    lines = run("log", "--json", cwd=folder).stdout
    for text, status in ((lines, 0), (lines.replace("quoted", "Quoted"), 1)):
        command = [sys.executable, "-c", program]
        checked = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
        assert checked.returncode == status, checked.stderr


def test_everything_that_is_said_about_an_item_is_one_line_of_the_log(folder: Path) -> None:
    said = [
        ("claim", "a.jpg", "Flood today", "--place", "Kabul", "--post", "https://example.org/post"),
        ("note", "a.jpg", "The sign is in Dari"),
        ("discuss", "a.jpg", "--note", "which river?"),
        ("assign", "a.jpg", "desk-2"),
        ("confirm-match", "a.jpg", B[:9], "--note", "same wall"),
        ("refuse-match", "a.jpg", B[:9]),
        ("mark", "a.jpg", "verified"),
        ("withdraw", "a.jpg", "--note", "too early"),
    ]
    lines = []
    for verb, item, *rest in said:
        done = run(verb, f"inbox/{item}", *rest, "--by", "desk-1", "--json", cwd=folder)
        assert done.returncode == 0, done.stderr
        lines.append(json.loads(done.stdout))
    assert [line["kind"] for line in lines] == [
        "claim-recorded",
        "note-added",
        "discussion-opened",
        "assigned",
        "match-confirmed",
        "match-refused",
        "verdict-given",
        "verdict-withdrawn",
    ]
    assert {line["item"] for line in lines} == {A}
    assert (lines[0]["payload"]["place"], lines[4]["payload"]["other"]) == ("Kabul", B)
    assert lines[7]["payload"]["withdrawn"] == lines[6]["sequence"]
    assert run("check", cwd=folder).returncode == 0


def test_what_is_refused_is_one_line_and_leaves_no_line_in_the_log(folder: Path) -> None:
    for words in (("withdraw", A), ("note", A, " "), ("claim", A), ("refuse-match", A, A)):
        refused = run(*words, "--by", "desk-1", cwd=folder)
        assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (2, "", 1)
    assert len(run("log", cwd=folder).stdout.splitlines()) == 2

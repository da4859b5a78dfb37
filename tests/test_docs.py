"""The docs cannot drift: every block of code is run, and the output shown is compared with what comes.

How a block is written decides what happens to it:

- `console`: what follows `$ ` is a command, the lines below are its output. Line breaks and runs of spaces do
  not count, `...` stands for anything, and of a command with nothing below nothing is compared.
- `sh`: commands alone; each must end without an error.
- `python`: all blocks of one file are one program. One that begins with `# name.py` is saved under that name
  instead, for a command further down.
- `json` and `toml` must be well-formed; `text`, `nginx`, `caddyfile` and `html` are shown only.
- `<!-- output varies: why -->` above a block: its commands are run, what they say is not compared.
"""

from __future__ import annotations

import doctest
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.main import get_command

from verify.cli import app

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

ELSEWHERE = {
    "pip install": "installed by .ci/run from a clean checkout",
    "pytest": "run by .ci/run",
    "verify review": "serves until it is stopped; started by the tests in tests/ui",
    "mkdocs serve": "serves until it is stopped; the site is built below",
    "jupyter lab": "serves until it is stopped; the notebooks are run in test_notebooks.py",
}
"""Commands that are not run here, and where they are."""

SHOWN_ONLY = {"text", "nginx", "caddyfile", "html"}

BLOCK = re.compile(r"(?P<above>[^\n]*)\n\n?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)

SAME = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    place: str
    language: str
    text: str
    varies: bool


@dataclass(frozen=True)
class Command:
    """One command of a block, and the output that the page shows."""

    line: str
    shown: str | None


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text()
    return [
        Block(
            place=f"{page.name}:{text[: found.start('text')].count(chr(10)) + 1}",
            language=found["language"],
            text=found["text"],
            varies=found["above"].startswith("<!-- output varies:"),
        )
        for found in BLOCK.finditer(text)
    ]


def commands_of(block: Block) -> Iterator[Command]:
    text = block.text.replace("\\\n", " ")
    if block.language == "sh":
        yield from (Command(line, None) for line in text.splitlines() if line and not line.startswith("#"))
        return
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        line, _, shown = part.partition("\n")
        yield Command(line, None if block.varies else shown)


def is_run_here(command: Command) -> bool:
    return not any(words in command.line for words in ELSEWHERE)


def run(command: Command, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "COLUMNS": "110",
        "PYTHONUNBUFFERED": "1",
    }
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", command.line],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )


def check(command: Command, place: str, folder: Path) -> None:
    done = run(command, folder)
    said = f"{place}: {command.line}\nended with {done.returncode} and said:\n{done.stdout}"
    if command.shown is None:
        assert done.returncode == 0, said
        return
    assert done.returncode in {0, 1}, said  # 1: nothing found, or not all is as recorded
    assert "Traceback" not in done.stdout, said
    if not command.shown.strip():
        return
    same = doctest.OutputChecker().check_output(command.shown, done.stdout, SAME)
    assert same, f"{said}\nbut the page shows:\n{command.shown}"


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder as a reader has it after `verify demo`, with an inbox at home."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "samples").symlink_to(ROOT / "samples")
    (folder / "inbox").mkdir()
    shutil.copy(ROOT / "samples" / "media" / "flower.jpg", folder / "inbox")
    done = run(Command("verify demo --no-page", None), folder)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def reader(scanned: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder for one page."""
    return Path(shutil.copytree(scanned, tmp_path / "reader", symlinks=True))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_tells_to_do_works_and_gives_what_it_shows(page: Path, reader: Path) -> None:
    program = []
    for block in blocks_of(page):
        if block.language in {"sh", "console"}:
            for command in filter(is_run_here, commands_of(block)):
                if command.line.startswith("verify demo"):
                    shutil.rmtree(reader / "verify-demo")
                check(command, block.place, reader)
        elif block.language == "python":
            saved = re.match(r"# (\w+\.py)\n", block.text)
            if saved:
                (reader / saved[1]).write_text(block.text)
            else:
                program.append(block.text)
        elif block.language == "json":
            json.loads(block.text)
        elif block.language == "toml":
            tomllib.loads(block.text)
        else:
            assert block.language in SHOWN_ONLY, f"{block.place}: say what the block is"
    if program:
        (reader / "of_the_page.py").write_text("\n".join(program))
        check(Command("python of_the_page.py", None), page.name, reader)


def test_every_fence_is_read_as_a_block() -> None:
    for page in PAGES:
        fences = len(re.findall(r"^ *```", page.read_text(), re.M))
        assert fences == 2 * len(blocks_of(page)), page.name


def test_every_command_is_on_the_page_of_commands() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text()
    commands = get_command(app).commands
    assert [name for name in commands if f"`verify {name}" not in page] == []


def test_the_site_builds_without_a_warning_and_asks_no_other_host(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    site = tmp_path / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    outside = re.compile(r"<(?:script|img|link rel=\"stylesheet\"|iframe)[^>]+(?:src|href)=\"?(?:https?:)?//")
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(PAGES)
    assert [page.name for page in pages if outside.search(page.read_text())] == []

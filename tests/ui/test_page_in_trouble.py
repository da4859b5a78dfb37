"""What a reviewer reads when something breaks under the open page: a sentence, and no false promise."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from ui_reviewing import PATIENCE, Desk, events, items_by_name

from page_server import Server, served

pytestmark = pytest.mark.browser

INSIDES = ("Traceback", "sqlite3", "sqlalchemy", ".py", "OperationalError")
"""What a stack trace would show."""


@pytest.fixture
def archive(sample_archive: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_archive, tmp_path / "archive"))


@pytest.fixture
def server(archive: Path) -> Iterator[Server]:
    with served(archive) as server:
        yield server


@pytest.fixture
def desk(chromium: Browser, server: Server, archive: Path) -> Iterator[Desk]:
    """Return a desk at which somebody is about to decide about the flower."""
    made = Desk(chromium, server.url)
    made.open_item(items_by_name(archive)["flower.jpg"], name="flower.jpg")
    made.sit_down("desk-1")
    yield made
    made.leave()


def overwrite(archive: Path) -> None:
    for file in archive.glob("archive.sqlite*"):
        with file.open("r+b") as opened:
            opened.write(b"this is no database any more " * 4000)


def delete(archive: Path) -> None:
    for file in archive.glob("archive.sqlite*"):
        file.unlink()


def drop_table(archive: Path) -> None:
    import sqlite3

    database = sqlite3.connect(archive / "archive.sqlite")
    database.execute("PRAGMA foreign_keys = OFF")
    database.execute("DROP TABLE case_state")
    database.commit()
    database.close()


@pytest.mark.parametrize("damage", [overwrite, delete, drop_table])
def test_a_database_that_breaks_gives_a_sentence_and_confirms_nothing(
    desk: Desk, archive: Path, damage: Callable[[Path], None]
) -> None:
    damage(archive)
    desk.verdict("verified").click()
    expect(desk.page.get_by_test_id("stAlert").or_(desk.page.get_by_test_id("stToast")).first).to_be_visible(
        timeout=PATIENCE
    )
    desk.is_done()
    said = desk.text()
    assert not [word for word in INSIDES if word in said]
    assert desk.page.get_by_test_id("stToast").filter(has_text="Z undoes").count() == 0
    desk.open("")
    expect(desk.page.get_by_test_id("stAlert").first).to_be_visible(timeout=PATIENCE)
    assert not [word for word in INSIDES if word in desk.text()]


def test_an_original_that_is_gone_leaves_the_item_on_the_screen(
    desk: Desk, archive: Path, samples: Path
) -> None:
    for original in archive.rglob("flower.jpg"):
        original.unlink()
    desk.verdict("verified").click()
    desk.told("flower.jpg")
    assert [event.by for event in events(archive, "verdict-given")] == ["desk-1"]

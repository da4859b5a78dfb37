"""Bringing files in: from the browser, from a folder, and what the server refuses."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from ui_reviewing import PATIENCE, Desk

import verify
from page_server import Server, served
from ui import uploads

SECONDS = PATIENCE / 1000


@pytest.fixture(scope="module")
def archive(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return an archive that began with one picture; tickets made in this process are those of its server."""
    folder = tmp_path_factory.mktemp("adding") / "archive"
    with verify.open_archive(folder) as opened, pytest.MonkeyPatch.context() as patch:
        opened.scan([samples / "media" / "IMG_2368.JPG"], jobs=1)
        patch.setenv("VERIFY_ARCHIVE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def server(archive: Path) -> Iterator[Server]:
    with served(archive) as server:
        yield server


@pytest.fixture
def desk(chromium: Browser, server: Server) -> Iterator[Desk]:
    made = Desk(chromium, server.url)
    yield made
    made.leave()


def drop(page: Page, *files: Path) -> None:
    """Choose files, as a drop does."""
    page.locator("input.files").set_input_files(files, timeout=PATIENCE)


def row(page: Page, name: str) -> object:
    return page.locator(".row").filter(has_text=name)


def send(
    server: Server, content: bytes, *, name: bytes = b"a.jpg", **headers: str
) -> tuple[int, dict[str, object]]:
    """Upload as the page does; headers in the call replace or, if empty, remove what the page sends."""
    place = urlsplit(server.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=SECONDS)
    sent = {"X-Verify-Ticket": uploads.ticket("test"), "X-Verify-Name": quote(name)} | {
        key.replace("_", "-"): value for key, value in headers.items()
    }
    connection.request("POST", "/api/upload", content, {key: value for key, value in sent.items() if value})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, json.loads(body)


def wait_for_item(archive: Path, content: bytes) -> verify.ItemSummary:
    """Return the item of some bytes once it is there."""
    deadline = time.monotonic() + SECONDS
    with verify.open_archive(archive) as opened:
        while True:
            try:
                return opened.item(hashlib.sha256(content).hexdigest())
            except verify.UnknownItem:
                assert time.monotonic() < deadline
                time.sleep(0.1)


def picture(samples: Path, number: int) -> bytes:
    """Return a picture of which there is no other, by one byte after its end."""
    return (samples / "media" / "flower.jpg").read_bytes() + bytes([number])


def kept(archive: Path, name: str) -> list[Path]:
    return list((archive / "uploads").rglob(name))


@pytest.mark.browser
def test_dropped_files_become_items_and_say_whether_they_were_seen_before(
    desk: Desk, archive: Path, samples: Path
) -> None:
    desk.open("add")
    drop(desk.page, samples / "media" / "figs_today.jpg", samples / "media" / "flower.jpg")
    expect(desk.page.locator(".row")).to_have_count(2, timeout=PATIENCE)
    expect(row(desk.page, "figs_today.jpg")).to_contain_text("part of IMG_2368.JPG", timeout=PATIENCE)
    expect(desk.page.get_by_text("2 of 2 sent")).to_be_visible()
    assert desk.hosts <= {"127.0.0.1", None}
    drop(desk.page, samples / "media" / "IMG_2368.JPG")
    expect(row(desk.page, "IMG_2368.JPG").first).to_contain_text("already in the archive", timeout=PATIENCE)
    assert {path.name for path in kept(archive, "*.*")} == {"IMG_2368.JPG", "figs_today.jpg", "flower.jpg"}


@pytest.mark.browser
def test_a_folder_is_sent_with_all_that_lies_in_it(
    desk: Desk, archive: Path, tmp_path: Path, samples: Path
) -> None:
    inner = tmp_path / "tip line" / "today"
    inner.mkdir(parents=True)
    (inner.parent / "one.jpg").write_bytes(picture(samples, 1))
    (inner / "two.jpg").write_bytes(picture(samples, 2))
    desk.open("add")
    desk.page.locator("input.folder").set_input_files(tmp_path / "tip line", timeout=PATIENCE)
    expect(desk.page.locator(".row")).to_have_count(2, timeout=PATIENCE)
    for number in (1, 2):
        wait_for_item(archive, picture(samples, number))


@pytest.mark.browser
def test_a_folder_on_the_server_is_scanned_where_it_lies(
    desk: Desk, archive: Path, tmp_path: Path, samples: Path
) -> None:
    inbox = tmp_path / "inbox <b>"
    inbox.mkdir()
    (inbox / "clip.jpg").write_bytes((samples / "media" / "IMG_2368.JPG").read_bytes() + b"!")
    (inbox / "broken.jpg").write_bytes(b"no picture")
    desk.open("add")
    field = desk.page.get_by_label("Or a folder on this machine")
    field.fill("/there is no such folder")
    desk.page.get_by_role("button", name="Scan").click()
    desk.shows("There is no folder of that name")
    field.fill(str(inbox))
    desk.page.get_by_role("button", name="Scan").click()
    expect(row(desk.page, "clip.jpg")).to_contain_text("seen before", timeout=PATIENCE)
    desk.shows("2 files: 1 new, 1 seen before, 1 unreadable")
    desk.shows("broken.jpg: ")
    assert not kept(archive, "clip.jpg")


@pytest.mark.browser
def test_a_file_that_is_no_media_says_so(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    desk.open("add")
    drop(desk.page, tmp_path / "notes.txt")
    desk.shows("notes.txt: neither a picture nor a video that can be read here.")


def test_an_original_is_kept_by_its_hash_under_every_name_it_was_given(
    server: Server, archive: Path, samples: Path
) -> None:
    content = picture(samples, 3)
    sha256 = hashlib.sha256(content).hexdigest()
    assert send(server, content, name=b"first.jpg") == (200, {"sha256": sha256, "is_known": False})
    wait_for_item(archive, content)
    assert send(server, content, name=b"second.jpg") == (200, {"sha256": sha256, "is_known": True})
    assert send(server, content, name=b"second.jpg")[0] == 200
    (first,), (second,) = kept(archive, "first.jpg"), kept(archive, "second.jpg")
    assert first.parent.name == sha256
    assert first.samefile(second)
    assert first.read_bytes() == content
    assert not list((archive / "arriving").iterdir())


def test_a_damaged_original_is_put_right_by_the_bytes_it_had(server: Server, archive: Path) -> None:
    content = b"once whole and then damaged"
    assert send(server, content, name=b"first whole.jpg")[0] == 200
    (first,) = kept(archive, "first whole.jpg")
    first.chmod(0o644)
    first.write_bytes(content.swapcase())
    for name in ("second whole.jpg", "first whole.jpg"):
        assert send(server, content, name=name.encode())[0] == 200
        assert [path.read_bytes() for path in kept(archive, name)] == [content]


def test_the_same_file_sent_many_times_at_once_is_taken_every_time(server: Server, archive: Path) -> None:
    content = os.urandom(3_000_000)
    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda _: send(server, content, name=b"crowd.jpg"), range(24)))
    assert {status for status, _ in answers} == {200}
    assert [path.read_bytes() for path in kept(archive, "crowd.jpg")] == [content]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (b"../../../etc/cron.d/evil.jpg", b"evil.jpg"),
        (b"C:\\Users\\x\\evil.jpg", b"evil.jpg"),
        (b"/etc/passwd", b"passwd"),
        (b"..", b"unnamed"),
        (b"", b"unnamed"),
        (b"a\0b.jpg", b"ab.jpg"),
        (b"-rf.jpg", b"-rf.jpg"),
        (b"line\nbreak\x1b[31m.jpg", b"line\nbreak\x1b[31m.jpg"),
        (b"\xff\xfe.jpg", b"\xff\xfe.jpg"),
        ("\u202egpj.exe".encode(), "\u202egpj.exe".encode()),
        (b"n" * 400 + b".jpeg", b"n" * 250 + b".jpeg"),
        ("\u00e9".encode() * 300, "\u00e9".encode() * 127),
    ],
)
def test_a_name_names_no_folder_and_fits(given: bytes, kept: bytes) -> None:
    assert uploads.safe_name(given) == kept


def test_a_strange_name_reaches_the_archive_as_it_was_given(
    server: Server, archive: Path, samples: Path
) -> None:
    name = b"<img src=x onerror=alert(1)> \xff\n%2e%2e%2f.jpg"
    assert send(server, picture(samples, 4), name=name)[0] == 200
    assert wait_for_item(archive, picture(samples, 4)).paths[0].rsplit(b"/", 1)[-1] == name
    with verify.open_archive(archive) as opened:
        assert name.decode("utf-8", "replace") in " ".join(opened.items()["path"])


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Verify_Ticket": ""},
        {"X_Verify_Ticket": "test.99999.0123456789abcdef0123456789abcdef"},
        {"X_Verify_Ticket": "\u00e9.x.y".encode().decode("latin-1")},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
def test_only_our_own_pages_may_upload(server: Server, archive: Path, headers: dict[str, str]) -> None:
    status, said = send(server, b"content", name=b"foreign.jpg", **headers)
    assert status == 403
    assert "Reload" in str(said["said"])
    assert not kept(archive, "foreign.jpg")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(server: Server) -> None:
    status, said = send(server, b"", Content_Length=str(uploads.MOST_BYTES + 1))
    assert status == 413
    assert "8.0 GB" in str(said["said"])


def test_an_empty_file_is_refused(server: Server, archive: Path) -> None:
    status, said = send(server, b"")
    assert (status, said) == (400, {"said": "The file is empty."})
    assert not list((archive / "arriving").iterdir())


def test_a_server_that_is_killed_scans_later_what_it_had_taken_in(
    tmp_path: Path, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify.open_archive(tmp_path).close()
    monkeypatch.setenv("VERIFY_ARCHIVE", str(tmp_path))
    with served(tmp_path) as server:
        assert send(server, picture(samples, 5), name=b"late.jpg")[0] == 200
        server.kill()
    with served(tmp_path):
        wait_for_item(tmp_path, picture(samples, 5))


def test_a_server_that_is_killed_within_an_upload_keeps_no_part_of_it(
    tmp_path: Path, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify.open_archive(tmp_path).close()
    monkeypatch.setenv("VERIFY_ARCHIVE", str(tmp_path))
    with served(tmp_path) as server:
        assert send(server, picture(samples, 6), name=b"whole.jpg")[0] == 200
        connection = begin(server, b"torn.jpg")
        wait_until(lambda: any(path.stat().st_size for path in (tmp_path / "arriving").glob("*")))
        server.kill()
        connection.close()
    (torn,) = (tmp_path / "arriving").iterdir()
    os.utime(torn, (0, 0))
    with served(tmp_path) as server:
        wait_for_item(tmp_path, picture(samples, 6))
        assert send(server, picture(samples, 7), name=b"next.jpg")[0] == 200
    assert not torn.exists()
    assert not kept(tmp_path, "torn.jpg")
    with verify.open_archive(tmp_path) as opened:
        assert not opened.check().faults


def begin(server: Server, name: bytes) -> http.client.HTTPConnection:
    """Send the greater part of a file, and stop."""
    place = urlsplit(server.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=SECONDS)
    connection.putrequest("POST", "/api/upload")
    headers = {"X-Verify-Ticket": uploads.ticket("test"), "X-Verify-Name": quote(name)}
    for header, value in (headers | {"Content-Length": "5000000"}).items():
        connection.putheader(header, value)
    connection.endheaders()
    connection.send(b"x" * 3_000_000)
    return connection


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_upload_that_is_cut_off_leaves_nothing(server: Server, archive: Path) -> None:
    connection, arriving = begin(server, b"cut.jpg"), archive / "arriving"
    wait_until(lambda: arriving.exists() and any(arriving.iterdir()))
    connection.close()
    wait_until(lambda: not any(arriving.iterdir()))
    assert not kept(archive, "cut.jpg")

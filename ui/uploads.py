"""Takes one file in from the browser: straight to disk, hashed on the way, never whole in memory.

An original lies in the archive's folder under `uploads`, in a folder named by its hash, under each name it
was given: the same bytes under another name are one more link to the same file, so that names are kept and
space is not spent twice. A name is a stranger's bytes: it names no folder and nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ui import intake, signing
from ui.opened import archive
from ui.parts import size
from verify import UnknownItem

ARRIVING: Final = "arriving"
"""Where files lie until they are whole; on the same disk, so that they can be moved in one step."""

MOST_BYTES: Final = 8_000_000_000
"""Of one file: twenty minutes of 4K footage from a phone at 50 Mbit/s; messengers send 2 GB at most."""

SPARE_BYTES: Final = 1_000_000_000
"""What must stay free on the disk, for the log above all."""

MOST_FILES: Final = 1000
"""In one drop; whoever has more names a folder."""

TICKET_DAYS: Final = 2

DAY: Final = 86_400

PIECE: Final = 1 << 20
"""Bytes written at once."""

SILENCE_SECONDS: Final = 60.0
"""Between two pieces of an upload; a sender that stops, on purpose or not, would hold its place for ever."""

TORN_SECONDS: Final = 3600.0
"""A file that is still arriving was written to since; see `SILENCE_SECONDS`."""

LONGEST_NAME: Final = 255
"""Bytes of a file name on Linux, macOS and Windows."""


class _Refused(Exception):
    """An upload that is not taken, with the sentence that says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def ticket(batch: str) -> str:
    """Return what allows a page to upload into a batch, for a day or two."""
    until = str(int(time.time()) // DAY + TICKET_DAYS)
    return f"{batch}.{until}.{signing.signature('upload', batch, until)}"


def forget_torn() -> None:
    """Delete what a server that was killed had begun to write; what another one is writing is younger."""
    for partial in (archive().folder / ARRIVING).glob("*"):
        with suppress(FileNotFoundError):
            if time.time() - partial.stat().st_mtime > TORN_SECONDS:
                partial.unlink()


def routes() -> list[Route]:
    """Return what takes uploads."""
    return [Route("/api/upload", _upload, methods=["POST"])]


async def _upload(request: Request) -> Response:
    try:
        batch = _batch(request)
        _check_size(int(request.headers.get("content-length", "0")))
        name = safe_name(unquote_to_bytes(request.headers.get("x-verify-name", "")))
        path, sha256 = await _take_in(request, name)
    except _Refused as refusal:
        return JSONResponse({"said": str(refusal)}, status_code=refusal.status)
    except ClientDisconnect:
        return JSONResponse({"said": "The upload was cut off; nothing of it was kept."}, status_code=400)
    except OSError as error:
        said = (
            f"The file could not be written to the archive's disk: {error.strerror}. Nothing of it was kept."
        )
        return JSONResponse({"said": said}, status_code=507)
    is_known = await run_in_threadpool(_is_known, sha256)
    intake.current().add_upload(batch, path=path, sha256=sha256, is_known=is_known)
    return JSONResponse({"sha256": sha256, "is_known": is_known})


def _batch(request: Request) -> str:
    """Return the batch of a request that one of our own pages made: another site can read no ticket."""
    batch, until, proof = (*request.headers.get("x-verify-ticket", "").split("."), "", "")[:3]
    if not signing.is_signed(proof, "upload", batch, until):
        raise _Refused(403, "This page may not upload. Reload it and try again.")
    if int(until) < int(time.time()) // DAY:
        raise _Refused(403, "This page was open for too long. Reload it and try again.")
    return batch


def _check_size(size_bytes: int) -> None:
    """Refuse what is too large, or would fill the disk."""
    if size_bytes > MOST_BYTES:
        raise _Refused(
            413, f"Files of more than {size(MOST_BYTES)} are not taken here. Use: verify scan FOLDER"
        )
    _check_room(size_bytes)


def _check_room(coming_bytes: int = 0) -> None:
    if coming_bytes + SPARE_BYTES > shutil.disk_usage(archive().folder).free:
        raise _Refused(507, "The archive's disk is nearly full. Make room, then try again.")


def safe_name(given: bytes) -> bytes:
    """Return the last part of a name, at most 255 bytes with its ending kept, otherwise as given."""
    name = re.split(rb"[/\\]", given)[-1].replace(b"\0", b"")
    if name in {b"", b".", b".."}:
        return b"unnamed"
    stem, dot, ending = name.rpartition(b".")
    if len(name) <= LONGEST_NAME:
        return name
    if not dot or len(ending) > LONGEST_NAME // 2:
        return _cut(name, LONGEST_NAME)
    return _cut(stem, LONGEST_NAME - len(ending) - 1) + b"." + ending


def _cut(text: bytes, longest: int) -> bytes:
    """Return the first bytes of a text; a character that does not fit is left out whole."""
    return text[:longest].decode("utf-8", "ignore").encode()


async def _take_in(request: Request, name: bytes) -> tuple[Path, str]:
    """Write what is sent to disk and give it its place; when this returns it is there to stay."""
    folder = archive().folder
    (folder / ARRIVING).mkdir(exist_ok=True)
    partial = folder / ARRIVING / secrets.token_hex(16)
    try:
        sha256 = await _write(request, partial)
        return await run_in_threadpool(_place, partial, archive().uploads, sha256, name), sha256
    finally:
        partial.unlink(missing_ok=True)


async def _write(request: Request, partial: Path) -> str:
    digest, written, waiting = hashlib.sha256(), 0, bytearray()
    with partial.open("xb") as file:

        def put_down() -> None:
            digest.update(waiting)
            file.write(waiting)
            waiting.clear()

        async for chunk in _in_time(request.stream()):
            waiting += chunk
            written += len(chunk)
            if written > MOST_BYTES:
                _check_size(written)
            if len(waiting) >= PIECE:
                await run_in_threadpool(put_down)
                _check_room()
        put_down()
        if not written:
            raise _Refused(400, "The file is empty.")
        file.flush()
        await run_in_threadpool(os.fsync, file.fileno())
    return digest.hexdigest()


async def _in_time(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield what arrives; a sender that falls silent is not waited for."""
    while True:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise _Refused(408, "Nothing more arrived for a minute; nothing of the file was kept.") from None
        yield chunk


def _place(partial: Path, uploads: Path, sha256: str, name: bytes) -> Path:
    """Give a whole file its place; the same bytes under another name are there once.

    What lies there is hashed before it counts as the same: a damaged original is put right, not kept.
    """
    home = uploads / sha256[:2] / sha256
    home.mkdir(parents=True, exist_ok=True)
    target = home / os.fsdecode(name)
    partial.chmod(0o444)
    if not _holds(target, sha256):
        kept = next((path for path in home.iterdir() if _holds(path, sha256)), None)
        if kept:
            partial.unlink()
            partial.hardlink_to(kept)
        partial.replace(target)
    for changed in (home, home.parent, uploads, uploads.parent):
        _sync(changed)
    return target


def _holds(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    """Put a folder's list of names on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_known(sha256: str) -> bool:
    try:
        archive().item(sha256)
    except UnknownItem:
        return False
    return True

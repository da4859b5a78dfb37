"""Kill those who mark and the server that takes uploads, and count what was lost of what they confirmed."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

import verify
from benchmarks.page_server import served
from tests.made_media import picture, write_jpeg

PATIENCE = 120
"""Seconds until what was uploaded must be an item."""

MARK_ON = """
import sys, verify
archive = verify.open_archive(sys.argv[1])
items = [item.sha256 for item in archive]
for number in range(100_000):
    item, note = items[number % len(items)], f"{sys.argv[2]} {number}"
    event = archive.mark(item, "verified", by="desk-1", note=note).event
    print(event.sequence, event.digest, flush=True)
"""


@dataclass(kw_only=True)
class Losses:
    """What a series of kills did."""

    kills: int = 0
    confirmed: int = 0
    lost: int = 0
    """Confirmed and not in the archive, or not as it was."""
    doubled: int = 0
    faults: int = 0
    """What a check found at the end."""


def kill_reviewers(work: Path, *, kills: int, seed: int = 1) -> Losses:
    """Kill a process that marks as fast as it can, again and again, at random moments."""
    rng, losses = random.Random(seed), Losses()
    with verify.open_archive(work / "marked") as archive:
        archive.scan([write_jpeg(work / f"{number}.jpg", number) for number in range(3)], profile="fast")
        confirmed: list[str] = []
        for kill in range(kills):
            command = [sys.executable, "-c", MARK_ON, str(archive.folder), str(kill)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                confirmed.append(process.stdout.readline())
                time.sleep(rng.uniform(0, 0.3))
                process.send_signal(signal.SIGKILL)
                confirmed += [line for line in process.stdout if line.endswith("\n")]
            losses.kills += 1
        log = [f"{event.sequence} {event.digest}\n" for event in archive.log(kinds=["verdict-given"])]
        losses.confirmed = len(confirmed)
        losses.lost = len(set(confirmed) - set(log))
        losses.doubled = len(log) - len(set(log))
        losses.faults = len(archive.check().faults)
    return losses


def kill_servers(work: Path, *, kills: int, seed: int = 1) -> Losses:
    """Kill the page's server with all its workers while files are sent to it, again and again."""
    rng, losses = random.Random(seed), Losses()
    folder = work / "uploaded"
    verify.open_archive(folder).close()
    confirmed: list[str] = []
    with mock.patch.dict(os.environ, {"VERIFY_ARCHIVE": str(folder)}):
        for kill in range(kills):
            with served(folder) as server:
                first = threading.Event()
                sender = threading.Thread(target=_send_on, args=(server.url, kill, confirmed, first))
                sender.start()
                first.wait(PATIENCE)
                time.sleep(rng.uniform(0, 1))
                server.kill()
                sender.join()
            losses.kills += 1
        with served(folder):
            wait_for(folder, set(confirmed))
    with verify.open_archive(folder) as archive:
        items = [item.sha256 for item in archive]
        losses.confirmed = len(confirmed)
        losses.lost = sum(not _is_kept(archive, sha256) for sha256 in confirmed)
        losses.doubled = len(items) - len(set(items))
        losses.faults = len(archive.check().faults)
    return losses


def _send_on(url: str, kill: int, confirmed: list[str], first: threading.Event) -> None:
    """Upload pictures until nobody answers; note what the server said it has."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        for content in _pictures(kill):
            status = send(url, content)
            assert status == 200, status
            confirmed.append(hashlib.sha256(content).hexdigest())
            first.set()


def send(url: str, content: bytes, *, name: str = "a.bmp") -> int:
    """Upload some bytes as the page does; return the status. `$VERIFY_ARCHIVE` is the server's archive."""
    from ui import uploads

    place = urlsplit(url)
    with contextlib.closing(http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)) as line:
        headers = {"X-Verify-Ticket": uploads.ticket("kills"), "X-Verify-Name": name}
        line.request("POST", "/api/upload", content, headers)
        answer = line.getresponse()
        answer.read()
        return answer.status


def _pictures(kill: int) -> Iterator[bytes]:
    """Yield pictures of which there are no others, a megabyte each, as BMP: nothing to wait for."""
    import cv2

    _, encoded = cv2.imencode(".bmp", picture(1, 700, 500))
    for number in range(10_000):
        yield encoded.tobytes() + f"{kill} {number}".encode()


def wait_for(folder: Path, wanted: set[str]) -> None:
    """Wait until the archive has these items, or patience ends."""
    deadline = time.monotonic() + PATIENCE
    with verify.open_archive(folder) as archive:
        while wanted - {item.sha256 for item in archive} and time.monotonic() < deadline:
            time.sleep(0.2)


def _is_kept(archive: verify.Archive, sha256: str) -> bool:
    try:
        original = archive.original(sha256)
    except verify.UnknownItem:
        return False
    return original is not None and hashlib.sha256(original.read_bytes()).hexdigest() == sha256

"""How long a reviewer waits for the page, and what its server weighs, with many items in the archive.

    python benchmarks/page.py --items 10000 --keys 100

The archive is made of the sample story's pictures, reduced, each many times with a number behind its last
byte: every file is there, is an item of its own and has the leads of its picture; one in five matches the
one before it, one in ten has a verdict. A Chromium opens the queue, then gives verdicts by key. A key press
counts until the next item's name and picture are on the screen.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

import verify
from page_server import Server, served
from verify.archive import DATABASE
from verify.records import Examination, Match
from verify.store.role import Arrival, FileStamp, SeenBefore, Sighting
from verify.store.sql import SqlStore

PICTURES = Path(__file__).parent.parent / "samples" / "pictures"
WIDTH = 640
AT_ONCE = 500
"""Items in one transaction."""
OPENINGS = 10
BEFORE = "yesterday"
"""Who gave the verdicts that are there already."""
PATIENCE = 120_000
"""Milliseconds."""

FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")

NOTE_THE_KEY = "addEventListener('keydown', () => { window.pressed = performance.now(); }, true)"

PICTURE_SHOWN = """(name) => {
  const find = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.matches("img.picture")) return node;
      const inside = node.shadowRoot && find(node.shadowRoot);
      if (inside) return inside;
    }
  };
  const picture = find(document);
  const bar = document.querySelector(".st-key-item_bar");
  const shown = picture && picture.complete && picture.naturalWidth && picture.alt === name;
  return shown && bar && bar.innerText.includes(name) && performance.now() - window.pressed;
}"""

READY = "document.querySelector('[data-test-script-state=notRunning]') !== null"
"""Everything beside the picture is drawn too."""

ROWS_SHOWN = """(least) => {
  const count = (root) => [...root.querySelectorAll("*")].reduce(
    (sum, node) => sum + node.matches(".rows .row") + (node.shadowRoot ? count(node.shadowRoot) : 0), 0);
  return count(document) >= least && performance.now();
}"""


@dataclass(kw_only=True)
class Measured:
    """What was measured, times in milliseconds."""

    openings: list[float] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    server_cpu: float = 0.0
    """Of the server, a key press."""
    memory: int = 0
    """Bytes."""


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.work) as work:
        folder = Path(work)
        names = build(folder, options.items)
        with served(folder / "archive") as server, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            measured = review(
                chromium.new_page(viewport={"width": 1280, "height": 800}), server, names, options.keys
            )
            chromium.close()
    report(options.items, measured)


def build(folder: Path, count: int) -> dict[str, str]:
    """Fill an archive; return the names of its items by SHA-256."""
    (folder / "inbox").mkdir()
    models = list(_models(folder))
    names: dict[str, str] = {}
    with verify.open_archive(folder / "archive") as archive:
        store = SqlStore.in_file(folder / "archive" / DATABASE)
        for start in range(0, count, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, count))
            arrivals = [_arrival(folder, number, *models[number % len(models)]) for number in numbers]
            store.add(arrivals)
            names |= {
                one.sighting.sha256: os.fsdecode(one.sighting.stamp.path.rsplit(b"/", 1)[-1])
                for one in arrivals
            }
        items = list(names)
        found = [_seen(number, place, items) for place, number in enumerate(store.not_compared())]
        store.add_seen_before(found)
        store.close()
        for sha256 in items[::10]:
            archive.mark(sha256, "unverified", by=BEFORE)
    return names


def _models(folder: Path) -> Iterator[tuple[bytes, Examination]]:
    """Yield the bytes of each reduced picture, and what is found out about it."""
    for source in sorted(PICTURES.glob("*.jpg")):
        with Image.open(source) as picture:
            reduced = picture.resize((WIDTH, picture.height * WIDTH // picture.width))
        written = io.BytesIO()
        reduced.save(written, "JPEG", quality=80)
        path = folder / source.name
        path.write_bytes(written.getvalue())
        yield written.getvalue(), verify.examine(path)


def _arrival(folder: Path, number: int, content: bytes, model: Examination) -> Arrival:
    content += f"{number:08}".encode()
    path = folder / "inbox" / f"{number:05}_{Path(model.path).name}"
    path.write_bytes(content)
    sha256, now = hashlib.sha256(content).hexdigest(), datetime.now(UTC)
    stamp = FileStamp(path=os.fsencode(path), size_bytes=len(content), modified_ns=path.stat().st_mtime_ns)
    examined = replace(model, sha256=sha256, path=str(path), size_bytes=len(content), examined_at=now)
    return Arrival(sighting=Sighting(stamp=stamp, sha256=sha256, seen_at=now), examination=examined)


def _seen(examination: int, place: int, items: list[str]) -> SeenBefore:
    """Let one in five items match the one before it."""
    match = Match(item=items[place - 1], relation="same-picture", evidence=("geometry",), score=0.95)
    matches = (match,) if place % 5 == 1 else ()
    return SeenBefore(examination=examination, sha256=items[place], path=b"", matches=matches)


def review(page: Page, server: Server, names: dict[str, str], keys: int) -> Measured:
    page.set_default_timeout(PATIENCE)
    page.add_init_script(NOTE_THE_KEY)
    measured = Measured()
    for _ in range(OPENINGS):
        page.goto(server.url)
        measured.openings.append(
            float(page.wait_for_function(ROWS_SHOWN, arg=25, polling="raf").json_value())
        )
    newest = list(names.values())[::-1]
    page.locator(".rows .row .name").first.click()
    page.get_by_label("Your name, as the log shall show it").fill("desk-3")
    page.get_by_role("button", name="Start", exact=True).click()
    page.locator("[class*='st-key-give_verified_'] button").wait_for()
    before = server.cpu_ms()
    for following in newest[1 : keys + 1]:
        page.keyboard.press("v")
        waited = page.wait_for_function(PICTURE_SHOWN, arg=following, polling="raf").json_value()
        measured.keys.append(float(waited))
        page.wait_for_function(READY)
    measured.server_cpu = (server.cpu_ms() - before) / keys
    measured.memory = server.memory()
    return measured


def report(items: int, measured: Measured) -> None:
    first, *later = measured.openings
    rows = {
        "items": f"{items:,}",
        "key press to the next item on screen, median ms": f"{statistics.median(measured.keys):.0f}",
        "the same, 95th percentile": f"{statistics.quantiles(measured.keys, n=20)[-1]:.0f}",
        "CPU of the server for it, ms": f"{measured.server_cpu:.0f}",
        "opening the queue, median ms": f"{statistics.median(later):.0f}",
        "the same, slowest": f"{max(later):.0f}",
        "the same, first time after the server's start": f"{first:.0f}",
        "memory of the server, MB": f"{measured.memory / 1e6:.0f}",
        "processes waiting for a core at the end": f"{os.getloadavg()[0]:.1f}",
    }
    for what, value in rows.items():
        print(f"| {what} | {value} |")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--keys", type=int, default=100)
    parser.add_argument("--work", type=Path, help="where the archive is made; it is deleted at the end")
    return parser.parse_args()


if __name__ == "__main__":
    main()

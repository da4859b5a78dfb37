"""Eight browsers give a hundred verdicts each, at once, on one server: is each in the log, once and in order?

    python benchmarks/many_browsers.py --browsers 8 --each 100

Every browser has a stretch of the queue of its own. In each round all press the key of a verdict, one after
the other without waiting; every fifth press is an impatient double one. Then each waits until its next item
is on the screen. At the end the log is read by another process than the server's, and checked.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

import verify
from page import BEFORE, FLAGS, NOTE_THE_KEY, PATIENCE, PICTURE_SHOWN, READY, build
from page_server import Server, served

IMPATIENT = 5
"""Every so many presses is a double one."""

PRESS_TWICE = """async (key) => {
  const code = key.toUpperCase();
  for (const type of ["keydown", "keyup", "keydown", "keyup"]) {
    document.activeElement.dispatchEvent(new KeyboardEvent(type, {key, code: "Key" + code,
      keyCode: code.charCodeAt(0), bubbles: true, cancelable: true, composed: true}));
    await new Promise((then) => setTimeout(then));
  }
}"""
"""One task of the browser after the other: two presses sent from outside may lie so far apart on a busy
machine that the next item is on the screen at the second."""


@dataclass(kw_only=True)
class Desk:
    """One browser with its stretch of the queue."""

    reviewer: str
    items: list[str]
    """SHA-256, in the order of the queue; after the last one there is a further item in `names`."""
    names: list[str]
    page: Page
    waits: list[float] = field(default_factory=list)
    """Milliseconds from the key to the next item."""

    def sit_down(self, server: Server) -> None:
        """Open the first item and say who one is."""
        self.page.goto(f"{server.url}item?item={self.items[0]}")
        self.page.get_by_label("Your name, as the log shall show it").fill(self.reviewer)
        self.page.get_by_role("button", name="Start", exact=True).click()
        self.page.locator("[class*='st-key-give_verified_'] button").wait_for()
        self.page.wait_for_function(READY)

    def press(self, number: int) -> None:
        """Give the verdict on one item; do not wait."""
        if number % IMPATIENT == 0:
            self.page.evaluate(PRESS_TWICE, "v")
        else:
            self.page.keyboard.press("v")

    def wait_for(self, number: int) -> None:
        """Wait until the item after that one is on the screen."""
        name = self.names[number + 1]
        shown = self.page.wait_for_function(PICTURE_SHOWN, arg=name, polling="raf")
        self.waits.append(float(shown.json_value()))
        self.page.wait_for_function(READY)


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.work) as work:
        folder = Path(work)
        names = build(folder, options.items)
        with served(folder / "archive") as server, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            desks = desks_of(chromium, names, browsers=options.browsers, each=options.each)
            seconds = mark_at_once(desks, server)
            memory = server.memory()
            chromium.close()
        wrong = faults(folder / "archive", desks)
    report(desks, seconds, memory, wrong)


def desks_of(chromium: Browser, names: dict[str, str], *, browsers: int, each: int) -> list[Desk]:
    """Give every browser a stretch of the queue, the newest item first."""
    queue, desks = list(names)[::-1], []
    for number in range(browsers):
        page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(NOTE_THE_KEY)
        stretch = queue[number * (each + 1) : (number + 1) * (each + 1)]
        shown = [names[sha256] for sha256 in stretch]
        desks.append(Desk(reviewer=f"desk-{number + 1}", items=stretch[:each], names=shown, page=page))
    return desks


def mark_at_once(desks: Sequence[Desk], server: Server) -> float:
    """Let all give their verdicts; return the seconds that it took."""
    for desk in desks:
        desk.sit_down(server)
    start = time.monotonic()
    for number in range(len(desks[0].items)):
        for desk in desks:
            desk.press(number)
        for desk in desks:
            desk.wait_for(number)
    return time.monotonic() - start


def faults(archive: Path, desks: Sequence[Desk]) -> list[str]:
    """Return what is not as it should be in the log, read anew."""
    with verify.open_archive(archive, create=False) as opened:
        given = [event for event in opened.log(kinds=["verdict-given"]) if event.by != BEFORE]
        wrong = [str(fault) for fault in opened.check().faults]
    wrong += [
        f"{desk.reviewer} gave other verdicts, or in another order, than the log holds"
        for desk in desks
        if [event.item for event in given if event.by == desk.reviewer] != desk.items
    ]
    if len(given) != sum(len(desk.items) for desk in desks):
        wrong.append(f"{len(given)} verdicts in the log")
    return wrong


def report(desks: Sequence[Desk], seconds: float, memory: int, wrong: Sequence[str]) -> None:
    waits = [wait for desk in desks for wait in desk.waits]
    rows = {
        "browsers, verdicts each": f"{len(desks)}, {len(desks[0].items)}",
        "seconds": f"{seconds:.0f}",
        "verdicts a second": f"{len(waits) / seconds:.1f}",
        "key press to the next item, median ms": f"{statistics.median(waits):.0f}",
        "the same, 95th percentile": f"{statistics.quantiles(waits, n=20)[-1]:.0f}",
        "memory of the server, MB": f"{memory / 1e6:.0f}",
        "lost, torn, doubled or out of order": "; ".join(wrong) or "0",
    }
    for what, value in rows.items():
        print(f"| {what} | {value} |")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--browsers", type=int, default=8)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--items", type=int, default=10_000, help="in the archive")
    parser.add_argument("--work", type=Path, help="where the archive is made; it is deleted at the end")
    return parser.parse_args()


if __name__ == "__main__":
    main()

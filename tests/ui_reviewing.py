"""What a reviewer does on the page, for tests that drive a browser."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, expect

import verify

PATIENCE = 60_000
"""Milliseconds until something must be on the screen, on a machine that is busy with other tests."""

INJECTED = (
    "[src*=evil],[href*=evil],[srcset*=evil],[style*=evil],[data-hit],[onerror],[onload],[onclick],[ontoggle],"
    "[onfocus],iframe,object,embed,math,base[href*=evil],form[action*=evil]"
)
"""What markup of the payloads would leave behind."""

ALL_TEXT = """() => {
  const texts = [];
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) walk(node.shadowRoot);
      for (const child of node.childNodes) if (child.nodeType === 3) texts.push(child.data);
      if (node.value) texts.push(node.value);
    }
  };
  walk(document);
  return texts.join("\\n");
}"""
"""Everything that the page shows, components included."""

COUNT = """(selector) => {
  const walk = (root) => [...root.querySelectorAll("*")].reduce(
    (sum, node) => sum + node.matches(selector) + (node.shadowRoot ? walk(node.shadowRoot) : 0), 0);
  return walk(document);
}"""


class Desk:
    """One browser of one reviewer, and every host that it asked."""

    def __init__(self, chromium: Browser, url: str) -> None:
        self.url = url
        self.hosts: set[str | None] = set()
        self.dialogs: list[str] = []
        self.context: BrowserContext = chromium.new_context(viewport={"width": 1280, "height": 800})
        self.context.on("request", lambda request: self._note(request.url))
        self.page: Page = self.context.new_page()
        self.page.on("websocket", lambda socket: self._note(socket.url))
        self.page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.page.on("dialog", self._dismiss)

    def _note(self, url: str) -> None:
        """Keep the host that a request goes to; `data:` and `blob:` go nowhere."""
        if urlsplit(url).scheme not in {"data", "blob"}:
            self.hosts.add(urlsplit(url).hostname)

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def sit_down(self, name: str) -> None:
        """Say who is reviewing."""
        self.page.get_by_label("Your name, as the log shall show it").fill(name)
        self.page.get_by_role("button", name="Start", exact=True).click()
        expect(self.verdict("verified")).to_be_visible(timeout=PATIENCE)

    def verdict(self, verdict: str) -> Locator:
        """Return the button that gives a verdict."""
        return self.page.locator(f"[class*='st-key-give_{verdict}_'] button")

    def open(self, place: str) -> None:
        """Go to a place by its address, and wait until nothing moves any more under the pointer."""
        self.page.goto(self.url + place)
        self.is_done()
        self.page.evaluate("document.fonts.ready.then(() => null)")

    def open_item(self, sha256: str, *, name: str) -> None:
        """Go to an item by its address, and wait for it."""
        self.open(f"item?item={sha256}")
        self.shows_item(name)

    def shows_item(self, name: str) -> None:
        expect(self.page.locator(".st-key-item_bar").get_by_text(name, exact=True)).to_be_visible(
            timeout=PATIENCE
        )

    def shows(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENCE)

    def told(self, text: str) -> None:
        """Wait for a toast."""
        expect(self.page.get_by_test_id("stToast").filter(has_text=text).first).to_be_visible(
            timeout=PATIENCE
        )

    def is_done(self) -> None:
        """Wait until the page has drawn everything."""
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")

    def text(self) -> str:
        """Return everything that is on the page."""
        return str(self.page.evaluate(ALL_TEXT))

    def injected(self) -> int:
        """Return how many elements on the page come from somebody's text."""
        return int(self.page.evaluate(COUNT, INJECTED))

    def photograph(self, name: str) -> None:
        """Keep a picture of the screen where `$VERIFY_SCREENSHOTS` says so."""
        if folder := os.environ.get("VERIFY_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.wait_for_load_state("networkidle")
            self.page.screenshot(path=Path(folder) / f"{name}.png")

    def leave(self) -> None:
        self.context.close()


def items_by_name(archive: Path) -> dict[str, str]:
    """Return the SHA-256 of every item by the name of its file."""
    with verify.open_archive(archive, create=False) as opened:
        return {path.rsplit("/", 1)[-1]: sha256 for sha256, path in opened.items()["path"].items()}


def events(archive: Path, *kinds: str) -> list[verify.ReviewEvent]:
    """Return the log, or the events of some kinds, read by another process than the page's."""
    with verify.open_archive(archive, create=False) as opened:
        return list(opened.log(kinds=kinds))

"""What everybody can read: contrast, names of buttons and pictures, and no page wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from ui_reviewing import PATIENCE, items_by_name

from page_server import served

pytestmark = pytest.mark.browser

LEAST_CONTRAST = 4.5
"""Of text to what is behind it (WCAG 2.2, success criterion 1.4.3)."""

PALE_TEXT = """(least) => {
  const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pixel.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const light = (colour) => {
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = colour.map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const over = (top, below) => [0, 1, 2].map((n) => top[n] * top[3] + below[n] * (1 - top[3]));
  const above = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host;
  const contrast = (element) => {
    const layers = [];
    let opacity = 1;
    for (let node = element; node; node = above(node)) {
      const style = getComputedStyle(node);
      opacity *= Number(style.opacity);
      layers.unshift(rgba(style.backgroundColor));
    }
    const ground = layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
    const ink = rgba(getComputedStyle(element).color);
    const text = over([...ink.slice(0, 3), ink[3] * opacity], ground);
    const [dark, bright] = [light(ground), light(text)].sort((a, b) => a - b);
    return opacity === 0 ? Infinity : (bright + 0.05) / (dark + 0.05);
  };
  const isRead = (element) => {
    const said = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data);
    const says = /[\\p{L}\\p{N}]/u.test(said.join(""));
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    const isSymbol = /Symbols|Icons/.test(style.fontFamily);
    return says && !isSymbol && box.width > 1 && box.height > 1 && style.visibility === "visible"
      && !element.matches("style, script, title, svg *") && !element.closest(":disabled");
  };
  const walk = (root) => [...root.querySelectorAll("*")].flatMap((element) => [
    ...(isRead(element) && contrast(element) < least
      ? [`${contrast(element).toFixed(2)} ${element.textContent.trim()}`] : []),
    ...(element.shadowRoot ? walk(element.shadowRoot) : []),
  ]);
  return walk(document);
}"""
"""Texts that are too pale, with their contrast; symbols and what cannot be used now do not count."""

NAMELESS = """() => {
  const named = (one) => one.textContent.trim() || one.getAttribute("aria-label") || one.title;
  const isNameless = (one) =>
    (one.matches("button") && !named(one)) || (one.matches("img") && !one.hasAttribute("alt"));
  const walk = (root) => [...root.querySelectorAll("*")].flatMap((element) => [
    ...(isNameless(element) ? [element.outerHTML.slice(0, 200)] : []),
    ...(element.shadowRoot ? walk(element.shadowRoot) : []),
  ]);
  return walk(document);
}"""
"""Buttons without a name and pictures without a text in their place."""

TOO_WIDE = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth);
}"""


FOCUS = """async () => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (!element || element.matches("body, [data-testid=stMain]")) return null; // the page as a whole
  const around = [];
  for (let node = element; node && around.length < 5; node = node.parentElement) around.push(node);
  const look = (node) => {
    const style = getComputedStyle(node);
    const { outlineStyle, outlineColor, boxShadow, borderColor, backgroundColor } = style;
    return [outlineStyle, outlineColor, boxShadow, borderColor, backgroundColor].join();
  };
  const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
  const looks = async () => {
    await frame(); // some fields learn of the focus by script
    await frame();
    for (const node of around) for (const moving of node.getAnimations()) moving.finish();
    return around.map(look).join(";");
  };
  const focused = await looks();
  element.blur();
  let seen = false;
  for (let tries = 0; tries < 30 && !seen; tries++) seen = (await looks()) !== focused;
  return { said: element.getAttribute("aria-label") || element.textContent.trim() || element.tagName, seen };
}"""
"""Take the focus away and say whether that can be seen; the next Tab goes on from there."""


@pytest.fixture(scope="module")
def url(sources_first: Path) -> Iterator[str]:
    with served(sources_first) as server:
        yield server.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_screen_can_be_read(
    chromium: Browser, url: str, sources_first: Path, scheme: str, width: int
) -> None:
    item = items_by_name(sources_first)["figs_today.jpg"]
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    opened_by = {
        "": "More",
        f"item?item={item}": "Search elsewhere",
        "log": "Is it whole?",
        "insights": None,
        "add": None,
    }
    for place, opener in opened_by.items():
        page.goto(url + place)
        app = page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)
        # `page.css` takes the header away, and may come after the texts
        expect(page.get_by_test_id("stHeader")).to_have_css("height", "0px", timeout=PATIENCE)
        page.wait_for_load_state("networkidle")
        assert page.evaluate(PALE_TEXT, LEAST_CONTRAST) == [], place
        assert page.evaluate(NAMELESS) == [], place
        assert page.evaluate(TOO_WIDE) <= 0, place
        if opener:
            page.get_by_role("button", name=opener).click()
            page.locator("[data-testid=stPopoverBody], [role=dialog]").wait_for()
            assert page.evaluate(PALE_TEXT, LEAST_CONTRAST) == [], opener
            assert page.evaluate(TOO_WIDE) <= 0, opener
    context.close()


def test_the_focus_can_be_seen_wherever_tab_takes_it(
    chromium: Browser, url: str, sources_first: Path
) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    for place in ("", f"item?item={items_by_name(sources_first)['VID-20260114-WA0007.mp4']}", "log", "add"):
        page.goto(url + place)
        expect(page.get_by_role("button", name="Keys")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning", timeout=PATIENCE
        )
        stops = []
        for _ in range(40):
            page.keyboard.press("Tab")
            if stop := page.evaluate(FOCUS):
                stops.append(stop)
        assert len({stop["said"] for stop in stops}) >= 6, place
        assert [stop["said"] for stop in stops if not stop["seen"]] == [], place
    context.close()

"""What strangers and reviewers write is shown letter by letter: in names, EXIF, XMP, notes and claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect
from ui_reviewing import Desk, items_by_name

import verify
from page_server import Server, served

pytestmark = pytest.mark.browser

PAYLOADS = (
    "<script>window.hit=1</script>",
    "<script src=//evil.example/x.js></script>",
    "<img src=x onerror=window.hit=1>",
    "<img src=//evil.example/x.png>",
    '"><img src=//evil.example/x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=//evil.example></iframe>",
    "<iframe srcdoc='<script>parent.hit=1</script>'>",
    "<object data=//evil.example/x></object>",
    "<embed src=//evil.example/x>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{background:url(//evil.example/x)}</style>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><button data-hit>go</button></form>",
    "<a href='javascript:window.hit=1' data-hit>click</a>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<video poster=//evil.example/x><source onerror=alert(1)></video>",
    "<math><a xlink:href=//evil.example data-hit>x</a></math>",
    "</textarea><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    "<!--><img src=//evil.example/c>-->",
    "<b data-hit>bold</b>",
    "![remote](http://evil.example/x.png)",
    "[click](http://evil.example)",
    "[js](javascript:alert(1))",
    "<http://evil.example/auto>",
    "http://evil.example/bare and www.evil.example",
    "[ref]: http://evil.example 'title'",
    "**bold** _it_ `code` ~~gone~~ # head",
    "| a | b |\n|---|---|\n| c | d |",
    "$\\href{http://evil.example}{x}$ $$x^2$$",
    ":red[danger] :material/home: :smile: :red-badge[b]",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62;",
    "{{7*7}} ${7*7} <%= 7*7 %> {% x %}",
    "gpj.\u202eexe \u2066hidden\u2069",
    "\x1b[2J\x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    "'; DROP TABLE review_event; -- \\",
)
"""Markup, scripts, links, templates and steering characters."""

EXIF_TAGS = {
    "ImageDescription": 0x010E,
    "Make": 0x010F,
    "Model": 0x0110,
    "Software": 0x0131,
    "Artist": 0x013B,
}

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""

TABS = ("Copies", "Findings", "Metadata", "Hashes", "History")


def as_file_name(payload: str) -> str:
    """Return the payload as a name that a file system takes: without its slashes."""
    return payload.replace("/", "\u2044")


def one_line(text: str) -> str:
    """Return text as browsers show it, white space apart."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of one picture a payload, named, described and commented with it."""
    folder = tmp_path_factory.mktemp("markup")
    (folder / "inbox").mkdir()
    rng = np.random.default_rng(0)
    for number, payload in enumerate(PAYLOADS):
        picture = Image.fromarray(rng.integers(0, 256, (48, 64, 3), np.uint8))
        exif = Image.Exif()
        for place, tag in enumerate(EXIF_TAGS.values()):
            exif[tag] = PAYLOADS[(number + place) % len(PAYLOADS)]
        # XML 1.0 has no control characters
        xmp = XMP.format(text=escape("".join(char for char in payload if char >= " ")))
        picture.save(folder / "inbox" / f"{as_file_name(payload)}.jpg", exif=exif, xmp=xmp.encode())
    with verify.open_archive(folder / "archive") as opened:
        opened.scan([folder / "inbox"], jobs=1)
        for payload in PAYLOADS:
            item = folder / "inbox" / f"{as_file_name(payload)}.jpg"
            opened.add_note(item, payload, by=payload)
            opened.claim(item, verify.Claim(text=payload, place=payload, event=payload), by=payload)
            opened.mark(
                item,
                "misattributed",
                by=payload,
                note=payload,
                true_context=payload,
                established=verify.Established(source=payload, date=payload, place=payload, event=payload),
            )
    return folder / "archive"


@pytest.fixture(scope="module")
def server(archive: Path) -> Iterator[Server]:
    with served(archive) as server:
        yield server


@pytest.fixture
def reader(server: Server, chromium: Browser) -> Iterator[Desk]:
    """Return a browser that must have asked no other host in the end, and run nothing."""
    desk = Desk(chromium, server.url)
    yield desk
    assert desk.injected() == 0
    assert desk.page.evaluate("window.hit") is None
    desk.leave()
    assert desk.dialogs == []
    assert desk.hosts == {"127.0.0.1"}


def missing(desk: Desk, payloads: Iterable[str]) -> list[str]:
    """Return the payloads that do not stand on the page as they were written."""
    text = one_line(desk.text())
    return [
        payload
        for payload in payloads
        if one_line(payload) not in text and one_line(verify.printable(payload)) not in text
    ]


def test_there_are_forty() -> None:
    assert len(set(PAYLOADS)) == 40


def test_names_are_text_in_the_queue(reader: Desk) -> None:
    names = [as_file_name(payload) for payload in PAYLOADS]
    seen: set[str] = set()
    for place in ("?sort=oldest", "?sort=newest"):
        reader.open(place)
        reader.page.locator(".rows .row").nth(24).wait_for()
        seen |= set(names) - set(missing(reader, names))
        assert reader.injected() == 0
    assert seen == set(names)


@pytest.mark.parametrize("kind", ["verdict", "note", "claim"])
def test_what_reviewers_wrote_is_text_in_the_log(reader: Desk, kind: str) -> None:
    reader.open(f"log?event={kind}")
    reader.page.locator(".line").nth(39).wait_for()
    assert missing(reader, PAYLOADS) == []


def test_names_of_reviewers_are_text_in_the_charts(reader: Desk) -> None:
    reader.open("insights")
    reader.shows("By reviewer")
    reader.page.locator("canvas, svg.marks").nth(3).wait_for()


@pytest.mark.parametrize("tab", TABS)
def test_names_metadata_and_notes_are_text_on_the_item(reader: Desk, archive: Path, tab: str) -> None:
    names = [as_file_name(payload) for payload in PAYLOADS[TABS.index(tab) :: len(TABS)]]
    items = items_by_name(archive)
    for name, payload in zip(names, PAYLOADS[TABS.index(tab) :: len(TABS)], strict=True):
        reader.open(f"item?item={items[name + '.jpg']}")
        expect(reader.page.locator(".st-key-decision")).to_contain_text("misattributed")
        reader.page.get_by_role("tab", name=tab).click()
        expect(reader.page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        reader.is_done()
        assert reader.injected() == 0
        assert missing(reader, [payload]) == []

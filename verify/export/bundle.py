"""The evidence bundle: items with all that is known about them, in a folder that proves itself.

A BagIt bag with the originals, what was found out, what was said and by whom, the proof that these events are
in the log, a report to read, and a program that checks it all. Its digest is to be written down elsewhere.
What it holds and what it proves is told in docs/bundles.md.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files as resources
from pathlib import Path
from typing import Any, Final

from verify.errors import UnreadableMedia, VerifyError
from verify.export import casefile, report, report_html, timestamp
from verify.export.bag import Bag, blocks_of
from verify.export.bundle_manifest import BundledItem, BundledPicture, BundleManifest, MissingPart
from verify.export.casefile import Casefile
from verify.export.report import DISTRIBUTION
from verify.export.report_content import Chapter, chapter
from verify.export.report_content import report as report_of
from verify.export.request import Authority, Exported, Gap, Request
from verify.export.verify_bundle import DIGEST_OF, short
from verify.labels import printable
from verify.media.files import open_media
from verify.on_disk import whole_file
from verify.records import View
from verify.renditions import frames
from verify.review.chain import Head
from verify.review.events import ReviewEvent, canonical, content_of
from verify.store.role import Store

README: Final = """This folder is an evidence bundle (a BagIt bag, RFC 8493).

Read data/report.html in any browser. To check that nothing in here was changed, added or taken away:

    python3 verify_bundle.py --digest DIGEST

DIGEST is what was written down when the bundle was made. Python 3.8 or newer is enough; nothing is installed
and no network is used. data/bundle.json says what each file is.
"""

GONE: Final = "The file is not in the archive's folders any more, so the bundle holds no original."
LISTED: Final = "Only its hashes are known, from a list: there never was an original here."
CHANGED: Final = "The file was changed since it was scanned, so the bundle holds no original."


def write(store: Store, request: Request) -> Exported:
    """Write a bundle into a new folder, and its digest beside it.

    Raises `VerifyError` with code `exists` if something has the name already, `missing-extra` if a timestamp
    needs what is not installed, `timestamp` if the bundle was written and the time authority gave no stamp.
    """
    if not isinstance(request.output, Path):
        raise VerifyError("A bundle is a folder: name one for it.", code="no-output")
    folder, items = request.output.absolute(), casefile.chosen(store, request.items)
    if not items:
        raise VerifyError("There is no item to put into a bundle.", code="unknown-item")
    if request.authority is not None:
        timestamp.check_possible(request.authority)
    with Bag(folder) as bag:
        gaps = _fill(bag, store, items, request)
        bag.finish(_about(len(items)))
    written = [folder, _write_digest(folder, bag.digest)]
    if request.authority is not None:
        written.append(_write_timestamp(folder, request.authority))
    return Exported(files=tuple(written), records=len(items), gaps=gaps, digest=short(bag.digest))


def _fill(bag: Bag, store: Store, items: Sequence[str], request: Request) -> tuple[Gap, ...]:
    """Write all but the lists, one examination in memory at a time; return what is missing."""
    bundled: list[BundledItem] = []
    gaps: list[Gap] = []
    chapters: list[Chapter] = []
    events: list[ReviewEvent] = []
    for number, sha256 in enumerate(items, 1):
        one = casefile.gather(store, sha256)
        drawings = report.draw(store, one)
        item, missing = _add_item(bag, one, f"data/items/{number:04d}-{sha256[:12]}", drawings)
        bundled.append(item)
        gaps += missing
        chapters.append(chapter(one, drawings))
        events += one.events
        request.report("items", number)
    head = casefile.head_of(store)  # after the events were read, so that none of them lies behind it
    _add_log(bag, store, events, head)
    bag.add("data/report.html", report_html.render(report_of(chapters, head, report.tool())))
    bag.add("data/bundle.json", _json(_manifest(head, bundled, gaps).to_json()))
    bag.add("README.txt", README.encode())
    bag.add("verify_bundle.py", (resources("verify.export") / "verify_bundle.py").read_bytes())
    return tuple(gaps)


def _add_item(
    bag: Bag, one: Casefile, home: str, drawn: Mapping[int, bytes]
) -> tuple[BundledItem, list[Gap]]:
    """Write all about one item; return what the bundle's manifest says of it, and what is missing."""
    original, gap = _add_original(bag, one, home)
    bag.add(f"{home}/examination.json", _json(one.examination.to_json()))
    bag.add(f"{home}/case.json", _json(one.case.to_json()))
    bag.add(f"{home}/matches.json", _json([_readable(match.to_json()) for match in one.matches]))
    drawings: list[str | None] = [None] * len(one.matches)
    for number, jpeg in drawn.items():
        name = drawings[number] = f"{home}/matches/{number:04d}.jpg"
        bag.add(name, jpeg)
    item = BundledItem(
        sha256=one.item.sha256,
        name=one.name,
        paths=tuple(printable(path) for path in one.item.paths),
        original=original,
        original_missing=None if gap is None else gap.explanation,
        examination=f"{home}/examination.json",
        case=f"{home}/case.json",
        matches=f"{home}/matches.json",
        drawings=tuple(drawings),
        thumbnails=tuple(_add_thumbnails(bag, one, home)),
        frames=tuple(_add_frames(bag, one, home)) if original else (),
    )
    return item, [] if gap is None else [gap]


def _add_original(bag: Bag, one: Casefile, home: str) -> tuple[str | None, Gap | None]:
    """Copy the original if it is still what was scanned."""
    explanation = LISTED if one.item.kind == "hashes" else GONE if one.original is None else CHANGED
    name = f"{home}/original{_ending(one)}"
    if one.original is not None:
        try:
            with open_media(one.original) as media:
                if bag.copy(name, blocks_of(media.stream)) == one.item.sha256:
                    return name, None
            bag.drop(name)
        except UnreadableMedia as refusal:
            explanation = f"The original could not be read: {refusal.message}"
    return None, Gap(item=one.item.sha256, field="original", explanation=explanation)


def _ending(one: Casefile) -> str:
    """Return a file ending made of the true format, never of the name that a stranger gave."""
    return f".{one.item.format}" if one.item.format.isalnum() and one.item.format.isascii() else ".bin"


def _add_thumbnails(bag: Bag, one: Casefile, home: str) -> Iterator[BundledPicture]:
    for number, view in enumerate(one.examination.views):
        yield _add_picture(bag, f"{home}/thumbnails/{number:05d}.jpg", view, view.thumbnail)


def _add_frames(bag: Bag, one: Casefile, home: str) -> Iterator[BundledPicture]:
    """Write in full size the frames at which shots begin; what cannot be decoded again stays a thumbnail."""
    shots = [(number, view) for number, view in enumerate(one.examination.frames) if view.starts_shot]
    if one.original is None or not shots:
        return
    drawn = frames(one.original, [view.time for _, view in shots])
    with suppress(UnreadableMedia):
        for (number, view), jpeg in zip(shots, drawn, strict=False):
            yield _add_picture(bag, f"{home}/frames/{number:05d}.jpg", view, jpeg)


def _add_picture(bag: Bag, file: str, view: View, jpeg: bytes) -> BundledPicture:
    bag.add(file, jpeg)
    seconds, exact = float(view.time), str(view.time)
    return BundledPicture(file=file, time_seconds=seconds, time=exact, starts_shot=view.starts_shot)


def _add_log(bag: Bag, store: Store, said: Iterable[ReviewEvent], head: Head) -> None:
    """Write the items' events, and the digests of what all others from there on say."""
    events = sorted(said, key=lambda event: event.sequence)
    first = events[0].sequence
    later = (event for event in store.review.events(after=first - 1) if event.sequence <= head.sequence)
    chain = {
        "first": first,
        "previous": events[0].previous,
        "contents": [content_of(event) for event in later],
        "head": {"sequence": head.sequence, "digest": head.digest, "written": str(head)},
    }
    bag.add("data/log/events.jsonl", b"".join(canonical(event.to_json()) + b"\n" for event in events))
    bag.add("data/log/chain.json", _json(chain))


def _manifest(head: Head, items: Sequence[BundledItem], gaps: Sequence[Gap]) -> BundleManifest:
    missing = (MissingPart(item=gap.item, field=gap.field, explanation=gap.explanation) for gap in gaps)
    return BundleManifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        log_head=str(head),
        report="data/report.html",
        events="data/log/events.jsonl",
        chain="data/log/chain.json",
        items=tuple(items),
        missing=tuple(missing),
        tools=tools(),
    )


def tools() -> dict[str, str]:
    """Return the versions of this program, of Python, and of every library that it asks for and has."""
    found = {DISTRIBUTION: version(DISTRIBUTION), "python": platform.python_version()}
    for line in requires(DISTRIBUTION) or ():
        name = line.split(";")[0].split(">")[0].split("=")[0].split("[")[0].strip()
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # of an extra that is not installed
            continue
    return found


def _about(items: int) -> dict[str, str]:
    return {
        "Bag-Software-Agent": report.tool(),
        "Bagging-Date": f"{datetime.now(UTC):%Y-%m-%d}",
        "External-Description": f"Evidence on {items} item{'s' if items > 1 else ''}",
    }


def _write_digest(folder: Path, digest: str) -> Path:
    path = folder.with_name(f"{folder.name}.digest.txt")
    text = f"{short(digest)}\nsha256:{digest}  {folder.name}/{DIGEST_OF}\n"
    with whole_file(path) as file:
        file.write(text.encode("utf-8", "surrogateescape"))
    return path


def _write_timestamp(folder: Path, authority: Authority) -> Path:
    path = folder.with_name(f"{folder.name}.timestamp.tsr")
    stamped = timestamp.stamp((folder / DIGEST_OF).read_bytes(), authority)
    with whole_file(path) as file:
        file.write(stamped)
    return path


def _readable(shape: dict[str, Any]) -> dict[str, Any]:
    """Return the shape of a match with paths that any program can read."""
    return {**shape, "paths": [printable(path) for path in shape["paths"]]}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=True, indent=1) + "\n").encode()

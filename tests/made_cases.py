"""One small case in an archive, for what leaves the archive."""

from __future__ import annotations

from pathlib import Path

import verify
from verify import Claim, Established, Evidence, Pillar

MARKUP = "<script>alert('x')</script><img src=https://example.org/x.png>"


def decided_case(folder: Path, samples: Path) -> tuple[verify.Archive, str]:
    """Return an archive of a picture and its source, and the item on which somebody decided."""
    archive = verify.open_archive(folder / "archive")
    media = folder / "inbox"
    media.mkdir()
    for name in ("IMG_2368.JPG", "figs_today.jpg"):
        (media / name).write_bytes((samples / "media" / name).read_bytes())
        archive.scan([media / name], jobs=1)
    item = archive.resolve(media / "figs_today.jpg")
    archive.claim(item, Claim(text=f"Ripe in January! {MARKUP}", place="Алупка"), by="desk-1")
    archive.add_note(media / "IMG_2368.JPG", "The note of another case", by="desk-2")
    archive.mark(
        item,
        "misattributed",
        by="desk-1",
        note="The bowl is the same.\nSo is the shadow.",
        true_context="Taken in August 2021",
        earlier_copy=media / "IMG_2368.JPG",
        established=Established(
            date="2021-08-29", pillars={"date": Pillar(confidence="high", note="GPS time")}
        ),
        evidence=[Evidence(kind="link", url="https://example.org/figs", note="season")],
    )
    archive.add_note(media / "IMG_2368.JPG", "A later note of another case", by="desk-2")
    return archive, item

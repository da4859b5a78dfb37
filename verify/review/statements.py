"""What can be said about an item, in the exact shape in which the log keeps it.

Every function returns a payload, or raises `RefusedStatement` with a sentence for the reviewer. Text is kept
as it was written, but for characters that are no Unicode text: unpaired surrogates and NUL become U+FFFD.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from verify.errors import RefusedStatement
from verify.review.case import (
    CONFIDENCES,
    EVIDENCE_KINDS,
    PILLARS,
    VERDICTS,
    Claim,
    Established,
    Evidence,
    Pillar,
    Verdict,
)

LONGEST_TEXT: Final = 20_000
"""Characters of one note or field: ten pages."""

LONGEST_NAME: Final = 200
"""Characters of a reviewer's name."""

MOST_EVIDENCE: Final = 100
"""Pieces of evidence of one verdict."""

REPLACEMENT: Final = "\ufffd"

Texts = TypeVar("Texts", Claim, Pillar, Established, Evidence)


def reviewer(name: str) -> str:
    """Return who speaks: never nobody."""
    cleaned = text(name)
    if not cleaned or len(cleaned) > LONGEST_NAME:
        message = f"Say who decides: a name of 1 to {LONGEST_NAME} characters."
        raise RefusedStatement(message, code="reviewer-needed")
    return cleaned


def text(value: str) -> str:
    """Return the text without outer white space and without what is no text."""
    readable = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    cleaned = readable.replace("\0", REPLACEMENT).strip()
    if len(cleaned) > LONGEST_TEXT:
        message = f"This text has {len(cleaned):,} characters; the log takes {LONGEST_TEXT:,}."
        raise RefusedStatement(message, code="too-long", hint="Keep the rest in a file and link to it.")
    return cleaned


def claim(said: Claim) -> dict[str, Any]:
    """Record what a post asserts."""
    cleaned = _cleaned(said)
    _check_link(cleaned.post_url)
    _check_link(cleaned.archived_url)
    if cleaned == Claim():
        raise RefusedStatement("The claim is empty: fill in at least one field.", code="empty")
    return cleaned.to_json()


def verdict(
    verdict: Verdict,
    *,
    note: str,
    true_context: str,
    earlier_copy: str | None,
    established: Established,
    evidence: Sequence[Evidence],
    seen_version: int | None,
) -> dict[str, Any]:
    """Give a verdict; `misattributed` has to say where the item really comes from."""
    if verdict not in VERDICTS:
        raise RefusedStatement(f"A verdict is one of: {', '.join(VERDICTS)}.", code="unknown-verdict")
    context, found = text(true_context), _established(established)
    if verdict == "misattributed" and not (context or earlier_copy or found.says_something):
        raise RefusedStatement(
            "Please add the true context or an earlier copy: “misattributed” says that these pictures belong "
            "elsewhere, and whoever reads the verdict will want to see where.",
            code="context-needed",
        )
    if len(evidence) > MOST_EVIDENCE:
        raise RefusedStatement(f"A verdict takes up to {MOST_EVIDENCE} pieces of evidence.", code="too-long")
    return {
        "verdict": verdict,
        "note": text(note),
        "true_context": context,
        "earlier_copy": earlier_copy,
        "established": found.to_json(),
        "evidence": [_evidence(one).to_json() for one in evidence],
        "seen_version": seen_version,
    }


def withdrawal(sequence: int, *, note: str) -> dict[str, Any]:
    """Take back the verdict given by an event."""
    return {"withdrawn": sequence, "note": text(note)}


def note(remark: str) -> dict[str, Any]:
    """Add a remark."""
    cleaned = text(remark)
    if not cleaned:
        raise RefusedStatement("The note is empty.", code="empty")
    return {"text": cleaned}


def judged_match(other: str, *, note: str) -> dict[str, Any]:
    """Confirm or refuse that another item matches."""
    return {"other": other, "note": text(note)}


def discussion(*, note: str) -> dict[str, Any]:
    """Open a case for discussion."""
    return {"note": text(note)}


def assignment(to: str) -> dict[str, Any]:
    """Hand a case to someone; an empty name hands it back."""
    return {"to": reviewer(to) if to.strip() else ""}


def arrival(path: bytes, size_bytes: int) -> dict[str, Any]:
    """Say where a new item was seen first; undecodable bytes of its path become U+FFFD."""
    return {"path": path.decode("utf-8", "replace"), "size_bytes": size_bytes}


def _cleaned(record: Texts) -> Texts:
    """Clean every text of a record."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    cleaned: dict[str, Any] = {name: text(value) for name, value in values.items() if isinstance(value, str)}
    return replace(record, **cleaned)


def _established(found: Established) -> Established:
    for name, pillar in found.pillars.items():
        if name not in PILLARS or pillar.confidence not in CONFIDENCES:
            raise RefusedStatement(
                f"A pillar is one of {', '.join(PILLARS)}, its confidence one of {', '.join(CONFIDENCES)}.",
                code="unknown-pillar",
            )
    pillars = {name: _cleaned(pillar) for name, pillar in found.pillars.items()}
    return replace(_cleaned(found), pillars=pillars)


def _evidence(piece: Evidence) -> Evidence:
    """Check that a piece of evidence has what its kind needs."""
    needed = {
        "link": bool(piece.url),
        "item": bool(piece.item),
        "match": bool(piece.item),
        "time-range": piece.start is not None and piece.end is not None and piece.start <= piece.end,
        "region": piece.region is not None,
    }
    if piece.kind not in EVIDENCE_KINDS or not needed[piece.kind]:
        raise RefusedStatement(
            f"Evidence of kind {piece.kind!r} is not complete.", code="incomplete-evidence"
        )
    _check_link(piece.url)
    return _cleaned(piece)


def _check_link(url: str) -> None:
    """Let no link in that a browser would run instead of open."""
    try:
        parts = urlsplit(url.strip())
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        sound = False
    if url.strip() and not sound:
        raise RefusedStatement("A link starts with http:// or https:// and names a host.", code="bad-link")

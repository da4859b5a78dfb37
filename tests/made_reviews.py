"""Archives whose items are tiny files, so that a review needs no decoding, and events drawn at random."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st
from made_records import arrival, digest_of

import verify
from verify.review import statements
from verify.review.case import PILLARS, VERDICTS, Claim, Established, Evidence, Pillar
from verify.review.events import GENESIS, ReviewEvent, Statement, seal

WHEN = datetime(2026, 3, 4, 5, 6, 7, 8, tzinfo=UTC)

texts = st.text(max_size=30)
people = st.sampled_from(["desk-1", "desk-2", "Ирина"])
pillars = st.dictionaries(
    st.sampled_from(PILLARS),
    st.builds(Pillar, confidence=st.sampled_from(["none", "low", "medium", "high"]), note=texts),
)
established = st.builds(Established, source=texts, date=texts, place=texts, event=texts, pillars=pillars)
places = st.integers(0, 10**6).map(lambda millionths: millionths / 10**6)
corners = st.tuples(places, places)
evidence = st.one_of(
    st.builds(Evidence, kind=st.just("link"), url=st.just("https://example.org/a?b=c"), note=texts),
    st.builds(Evidence, kind=st.just("item"), item=st.just(digest_of("b")), note=texts),
    st.builds(
        Evidence,
        kind=st.just("time-range"),
        start=st.fractions(0, 10),
        end=st.fractions(10, 20, max_denominator=10**9),
    ),
    st.builds(Evidence, kind=st.just("region"), region=st.tuples(corners, corners, corners, corners)),
)


@st.composite
def payloads(draw: st.DrawFn, *, sequence: int) -> tuple[str, dict[str, object]]:
    """Draw what can be said after `sequence` events."""
    kind = draw(
        st.sampled_from(
            [
                "verdict-given",
                "verdict-given",
                "verdict-withdrawn",
                "claim-recorded",
                "note-added",
                "match-confirmed",
                "match-refused",
                "discussion-opened",
                "assigned",
            ]
        )
    )
    other = st.sampled_from([digest_of("b"), digest_of("c")])
    if kind == "verdict-given":
        return kind, statements.verdict(
            draw(st.sampled_from(VERDICTS)),
            note=draw(texts),
            true_context="elsewhere",
            earlier_copy=draw(st.none() | other),
            established=draw(established),
            evidence=draw(st.lists(evidence, max_size=3)),
            seen_version=draw(st.none() | st.integers(0, sequence)),
        )
    if kind == "verdict-withdrawn":
        return kind, statements.withdrawal(draw(st.integers(1, sequence)), note=draw(texts))
    if kind == "claim-recorded":
        return kind, statements.claim(Claim(text="x" + draw(texts), place=draw(texts)))
    if kind == "note-added":
        return kind, statements.note("x" + draw(texts))
    if kind in {"match-confirmed", "match-refused"}:
        return kind, statements.judged_match(draw(other), note=draw(texts))
    if kind == "discussion-opened":
        return kind, statements.discussion(note=draw(texts))
    return kind, statements.assignment(draw(people))


@st.composite
def histories(draw: st.DrawFn) -> list[ReviewEvent]:
    """Draw the events of item `a`, from its arrival on, with other items' events left out."""
    events = [sealed("item-added", statements.arrival(b"/inbox/a.jpg", 1), [])]
    for _ in range(draw(st.integers(0, 8))):
        kind, payload = draw(payloads(sequence=len(events)))
        events.append(sealed(kind, payload, events, by=draw(people)))
    return events


def sealed(
    kind: str, payload: dict[str, object], events: list[ReviewEvent], *, by: str = "desk-1"
) -> ReviewEvent:
    """Make the next event of item `a`."""
    said = Statement(by=by, item=digest_of("a"), kind=kind, payload=payload, key=f"key {len(events)}")
    previous = events[-1].digest if events else GENESIS
    return seal(said, at=WHEN, sequence=len(events) + 1, previous=previous)


def archive_of(folder: Path, *names: str) -> verify.Archive:
    """Open an archive of items called `names`, whose originals are files that hold just the name."""
    (folder / "inbox").mkdir(parents=True)
    arrivals = []
    for name in names:
        path = folder / "inbox" / f"{name}.jpg"
        path.write_bytes(name.encode())
        arrivals.append(arrival(name, path=str(path)))
    archive = verify.open_archive(folder / "archive")
    archive._store.add(arrivals)
    return archive

"""What stands in a case report, in order: what was claimed, what was established, and what that rests on.

Text of strangers is made readable here (no control characters, nothing that turns a line around); it is
escaped where it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from verify.errors import UnreadableMedia
from verify.export import report_words as words
from verify.export.casefile import Casefile, name_of
from verify.export.report_blocks import (
    Block,
    Document,
    Facts,
    Heading,
    Paragraph,
    Picture,
    Pictures,
    Standing,
    Table,
    TimeLine,
)
from verify.labels import printable
from verify.media.shrinking import as_jpeg
from verify.records import Match, View
from verify.review.case import Decision
from verify.review.chain import Head

SHOWN_FRAMES: Final = 12
"""Frame samples of a video, spread over its length."""

SHOWN_MATCHES: Final = 12
"""Matches told one by one; the rest are counted."""

SHOWN_VALUES: Final = 150
"""Metadata values of one item."""

LONGEST_VALUE: Final = 400
"""Characters of one of them."""

PROOF: Final = (
    "Every claim, verdict and note above is one event of a log that can only grow. The SHA-256 of each event "
    "is taken over what it says and over the SHA-256 of the event before, so an event can be neither changed "
    "nor taken out without changing all that follow, up to the head of the log. Whoever has a head written "
    "down can prove later that all events up to it are unchanged. Not proved are the name of a reviewer, "
    "which rests on who was let in, and the clock. Metadata, findings and matches are not in the log; they "
    "can be made again from the file, whose SHA-256 every event names."
)

LEADS: Final = (
    "Observations on the file itself. Each is a lead for a person and never a verdict; that one is absent "
    "proves nothing."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What the report says of one item: far less than its examination holds."""

    name: str
    blocks: tuple[Block, ...]


def chapter(one: Casefile, drawings: Mapping[int, bytes]) -> Chapter:
    """Return what there is to say of one item. `drawings` are pictures of its matches, by number."""
    return Chapter(name=one.name, blocks=tuple(_item(one, drawings)))


def report(chapters: Sequence[Chapter], head: Head, tool: str) -> Document:
    """Return the report of these chapters."""
    proof = (
        Heading(text="How this can be checked"),
        Paragraph(text=PROOF),
        Facts(pairs=(("Head of the log", str(head)), ("Program", tool)), exact=True),
    )
    title = chapters[0].name if len(chapters) == 1 else f"{len(chapters)} items"
    made = f"Made {words.when(datetime.now(UTC))} by {tool}."
    blocks = (block for one in chapters for block in one.blocks)
    return Document(title=f"Case report: {title}", made=made, blocks=(*blocks, *proof))


def _item(one: Casefile, drawings: Mapping[int, bytes]) -> Iterator[Block]:
    names = {sha256: name_of(item) for sha256, item in one.known.items()}
    yield Heading(text=one.name, level=1)
    yield Paragraph(text=_facts(one), quiet=True)
    yield from _verdict(one, names)
    yield from _pictures(one)
    yield from _copies(one, drawings)
    if position := words.position_words(one.examination):
        yield Heading(text="Position")
        yield Paragraph(text=position)
    yield from _findings(one)
    yield from _history(one, names)
    yield from _metadata(one)
    yield from _digests(one)


def _facts(one: Casefile) -> str:
    item = one.item
    facts = [item.format.upper() or "unknown format", item.kind, f"{item.size_bytes:,} bytes"]
    if item.width:
        facts.insert(2, f"{item.width} × {item.height} pixels")
    if item.duration_seconds is not None:
        facts.insert(2, words.clock(item.duration_seconds))
    return f"{', '.join(facts)}. In the archive since {words.when(item.added_at)}."


def _verdict(one: Casefile, names: Mapping[str, str]) -> Iterator[Block]:
    case = one.case
    if case.decision is None:
        yield Standing(word="no verdict", text="Nobody has decided this case yet.")
    else:
        yield Standing(word=case.decision.verdict, text=_given(case.decision))
    for other in case.conflicting:
        yield Standing(
            word=other.verdict, text=f"{_given(other)}, without having seen the one above: contested"
        )
    yield Heading(text="What was claimed")
    claimed = tuple(words.claim_facts(case.claim)) if case.claim else ()
    yield Facts(pairs=_shown(claimed)) if claimed else Paragraph(text="No claim was recorded.")
    yield Heading(text="What was established")
    for decision in filter(None, (case.decision, *case.conflicting)):
        yield from _grounds(decision, names)
    if case.decision is None:
        yield Paragraph(text="Nothing yet.")


def _given(decision: Decision) -> str:
    return f"Given by {printable(decision.by)} at {words.when(decision.at)}"


def _grounds(decision: Decision, names: Mapping[str, str]) -> Iterator[Block]:
    pairs = [*words.decision_facts(decision, names)]
    if decision.note:
        pairs.append(("Note", decision.note))
    pairs += [("Evidence", words.evidence_words(piece, names)) for piece in decision.evidence]
    yield (
        Facts(pairs=_shown(pairs))
        if pairs
        else Paragraph(text="The verdict was given without further words.")
    )


def _pictures(one: Casefile) -> Iterator[Block]:
    views = one.examination.views
    if not views:
        problems = " ".join(printable(problem.message) for problem in one.item.problems)
        yield Paragraph(text=f"There is no picture of it here. {problems}".strip())
        return
    if one.item.kind == "image":
        yield Heading(text="The picture")
        yield from _shown_pictures([(views[0].thumbnail, "The picture, reduced.")])
        return
    chosen = _spread(views)
    yield Heading(text="The video")
    counts = f"{len(chosen)} of {len(views)} frame samples; {len(one.examination.shots)} shots."
    yield Paragraph(text=counts, quiet=True)
    yield from _shown_pictures(
        [(view.thumbnail, words.clock(view.time) + (" (cut)" if _is_cut(view) else "")) for view in chosen]
    )


def _is_cut(view: View) -> bool:
    """Say whether another shot ends there: the first one only begins."""
    return view.starts_shot and view.time > 0


def _shown_pictures(captioned: Sequence[tuple[bytes, str]], *, wide: bool = False) -> Iterator[Block]:
    """Yield pictures with their words, and a sentence for each that is damaged in the archive."""
    pictures, damaged = [], []
    for content, caption in captioned:
        try:
            jpeg, width, height = as_jpeg(content)
        except UnreadableMedia as damage:
            damaged.append(Paragraph(text=f"{damage.message} ({caption})"))
            continue
        pictures.append(Picture(content=jpeg, caption=caption, width=width, height=height))
    if pictures:
        yield Pictures(pictures=tuple(pictures), wide=wide)
    yield from damaged


def _spread(views: Sequence[View]) -> list[View]:
    """Choose views over the whole length."""
    count = min(len(views), SHOWN_FRAMES)
    return [views[number * (len(views) - 1) // max(count - 1, 1)] for number in range(count)]


def _copies(one: Casefile, drawings: Mapping[int, bytes]) -> Iterator[Block]:
    yield Heading(text="Where else its pictures are")
    if not one.matches:
        yield Paragraph(text="Nothing in the archive was found to share pictures with it.")
    for number, match in enumerate(one.matches[:SHOWN_MATCHES]):
        yield from _match(one, match, drawings.get(number))
    more = len(one.matches) - SHOWN_MATCHES
    if more > 0:
        yield Paragraph(text=f"{more} more matches are not shown here.", quiet=True)


def _match(one: Casefile, match: Match, drawing: bytes | None) -> Iterator[Block]:
    other = one.known.get(match.item)
    name = match.item[:12] if other is None else name_of(other)
    yield Paragraph(text=words.match_sentence(match, name))
    judged = (
        "confirmed"
        if match.item in one.case.confirmed
        else "refused"
        if match.item in one.case.refused
        else ""
    )
    said = [words.match_reasons(match)]
    if other is not None:
        order = "before" if other.added_at < one.item.added_at else "after"
        said.append(f"It came into the archive {order} this one, {words.when(other.added_at)}.")
    said.append(f"Verdict on it: {words.standing_words(one.others.get(match.item))}.")
    said += [f"A reviewer {judged} this match."] if judged else []
    yield Paragraph(text=" ".join(said), quiet=True)
    if drawing is not None:
        caption = (
            "Left this file, right the other. Outlined is what both show; dots of one colour belong together."
        )
        yield from _shown_pictures([(drawing, caption)], wide=True)
    spans = tuple((s.query_start, s.query_end, s.found_start, s.found_end) for s in match.segments)
    if one.item.duration_seconds and other is not None and other.duration_seconds and spans:
        yield TimeLine(
            here=one.name,
            here_seconds=float(one.item.duration_seconds),
            there=name,
            there_seconds=float(other.duration_seconds),
            spans=spans,
        )


def _findings(one: Casefile) -> Iterator[Block]:
    yield Heading(text="What the file shows by itself")
    yield Paragraph(text=LEADS, quiet=True)
    rows: list[tuple[str, str, str]] = [
        (finding.severity, finding.code, printable(finding.explanation))
        for finding in one.examination.findings
    ]
    rows += [("problem", problem.code, printable(problem.message)) for problem in one.examination.problems]
    if rows:
        yield Table(head=("Weight", "Code", "What was seen"), rows=tuple(rows), widths=(12, 24, 64))
    else:
        yield Paragraph(text="Nothing in the file stands out.")


def _history(one: Casefile, names: Mapping[str, str]) -> Iterator[Block]:
    yield Heading(text="History")
    rows = tuple(
        (
            str(event.sequence),
            words.when(event.at),
            printable(event.by),
            printable(words.event_words(event.kind, event.payload, names).replace("\n", " ")),
        )
        for event in one.events
    )
    yield Table(head=("Event", "When", "Who", "What"), rows=rows, widths=(8, 25, 15, 52))


def _metadata(one: Casefile) -> Iterator[Block]:
    yield Heading(text="Metadata")
    values = one.examination.metadata
    rows = tuple(
        (printable(value.name), _cut(printable(str(value.value)))) for value in values[:SHOWN_VALUES]
    )
    if rows:
        yield Table(head=("Field", "Value"), rows=rows, widths=(36, 64))
    else:
        yield Paragraph(text="The file holds none.")
    if len(values) > SHOWN_VALUES:
        yield Paragraph(text=f"{len(values) - SHOWN_VALUES} more values are in the examination.", quiet=True)


def _digests(one: Casefile) -> Iterator[Block]:
    pairs = [("SHA-256", one.item.sha256)]
    if one.examination.fingerprints:
        prints = one.examination.fingerprints
        pairs += [("PDQ", f"{prints.pdq.hex} (quality {prints.pdq.quality})"), ("pHash", prints.phash)]
    pairs += [("Seen at", printable(path)) for path in one.item.paths]
    yield Heading(text="Digests and places")
    yield Facts(pairs=tuple(pairs), exact=True)


def _shown(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _lines(text)) for name, text in pairs)


def _lines(text: str) -> str:
    """Keep the lines of what a reviewer wrote, and nothing else that steers."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"

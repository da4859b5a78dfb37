"""What reviewers say about the items of an archive, and what follows from it.

Every verb appends one event and returns it. Nothing is ever changed or taken out: a verdict is withdrawn by
another event. `by` names who speaks; `key` makes a statement that is sent twice be recorded once.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from verify.errors import RefusedStatement, UnknownItem
from verify.matching.claims import claims_copy
from verify.matching.families import Family, Link, families
from verify.review import fold, statements
from verify.review.case import CaseState, Claim, Decision, Established, Evidence, Verdict
from verify.review.chain import EMPTY_LOG, Head
from verify.review.events import JUDGEMENTS, EventKind, ReviewEvent, Statement
from verify.store.review_role import QueueCounts, QueueFilter, QueuePage, QueueSort
from verify.store.role import Store

Key = str | os.PathLike[str]
"""Names an item: its SHA-256, the start of it (6 digits or more), or a path it was seen at."""

EVERYTHING = QueueFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A verdict that was recorded."""

    event: ReviewEvent
    meanwhile: Decision | None
    """The latest verdict that someone else gave after the version that the reviewer had seen; None if there
    is none. If it says something else, both are in the log and the case is contested."""


class Casework:
    """The review verbs of an archive. All raise `UnknownItem` and `RefusedStatement`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def mark(
        self,
        item: Key,
        verdict: Verdict,
        *,
        by: str,
        note: str = "",
        true_context: str = "",
        earlier_copy: Key | None = None,
        established: Established | None = None,
        evidence: Iterable[Evidence] = (),
        seen_version: int | None = None,
        key: str | None = None,
    ) -> Marked:
        """Give a verdict.

        `misattributed` needs a `true_context`, an `earlier_copy` or what is `established`; otherwise
        `RefusedStatement` has code `context-needed`. `seen_version` is the version of the case on the
        reviewer's screen: a contrary verdict that came in between is not overruled but reported.

        >>> figs, source = "samples/media/figs_today.jpg", "samples/media/IMG_2368.JPG"
        >>> marked = archive.mark(figs, "misattributed", by="desk-2", earlier_copy=source)
        >>> marked.event.kind
        'verdict-given'
        """
        sha256 = self.resolve(item)
        payload = statements.verdict(
            verdict,
            note=note,
            true_context=true_context,
            earlier_copy=None if earlier_copy is None else self._other(earlier_copy, sha256),
            established=established or Established(),
            evidence=self._resolved(evidence),
            seen_version=seen_version,
        )
        event = self._append(sha256, "verdict-given", payload, by=by, key=key)
        return Marked(event=event, meanwhile=self._meanwhile(event))

    def withdraw(
        self, item: Key, *, by: str, given: int | None = None, note: str = "", key: str | None = None
    ) -> ReviewEvent:
        """Take back the latest verdict of this reviewer, or the one that event `given` gave.

        What stood before it stands again. `RefusedStatement` has code `nothing-to-withdraw` if there is none.

        >>> _ = archive.mark("samples/media/flower.jpg", "unverified", by="desk-2")
        >>> archive.withdraw("samples/media/flower.jpg", by="desk-2", note="wrong item").kind
        'verdict-withdrawn'
        """
        sha256 = self.resolve(item)
        own = [one for one in self._given(sha256) if given in {None, one.sequence}]
        if given is None:
            own = [one for one in own if one.by == statements.reviewer(by)]
        if not own:
            raise RefusedStatement("There is no verdict of yours to withdraw.", code="nothing-to-withdraw")
        payload = statements.withdrawal(own[-1].sequence, note=note)
        return self._append(sha256, "verdict-withdrawn", payload, by=by, key=key)

    def claim(self, item: Key, claim: Claim, *, by: str, key: str | None = None) -> ReviewEvent:
        """Record what the post asserts; it takes the place of what was recorded before.

        >>> said = verify.Claim(text="No winter at all!", claimed_date="2026-01-13")
        >>> archive.claim("samples/media/VID-20260114-WA0007.mp4", said, by="desk-2").payload["text"]
        'No winter at all!'
        """
        return self._append(self.resolve(item), "claim-recorded", statements.claim(claim), by=by, key=key)

    def add_note(self, item: Key, text: str, *, by: str, key: str | None = None) -> ReviewEvent:
        """Add a remark.

        >>> archive.add_note("samples/media/flower.jpg", "asked the uploader", by="desk-2").kind
        'note-added'
        """
        return self._append(self.resolve(item), "note-added", statements.note(text), by=by, key=key)

    def confirm_match(
        self, item: Key, other: Key, *, by: str, note: str = "", key: str | None = None
    ) -> ReviewEvent:
        """Confirm that two items share pictures.

        >>> figs, source = "samples/media/figs_today.jpg", "samples/media/IMG_2368.JPG"
        >>> archive.confirm_match(figs, source, by="desk-2").kind
        'match-confirmed'
        """
        return self._judge("match-confirmed", item, other, by=by, note=note, key=key)

    def refuse_match(
        self, item: Key, other: Key, *, by: str, note: str = "", key: str | None = None
    ) -> ReviewEvent:
        """Refuse a match: from now on the two are in no family together.

        >>> archive.refuse_match("8b9af41d", "samples/media/flower.jpg", by="desk-2").kind
        'match-refused'
        """
        return self._judge("match-refused", item, other, by=by, note=note, key=key)

    def discuss(self, item: Key, *, by: str, note: str = "", key: str | None = None) -> ReviewEvent:
        """Open a case for discussion; the next verdict closes it.

        >>> _ = archive.discuss("8b9af41d", by="desk-2", note="whose camera?")
        >>> archive.case("8b9af41d").status
        'in-discussion'
        """
        payload = statements.discussion(note=note)
        return self._append(self.resolve(item), "discussion-opened", payload, by=by, key=key)

    def assign(self, item: Key, to: str, *, by: str, key: str | None = None) -> ReviewEvent:
        """Hand a case to a reviewer; an empty name hands it back.

        >>> archive.assign("8b9af41d", "desk-1", by="desk-2").payload
        {'to': 'desk-1'}
        """
        return self._append(self.resolve(item), "assigned", statements.assignment(to), by=by, key=key)

    def log(
        self, item: Key | None = None, *, kinds: Collection[EventKind] = (), after: int = 0
    ) -> Iterator[ReviewEvent]:
        """Walk the review log in order: all of it, or of one item, of some kinds, after a sequence.

        >>> [event.kind for event in archive.log("8b9af41d")]
        ['item-added']
        """
        sha256 = None if item is None else self.resolve(item)
        return self._store.review.events(sha256, kinds=kinds, after=after)

    def head(self) -> Head:
        """Return what names the end of the log as it stands, unproved; `check` proves it.

        >>> archive.head().sequence
        14
        """
        last = self._store.review.last()
        return Head(sequence=last.sequence, digest=last.digest) if last else EMPTY_LOG

    def case(self, item: Key) -> CaseState:
        """Return where the case of an item stands.

        >>> archive.case("8b9af41d").status
        'open'
        """
        sha256 = self.resolve(item)
        return fold.fold(sha256, self._store.review.bearing_on(sha256))

    def cases(self, items: Sequence[str] | None = None) -> dict[str, CaseState]:
        """Return where the cases of these items, given by SHA-256, or of all items stand.

        >>> sum(case.verdict is None for case in archive.cases().values())
        14
        """
        return self._store.review.cases(items)

    def queue(
        self,
        wanted: QueueFilter = EVERYTHING,
        *,
        sort: QueueSort = "newest",
        offset: int = 0,
        limit: int = 25,
    ) -> QueuePage:
        """Return one page of items with their cases and the best older match; at most 240 rows.

        >>> page = archive.queue(verify.QueueFilter(kind="video"))
        >>> len(page.rows)
        5
        """
        return self._store.review.queue(wanted, sort=sort, offset=offset, limit=limit)

    def queue_order(self, wanted: QueueFilter = EVERYTHING, *, sort: QueueSort = "newest") -> list[str]:
        """Return the SHA-256 of all items that the filter lets through, in the order of the queue.

        >>> len(archive.queue_order())
        14
        """
        return self._store.review.queue_order(wanted, sort=sort)

    def queue_counts(self, wanted: QueueFilter = EVERYTHING) -> QueueCounts:
        """Count the items that the filter lets through, by status, verdict, kind, finding and reviewer.

        >>> archive.queue_counts().total
        14
        """
        return self._store.review.queue_counts(wanted)

    def families(self, *, refused: Iterable[tuple[str, str]] | None = None) -> list[Family]:
        """Group the items into copy families: every member matches the family's source directly.

        What counts is what was found when the items arrived, and claimed to be a copy. `refused` names pairs
        (by SHA-256) that are not to be in one family; by default those that reviewers refused.

        >>> sorted(len(family.members) for family in archive.families())
        [1, 1, 1, 4]
        """
        links = [
            Link(one=pair.later, other=pair.earlier, score=pair.score)
            for pair in self._store.pairs()
            if claims_copy(pair.relation, pair.score)
        ]
        apart = self.refused_pairs() if refused is None else refused
        return families(self._store.arrivals(), links, apart)

    def refused_pairs(self) -> set[tuple[str, str]]:
        """Return the pairs of items, by SHA-256 in alphabetical order, whose match was refused last.

        >>> archive.refused_pairs()
        set()
        """
        refused: set[tuple[str, str]] = set()
        for event in self._store.review.events(kinds=JUDGEMENTS):
            one, other = sorted((event.item, event.payload["other"]))
            change = refused.add if event.kind == "match-refused" else refused.discard
            change((one, other))
        return refused

    def suggested_verdicts(self, item: Key) -> dict[str, Decision]:
        """Return the verdicts on copies in the item's family, by SHA-256; never applied by themselves.

        >>> _ = archive.mark("samples/media/IMG_2368.JPG", "verified", by="desk-1")
        >>> [said.verdict for said in archive.suggested_verdicts("samples/media/figs_today.jpg").values()]
        ['verified']
        """
        sha256 = self.resolve(item)
        family = next((f for f in self.families() if sha256 in {f.source, *f.members}), None)
        if family is None:
            return {}
        others = [other for other in (family.source, *family.members) if other != sha256]
        cases = self.cases(others).items()
        return {other: case.decision for other, case in cases if case.decision is not None}

    def resolve(self, key: Key) -> str:
        """Return the SHA-256 of the one item that answers to `key`.

        Raises `UnknownItem` if no item, or more than one, does.

        >>> archive.resolve("8b9af41d")[:12]
        '8b9af41de963'
        """
        digests = self._digests_of(os.fspath(key))
        if not digests:
            raise UnknownItem(
                f"Nothing in the archive answers to {os.fspath(key)}.", hint="See: verify items"
            )
        if len(digests) > 1:
            raise UnknownItem(f"More than one item starts with {os.fspath(key)}: give more digits.")
        return digests[0]

    def _digests_of(self, key: str) -> tuple[str, ...]:
        if re.fullmatch(r"[0-9a-fA-F]{6,64}", key) and (found := self._store.find_digests(key.lower())):
            return found
        path = os.path.realpath(os.fsencode(key))
        return tuple(sighting.sha256 for sighting in self._store.latest_sightings([path]).values())

    def _append(
        self, item: str, kind: EventKind, payload: dict[str, Any], *, by: str, key: str | None
    ) -> ReviewEvent:
        said = Statement(
            by=statements.reviewer(by), item=item, kind=kind, payload=payload, key=key or uuid.uuid4().hex
        )
        return self._store.review.append(said)

    def _judge(
        self, kind: EventKind, item: Key, other: Key, *, by: str, note: str, key: str | None
    ) -> ReviewEvent:
        sha256 = self.resolve(item)
        payload = statements.judged_match(self._other(other, sha256), note=note)
        return self._append(sha256, kind, payload, by=by, key=key)

    def _other(self, key: Key, item: str) -> str:
        """Return the SHA-256 of another item than this."""
        other = self.resolve(key)
        if other == item:
            raise RefusedStatement("An item is no copy of itself: name another one.", code="own-copy")
        return other

    def _resolved(self, evidence: Iterable[Evidence]) -> list[Evidence]:
        return [replace(one, item=self.resolve(one.item)) if one.item else one for one in evidence]

    def _given(self, item: str, *, before: int | None = None) -> list[Decision]:
        """Return the verdicts on an item that were not withdrawn, up to an event."""
        events = self._store.review.events(item, kinds=("verdict-given", "verdict-withdrawn"))
        return fold.standing_verdicts(event for event in events if before is None or event.sequence < before)

    def _meanwhile(self, event: ReviewEvent) -> Decision | None:
        given = self._given(event.item, before=event.sequence)
        own = fold.decision_of(event)
        others = [other for other in given if fold.came_between(other, own)]
        return others[-1] if others else None

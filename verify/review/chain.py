"""Is the log whole, in order and unchanged? What is wrong is named, line by line.

A chain alone cannot tell that its last lines were cut off, or that all of it was made anew. A head that was
written down elsewhere can: it names a line that the log must hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from verify.errors import VerifyError
from verify.review.events import GENESIS, ReviewEvent, digest_of

HEAD_DIGITS: Final = 24
"""Hex digits of a digest that are written down: 96 bits, too many to find a second log for."""

GROUP: Final = 4
"""Digits between dashes, so that a person can copy them."""

HEAD_SHAPE: Final = re.compile(r"(\d{1,18})[-: ]([0-9a-f \-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is not as it was recorded."""

    code: str
    """Stable, kebab-case."""
    subject: str
    """What it is about: `event 12`, a path, the SHA-256 of an item."""
    message: str
    """A plain sentence."""

    def to_json(self) -> dict[str, str]:
        """Return the public shape; undecodable bytes of a path become U+FFFD."""
        subject = self.subject.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return {"code": self.code, "subject": subject, "message": self.message}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What stands at one place of the log."""

    sequence: int
    event: ReviewEvent | None
    """None if the line cannot be read."""
    reason: str = ""
    """Why it cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Names one line of the log: its sequence and its digest, or at least the digest's start."""

    sequence: int
    digest: str

    @classmethod
    def parse(cls, written: str) -> Head:
        """Read what was written down. Raises `VerifyError` with code `bad-head`."""
        shape = HEAD_SHAPE.fullmatch(written.strip())
        digest = re.sub(r"[ \-]", "", shape[2]).lower() if shape else ""
        if shape is None or not HEAD_DIGITS <= len(digest) <= len(GENESIS):
            message = f"A head is a number, a dash and {HEAD_DIGITS} hexadecimal digits."
            raise VerifyError(message, code="bad-head", hint="Copy all that `verify check` has printed.")
        return cls(sequence=int(shape[1]), digest=digest)

    def __str__(self) -> str:
        """Write it as a person writes it down."""
        digits = self.digest[:HEAD_DIGITS]
        groups = (digits[start : start + GROUP] for start in range(0, HEAD_DIGITS, GROUP))
        return f"{self.sequence}-{'-'.join(groups)}"


EMPTY_LOG: Final = Head(sequence=0, digest=GENESIS)


class ChainCheck:
    """Walks a log once; afterwards it knows its length, its head and its faults."""

    def __init__(self, expected: Head | None = None) -> None:
        self.events = 0
        self.head = EMPTY_LOG
        self._expected = expected
        self._expected_met = expected is None or expected.sequence == 0

    def faults(self, lines: Iterable[Line]) -> Iterator[Fault]:
        """Yield what is wrong, in the order of the log."""
        for line in lines:
            self.events += 1
            yield from self._gap(line)
            yield from self._line(line)
        if not self._expected_met:
            yield self._cut()

    def _gap(self, line: Line) -> Iterator[Fault]:
        first, last = self.head.sequence + 1, line.sequence - 1
        if last >= first:
            subject = f"event {first}" if first == last else f"events {first} to {last}"
            yield Fault(code="missing-event", subject=subject, message="The log has a gap here.")

    def _line(self, line: Line) -> Iterator[Fault]:
        subject, event = f"event {line.sequence}", line.event
        previous, follows = self.head.digest, line.sequence == self.head.sequence + 1
        self.head = Head(sequence=line.sequence, digest="" if event is None else event.digest)
        if event is None:
            yield Fault(code="damaged-event", subject=subject, message=line.reason)
        else:
            if digest_of(event) != event.digest:
                message = "Its content is not what was recorded: the digest differs."
                yield Fault(code="changed-event", subject=subject, message=message)
            if previous and follows and event.previous != previous:
                message = "It does not follow the event before it."
                yield Fault(code="broken-link", subject=subject, message=message)
        yield from self._meet(line)

    def _meet(self, line: Line) -> Iterator[Fault]:
        """Compare a line with the head that was written down."""
        expected = self._expected
        if expected is None or line.sequence != expected.sequence:
            return
        self._expected_met = True
        if line.event is None or not line.event.digest.startswith(expected.digest):
            message = "It is not the event whose digest was written down."
            yield Fault(code="other-head", subject=f"event {line.sequence}", message=message)

    def _cut(self) -> Fault:
        wanted = self._expected.sequence if self._expected else 0
        message = f"The log ends with event {self.head.sequence}, but event {wanted} was written down."
        return Fault(code="cut-tail", subject=f"event {wanted}", message=message)

"""What can go wrong, in one family.

Broken *files* are data: whatever is wrong inside one file ends as a `Problem` of its
examination. Broken *promises* (a missing archive, a wrong argument) are exceptions.
Every error carries a stable code, one plain sentence, and where possible what to do next.
"""

from __future__ import annotations

import errno


class VerifyError(Exception):
    """Root of all errors this library raises on purpose.

    >>> try:
    ...     verify.examine("nowhere.jpg")
    ... except verify.VerifyError as error:
    ...     error.code
    'missing'
    """

    code: str = "error"
    """Stable, kebab-case, safe to test for."""

    def __init__(self, message: str, *, code: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle whole, so that an error survives the way out of a worker process."""
        return (_rebuild, (type(self), self.message, self.code, self.hint))

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message

    def _render_traceback_(self) -> list[str]:
        """Show the sentence alone in notebooks: where it was raised says nothing to their reader."""
        return [f"{type(self).__name__}: {self}"]


def _rebuild(kind: type[VerifyError], message: str, code: str, hint: str | None) -> VerifyError:
    return kind(message, code=code, hint=hint)


class UnreadableMedia(VerifyError):
    """The front gate or a decoder refuses one file; becomes a `Problem` of its examination."""

    code = "damaged"


class ArchiveError(VerifyError):
    """An archive is missing, damaged, or made by a newer version."""

    code = "archive"


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def storage_failed(what: str, error: OSError) -> ArchiveError:
    """Say in one sentence what the disk did not let us do; a full disk has its own code, `disk-full`."""
    if error.errno in NO_ROOM:
        return disk_full()
    hint = "Copy the archive to a disk that can be written to." if error.errno == errno.EROFS else None
    return ArchiveError(f"{what}: {error.strerror or error}.", code="storage", hint=hint)


def disk_full() -> ArchiveError:
    """Return what is said when there is no room for what was to be written."""
    return ArchiveError(
        "The disk is full.", code="disk-full", hint="What was confirmed is kept; make room and try again."
    )


class UnknownItem(VerifyError):
    """No item, or more than one, answers to the key that was given."""

    code = "unknown-item"


class RefusedStatement(VerifyError):
    """A reviewer's statement lacks something, or cannot be recorded as it is; nothing was written."""

    code = "refused"

"""The archive that the page was started with, opened once for all reviewers."""

from __future__ import annotations

import os
from functools import cache

from verify import Archive, open_archive


def archive() -> Archive:
    """Return the archive that `verify review` was started with. Raises `ArchiveError` if there is none."""
    return _opened(os.environ.get("VERIFY_ARCHIVE"))


@cache
def _opened(location: str | None) -> Archive:
    return open_archive(location, create=False)

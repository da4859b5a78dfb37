"""Where the file of an item still is, unchanged since it was scanned."""

from __future__ import annotations

import os
import stat
from functools import lru_cache
from typing import Final

from verify.errors import UnreadableMedia
from verify.media.files import open_file
from verify.store.role import FileStamp, Store

TOUCHED_KEPT: Final = 4096
"""Files of another time that were read: what they hold is remembered as long as they stay as they are."""


def original(store: Store, sha256: str) -> bytes | None:
    """Return the first path at which the item lies as it was scanned; None if it is gone or was rewritten.

    Size and modification time tell. Where the time alone is another, as after a copy that did not keep it,
    the file is read once. Links are not followed.
    """
    for path, seen in store.latest_sightings(store.paths_of(sha256)).items():
        stamp = _stamp(path)
        if stamp is None or seen.sha256 != sha256:
            continue
        if stamp == seen.stamp or (stamp.size_bytes == seen.stamp.size_bytes and _holds(stamp, sha256)):
            return path
    return None


@lru_cache(TOUCHED_KEPT)
def _holds(stamp: FileStamp, sha256: str) -> bool:
    try:
        with open_file(os.fsdecode(stamp.path)) as file:
            return file.sha256 == sha256
    except UnreadableMedia:
        return False


def _stamp(path: bytes) -> FileStamp | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return FileStamp(path=path, size_bytes=status.st_size, modified_ns=status.st_mtime_ns)

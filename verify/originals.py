"""Where the file of an item still is, unchanged since it was scanned."""

from __future__ import annotations

import os
import stat

from verify.store.role import FileStamp, Store


def original(store: Store, sha256: str) -> bytes | None:
    """Return the first path at which the item lies as it was scanned; None if it is gone or was rewritten.

    Size and modification time tell: nothing is read. Links are not followed.
    """
    for path, seen in store.latest_sightings(store.paths_of(sha256)).items():
        if seen.sha256 == sha256 and seen.stamp == _stamp(path):
            return path
    return None


def _stamp(path: bytes) -> FileStamp | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return FileStamp(path=path, size_bytes=status.st_size, modified_ns=status.st_mtime_ns)

"""What the server hands to a browser and wants back unchanged: links, tickets to upload, a name to remember.

The key lies in the archive's folder, so that links and names outlive a restart; whoever can read that folder
can read the originals anyway.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from ui.opened import archive

KEY_FILE: Final = "page.key"

KEY_BYTES: Final = 32

SIGNATURE_DIGITS: Final = 32
"""Hex digits of HMAC-SHA256 that are kept: 128 bits (RFC 2104, section 5)."""


def signature(*parts: str) -> str:
    """Return what proves that this server said `parts`."""
    said = json.dumps(parts).encode()
    return hmac.new(_key(archive().folder), said, hashlib.sha256).hexdigest()[:SIGNATURE_DIGITS]


def is_signed(given: str, *parts: str) -> bool:
    """Say whether `given` is the signature of `parts`."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), signature(*parts).encode())


@cache
def _key(folder: Path) -> bytes:
    """Return the key of an archive, made by whoever asks first; readable by its owner alone."""
    path = folder / KEY_FILE
    with suppress(FileNotFoundError):
        if path.stat().st_size < KEY_BYTES:  # cut short by a power failure: anyone could sign with nothing
            path.unlink()
    if not path.exists():
        _make(path, folder / f"{KEY_FILE}.{secrets.token_hex(8)}")
    return path.read_bytes()


def _make(path: Path, fresh: Path) -> None:
    """Write a key that is whole, and on disk, before it has its name."""
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - with a mode
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another server of this archive was quicker
        path.hardlink_to(fresh)
    fresh.unlink()

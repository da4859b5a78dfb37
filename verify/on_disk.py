"""Files that are whole or not there, and that stay when the power goes."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from verify.errors import storage_failed


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file that takes its name when all of it is on disk; an exception leaves no trace.

    Raises `ArchiveError` (codes `disk-full`, `storage`).
    """
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            settle(path.parent)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise storage_failed(f"Cannot write {path}", error) from error


def settle(path: Path) -> None:
    """Put a file, or the names in a folder, on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

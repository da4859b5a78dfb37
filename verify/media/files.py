"""Opens one file once, hashes it, and hands the very same bytes to a decoder.

Two steps, because two processes take them: `open_file` looks at no content but to hash it, and its open
descriptor is what a worker gets; `media_of` reads and identifies it there. `changed` tells afterwards whether
somebody rewrote the file in between. Only regular files are opened: a link may lead anywhere, a FIFO may
wait for ever, a device may never end.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from io import BufferedReader
from pathlib import Path
from typing import Any

from verify.errors import UnreadableMedia
from verify.media.identify import Format, identify
from verify.media.limits import HEAD_BYTES, MAX_FILE_BYTES, MAX_STILL_BYTES

PILLOW_FORMATS = frozenset({"jpeg", "mpo", "png", "gif", "webp", "tiff", "bmp", "jpeg2000", "heif", "avif"})
"""What is decoded from memory."""

RACY_NS = 2_000_000_000
"""A file changed this shortly before it was opened may change again without a new time stamp: clocks of
file systems tick coarsely, FAT every two seconds (the "racy git" problem, git's racy-git.adoc)."""

OPEN_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)

OPEN_ERRORS = {
    errno.ENOENT: ("missing", "The file does not exist."),
    errno.ENOTDIR: ("missing", "The file does not exist."),
    errno.EACCES: ("no-permission", "There is no permission to read the file."),
    errno.EPERM: ("no-permission", "There is no permission to read the file."),
    errno.ELOOP: ("symlink", "The path is a symbolic link; only regular files are opened."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """One open file whose hash is known, and nothing else of its content."""

    path: Path
    size_bytes: int
    modified_ns: int
    sha256: str
    """Of the bytes that will be decoded, 64 hex digits."""
    stream: BufferedReader = field(repr=False)
    """The open descriptor; read it, never open the path again."""
    stamp: tuple[int, int, int] = field(repr=False)
    """Size, modification and status-change time when it was opened, nanoseconds."""
    racy: bool = field(repr=False)
    """True if the time stamps alone cannot prove that the file stayed the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile(OpenFile):
    """One open file whose hash and format are known."""

    format: Format
    data: bytes = field(repr=False)
    """The whole file for formats decoded from memory, else empty."""

    def changed(self) -> bool:
        """Say whether the file was rewritten since it was opened."""
        if _stamp(os.fstat(self.stream.fileno())) != self.stamp:
            return True
        if not self.racy:
            return False
        digest = hashlib.sha256(self.data).hexdigest() if self.data else _hash_stream(self.stream)
        return digest != self.sha256


@contextmanager
def open_file(path: str | os.PathLike[str]) -> Iterator[OpenFile]:
    """Open and hash one regular file.

    Raises `UnreadableMedia` with code `missing`, `no-permission`, `symlink`, `not-a-regular-file`,
    `too-large` or `unreadable`.
    """
    path = Path(path)
    try:
        stream = _open_regular(path)
    except (OSError, ValueError) as error:  # ValueError: a NUL byte inside the path
        raise _refusal(error) from None
    with stream:
        try:
            file = _hashed(path, stream)
        except OSError as error:
            raise _refusal(error) from None
        yield file


def media_of(file: OpenFile) -> MediaFile:
    """Identify an open file, and read it if it is decoded from memory. Raises `UnreadableMedia`."""
    stream = file.stream
    try:
        stream.seek(0)
        data, form = b"", identify(stream.read(HEAD_BYTES))
        stream.seek(0)
        if form.name in PILLOW_FORMATS and file.size_bytes <= MAX_STILL_BYTES:
            data = stream.read(MAX_STILL_BYTES + 1)
            form = identify(data)
    except OSError as error:
        raise _refusal(error) from None
    return MediaFile(**contents_of(file), format=form, data=data)


def contents_of(file: OpenFile) -> dict[str, Any]:
    """Return what is known of an open file, by name."""
    return {known.name: getattr(file, known.name) for known in fields(OpenFile)}


@contextmanager
def open_media(path: str | os.PathLike[str]) -> Iterator[MediaFile]:
    """Open, hash and identify one regular file in this process. Raises what `open_file` raises."""
    with open_file(path) as file:
        yield media_of(file)


def _open_regular(path: Path) -> BufferedReader:
    _require_regular(os.lstat(path))
    descriptor = os.open(path, OPEN_FLAGS)
    try:
        _require_regular(os.fstat(descriptor))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _require_regular(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise OSError(errno.ELOOP, "symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableMedia("This is no regular file, so it is not opened.", code="not-a-regular-file")


def _hashed(path: Path, stream: BufferedReader) -> OpenFile:
    status, opened_ns = os.fstat(stream.fileno()), time.time_ns()
    if status.st_size > MAX_FILE_BYTES:
        raise UnreadableMedia("The file is larger than is hashed.", code="too-large")
    return OpenFile(
        path=path,
        size_bytes=status.st_size,
        modified_ns=status.st_mtime_ns,
        sha256=_hash_stream(stream),
        stream=stream,
        stamp=_stamp(status),
        racy=opened_ns - status.st_ctime_ns < RACY_NS,
    )


def _hash_stream(stream: BufferedReader) -> str:
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return digest


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _refusal(error: OSError | ValueError) -> UnreadableMedia:
    number = error.errno if isinstance(error, OSError) else None
    code, message = OPEN_ERRORS.get(number or 0, ("unreadable", "The file could not be read from the disk."))
    return UnreadableMedia(message, code=code)

"""Messages over a socket, each with its length in front, none longer and none later than agreed.

The parent gives deadlines, in `time.monotonic`; a worker has none, nor may it set a timeout in its sandbox.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Sequence
from typing import Final

HEAD: Final = struct.Struct(">BII")
"""Open files that come along, bytes of the first part, bytes of the second."""

MAX_FILES: Final = 4


def send(
    channel: socket.socket,
    first: bytes,
    second: bytes = b"",
    *,
    files: Sequence[int] = (),
    deadline: float | None = None,
) -> None:
    """Send a message of two parts, and open files with it. Raises `TimeoutError` and `OSError`."""
    _allow(channel, deadline)
    head = HEAD.pack(len(files), len(first), len(second))
    if files:
        socket.send_fds(channel, [head], list(files))
    else:
        channel.sendall(head)
    channel.sendall(first)
    channel.sendall(second)


def receive(channel: socket.socket, *, most: tuple[int, int], deadline: float) -> tuple[bytes, bytes]:
    """Receive a message of two parts, each no longer than `most`.

    Raises `TimeoutError`, `EOFError` if the other side is gone, and `ValueError` for a message too long.
    """
    _, *lengths = HEAD.unpack(_exactly(channel, HEAD.size, deadline))
    if any(length > limit for length, limit in zip(lengths, most, strict=True)):
        raise ValueError("too long")
    first, second = (_exactly(channel, length, deadline) for length in lengths)
    return first, second


def receive_with_files(channel: socket.socket) -> tuple[bytes, list[int]]:
    """Wait for a message and the open files that come along. Raises `EOFError` if the other side is gone."""
    head, files, _, _ = socket.recv_fds(channel, HEAD.size, MAX_FILES)
    if not head:
        raise EOFError
    _, length, _ = HEAD.unpack(head)
    return _exactly(channel, length, None), files


def _exactly(channel: socket.socket, length: int, deadline: float | None) -> bytes:
    received = bytearray(length)
    rest = memoryview(received)
    while rest:
        _allow(channel, deadline)
        count = channel.recv_into(rest)
        if not count:
            raise EOFError
        rest = rest[count:]
    return bytes(received)


def _allow(channel: socket.socket, deadline: float | None) -> None:
    """Let the next call wait until the deadline, and no longer."""
    if deadline is not None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        channel.settimeout(left)

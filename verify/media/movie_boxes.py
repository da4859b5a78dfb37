"""What an MP4 or QuickTime file asks FFmpeg to hold before the first frame, told before FFmpeg sees it.

A sample table of twenty bytes can declare a hundred million samples of one size, and an edit list can show
all of them once more with every entry: FFmpeg makes one long index of it while it opens the file.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, Final

from verify.errors import UnreadableMedia
from verify.media.limits import MAX_BOXES, MAX_INDEX_ENTRIES, MAX_UNPACKED_BYTES

CONTAINERS: Final = frozenset(
    {b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl", b"udta", b"dinf", b"mvex", b"cmov"}
)
"""Boxes that hold boxes, in any of which FFmpeg reads any table (its libavformat/mov.c)."""

HEAD: Final = struct.Struct(">I4s")
"""Size and name; a size of 1 stands for one of eight bytes behind them (ISO/IEC 14496-12, 4.2)."""
COUNT: Final = struct.Struct(">4xI")
SIZE_AND_COUNT: Final = struct.Struct(">4xII")
TIMES: Final = struct.Struct(">4xI4xI")
"""How many runs there are, and the length of a sample in the first."""
CHUNK_RUN: Final = struct.Struct(">4xI4x")
PCM_PIECE: Final = 1024
"""Samples of uncompressed sound that FFmpeg takes together (libavformat/mov.c, mov_build_index)."""


@dataclass(slots=True)
class _Track:
    """The largest that the tables of one track declare."""

    samples: int = 0
    edits: int = 1
    chunks: int = 0
    samples_a_chunk: int = 0
    is_pcm: bool = True
    """Sound, every sample one tick long: then FFmpeg's index is one of chunks."""
    is_sound: bool = False

    @property
    def index_entries(self) -> int:
        entries = self.samples
        if self.is_pcm and self.is_sound:
            entries = self.chunks * -(-self.samples_a_chunk // PCM_PIECE)
        return entries * self.edits


def refuse_floods(stream: BinaryIO) -> None:
    """Raise `UnreadableMedia` (`bomb`) for a longer index, or for more boxes, than any honest video has."""
    tracks = [_Track()]
    for number, name in enumerate(_boxes(stream)):
        if name == b"trak":
            tracks.append(_Track())
        with suppress(struct.error, zlib.error):  # a table that is cut off is for the demuxer to name
            _heed(name, stream, tracks[-1])
        if number > MAX_BOXES:
            raise UnreadableMedia("The video lies in more boxes than are read.", code="bomb")
    if sum(track.index_entries for track in tracks) > MAX_INDEX_ENTRIES:
        raise UnreadableMedia("The video declares more pictures and edits than are indexed.", code="bomb")


def _heed(name: bytes, stream: BinaryIO, track: _Track) -> None:
    """Take note of a table that begins here."""
    if name == b"elst":
        track.edits = max(track.edits, *COUNT.unpack(stream.read(COUNT.size)))
    elif name in (b"stsz", b"stz2"):
        track.samples = max(track.samples, SIZE_AND_COUNT.unpack(stream.read(SIZE_AND_COUNT.size))[1])
    elif name in (b"stco", b"co64"):
        track.chunks = max(track.chunks, *COUNT.unpack(stream.read(COUNT.size)))
    elif name == b"stsc":
        (runs,) = COUNT.unpack(stream.read(COUNT.size))
        table = stream.read(min(runs, MAX_INDEX_ENTRIES) * CHUNK_RUN.size)
        whole = table[: len(table) // CHUNK_RUN.size * CHUNK_RUN.size]
        counts = (count for (count,) in CHUNK_RUN.iter_unpack(whole))
        track.samples_a_chunk = max(counts, default=0)
    elif name == b"stts":
        track.is_pcm &= TIMES.unpack(stream.read(TIMES.size)) == (1, 1)
    elif name == b"hdlr":
        kind = stream.read(12)[8:]
        track.is_pcm &= kind != b"vide"
        track.is_sound |= kind == b"soun"
    elif name == b"cmvd":
        if isinstance(stream, io.BytesIO):
            raise UnreadableMedia("The video's header is packed more than once.", code="bomb")
        packed = stream.read(MAX_UNPACKED_BYTES)[4:]
        refuse_floods(io.BytesIO(zlib.decompressobj().decompress(packed, MAX_UNPACKED_BYTES)))


def _boxes(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the name of every box, those inside another after it, with the stream at its body."""
    position, ends = 0, [stream.seek(0, io.SEEK_END)]
    while ends:
        if position + HEAD.size > ends[-1]:
            position = ends.pop()
            continue
        stream.seek(position)
        size, name = HEAD.unpack(stream.read(HEAD.size))
        body = position + HEAD.size
        if size == 1:
            size, body = int.from_bytes(stream.read(8), "big"), body + 8
        end = min(position + size, ends[-1]) if position + size >= body else ends[-1]
        yield name
        if name in CONTAINERS:
            ends.append(end)
        position = body if name in CONTAINERS else end

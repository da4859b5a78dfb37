"""Videos that are small on disk and huge in work, made by code from one short clip."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import av

from tests.made_media import write_video

MANY_SAMPLES = 80_000_000


def _remainder(byte: int) -> int:
    rest = byte << 24
    for _ in range(8):
        rest = (rest << 1 & 0xFFFFFFFF) ^ (0x04C11DB7 if rest >> 31 else 0)
    return rest


OGG_TABLE = [_remainder(byte) for byte in range(256)]
"""What every byte adds to a check sum."""


def write_again_and_again(path: Path, *, edits: int) -> None:
    """Write a short clip whose edit list shows all of it so many times."""
    write_video(path, [1], seconds_each=4)
    data = path.read_bytes()
    start = data.index(b"elst") - 4
    (duration,) = struct.unpack_from(">I", data, start + 16)
    entries = struct.pack(">IiI", duration, 0, 0x10000) * edits
    table = struct.pack(">I4sII", 16 + len(entries), b"elst", 0, edits) + entries
    longer = len(table) - struct.unpack_from(">I", data, start)[0]
    changed = bytearray(data[:start] + table + data[start + struct.unpack_from(">I", data, start)[0] :])
    for name in (b"moov", b"trak", b"edts"):
        box = data.rindex(name, 0, start) - 4
        struct.pack_into(">I", changed, box, struct.unpack_from(">I", data, box)[0] + longer)
    path.write_bytes(changed)


def write_samples(path: Path, number: int) -> None:
    """Write a clip whose tables declare so many samples of one byte, all in one chunk."""
    write_video(path, [1], seconds_each=4)
    data = bytearray(path.read_bytes())
    sizes, runs, times = (data.index(name) + 8 for name in (b"stsz", b"stsc", b"stts"))
    struct.pack_into(">II", data, sizes, 1, number)
    struct.pack_into(">II", data, runs + 8, number, 1)
    struct.pack_into(">II", data, times + 4, number, 512)
    path.write_bytes(data)


def write_tags(path: Path, number: int) -> None:
    """Write a clip with so many tags, each under another name (QuickTime's `keys` and `ilst`)."""
    write_video(path, [1], seconds_each=4)
    names = b"".join(box(b"mdta", b"k%d" % one) for one in range(number))
    values = b"".join(
        struct.pack(">II", 28, one + 1) + box(b"data", struct.pack(">II", 1, 0) + b"text")
        for one in range(number)
    )
    handler = box(b"hdlr", bytes(8) + b"mdta" + bytes(13))
    keys = box(b"keys", struct.pack(">II", 0, number) + names)
    meta = box(b"meta", handler + keys + box(b"ilst", values))
    path.write_bytes(into_movie(path.read_bytes(), meta))


def write_matroska_tags(path: Path, number: int) -> None:
    """Write a clip with so many tags (RFC 9559, 5.1.8), each under another name, before its first picture."""
    write_video(path, [1], seconds_each=4)
    tags = b"".join(
        element(0x67C8, element(0x45A3, b"k%d" % one) + element(0x4487, b"text")) for one in range(number)
    )
    tagged = element(0x1254C367, element(0x7373, element(0x63C0, b"") + tags))
    path.write_bytes(into_segment(path.read_bytes(), tagged))


def element(number: int, body: bytes) -> bytes:
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return name + (0x10000000 | len(body)).to_bytes(4, "big") + body


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def write_fragments(path: Path, *, samples: int, times: int = 1) -> None:
    """Write a clip and fragments behind it, each of which declares so many samples in a hundred bytes."""
    write_video(path, [1], seconds_each=4)
    defaults = struct.pack(">IIIIII", 0, 1, 1, 512, 1, 0)
    movie = into_movie(path.read_bytes(), box(b"mvex", box(b"trex", defaults)))
    head = box(b"tfhd", struct.pack(">IIII", 0x18, 1, 512, 1))  # a length and a size for all samples
    run = box(b"trun", struct.pack(">II", 0, samples))
    fragment = box(b"moof", box(b"mfhd", struct.pack(">II", 0, 1)) + box(b"traf", head + run))
    path.write_bytes(movie + fragment * times + box(b"mdat", bytes(100)))


def write_large(path: Path) -> None:
    """Write a black frame of as many pixels as are allowed, of six bytes each."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=1)
        stream.width, stream.height, stream.pix_fmt = 8192, 8192, "yuv444p10le"
        stream.options = {"level": "3"}
        container.mux(stream.encode(av.VideoFrame(8192, 8192, "yuv444p10le")))
        container.mux(stream.encode(None))


def write_items(path: Path, number: int) -> None:
    """Write a clip with a table of so many pictures (ISO/IEC 14496-12, 8.11.3), of which none is there."""
    write_video(path, [1], seconds_each=4)
    table = box(b"iloc", b"\2\0\0\0\x44\0" + struct.pack(">I", number) + bytes(60))
    handler = box(b"hdlr", bytes(8) + b"pict" + bytes(13))
    path.write_bytes(path.read_bytes() + box(b"meta", bytes(4) + handler + table))


def write_hidden(path: Path) -> None:
    """Write a clip of very many samples whose movie box calls itself free, which FFmpeg forgives."""
    write_samples(path, MANY_SAMPLES)
    data = path.read_bytes()
    movie = data.rindex(b"moov")
    path.write_bytes(data[:movie] + b"free" + data[movie + 4 :])


def write_nested(path: Path) -> None:
    """Write a clip of very many samples whose tables lie in a box of metadata, which FFmpeg reads too."""
    write_samples(path, MANY_SAMPLES)
    data = path.read_bytes()
    movie, track, media = (data.rindex(name) - 4 for name in (b"moov", b"trak", b"mdia"))
    track_end, media_end = (
        place + int.from_bytes(data[place : place + 4], "big") for place in (track, media)
    )
    handler = box(b"hdlr", bytes(8) + b"mdir" + bytes(13))
    nested = box(b"meta", bytes(4) + handler + data[media:media_end])
    changed = box(b"trak", data[track + 8 : media] + nested + data[media_end:track_end])
    path.write_bytes(data[:movie] + box(b"moov", data[movie + 8 : track] + changed + data[track_end:]))


def write_cues(path: Path, number: int) -> None:
    """Write a clip with so many cues (RFC 9559, 5.1.5), the last first: each is put before all others."""
    write_video(path, [1], seconds_each=4)
    track = element(0xF7, b"\1")
    points = (
        element(0xBB, element(0xB3, time.to_bytes(4, "big")) + element(0xB7, track + element(0xF1, b"\1")))
        for time in range(number, 0, -1)
    )
    path.write_bytes(into_segment(path.read_bytes(), element(0x1C53BB6B, b"".join(points))))


def write_avi_tags(path: Path, number: int) -> None:
    """Write a clip with so many tags, each under another name of four letters."""
    write_video(path, [1], seconds_each=4)
    letters = (bytes(65 + number // 26**place % 26 for place in range(4)) for number in range(number))
    tags = b"INFO" + b"".join(name + struct.pack("<I", 2) + b"x\0" for name in letters)
    data = path.read_bytes()
    start = data.index(b"movi") - 8
    path.write_bytes(data[:start] + b"LIST" + struct.pack("<I", len(tags)) + tags + data[start:])


def write_flash_tags(path: Path, number: int) -> None:
    """Write a clip whose `onMetaData` has so many entries, each under another name."""
    write_video(path, [1], seconds_each=4)
    names = (b"k%d" % one for one in range(number))
    entries = b"".join(struct.pack(">H", len(name)) + name + b"\2\0\4text" for name in names)
    body = b"\2\0\x0aonMetaData\x08" + struct.pack(">I", number) + entries + b"\0\0\x09"
    tag = b"\x12" + len(body).to_bytes(3, "big") + bytes(7) + body
    data = path.read_bytes()
    path.write_bytes(data[:13] + tag + struct.pack(">I", len(tag)) + data[13:])


def write_asf_tags(path: Path, number: int) -> None:
    """Write a clip with an Extended Content Description of so many entries, each under another name."""
    write_video(path, [1], seconds_each=4)
    names = (f"k{one}\0".encode("utf-16le") for one in range(number))
    text = struct.pack("<HH", 0, 10) + "text\0".encode("utf-16le")
    entries = b"".join(struct.pack("<H", len(name)) + name + text for name in names)
    kind = bytes.fromhex("40a4d0d207e3d21197f000a0c95ea850")
    added = kind + struct.pack("<QH", 26 + len(entries), number) + entries
    data = bytearray(path.read_bytes())
    size, objects = struct.unpack_from("<QI", data, 16)
    struct.pack_into("<QI", data, 16, size + len(added), objects + 1)
    path.write_bytes(data[:30] + added + data[30:])


def write_ogg_comments(path: Path, number: int) -> None:
    """Write the headers of VP8 in Ogg with so many comments, each under another name."""
    names = (b"k%d=text" % one for one in range(number))
    entries = b"".join(struct.pack("<I", len(entry)) + entry for entry in names)
    comments = struct.pack("<I", 4) + b"none" + struct.pack("<I", number) + entries
    stream = b"OVP80\1\1\0" + struct.pack(">HH", 160, 120) + b"\0\0\1\0\0\1" + struct.pack(">II", 25, 1)
    packets = (stream, b"OVP80\2 " + comments, bytes(50))
    path.write_bytes(b"".join(page for packet in packets for page in ogg_pages(packet, packet is stream)))


def ogg_pages(packet: bytes, is_first: bool) -> Iterator[bytes]:
    """Cut a packet into pages (RFC 3533, 6)."""
    lacing = [255] * (len(packet) // 255) + [len(packet) % 255]
    for start in range(0, len(lacing), 255):
        sizes = lacing[start : start + 255]
        body = packet[255 * start : 255 * start + sum(sizes)]
        flags = (start > 0) | 2 * is_first
        head = b"OggS\0" + struct.pack("<BQIII", flags, 0, 1, 0, 0) + bytes([len(sizes), *sizes])
        yield head[:22] + struct.pack("<I", ogg_checksum(head + body)) + head[26:] + body


def ogg_checksum(page: bytes) -> int:
    """Divide by the polynomial of RFC 3533, 6.7."""
    rest = 0
    for byte in page:
        rest = (rest << 8 & 0xFFFFFFFF) ^ OGG_TABLE[rest >> 24 ^ byte]
    return rest


def into_movie(data: bytes, boxes: bytes) -> bytes:
    """Put boxes at the end of the movie box, which is the last of the file."""
    movie = data.rindex(b"moov") - 4
    return data[:movie] + box(b"moov", data[movie + 8 :] + boxes)


def into_segment(data: bytes, elements: bytes) -> bytes:
    """Put elements at the start of a Matroska segment, whose size is unknown then."""
    start = data.index(b"\x18\x53\x80\x67") + 4
    return data[:start] + b"\x01" + b"\xff" * 7 + elements + data[start + 8 :]

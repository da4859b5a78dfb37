"""What weighs for a picture is its own data, wherever its file is padded."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.picture_bombs import chunk, free_box
from verify.media.files import open_media
from verify.media.picture_bytes import picture_bytes

PADDING = bytes(50_000)
FORMS = ["jpeg", "png", "gif", "webp", "tiff", "bmp", "jp2", "heif", "avif"]


def noise(form: str, *, frames: int = 1) -> bytes:
    target = io.BytesIO()
    first, *others = (Image.effect_noise((200, 150), 50).convert("RGB") for _ in range(frames))
    more = {"save_all": True, "append_images": others} if others else {}
    first.save(target, "JPEG2000" if form == "jp2" else form, **more)
    return target.getvalue()


def weight(path: Path, content: bytes) -> int:
    path.write_bytes(content)
    with open_media(path) as media:
        return picture_bytes(media)


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_weighs_most_of_its_file(tmp_path: Path, form: str) -> None:
    content = noise(form)
    assert 0.8 * len(content) < weight(tmp_path / "a", content) <= len(content)


@pytest.mark.parametrize("form", ["png", "gif", "webp"])
def test_all_frames_of_an_animation_weigh(tmp_path: Path, form: str) -> None:
    content = noise(form, frames=5)
    assert 0.8 * len(content) < weight(tmp_path / "a", content) <= len(content)


def padded(form: str) -> list[bytes]:
    """Pad a picture behind its end, and inside where the format allows it."""
    content = noise(form)
    segment = b"\xff\xea" + struct.pack(">H", 50_002) + PADDING
    comment = b"\x21\xfe" + (b"\xff" + bytes(255)) * 200 + b"\0"
    inside = {
        "jpeg": lambda: content[:2] + segment + content[2:],
        "png": lambda: content[:33] + chunk(b"prVt", PADDING) + content[33:],
        "gif": lambda: content.replace(b"\x2c\0\0\0\0", comment + b"\x2c\0\0\0\0", 1),
        "webp": lambda: content[:12] + b"NONE" + struct.pack("<I", len(PADDING)) + PADDING + content[12:],
        "heif": lambda: content + free_box(len(PADDING)),
        "avif": lambda: content + free_box(len(PADDING)),
        "jp2": lambda: content + free_box(len(PADDING)),
    }
    behind = [] if form in ("heif", "avif", "jp2") else [content + PADDING]
    return [content, *behind, *([inside[form]()] if form in inside else [])]


@pytest.mark.parametrize("form", [form for form in FORMS if form != "bmp"])
def test_padding_does_not_weigh(tmp_path: Path, form: str) -> None:
    plain, *others = (weight(tmp_path / "a", content) for content in padded(form))
    assert others
    assert all(other == plain for other in others)

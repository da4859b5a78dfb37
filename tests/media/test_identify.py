"""The front gate names what a file is, by its bytes alone."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from verify.media.files import open_media
from verify.media.identify import identify


def encoded(form: str, *, frames: int = 1, size: tuple[int, int] = (40, 30)) -> bytes:
    colours = ["red", "green", "blue"]
    pictures = [Image.new("RGB", size, colours[n % 3]) for n in range(frames)]
    buffer = io.BytesIO()
    if frames > 1:
        pictures[0].save(buffer, form, save_all=True, append_images=pictures[1:], duration=100)
    else:
        pictures[0].save(buffer, form)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("JPEG", "jpeg"),
        ("PNG", "png"),
        ("GIF", "gif"),
        ("WEBP", "webp"),
        ("TIFF", "tiff"),
        ("BMP", "bmp"),
        ("JPEG2000", "jpeg2000"),
        ("AVIF", "avif"),
        ("HEIF", "heif"),
    ],
)
def test_pictures_are_known_by_their_bytes(form: str, name: str) -> None:
    found = identify(encoded(form))
    assert (found.kind, found.name) == ("image", name)


@pytest.mark.parametrize(
    ("form", "name"), [("GIF", "gif"), ("WEBP", "webp"), ("PNG", "png"), ("AVIF", "avif")]
)
def test_pictures_that_move_are_videos(form: str, name: str) -> None:
    found = identify(encoded(form, frames=3))
    assert (found.kind, found.name) == ("video", name)


def test_a_jpeg_with_a_second_picture_is_told_apart() -> None:
    assert identify(encoded("MPO", frames=2)).name == "mpo"


TEXTS = {
    "hls": b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n",
    "ffconcat": b"ffconcat version 1.0\nfile '/etc/hostname'\n",
    "sdp": b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nm=video 5004 RTP/AVP 96\r\n",
    "dash": b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:9/"/></svg>',
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "html": b"<!DOCTYPE html><html></html>",
    "pdf": b"%PDF-1.7\n",
    "zip": b"PK\x03\x04" + bytes(30),
    "psd": b"8BPS\x00\x01" + bytes(30),
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "mp3": b"ID3\x04\x00" + bytes(30),
    "text": "Grüße aus Köln\n".encode(),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("extension", ["mp4", "jpg"])
def test_what_is_not_media_is_refused_and_named_whatever_it_calls_itself(
    tmp_path: Path, name: str, extension: str
) -> None:
    path = tmp_path / f"clip.{extension}"
    path.write_bytes(TEXTS[name])
    with open_media(path) as media:
        assert (media.format.kind, media.format.name) == ("other", name)
        assert media.format.label


def test_noise_is_unknown_and_not_text() -> None:
    noise = bytes(np.random.default_rng(7).integers(128, 256, 5000, dtype=np.uint8))
    found = identify(b"\x93\x81" + noise)
    assert found.kind == "other"
    assert found.name != "text"


@pytest.mark.parametrize("form", ["JPEG", "MPO", "PNG", "GIF", "WEBP", "AVIF"])
def test_a_file_cut_off_anywhere_never_stops_the_gate(form: str) -> None:
    whole = encoded(form, frames=2 if form != "JPEG" else 1)
    for length in range(len(whole)):
        identify(whole[:length])


@pytest.mark.corpus
def test_every_photo_and_video_of_the_wider_set_has_its_kind(corpus: Path) -> None:
    wrong = []
    for folder, kinds in (("photos", {"image", "video"}), ("videos", {"video"})):
        for path in sorted((corpus / folder).iterdir()):
            with open_media(path) as media:
                if media.format.kind not in kinds:
                    wrong.append((path.name, media.format))
    assert wrong == []

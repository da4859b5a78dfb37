"""Content credentials against files signed, and broken on purpose, by others."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PIL import Image

from verify.media.files import open_media
from verify.media.images import read_image
from verify.metadata.content_credentials import C2PA_BOX, read_content_credentials
from verify.metadata.findings import by_name
from verify.metadata.reading import read_metadata

pytest.importorskip("c2pa", reason="content credentials are an extra")


def credentials_of(path: Path) -> dict[str, str]:
    with open_media(path) as media:
        values, problems = read_content_credentials(media)
    assert problems == []
    return {value.name: str(value.value) for value in values}


def test_a_file_without_a_manifest_says_so(tmp_path: Path) -> None:
    Image.new("RGB", (20, 10)).save(tmp_path / "a.jpg")
    assert credentials_of(tmp_path / "a.jpg") == {"c2pa:state": "no manifest"}


def test_a_manifest_that_is_rubbish_is_invalid_and_does_not_raise(tmp_path: Path) -> None:
    Image.new("RGB", (20, 10)).save(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    box = (64).to_bytes(4, "big") + b"jumb" + (32).to_bytes(4, "big") + b"jumdc2pa" + bytes(44)
    segment = b"JP" + (1).to_bytes(2, "big") + (1).to_bytes(4, "big") + box
    marker = b"\xff\xeb" + (len(segment) + 2).to_bytes(2, "big") + segment
    (tmp_path / "b.jpg").write_bytes(data[:2] + marker + data[2:])
    assert credentials_of(tmp_path / "b.jpg")["c2pa:state"] == "invalid"


def test_the_place_of_a_video_stream_is_put_back(tmp_path: Path) -> None:
    video = tmp_path / "a.mp4"
    uuid_box = (40).to_bytes(4, "big") + b"uuid" + C2PA_BOX + bytes(16)
    video.write_bytes((16).to_bytes(4, "big") + b"ftypisom" + bytes(4) + uuid_box)
    with open_media(video) as media:
        media.stream.seek(7)
        values, _ = read_content_credentials(media)
        assert media.stream.tell() == 7
    assert values[0].value == "invalid"


@pytest.mark.corpus
def test_states_and_codes_are_those_the_signers_tool_reports(corpus: Path) -> None:
    """`valid`, `tampered: CODE` or `no manifest`; the test signer is on no trust list."""
    with (corpus / "vectors" / "c2pa" / "expected.csv").open() as file:
        expected = {row["file"]: row["expected"] for row in csv.DictReader(file)}
    assert len(expected) == 12
    for name, verdict in expected.items():
        found = credentials_of(corpus / "vectors" / "c2pa" / name)
        if verdict.startswith("valid"):
            assert found["c2pa:state"] == "valid but untrusted", name
            assert found["c2pa:codes"] == "signingCredential.untrusted", name
        elif verdict.startswith("tampered"):
            assert found["c2pa:state"] == "invalid", name
            assert verdict.removeprefix("tampered: ") in found["c2pa:codes"].split(", "), name
        else:
            assert found == {"c2pa:state": "no manifest"}, name


@pytest.mark.corpus
def test_who_signed_and_what_was_done_is_read(corpus: Path) -> None:
    path = corpus / "vectors" / "c2pa" / "adobe-20220124-CA.jpg"
    with open_media(path) as media:
        values, _ = read_metadata(media, read_image(media).header)
    found = by_name(values)
    assert found["c2pa:issuer"].value == "C2PA Test Signing Cert"
    assert found["c2pa:actions"].value == "c2pa.opened, c2pa.color_adjustments"
    assert found["c2pa:signed_at"].zone == "offset"

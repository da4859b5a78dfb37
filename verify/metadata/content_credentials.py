"""Content credentials (C2PA): is there a manifest, does it hold, does a trusted signer stand behind it.

Optional: asked only where the `c2pa` library is installed, and loaded only for files that carry a manifest
store. Offline: neither remote manifests nor certificate status are fetched.
"""

from __future__ import annotations

import importlib.util
import io
import json
from collections.abc import Iterator
from functools import cache
from typing import Any, BinaryIO

from verify.media.files import MediaFile
from verify.metadata.bounds import clean, problem
from verify.records import MetadataValue, Problem

MIME_TYPES = {
    "jpeg": "image/jpeg",
    "mpo": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "tiff": "image/tiff",
    "heif": "image/heif",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "avi": "video/x-msvideo",
}
"""Our format names to the types the library reads."""

JUMBF = b"jumb"
"""Type of the box every manifest store is wrapped in (ISO 19566-5), whatever file carries it."""
START_OF_SCAN = b"\xda"
"""Second byte of the marker after which a JPEG's compressed data stand (ITU-T T.81, B.1.1.3)."""
C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""Extended type of the `uuid` box of a manifest in MP4 and its kin (C2PA 2.1, A.5.1)."""
MAX_BOXES = 64
"""Top-level boxes looked through; fragmented files have their manifest in front of the fragments."""
MAX_CHECKED_BYTES = 1 << 30
"""Checking a manifest hashes the whole file; larger files are said to be unchecked."""
MAX_CODES = 20

STATES = {"Trusted": "trusted", "Valid": "valid but untrusted", "Invalid": "invalid"}

OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}


@cache
def installed() -> bool:
    """Say whether the optional library is there."""
    return importlib.util.find_spec("c2pa") is not None


def read_content_credentials(media: MediaFile) -> tuple[list[MetadataValue], list[Problem]]:
    """Give `state` and, where there is a manifest, what it claims; nothing where nobody can ask."""
    mime_type = MIME_TYPES.get(media.format.name)
    if mime_type is None or not installed():
        return [], []
    stream: BinaryIO = io.BytesIO(media.data) if media.data else media.stream
    position = stream.tell()  # a video decoder may be reading the same stream
    try:
        if not _has_manifest(media):
            return [_value("state", "no manifest")], []
        if media.size_bytes > MAX_CHECKED_BYTES:
            return [], [problem("c2pa-unchecked", "The file is too large to check its content credentials.")]
        return _check(stream, mime_type)
    finally:
        stream.seek(position)


def _has_manifest(media: MediaFile) -> bool:
    if media.format.name in ("jpeg", "mpo"):
        return JUMBF in _before_the_scan(media.data)
    return JUMBF in media.data if media.data else _has_manifest_box(media.stream, media.size_bytes)


def _before_the_scan(jpeg: bytes) -> bytes:
    """Cut off the picture itself, which takes a millisecond to search: manifests stand in front of it."""
    position = 2
    while jpeg[position : position + 1] == b"\xff" and jpeg[position + 1 : position + 2] != START_OF_SCAN:
        length = int.from_bytes(jpeg[position + 2 : position + 4], "big")
        position += (
            2 + length if jpeg[position + 1 : position + 2] != b"\xff" else 1
        )  # fill bytes may precede
    return jpeg[:position]


def _has_manifest_box(stream: BinaryIO, size_bytes: int) -> bool:
    """Walk the top-level boxes of an MP4 or MOV (ISO 14496-12, 4.2) by their lengths."""
    position = 0
    for _ in range(MAX_BOXES):
        stream.seek(position)
        head = stream.read(32)
        if len(head) < 32:
            return False
        length, start = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, start = int.from_bytes(head[8:16], "big"), 16
        if head[4:8] == b"uuid" and head[start : start + 16] == C2PA_BOX:
            return True
        if length < start or position + length >= size_bytes:
            return False
        position += length
    return False


def _check(stream: BinaryIO, mime_type: str) -> tuple[list[MetadataValue], list[Problem]]:
    import c2pa  # a 50 MB library that most files never need

    stream.seek(0)
    try:
        with (
            c2pa.Context.from_dict(OFFLINE) as context,
            c2pa.Reader(mime_type, stream, context=context) as reader,
        ):
            state, store = reader.get_validation_state(), json.loads(reader.json())
    except c2pa.C2paError.ManifestNotFound:
        return [_value("state", "no manifest")], []
    except Exception as error:  # noqa: BLE001 - a broken manifest store raises what the native library likes
        return [_value("state", "invalid"), _value("codes", _reason(error))], []
    return list(_describe(state, store)), []


def _reason(error: Exception) -> str:
    return clean(str(error) or type(error).__name__, 200).replace("\n", " ")


def _describe(state: str | None, store: dict[str, Any]) -> Iterator[MetadataValue]:
    yield _value("state", STATES.get(state or "", "invalid"))
    for key, codes in _failures(store):
        if codes:
            yield _value(key, ", ".join(sorted(codes)[:MAX_CODES]))
    manifest = store.get("manifests", {}).get(store.get("active_manifest", ""), {})
    signature = manifest.get("signature_info") or {}
    for key, claimed in (
        ("claim_generator", _generator(manifest)),
        ("title", manifest.get("title")),
        ("issuer", signature.get("issuer")),
        ("signed_at", signature.get("time")),
        ("actions", ", ".join(_actions(manifest))),
        ("digital_source_type", ", ".join(_source_types(manifest))),
    ):
        if isinstance(claimed, str) and clean(claimed):
            yield _value(key, clean(claimed, 400), zone="offset" if key == "signed_at" else "")


def _failures(store: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Yield the codes of what failed, in the active manifest and in the ingredients it was made from."""
    results = store.get("validation_results") or {}
    active = (results.get("activeManifest") or {}).get("failure") or []
    yield "codes", {str(entry.get("code")) for entry in active}
    deltas = [delta.get("validationDeltas") or {} for delta in results.get("ingredientDeltas") or []]
    yield "ingredient_codes", {str(e.get("code")) for delta in deltas for e in delta.get("failure") or []}


def _generator(manifest: dict[str, Any]) -> str | None:
    info = manifest.get("claim_generator_info") or []
    names = [f"{entry.get('name', '')} {entry.get('version', '')}".strip() for entry in info]
    return ", ".join(names) or manifest.get("claim_generator")


def _assertions(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for assertion in manifest.get("assertions") or []:
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            yield from (assertion.get("data") or {}).get("actions") or []


def _actions(manifest: dict[str, Any]) -> list[str]:
    return [str(action.get("action", "")) for action in _assertions(manifest)][:MAX_CODES]


def _source_types(manifest: dict[str, Any]) -> list[str]:
    """List IPTC's digital source types: `trainedAlgorithmicMedia` means made by a model."""
    stated = [str(action.get("digitalSourceType") or "") for action in _assertions(manifest)]
    return sorted({entry.rstrip("/").rsplit("/", 1)[-1] for entry in stated if entry})[:MAX_CODES]


def _value(key: str, value: str, *, zone: Any = "") -> MetadataValue:
    return MetadataValue(source="c2pa", key=key, value=value, zone=zone)

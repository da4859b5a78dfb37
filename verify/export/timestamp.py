"""A time authority's signed word that a bundle existed at a time (RFC 3161); only where one is named.

Nothing of the bundle leaves this machine but the SHA-256 of its tag manifest. The reply is checked for being
about that digest and this request; its signature is checked where roots to trust are given, else later by
whoever trusts the authority (docs/bundles.md has the command).
"""

from __future__ import annotations

import http.client
import importlib.util
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from verify.errors import VerifyError
from verify.export.request import Authority

if TYPE_CHECKING:
    from rfc3161_client import TimeStampRequest, TimeStampResponse

SECONDS: Final = 30
"""To wait for an authority."""

LONGEST_REPLY: Final = 1 << 20
"""Bytes; a reply with all its certificates has some thousand."""

GRANTED: Final = (0, 1)
"""PKIStatus `granted` and `grantedWithMods` (RFC 3161, 2.4.2)."""


def check_possible(authority: Authority) -> None:
    """Raise `VerifyError` before a bundle is written if its digest could never be stamped."""
    if importlib.util.find_spec("rfc3161_client") is None:
        hint = "Install it with: pip install 'verify-media[timestamp]'."
        raise VerifyError("A timestamp needs what is not installed.", code="missing-extra", hint=hint)
    if authority.roots is not None and not authority.roots.is_file():
        raise VerifyError(f"There is no file {authority.roots} with roots to trust.", code="no-roots")


def stamp(message: bytes, authority: Authority) -> bytes:
    """Return the authority's reply on the SHA-256 of a message, as openssl's `ts -verify -in` reads it.

    Raises `VerifyError` with code `timestamp`.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

    builder = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    reply = _ask(authority.url, request.as_bytes())
    try:
        response = decode_timestamp_response(reply)
        sound = response.status in GRANTED and _is_about(request, response)
    except ValueError as error:
        raise _refused("its reply is no timestamp") from error
    if not sound:
        raise _refused("its reply is not about this bundle")
    if authority.roots is not None:
        _check_signature(response, message, authority.roots)
    return reply


def _is_about(request: TimeStampRequest, response: TimeStampResponse) -> bool:
    asked, said = request.message_imprint, response.tst_info
    same = said.message_imprint.message == asked.message
    return (
        same and said.message_imprint.hash_algorithm == asked.hash_algorithm and said.nonce == request.nonce
    )


def _ask(url: str, query: bytes) -> bytes:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise _refused("its address does not start with http:// or https://")
    asked = urllib.request.Request(url, query, {"Content-Type": "application/timestamp-query"})  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as reply:  # noqa: S310 - checked above
            return bytes(reply.read(LONGEST_REPLY))
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _refused(f"it cannot be reached ({error})") from error


def _check_signature(response: TimeStampResponse, message: bytes, roots: Path) -> None:
    """Check that one of the roots vouches for the signature."""
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder

    builder = VerifierBuilder()
    try:
        for root in load_pem_x509_certificates(roots.read_bytes()):
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(response, message)
    except OSError as error:
        raise _refused(f"the file {roots} cannot be read") from error
    except (VerificationError, ValueError) as error:
        raise _refused("its signature is not vouched for by the roots that were given") from error


def _refused(why: str) -> VerifyError:
    hint = "The bundle itself is whole; only the timestamp is missing."
    return VerifyError(f"The time authority gave no timestamp: {why}.", code="timestamp", hint=hint)

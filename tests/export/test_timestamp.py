"""The timestamp of a bundle, against a time authority made here: openssl answers behind a local server."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from made_cases import decided_case

from verify import VerifyError
from verify.export.request import Authority
from verify.export.timestamp import stamp

pytest.importorskip("rfc3161_client")
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl to answer with")

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class TimeAuthority:
    """Signs what it is asked to, or always the first thing."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.stuck = False
        self.url = ""
        _make_certificates(home)
        (home / "tsa.cnf").write_text(CONFIG)
        (home / "serial").write_text("01")

    @property
    def roots(self) -> Path:
        return self.home / "root.pem"

    def answer(self, query: bytes) -> bytes:
        if not (self.stuck and (self.home / "query").exists()):
            (self.home / "query").write_bytes(query)
        words = (
            "openssl ts -reply -config tsa.cnf -section one -queryfile query -inkey tsa.key -signer tsa.pem"
        )
        return subprocess.run(words.split(), cwd=self.home, capture_output=True, check=True).stdout


def _make_certificates(home: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def name(word: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, word)])

    def builder(subject: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name("Test root"))
        made = made.public_key(key).serial_number(x509.random_serial_number())
        return made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))

    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = builder("Test root", root_key.public_key()).add_extension(x509.BasicConstraints(True, None), True)
    usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
    leaf = builder("Test authority", key.public_key()).add_extension(usage, True)
    for file, certificate in (("root.pem", root), ("tsa.pem", leaf)):
        signed = certificate.sign(root_key, hashes.SHA256())
        (home / file).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (home / "tsa.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[TimeAuthority]:
    """Return a time authority that listens on this machine."""
    home = tmp_path / "tsa"
    home.mkdir()
    made = TimeAuthority(home)

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply = made.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        made.url = f"http://127.0.0.1:{server.server_port}/tsa"
        yield made
        server.shutdown()
        thread.join()


def test_openssl_finds_the_stamp_good_for_the_bundle(
    samples: Path, tmp_path: Path, authority: TimeAuthority
) -> None:
    archive, item = decided_case(tmp_path, samples)
    asked = Authority(url=authority.url, roots=authority.roots)
    with archive:
        done = archive.export("bundle", [item], output=tmp_path / "bundle", authority=asked)
    stamp_file = tmp_path / "bundle.timestamp.tsr"
    assert done.files[-1] == stamp_file
    program = ["openssl", "ts", "-verify", "-in", stamp_file, "-CAfile", authority.roots, "-data"]
    tags = tmp_path / "bundle" / "tagmanifest-sha256.txt"
    assert subprocess.run([*program, tags], capture_output=True, check=False).returncode == 0
    assert subprocess.run([*program, authority.roots], capture_output=True, check=False).returncode != 0


def test_a_stamp_on_something_else_is_refused(authority: TimeAuthority) -> None:
    stamp(b"one", Authority(url=authority.url))
    authority.stuck = True
    with pytest.raises(VerifyError, match="not about this bundle"):
        stamp(b"another", Authority(url=authority.url))


def test_a_stamp_that_the_roots_do_not_vouch_for_is_refused(authority: TimeAuthority, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    _make_certificates(other)
    with pytest.raises(VerifyError, match="not vouched for"):
        stamp(b"one", Authority(url=authority.url, roots=other / "root.pem"))


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "http://127.0.0.1:9/", "http://localhost:port/", "no address"]
)
def test_an_authority_that_cannot_be_asked_is_told(url: str) -> None:
    with pytest.raises(VerifyError, match="gave no timestamp"):
        stamp(b"one", Authority(url=url))


def test_a_bundle_stays_whole_when_the_authority_fails(samples: Path, tmp_path: Path) -> None:
    archive, item = decided_case(tmp_path, samples)
    asked = Authority(url="http://127.0.0.1:9/")
    with archive, pytest.raises(VerifyError, match="The bundle itself is whole"):
        archive.export("bundle", [item], output=tmp_path / "bundle", authority=asked)
    assert (tmp_path / "bundle.digest.txt").exists()


def test_a_stamp_that_cannot_be_had_is_told_before_anything_is_written(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, item = decided_case(tmp_path, samples)
    asked = Authority(url="http://127.0.0.1:9/", roots=tmp_path / "no.pem")
    with archive:
        with pytest.raises(VerifyError, match="with roots to trust"):
            archive.export("bundle", [item], output=tmp_path / "bundle", authority=asked)
        monkeypatch.setitem(sys.modules, "rfc3161_client", None)
        with pytest.raises(VerifyError, match="pip install"):
            archive.export("bundle", [item], output=tmp_path / "bundle", authority=asked)
    assert not list(tmp_path.glob("bundle*"))

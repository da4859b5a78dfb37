"""A provider of OpenID Connect on this machine, as small as the protocol allows (OpenID Connect Core 1.0)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "verify", "a secret between provider and page"


class Provider(ThreadingHTTPServer):
    """Signs in one person, `claims`, who clicks *Continue*."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.claims: dict[str, Any] = {"sub": "4711", "email": "amal@desk.example", "email_verified": True}
        self.key = RSAKey.generate_key(2048, {"kid": "published"})
        self.signs_with = self.key
        self.asked: dict[str, dict[str, str]] = {}
        """What the page asked for, by the code that it got."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def token(self, asked: dict[str, str]) -> str:
        """Return the signed statement of who signed in."""
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": asked["nonce"]}
        return jwt.encode({"alg": "RS256", "kid": "published"}, said | self.claims, self.signs_with)


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path == "/.well-known/openid-configuration":
            self._say_json(_description(self.server.url))
        elif place.path == "/jwks":
            self._say_json({"keys": [self.server.key.as_dict(private=False)]})
        elif place.path == "/authorize":
            self._offer(dict(parse_qsl(place.query)))
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        asked = self.server.asked.pop(sent["code"][0], None)
        if asked is None or not self._is_the_page() or not _is_same_browser(asked, sent["code_verifier"][0]):
            self.send_error(400)
            return
        token = self.server.token(asked)
        self._say_json(
            {"access_token": "unused", "token_type": "Bearer", "expires_in": 600, "id_token": token}
        )

    def _is_the_page(self) -> bool:
        """Check the page's own credentials (client_secret_basic)."""
        expected = base64.b64encode(f"{CLIENT}:{urlencode({'': SECRET})[1:]}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        return self.headers["Authorization"] in {f"Basic {expected}", f"Basic {plain}"}

    def _offer(self, asked: dict[str, str]) -> None:
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        code = secrets.token_urlsafe()
        self.server.asked[code] = asked
        back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
        self._say(f'<a href="{back.replace("&", "&amp;")}">Continue</a>'.encode(), "text/html")

    def _say_json(self, value: dict[str, Any]) -> None:
        self._say(json.dumps(value).encode(), "application/json")

    def _say(self, body: bytes, form: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", form)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _is_same_browser(asked: dict[str, str], verifier: str) -> bool:
    """Check the proof key (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _description(url: str) -> dict[str, Any]:
    return {
        "issuer": url,
        "authorization_endpoint": f"{url}/authorize",
        "token_endpoint": f"{url}/token",
        "jwks_uri": f"{url}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
    }


@contextmanager
def provider() -> Iterator[Provider]:
    """Run a provider; it ends with the block."""
    with Provider() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()

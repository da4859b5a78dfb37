"""Which requests come from our own pages: asked of every route, Streamlit's and ours, in one place."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

OWN_ROUTES: Final = "/api/"

OWN_SITES: Final = frozenset({"same-origin", "none"})
"""What a browser says of a request that our page made, or a person who typed an address (Fetch Metadata)."""


class OwnPagesOnly:
    """Refuses what another site makes a browser send.

    Streamlit would look further before it refuses a socket: at sites of other ports of this machine, which it
    lets in, and at this machine's address as another host sees it, which it asks there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"} and is_foreign(scope["path"], Headers(scope=scope)):
            refusal = _no_socket() if scope["type"] == "websocket" else _no_answer()
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def is_foreign(path: str, headers: Headers) -> bool:
    """Say whether a browser sends a request in the name of another site; what is no browser says nothing.

    Every site may link to the page; only the page itself asks our routes.
    """
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != headers.get("host"):
        return True
    return path.startswith(OWN_ROUTES) and headers.get("sec-fetch-site", "none") not in OWN_SITES


def _no_socket() -> ASGIApp:
    return WebSocketClose()


def _no_answer() -> ASGIApp:
    said = "Another site asked for this. Reload the page and try again."
    return JSONResponse({"said": said}, status_code=403)

"""Which requests come from our own pages: asked of every route of ours, in one place.

Streamlit guards its own routes by a token and a list of origins, and none of ours.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

OWN_ROUTES: Final = "/api/"

OWN_SITES: Final = frozenset({"same-origin", "none"})
"""What a browser says of a request that our page made, or a person who typed an address (Fetch Metadata)."""


class OwnPagesOnly:
    """Refuses what another site makes a browser ask of our routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "http"
            and scope["path"].startswith(OWN_ROUTES)
            and is_foreign(Headers(scope=scope))
        ):
            said = "Another site asked for this. Reload the page and try again."
            await JSONResponse({"said": said}, status_code=403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def is_foreign(headers: Headers) -> bool:
    """Say whether a browser sends a request in the name of another site; what is no browser says nothing."""
    origin = headers.get("origin")
    is_own_origin = origin is None or urlsplit(origin).netloc == headers.get("host")
    return not is_own_origin or headers.get("sec-fetch-site", "none") not in OWN_SITES

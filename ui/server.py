"""The server of the page: Streamlit with routes of its own, and headers that keep a browser at home.

`verify review` starts it with `streamlit run`, which finds `app`.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from ui import failures, intake, media_links, uploads
from ui.opened import archive
from ui.visitors import OwnPagesOnly
from verify import VerifyError

PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; "
        "connect-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""The page asks no other host, even if a stranger's text should find a way; no other site frames it, loads
parts of it or holds its window, and none learns from where a link was followed. Streamlit itself needs inline
styles and scripts."""

FIRST_NEEDED: Final = ("ui.frame", "pandas", "PIL.Image", "streamlit.material_icon_names")
"""What the first screen imports, one or two seconds: done before the server listens. Components can only be
registered once Streamlit's runtime is there, and it looks for tables in all that is handed to one."""


class GuardedPage:
    """Adds `PAGE_HEADERS` to every answer that has no policy of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in PAGE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_guarded)


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    """Be ready for the first reviewer; go on with what an earlier server had taken in, and not scanned."""
    for module in FIRST_NEEDED:
        import_module(module)
    inspect.stack()  # looks up every module, a tenth of a second; Streamlit's first element asks for it
    with suppress(VerifyError):  # told by the page
        import_module("ui.screens.queue").look_ahead()
    uploads.forget_torn()
    intake.resume(archive().uploads)
    yield


app = st.App(
    Path(__file__).with_name("app.py"),
    lifespan=_lifespan,
    on_script_error=failures.tell,
    routes=[*media_links.routes(), *uploads.routes()],
    middleware=[
        Middleware(TrustedHostMiddleware, allowed_hosts=config.get_option("server.allowedHosts") or ["*"]),
        Middleware(GuardedPage),
        Middleware(OwnPagesOnly),
    ],
)

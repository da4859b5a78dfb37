"""Links to originals and pictures of them: signed for one item, good for a day or two, and what answers.

Nothing is served for a path that a request names: a link names an item by its hash, the server signed it, and
the archive says where that item lies unchanged. Streamlit's sign-in does not guard these routes; only a page
that was shown holds links.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

import verify
from ui import signing
from ui.frames_zip import frames_zip
from ui.opened import archive
from ui.plain import name_of
from verify import UnknownItem, VerifyError

DAY: Final = 86_400

SHOWN_TYPES: Final = {
    ("image", "jpeg"): "image/jpeg",
    ("image", "mpo"): "image/jpeg",
    ("image", "png"): "image/png",
    ("image", "gif"): "image/gif",
    ("image", "webp"): "image/webp",
    ("image", "avif"): "image/avif",
    ("image", "bmp"): "image/bmp",
    ("video", "png"): "image/png",
    ("video", "gif"): "image/gif",
    ("video", "webp"): "image/webp",
    ("video", "avif"): "image/avif",
    ("video", "mp4"): "video/mp4",
    ("video", "mov"): "video/mp4",
    ("video", "webm"): "video/webm",
    ("video", "matroska"): "video/webm",
    ("video", "ogg"): "video/ogg",
}
"""By kind and format: what a browser shows by itself, and as what. The rest can only be saved. QuickTime and
Matroska go by the name of their younger relatives, which browsers open."""

LONGEST_SIDE: Final = 4096
"""Pixels of what is made for the screen: graphics processors have long taken that as one texture."""

GUARDED: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": f"private, max-age={DAY}, immutable",
}
"""A stranger's bytes are shown, never run, and by no other site; what a hash names may be kept."""


def thumbnail(sha256: str, number: int = 0) -> str:
    """Return a link to the JPEG thumbnail of one view of an item, longest side 480 pixels."""
    return _link("thumbnail", sha256, str(number))


def original(sha256: str) -> str:
    """Return a link to the untouched file of an item; a player can seek in it."""
    return _link("original", sha256)


def picture(sha256: str) -> str:
    """Return a link to a JPEG of an original that browsers do not show."""
    return _link("picture", sha256)


def frame(sha256: str, number: int) -> str:
    """Return a link to one frame sample of a video, decoded anew in full size."""
    return _link("frame", sha256, str(number))


def frames(sha256: str) -> str:
    """Return a link to all frame samples of a video in full size, as a ZIP."""
    return _link("frames", sha256)


def is_shown(kind: str, form: str) -> bool:
    """Say whether browsers show an original of this kind and format by themselves."""
    return (kind, form) in SHOWN_TYPES


def is_animation(kind: str, form: str) -> bool:
    """Say whether an original is a picture that moves: browsers show it and cannot stop it at a time."""
    return kind == "video" and SHOWN_TYPES.get((kind, form), "").startswith("image/")


def routes() -> list[Route]:
    """Return what answers the links."""
    return [
        Route("/api/thumbnail/{sha256}/{number}", _thumbnail),
        Route("/api/original/{sha256}", _original),
        Route("/api/picture/{sha256}", _picture),
        Route("/api/frame/{sha256}/{number}", _frame),
        Route("/api/frames/{sha256}", _frames),
    ]


def _link(what: str, *parts: str) -> str:
    last_day = str(_today() + 1)
    proof = signing.signature(what, *parts, last_day)
    return f"/api/{what}/{'/'.join(parts)}?until={last_day}&proof={proof}"


def _today() -> int:
    """Return the number of the day; links of one day are the same, so that browsers can keep pictures."""
    return int(time.time()) // DAY


def _is_good(request: Request, what: str, *parts: str) -> bool:
    until, proof = request.query_params.get("until", ""), request.query_params.get("proof", "")
    in_time = until.isdecimal() and int(until[:9]) >= _today()
    return in_time and signing.is_signed(proof, what, *parts, until)


def _thumbnail(request: Request) -> Response:
    sha256, number = request.path_params["sha256"], request.path_params["number"]
    if not _is_good(request, "thumbnail", sha256, number):
        return _refusal()
    jpeg = archive().thumbnail(sha256, int(number))
    return Response(jpeg, media_type="image/jpeg", headers=GUARDED) if jpeg else _gone()


def _original(request: Request) -> Response:
    sha256 = request.path_params["sha256"]
    if not _is_good(request, "original", sha256):
        return _refusal()
    try:
        item, path = archive().item(sha256), archive().original(sha256)
    except UnknownItem:
        return _gone()
    if path is None:
        return _gone()
    shown_as = SHOWN_TYPES.get((item.kind, item.format))
    return FileResponse(
        path,
        media_type=shown_as or "application/octet-stream",
        filename=name_of(item),
        content_disposition_type="inline" if shown_as else "attachment",
        headers={**GUARDED, "ETag": f'"{sha256}"'},
        stat_result=path.stat(),
    )


def _picture(request: Request) -> Response:
    """Draw a still; a worker decodes it."""
    sha256 = request.path_params["sha256"]
    if not _is_good(request, "picture", sha256):
        return _refusal()
    path = _original_of(sha256)
    return _drawn(lambda: verify.picture(path, longest_side=LONGEST_SIDE)) if path else _gone()


def _frame(request: Request) -> Response:
    """Draw one frame sample at its exact time; a worker decodes it."""
    sha256, number = request.path_params["sha256"], request.path_params["number"]
    if not _is_good(request, "frame", sha256, number):
        return _refusal()
    path = _original_of(sha256)
    if path is None:
        return _gone()
    views = archive().examination(sha256).frames[int(number) :]
    if not views:
        return _gone()
    return _drawn(lambda: next(verify.frames(path, [views[0].time], longest_side=LONGEST_SIDE)))


def _frames(request: Request) -> Response:
    """Send all frame samples while they are being decoded: nothing waits for the last one."""
    sha256 = request.path_params["sha256"]
    if not _is_good(request, "frames", sha256):
        return _refusal()
    path = _original_of(sha256)
    if path is None:
        return _gone()
    named = f'attachment; filename="{sha256[:12]}-frames.zip"'
    packed = frames_zip(archive().examination(sha256).frames, path)
    return StreamingResponse(
        packed, media_type="application/zip", headers={**GUARDED, "Content-Disposition": named}
    )


def _original_of(sha256: str) -> Path | None:
    try:
        return archive().original(sha256)
    except UnknownItem:
        return None


def _drawn(draw: Callable[[], bytes]) -> Response:
    """Answer with a JPEG, or with the sentence that says why there is none."""
    try:
        return Response(draw(), media_type="image/jpeg", headers=GUARDED)
    except StopIteration:
        return PlainTextResponse("The video ends before this frame.", status_code=422)
    except VerifyError as error:
        return PlainTextResponse(str(error), status_code=422)


def _refusal() -> Response:
    return PlainTextResponse("This link has run out. Reload the page for a new one.", status_code=403)


def _gone() -> Response:
    return PlainTextResponse(
        "The file is no longer where it was scanned, or was changed since.", status_code=404
    )

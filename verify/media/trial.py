"""What a worker can do, found out by trying: it attempts what its sandbox should refuse."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import pillow_heif
from PIL import features

from verify.media.sandbox import in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Something that a worker has no business to do."""

    what: str
    refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a worker said about itself."""

    sandbox: str
    """What it is locked down by, in the words of every examination."""
    attempts: tuple[Attempt, ...]
    decoders: dict[str, str]
    """Decoders that it works with, and their versions."""


def try_out(folder: str) -> Trial:
    """Attempt all of it, in a worker; `folder` holds a file `there` to read and takes one to write."""
    home = Path(folder)
    deeds: dict[str, Callable[[], object]] = {
        "open another file": (home / "there").read_bytes,
        "write a file": lambda: (home / "written").write_bytes(b"x"),
        "remove a file": (home / "there").unlink,
        "open a network connection": _connect,
        "start another program": _start,
        "raise its own limits": _raise_limits,
        "signal another process": lambda: os.kill(os.getppid(), signal.SIGCONT),
    }
    attempts = tuple(Attempt(what=what, refused=_refused(deed)) for what, deed in deeds.items())
    return Trial(sandbox=in_force(), attempts=attempts, decoders=_decoders())


def _refused(deed: Callable[[], object]) -> bool:
    try:
        deed()
    except (PermissionError, ValueError):  # `setrlimit` raises the latter
        return True
    except OSError:
        return False
    return False


def _connect() -> None:
    with socket.socket() as attempt:
        attempt.settimeout(1)
        with contextlib.suppress(ConnectionRefusedError, TimeoutError):
            attempt.connect(("127.0.0.1", 9))


def _raise_limits() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _start() -> None:
    program = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})
    os.waitpid(program, 0)


def _decoders() -> dict[str, str]:
    libraries = {name: features.version(name) for name in ("libjpeg_turbo", "webp", "avif")}
    libraries |= {
        name: features.version(code)
        for name, code in {"libtiff": "libtiff", "openjpeg": "jpg_2000", "zlib": "zlib"}.items()
    }
    return {
        "Pillow": str(features.version("pil")),
        "libheif": str(pillow_heif.libheif_info()["libheif"]),
        "FFmpeg": str(av.ffmpeg_version_info),
        "OpenCV": cv2.__version__,
        **{name: found for name, found in libraries.items() if found is not None},
    }

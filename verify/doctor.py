"""Is this installation fit for strangers' files: versions, the sandbox as it is, the limits, and what to do.

Nothing is asked of the network: the floors are what was known when this version was made.
"""

from __future__ import annotations

import platform
import re
import sqlite3
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from verify.examination import TOOL_VERSIONS
from verify.media import limits, sandbox
from verify.media.trial import Attempt, try_out
from verify.media.worker import shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The oldest release of a decoder without known remote bugs."""

    version: str
    why: str
    remedy: str


FLOORS: Final = {
    "Pillow": Floor(
        version="13.0.0",
        why="closes two critical memory bugs (Pillow's release notes for 13.0.0)",
        remedy="pip install -U pillow",
    ),
    "libheif": Floor(
        version="1.23.4",
        why="closes CVE-2026-84383, a heap overflow in decoding HEIC (libheif's releases 1.23.3 and 1.23.4)",
        remedy="pip install -U pillow-heif",
    ),
    "FFmpeg": Floor(
        version="8.1.3",
        why="bounds Dolby Vision metadata and VP9 references (FFmpeg's commits 1f46ec7612 and 3b9725696e)",
        remedy="pip install -U av; where no newer wheel exists yet, the sandbox has to hold",
    ),
    "Streamlit": Floor(
        version="1.54.0",
        why="closes CVE-2026-33682, paths that make Windows sign in elsewhere",
        remedy="pip install -U streamlit",
    ),
}
"""What the packages' lower bounds cannot promise: wheels bundle decoders of their own."""

FULL: Final = "landlock+seccomp+limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """How fit an installation is."""

    versions: dict[str, str]
    sandbox: str
    """As in every examination: `landlock+seccomp+limits`, or less."""
    attempts: tuple[Attempt, ...]
    """What a worker tried and should not be able to do."""
    limits: dict[str, float]
    """By name, the unit at its end."""
    warnings: tuple[str, ...]
    """Each says what is wrong and what to do; empty if all is well."""

    @property
    def holds(self) -> bool:
        """True if a worker could do nothing of what it tried."""
        return all(one.refused for one in self.attempts)

    def to_json(self) -> dict[str, Any]:
        """Return the public shape."""
        return {
            "versions": self.versions,
            "sandbox": self.sandbox,
            "attempts": [{"what": one.what, "refused": one.refused} for one in self.attempts],
            "limits": self.limits,
            "warnings": list(self.warnings),
        }


def check_up() -> Checkup:
    """Look at this installation; a worker tries what it must not. Raises `VerifyError` (`no-worker`)."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "there").touch()
        trial = shared().ask(try_out, folder)
    versions = {**_versions(), **trial.decoders}
    return Checkup(
        versions=versions,
        sandbox=trial.sandbox,
        attempts=trial.attempts,
        limits=_limits(),
        warnings=(*outdated(versions), *_open_doors(trial.sandbox, trial.attempts)),
    )


def _versions() -> dict[str, str]:
    ours = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    return {**ours, **TOOL_VERSIONS, "Streamlit": version("streamlit")}


def _limits() -> dict[str, float]:
    return {
        "memory_bytes": sandbox.MAX_MEMORY_BYTES,
        "file_seconds": sandbox.FILE_SECONDS,
        "open_files": sandbox.MAX_OPEN_FILES,
        "written_bytes": 0,
        "file_bytes": limits.MAX_FILE_BYTES,
        "still_bytes": limits.MAX_STILL_BYTES,
        "still_pixels": limits.MAX_PIXELS,
        "jpeg_pixels": limits.MAX_JPEG_PIXELS,
        "jpeg_scans": limits.MAX_JPEG_SCANS,
        "jpeg_segments": limits.MAX_JPEG_SEGMENTS,
        "tiff_strips": limits.MAX_TIFF_STRIPS,
        "video_frame_pixels": limits.MAX_FRAME_PIXELS,
        "video_readings": limits.MAX_READINGS,
        "animation_canvas_pixels": limits.MAX_CANVAS_PIXELS,
        "animation_frames": limits.MAX_ANIMATION_FRAMES,
        "animation_pixels": limits.MAX_ANIMATION_PIXELS,
    }


def outdated(versions: dict[str, str]) -> list[str]:
    """Name the decoders that are older than the release that closed what is known."""
    return [
        f"{name} {versions[name]} is older than {floor.version}, which {floor.why}. Update: {floor.remedy}."
        for name, floor in FLOORS.items()
        if name in versions and _numbers(versions[name]) < _numbers(floor.version)
    ]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)[:3]))


def _open_doors(level: str, attempts: tuple[Attempt, ...]) -> list[str]:
    """Say what a decoder that was taken over could do here."""
    able = ", ".join(one.what for one in attempts if not one.refused)
    if not able and level == FULL:
        return []
    advice = "Use a Linux kernel of 5.13 or newer with Landlock and seccomp, or keep this in a container."
    could = f"a decoder taken over by a file could {able}" if able else "one of two locks is missing"
    return [f"The sandbox is only {level}: {could}. {advice}"]

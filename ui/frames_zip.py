"""All frame samples of a video as a ZIP: full size, at their exact times, made while it is sent."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import verify
from ui.parts import clock
from verify import VerifyError, View

COLUMNS: Final = ("file", "time_seconds", "time_exact", "starts_shot", "pdq")


def frames_zip(views: Sequence[View], path: Path) -> Iterator[bytes]:
    """Yield a ZIP of the frames in the video at `path`, piece by piece, named by their times, with a table.

    What cannot be decoded any more is left out, and a text in the ZIP says why.
    """
    sent, table = _Sent(), io.StringIO()
    lines = csv.writer(table)
    lines.writerow(COLUMNS)
    with zipfile.ZipFile(sent, "w") as packed:
        drawn = verify.frames(path, [view.time for view in views])
        try:
            for number, (view, jpeg) in enumerate(zip(views, drawn, strict=False)):
                name = f"{number:04}_{clock(view.time).replace(':', '-')}.jpg"
                packed.writestr(name, jpeg)
                pdq = view.fingerprints.pdq.hex
                lines.writerow([name, float(view.time), view.time, int(view.starts_shot), pdq])
                yield sent.taken()
        except VerifyError as error:
            packed.writestr("incomplete.txt", str(error))
        packed.writestr("frames.csv", table.getvalue())
    yield sent.taken()


class _Sent(io.RawIOBase):
    """A file that holds only what was written since it was last asked; it cannot be sought in."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, some: bytes) -> int:  # type: ignore[override]  # zipfile writes bytes alone
        self._written += some
        return len(some)

    def taken(self) -> bytes:
        """Return what was written, and forget it."""
        some = bytes(self._written)
        self._written.clear()
        return some

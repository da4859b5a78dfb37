"""This library, through its public door: files are scanned into an archive, then asked about."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import fmean
from typing import Any

from PIL import Image

import verify
from answers import Answer, FoundSegment
from placed import Rgb
from verify.matching.claims import ACCEPT_SCORE

COPIES = {"identical", "same-picture", "part-of", "contains"}
"""Relations that claim a copy; `shares-overlay` does not."""


class Ours:
    """One archive in a temporary folder. Pictures are handed over as lossless files."""

    name = "verify"

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._root = Path(self._folder.name)
        (self._root / "in").mkdir()
        self._archive: Any = verify.open_archive(self._root / "archive")
        self._waiting: list[Path] = []
        self._keys: dict[str, str] = {}

    def add(self, key: str, rgb: Rgb) -> None:
        path = self._root / "in" / f"{len(self._keys)}.png"
        Image.fromarray(rgb).save(path, compress_level=0)
        self.add_file(key, path)

    def add_file(self, key: str, path: Path) -> None:
        self._keys[str(path.resolve())] = key
        self._waiting.append(path)

    def query(self, rgb: Rgb) -> list[Answer]:
        path = self._root / "query.png"
        Image.fromarray(rgb).save(path, compress_level=0)
        return self.query_file(path)

    def query_file(self, path: Path) -> list[Answer]:
        self.settle()
        return [self._answer(match.to_json()) for match in self._archive.find_copies(path)]

    def settle(self) -> None:
        """Scan what was added since the last question."""
        if self._waiting:
            self._archive.scan(self._waiting, jobs=1)
            self._waiting.clear()

    def bytes_per_view(self) -> float:
        """Of the local features, which are nearly all that is stored for finding copies."""
        views = [view for key in self._items() for view in self._archive.examination(key).views]
        return fmean(len(f.codes) + len(f.places) + len(f.picture) for f in (view.features for view in views))

    def _items(self) -> list[str]:
        return list(self._archive.items().index)

    def _answer(self, match: dict[str, Any]) -> Answer:
        key = next((self._keys[path] for path in match["paths"] if path in self._keys), match["item"])
        return Answer(
            key=key,
            accepted=match["relation"] in COPIES and match["score"] >= ACCEPT_SCORE,
            score=match["score"],
            mirrored=match["mirrored"],
            rotation_degrees=match["rotation_degrees"],
            region=match["region"],
            query_region=match["query_region"],
            segments=tuple(FoundSegment(**segment) for segment in match["segments"]),
        )

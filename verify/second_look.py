"""A second look at stills that were called copies, closer than what is stored, where files are at hand."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path

from verify.matching.pieces import NEGATIVE
from verify.matching.reading import SURE_INLIERS, Closer, may_be_page, read_together
from verify.originals import original
from verify.query import closer_view
from verify.records import Match, View
from verify.store.role import SeenBefore, Store


class SecondLook:
    """Closer views of the stills of one store, decoded as they are asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def at_file(self, path: str | os.PathLike[str], sha256: str) -> Closer:
        """Say where closer views come from if a file is asked about."""
        return Closer(asked=partial(closer_view, Path(path), sha256), found=self._view)

    def at_item(self, sha256: str) -> Closer:
        """Say where closer views come from if an item is asked about."""
        return Closer(asked=partial(self._view, sha256), found=self._view)

    def read(self, answer: SeenBefore) -> SeenBefore:
        """Leave out the stills that are pages of the same design as the item and say something else."""
        first = answer.examination, 0
        if not answer.matches or not may_be_page(self._store.views([first])[first]):
            return answer
        closer = self.at_item(answer.sha256)
        return replace(answer, matches=tuple(one for one in answer.matches if _says_the_same(one, closer)))

    def _view(self, sha256: str) -> View | None:
        """Look at a stored still, if its file is still what was scanned."""
        path = original(self._store, sha256)
        return None if path is None else closer_view(Path(os.fsdecode(path)), sha256)


def _says_the_same(match: Match, closer: Closer) -> bool:
    """Say whether nothing else is read in the found one; moments of a video are not read."""
    if match.region is None or any(part.query_end or part.found_end for part in match.segments):
        return True
    (left, top), _, (right, bottom), _ = match.region
    where, negated = (left, top, right, bottom), NEGATIVE in match.note
    seen = read_together(
        closer,
        match.item,
        region=where,
        mirrored=match.mirrored,
        negated=negated,
        sure="pdq" in match.evidence or (match.inliers or 0) >= SURE_INLIERS,
    )
    return seen is None or not seen.otherwise

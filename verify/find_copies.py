"""Where else has this picture or clip been? One query against everything an archive holds.

Nothing is written by asking, and files are decoded in workers. A query that is a file is looked at as closely
as stored views are, and once more closely if that does not explain all of it; more of its frames are decoded
to place segments in time. A query that is an item of the archive makes do with what is stored; its pages are
read again. Exact bytes come first, then the pictures.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from verify import index_file
from verify.fingerprints.local_features import DENSE, GLANCE, STORED
from verify.matching.alignment import TimedPicture
from verify.matching.claims import claims_copy
from verify.matching.copies import best_of_each, matches_of
from verify.matching.explained import is_explained, shows_most, unexplained
from verify.matching.feature_index import FeatureIndex
from verify.matching.finder import CopyFinder
from verify.matching.growing import GrowingArray
from verify.matching.listed import ListedFingerprint, ListedHashes
from verify.matching.looks import Look, look_for
from verify.matching.nearest_frame import FoundFrameSource
from verify.matching.reading import Closer
from verify.originals import original
from verify.query import Query, closer_view, frames_between, query_of_file
from verify.records import Match, Segment, View
from verify.second_look import SecondLook
from verify.store.role import Outline, Searchable, SeenBefore, Store

UNSAVED_VIEWS = 2000
UNSAVED_SHARE = 0.1
"""An index is saved when so many views, and so large a part of them, are not in its file: taking them in
anew would take seconds."""

TAKEN_AT_ONCE = 4000
"""Views taken into the index at a time, 4 KB each; one long video may have more."""

VIEWS_KEPT = 4096
"""Stored views kept in memory, 5 KB each; the same candidates are asked for again and again."""

DENSE_SECONDS = 60
"""A longer clip is not sampled more densely: of its views one will do."""

ASKED_DENSELY = 16
"""Views of one shot that look for candidates then: three seconds of them, five a second at 25 frames."""


class CopySearch:
    """The views of one store, searchable, kept in step as items arrive.

    `folder` is where the index lives between sessions; it is made if it is missing.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._second_look = SecondLook(store)
        self._views: dict[tuple[int, int], View] = {}
        self._opened = False
        self._listed = ListedHashes()
        self._last_listed = 0
        self._begin(None)

    def catch_up(self) -> None:
        """Take in what has arrived since the last time, the saved index first.

        Asking writes nothing, but for one case: an index that lags far behind, after a crash say, is saved.
        """
        self._take_in_lists()
        if self._opened:
            self._take_in(self._store.outlines(after=self._last))
        else:
            self._open()
        if self._unsaved > max(UNSAVED_VIEWS, len(self._finder.index) * UNSAVED_SHARE):
            self.save()

    def save(self) -> None:
        """Put the index on disk if it has grown, and share it with other processes from there."""
        if self._unsaved and index_file.save(self._folder, self._finder.index, self._covered):
            self._open()

    def copies_of_file(self, path: str | os.PathLike[str]) -> list[Match]:
        """Return the items that share bytes or pictures with a file, best first.

        Raises `UnreadableMedia` if no picture in it can be decoded.
        """
        query = query_of_file(path, GLANCE)
        closer = self._second_look.at_file(path, query.sha256)
        look = self._look(query)
        found = self._placed(query, look, closer) if is_explained(look) else []
        if not shows_most(found, query.duration):
            query = query_of_file(path)
            nearer = self._look(query)
            look = nearer if found else nearer.joined(look)
            denser = _denser(self._finder, path, look, self._frames_beside(query))
            found += self._placed(query, denser.without(query.sha256), closer)
        return [*self.identical(query, path=path), *best_of_each([*found, *self._in_lists(query)])]

    def copies(self, query: Query) -> list[Match]:
        """Return the items that share pictures with the query, best first; never the query itself."""
        return self._copies(query, self._second_look.at_item(query.sha256))

    def _copies(self, query: Query, closer: Closer | None) -> list[Match]:
        found = self._placed(query, self._look(query), closer)
        return best_of_each([*found, *self._in_lists(query)])

    def _in_lists(self, query: Query) -> list[Match]:
        """Return the entries of hash lists that look like the query."""
        found = self._listed.matches(query.views, duration=query.duration)
        return [self._with_paths(match) for match in found if match.item != query.sha256]

    def _look(self, query: Query) -> Look:
        """Look for the query among the items whose pictures are there to compare, but for itself."""
        views = [view for view in query.views if view.features is not None]
        found_frames = self._frames_beside(query)
        look = look_for(self._finder, views, duration=query.duration, found_frames=found_frames)
        return look.without(query.sha256)

    def _placed(self, query: Query, look: Look, closer: Closer | None) -> list[Match]:
        found_frames = self._frames_beside(query)
        found = matches_of(self._finder, look, frames=query.frames, found_frames=found_frames, closer=closer)
        return [self._with_paths(match) for match in found]

    def identical(self, query: Query, *, path: str | os.PathLike[str]) -> list[Match]:
        """Return the item with the same bytes, if it was seen at another path than this."""
        own = os.path.realpath(os.fsencode(path))
        others = [os.fsdecode(other) for other in self._store.paths_of(query.sha256) if other != own]
        return [_identical(query, paths=tuple(others))] if others else []

    def seen_before(self, examinations: Sequence[int]) -> list[SeenBefore]:
        """Say which older items each of these shares pictures with; one answer each, in their order.

        By what is stored alone: whoever can decode files gives the answers a `SecondLook`.
        """
        self.catch_up()
        return [self._seen_before(item) for item in self._store.searchable(examinations)]

    def _seen_before(self, item: Searchable) -> SeenBefore:
        duration = None if item.duration_seconds is None else float(item.duration_seconds)
        query = Query(sha256=item.sha256, views=item.views, duration=duration)
        claimed = [match for match in self._copies(query, None) if claims_copy(match.relation, match.score)]
        arrivals = self._store.arrivals_of(match.item for match in claimed)
        return SeenBefore(
            examination=item.examination,
            sha256=item.sha256,
            path=self._store.paths_of(item.sha256)[0],
            matches=tuple(match for match in claimed if arrivals[match.item] < item.arrival),
        )

    def _take_in_lists(self) -> None:
        """Take in the entries of hash lists that have arrived since the last time."""
        fresh = list(self._store.lists.listed(after=self._last_listed))
        self._listed.add(
            ListedFingerprint(
                item=one.sha256,
                time=None if shown.time is None else float(shown.time),
                pdq=shown.pdq,
                quality=shown.quality,
                phash=shown.phash,
            )
            for one in fresh
            for shown in one.hashes
        )
        self._last_listed = fresh[-1].examination if fresh else self._last_listed

    @property
    def _last(self) -> int:
        """Number of the last examination that is taken in."""
        return int(self._examinations.rows[-1]) if len(self._examinations) else 0

    def _open(self) -> None:
        """Begin with what the saved index covers, or with nothing if it does not fit the store."""
        saved = index_file.load(self._folder)
        self._begin(None if saved is None else saved.index)
        if saved is not None:
            for some in _in_batches(islice(self._store.outlines(), saved.footer.examinations)):
                self._register(some)
            if not saved.fits(self._covered):
                self._begin(None)
        self._take_in(self._store.outlines(after=self._last))
        self._opened = True

    def _begin(self, index: FeatureIndex | None) -> None:
        self._finder = CopyFinder(self._views_at, index)
        self._covered = index_file.Covered()
        self._examinations = GrowingArray(np.zeros(0, np.int64))
        self._unsaved = 0

    def _take_in(self, outlines: Iterable[Outline]) -> None:
        """Append examinations to the index, some at a time."""
        for some in _in_batches(outlines):
            keypoints = self._store.keypoints(after=self._last, up_to=some[-1].examination)
            self._finder.index.append(list(keypoints))
            self._register(some)
            self._unsaved += sum(one.views for one in some)

    def _register(self, outlines: Sequence[Outline]) -> None:
        """Note what the next views of the index belong to."""
        pdq = self._store.pdq_codes(after=self._last, up_to=outlines[-1].examination)
        self._finder.register([(one.sha256, one.views, one.duration) for one in outlines], pdq)
        self._examinations.append(np.array([one.examination for one in outlines], np.int64))
        self._covered.add(outlines)

    def _views_at(self, numbers: Sequence[int]) -> list[View]:
        """Return views by their numbers in the index; those asked for lately are at hand."""
        homes = []
        for number in numbers:
            item, view = self._finder.home_of(number)
            homes.append((int(self._examinations.rows[item]), view))
        self._views.update(self._store.views([home for home in homes if home not in self._views]))
        found = [self._views[home] for home in homes]
        while len(self._views) > VIEWS_KEPT:
            self._views.pop(next(iter(self._views)))
        return found

    def _frames_beside(self, query: Query) -> FoundFrameSource | None:
        return self._found_frames if query.placed else None

    def _found_frames(self, sha256: str, start: float, end: float) -> Sequence[TimedPicture]:
        """Decode a stretch of a stored video, if its file is still what was scanned."""
        path = original(self._store, sha256)
        return () if path is None else frames_between(Path(os.fsdecode(path)), sha256, start, end)

    def _with_paths(self, match: Match) -> Match:
        return replace(match, paths=tuple(os.fsdecode(path) for path in self._store.paths_of(match.item)))


def compare(a: str | os.PathLike[str], b: str | os.PathLike[str]) -> Match | None:
    """Say how file `a` relates to file `b`; None if they share no pictures.

    Raises `UnreadableMedia` if no picture in one of them can be decoded.

    >>> verify.compare("samples/media/figs_today.jpg", "samples/media/IMG_2368.JPG").relation
    'part-of'
    """
    asked, stored = query_of_file(a), query_of_file(b, STORED)
    if asked.sha256 == stored.sha256:
        return replace(_identical(asked, paths=(os.fspath(b),)), query=os.fspath(a))
    finder = CopyFinder()
    finder.add(stored.sha256, stored.views, stored.duration)

    def found_frames(_: str, start: float, end: float) -> Sequence[TimedPicture]:
        return frames_between(Path(b), stored.sha256, start, end)

    look = look_for(finder, asked.views, duration=asked.duration, found_frames=found_frames)
    look = _denser(finder, a, look, found_frames)
    closer = Closer(
        asked=partial(closer_view, Path(a), asked.sha256),
        found=lambda _: closer_view(Path(b), stored.sha256),
    )
    found = matches_of(finder, look, frames=asked.frames, found_frames=found_frames, closer=closer)
    return replace(found[0], paths=(os.fspath(b),), query=os.fspath(a)) if found else None


def _denser(
    finder: CopyFinder, path: str | os.PathLike[str], look: Look, found_frames: FoundFrameSource | None
) -> Look:
    """Ask more views of those shots of a short clip that nothing is surely in."""
    unsure = unexplained(look)
    if look.duration is None or look.duration > DENSE_SECONDS or not unsure:
        return look
    views = [
        view
        for view in query_of_file(path, DENSE).views
        if view.features is not None and any(shot.start <= view.time < shot.end for shot in unsure)
    ]
    more = look_for(
        finder, views, duration=look.duration, found_frames=found_frames, asked_a_shot=ASKED_DENSELY
    )
    return look.joined(more)


def _in_batches(outlines: Iterable[Outline]) -> Iterator[list[Outline]]:
    batch: list[Outline] = []
    views = 0
    for one in outlines:
        if batch and views + one.views > TAKEN_AT_ONCE:
            yield batch
            batch, views = [], 0
        batch.append(one)
        views += one.views
    if batch:
        yield batch


def _identical(query: Query, *, paths: tuple[str, ...]) -> Match:
    whole = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    end = query.duration or 0.0
    return Match(
        item=query.sha256,
        relation="identical",
        evidence=("sha256",),
        score=1.0,
        paths=paths,
        distance_bits=0,
        region=whole,
        query_region=whole,
        segments=(Segment(query_start=0.0, query_end=end, found_start=0.0, found_end=end),),
    )

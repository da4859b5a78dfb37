"""The archive, one folder behind all three doors: the verbs of the command line for Python and notebooks.

What scans and searches need is imported when one begins: decoders and FAISS weigh 60 MB, and a server that
shows what is stored, all day, never needs them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from verify.backup import Backup, Places, backup
from verify.casework import Casework
from verify.check import Check, CheckReport, check
from verify.errors import ArchiveError, UnknownItem, storage_failed
from verify.matching.other_way import other_way
from verify.notebook.archives import archive_html
from verify.notebook.scans import scan_bar
from verify.originals import original
from verify.progress import Progress, Report
from verify.records import Examination, Match, Matches, Profile
from verify.review.chain import Head
from verify.store.role import BytesReport, ItemSummary, SeenBefore
from verify.store.sql import SqlStore

if TYPE_CHECKING:
    from typing import BinaryIO

    from pandas import DataFrame

    from verify.export.request import Authority, Exported, Publication
    from verify.export.request import Report as ExportReport
    from verify.find_copies import CopySearch
    from verify.import_hashes import ImportedList, LinesReport

DATABASE = "archive.sqlite"
"""The database inside an archive folder."""

INDEX = "index"
"""The folder of the search index inside an archive folder; it can be deleted, it is made again."""

COMPARING = ("verify.archive", "verify.find_copies")
"""What a worker needs to compare new items with older ones."""

INDEXED_AT_ONCE = 500
"""New items after which a scan takes them into the index; it lasts about a second."""

DEFAULT_FOLDER = "verify-archive"


def open_archive(location: str | os.PathLike[str] | None = None, *, create: bool = True) -> Archive:
    """Open the archive in a folder, and make it first if need be.

    `location` defaults to `$VERIFY_ARCHIVE`, else `./verify-archive`. Raises `ArchiveError` with code
    `no-archive` (and `create` is false), `newer-archive`, `not-an-archive` or `storage`.

    >>> with verify.open_archive("newsroom") as archive:
    ...     archive.scan("samples/media/flower.jpg").examined
    1
    """
    folder = Path(location or os.environ.get("VERIFY_ARCHIVE") or DEFAULT_FOLDER)
    if "://" in str(location):
        raise ArchiveError("Only folders can be archives yet.", code="no-archive")
    database = folder / DATABASE
    if not create and not database.exists():
        raise ArchiveError(
            f"There is no archive at {folder}.", code="no-archive", hint="Make one with: verify scan FOLDER"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_failed(f"Cannot make a folder at {folder}", error) from error
    return Archive(folder.resolve(), SqlStore.in_file(database))


class Archive(Casework):
    """Items, their examinations and sightings, and what reviewers say about them.

    Made by `open_archive`; a context manager.

    >>> with verify.open_archive("verify-demo") as archive:
    ...     archive.item("samples/media/flower.jpg").format
    'jpeg'
    """

    def __init__(self, folder: Path, store: SqlStore) -> None:
        super().__init__(store)
        self.folder = folder

    @property
    def uploads(self) -> Path:
        """The folder of originals that came in through the page.

        >>> archive.uploads.name
        'uploads'
        """
        return self.folder / "uploads"

    @cached_property
    def _search(self) -> CopySearch:
        from verify.find_copies import CopySearch

        return CopySearch(self._store, self.folder / INDEX)

    def scan(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        jobs: int | None = None,
        profile: Profile = "full",
        exact: bool = False,
        report: Report | None = None,
    ) -> Progress:
        """Examine every media file at or below `paths` into the archive; resumable at any moment.

        `jobs` defaults to the number of processors. `report` is called with the growing `Progress`; without
        one a notebook shows a bar, anything else nothing.
        Broken files are listed in the result. At the end every new item is compared with those that arrived
        before it; see `seen_before`. Raises `VerifyError` if a path does not exist.

        >>> archive.scan("samples/media").unchanged
        14
        """
        from verify.media.worker import IsolatedPool
        from verify.scan import scan

        if report is None:
            with scan_bar() as bar:
                return self.scan(paths, jobs=jobs, profile=profile, exact=exact, report=bar)
        compared = profile == "full"
        with IsolatedPool(jobs, preload=COMPARING if compared else []) as pool:
            progress = scan(
                [paths] if isinstance(paths, (str, os.PathLike)) else paths,
                self._store,
                pool,
                profile=profile,
                exact=exact,
                skip=[self.folder],
                report=self._indexing(report),
            )
        if not progress.interrupted:
            self._search.catch_up()
            self._search.save()
            self._compare_new(jobs, progress, report)
        return progress

    def _compare_new(self, jobs: int | None, progress: Progress, report: Report) -> None:
        """Compare what is new with what is older: by what is stored in workers, then by their files."""
        from verify.media.worker import IsolatedPool
        from verify.scan import compare_new
        from verify.second_look import SecondLook

        second_look = SecondLook(self._store)
        with IsolatedPool(jobs, confined=False, preload=COMPARING) as pool:

            def look(few: Sequence[int]) -> list[SeenBefore]:
                return [second_look.read(one) for one in pool.ask(_look_in_worker, self.folder, few)]

            compare_new(self._store, partial(pool.submit, look), progress, report=report)

    def _indexing(self, report: Report) -> Report:
        """Report, and keep the search index up with what a long scan adds."""
        indexed = 0

        def report_and_index(progress: Progress) -> None:
            nonlocal indexed
            report(progress)
            if progress.examined - indexed >= INDEXED_AT_ONCE:
                self._search.catch_up()
                indexed = progress.examined

        return report_and_index

    def find_copies(self, query: str | os.PathLike[str]) -> Matches:
        """Return where else the pictures of a file or of an item have been: a list, best first.

        `query` is a path, a SHA-256 or the start of one. For an item, what is stored of it does, or its file
        if it was scanned without local features. A match is a lead for a person: below `ACCEPT_SCORE`
        (docs/matching.md) it is a weak one. Nothing is written. Raises `UnknownItem`, and `UnreadableMedia`
        for a file in which no picture can be decoded.

        >>> [match.relation for match in archive.find_copies("samples/media/figs_today.jpg")]
        ['part-of']
        """
        from verify.query import query_of_examination

        self._search.catch_up()
        if Path(query).exists():
            file: Path | None = Path(query)
            found = self._search.copies_of_file(query)
        else:
            stored, file = self.examination(query), self.original(query)
            if file is not None and stored.profile == "fast":
                found = self._search.copies_of_file(file)
            else:
                found = self._search.copies(query_of_examination(stored))
        return Matches(replace(match, query=os.fspath(file or "")) for match in found)

    def seen_before(self, key: str | os.PathLike[str]) -> tuple[Match, ...]:
        """Return the older items that an item matched at the moment it arrived, best first.

        >>> older = archive.seen_before("samples/media/VID-20260114-WA0007.mp4")
        >>> newer = archive.seen_since("samples/media/VID-20260114-WA0007.mp4")
        >>> len(older) + len(newer) > 0
        True
        """
        return self._store.seen_before(self.resolve(key))

    def seen_since(self, key: str | os.PathLike[str]) -> tuple[Match, ...]:
        """Return the newer items that matched an item when they arrived, seen from this item.

        >>> archive.seen_since("samples/media/flower.jpg")
        ()
        """
        return tuple(
            other_way(match, query=later, paths=self._paths_of(later))
            for later, match in self._store.seen_since(self.resolve(key))
        )

    def _paths_of(self, sha256: str) -> tuple[str, ...]:
        return tuple(os.fsdecode(path) for path in self._store.paths_of(sha256))

    def check(self, *, head: str | None = None, report: CheckReport = lambda _done, _all: None) -> Check:
        """Prove that log, states, thumbnails and originals are as recorded; all that differs is named.

        `head` is one that an earlier check gave, as `str(check.head)`: the log must still hold it. `report`
        is called with the originals hashed so far and all of them. Raises `VerifyError` (code `bad-head`)
        and `ArchiveError`.

        >>> archive.check().faults
        ()
        """
        return check(self._store, head=None if head is None else Head.parse(head), report=report)

    def backup(
        self, target: str | os.PathLike[str], *, report: BytesReport = lambda _done, _all: None
    ) -> Backup:
        """Copy the archive into a new folder at `target`, whole or not at all, while others go on using it.

        Log, cases and examinations are copied as they are at this moment, and every original that lies in the
        archive's folder; originals elsewhere stay where they are. The copy is an archive like any other.
        Raises `ArchiveError` (codes `exists`, `disk-full`, `storage`).

        >>> archive.backup("copy-of-demo")            # doctest: +ELLIPSIS
        Backup(...)
        """
        places = Places(folder=self.folder, database=DATABASE, originals=self.uploads.name)
        return backup(self._store, places, Path(target), report=report)

    def export(
        self,
        form: str,
        items: Iterable[str | os.PathLike[str]] | None = None,
        *,
        output: str | os.PathLike[str] | BinaryIO,
        table: str | None = None,
        publication: Publication | None = None,
        authority: Authority | None = None,
        report: ExportReport = lambda _what, _done: None,
    ) -> Exported:
        """Take items, by default all, out of the archive; docs/exports.md has the formats.

        `output` is a file or a folder, or for formats that are text a stream of bytes; `publication` says of
        a published review what the archive cannot know, `authority` who stamps a bundle's digest with the
        time. What is missing for complete records is listed in the result. Raises `VerifyError` (codes
        `no-format`, `no-table`, `no-output`), `UnknownItem` and `ArchiveError`.

        >>> archive.export("parquet", output="tables")                  # doctest: +SKIP
        >>> archive.export("csv", output="items.csv", table="items")    # doctest: +SKIP
        """
        from verify.export.formats import export
        from verify.export.request import Publication, Request

        chosen = None if items is None else tuple(self.resolve(item) for item in items)
        target = Path(output) if isinstance(output, (str, os.PathLike)) else output
        request = Request(
            output=target,
            items=chosen,
            table=table,
            publication=publication or Publication(),
            authority=authority,
            report=report,
        )
        return export(self._store, form, request)

    def import_hashes(
        self, path: str | os.PathLike[str], *, report: LinesReport = lambda _done: None
    ) -> ImportedList:
        r"""Take a hash list (CSV, PDQ text, vPDQ frames) in as items without media; docs/exports.md.

        Lines that are no entries are listed in the result; `report` is called with the entries read so far.
        Raises `ArchiveError`.

        >>> _ = Path("partner.csv").write_text("pdq,label\n" + 64 * "a" + ",a flood of 2019\n")
        >>> archive.import_hashes("partner.csv").new
        1
        """
        from verify.import_hashes import import_hashes

        return import_hashes(self._store, path, report=report)

    def __iter__(self) -> Iterator[ItemSummary]:
        """Walk the items in the order in which they arrived."""
        return self._store.items()

    def items(self) -> DataFrame:
        """Return one row an item, indexed by SHA-256, files that are no media left out.

        Times are UTC; kind, format and verdict are categories; what is not known is missing, never zero.

        >>> table = archive.items()
        >>> table["kind"].value_counts().to_dict()
        {'image': 9, 'video': 5}
        >>> int(table["duration_seconds"].sum())            # seconds of video in all
        90
        """
        from verify.notebook.item_table import item_table

        return item_table((item for item in self if item.kind in {"image", "video"}), self.cases())

    def examination(self, key: str | os.PathLike[str]) -> Examination:
        """Return what is known of one item, given its SHA-256, the start of it, or a path it was seen at.

        Raises `UnknownItem` if no item, or more than one, answers to the key.

        >>> exam = archive.examination("samples/media/figs_today.jpg")
        >>> [finding.code for finding in exam.findings if finding.severity == "warning"]
        ['gps-time-disagrees', 'thumbnail-differs']
        """
        found = self._store.examination(self.resolve(key))
        if found is None:
            raise UnknownItem(f"The item {os.fspath(key)} was never examined.")
        return found

    def item(self, key: str | os.PathLike[str]) -> ItemSummary:
        """Return one line about an item. Raises `UnknownItem`.

        >>> archive.item("8b9af41d").duration_seconds
        Fraction(24, 1)
        """
        found = self._store.item(self.resolve(key))
        if found is None:
            raise UnknownItem(f"The item {os.fspath(key)} was never examined.")
        return found

    def original(self, key: str | os.PathLike[str]) -> Path | None:
        """Return where the file of an item lies unchanged since its scan; None if it does no longer.

        >>> archive.original("8b9af41d").name
        'IMG_2291.MOV'
        """
        path = original(self._store, self.resolve(key))
        return None if path is None else Path(os.fsdecode(path))

    def thumbnail(self, key: str | os.PathLike[str], number: int = 0) -> bytes | None:
        r"""Return the JPEG thumbnail of one view of an item; None if it has no such view.

        >>> archive.thumbnail("8b9af41d", number=0)[:2]     # the first frame, a JPEG
        b'\xff\xd8'
        """
        return self._store.thumbnail(self.resolve(key), number)

    def _repr_html_(self) -> str:
        return archive_html(self.folder, self.queue_counts())

    def close(self) -> None:
        """Let go of the database.

        >>> archive.close()                             # `with open_archive(...)` does so by itself
        """
        self._store.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()


def _look_in_worker(folder: Path, examinations: Sequence[int]) -> list[SeenBefore]:
    """Compare a few items in a worker, which keeps its own view of the archive."""
    return _search_of(folder).seen_before(examinations)


@cache
def _search_of(folder: Path) -> CopySearch:
    from verify.find_copies import CopySearch

    return CopySearch(SqlStore.in_file(folder / DATABASE), folder / INDEX)

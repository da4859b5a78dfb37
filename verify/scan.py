"""Many files into the archive: walk, skip what is unchanged, examine the rest in workers, commit in batches.

A scan can be stopped at any moment, kill -9 included: a file is done when the transaction that holds
it is on disk, and the next scan goes on with the others. It reads no byte of a file whose path, size
and modification time are known, and examines no content twice.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from verify.errors import UnreadableMedia, VerifyError
from verify.examination import examine_file
from verify.media.files import OpenFile, open_file
from verify.media.worker import IsolatedPool
from verify.metadata.findings.picture import EXTENSIONS
from verify.progress import Failure, Progress, Report
from verify.records import Problem, Profile
from verify.store.role import Arrival, FileStamp, SeenBefore, Sighting, Store

COMMIT_SECONDS = 0.5
"""How long finished files wait for company before they are committed; results appear while the scan runs."""

COMMIT_FILES = 64
"""Files in one transaction at most."""

AHEAD = 4
"""Files handed out per worker, so that none waits for the next."""

MEDIA_SUFFIXES = frozenset(f".{name}" for names in EXTENSIONS.values() for name in names)
"""Names that promise a picture or a video: a file that breaks the promise is listed as a failure, while
a text file beside the pictures is merely counted. What a file *is* is decided by its content alone."""

WALK_ERRORS = {
    errno.EACCES: ("no-permission", "No permission to look inside."),
    errno.EPERM: ("no-permission", "No permission to look inside."),
    errno.ENOENT: ("missing", "Vanished while the folder was read."),
    errno.ENOTDIR: ("missing", "Vanished while the folder was read."),
    errno.ENAMETOOLONG: ("path-too-long", "Nested too deeply: the system takes no path of this length."),
}

COMPARED_AT_ONCE = 8
"""New items that one worker compares before it reports."""


def scan(
    paths: Iterable[str | os.PathLike[str]],
    store: Store,
    pool: IsolatedPool,
    *,
    profile: Profile = "full",
    exact: bool = False,
    skip: Iterable[Path] = (),
    report: Report = lambda _: None,
) -> Progress:
    """Bring every media file at or below `paths` into the store.

    Each file is opened and hashed in a thread of `pool` and decoded in one of its workers; `skip` names
    folders to leave out (the archive itself). `report` is called again and again with the same, growing
    `Progress`. Ctrl-C ends the scan in order: what is finished is committed and the result says
    `interrupted`. Raises `VerifyError` (code `missing`) if a path does not exist and `ArchiveError` if the
    store fails; broken files are in the result.
    """
    progress = Progress()
    left_out = {os.path.realpath(os.fsencode(folder)) for folder in skip}
    stamps = [stamp for path in paths for stamp in _walk(_root(path), left_out, progress)]
    progress.files = len(stamps)
    run = _Run(store, pool, progress, report, profile=profile, exact=exact)
    try:
        run.skip_unchanged(stamps)
        run.read(ahead=AHEAD * pool.jobs)
    except KeyboardInterrupt:
        run.stop()
    run.commit()
    return progress


def compare_new(
    store: Store,
    look: Callable[[Sequence[int]], Future[list[SeenBefore]]],
    progress: Progress,
    *,
    report: Report = lambda _: None,
) -> None:
    """Compare every item not compared yet with those that arrived before it, and keep the answers.

    `look` begins to answer for a few examinations; items it fails on stay uncompared until the next scan.
    Ctrl-C keeps what is finished, as in `scan`.
    """
    waiting = store.not_compared()
    progress.to_compare = len(waiting)
    some = [waiting[n : n + COMPARED_AT_ONCE] for n in range(0, len(waiting), COMPARED_AT_ONCE)]
    futures = [look(few) for few in some]
    try:
        for few, future in zip(some, futures, strict=True):
            error = future.exception()
            if error is not None:
                progress.not_compared += len(few)
                progress.not_compared_because = _in_a_line(error)
            else:
                answers = future.result()
                store.add_seen_before(answers)
                progress.seen_before += [answer for answer in answers if answer.matches]
            progress.compared += len(few)
            report(progress)
    except KeyboardInterrupt:
        for future in futures:
            future.cancel()
        progress.interrupted = True


def _in_a_line(error: BaseException) -> str:
    plain = isinstance(error, VerifyError)
    return str(error) if plain else f"Unexpected {type(error).__name__} while comparing."


def _root(path: str | os.PathLike[str]) -> bytes:
    """Return where to start; a link that the user names is followed, links below it are not."""
    root = os.path.realpath(os.fsencode(path))
    if not os.path.lexists(root):
        raise VerifyError(f"There is nothing at {os.fspath(path)}.", code="missing")
    return root


def _walk(root: bytes, left_out: set[bytes], progress: Progress) -> Iterator[FileStamp]:
    """Yield the regular files at or below `root` in the order of their names; open none."""
    waiting = [root]
    while waiting:  # not by recursion: folders may be nested deeper than Python's calls
        path = waiting.pop()
        try:
            status = os.lstat(path)
            if stat.S_ISREG(status.st_mode):
                yield FileStamp(path=path, size_bytes=status.st_size, modified_ns=status.st_mtime_ns)
            elif stat.S_ISDIR(status.st_mode):
                names = [] if path in left_out else sorted(os.listdir(path), reverse=True)
                waiting += [os.path.join(path, name) for name in names]
            else:
                what = "A link" if stat.S_ISLNK(status.st_mode) else "Not a regular file"
                _pass_over(progress, path, "not-a-regular-file", f"{what}: not followed, not opened.")
        except OSError as error:
            code, message = WALK_ERRORS.get(error.errno or 0, ("unreadable", "The disk cannot read it."))
            _pass_over(progress, path, code, message)


def _pass_over(progress: Progress, path: bytes, code: str, message: str) -> None:
    progress.passed_over.append(Failure(path=path, code=code, message=message))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One file to read."""

    stamp: FileStamp
    known: frozenset[str]
    """Items of its size that need no second examination."""


class _Run:
    """The moving parts of one scan: what waits, what is being read, what is to be committed."""

    def __init__(
        self,
        store: Store,
        pool: IsolatedPool,
        progress: Progress,
        report: Report,
        *,
        profile: Profile,
        exact: bool,
    ) -> None:
        self._store = store
        self._pool = pool
        self._progress = progress
        self._report = report
        self._profile: Profile = profile
        self._exact = exact
        self._waiting: list[_Job] = []
        self._running: dict[Future[Arrival], _Job] = {}
        self._arrived: list[Arrival] = []
        self._examined: set[str] = set()
        self._last_commit = time.monotonic()

    def skip_unchanged(self, stamps: list[FileStamp]) -> None:
        """Line up the files that have to be read, the next one last."""
        sightings = self._store.latest_sightings(stamp.path for stamp in stamps)
        sizes = {stamp.size_bytes for stamp in stamps}
        known = self._store.digests_by_size(sizes, profile=self._profile, exact=self._exact)
        unchanged: dict[bytes, str] = {}
        for stamp in stamps:
            candidates = known.get(stamp.size_bytes, frozenset())
            seen = sightings.get(stamp.path)
            if seen and seen.stamp == stamp and seen.sha256 in candidates:
                unchanged[stamp.path] = seen.sha256
            else:
                self._waiting.append(_Job(stamp=stamp, known=candidates))
        self._waiting.reverse()
        self._progress.bytes_to_read = sum(job.stamp.size_bytes for job in self._waiting)
        viewless = self._store.viewless(unchanged.values())
        for path, digest in unchanged.items():
            self._count(path, viewless.get(digest), "unchanged")
        self._report(self._progress)

    def read(self, *, ahead: int) -> None:
        """Keep the workers busy until every file is read and committed."""
        while self._waiting or self._running:
            while self._waiting and len(self._running) < ahead:
                self._hand_out(self._waiting.pop())
            finished, _ = wait(self._running, timeout=COMMIT_SECONDS, return_when=FIRST_COMPLETED)
            for future in finished:
                self._take(future, self._running.pop(future))
            if self._commit_is_due():
                self.commit()
            self._report(self._progress)

    def stop(self) -> None:
        """Let go of what is not finished."""
        self._pool.stop()
        self._progress.interrupted = True

    def commit(self) -> None:
        """Put on disk what has arrived; only then is it counted as done."""
        arrived, self._arrived = self._arrived, []
        if arrived:
            self._store.add(arrived)
            for arrival in arrived:
                self._book(arrival)
        self._last_commit = time.monotonic()
        self._report(self._progress)

    def _commit_is_due(self) -> bool:
        waited = time.monotonic() - self._last_commit
        return len(self._arrived) >= COMMIT_FILES or waited >= COMMIT_SECONDS

    def _hand_out(self, job: _Job) -> None:
        future = self._pool.submit(
            _read_file, self._pool, job.stamp.path, job.known, profile=self._profile, exact=self._exact
        )
        self._running[future] = job

    def _take(self, future: Future[Arrival], job: _Job) -> None:
        """Set one finished file aside for the next commit."""
        self._progress.bytes_read += job.stamp.size_bytes
        try:
            self._arrived.append(future.result())
        except UnreadableMedia as failure:
            self._fail(job.stamp.path, failure.code, failure.message)
        except VerifyError:  # no file is to blame: no worker can be started
            raise
        except Exception as error:  # noqa: BLE001 - whatever one file does, the others go on
            self._fail(job.stamp.path, "unexpected", f"Unexpected {type(error).__name__} while examining.")

    def _book(self, arrival: Arrival) -> None:
        """Count a file that is on disk now, by what became of it."""
        path, digest = arrival.sighting.stamp.path, arrival.sighting.sha256
        examination = arrival.examination
        if examination is None or digest in self._examined:
            others = [other for other in self._store.paths_of(digest) if other != path]
            gone = bool(others) and not any(os.path.lexists(other) for other in others)
            problem = self._store.viewless([digest]).get(digest)
            self._count(path, problem, "moved" if gone else "copied")
        else:
            self._examined.add(digest)
            self._count(path, None if examination.views else examination.problems[0], "examined")

    def _count(
        self, path: bytes, problem: Problem | None, place: Literal["examined", "unchanged", "copied", "moved"]
    ) -> None:
        """Count one file: in its `place` if it has views, else as a failure or as no media at all."""
        if problem is None:
            setattr(self._progress, place, getattr(self._progress, place) + 1)
        elif problem.code == "not-media" and not _claims_media(path):
            self._progress.other += 1
        else:
            self._fail(path, problem.code, problem.message)

    def _fail(self, path: bytes, code: str, message: str) -> None:
        self._progress.failures.append(Failure(path=path, code=code, message=message))


def _claims_media(path: bytes) -> bool:
    return os.path.splitext(path)[1].lower().decode("ascii", "replace") in MEDIA_SUFFIXES


def _read_file(
    pool: IsolatedPool, path: bytes, known: frozenset[str], *, profile: Profile, exact: bool
) -> Arrival:
    """Read one file: its hash, and what an examination in a worker shows unless it is known."""
    with open_file(os.fsdecode(path)) as file:
        sighting = _sighting(path, file)
        if file.sha256 in known:
            return Arrival(sighting=sighting, examination=None)
        examination = examine_file(file, pool, profile=profile, exact=exact)
        return Arrival(sighting=sighting, examination=examination)


def _sighting(path: bytes, file: OpenFile) -> Sighting:
    stamp = FileStamp(path=path, size_bytes=file.size_bytes, modified_ns=file.modified_ns)
    return Sighting(stamp=stamp, sha256=file.sha256, seen_at=datetime.now(UTC))

"""Many files into the archive: walk, skip what is unchanged, examine the rest in workers, commit in batches.

A scan can be stopped at any moment, kill -9 included: a file is done when the transaction that holds
it is on disk, and the next scan goes on with the others. It reads no byte of a file whose path, size
and modification time are known, and examines no content twice.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from verify.errors import UnreadableMedia, VerifyError
from verify.examination import examine_media, unexamined
from verify.media.files import MediaFile, open_media
from verify.media.worker import failure_of
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

COMPARED_AT_ONCE = 8
"""New items that one worker compares before it reports."""

HASH_ONLY_CODES = {"time-limit", "worker-died", "memory", "unexpected"}
"""Failures of the decoder: the file is read once more, for its hash alone, so that its item is kept."""

T = TypeVar("T")


class Workers(Protocol):
    """What a scan needs of a pool; `IsolatedPool` is one, so is any `concurrent.futures.Executor`."""

    def submit(self, work: Callable[..., T], *args: object, **named: object) -> Future[T]:
        """Start `work` and return its future."""


def scan(
    paths: Iterable[str | os.PathLike[str]],
    store: Store,
    workers: Workers,
    *,
    jobs: int,
    profile: Profile = "full",
    exact: bool = False,
    skip: Iterable[Path] = (),
    report: Report = lambda _: None,
) -> Progress:
    """Bring every media file at or below `paths` into the store.

    `jobs` is the number of workers; `skip` names folders to leave out (the archive itself). `report`
    is called again and again with the same, growing `Progress`. Ctrl-C ends the scan in order: what
    is finished is committed and the result says `interrupted`. Raises `VerifyError` (code `missing`)
    if a path does not exist and `ArchiveError` if the store fails; broken files are in the result.
    """
    progress = Progress()
    left_out = {os.path.realpath(os.fsencode(folder)) for folder in skip}
    stamps = [stamp for path in paths for stamp in _walk(_root(path), left_out, progress)]
    progress.files = len(stamps)
    run = _Run(store, workers, progress, report, profile=profile, exact=exact)
    try:
        run.skip_unchanged(stamps)
        run.read(ahead=AHEAD * jobs)
    except KeyboardInterrupt:
        run.stop()
    run.commit()
    return progress


def compare_new(
    store: Store,
    workers: Workers,
    look: Callable[[Sequence[int]], list[SeenBefore]],
    progress: Progress,
    *,
    report: Report = lambda _: None,
) -> None:
    """Compare every item not compared yet with those that arrived before it, and keep the answers.

    `look` answers for a few examinations, in a worker. Items it fails on stay uncompared until the next
    scan. Ctrl-C keeps what is finished, as in `scan`.
    """
    waiting = store.not_compared()
    progress.to_compare = len(waiting)
    some = [waiting[n : n + COMPARED_AT_ONCE] for n in range(0, len(waiting), COMPARED_AT_ONCE)]
    futures = [workers.submit(look, few) for few in some]
    try:
        for few, future in zip(some, futures, strict=True):
            error = future.exception()
            if error is not None:
                progress.not_compared += len(few)
                progress.not_compared_because = failure_of(error).message
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


def _root(path: str | os.PathLike[str]) -> bytes:
    """Return where to start; a link that the user names is followed, links below it are not."""
    root = os.path.realpath(os.fsencode(path))
    if not os.path.lexists(root):
        raise VerifyError(f"There is nothing at {os.fspath(path)}.", code="missing")
    return root


def _walk(path: bytes, left_out: set[bytes], progress: Progress) -> Iterator[FileStamp]:
    """Yield the regular files at or below `path` in the order of their names; open none."""
    try:
        status = os.lstat(path)
        if stat.S_ISREG(status.st_mode):
            yield FileStamp(path=path, size_bytes=status.st_size, modified_ns=status.st_mtime_ns)
        elif stat.S_ISDIR(status.st_mode):
            if path not in left_out:
                for name in sorted(os.listdir(path)):
                    yield from _walk(os.path.join(path, name), left_out, progress)
        else:
            what = "A link" if stat.S_ISLNK(status.st_mode) else "Not a regular file"
            _pass_over(progress, path, "not-a-regular-file", f"{what}: not followed, not opened.")
    except PermissionError:
        _pass_over(progress, path, "no-permission", "No permission to look inside.")
    except FileNotFoundError:
        _pass_over(progress, path, "missing", "Vanished while the folder was read.")


def _pass_over(progress: Progress, path: bytes, code: str, message: str) -> None:
    progress.passed_over.append(Failure(path=path, code=code, message=message))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One file to read."""

    stamp: FileStamp
    known: frozenset[str] = frozenset()
    """Items of its size that need no second examination."""
    hash_only: bool = False
    """True once the decoder has failed on it."""


class _Run:
    """The moving parts of one scan: what waits, what is being read, what is to be committed."""

    def __init__(
        self,
        store: Store,
        workers: Workers,
        progress: Progress,
        report: Report,
        *,
        profile: Profile,
        exact: bool,
    ) -> None:
        self._store = store
        self._workers = workers
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
        for future in self._running:
            future.cancel()
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
        future = self._workers.submit(
            _read_file, job.stamp.path, job.known, profile=self._profile, exact=self._exact
        )
        self._running[future] = job

    def _take(self, future: Future[Arrival], job: _Job) -> None:
        """Set one finished file aside for the next commit."""
        try:
            arrival = future.result()
        except Exception as error:  # noqa: BLE001 - whatever one file does, the others go on
            self._take_failure(failure_of(error), job)
            return
        self._progress.bytes_read += job.stamp.size_bytes
        self._arrived.append(arrival)

    def _take_failure(self, failure: UnreadableMedia, job: _Job) -> None:
        if failure.code in HASH_ONLY_CODES and not job.hash_only:
            problem = Problem(stage="worker", code=failure.code, message=failure.message)
            future = self._workers.submit(_read_hash, job.stamp.path, problem, profile=self._profile)
            self._running[future] = _Job(stamp=job.stamp, hash_only=True)
            return
        self._progress.bytes_read += job.stamp.size_bytes
        self._fail(job.stamp.path, failure.code, failure.message)

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


def _read_file(path: bytes, known: frozenset[str], *, profile: Profile, exact: bool) -> Arrival:
    """Read one file in a worker: its hash, and what an examination shows unless it is known."""
    with open_media(os.fsdecode(path)) as media:
        if media.sha256 in known:
            return Arrival(sighting=_sighting(path, media), examination=None)
        return Arrival(
            sighting=_sighting(path, media), examination=examine_media(media, profile=profile, exact=exact)
        )


def _read_hash(path: bytes, problem: Problem, *, profile: Profile) -> Arrival:
    """Read one file in a worker after its decoder has failed: its hash alone."""
    with open_media(os.fsdecode(path)) as media:
        return Arrival(
            sighting=_sighting(path, media), examination=unexamined(media, problem, profile=profile)
        )


def _sighting(path: bytes, media: MediaFile) -> Sighting:
    stamp = FileStamp(path=path, size_bytes=media.size_bytes, modified_ns=media.modified_ns)
    return Sighting(stamp=stamp, sha256=media.sha256, seen_at=datetime.now(UTC))

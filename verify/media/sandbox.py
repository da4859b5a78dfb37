"""What a worker gives up before it sees the first byte of a stranger's file, and never gets back.

Limits hold on every Unix (Windows has none of this): memory, no core dump, nothing written to files, few
open files; CPU time is limited anew for each task. On Linux a superuser's worker is a superuser no more, and
there are two locks besides, each enough to stop most of what an exploit would want, neither needing rights or
a library: Landlock (kernel 5.13) lets it open nothing but the files of Python and its libraries, for reading;
seccomp (an allow-list, `syscalls.py`) takes away network, other programs, signals and every way to change a
file. What a kernel lacks is left out; `in_force` says so.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import site
import struct
import sys
import sysconfig
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from verify.media import syscalls

MAX_MEMORY_BYTES: Final = 4 * 2**30
"""Private memory; a 200-megapixel photo decoded in full with its copies stays below 2 GiB."""

MAX_OPEN_FILES: Final = 64
"""The file at hand, the way to the parent, and what libraries keep open; a worker uses about ten."""

FILE_SECONDS: Final = 900
"""Wall clock and CPU time for one file: half as long again as the longest walk through a video may take."""

LEAST_SECONDS: Final = 0.001
"""What is left to a task that has used all its time: none at all would be no limit."""

PR_SET_NO_NEW_PRIVS: Final = 38
CAPABILITY_VERSION: Final = 0x20080522
"""_LINUX_CAPABILITY_VERSION_3 (linux/capability.h): each set has two words."""
KEPT_CAPABILITIES: Final = 1 << 2
"""CAP_DAC_READ_SEARCH: Python may lie in another user's folder and is read when it is needed; which folders
those are is for Landlock."""
LANDLOCK_CREATE_RULESET_VERSION: Final = 1
LANDLOCK_RULE_PATH_BENEATH: Final = 1
READ_FILE_AND_FOLDER: Final = 1 << 2 | 1 << 3
"""LANDLOCK_ACCESS_FS_READ_FILE and _READ_DIR (linux/landlock.h)."""
FILE_RIGHTS: Final = ((1, 13), (2, 14), (3, 15), (5, 16))
"""From which ABI of Landlock on how many rights over files there are (kernel, userspace-api/landlock)."""
NET_RIGHTS: Final = 0b11
"""Bind and connect by TCP; from ABI 4."""
SCOPES: Final = 0b11
"""Abstract Unix sockets and signals of other domains; from ABI 6."""

SECCOMP_SET_MODE_FILTER: Final = 1
SECCOMP_FILTER_FLAG_TSYNC: Final = 1
"""For all threads of the process."""
ALLOW: Final = 0x7FFF0000
REFUSE: Final = 0x00050000 | 1  # EPERM
UNKNOWN: Final = 0x00050000 | 38  # ENOSYS
KILL: Final = 0x80000000
LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
IF_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
IF_ANY_BIT: Final = 0x45  # BPF_JMP | BPF_JSET | BPF_K
RETURN: Final = 0x06  # BPF_RET | BPF_K
NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = 0, 4, 16
"""Offsets in `struct seccomp_data` (linux/seccomp.h)."""
CLONE_THREAD: Final = 0x00010000
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one worker may use."""

    memory_bytes: int = MAX_MEMORY_BYTES
    seconds: float = FILE_SECONDS
    """For one task."""


_held: list[str] = []

_own_memory: list[int] = []
"""A descriptor of what the kernel says of this process, opened while it may open files; Linux only."""


def in_force() -> str:
    """Say what this process is locked down by: `landlock+seccomp+limits`, or less; `none` if by nothing."""
    return "+".join(_held) or "none"


def lock_down(limits: Limits, *, confined: bool) -> None:
    """Limit this process for good; `in_force` then says how far that went.

    Without `confined` only memory is limited: for work on our own files, which opens and writes some.
    """
    _limit(limits, confined=confined)
    with suppress(OSError):
        _own_memory.append(os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC))
    if confined and sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _drop_capabilities(libc)
        locks = {"landlock": _landlock(libc), "seccomp": _seccomp(libc)}
        _held.extend(name for name, holds in locks.items() if holds)
    _held.append("limits")


def allow_seconds(seconds: float) -> None:
    """Let this process use so much CPU time from now on; then the kernel ends it (SIGPROF).

    A timer, and not RLIMIT_CPU: that counts whole ticks since the process began, a third more than the time
    it had where it works in short turns, so that what is left of it cannot be known.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)


@contextmanager
def at_most_seconds(seconds: float) -> Iterator[None]:
    """Let a worker use so much CPU time for one call of a decoder that can be stopped in no other way."""
    if not _held:  # no worker: nobody would take its place
        yield
        return
    for_all, _ = signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        left, _ = signal.getitimer(signal.ITIMER_PROF)
        allow_seconds(max(for_all - (seconds - left), LEAST_SECONDS))


@contextmanager
def at_most_bytes(memory_bytes: int) -> Iterator[None]:
    """Let a worker use so much memory beside what it holds already; a decoder that wants more fails."""
    if not _own_memory:
        yield
        return
    before = soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (min(soft, _bytes_held() + memory_bytes), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _bytes_held() -> int:
    """Return the size of this process's data, as the limit counts it (proc(5), statm)."""
    return int(os.pread(_own_memory[0], 200, 0).split()[5]) * resource.getpagesize()


def _limit(limits: Limits, *, confined: bool) -> None:
    for what, most in (
        (resource.RLIMIT_DATA, limits.memory_bytes),
        (resource.RLIMIT_CORE, 0),
        *(((resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, MAX_OPEN_FILES)) if confined else ()),
    ):
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Be no superuser any more: CAP_SYS_RESOURCE would let a worker raise its own limits again."""
    header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
    held = ctypes.create_string_buffer(struct.calcsize("=6I"))
    if libc.capget(header, held) == 0:
        _, permitted, _, *_ = struct.unpack("=6I", held.raw)
        kept = permitted & KEPT_CAPABILITIES
        libc.capset(header, struct.pack("=6I", kept, kept, 0, 0, 0, 0))


def _landlock(libc: ctypes.CDLL) -> bool:
    """Allow reading below the folders of Python and its libraries, and no other use of any path."""
    create, add, restrict = syscalls.LANDLOCK
    version = libc.syscall(create, None, 0, LANDLOCK_CREATE_RULESET_VERSION)
    if version < 1:
        return False
    rights = max(count for since, count in FILE_RIGHTS if since <= version)
    handled = struct.pack("=QQQ", (1 << rights) - 1, NET_RIGHTS * (version >= 4), SCOPES * (version >= 6))
    ruleset = libc.syscall(create, handled, len(handled), 0)
    if ruleset < 0:
        return False
    for folder in readable_folders():
        descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", READ_FILE_AND_FOLDER, descriptor)
        libc.syscall(add, ruleset, LANDLOCK_RULE_PATH_BENEATH, rule, 0)
        os.close(descriptor)
    holds: bool = libc.syscall(restrict, ruleset, 0) == 0
    os.close(ruleset)
    return holds


def readable_folders() -> list[Path]:
    """List what a confined worker may read: folders of code and of time zones."""
    places = sysconfig.get_paths()
    wanted: list[str | Path] = [
        *(places[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        *([site.getusersitepackages()] if site.ENABLE_USER_SITE else []),
        Path(__file__).parents[1],
        *zoneinfo.TZPATH,
        *("/lib", "/lib64", "/usr/lib", "/usr/lib64"),
    ]
    return [path for path in (Path(place) for place in wanted) if path.is_dir()]


def _seccomp(libc: ctypes.CDLL) -> bool:
    column, architecture = syscalls.ARCHITECTURES.get(platform.machine(), (0, 0))
    call = syscalls.SECCOMP[column]
    if not architecture:
        return False
    steps = b"".join(_steps(column, architecture))
    program = struct.pack("HL", len(steps) // 8, ctypes.addressof(kept := ctypes.create_string_buffer(steps)))
    holds: bool = libc.syscall(call, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, program) == 0
    del kept
    return holds


def _steps(column: int, architecture: int) -> Iterator[bytes]:
    """Yield the filter: one verdict after the other for the number of the call, the last one refuses."""
    yield _step(LOAD, ARCHITECTURE_AT)
    yield _step(IF_EQUAL, architecture, then=1)
    yield _step(RETURN, KILL)
    yield _step(LOAD, NUMBER_AT)
    for numbers in syscalls.ALLOWED.values():
        yield from _when(numbers[column], _step(RETURN, ALLOW))
    yield from _when(syscalls.OPEN[column], *_unless_any_bit(1, WRITING))
    yield from _when(syscalls.OPENAT[column], *_unless_any_bit(2, WRITING))
    yield from _when(syscalls.PRLIMIT[column], *_unless_any_bit(0, 0xFFFFFFFF))
    yield from _when(
        syscalls.CLONE[column],
        _step(LOAD, ARGUMENTS_AT),
        _step(IF_ANY_BIT, CLONE_THREAD, otherwise=1),
        _step(RETURN, ALLOW),
        _step(RETURN, REFUSE),
    )
    yield from _when(syscalls.CLONE3[column], _step(RETURN, UNKNOWN))
    yield _step(RETURN, REFUSE)


def _when(number: int | None, *verdict: bytes) -> Iterator[bytes]:
    if number is not None:
        yield _step(IF_EQUAL, number, otherwise=len(verdict))
        yield from verdict


def _unless_any_bit(argument: int, bits: int) -> tuple[bytes, ...]:
    """Allow a call if none of these bits is set in the low half of an argument."""
    return (
        _step(LOAD, ARGUMENTS_AT + 8 * argument),
        _step(IF_ANY_BIT, bits, then=1),
        _step(RETURN, ALLOW),
        _step(RETURN, REFUSE),
    )


def _step(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """Pack one instruction (`struct sock_filter`): skip `then` or `otherwise` of the next ones."""
    return struct.pack("=HBBI", code, then, otherwise, value)

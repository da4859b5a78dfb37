"""The system calls that a locked-down worker may make, with their numbers.

What it takes to compute, to read what is open, to open for reading and to answer: no network, no other
program, no signal to others, nothing that creates, changes or removes a file. All else fails with EPERM.
Numbers are from the kernel's tables: arch/x86/entry/syscalls/syscall_64.tbl and asm-generic/unistd.h.
"""

from __future__ import annotations

from typing import Final

ARCHITECTURES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Machine (`platform.machine`) to its column below and its AUDIT_ARCH (linux/audit.h)."""

ALLOWED: Final[dict[str, tuple[int | None, int | None]]] = {
    # reading and writing what is open
    "read": (0, 63),
    "write": (1, 64),
    "lseek": (8, 62),
    "pread64": (17, 67),
    "readv": (19, 65),
    "writev": (20, 66),
    "close": (3, 57),
    "close_range": (436, 436),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "fcntl": (72, 25),
    "fadvise64": (221, 223),
    # looking at files
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    # memory
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "mincore": (27, 232),
    "madvise": (28, 233),
    "membarrier": (324, 283),
    # threads and waiting
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "set_tid_address": (218, 96),
    "rseq": (334, 293),
    "arch_prctl": (158, None),
    "sched_yield": (24, 124),
    "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22),
    "eventfd2": (290, 19),
    # time and identity
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getitimer": (36, 102),
    "setitimer": (38, 103),
    "getrandom": (318, 278),
    "getrusage": (98, 165),
    "getrlimit": (97, 163),
    "sysinfo": (99, 179),
    "uname": (63, 160),
    # signals to itself, and the end
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "exit": (60, 93),
    "exit_group": (231, 94),
    # the socket to the parent, which is open already
    "recvfrom": (45, 207),
    "recvmsg": (47, 212),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
}
"""Name to its number on x86_64 and aarch64; None where the machine does not have it."""

OPEN: Final = (2, None)
"""Allowed for reading: the flags are its second argument."""
OPENAT: Final = (257, 56)
"""Allowed for reading: the flags are its third argument."""
CLONE: Final = (56, 220)
"""Allowed for a thread: the flags are its first argument."""
CLONE3: Final = (435, 435)
"""Its flags lie in memory, where a filter cannot look: said not to exist, so that libc takes `clone`."""
PRLIMIT: Final = (302, 261)
"""Allowed on the process itself: process 0 is its first argument."""
LANDLOCK: Final = (444, 445, 446)
"""Create a ruleset, add a rule, restrict oneself: the same numbers on every machine."""
SECCOMP: Final = (317, 277)

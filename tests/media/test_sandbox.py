"""What a locked-down worker cannot do, tried in a real one."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import verify
from verify.media.sandbox import Limits, at_most_bytes, at_most_seconds
from verify.media.trial import try_out
from verify.media.worker import IsolatedPool, shared

on_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Landlock and seccomp are Linux's own"
)

CAP_DAC_READ_SEARCH = 2
"""Its number in linux/capability.h."""


def open_in_worker(path: str) -> str:
    """Stand for a decoder that opens a file by its name."""
    return Path(path).read_text()


def compute(seconds: float, *, at_once: float | None = None) -> bool:
    """Use CPU time; of it so much `at_once` as if one call of a decoder took it."""
    if at_once is not None:
        with at_most_seconds(1.0):
            compute(at_once)
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return True


def use_memory(amount: int) -> int:
    return len(bytearray(amount))


def use_memory_in_turns() -> tuple[bool, int]:
    """Take more than a decoder is allowed, then what it is allowed, then more again when it is over."""
    with at_most_bytes(50_000_000):
        try:
            len(bytearray(60_000_000))
        except MemoryError:
            refused = True
        else:
            refused = False
        allowed = len(bytearray(30_000_000))
    return refused, allowed + len(bytearray(60_000_000))


def process_number() -> int:
    return os.getpid()


def start_a_thread() -> bool:
    seen = []
    thread = threading.Thread(target=seen.append, args=(1,))
    thread.start()
    thread.join()
    return bool(seen)


def connect_to(name: str) -> bool:
    with socket.socket(socket.AF_UNIX) as way:
        way.connect(name)
    return True


def count_descriptors() -> int:
    """Count the open descriptors above the standard ones."""
    count = 0
    for descriptor in range(3, 64):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        count += 1
    return count


@pytest.fixture(scope="module")
def pool() -> Iterator[IsolatedPool]:
    """Return workers that know this module."""
    assert shared().sandbox  # the fork server begins without it
    with IsolatedPool(1, limits=Limits(memory_bytes=2**30, seconds=20), preload=[__name__]) as started:
        yield started


@on_linux
def test_everything_that_a_worker_has_no_business_to_do_is_refused(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("a secret")
    trial = shared().ask(try_out, str(tmp_path))
    assert trial.sandbox == "landlock+seccomp+limits"
    assert [attempt.what for attempt in trial.attempts if not attempt.refused] == []
    assert (tmp_path / "there").read_text() == "a secret"
    assert not (tmp_path / "written").exists()


@on_linux
def test_the_files_of_the_user_cannot_be_read_and_those_of_python_can(pool: IsolatedPool) -> None:
    with pytest.raises(verify.UnreadableMedia) as refusal:
        pool.ask(open_in_worker, "/etc/passwd")
    assert (refusal.value.code, "PermissionError" in refusal.value.message) == ("unexpected", True)
    assert "def" in pool.ask(open_in_worker, os.__file__)


@on_linux
def test_not_even_a_socket_on_this_machine_can_be_reached(pool: IsolatedPool, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        with pytest.raises(verify.UnreadableMedia, match="PermissionError"):
            pool.ask(connect_to, str(tmp_path / "s"))


def test_memory_ends_at_the_limit(pool: IsolatedPool) -> None:
    assert pool.ask(use_memory, 2**20) == 2**20
    with pytest.raises(verify.UnreadableMedia) as refusal:
        pool.ask(use_memory, 2**31)
    assert refusal.value.code == "memory"


def test_a_worker_that_ran_out_of_memory_is_not_asked_again(pool: IsolatedPool) -> None:
    before = pool.ask(process_number)
    assert pool.ask(process_number) == before
    with pytest.raises(verify.UnreadableMedia):
        pool.ask(use_memory, 2**31)
    assert pool.ask(process_number) != before


def test_a_call_that_takes_too_long_is_ended_by_the_time_it_used(pool: IsolatedPool) -> None:
    with pytest.raises(verify.UnreadableMedia) as refusal:
        pool.ask(compute, 0.0, at_once=60.0)
    assert refusal.value.code == "time-limit"


def test_after_a_call_with_a_limit_of_its_own_the_file_has_the_rest_of_its_time(pool: IsolatedPool) -> None:
    assert pool.ask(compute, 2.0, at_once=0.1)


def test_a_worker_that_has_worked_long_gives_the_next_file_all_its_time(pool: IsolatedPool) -> None:
    before = pool.ask(process_number)
    for _ in range(6):
        assert pool.ask(compute, 0.5, at_once=0.3)
    assert pool.ask(process_number) == before


def raise_memory_limit(amount: int) -> int:
    """Stand for an exploit that gives its process more memory, and takes it."""
    resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return len(bytearray(amount))


def test_a_worker_cannot_raise_its_limits(pool: IsolatedPool) -> None:
    with pytest.raises(verify.UnreadableMedia) as refusal:
        pool.ask(raise_memory_limit, 2**31)
    assert (refusal.value.code, "ValueError" in refusal.value.message) == ("unexpected", True)


CAPABILITIES_AFTERWARDS = """
from verify.media.sandbox import Limits, lock_down
with open("/proc/self/status") as status:
    lock_down(Limits(), confined=True)
    print(*(line.split()[1] for line in status if line.startswith(("CapPrm", "CapEff"))))
"""


@on_linux
@pytest.mark.skipif(os.geteuid() != 0, reason="only a superuser has capabilities to give up")
def test_the_superuser_keeps_none_of_the_rights_but_reading() -> None:
    """With CAP_SYS_RESOURCE, which a superuser in a container may lack, a process raises its own limits."""
    done = subprocess.run(
        [sys.executable, "-c", CAPABILITIES_AFTERWARDS], capture_output=True, text=True, check=True
    )
    assert {int(word, 16) for word in done.stdout.split()} <= {0, 1 << CAP_DAC_READ_SEARCH}
    assert done.stdout


def test_threads_are_allowed(pool: IsolatedPool) -> None:
    assert pool.ask(start_a_thread)


def test_a_worker_holds_no_descriptor_but_the_way_to_its_parent_and_its_own_size(pool: IsolatedPool) -> None:
    assert pool.ask(count_descriptors) == 2


@on_linux
def test_one_call_of_a_decoder_may_be_allowed_less_memory(pool: IsolatedPool) -> None:
    assert pool.ask(use_memory_in_turns) == (True, 90_000_000)

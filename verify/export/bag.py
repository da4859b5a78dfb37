"""Writes a BagIt bag (RFC 8493): a folder that lists the digests of all it holds, and of its lists.

Each file is hashed while it is written, with SHA-256 and SHA-512, and synced. The bag grows under another
name and gets its own at the end, so a bag that is there is whole. All names in it are made here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final

from verify.errors import VerifyError, storage_failed
from verify.on_disk import settle

DECLARATION: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

ALGORITHMS: Final = ("sha256", "sha512")
"""RFC 8493 asks for sha512 and recommends it; sha256 is how items are called."""

BLOCK: Final = 1 << 20
"""Bytes copied at once."""

PAYLOAD: Final = "data/"


class Bag:
    """A bag that is being written; a context manager that leaves a whole bag or nothing.

    Raises `VerifyError` with code `exists` if something has the bag's name already, `storage` if it cannot be
    written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.digest = ""
        """SHA-256 of the tag manifest once the bag is finished: the digest of the whole."""
        self._digests: dict[str, dict[str, str]] = {}
        self._payload_bytes = 0

    def __enter__(self) -> Bag:
        if os.path.lexists(self.folder):
            message = f"There is something at {self.folder} already."
            raise VerifyError(
                message, code="exists", hint="A bundle is never overwritten: choose a new name."
            )
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self._growing = Path(tempfile.mkdtemp(prefix=f".{self.folder.name}-", dir=self.folder.parent))
        except OSError as error:
            raise storage_failed(f"Cannot write {self.folder}", error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is not None:
            shutil.rmtree(self._growing, ignore_errors=True)
        if isinstance(error, OSError):
            raise storage_failed(f"Cannot write {self.folder}", error) from error

    def add(self, name: str, content: bytes) -> None:
        """Write a file; names that start with `data/` are the payload."""
        self.copy(name, [content])

    def copy(self, name: str, blocks: Iterable[bytes]) -> str:
        """Write a file block by block and return its SHA-256."""
        making = {algorithm: hashlib.new(algorithm) for algorithm in ALGORITHMS}
        path = self._growing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            for block in blocks:
                stream.write(block)
                for digest in making.values():
                    digest.update(block)
            size = stream.tell()
            stream.flush()
            os.fsync(stream.fileno())
        self._digests[name] = {algorithm: digest.hexdigest() for algorithm, digest in making.items()}
        self._payload_bytes += size if name.startswith(PAYLOAD) else 0
        return self._digests[name]["sha256"]

    def drop(self, name: str) -> None:
        """Take a file out again."""
        path = self._growing / name
        self._payload_bytes -= path.stat().st_size
        path.unlink()
        del self._digests[name]

    def finish(self, about: Mapping[str, str]) -> None:
        """Write the lists and give the bag its name. `about` goes into bag-info.txt."""
        files = sum(1 for name in self._digests if name.startswith(PAYLOAD))
        facts = {**about, "Payload-Oxum": f"{self._payload_bytes}.{files}"}
        self.add("bagit.txt", DECLARATION.encode())
        self.add("bag-info.txt", "".join(f"{name}: {value}\n" for name, value in facts.items()).encode())
        manifests = {one: self._list(one, payload=True) for one in ALGORITHMS}
        for algorithm, lines in manifests.items():
            self.add(f"manifest-{algorithm}.txt", lines)
        tags = {one: self._list(one, payload=False) for one in ALGORITHMS}
        for algorithm, lines in tags.items():
            self.add(f"tagmanifest-{algorithm}.txt", lines)
        self.digest = hashlib.sha256(tags["sha256"]).hexdigest()
        for folder, _, _ in os.walk(self._growing, topdown=False):
            settle(Path(folder))
        self._growing.chmod(0o755)
        self._growing.rename(self.folder)
        settle(self.folder.parent)

    def _list(self, algorithm: str, *, payload: bool) -> bytes:
        names = sorted(name for name in self._digests if name.startswith(PAYLOAD) == payload)
        return "".join(f"{self._digests[name][algorithm]}  {name}\n" for name in names).encode()


def blocks_of(stream: BinaryIO) -> Iterable[bytes]:
    """Walk a file from its start."""
    stream.seek(0)
    return iter(lambda: stream.read(BLOCK), b"")

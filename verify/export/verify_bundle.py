#!/usr/bin/env python3
"""Is this evidence bundle as it was when it was made? Needs Python 3.8 or newer and nothing else.

    python verify_bundle.py FOLDER [--digest DIGEST] [--head HEAD]

Every file is hashed, and whatever was changed, added or taken away is named. The events are proved to be in
their log, up to its head. Somebody who can rewrite the whole bundle can rewrite its manifests too: only the
digest that was written down elsewhere when the bundle was made proves that nobody did. Whoever does not trust
the copy of this program that lies in the bundle takes it from the project instead.

Exit code: 0 if all is as recorded, 1 if something is not, 2 if the check could not be made.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import stat
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
"""All of bagit.txt (RFC 8493, 2.1.1)."""

ALGORITHMS = ("sha256", "sha512")

DIGEST_OF = "tagmanifest-sha256.txt"
"""The file whose SHA-256 is the digest of the bundle: it lists the other lists."""

PAYLOAD = "data/"

SHORT = 24
"""Hexadecimal digits of a digest that are written down: 96 bits."""

GROUP = 4

BLOCK = 1 << 20
"""Bytes read at once."""

UNSAFE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
"""Unicode categories that could steer a terminal."""


class Fault(NamedTuple):
    """One thing that is not as it was recorded."""

    code: str
    """One of: changed, missing, added, no-file, manifest, original, log, other-digest, other-head."""
    subject: str
    """The file it is about."""
    message: str
    """A plain sentence."""


class Result(NamedTuple):
    """What a check has found."""

    faults: list[Fault]
    digest: str
    """SHA-256 of the tag manifest, 64 digits; empty if there is none."""
    files: int
    size_bytes: int
    items: int
    events: int


def check(folder: Path, digest: str | None = None, head: str | None = None) -> Result:
    """Prove a bundle. `digest` and `head` are what was written down. Raises `OSError` and `ValueError`."""
    check_written(digest, head)
    names, faults = walk(folder)
    if "bagit.txt" not in names:
        raise ValueError("This folder is no bundle: it has no bagit.txt.")
    hashed, size = hash_all(folder, names)
    faults += compare(folder, hashed)
    found = hashed["sha256"].get(DIGEST_OF, "")
    if digest is not None and not matches(found, digest):
        message = "This is not the bundle whose digest was written down: its manifests were made anew."
        faults.append(Fault("other-digest", DIGEST_OF, message))
    items, events, more = check_contents(folder, hashed["sha256"], head)
    return Result(faults + more, found, len(names), size, items, events)


def walk(folder: Path) -> tuple[list[str], list[Fault]]:
    """Return the names of all files, and what is neither file nor folder, or an empty folder."""
    names: list[str] = []
    faults: list[Fault] = []
    for parent, folders, files in os.walk(folder, onerror=_raise):
        here = Path(parent)
        for path in sorted([here / one for one in files] + [here / one for one in folders]):
            shown = path.relative_to(folder).as_posix()
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode):
                continue
            if stat.S_ISREG(mode):
                names.append(shown)
            else:
                faults.append(Fault("no-file", shown, "It is a link or a device, which no bundle holds."))
        if not files and not folders:
            shown = here.relative_to(folder).as_posix()
            faults.append(Fault("added", shown, "This empty folder is not part of the bundle."))
    return sorted(names), faults


def _raise(error: OSError) -> None:
    raise error


def hash_all(folder: Path, names: list[str]) -> tuple[dict[str, dict[str, str]], int]:
    """Return the digests of all files by algorithm, and how many bytes they have."""
    hashed: dict[str, dict[str, str]] = {algorithm: {} for algorithm in ALGORITHMS}
    size = 0
    for name in names:
        making = {algorithm: hashlib.new(algorithm) for algorithm in ALGORITHMS}
        with (folder / name).open("rb") as stream:
            for block in iter(lambda: stream.read(BLOCK), b""):
                size += len(block)
                for one in making.values():
                    one.update(block)
        for algorithm, one in making.items():
            hashed[algorithm][name] = one.hexdigest()
    return hashed, size


def compare(folder: Path, hashed: dict[str, dict[str, str]]) -> list[Fault]:
    """Compare the files with what the manifests say of them."""
    stated: dict[tuple[str, str], dict[str, str]] = {}
    faults: list[Fault] = []
    for prefix in ("", "tag"):
        for algorithm in ALGORITHMS:
            name = f"{prefix}manifest-{algorithm}.txt"
            stated[prefix, algorithm], wrong = read_manifest(folder, name, algorithm)
            faults += [Fault("manifest", name, message) for message in wrong]
    lists = [f"tagmanifest-{algorithm}.txt" for algorithm in ALGORITHMS]
    names = {name for one in stated.values() for name in one} | set(hashed[ALGORITHMS[0]]) - set(lists)
    for name in sorted(names):
        prefix = "" if name.startswith(PAYLOAD) else "tag"
        said = {algorithm: stated[prefix, algorithm].get(name) for algorithm in ALGORITHMS}
        faults += judge(name, said, {one: hashed[one].get(name) for one in ALGORITHMS})
    return faults + declaration(folder)


def judge(name: str, said: dict[str, str | None], found: dict[str, str | None]) -> Iterator[Fault]:
    """Compare one file with the manifests; where these disagree, the one that is wrong is named."""
    kind = "" if name.startswith(PAYLOAD) else "tag"
    manifests = {algorithm: f"{kind}manifest-{algorithm}.txt" for algorithm in ALGORITHMS}
    listed = [algorithm for algorithm in ALGORITHMS if said[algorithm] is not None]
    differ = [algorithm for algorithm in ALGORITHMS if said[algorithm] != found[algorithm]]
    if not differ:
        return
    if not listed:
        yield Fault("added", name, "This file is not part of the bundle: no manifest lists it.")
    elif len(differ) < len(ALGORITHMS) or (None in found.values() and len(listed) < len(ALGORITHMS)):
        wrong = differ[0] if len(differ) < len(ALGORITHMS) else listed[0]
        yield Fault("manifest", manifests[wrong], f"What it says of {name} was changed.")
    elif None in found.values():
        yield Fault("missing", name, "This file is gone.")
    else:
        yield Fault("changed", name, "Its bytes are not those that were recorded.")


def read_manifest(folder: Path, name: str, algorithm: str) -> tuple[dict[str, str], list[str]]:
    """Return what a manifest states, and the sentences about what is wrong with its own form."""
    stated: dict[str, str] = {}
    try:
        text = (folder / name).read_bytes().decode("utf-8", "backslashreplace")
    except FileNotFoundError:
        return stated, ["This manifest is gone."]
    wrong = []
    line_shape = re.compile(f"([0-9a-f]{{{hashlib.new(algorithm).digest_size * 2}}})  ([^\\s].*)")
    lines = text.split("\n")
    if lines.pop() != "":
        wrong.append("Its last line was cut.")
    for number, line in enumerate(lines, 1):
        shape = line_shape.fullmatch(line)
        if shape is None or shape.group(2) in stated:
            wrong.append(f"Line {number} was changed.")
        else:
            stated[shape.group(2)] = shape.group(1)
    if list(stated) != sorted(stated):
        wrong.append("Its lines are not in order.")
    return stated, wrong


def declaration(folder: Path) -> list[Fault]:
    """Look at the one file that says what all others are."""
    if (folder / "bagit.txt").read_bytes() == DECLARATION:
        return []
    return [Fault("changed", "bagit.txt", "It is not what starts a bag (RFC 8493).")]


def check_contents(folder: Path, hashed: dict[str, str], head: str | None) -> tuple[int, int, list[Fault]]:
    """Prove the originals and the log; return how many items and events there are, and what is wrong."""
    try:
        bundle = json.loads((folder / "data" / "bundle.json").read_bytes().decode())
        wrong = list(check_originals(bundle["items"], hashed))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):  # whatever stands in its place
        return 0, 0, [Fault("manifest", "data/bundle.json", "It cannot be read.")]
    try:
        lines = (folder / "data" / "log" / "events.jsonl").read_bytes().decode().split("\n")
        events = [json.loads(line) for line in lines if line]
        chain = json.loads((folder / "data" / "log" / "chain.json").read_bytes().decode())
        wrong += check_chain(events, chain, head)
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        return len(bundle["items"]), 0, [*wrong, Fault("log", "data/log", f"It cannot be read: {error}")]
    return len(bundle["items"]), len(events), wrong


def check_originals(items: list[dict[str, Any]], hashed: dict[str, str]) -> Iterator[Fault]:
    """Every original must have the digest by which its item is called."""
    for item in items:
        name = item["original"]
        if name is not None and name in hashed and hashed[name] != item["sha256"]:
            yield Fault("original", name, "Its bytes are not those of item {}.".format(item["sha256"]))


def check_chain(events: list[dict[str, Any]], chain: dict[str, Any], head: str | None) -> Iterator[Fault]:
    """Walk the chain from the first of the events to the head of the log; they must all be in it."""
    digests = {chain["first"] - 1: chain["previous"]}
    contents = dict(enumerate(chain["contents"], chain["first"]))
    for sequence, content in contents.items():
        link = {"content": content, "previous": digests[sequence - 1], "sequence": sequence}
        digests[sequence] = digest_of(link)
    for event in events:
        said = {
            name: value for name, value in event.items() if name not in ("sequence", "previous", "digest")
        }
        place = (event["sequence"], event["previous"], event["digest"])
        sequence = place[0]
        if contents.get(sequence) != digest_of(said) or place[1:] != (
            digests.get(sequence - 1),
            digests.get(sequence),
        ):
            message = f"Event {sequence} is not the one that is in the log."
            yield Fault("log", "data/log/events.jsonl", message)
    last, stated = max(digests), chain["head"]
    if (last, digests[last]) != (stated["sequence"], stated["digest"]):
        yield Fault("log", "data/log/chain.json", "The chain does not end in the head of the log.")
    if head is not None:
        yield from check_head(head, digests)


def check_head(head: str, digests: dict[int, str]) -> Iterator[Fault]:
    """Compare with a head of the log that was written down."""
    number, _, written = head.partition("-")
    known = digests.get(int(number))
    if known is None:
        message = "Event {} is not in this stretch of the log, {} to {}."
        yield Fault("other-head", "data/log/chain.json", message.format(number, min(digests), max(digests)))
    elif not matches(known, written):
        message = "Event {} is not the one whose digest was written down."
        yield Fault("other-head", "data/log/chain.json", message.format(number))


def digest_of(value: Any) -> str:
    """Return the SHA-256 over canonical JSON (RFC 8785, without floating-point numbers)."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def matches(digest: str, written: str) -> bool:
    """Say whether a digest is the one that was written down, in groups or whole."""
    return digest.startswith(digits_of(written))


def digits_of(written: str) -> str:
    """Return the digits of a digest that was written down; ValueError if they are too few."""
    digits = re.sub(r"[\s:-]", "", written).lower()
    if re.fullmatch(f"[0-9a-f]{{{SHORT},64}}", digits) is None:
        raise ValueError(f"A digest has at least {SHORT} hexadecimal digits.")
    return digits


def check_written(digest: str | None, head: str | None) -> None:
    """Refuse what cannot have been written down: nothing could be compared with it."""
    if digest is not None:
        digits_of(digest)
    if head is not None:
        number, _, written = head.partition("-")
        if re.fullmatch("[0-9]{1,18}", number) is None:
            raise ValueError("A head is the number of an event and its digest, with a hyphen between.")
        digits_of(written)


def short(digest: str) -> str:
    """Return a digest as a person writes it down."""
    return "-".join(digest[start : start + GROUP] for start in range(0, SHORT, GROUP))


def printable(text: str) -> str:
    """Return a name as one line that steers no terminal."""
    return "".join("\ufffd" if unicodedata.category(char) in UNSAFE else char for char in text)


def counted(number: int, word: str) -> str:
    """Return how many there are of something."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def main(arguments: list[str] | None = None) -> int:
    """Check one bundle and say what was found."""
    parser = argparse.ArgumentParser(
        description="Prove that an evidence bundle is as it was when it was made."
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--digest", help="the digest of the bundle that was written down")
    parser.add_argument("--head", help="a head of the log that was written down")
    asked = parser.parse_args(arguments)
    try:
        result = check(asked.folder, asked.digest, asked.head)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The check could not be made: {printable(str(error))}\n")
        return 2
    say(result, proved=asked.digest is not None)
    return 1 if result.faults else 0


def say(result: Result, *, proved: bool) -> None:
    """Print what was found, for a person."""
    lines = [f"{fault.code}  {fault.subject}: {fault.message}" for fault in result.faults]
    counts = ", ".join(map(counted, result[2:], ("file", "byte", "item", "event")))
    outcome = counted(len(result.faults), "fault") if result.faults else "all as recorded"
    lines += [f"{counts}: {outcome}.", f"Digest of the bundle: {short(result.digest)}"]
    if proved and not result.faults:
        lines.append("It is the digest that was written down: this is the bundle that was made then.")
    elif not proved:
        lines.append("Compare it with the digest that was written down: it alone shows a bundle made anew.")
    sys.stdout.write("".join(printable(line) + "\n" for line in lines))


if __name__ == "__main__":
    raise SystemExit(main())

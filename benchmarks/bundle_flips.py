"""Is every flipped bit of an evidence bundle found, and its file named? Also removals and additions.

    python benchmarks/bundle_flips.py [--count 5000] [--seed 0]

Makes a bundle of two items of the sample story with a decision, then flips one bit at a time: half of them
anywhere in its bytes, half of the time in a file drawn first, so that small files are hit as often as large
ones. The bundle's own `verify_bundle.py` judges, called in this process.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import tempfile
import time
from pathlib import Path
from types import ModuleType

import verify
from verify import Claim

MEDIA = Path(__file__).resolve().parent.parent / "samples" / "media"


def make_bundle(folder: Path) -> tuple[Path, str]:
    """Return a bundle and its digest."""
    with verify.open_archive(folder / "archive") as archive:
        for name in ("IMG_2368.JPG", "figs_today.jpg"):
            archive.scan([MEDIA / name], jobs=1)
        item = MEDIA / "figs_today.jpg"
        archive.claim(item, Claim(text="Ripe figs in January."), by="desk-1")
        archive.mark(item, "misattributed", by="desk-1", earlier_copy=MEDIA / "IMG_2368.JPG")
        done = archive.export("bundle", [item, MEDIA / "IMG_2368.JPG"], output=folder / "bundle")
    return folder / "bundle", done.digest


def own_program(bundle: Path) -> ModuleType:
    """Load the program that lies in the bundle."""
    spec = importlib.util.spec_from_file_location("bundled", bundle / "verify_bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def drawn(files: list[Path], chance: random.Random, *, by_bytes: bool) -> Path:
    weights = [path.stat().st_size for path in files] if by_bytes else None
    return chance.choices(files, weights)[0]


def flip(path: Path, chance: random.Random) -> bytes:
    """Flip one bit and return what stood there before."""
    content = path.read_bytes()
    broken = bytearray(content)
    broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    path.write_bytes(broken)
    return content


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as made:
        bundle, digest = make_bundle(Path(made))
        program = own_program(bundle)
        files = sorted(
            path for path in bundle.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        )
        size = sum(path.stat().st_size for path in files)
        found = named = 0
        began = time.perf_counter()
        for number in range(asked.count):
            path = drawn(files, chance, by_bytes=number % 2 == 0)
            content = flip(path, chance)
            faults = program.check(bundle, digest).faults
            found += bool(faults)
            named += any(path.relative_to(bundle).as_posix() in fault.subject for fault in faults)
            path.write_bytes(content)
        took = time.perf_counter() - began
        gone = sum(removal_found(program, bundle, path) for path in files)
        sound = not program.check(bundle, digest).faults
        print(f"bundle: {len(files)} files, {size:,} bytes; sound again at the end: {sound}")
        print(f"flips: {found} of {asked.count} found, {named} with the file named, {took:.0f} s")
        print(f"removals: {gone} of {len(files)} found")


def removal_found(program: ModuleType, bundle: Path, path: Path) -> bool:
    """Take a file away, ask, and put it back; a folder without bagit.txt is refused as no bundle."""
    content = path.read_bytes()
    path.unlink()
    try:
        faults = program.check(bundle).faults
        return any(path.relative_to(bundle).as_posix() in fault.subject for fault in faults)
    except ValueError:
        return path.name == "bagit.txt"
    finally:
        path.write_bytes(content)


if __name__ == "__main__":
    main()

"""Every example in a docstring of the public face runs, and the names that people call have one."""

from __future__ import annotations

import doctest
import inspect
import os
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import verify

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def documented() -> dict[str, Any]:
    """Return the module itself, its public names, and the public methods of an archive."""
    methods = {
        f"Archive.{name}": method
        for name, method in inspect.getmembers(verify.Archive, inspect.isfunction)
        if not name.startswith("_")
    }
    return {"verify": verify, **{name: getattr(verify, name) for name in verify.__all__}, **methods}


def has_example(value: Any) -> bool:
    return ">>>" in (value.__doc__ or "")


CALLED = [name for name, value in documented().items() if inspect.isfunction(value)]
EXAMPLES = [
    name for name, value in documented().items() if has_example(value) and not isinstance(value, tuple | dict)
]


@pytest.mark.parametrize("name", CALLED)
def test_what_people_call_has_an_example(name: str) -> None:
    assert has_example(documented()[name])


@pytest.fixture
def archive(
    sample_archive: Path, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[verify.Archive]:
    """Return the sample story's archive, in a folder where the examples find it and the samples."""
    shutil.copytree(sample_archive, tmp_path / "verify-demo")
    os.symlink(samples, tmp_path / "samples")
    monkeypatch.chdir(tmp_path)
    with verify.open_archive("verify-demo") as opened:
        yield opened


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_gives_what_it_shows(name: str, archive: verify.Archive) -> None:
    said: list[str] = []
    names = {"verify": verify, "archive": archive, "Path": Path, "Fraction": Fraction}
    text = inspect.getdoc(documented()[name]) or ""
    example = doctest.DocTestParser().get_doctest(text, names, name, None, 0)
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    runner.run(example, out=said.append)
    assert runner.failures == 0, "".join(said)

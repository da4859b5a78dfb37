"""What import contracts cannot see: who opens files, who prints, and what the face shows."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Literal, get_origin

import pytest

import verify

PACKAGE = Path(verify.__file__).parent


def called_names(module: Path) -> set[str]:
    """Return the dotted names of everything that a module calls."""
    calls = (node.func for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call))
    return {ast.unparse(call) for call in calls}


def modules_of(*parts: str) -> list[Path]:
    return sorted(
        path
        for path in PACKAGE.rglob("*.py")
        if any(path.relative_to(PACKAGE).as_posix().startswith(part) for part in parts)
    )


@pytest.mark.parametrize(
    "module", modules_of("fingerprints", "matching", "review"), ids=lambda path: path.name
)
def test_fingerprints_matching_and_review_never_open_a_file(module: Path) -> None:
    openers = {
        "open",
        "os.open",
        "io.open",
        "Image.open",
        "cv2.imread",
        "cv2.VideoCapture",
        "Path",
        "np.load",
    }
    assert not called_names(module) & openers


def test_only_media_opens_pictures() -> None:
    openers = {"Image.open", "cv2.imread", "cv2.imdecode", "cv2.VideoCapture", "av.open"}
    guilty = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if called_names(path) & openers and "media" not in path.parts
    }
    assert guilty == set()


def test_only_the_command_line_prints_or_exits() -> None:
    doors = {"cli.py", "terminal.py"}
    guilty = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if called_names(path) & {"print", "sys.exit", "exit", "os._exit"} and path.name not in doors
    }
    assert guilty == set()


def test_the_face_is_sorted_and_every_name_is_there() -> None:
    constants_first = sorted(
        verify.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
    assert list(verify.__all__) == constants_first
    for name in verify.__all__:
        found = getattr(verify, name)
        assert found.__doc__ or get_origin(found) is Literal, name  # words alone have none
    assert set(verify.__all__) <= set(dir(verify))


def test_every_module_says_what_it_is() -> None:
    silent = [
        path.name for path in PACKAGE.rglob("*.py") if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []

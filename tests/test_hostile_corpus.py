"""Files made to break decoders: a scan keeps every one of them and says in one line what is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import verify

OUR_FAULT = {"unexpected", "worker-died", "time-limit", "memory", "nonsense"}
"""Reasons that would mean that a hostile file got further than it should."""


@pytest.mark.corpus
def test_hostile_files_cost_one_line_each_and_are_kept(corpus: Path, tmp_path: Path) -> None:
    with verify.open_archive(tmp_path / "archive") as archive:
        result = archive.scan([corpus / "hostile"], jobs=2, profile="fast")
        kept = {path for item in archive for path in item.paths}
    files = {os.fsencode(path) for path in (corpus / "hostile").rglob("*") if path.is_file()}
    assert kept == files
    assert result.done == result.files == len(files)
    assert [failure for failure in result.failures if failure.code in OUR_FAULT] == []
    assert all(failure.message.isprintable() for failure in result.failures)


@pytest.mark.corpus
def test_playlists_and_scripts_are_refused_by_their_true_name(corpus: Path, tmp_path: Path) -> None:
    with verify.open_archive(tmp_path / "archive") as archive:
        result = archive.scan([corpus / "hostile" / "containers"], jobs=1)
    told = {Path(os.fsdecode(failure.path)).name: failure.message for failure in result.failures}
    for name, label in {
        "clip.mp4": "HLS playlist",
        "clip2.mp4": "FFmpeg concat script",
        "clip3.mp4": "SDP session description",
        "clip4.mp4": "DASH manifest",
        "photo2.jpg": "PostScript",
        "photo3.jpg": "SVG",
    }.items():
        assert label in told[name]

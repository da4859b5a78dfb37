"""What several tests of the page look at."""

from __future__ import annotations

from pathlib import Path

import pytest

import verify


@pytest.fixture(scope="session")
def sources_first(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive with a part of the sample story, in which the sources arrived before their copies."""
    folder, media = tmp_path_factory.mktemp("sources-first") / "archive", samples / "media"
    with verify.open_archive(folder) as archive:
        archive.scan([media / "IMG_2291.MOV", media / "IMG_2368.JPG"], jobs=1)
        archive.scan(
            [media / "VID-20260114-WA0007.mp4", media / "figs_today.jpg", media / "flower.jpg"], jobs=1
        )
    return folder

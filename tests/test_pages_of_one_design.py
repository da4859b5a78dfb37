"""Forecasts of one design are no copies of each other, however alike they look; their copies are found."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import paint
import verify
from verify.matching.claims import claims_copy

CARDS = 5


def forecast(number: int) -> Image.Image:
    """A card of six days: all but the signs and the figures is the same in all."""
    rng = np.random.default_rng(number)
    card = Image.new("RGB", (900, 640), (42, 111, 176))
    draw = ImageDraw.Draw(card)
    draw.text((40, 20), "THE NEXT SIX DAYS", "white", paint.font(38))
    for place, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")):
        left, top = 40 + place % 3 * 280, 90 + place // 3 * 260
        draw.rounded_rectangle((left, top, left + 260, top + 240), 16, fill=(61, 134, 204))
        draw.text((left + 100, top + 12), day, "white", paint.font(30))
        if rng.random() < 0.6:
            draw.ellipse((left + 95, top + 55, left + 165, top + 125), fill=(255, 210, 60))
        if rng.random() < 0.6:
            draw.rounded_rectangle((left + 80, top + 90, left + 180, top + 130), 20, fill=(230, 236, 242))
        high, low, rain = rng.integers(-15, 36), rng.integers(-15, 36), rng.integers(0, 100)
        draw.text((left + 60, top + 145), f"{high}\u00b0/{low}\u00b0", "white", paint.font(36))
        draw.text((left + 70, top + 195), f"{rain} % rain", "white", paint.font(24))
    return card


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cards")
    for number in range(CARDS):
        forecast(number).save(folder / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def archive(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> verify.Archive:
    archive = verify.open_archive(tmp_path_factory.mktemp("archive"))
    archive.scan([folder])
    return archive


def claimed(archive: verify.Archive, picture: Image.Image, file: Path) -> list[str]:
    picture.save(file, quality=60)
    found = archive.find_copies(file)
    return [Path(match.paths[0]).stem for match in found if claims_copy(match.relation, match.score)]


def test_another_card_of_the_design_is_a_weak_lead_that_says_why(
    archive: verify.Archive, tmp_path: Path
) -> None:
    for number in range(8, 14):
        assert claimed(archive, forecast(number), tmp_path / "other.jpg") == []
    leads = archive.find_copies(tmp_path / "other.jpg")
    assert any("what is written or drawn in it differs" in match.note for match in leads)


@pytest.mark.parametrize("number", range(CARDS))
def test_a_copy_of_a_card_is_told_from_the_others(
    archive: verify.Archive, tmp_path: Path, number: int
) -> None:
    page = forecast(number)
    assert claimed(archive, page.resize((600, 480)), tmp_path / "small.jpg") == [str(number)]
    assert claimed(archive, page.crop((30, 10, 900, 630)), tmp_path / "cropped.jpg") == [str(number)]


def test_a_copy_with_something_stuck_on_is_one(archive: verify.Archive, tmp_path: Path) -> None:
    page = forecast(1)
    ImageDraw.Draw(page).ellipse((740, 20, 830, 80), fill=(250, 200, 20), outline="black", width=6)
    assert claimed(archive, page, tmp_path / "stuck.jpg") == ["1"]


def test_two_cards_are_compared_without_an_archive(folder: Path, tmp_path: Path) -> None:
    forecast(1).resize((700, 560)).save(tmp_path / "copy.jpg")
    same = verify.compare(tmp_path / "copy.jpg", folder / "1.png")
    other = verify.compare(tmp_path / "copy.jpg", folder / "2.png")
    assert same is not None
    assert claims_copy(same.relation, same.score)
    assert other is None or not claims_copy(other.relation, other.score)


def test_a_card_that_arrives_was_not_seen_before_and_its_copy_was(folder: Path, tmp_path: Path) -> None:
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([folder])
        forecast(0).resize((720, 512)).save(tmp_path / "copy.jpg", quality=70)
        forecast(9).save(tmp_path / "other.png")
        archive.scan([tmp_path / "copy.jpg", tmp_path / "other.png"])
        assert [match.paths for match in archive.seen_before(tmp_path / "copy.jpg")] == [
            (str(folder / "0.png"),)
        ]
        assert archive.seen_before(tmp_path / "other.png") == ()
        asked = hashlib.sha256((tmp_path / "other.png").read_bytes()).hexdigest()
        leads = archive.find_copies(asked)
        assert leads
        assert not any(claims_copy(match.relation, match.score) for match in leads)


def test_without_the_found_file_the_stored_picture_decides(tmp_path: Path) -> None:
    page = tmp_path / "page.png"
    forecast(3).save(page)
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([page])
        page.unlink()
        assert claimed(archive, forecast(3).resize((600, 480)), tmp_path / "copy.jpg") == ["page"]


def quotation(number: int) -> Image.Image:
    """Words of somebody, on a ground that shades from one colour into another."""
    rng = np.random.default_rng(number)
    shade = np.linspace(0, 1, 1080)[:, None, None]
    ground = np.array([12, 18, 90]) * (1 - shade) + np.array([130, 155, 80]) * shade
    card = Image.fromarray(np.broadcast_to(ground, (1080, 1080, 3)).astype(np.uint8))
    draw = ImageDraw.Draw(card)
    draw.text((80, 10), "\u201c", "white", paint.font(300))
    for line in range(int(rng.integers(3, 5))):
        words = ["".join(rng.choice(list("abdefhiklmnoprstuvw"), rng.integers(2, 9))) for _ in range(9)]
        draw.text((80, 420 + 66 * line), " ".join(words)[:30], "white", paint.font(52), stroke_width=1)
    draw.line((70, 882, 1010, 882), fill="white", width=7)
    draw.ellipse((70, 920, 170, 1020), fill=(165, 145, 245))
    draw.text((190, 925), "@daily.words", "white", paint.font(40), stroke_width=1)
    return card


def test_a_quotation_is_told_from_others_on_the_same_shaded_ground(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(CARDS):
        quotation(number).save(tmp_path / "in" / f"{number}.png")
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan([tmp_path / "in"])
        others = [claimed(archive, quotation(number), tmp_path / "other.jpg") for number in range(20, 30)]
        copies = [
            claimed(archive, quotation(number).resize((640, 640)), tmp_path / "copy.jpg")
            for number in range(CARDS)
        ]
    assert others == [[]] * 10
    assert copies == [[str(number)] for number in range(CARDS)]

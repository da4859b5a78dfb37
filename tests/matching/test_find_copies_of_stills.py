from __future__ import annotations

import cv2
import numpy as np
import pytest
from asking import find_copies
from PIL import Image, ImageDraw

import overlays
import pages
import paint
import patterns
from screens import app_frame
from verify.fingerprints.local_features import QUERY
from verify.matching.claims import ACCEPT_SCORE
from verify.matching.finder import CopyFinder

STRANGERS = 25


@pytest.fixture(scope="module")
def archive(scene, view) -> CopyFinder:
    finder = CopyFinder()
    for seed in range(STRANGERS):
        finder.add(f"item-{seed:02}", [view(scene(seed))])
    return finder


@pytest.fixture
def ask(view):
    return lambda finder, rgb: find_copies(finder, [view(rgb, QUERY)])


def copies(matches):
    return [m for m in matches if m.score >= ACCEPT_SCORE and m.relation != "shares-overlay"]


def corners(*, left=0.0, top=0.0, right=1.0, bottom=1.0):
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def posted(rgb: np.ndarray, design: int, head: int, window: int) -> np.ndarray:
    """Show the upper middle of a picture in a post of an app, with words of its own."""
    frame = app_frame(720, head, window, 1280 - head - window, np.random.default_rng(design))
    across = 720 / window
    height = min(rgb.shape[0], round(rgb.shape[1] / across))
    width = min(round(height * across), rgb.shape[1])
    left = (rgb.shape[1] - width) // 2
    frame[head : head + window] = cv2.resize(rgb[:height, left : left + width], (720, window))
    return frame


def kites(seed: int) -> np.ndarray:
    """Draw a few thin lines in a plain sky."""
    rng = np.random.default_rng(seed)
    picture = np.full((400, 600, 3), (150, 170, 190), np.uint8)
    for _ in range(4):
        line = np.cumsum(rng.normal(0, 25, (30, 2)), axis=0) + np.array([300, 200])
        cv2.polylines(picture, [line.astype(np.int32)], False, (60, 60, 120), 2, cv2.LINE_AA)
    return picture


def few_things(seed: int) -> np.ndarray:
    """Draw a few large things before a plain ground."""
    rng = np.random.default_rng(seed)
    picture = cv2.resize(rng.integers(60, 200, (2, 2, 3)).astype(np.uint8), (640, 480))
    for _ in range(14):
        centre = tuple(int(v) for v in rng.uniform(0, 1, 2) * (640, 480))
        axes = tuple(int(v) for v in rng.uniform(8, 70, 2))
        turn, end = float(rng.uniform(0, 180)), float(rng.uniform(120, 360))
        cv2.ellipse(picture, centre, axes, turn, 0, end, tuple(int(v) for v in rng.integers(0, 256, 3)), -1)
    return picture


def letter(seed: int) -> np.ndarray:
    """Write a page of words below the head of an office; the head is the same on all."""
    rng = np.random.default_rng(seed)
    page = Image.new("RGB", (900, 1200), "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((60, 50, 160, 150), outline="black", width=6)
    draw.ellipse((75, 65, 145, 135), outline="black", width=5)
    draw.text((190, 60), "MINISTRY OF PUBLIC HEALTH", "black", paint.font(40))
    draw.line((60, 170, 840, 170), fill="black", width=3)
    top = 210
    for lines in rng.integers(3, 7, 4):
        for _ in range(lines):
            draw.text((70, top), paint.sentence(rng, int(rng.integers(6, 9))), "black", paint.font(24))
            top += 36
        top += 30
    return np.array(page)


def test_the_same_picture_is_found_whole_and_upright(archive, ask, scene) -> None:
    (match,) = copies(ask(archive, scene(3)))
    assert (match.item, match.relation, match.mirrored) == ("item-03", "same-picture", False)
    assert match.evidence == ("pdq", "phash", "geometry")
    assert abs(match.rotation_degrees) < 1
    assert match.scale == pytest.approx(1, abs=0.03)
    assert [(s.query_start, s.found_end) for s in match.segments] == [(0, 0)]


def test_a_picture_that_is_not_there_finds_nothing(archive, ask, scene) -> None:
    assert [copies(ask(archive, scene(seed))) for seed in range(100, 110)] == [[]] * 10


def test_a_mirrored_picture_is_found_and_said_to_be_mirrored(archive, ask, scene) -> None:
    (match,) = copies(ask(archive, scene(4)[:, ::-1]))
    assert (match.item, match.mirrored) == ("item-04", True)
    assert abs(match.rotation_degrees) < 1
    assert np.allclose(match.query_region, corners()[[1, 0, 3, 2]], atol=0.05)


@pytest.mark.parametrize(("quarters", "degrees"), [(1, -90), (3, 90)])
def test_a_turned_picture_is_found_and_the_turn_is_clockwise(archive, ask, scene, quarters, degrees) -> None:
    (match,) = copies(ask(archive, np.rot90(scene(5), quarters)))
    assert match.item == "item-05"
    assert match.rotation_degrees == pytest.approx(degrees, abs=2)


def test_a_crop_is_part_of_its_picture_and_the_region_says_which(archive, ask, scene) -> None:
    (match,) = copies(ask(archive, scene(6)[120:420, 200:600]))
    assert (match.item, match.relation) == ("item-06", "part-of")
    expected = corners(left=200 / 640, right=600 / 640, top=120 / 480, bottom=420 / 480)
    assert np.abs(np.array(match.region) - expected).max() < 0.06


def test_a_picture_inside_a_larger_one_is_contained_and_the_query_region_says_where(
    archive, ask, scene
) -> None:
    screen = scene(200, 900, 900)
    screen[500:740, 300:620] = cv2.resize(scene(7), (320, 240), interpolation=cv2.INTER_AREA)
    (match,) = copies(ask(archive, screen))
    assert (match.item, match.relation) == ("item-07", "contains")
    expected = corners(left=300 / 900, right=620 / 900, top=500 / 900, bottom=740 / 900)
    assert np.abs(np.array(match.query_region) - expected).max() < 0.03


def test_of_two_sure_answers_the_one_that_shows_more_of_both_is_first(ask, scene, view) -> None:
    picture, ground = scene(61, 480, 360), scene(62, 960, 720)
    ground[100:460, 200:680] = picture
    stickered = paint.stickered(picture, np.random.default_rng(0), 14)
    for names in (("a", "b"), ("b", "a")):
        finder = CopyFinder()
        for name, rgb in zip(names, (stickered, ground), strict=True):
            finder.add(name, [view(rgb)])
        whole, part = ask(finder, picture)
        assert min(whole.score, part.score) >= ACCEPT_SCORE
        assert [whole.item, part.item] == list(names)


@pytest.mark.parametrize("seed", range(4))
def test_a_page_comes_before_the_picture_that_it_shows(ask, scene, view, seed) -> None:
    picture, page = scene(seed), np.full((480, 640, 3), 255, np.uint8)
    page[30:210, 40:280] = cv2.resize(picture, (240, 180), interpolation=cv2.INTER_AREA)
    heights = 440 - np.abs(np.random.default_rng(seed).normal(0, 40, 94))
    curve = np.stack([np.arange(40, 600, 6), heights], axis=1).astype(np.int32)
    cv2.polylines(page, [curve], False, (30, 90, 200), 1, cv2.LINE_AA)
    finder = CopyFinder()
    for name, rgb in (("picture", picture), ("page", page)):
        finder.add(name, [view(rgb)])
    small = cv2.resize(paint.recompressed(page, quality=20), (320, 240), interpolation=cv2.INTER_AREA)
    assert [match.item for match in copies(ask(finder, small))] == ["page", "picture"]


def test_every_picture_of_a_collage_is_found(archive, ask, scene) -> None:
    parts = [cv2.resize(scene(seed), (320, 240), interpolation=cv2.INTER_AREA) for seed in (8, 9, 10, 11)]
    collage = np.vstack([np.hstack(parts[:2]), np.hstack(parts[2:])])
    assert {m.item for m in copies(ask(archive, collage))} == {"item-08", "item-09", "item-10", "item-11"}


def test_a_negative_is_found_and_named(archive, ask, scene) -> None:
    (match,) = copies(ask(archive, 255 - scene(12)))
    assert match.item == "item-12"
    assert "negative" in match.note


def test_a_picture_blurred_beyond_keypoints_is_found_by_fingerprint(archive, ask, scene) -> None:
    matches = copies(ask(archive, cv2.GaussianBlur(scene(13), (0, 0), 14)))
    assert [m.item for m in matches] == ["item-13"]
    assert "pdq" in matches[0].evidence


def test_strangers_under_the_same_bar_are_not_copies_and_a_true_copy_is_still_found(ask, scene, view) -> None:
    def with_bar(rgb: np.ndarray) -> np.ndarray:
        shown = rgb.copy()
        shown[350:450] = scene(999)[350:450]
        return shown

    finder = CopyFinder()
    for seed in range(14):
        finder.add(f"item-{seed:02}", [view(with_bar(scene(seed)))])
    for seed in range(50, 56):
        assert copies(ask(finder, with_bar(scene(seed)))) == []
    changed = cv2.convertScaleAbs(scene(3), alpha=0.8, beta=20)
    assert [m.item for m in copies(ask(finder, with_bar(changed)))] == ["item-03"]


@pytest.mark.parametrize("kind", ["lower_third", "caption_bar", "channel_logo"])
def test_a_bar_that_keeps_its_distance_from_the_edge_of_frames_of_any_height_is_an_overlay(
    ask, scene, view, kind
) -> None:
    design, heights = overlays.design(kind, 1), (360, 480, 640, 1000, 1130)

    def shown(seed: int) -> np.ndarray:
        return overlays.shown_under(design, scene(seed, 640, heights[seed % 5])).rgb

    finder = CopyFinder()
    for seed in range(14):
        finder.add(f"item-{seed:02}", [view(shown(seed))])
    for seed in range(50, 60):
        assert copies(ask(finder, shown(seed))) == []
    for seed in range(14):
        copy = overlays.true_copy(design, scene(seed, 640, heights[seed % 5]), str(seed))
        assert [match.item for match in copies(ask(finder, copy.rgb))] == [f"item-{seed:02}"]


def test_a_picture_is_found_under_another_app_frame_than_it_is_stored_under(ask, scene, view) -> None:
    """Letters and buttons of two like frames agree at scales and places of their own."""
    finder = CopyFinder()
    for seed in range(14):
        finder.add(f"item-{seed:02}", [view(posted(scene(seed), 3, 270, 500))])
    for seed in range(60, 66):
        assert copies(ask(finder, posted(scene(seed), 103, 250, 720))) == []
    found = [copies(ask(finder, posted(scene(seed)[30:, 40:], 103, 250, 720))) for seed in range(14)]
    right = [[match.item for match in matches] == [f"item-{seed:02}"] for seed, matches in enumerate(found)]
    assert sum(map(len, found)) == sum(right) >= 7


@pytest.mark.parametrize("design", [1, 4, 5, 12])
def test_plain_pictures_in_posts_of_one_app_with_other_words_are_not_copies(ask, view, design) -> None:
    finder = CopyFinder()
    for seed in range(3):
        finder.add(f"item-{seed}", [view(posted(kites(seed), design, 270, 500))])
    for seed in range(100, 104):
        other_words = 1000 + 4 * design + seed - 100
        assert copies(ask(finder, posted(kites(seed), other_words, 290, 480))) == []


def test_a_picture_of_little_is_found_among_others_in_the_same_app_frame(ask, view) -> None:
    """Plain grounds agree here and there by chance: only what most of them share is the frame."""
    finder = CopyFinder()
    for seed in range(14):
        finder.add(f"item-{seed:02}", [view(posted(few_things(seed), 9, 250, 400))])
    for seed in range(60, 66):
        assert copies(ask(finder, posted(few_things(seed), 9, 250, 400))) == []
    found = 0
    for seed in range(14):
        changed = cv2.convertScaleAbs(few_things(seed)[20:, 30:], alpha=0.9, beta=8)
        found += [m.item for m in copies(ask(finder, posted(changed, 9, 250, 400)))] == [f"item-{seed:02}"]
    assert found >= 11


def test_letters_of_one_office_are_not_copies_and_a_letter_is_found_again(ask, view) -> None:
    finder = CopyFinder()
    for seed in range(14):
        finder.add(f"item-{seed:02}", [view(letter(seed))])
    for seed in range(100, 124):
        assert copies(ask(finder, letter(seed))) == []
    for seed in range(14):
        cropped = cv2.resize(letter(seed)[72:1140, 36:], None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
        found = copies(ask(finder, paint.recompressed(cropped, quality=50)))
        assert found[0].item == f"item-{seed:02}"


def test_charts_of_one_design_with_other_figures_are_not_copies_and_a_chart_is_found_again(ask, view) -> None:
    finder = CopyFinder()
    for number in range(10):
        finder.add(f"item-{number}", [view(pages.drawn("charts", number))])
    for number in range(100, 116):
        assert copies(ask(finder, pages.drawn("charts", number))) == []
    for number in range(10):
        found = copies(ask(finder, paint.recompressed(pages.drawn("charts", number), quality=40)))
        assert found[0].item == f"item-{number}"


def test_the_same_question_gets_the_same_answer(archive, ask, scene) -> None:
    assert ask(archive, scene(14)[:300]) == ask(archive, scene(14)[:300])


def test_a_light_in_the_dark_is_found_again_and_is_no_other_light(ask, view) -> None:
    def light(seed: int) -> np.ndarray:
        rng, shown = np.random.default_rng(seed), np.zeros((360, 480, 3), np.uint8)
        centre = tuple(int(v) for v in rng.uniform((180, 140), (300, 220)))
        axes = tuple(int(v) for v in rng.uniform(15, 60, 2))
        colour = tuple(int(v) for v in rng.integers(90, 220, 3))
        cv2.ellipse(shown, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1)
        return cv2.GaussianBlur(shown, (0, 0), float(rng.uniform(4, 12)))

    finder = CopyFinder()
    for seed in range(20):
        finder.add(str(seed), [view(light(seed))])
    assert [copies(ask(finder, light(seed))) for seed in range(100, 120)] == [[]] * 20
    quality = [cv2.IMWRITE_JPEG_QUALITY, 60]
    sent = [cv2.imdecode(cv2.imencode(".jpg", light(seed), quality)[1], 1) for seed in range(20)]
    assert all(str(n) in {match.item for match in ask(finder, rgb)} for n, rgb in enumerate(sent))
    assert sum([m.item for m in copies(ask(finder, rgb))] == [str(n)] for n, rgb in enumerate(sent)) >= 15


def test_a_flat_picture_finds_nothing_and_nothing_fails(archive, ask) -> None:
    assert copies(ask(archive, np.full((300, 400, 3), 128, np.uint8))) == []


def test_a_match_in_json_has_the_public_shape(archive, ask, scene) -> None:
    shape = ask(archive, scene(15))[0].to_json()
    assert {"item", "paths", "relation", "evidence", "score", "distance_bits", "inliers", "mirrored"} <= set(
        shape
    )
    assert {"rotation_degrees", "scale", "region", "query_region", "segments"} <= set(shape)
    assert shape["segments"] == [
        {"query_start": 0.0, "query_end": 0.0, "found_start": 0.0, "found_end": 0.0, "speed": 1.0}
    ]


@pytest.mark.parametrize("room", range(3))
def test_another_person_before_the_same_camera_is_no_copy_and_the_same_one_is(ask, scene, view, room) -> None:
    rng = np.random.default_rng(room)
    first, other = (patterns.before_camera(scene(room), [scene(40 + room + n)], rng) for n in range(2))
    finder = CopyFinder()
    finder.add("first", [view(first)])
    assert not copies(ask(finder, other))
    assert not copies(ask(finder, cropped(other)))
    for same in (paint.recompressed(first, quality=30), cropped(first)):
        assert [match.item for match in copies(ask(finder, same))] == ["first"]


@pytest.mark.parametrize("kind", patterns.PRINTS)
def test_pictures_before_one_wallpaper_are_no_copies_and_copies_of_them_are(ask, scene, view, kind) -> None:
    rng, paper = np.random.default_rng(0), patterns.wallpaper(kind, 8)
    hung = [patterns.in_front_of(paper, scene(seed), rng) for seed in range(24)]
    finder = CopyFinder()
    for number, rgb in enumerate(hung[:12]):
        finder.add(str(number), [view(rgb)])
    assert not any(copies(ask(finder, rgb)) for rgb in hung[12:])
    for number, rgb in enumerate(hung[:12]):
        assert [match.item for match in copies(ask(finder, cropped(rgb)))] == [str(number)]


def cropped(rgb: np.ndarray) -> np.ndarray:
    """Cut a tenth off the top and either side."""
    height, width = rgb.shape[:2]
    return rgb[height // 10 :, width // 10 : -(width // 10)]

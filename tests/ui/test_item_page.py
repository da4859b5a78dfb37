"""The screen of one item as Streamlit runs it: verdicts, their refusal, undo, what others decide."""

from __future__ import annotations

import io
import shutil
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest
from ui_reviewing import items_by_name

import verify
from ui import session, told
from ui.frames_zip import frames_zip
from ui.item.written import read_line

CLIP, SOURCE = "VID-20260114-WA0007.mp4", "IMG_2291.MOV"


@pytest.fixture
def folder(sources_first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of that archive, without verdicts."""
    copied = Path(shutil.copytree(sources_first, tmp_path / "archive"))
    monkeypatch.setenv("VERIFY_ARCHIVE", str(copied))
    return copied


def item_screen() -> None:
    from ui.screens import item

    item.show()


def opened(sha256: str) -> AppTest:
    shown = AppTest.from_function(item_screen, default_timeout=60)
    shown.query_params["item"] = sha256
    shown.session_state[session.REVIEWER] = "desk-1"
    shown.session_state[session.BLUR] = False
    shown.run()
    assert not shown.exception
    return shown


def press(shown: AppTest, name: str) -> None:
    next(button for button in shown.button if (button.key or "").startswith(name)).click().run()
    assert not shown.exception


def fill(shown: AppTest, label: str, text: str) -> None:
    next(field for field in (*shown.text_input, *shown.text_area) if field.label == label).set_value(text)


def said(shown: AppTest) -> str:
    """Return what the page says in words, with the marks of the escaper taken out."""
    blocks = (*shown.markdown, *shown.caption, *shown.warning, *shown.info, *shown.toast)
    return "\n".join(block.value for block in blocks).replace("\\", "")


def case_of(folder: Path, sha256: str) -> verify.CaseState:
    with verify.open_archive(folder, create=False) as archive:
        return archive.case(sha256)


def log_of(folder: Path, sha256: str, kind: verify.EventKind) -> list[verify.ReviewEvent]:
    with verify.open_archive(folder, create=False) as archive:
        return list(archive.log(sha256, kinds=[kind]))


def test_a_verdict_is_recorded_with_its_grounds_and_the_next_item_comes(folder: Path) -> None:
    clip = items_by_name(folder)[CLIP]
    shown = opened(clip)
    fill(shown, "Date", "16 May 2021")
    fill(shown, "Note", "Same walk, same clouds")
    fill(shown, "Note on date", "the camera's clock")
    press(shown, "give_unverified")
    decision = case_of(folder, clip).decision
    assert decision is not None
    assert (decision.verdict, decision.by, decision.note) == (
        "unverified",
        "desk-1",
        "Same walk, same clouds",
    )
    assert decision.established.date == "16 May 2021"
    assert decision.established.pillars == {"date": verify.Pillar(note="the camera's clock")}
    assert shown.query_params["item"] != clip
    assert "Z undoes" in said(shown)


def test_misattributed_without_a_context_is_asked_for_kindly_and_nothing_is_lost(folder: Path) -> None:
    clip = items_by_name(folder)[CLIP]
    shown = opened(clip)
    fill(shown, "Note", "Seen in 2021")
    press(shown, "give_misattributed")
    assert case_of(folder, clip).decision is None
    assert "true context or an earlier copy" in said(shown)
    fill(shown, "What it really shows", "A walk in May 2021")
    press(shown, "give_misattributed")
    decision = case_of(folder, clip).decision
    assert decision is not None
    assert (decision.true_context, decision.note) == ("A walk in May 2021", "Seen in 2021")


def test_the_earlier_copy_is_picked_from_the_copies_that_were_found(folder: Path) -> None:
    names = items_by_name(folder)
    shown = opened(names[CLIP])
    earlier = next(field for field in shown.selectbox if field.label == "Earlier copy")
    assert any(option.startswith("IMG_2291.MOV") for option in earlier.options)
    earlier.set_value(names[SOURCE])
    press(shown, "give_misattributed")
    decision = case_of(folder, names[CLIP]).decision
    assert decision is not None
    assert decision.earlier_copy == names[SOURCE]


def test_undo_withdraws_by_a_new_event_and_returns_to_the_item(folder: Path) -> None:
    clip = items_by_name(folder)[CLIP]
    shown = opened(clip)
    press(shown, "give_verified")
    press(shown, "undo")
    assert shown.query_params["item"] == clip
    assert case_of(folder, clip).decision is None
    with verify.open_archive(folder, create=False) as archive:
        kinds = [event.kind for event in archive.log(clip)]
    assert kinds == ["item-added", "verdict-given", "verdict-withdrawn"]
    press(shown, "undo")
    assert "no verdict of yours" in said(shown)


def test_a_contrary_verdict_of_someone_else_is_told_and_both_are_kept(folder: Path) -> None:
    clip = items_by_name(folder)[CLIP]
    shown = opened(clip)
    with verify.open_archive(folder, create=False) as archive:
        archive.mark(clip, "verified", by="desk-3")
    press(shown, "give_unverified")
    assert case_of(folder, clip).status == "contested"
    assert shown.query_params["item"] == clip
    assert "Contested" in said(shown)
    assert "desk-3" in said(shown)
    press(shown, "give_unverified")
    assert case_of(folder, clip).status == "decided"


def test_verdicts_on_copies_are_suggested_and_not_applied(folder: Path) -> None:
    names = items_by_name(folder)
    with verify.open_archive(folder, create=False) as archive:
        archive.mark(names[SOURCE], "verified", by="desk-3")
    shown = opened(names[CLIP])
    assert "Suggested, as decided of its copy IMG_2291.MOV" in said(shown)
    assert case_of(folder, names[CLIP]).decision is None


def test_the_lead_is_said_in_one_sentence(folder: Path) -> None:
    names = items_by_name(folder)
    with verify.open_archive(folder, create=False) as archive:
        archive.mark(names[SOURCE], "verified", by="desk-3")
    assert "of **IMG_2291.MOV** (verified, 20" in said(opened(names[CLIP]))
    assert "mirrored" in said(opened(names[CLIP]))
    assert "Contains seconds 0.0–12.0 of **VID-20260114-WA0007.mp4** (not reviewed)" in said(
        opened(names[SOURCE])
    )
    assert "The file names no camera" in said(opened(names["flower.jpg"]))


def test_what_could_not_be_read_is_what_leads(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    with verify.open_archive(folder) as archive:
        archive.scan(tmp_path / "torn.jpg", jobs=1)
        torn = archive.resolve(tmp_path / "torn.jpg")
        (problem,) = archive.examination(torn).problems
    assert problem.message in said(opened(torn))
    assert "nothing in the file stands out" not in said(opened(torn))


def test_a_match_is_refused_and_confirmed_by_the_reviewer(folder: Path) -> None:
    names = items_by_name(folder)
    shown = opened(names[CLIP])
    press(shown, "refuse_match")
    refused = case_of(folder, names[CLIP]).refused
    assert len(refused) == 1
    press(shown, "confirm_match")
    assert case_of(folder, names[CLIP]).confirmed == refused


def test_a_match_that_was_refused_no_longer_leads_on_the_other_side_either(folder: Path) -> None:
    names = items_by_name(folder)
    with verify.open_archive(folder) as archive:
        archive.refuse_match(names[CLIP], names[SOURCE], by="desk-2")
    assert case_of(folder, names[SOURCE]).refused == (names[CLIP],)
    assert "This match was refused" in said(opened(names[SOURCE]))


def test_a_claim_is_recorded_and_stands_above_the_decision(folder: Path) -> None:
    clip = items_by_name(folder)[CLIP]
    shown = opened(clip)
    shown.session_state[f"claim:{clip}"] = True
    shown.run()
    fill(shown, "What the post says", "No **winter** at all!")
    next(button for button in shown.button if button.label == "Record the claim").click().run()
    assert case_of(folder, clip).claim == verify.Claim(text="No **winter** at all!")
    assert "No **winter** at all!" in [text.value for text in shown.text]


def test_a_claim_and_a_remark_wait_while_another_item_is_on_the_screen(folder: Path) -> None:
    clip = items_by_name(folder)[CLIP]
    shown = opened(clip)
    for popover in ("claim", "remarks"):
        shown.session_state[f"{popover}:{clip}"] = True
    shown.run()
    fill(shown, "What the post says", "No winter at all!")
    fill(shown, "Remark", "ask the agency")
    shown.run()
    press(shown, "go_next")
    press(shown, "go_previous")
    assert "A claim is being written" in said(shown)
    assert "Remark not sent yet" in said(shown)
    for popover in ("claim", "remarks"):
        shown.session_state[f"{popover}:{clip}"] = True
    shown.run()
    for label in ("Record the claim", "Add note"):
        next(button for button in shown.button if button.label == label).click().run()
    assert case_of(folder, clip).claim == verify.Claim(text="No winter at all!")
    assert [note.payload["text"] for note in log_of(folder, clip, "note-added")] == ["ask the agency"]
    assert "being written" not in said(shown)


def test_nobody_sees_what_others_have_not_sent(folder: Path) -> None:
    clip = items_by_name(folder)[CLIP]
    shown = opened(clip)
    fill(shown, "Note", "half a thought")
    shown.run()
    shown.session_state[session.REVIEWER] = "desk-2"
    shown.run()
    assert "Not sent yet" not in said(shown)
    again = opened(clip)
    assert "Not sent yet" in said(again)
    assert next(field for field in again.text_area if field.label == "Note").value == "half a thought"


def test_a_region_is_written_as_the_page_writes_it(folder: Path) -> None:
    region = read_line("region at 0:12.5, 40-10 % across, 20–160\u00a0% down: the crest")
    assert region.region is not None
    assert (region.kind, region.start, region.note) == ("region", Fraction("12.5"), "the crest")
    assert [tuple(map(float, corner)) for corner in region.region] == [
        (0.1, 0.2), (0.4, 0.2), (0.4, 1.0), (0.1, 1.0)
    ]  # fmt: skip
    clip = items_by_name(folder)[CLIP]
    shown = opened(clip)
    fill(shown, "Add a link, a stretch of the video, or an item", "region 10-40 across, 20-60 down")
    shown.run()
    assert "region, 10–40\u00a0% across, 20–60\u00a0% down" in said(shown)
    press(shown, "give_verified")
    decision = case_of(folder, clip).decision
    assert decision is not None
    assert read_line(told.words(decision.evidence[0])) == decision.evidence[0]


def test_evidence_that_is_written_down_is_told_apart() -> None:
    lines = ("https://example.org/a that day", "0:12.5-0:16 the bridge", "1:00:00-1:00:01", "ab" * 32)
    link, stretch, long, item = map(read_line, lines)
    assert read_line("0:16-0:12.5") == read_line("0:12.5-0:16")
    assert (link.kind, link.url, link.note) == ("link", "https://example.org/a", "that day")
    assert (stretch.start, stretch.end, stretch.note) == (Fraction("12.5"), Fraction(16), "the bridge")
    assert (long.start, long.end) == (Fraction(3600), Fraction(3601))
    assert (item.kind, item.item) == ("item", "ab" * 32)


def test_a_line_that_is_no_evidence_is_told_at_once_and_not_added(folder: Path) -> None:
    names = items_by_name(folder)
    shown = opened(names[CLIP])
    fill(shown, "Add a link, a stretch of the video, or an item", "5-")
    shown.run()
    assert "Not added" in said(shown)
    press(shown, "give_verified")
    assert case_of(folder, names[CLIP]).decision is None
    fill(shown, "Add a link, a stretch of the video, or an item", "https://example.org/a")
    press(shown, "give_verified")
    decision = case_of(folder, names[CLIP]).decision
    assert decision is not None
    assert [one.url for one in decision.evidence] == ["https://example.org/a"]


def test_two_reviewers_may_record_the_same_claim(folder: Path) -> None:
    clip = items_by_name(folder)[CLIP]
    screens = [opened(clip), opened(clip)]
    for who, shown in enumerate(screens, 1):
        shown.session_state[session.REVIEWER] = f"desk-{who}"
        shown.session_state[f"claim:{clip}"] = True
        shown.run()
        fill(shown, "What the post says", "No winter at all!")
    for shown in screens:
        next(button for button in shown.button if button.label == "Record the claim").click().run()
        assert not shown.exception
        assert "already recorded" not in said(shown)
    with verify.open_archive(folder, create=False) as archive:
        assert [event.by for event in archive.log(clip, kinds=["claim-recorded"])] == ["desk-1", "desk-2"]


def test_all_frames_come_as_a_zip_in_full_size_with_their_times(folder: Path, samples: Path) -> None:
    with verify.open_archive(folder, create=False) as archive:
        frames = archive.examination(items_by_name(folder)[CLIP]).frames
    packed = zipfile.ZipFile(io.BytesIO(b"".join(frames_zip(frames, samples / "media" / CLIP))))
    names = packed.namelist()
    assert len(names) == len(frames) + 1
    assert packed.testzip() is None
    first, last = (Image.open(io.BytesIO(packed.read(name))) for name in (names[0], names[-2]))
    assert first.size == last.size == (512, 288)
    table = packed.read("frames.csv").decode().splitlines()
    assert table[0] == "file,time_seconds,time_exact,starts_shot,pdq"
    assert len(table) == len(frames) + 1


def test_frames_that_cannot_be_had_any_more_are_said_to_be_missing(folder: Path, tmp_path: Path) -> None:
    with verify.open_archive(folder, create=False) as archive:
        frames = archive.examination(items_by_name(folder)[CLIP]).frames
    packed = zipfile.ZipFile(io.BytesIO(b"".join(frames_zip(frames, tmp_path / "gone.mp4"))))
    assert packed.namelist() == ["incomplete.txt", "frames.csv"]
    assert packed.read("incomplete.txt") == b"The file does not exist."


def test_what_was_filled_in_waits_while_another_item_is_on_the_screen(folder: Path) -> None:
    names = items_by_name(folder)
    shown = opened(names[CLIP])
    fill(shown, "Note", "half a thought")
    fill(shown, "Date", "16 May 2021")
    press(shown, "go_next")
    assert shown.query_params["item"] != names[CLIP]
    assert "Not sent yet" not in said(shown)
    press(shown, "go_previous")
    assert "Not sent yet" in said(shown)
    assert next(field for field in shown.text_area if field.label == "Note").value == "half a thought"
    press(shown, "give_unverified")
    decision = case_of(folder, names[CLIP]).decision
    assert decision is not None
    assert (decision.note, decision.established.date) == ("half a thought", "16 May 2021")
    press(shown, "go_previous")
    assert "Not sent yet" not in said(shown)


def test_what_was_filled_in_can_be_discarded(folder: Path) -> None:
    shown = opened(items_by_name(folder)[CLIP])
    fill(shown, "Note", "half a thought")
    shown.run()
    press(shown, "discard_draft")
    assert "Not sent yet" not in said(shown)
    assert next(field for field in shown.text_area if field.label == "Note").value == ""


def test_evidence_is_added_taken_out_and_goes_with_the_verdict(folder: Path) -> None:
    names = items_by_name(folder)
    shown = opened(names[CLIP])
    for written in ("https://example.org/a that day", "0:02-0:04 the bridge", names[SOURCE]):
        fill(shown, "Add a link, a stretch of the video, or an item", written)
        shown.run()
    assert "item IMG_2291.MOV" in said(shown)
    next(button for button in shown.button if button.label == "Remove").click().run()
    press(shown, "give_verified")
    decision = case_of(folder, names[CLIP]).decision
    assert decision is not None
    assert [(one.kind, one.note) for one in decision.evidence] == [("time-range", "the bridge"), ("item", "")]
    assert decision.evidence[1].item == names[SOURCE]


def test_undoing_a_verdict_puts_its_words_back_into_the_form(folder: Path) -> None:
    clip = items_by_name(folder)[CLIP]
    shown = opened(clip)
    fill(shown, "What it really shows", "a drill in 2019")
    fill(shown, "Note", "the crest")
    fill(shown, "Add a link, a stretch of the video, or an item", "https://example.org/a")
    shown.run()
    press(shown, "give_misattributed")
    assert case_of(folder, clip).verdict == "misattributed"
    press(shown, "undo")
    assert case_of(folder, clip).verdict is None
    assert "Not sent yet" in said(shown)
    press(shown, "give_misattributed")
    decision = case_of(folder, clip).decision
    assert decision is not None
    assert (decision.true_context, decision.note) == ("a drill in 2019", "the crest")
    assert [one.url for one in decision.evidence] == ["https://example.org/a"]

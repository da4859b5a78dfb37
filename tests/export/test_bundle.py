"""A bundle proves itself: to the BagIt library, to its own program on a bare Python, when changed."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import bagit
import pytest
import typer.testing
from made_cases import decided_case
from PIL import Image

import verify
from verify import VerifyError, cli
from verify.export import verify_bundle
from verify.export.verify_bundle import check, main

FLIPS = 200


@pytest.fixture(scope="module")
def made(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Return a bundle of one item, its digest as printed, and the head of the log it came from."""
    folder = tmp_path_factory.mktemp("case")
    archive, item = decided_case(folder, samples)
    with archive:
        done = archive.export("bundle", [item], output=folder / "bundle")
        return folder / "bundle", done.digest, str(archive.head())


@pytest.fixture
def bundle(made: tuple[Path, str, str], tmp_path: Path) -> Path:
    """Return a copy to tamper with."""
    return Path(shutil.copytree(made[0], tmp_path / "bundle"))


def codes(folder: Path, *, digest: str | None = None) -> set[tuple[str, str]]:
    return {(fault.code, fault.subject) for fault in check(folder, digest).faults}


def shape(folder: Path, name: str) -> dict[str, object]:
    return json.loads((folder / name).read_text())


def test_the_bagit_library_finds_the_bag_valid(made: tuple[Path, str, str]) -> None:
    assert bagit.Bag(str(made[0])).validate()


def test_a_bare_python_verifies_it_with_the_program_inside(made: tuple[Path, str, str]) -> None:
    folder, digest, head = made
    program = [sys.executable, "-I", "-S", "verify_bundle.py", "--digest", digest, "--head", head]
    run = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert "all as recorded" in run.stdout
    assert not list(folder.rglob("__pycache__"))


def test_the_program_is_written_for_python_3_8_and_its_standard_library() -> None:
    source = Path(verify_bundle.__file__).read_text()
    tree = ast.parse(source, feature_version=(3, 8))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_the_digest_beside_the_bundle_is_the_one_that_is_printed(made: tuple[Path, str, str]) -> None:
    folder, digest, _ = made
    beside = folder.with_name("bundle.digest.txt").read_text()
    tags = hashlib.sha256((folder / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
    assert beside.splitlines() == [digest, f"sha256:{tags}  bundle/tagmanifest-sha256.txt"]


def test_it_holds_what_was_established_and_on_what_grounds(made: tuple[Path, str, str]) -> None:
    folder = made[0]
    bundle = shape(folder, "data/bundle.json")
    (item,) = bundle["items"]
    assert hashlib.sha256((folder / item["original"]).read_bytes()).hexdigest() == item["sha256"]
    assert shape(folder, item["examination"])["sha256"] == item["sha256"]
    assert shape(folder, item["case"])["verdict"] == "misattributed"
    assert [match["relation"] for match in json.loads((folder / item["matches"]).read_text())] == ["part-of"]
    assert (folder / item["drawings"][0]).read_bytes().startswith(b"\xff\xd8")
    assert (folder / item["thumbnails"][0]["file"]).read_bytes().startswith(b"\xff\xd8")
    assert bundle["tools"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert (folder / "data" / "report.html").read_text().startswith("<!doctype html>")


def test_a_video_is_there_with_a_frame_of_every_shot_in_full_size(samples: Path, tmp_path: Path) -> None:
    clip = samples / "media" / "VID-20260114-WA0007.mp4"
    with verify.open_archive(tmp_path / "archive") as archive:
        archive.scan(clip, profile="fast", jobs=1)
        archive.export("bundle", output=tmp_path / "bundle")
    (item,) = shape(tmp_path / "bundle", "data/bundle.json")["items"]
    assert [frame["time"] for frame in item["frames"]] == ["0", "1", "7"]
    for frame in item["frames"]:
        with Image.open(tmp_path / "bundle" / frame["file"]) as picture:
            assert picture.size == (512, 288)
    assert not check(tmp_path / "bundle").faults


def test_other_cases_are_not_told(made: tuple[Path, str, str]) -> None:
    told = b"".join(path.read_bytes() for path in made[0].rglob("*") if path.is_file())
    assert b"note of another case" not in told


@pytest.mark.parametrize("seed", range(4))
def test_every_flipped_bit_is_found_and_its_file_named(bundle: Path, seed: int) -> None:
    chance = random.Random(seed)
    files = sorted(path for path in bundle.rglob("*") if path.is_file())
    for _ in range(FLIPS // 4):
        path = chance.choice(files)
        content = path.read_bytes()
        place = chance.randrange(len(content))
        broken = bytearray(content)
        broken[place] ^= 1 << chance.randrange(8)
        path.write_bytes(broken)
        assert any(path.relative_to(bundle).as_posix() in fault.subject for fault in check(bundle).faults)
        path.write_bytes(content)
    assert not check(bundle).faults


def test_every_file_that_is_taken_away_is_found(bundle: Path) -> None:
    for path in sorted(path for path in bundle.rglob("*") if path.is_file() and path.name != "bagit.txt"):
        content = path.read_bytes()
        path.unlink()
        assert path.relative_to(bundle).as_posix() in {fault.subject for fault in check(bundle).faults}
        path.write_bytes(content)


def test_what_was_added_is_found(bundle: Path) -> None:
    (bundle / "data" / "extra.jpg").write_bytes(b"x")
    (bundle / "note.txt").write_bytes(b"x")
    (bundle / "data" / "empty").mkdir()
    (bundle / "link").symlink_to("bagit.txt")
    expected = {
        ("added", "data/extra.jpg"),
        ("added", "note.txt"),
        ("added", "data/empty"),
        ("no-file", "link"),
    }
    assert codes(bundle) == expected


def test_a_manifest_that_was_made_anew_is_found_by_the_digest_that_was_written_down(
    bundle: Path, made: tuple[Path, str, str]
) -> None:
    report = bundle / "data" / "report.html"
    report.write_bytes(report.read_bytes().replace(b"misattributed", b"verified"))
    for algorithm in ("sha256", "sha512"):
        _restate(bundle, f"manifest-{algorithm}.txt", "data/report.html", algorithm)
    for algorithm in ("sha256", "sha512"):
        for name in ("manifest-sha256.txt", "manifest-sha512.txt"):
            _restate(bundle, f"tagmanifest-{algorithm}.txt", name, algorithm)
    assert codes(bundle) == set()
    assert codes(bundle, digest=made[1]) == {("other-digest", "tagmanifest-sha256.txt")}


def _restate(bundle: Path, manifest: str, name: str, algorithm: str) -> None:
    lines = (bundle / manifest).read_text().splitlines(keepends=True)
    digest = hashlib.new(algorithm, (bundle / name).read_bytes()).hexdigest()
    lines = [f"{digest}  {name}\n" if line.endswith(f"  {name}\n") else line for line in lines]
    (bundle / manifest).write_text("".join(lines))


@pytest.mark.parametrize("name", ["data/log/events.jsonl", "data/log/chain.json"])
def test_an_event_that_was_forged_together_with_all_manifests_is_not_in_the_log(
    bundle: Path, name: str
) -> None:
    path = bundle / name
    lines = path.read_text().splitlines()
    if name.endswith("jsonl"):
        lines[-1] = lines[-1].replace('"verdict":"misattributed"', '"verdict":"verified"')
        path.write_text("\n".join(lines) + "\n")
    else:
        chain = json.loads(path.read_text())
        chain["contents"][-1] = "0" * 64
        path.write_text(json.dumps(chain))
    assert any(code == "log" for code, _ in codes(bundle))


def test_a_head_of_another_log_is_told(made: tuple[Path, str, str]) -> None:
    other = made[2][:-4] + ("0000" if made[2][-4:] != "0000" else "1111")
    assert [fault.code for fault in check(made[0], None, other).faults] == ["other-head"]
    assert [fault.code for fault in check(made[0], None, "999-" + made[2].split("-", 1)[1]).faults] == [
        "other-head"
    ]


def test_exit_codes_tell_sound_broken_and_impossible(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(bundle)]) == 0
    (bundle / "data" / "bad\x1b[2J.txt").write_bytes(b"")
    assert main([str(bundle)]) == 1
    assert "\x1b" not in capsys.readouterr().out
    assert main([str(tmp_path / "nowhere")]) == 2
    assert main([str(tmp_path)]) == 2
    assert main([str(bundle), "--digest", "short"]) == 2
    assert main([str(bundle), "--head", "15-ad40"]) == 2
    assert main([str(bundle), "--head", "no head"]) == 2


def test_an_original_that_was_changed_or_is_gone_is_told(samples: Path, tmp_path: Path) -> None:
    archive, item = decided_case(tmp_path, samples)
    original = tmp_path / "inbox" / "figs_today.jpg"
    with archive:
        stamp = original.stat()
        content = bytearray(original.read_bytes())
        content[-9] ^= 1
        original.write_bytes(content)
        os.utime(original, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        changed = archive.export("bundle", [item], output=tmp_path / "changed")
        original.unlink()
        gone = archive.export("bundle", [item], output=tmp_path / "gone")
    assert [(gap.item, gap.field) for gap in (*changed.gaps, *gone.gaps)] == [(item, "original")] * 2
    for name, words in (("changed", "was changed"), ("gone", "not in the archive's folders")):
        (told,) = shape(tmp_path / name, "data/bundle.json")["items"]
        assert told["original"] is None
        assert words in told["original_missing"]
        assert not check(tmp_path / name).faults


def test_a_bundle_takes_no_name_that_is_taken_and_leaves_nothing_half_made(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, item = decided_case(tmp_path, samples)
    (tmp_path / "taken").mkdir()
    before = sorted(path.name for path in tmp_path.iterdir())
    with archive, pytest.raises(VerifyError, match="already"):
        archive.export("bundle", [item], output=tmp_path / "taken")
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_the_command_line_writes_a_bundle_and_prints_its_digest(samples: Path, tmp_path: Path) -> None:
    archive, item = decided_case(tmp_path, samples)
    archive.close()
    where = ["--archive", str(tmp_path / "archive"), "--output", str(tmp_path / "bundle")]
    runner = typer.testing.CliRunner()
    run = runner.invoke(cli.app, ["export", "--format", "bundle", item[:12], *where])
    assert run.exit_code == 0, run.output
    digest = (tmp_path / "bundle.digest.txt").read_text().split()[0]
    assert f"Digest of the bundle: {digest}" in run.output
    assert not check(tmp_path / "bundle", digest).faults

"""The schemas are current, and what leaves the archive keeps to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from made_cases import decided_case
from made_reviews import histories

import verify
from verify.export.schemas import all_schemas
from verify.review.events import ReviewEvent

SCHEMAS = all_schemas()
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in SCHEMAS.items()}
HOME = Path(__file__).resolve().parents[2] / "docs" / "schemas"


def faults(name: str, value: object) -> list[str]:
    return [fault.message for fault in VALIDATORS[name].iter_errors(value)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one_and_the_file_in_docs_is_current(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    kept = json.loads((HOME / f"{name}.schema.json").read_text())
    assert kept == SCHEMAS[name], "write them anew with verify.export.schemas.write(Path('docs/schemas'))"


def test_there_is_a_file_for_each_and_no_other() -> None:
    assert {path.name for path in HOME.iterdir()} == {f"{name}.schema.json" for name in SCHEMAS}


@pytest.mark.parametrize("name", ["figs_today.jpg", "studio_tour.mp4"])
def test_an_examination_keeps_to_its_schema(samples: Path, name: str) -> None:
    shape = json.loads(json.dumps(verify.examine(samples / "media" / name).to_json()))
    assert faults("examination", shape) == []
    assert faults("examination", {**shape, "sha256": shape["sha256"][1:]}) != []
    assert faults("examination", {**shape, "unheard": 1}) != []


@settings(deadline=None, max_examples=40)
@given(events=histories())
def test_every_event_keeps_to_its_schema(events: list[ReviewEvent]) -> None:
    for event in events:
        shape: dict[str, Any] = json.loads(json.dumps(event.to_json()))
        assert faults("review-event", shape) == []
        assert faults("review-event", {**shape, "payload": {"unheard": 1}}) != []


def test_a_bundle_and_its_matches_keep_to_their_schemas(samples: Path, tmp_path: Path) -> None:
    archive, item = decided_case(tmp_path, samples)
    with archive:
        archive.export("bundle", [item], output=tmp_path / "bundle")
    bundle = json.loads((tmp_path / "bundle" / "data" / "bundle.json").read_text())
    assert faults("bundle", bundle) == []
    matches = json.loads((tmp_path / "bundle" / bundle["items"][0]["matches"]).read_text())
    assert matches
    assert [faults("match", match) for match in matches] == [[]]
    assert faults("match", {**matches[0], "relation": "cousin"}) != []

"""Every rule: facts on which it fires, and near ones on which it does not."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from verify.metadata.findings import RULES, Facts, by_name, find
from verify.records import Fingerprints, MetadataValue, Pdq, Scalar, Shot, View

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
DOCS = Path(__file__).resolve().parents[2] / "docs"


def value(name: str, content: Scalar) -> MetadataValue:
    source, _, key = name.partition(":")
    return MetadataValue(source=source, key=key, value=content)


def facts(metadata: dict[str, Scalar] | None = None, **known: Any) -> Facts:
    """Make the facts of a JPEG of 4000 x 3000 pixels that was examined at `NOW`."""
    plain: dict[str, Any] = {
        "kind": "image",
        "format": "jpeg",
        "file_name": "a.jpg",
        "examined_at": NOW,
        "width": 4000,
        "height": 3000,
    }
    index = by_name(value(name, content) for name, content in (metadata or {}).items())
    return Facts(**(plain | {"metadata": index} | known))


def video(metadata: dict[str, Scalar] | None = None, **known: Any) -> Facts:
    return facts(metadata, **({"kind": "video", "format": "mp4", "file_name": "a.mp4"} | known))


def views(*qualities: int) -> tuple[View, ...]:
    return tuple(
        View(
            time=Fraction(index),
            fingerprints=Fingerprints(
                phash="0" * 16,
                dhash="0" * 16,
                ahash="0" * 16,
                whash="0" * 16,
                colorhash="0" * 11,
                pdq=Pdq(hex="0" * 64, quality=quality),
            ),
            thumbnail=b"",
        )
        for index, quality in enumerate(qualities)
    )


CAMERA: dict[str, Scalar] = {"exif:Make": "Maker", "exif:Model": "Model 7"}
TAKEN = "exif:DateTimeOriginal"
ROME = {"exif:GPSLatitude": 41.9, "exif:GPSLongitude": 12.5}
IJG = {"jpeg:EncoderFamily": "ijg"}

FIRES: dict[str, list[Facts]] = {
    "captured-after-file": [
        facts({TAKEN: "2026-01-12T10:00:00+00:00"}, modified_at=datetime(2026, 1, 11, tzinfo=UTC)),
        facts({TAKEN: "2026-01-12T10:00:00"}, modified_at=datetime(2026, 1, 11, tzinfo=UTC)),
        video(
            {
                "container:creationdate": "2020-02-01T00:00:00Z",
                "container:creation_time": "2020-01-01T00:00:00Z",
            }
        ),
    ],
    "time-in-future": [
        facts({"exif:DateTime": "2026-01-16T12:00:00"}),
        facts({"exif:GPSTime": "2026-01-15T13:00:00Z"}),
    ],
    "gps-time-disagrees": [
        facts({TAKEN: "2021-07-01T19:30:00+02:00", "exif:GPSTime": "2021-07-01T19:30:00Z"}),
        facts({TAKEN: "2021-07-01T19:30:00", "exif:GPSTime": "2021-07-02T17:30:00Z"}),
    ],
    "creation-time-absent": [video()],
    "creation-time-epoch": [
        video({"container:creation_time": "1904-01-01T00:00:00.000000Z"}),
        video({"video:creation_time": "1970-01-01T00:00:00.000000Z"}),
    ],
    "gps-present": [facts(ROME), video({"container:latitude": -33.8, "container:longitude": 151.2})],
    "gps-at-zero": [facts({"exif:GPSLatitude": 0.0, "exif:GPSLongitude": 0.0})],
    "gps-out-of-range": [facts({"exif:GPSLatitude": 95.0, "exif:GPSLongitude": 10.0})],
    "thumbnail-differs": [facts({"pixels:embedded_thumbnail_distance_bits": 120})],
    "dimensions-disagree": [
        facts({"exif:PixelXDimension": 4000, "exif:PixelYDimension": 2000}),
        facts({"exif:PixelXDimension": 8000, "exif:PixelYDimension": 6000}),
    ],
    "extension-mismatch": [facts(file_name="a.PNG"), video(file_name="a.jpg"), video(file_name="a.txt")],
    "borders": [facts({"pixels:border_top": 0.12, "pixels:border_kind": "blurred"})],
    "dark-or-flat": [facts(views=views(49)), video(views=views(10, 20, 90))],
    "screenshot-like": [
        facts(width=1170, height=2532),
        facts(format="png", width=1920, height=1080),
        facts({"exif:UserComment": "Screenshot"}),
        facts(file_name="Screenshot_20260101.png"),
    ],
    "trailing-data": [facts({"file:TrailingBytes": 5000})],
    "content-credentials-present": [
        facts({"c2pa:state": "trusted"}),
        facts({"c2pa:state": "valid but untrusted", "c2pa:issuer": "Somebody"}),
    ],
    "content-credentials-broken": [
        facts({"c2pa:state": "invalid", "c2pa:codes": "assertion.dataHash.mismatch"})
    ],
    "generator-named": [
        facts({"c2pa:digital_source_type": "trainedAlgorithmicMedia"}),
        facts({"exif:Software": "Stable Diffusion 2"}),
        facts({"png:parameters": "a cat\nSteps: 20, Sampler: Euler a"}),
    ],
    "no-camera-metadata": [facts(), video({"container:encoder": "Lavf58.76.100"})],
    "stripped-by-platform": [
        facts({"iptc:SpecialInstructions": "FBMD01000a86"}),
        facts(file_name="IMG-20260113-WA0021.jpg"),
        facts(file_name="photo_2026-01-13_10-00-00.jpg"),
        video(file_name="VID-20260114-WA0007.mp4"),
    ],
    "platform-like-size": [
        facts(IJG | {"jpeg:QualityEstimate": 80}, width=1600, height=1200),
        facts(IJG | {"jpeg:QualityEstimate": 87}, width=960, height=1280),
    ],
    "editing-software": [
        facts({"exif:Software": "Adobe Photoshop CC 2019 (Windows)"}),
        facts({"xmp:History": "action=saved, softwareAgent=Adobe Photoshop Lightroom 4.2"}),
        facts({"jpeg:comment": "Created with GIMP"}),
        video({"container:software": "iMovie 10"}),
    ],
    "reencoded-video": [
        video({"container:encoder": "Lavf58.76.100"}),
        video({"container:encoding_tool": "HandBrake 1.3.3"}),
        video({"video:handler_name": "ISO Media file produced by Google Inc."}),
        video({"container:major_brand": "isom"}),
    ],
    "variable-frame-rate": [video({"video:variable_frame_rate": 1})],
    "hard-cuts": [
        video({"video:cut_count": 3}),
        video(shots=(Shot(start=Fraction(0), end=Fraction(2)), Shot(start=Fraction(2), end=Fraction(5)))),
    ],
}

SILENT: dict[str, list[Facts]] = {
    "captured-after-file": [
        facts({TAKEN: "2026-01-11T10:00:00"}, modified_at=datetime(2026, 1, 11, tzinfo=UTC)),
        facts({TAKEN: "2021-07-01T19:30:00"}, modified_at=datetime(2026, 1, 11, tzinfo=UTC)),
        video(
            {
                "container:creationdate": "2020-02-01T00:00:00Z",
                "container:creation_time": "1904-01-01T00:00:00Z",
            }
        ),
        facts({TAKEN: "0000:00:00 00:00:00"}, modified_at=datetime(2026, 1, 11, tzinfo=UTC)),
    ],
    "time-in-future": [facts({"exif:DateTime": "2026-01-16T01:00:00"}), facts({"exif:DateTime": "someday"})],
    "gps-time-disagrees": [
        facts({TAKEN: "2021-07-01T19:30:00+02:00", "exif:GPSTime": "2021-07-01T17:29:00Z"}),
        facts({TAKEN: "2021-07-01T23:15:00", "exif:GPSTime": "2021-07-01T17:30:00Z"}),
        facts({TAKEN: "2021-07-01T19:30:00"}),
    ],
    "creation-time-absent": [
        video({"container:creation_time": "2020-01-01T00:00:00Z"}),
        video(format="gif", file_name="a.gif"),
        video(width=None, height=None),
        facts(),
    ],
    "creation-time-epoch": [video({"container:creation_time": "2020-01-01T00:00:00Z"})],
    "gps-present": [
        facts(),
        facts({"exif:GPSLatitude": 41.9}),
        facts({"exif:GPSLatitude": 0.0, "exif:GPSLongitude": 0.0}),
        facts({"exif:GPSLatitude": 95.0, "exif:GPSLongitude": 10.0}),
    ],
    "gps-at-zero": [facts({"exif:GPSLatitude": 0.0, "exif:GPSLongitude": 9.4}), facts(ROME)],
    "gps-out-of-range": [facts({"exif:GPSLatitude": 90.0, "exif:GPSLongitude": -180.0})],
    "thumbnail-differs": [facts({"pixels:embedded_thumbnail_distance_bits": 28}), facts()],
    "dimensions-disagree": [
        facts({"exif:PixelXDimension": 4000, "exif:PixelYDimension": 3000}),
        facts({"exif:PixelXDimension": 3000, "exif:PixelYDimension": 4000}),
        facts({"exif:PixelXDimension": 0, "exif:PixelYDimension": 0}),
        facts({"exif:PixelXDimension": 4000, "exif:PixelYDimension": 3000}, width=None, height=None),
    ],
    "extension-mismatch": [facts(file_name="a.JPEG"), facts(file_name="a"), facts(file_name="a.download")],
    "borders": [facts({"pixels:border_top": 0.0, "pixels:border_left": 0.01}), facts()],
    "dark-or-flat": [facts(views=views(50)), video(views=views(10, 90, 90)), facts()],
    "screenshot-like": [
        facts(CAMERA, width=1170, height=2532),
        facts(width=1920, height=1080),
        facts(width=None, height=None, file_name="Screenshot.jpg"),
    ],
    "trailing-data": [facts({"file:TrailingBytes": 1}), facts()],
    "content-credentials-present": [
        facts({"c2pa:state": "no manifest"}),
        facts({"c2pa:state": "invalid"}),
        facts(),
    ],
    "content-credentials-broken": [facts({"c2pa:state": "trusted"}), facts()],
    "generator-named": [
        facts({"exif:Software": "Firmware 1.2", "exif:UserComment": "Steps: none"}),
        facts({"c2pa:digital_source_type": "digitalCapture"}),
    ],
    "no-camera-metadata": [facts(CAMERA), video({"container:make": "Apple"}), facts(width=None, height=None)],
    "stripped-by-platform": [
        facts(),
        facts(CAMERA, file_name="IMG-20260113-WA0021.jpg"),
        facts({"iptc:SpecialInstructions": "No sale in print"}),
    ],
    "platform-like-size": [
        facts(IJG | {"jpeg:QualityEstimate": 95}, width=1600, height=1200),
        facts(IJG | {"jpeg:QualityEstimate": 80, "exif:Make": "Maker"}, width=1600, height=1200),
        facts(IJG | {"jpeg:QualityEstimate": 80}, width=1500, height=1200),
        facts({"jpeg:EncoderFamily": "own-tables", "jpeg:QualityEstimate": 80}, width=1600, height=1200),
    ],
    "editing-software": [
        facts({"exif:Software": "Ver.1.04 "}),
        facts({"exif:Software": "16.3.1"}),
        facts({"exif:Software": "Digital Camera FinePix40i Ver1.39"}),
        facts({"exif:Software": "HDR+ 1.0.345618096zd"}),
    ],
    "reencoded-video": [
        video({"container:major_brand": "qt", "container:make": "Apple"}),
        video({"container:major_brand": "isom", "container:make": "Maker"}),
        video({"container:major_brand": "mp42", "video:handler_name": "VideoHandle"}),
    ],
    "variable-frame-rate": [video({"video:variable_frame_rate": 0}), video()],
    "hard-cuts": [video({"video:cut_count": 0}), video(shots=(Shot(start=Fraction(0), end=Fraction(2)),))],
}


def cases(table: dict[str, list[Facts]]) -> list[Any]:
    return [
        pytest.param(code, example, id=f"{code} {number}")
        for code, examples in table.items()
        for number, example in enumerate(examples, 1)
    ]


@pytest.mark.parametrize(("code", "example"), cases(FIRES))
def test_the_rule_fires(code: str, example: Facts) -> None:
    found = {finding.code: finding for finding in find(example)}
    assert code in found
    finding = found[code]
    assert finding.explanation.endswith(RULES[code].next_step)
    assert "\n" not in finding.explanation
    assert "fake" not in finding.explanation.lower()


@pytest.mark.parametrize(("code", "example"), cases(SILENT))
def test_the_rule_is_silent(code: str, example: Facts) -> None:
    assert code not in {finding.code for finding in find(example)}


def test_every_rule_has_facts_on_which_it_fires_and_facts_on_which_it_does_not() -> None:
    assert FIRES.keys() == RULES.keys()
    assert SILENT.keys() == RULES.keys()


def test_findings_cite_the_values_they_rest_on() -> None:
    (finding,) = [
        f for f in find(facts(ROME | {"exif:GPSTime": "2021-07-01T17:30:00Z"})) if f.code == "gps-present"
    ]
    assert finding.values == {**ROME, "exif:GPSTime": "2021-07-01T17:30:00Z"}
    assert "Europe/Rome" in finding.explanation
    assert "Thursday 2021-07-01 19:30" in finding.explanation


def test_the_gravest_findings_come_first() -> None:
    example = facts({"exif:GPSLatitude": 95.0, "exif:GPSLongitude": 1.0, "file:TrailingBytes": 99})
    severities = [finding.severity for finding in find(example)]
    assert severities == sorted(severities, key=["warning", "notice", "info"].index)
    assert severities[0] == "warning"


def test_a_file_that_is_no_media_has_no_findings() -> None:
    assert find(facts(kind="other", format="pdf", file_name="a.jpg", width=None, height=None)) == ()


def test_codes_and_severities_are_well_formed() -> None:
    for code, rule in RULES.items():
        assert code == rule.code
        assert code.replace("-", "").isalpha()
        assert rule.explanation.endswith(".")
        assert rule.next_step.endswith(".")
        assert "fake" not in rule.explanation.lower()


def test_the_reference_page_is_in_step_with_the_rules() -> None:
    from verify.metadata.findings.registry import reference

    assert reference() in (DOCS / "findings.md").read_text(encoding="utf-8")

"""MediaReview: what reviewers decided, in schema.org's words; nothing that nobody said."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_records import digest_of
from made_reviews import archive_of

import verify
from verify.errors import VerifyError
from verify.export.request import Publication

VOCABULARY = json.loads((Path(__file__).parent / "schema_org.json").read_text())
TYPES, ENUMERATIONS = VOCABULARY["types"], VOCABULARY["enumerations"]

URL = re.compile(r"https?://\S+")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?Z)?")

DESK = Publication(
    publisher="The Desk",
    publisher_url="https://desk.example/",
    page="https://desk.example/checks/{sha256}",
    date="2026-01-20",
)
POST = "https://posts.example/no-winter"
ARCHIVED = "https://archive.example/no-winter"


def ancestors(kind: str) -> Iterator[str]:
    yield kind
    for parent in TYPES[kind]["subclass_of"]:
        yield from ancestors(parent)


def faults(node: dict[str, Any]) -> Iterator[str]:
    """Yield what the vocabulary does not allow: unknown types and properties, values of another range."""
    kind = node["@type"]
    if kind not in TYPES:
        yield f"unknown type {kind}"
        return
    for name, value in node.items():
        if name.startswith("@"):
            continue
        owners = [one for one in ancestors(kind) if name in TYPES[one]["properties"]]
        if not owners:
            yield f"{kind} has no {name}"
            continue
        ranges = TYPES[owners[0]]["properties"][name]
        for one in value if isinstance(value, list) else [value]:
            if not fits(one, ranges):
                yield f"{kind}.{name} cannot be {one!r}"
            if isinstance(one, dict):
                yield from faults(one)


def fits(value: object, ranges: list[str]) -> bool:
    if isinstance(value, dict):
        return any(one in ranges for one in ancestors(value["@type"]))
    assert isinstance(value, str)
    enumerated = [name for one in ranges for name in ENUMERATIONS.get(one, ())]
    return (
        "Text" in ranges
        or ("URL" in ranges and URL.fullmatch(value) is not None)
        or ("DateTime" in ranges and DATE.fullmatch(value) is not None)
        or value in enumerated
    )


def exported(archive: verify.Archive, *items: str, publication: Publication = DESK) -> tuple[Any, Any]:
    stream = io.BytesIO()
    done = archive.export("mediareview", items or None, output=stream, publication=publication)
    return (json.loads(stream.getvalue()) if stream.getvalue() else None), done


@pytest.fixture
def story(sample_archive: Path, samples: Path, tmp_path: Path) -> Iterator[verify.Archive]:
    """Open the sample story with five verdicts given."""
    shutil.copytree(sample_archive, tmp_path / "archive")
    media = samples / "media"
    claim = verify.Claim(text="Filmed yesterday, 13 January 2026", post_url=POST, archived_url=ARCHIVED)
    with verify.open_archive(tmp_path / "archive") as archive:
        clip = media / "VID-20260114-WA0007.mp4"
        archive.claim(clip, claim, by="Amal")
        archive.claim(media / "IMG_2291.MOV", verify.Claim(post_url="https://hiker.example/2021"), by="Amal")
        context = "A walk in the Picos de Europa on 16 May 2021."
        archive.mark(
            clip,
            "misattributed",
            by="Amal",
            note="ask Jo",
            true_context=context,
            earlier_copy=media / "IMG_2291.MOV",
        )
        archive.claim(media / "figs_today.jpg", verify.Claim(text="Ripe figs of today </script>"), by="Amal")
        archive.mark(
            media / "figs_today.jpg",
            "misattributed",
            by="Amal",
            established=verify.Established(date="29 August 2021"),
        )
        archive.mark(
            media / "IMG-20260113-WA0021.jpg", "misattributed", by="Amal", earlier_copy=media / "IMG_2302.JPG"
        )
        archive.mark(media / "IMG_2291.MOV", "verified", by="Amal")
        archive.mark(media / "flower.jpg", "unverified", by="Amal")
        yield archive


def test_a_complete_record_reads_right(story: verify.Archive, samples: Path) -> None:
    clip = story.resolve(samples / "media" / "VID-20260114-WA0007.mp4")
    review, done = exported(story, clip)
    assert {gap.field for gap in done.gaps} == {"mediaAuthenticityCategory"}  # a person may add: cropped
    assert review["@context"] == "https://schema.org"
    assert review["@type"] == "MediaReview"
    assert review["url"] == f"https://desk.example/checks/{clip}"
    assert review["author"] == {"@type": "Organization", "name": "The Desk", "url": "https://desk.example/"}
    assert review["datePublished"] == "2026-01-20"
    assert review["mediaAuthenticityCategory"] == ["DecontextualizedContent"]
    assert review["originalMediaContextDescription"] == "A walk in the Picos de Europa on 16 May 2021."
    assert review["originalMediaLink"] == "https://hiker.example/2021"
    reviewed = review["itemReviewed"]
    assert reviewed["interpretedAsClaim"]["description"] == "Filmed yesterday, 13 January 2026"
    assert reviewed["mediaItemAppearance"] == [
        {"@type": "VideoObjectSnapshot", "sha256": clip, "contentUrl": POST, "archivedAt": ARCHIVED}
    ]
    claim_review = review["associatedClaimReview"]
    assert claim_review["claimReviewed"] == "Filmed yesterday, 13 January 2026"
    assert claim_review["reviewRating"]["alternateName"] == "Misattributed"
    assert claim_review["itemReviewed"]["appearance"]["url"] == POST
    assert list(faults(review)) == []


def test_the_story_as_a_feed_has_no_word_that_schema_org_does_not_know(story: verify.Archive) -> None:
    feed, done = exported(story)
    assert list(faults(feed)) == []
    reviews = [element["item"] for element in feed["dataFeedElement"]]
    assert done.records == len(reviews) == 4
    categories = sorted(review["mediaAuthenticityCategory"] for review in reviews)
    assert categories == [["DecontextualizedContent"]] * 3 + [["OriginalMediaContent"]]
    written = json.dumps(feed)
    assert "Amal" not in written
    assert "ask Jo" not in written


def test_what_is_missing_is_listed_and_not_invented(story: verify.Archive, samples: Path) -> None:
    dogs = story.resolve(samples / "media" / "IMG-20260113-WA0021.jpg")
    review, done = exported(story, dogs, publication=Publication())
    assert {gap.field for gap in done.gaps} >= {
        "url",
        "author",
        "datePublished",
        "originalMediaContextDescription",
        "originalMediaLink",
        "interpretedAsClaim",
        "contentUrl",
        "archivedAt",
    }
    assert {gap.item for gap in done.gaps} == {dogs}
    assert not {gap.field for gap in done.gaps} & set(review) - {"mediaAuthenticityCategory"}
    assert review["itemReviewed"]["mediaItemAppearance"] == [{"@type": "ImageObjectSnapshot", "sha256": dogs}]
    assert list(faults(review)) == []


def test_what_was_established_tells_the_context_where_no_sentence_does(
    story: verify.Archive, samples: Path
) -> None:
    review, _ = exported(story, story.resolve(samples / "media" / "figs_today.jpg"))
    assert review["originalMediaContextDescription"] == "Date: 29 August 2021."


def test_no_text_ends_the_script_element_around_it(story: verify.Archive) -> None:
    stream = io.BytesIO()
    story.export("mediareview", output=stream)
    assert b"<" not in stream.getvalue()
    assert "Ripe figs of today </script>" in json.dumps(json.loads(stream.getvalue()))


def test_unverified_undecided_and_contested_items_give_nothing(tmp_path: Path) -> None:
    with archive_of(tmp_path, "a", "b", "c") as archive:
        a, b, c = (digest_of(name) for name in "abc")
        archive.mark(a, "unverified", by="desk")
        archive.mark(c, "verified", by="desk", seen_version=archive.case(c).version)
        archive.mark(c, "unverified", by="other", seen_version=archive.case(c).version - 1)
        for item in (a, b, c):
            review, done = exported(archive, item)
            assert review is None
            assert [gap.field for gap in done.gaps] == ["mediaAuthenticityCategory"]
        feed, done = exported(archive)
        assert feed["dataFeedElement"] == []
        assert [gap.item for gap in done.gaps] == [c]  # the contested one cannot be missed


def test_copies_that_a_reviewer_confirmed_appear_beside_the_item(tmp_path: Path) -> None:
    with archive_of(tmp_path, "a", "b") as archive:
        archive.claim(digest_of("b"), verify.Claim(post_url=POST, archived_url=ARCHIVED), by="desk")
        archive.mark(digest_of("a"), "verified", by="desk")
        archive.confirm_match(digest_of("a"), digest_of("b"), by="desk")
        review, _ = exported(archive, digest_of("a"))
    _, copy = review["itemReviewed"]["mediaItemAppearance"]
    assert (copy["sha256"], copy["contentUrl"], copy["archivedAt"]) == (digest_of("b"), POST, ARCHIVED)


def test_categories_are_a_set_without_contradictions(tmp_path: Path) -> None:
    with archive_of(tmp_path, "a", "b") as archive:
        archive.mark(digest_of("a"), "misattributed", by="desk", true_context="A rehearsal.")
        archive.mark(digest_of("b"), "verified", by="desk")
        cropped = Publication(categories=frozenset({"EditedOrCroppedContent", "DecontextualizedContent"}))
        review, _ = exported(archive, digest_of("a"), publication=cropped)
        assert review["mediaAuthenticityCategory"] == ["DecontextualizedContent", "EditedOrCroppedContent"]
        with pytest.raises(VerifyError, match="cannot be original and EditedOrCroppedContent") as refused:
            exported(archive, digest_of("b"), publication=cropped)
        assert refused.value.code == "contradiction"
        with pytest.raises(VerifyError, match="name them"):
            exported(archive, publication=cropped)
        with pytest.raises(VerifyError, match="no category Fake"):
            exported(archive, digest_of("a"), publication=Publication(categories=frozenset({"Fake"})))


def test_the_check_against_the_vocabulary_bites() -> None:
    wrong = {
        "@type": "MediaReview",
        "mediaAuthenticityCategory": ["MissingContext"],
        "claimed": "x",
        "datePublished": "yesterday",
        "itemReviewed": {"@type": "MediaReviewItem", "mediaItemAppearance": [{"@type": "Organization"}]},
    }
    assert len(list(faults(wrong))) == 4

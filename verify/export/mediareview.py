"""What reviewers decided, as MediaReview and ClaimReview (schema.org) in JSON-LD.

Only what a person said is published, and nothing is concluded from it. `unverified` has no rating in the
vocabulary, so nothing is written for it. Notes and names of reviewers stay inside. What a complete record has
and the archive does not know is listed as gaps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from verify.errors import VerifyError
from verify.export.request import Exported, Gap, Publication, Request
from verify.export.tables import zulu
from verify.export.tables_content import batches
from verify.matching.other_way import other_way
from verify.on_disk import whole_file
from verify.records import Match
from verify.review.case import CaseState, Claim, Decision, Verdict
from verify.store.role import ItemSummary, Store

CONTEXT: Final = "https://schema.org"

CATEGORIES: Final[dict[Verdict, str]] = {
    "verified": "OriginalMediaContent",
    "misattributed": "DecontextualizedContent",
}
"""What a verdict says in the words of schema.org's MediaManipulationRatingEnumeration."""

ALTERED: Final = frozenset({"EditedOrCroppedContent", "StagedContent", "TransformedContent"})
"""What original content cannot be besides (definition of OriginalMediaContent); only a person can say it."""

KNOWN: Final = frozenset({*CATEGORIES.values(), *ALTERED, "SatireOrParodyContent"})

SNAPSHOTS: Final = {"image": "ImageObjectSnapshot", "video": "VideoObjectSnapshot"}

Shape = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """An item with a verdict, and what belongs to it."""

    item: ItemSummary
    case: CaseState
    decision: Decision
    earlier: CaseState | None
    """Of the earlier copy that the verdict names."""
    match: Match | None
    """With that copy, if it was found when the later of the two arrived."""
    copies: tuple[tuple[ItemSummary, CaseState], ...]
    """Items of which a reviewer confirmed that they show the same pictures; not the earlier copy."""

    @property
    def claim(self) -> Claim:
        return self.case.claim or Claim()


def write(store: Store, request: Request) -> Exported:
    """Write one MediaReview if one item is asked for, else a DataFeed of all."""
    _check_categories(request)
    gaps: list[Gap] = []
    reviews: list[tuple[Reviewed, Shape]] = []
    for one in _reviewed(store, request, gaps):
        reviews.append((one, media_review(one, request.publication, gaps)))
        request.report("reviews", len(reviews))
    alone = request.items is not None and len(request.items) == 1
    if alone and not reviews:
        return Exported(gaps=tuple(gaps))
    shape = reviews[0][1] if alone else feed(reviews)
    files = _put({"@context": CONTEXT, **shape}, request)
    return Exported(files=files, records=len(reviews), gaps=tuple(gaps))


def feed(reviews: Iterable[tuple[Reviewed, Shape]]) -> Shape:
    """Return reviews as a feed that others can read again and again."""
    elements = [
        {"@type": "DataFeedItem", "dateModified": zulu(one.decision.at), "item": review}
        for one, review in reviews
    ]
    return {"@type": "DataFeed", "dataFeedElement": elements}


def media_review(one: Reviewed, publication: Publication, gaps: list[Gap]) -> Shape:
    """Return the MediaReview of an item; what it lacks is added to `gaps`."""
    told = _Told(one.item.sha256, gaps)
    about: Shape = {
        "@type": "MediaReview",
        **_published(one, publication, told),
        "mediaAuthenticityCategory": _categories(one, publication),
        **_original(one, publication, told),
        "itemReviewed": {
            "@type": "MediaReviewItem",
            **told.known(
                "interpretedAsClaim",
                one.claim.text and {"@type": "Claim", "description": one.claim.text},
                "Record what the post claims.",
            ),
            "mediaItemAppearance": [
                _appearance(one.item, one.claim, told),
                *(_appearance(item, case.claim or Claim(), told) for item, case in one.copies),
            ],
        },
    }
    if one.claim.text:
        about["associatedClaimReview"] = _claim_review(one, publication)
    return about


def _categories(one: Reviewed, publication: Publication) -> list[str]:
    """Return the set of categories: what the verdict says, and what a person adds. Refuses contradictions."""
    said = {CATEGORIES[one.decision.verdict], *publication.categories}
    if "OriginalMediaContent" in said and (altered := said & ALTERED):
        message = f"{one.item.sha256[:12]} cannot be original and {', '.join(sorted(altered))}."
        raise VerifyError(message, code="contradiction")
    return sorted(said)


def _published(one: Reviewed, publication: Publication, told: _Told) -> Shape:
    """Say who published it, where and when; and when it was decided."""
    return {
        **told.known("url", _page(one, publication), "Say where the review is published (--page)."),
        **told.known("author", _author(publication), "Say who publishes it (--publisher)."),
        **told.known("datePublished", publication.date, "Say when it was published (--published)."),
        "dateCreated": zulu(one.decision.at),
    }


def _original(one: Reviewed, publication: Publication, told: _Told) -> Shape:
    """Say what the pictures really show and where they come from, where the context was wrong."""
    if (
        one.match
        and one.match.relation == "part-of"
        and "EditedOrCroppedContent" not in publication.categories
    ):
        advice = (
            "It shows a part of its earlier copy; if that misleads, say --category EditedOrCroppedContent."
        )
        told.lacks("mediaAuthenticityCategory", advice)
    if one.decision.verdict != "misattributed":
        return {}
    posted = one.earlier.claim.post_url if one.earlier and one.earlier.claim else ""
    named = "" if one.decision.earlier_copy else "Name an earlier copy. "
    return {
        **told.known(
            "originalMediaContextDescription",
            _true_context(one.decision),
            "Say what the pictures really show.",
        ),
        **told.known(
            "originalMediaLink",
            posted,
            f"{named}Record at the earlier copy where it was posted.",
        ),
    }


def _true_context(decision: Decision) -> str:
    """Return the reviewer's sentence, or else what was established, as it was put down."""
    if decision.true_context:
        return decision.true_context
    names = ("source", "date", "place", "event")
    found = {name: getattr(decision.established, name) for name in names}
    return " ".join(f"{name.capitalize()}: {value}." for name, value in found.items() if value)


def _appearance(item: ItemSummary, claim: Claim, told: _Told) -> Shape:
    """Return where these bytes were seen, with the archived snapshot."""
    which = "" if item.sha256 == told.item else f" of its copy {item.sha256[:12]}"
    return {
        "@type": SNAPSHOTS[item.kind],
        "sha256": item.sha256,
        **told.known("contentUrl", claim.post_url, f"Record the address of the post{which}."),
        **told.known("archivedAt", claim.archived_url, f"Archive the post{which}, and record where."),
    }


def _claim_review(one: Reviewed, publication: Publication) -> Shape:
    decision, page, author = one.decision, _page(one, publication), _author(publication)
    rating = {"@type": "Rating", "alternateName": decision.verdict.capitalize()}
    if decision.true_context:
        rating["ratingExplanation"] = decision.true_context
    about: Shape = {"@type": "Claim", "description": one.claim.text}
    if one.claim.post_url:
        about["appearance"] = {"@type": "CreativeWork", "url": one.claim.post_url}
    return {
        "@type": "ClaimReview",
        **({"url": page} if page else {}),
        **({"author": author} if author else {}),
        **({"datePublished": publication.date} if publication.date else {}),
        "claimReviewed": one.claim.text,
        "itemReviewed": about,
        "reviewRating": rating,
    }


def _page(one: Reviewed, publication: Publication) -> str:
    return publication.page.replace("{sha256}", one.item.sha256)


def _author(publication: Publication) -> Shape | None:
    if not publication.publisher:
        return None
    url = {"url": publication.publisher_url} if publication.publisher_url else {}
    return {"@type": "Organization", "name": publication.publisher, **url}


class _Told:
    """Keeps what an item's record lacks."""

    def __init__(self, item: str, gaps: list[Gap]) -> None:
        self.item = item
        self._gaps = gaps

    def lacks(self, field: str, explanation: str) -> None:
        self._gaps.append(Gap(item=self.item, field=field, explanation=explanation))

    def known(self, field: str, value: object, otherwise: str) -> Shape:
        """Return the property if there is something to say, else note that it is missing."""
        if value:
            return {field: value}
        self.lacks(field, otherwise)
        return {}


def _reviewed(store: Store, request: Request, gaps: list[Gap]) -> Iterator[Reviewed]:
    """Walk the items with a verdict that can be published; say of those that were named why one cannot."""
    named = request.items is not None
    for some in batches(store, request.items):
        cases = store.review.cases(some)
        for item in store.contents.summaries(some):
            case = cases[item.sha256]
            obstacle = _obstacle(item, case)
            if obstacle is None and case.decision is not None:
                yield _with_copies(store, item, case, case.decision)
            elif obstacle is not None and (named or case.conflicting):
                gaps.append(Gap(item=item.sha256, field="mediaAuthenticityCategory", explanation=obstacle))


def _obstacle(item: ItemSummary, case: CaseState) -> str | None:
    """Say why there is no MediaReview of an item."""
    if item.kind not in SNAPSHOTS:
        return "It is no picture and no video: nothing was written."
    if case.conflicting:
        return "Reviewers disagree: nothing is written until one verdict stands alone."
    if case.decision is None:
        return "It has no verdict: nothing was written."
    if case.decision.verdict not in CATEGORIES:
        return "Its verdict is unverified, for which MediaReview has no rating: nothing was written."
    return None


def _with_copies(store: Store, item: ItemSummary, case: CaseState, decision: Decision) -> Reviewed:
    earlier = decision.earlier_copy
    copies = [sha256 for sha256 in case.confirmed if sha256 != earlier]
    cases = store.review.cases([*copies, *([earlier] if earlier else [])])
    return Reviewed(
        item=item,
        case=case,
        decision=decision,
        earlier=cases.get(earlier) if earlier else None,
        match=_match(store, item.sha256, earlier) if earlier and earlier not in case.refused else None,
        copies=tuple(
            (copy, cases[copy.sha256]) for copy in store.contents.summaries(copies) if copy.kind in SNAPSHOTS
        ),
    )


def _match(store: Store, item: str, earlier: str) -> Match | None:
    """Return what was found between an item and its earlier copy, seen from the item."""
    found = [match for match in store.seen_before(item) if match.item == earlier]
    found += [
        other_way(match, query=earlier, paths=())
        for later, match in store.seen_since(item)
        if later == earlier
    ]
    return found[0] if found else None


def _check_categories(request: Request) -> None:
    """Refuse categories that no one can have meant."""
    asked: Sequence[str] = sorted(request.publication.categories)
    if not asked:
        return
    for category in asked:
        if category not in KNOWN:
            hint = f"Categories: {', '.join(sorted(KNOWN))}."
            raise VerifyError(f"There is no category {category}.", code="no-category", hint=hint)
    if request.items is None:
        raise VerifyError("Categories are said of items: name them.", code="no-items")


def _put(shape: Shape, request: Request) -> tuple[Path, ...]:
    """Write JSON that may stand inside a page: no text of strangers can end the script element around it."""
    written = json.dumps(shape, indent=2).replace("<", "\\u003c").encode() + b"\n"
    if not isinstance(request.output, Path):
        request.output.write(written)
        return ()
    path = request.output / "mediareview.jsonld" if request.output.is_dir() else request.output
    with whole_file(path) as file:
        file.write(written)
    return (path,)

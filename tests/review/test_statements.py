"""What can be said, and what is answered to what cannot."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from made_records import digest_of

from verify.errors import RefusedStatement
from verify.review import statements
from verify.review.case import Claim, Established, Evidence, Pillar
from verify.review.events import canonical


def verdict(word: Any = "verified", **grounds: object) -> dict[str, object]:
    said: dict[str, Any] = {
        "note": "",
        "true_context": "",
        "earlier_copy": None,
        "established": Established(),
        "evidence": (),
        "seen_version": None,
        **grounds,
    }
    return statements.verdict(word, **said)


REFUSED: dict[str, tuple[str, Callable[[], object]]] = {
    "misattributed without a context": ("context-needed", lambda: verdict("misattributed")),
    "a verdict of another word": ("unknown-verdict", lambda: verdict("fake")),
    "nobody decides": ("reviewer-needed", lambda: statements.reviewer(" \n ")),
    "a very long name": ("reviewer-needed", lambda: statements.reviewer("x" * 201)),
    "a very long note": ("too-long", lambda: statements.note("x" * 20_001)),
    "an empty note": ("empty", lambda: statements.note("  ")),
    "an empty claim": ("empty", lambda: statements.claim(Claim(text=" "))),
    "a link that runs": ("bad-link", lambda: statements.claim(Claim(post_url="javascript:alert(1)"))),
    "a link to a file": ("bad-link", lambda: statements.claim(Claim(archived_url="file:///etc/passwd"))),
    "a link to nowhere": ("bad-link", lambda: verdict(evidence=[Evidence(kind="link", url="https://")])),
    "a link that is none": ("bad-link", lambda: verdict(evidence=[Evidence(kind="link", url="http://[")])),
    "a link without one": ("incomplete-evidence", lambda: verdict(evidence=[Evidence(kind="link")])),
    "a range that ends before it starts": (
        "incomplete-evidence",
        lambda: verdict(evidence=[Evidence(kind="time-range", start=Fraction(2), end=Fraction(1))]),
    ),
    "a hundred and one pieces of evidence": (
        "too-long",
        lambda: verdict(evidence=[Evidence(kind="item", item=digest_of("b"))] * 101),
    ),
    "a sixth pillar": (
        "unknown-pillar",
        lambda: verdict(established=Established(pillars={"mood": Pillar()})),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_recorded_is_refused_with_a_sentence(name: str) -> None:
    code, say = REFUSED[name]
    with pytest.raises(RefusedStatement) as refused:
        say()
    assert refused.value.code == code
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize(
    "grounds",
    [
        {"true_context": "a drill in 2019"},
        {"earlier_copy": digest_of("b")},
        {"established": Established(place="Kunduz")},
    ],
)
def test_misattributed_says_where_the_pictures_belong(grounds: dict[str, object]) -> None:
    assert verdict("misattributed", **grounds)["verdict"] == "misattributed"


def test_text_is_kept_as_it_was_written_but_for_what_is_no_text() -> None:
    said = " <b>Ни\u202eхао</b> \U0001f600\n![x](y) \ud800\0 "
    kept = "<b>Ни\u202eхао</b> \U0001f600\n![x](y) \ufffd\ufffd"
    assert statements.note(said) == {"text": kept}
    assert canonical({"text": kept}).decode() == '{"text":"' + kept.replace("\n", "\\n") + '"}'


def test_an_arrival_with_an_undecodable_name_can_be_recorded() -> None:
    assert canonical(statements.arrival(b"/in/\xff.jpg", 3)) == (
        '{"path":"/in/\ufffd.jpg","size_bytes":3}'.encode()
    )

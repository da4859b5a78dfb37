from __future__ import annotations

from verify.matching.families import Family, Link, families


def link(one: str, other: str, score: float = 0.99) -> Link:
    return Link(one=one, other=other, score=score)


def test_every_member_matches_the_source_directly() -> None:
    chain = [link("a", "b"), link("b", "c"), link("c", "d"), link("d", "e")]
    for family in families("abcde", chain):
        direct = {
            x.other if x.one == family.source else x.one for x in chain if family.source in (x.one, x.other)
        }
        assert set(family.members) <= direct


def test_the_item_with_most_matches_is_the_source() -> None:
    assert families("abcd", [link("a", "c"), link("b", "c"), link("d", "c")]) == [
        Family(source="c", members=("a", "b", "d"))
    ]


def test_of_two_equals_the_one_given_first_is_the_source() -> None:
    assert families(["old", "new"], [link("new", "old")]) == [Family(source="old", members=("new",))]


def test_a_refused_pair_is_in_no_family_together() -> None:
    found = families("abc", [link("a", "b"), link("a", "c"), link("b", "c")], refused=[("c", "b")])
    assert found == [Family(source="a", members=("b",))]


def test_an_item_without_matches_is_in_no_family() -> None:
    assert families("ab", []) == []

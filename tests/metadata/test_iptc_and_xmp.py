"""IPTC datasets and XMP packets, good and hostile."""

from __future__ import annotations

import pytest

from verify.metadata.findings import by_name
from verify.metadata.iptc import read_iptc
from verify.metadata.xmp import MAX_PACKET_BYTES, packet_of_gif, read_xmp


def packet(body: str, attributes: str = "") -> bytes:
    return f"""<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>
    <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
      xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:dc="http://purl.org/dc/elements/1.1/"
      xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:odd="http://example.org/odd/"
      xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" {attributes}>{body}</rdf:Description>
    </rdf:RDF></x:xmpmeta><?xpacket end='w'?>""".encode()


def values_of(data: bytes) -> dict[str, object]:
    values, problems = read_xmp(data)
    assert problems == []
    return {name: value.value for name, value in by_name(values).items()}


def test_iptc_datasets_have_the_names_of_the_standard() -> None:
    values = by_name(
        read_iptc(
            {
                (2, 120): [b"A caption"],
                (2, 80): [b"Zo\xeb"],
                (2, 40): [b"FBMD01000a86"],
                (2, 25): [b"one", b"two"],
                (2, 110): [b"   \0"],
            }
        )
    )
    assert {name: value.value for name, value in values.items()} == {
        "iptc:SpecialInstructions": "FBMD01000a86",
        "iptc:Keywords": "one; two",
        "iptc:By-line": "Zoë",
        "iptc:Caption-Abstract": "A caption",
    }
    assert values["iptc:Caption-Abstract"].raw_key == "IPTC 2:120"


def test_iptc_dates_are_joined_with_their_time_of_day() -> None:
    values = by_name(read_iptc({(2, 55): [b"20210701"], (2, 60): [b"193000+0200"], (2, 62): [b"20210702"]}))
    created, digital = values["iptc:DateCreated"], values["iptc:DigitalCreationDate"]
    assert (created.value, created.zone) == ("2021-07-01T19:30:00+02:00", "offset")
    assert (digital.value, digital.zone) == ("2021-07-02", "")


def test_declared_utf_8_is_read_as_utf_8() -> None:
    values = by_name(read_iptc({(1, 90): [b"\x1b%G"], (2, 105): ["présenté".encode()]}))
    assert values["iptc:Headline"].value == "présenté"


def test_xmp_properties_are_read_in_both_spellings() -> None:
    data = packet("<photoshop:Credit>Agency</photoshop:Credit>", 'xmp:CreatorTool="Editor 3"')
    assert values_of(data) == {"xmp:CreatorTool": "Editor 3", "xmp:photoshop:Credit": "Agency"}


def test_xmp_lists_alternatives_and_histories_become_text() -> None:
    data = packet("""
      <dc:subject><rdf:Bag><rdf:li>one</rdf:li><rdf:li>two</rdf:li></rdf:Bag></dc:subject>
      <dc:title><rdf:Alt>
        <rdf:li xml:lang="de">Titel</rdf:li><rdf:li xml:lang="x-default">Title</rdf:li>
      </rdf:Alt></dc:title>
      <xmpMM:History><rdf:Seq>
        <rdf:li stEvt:action="created" stEvt:softwareAgent="Editor 1"/>
        <rdf:li rdf:parseType="Resource"><stEvt:action>saved</stEvt:action></rdf:li>
      </rdf:Seq></xmpMM:History>""")
    assert values_of(data) == {
        "xmp:dc:subject": "one; two",
        "xmp:dc:title": "Title",
        "xmp:History": "action=created, softwareAgent=Editor 1 | action=saved",
    }


def test_xmp_times_keep_their_offset() -> None:
    values, _ = read_xmp(packet("<xmp:CreateDate>2021-07-01T19:30:00.5+02:00</xmp:CreateDate>"))
    assert (values[0].value, values[0].zone) == ("2021-07-01T19:30:00.5+02:00", "offset")


def test_an_unknown_namespace_lends_its_last_word() -> None:
    assert values_of(packet("<odd:thing>x</odd:thing>")) == {"xmp:odd:thing": "x"}


def test_extended_packets_are_second_documents() -> None:
    both = packet("<dc:format>image/jpeg</dc:format>") + packet("<dc:source>archive</dc:source>")
    assert values_of(both) == {"xmp:dc:format": "image/jpeg", "xmp:dc:source": "archive"}


BILLION_LAUGHS = b"""<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><RDF>&b;</RDF></x:xmpmeta>"""
HOSTILE = {
    "entities": (BILLION_LAUGHS, "xmp-refused"),
    "an outside entity": (b'<!DOCTYPE x SYSTEM "file:///etc/hostname"><RDF>x</RDF>', "xmp-refused"),
    "a tower of elements": (b"<a><RDF>" + b"<b>" * 100_000, "xmp-refused"),
    "a crowd of elements": (b"<RDF>" + b"<b/>" * 100_000 + b"</RDF>", "xmp-refused"),
    "half a packet": (packet("x")[:400], "xmp-damaged"),
    "an unknown encoding": (b"<?xml version='1.0' encoding='klingon'?><RDF/>", "xmp-damaged"),
    "more than is read": (b"<RDF>" + b" " * MAX_PACKET_BYTES + b"</RDF>", "xmp-too-large"),
}


@pytest.mark.parametrize(("data", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_packets_are_one_problem_and_no_values(data: bytes, code: str) -> None:
    values, problems = read_xmp(data)
    assert values == []
    assert [problem.code for problem in problems] == [code]


def test_the_packet_of_a_gif_is_cut_out_of_its_extension() -> None:
    trailer = bytes([1, *range(255, -1, -1), 0])
    gif = b"GIF89a....!\xff\x0bXMP DataXMP" + packet("<dc:format>image/gif</dc:format>") + trailer + b";"
    assert values_of(packet_of_gif(gif)) == {"xmp:dc:format": "image/gif"}
    assert packet_of_gif(b"GIF89a") == b""

"""XMP: the properties of a packet as flat text (ISO 16684-1), read from XML that nobody vouches for.

Entities, DTDs and external references are refused, the packet and its depth are bounded. Properties of the
basic and media-management namespaces keep their bare name (`CreatorTool`, `History`), others carry their
usual prefix (`photoshop:Credit`), so that `xmp:CreatorTool` reads as every other value does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from verify.metadata.bounds import clean, problem
from verify.metadata.times import iso_time
from verify.records import MetadataValue, Problem

MAX_PACKET_BYTES = 1 << 20
"""Parsed of one packet; larger ones carry embedded previews or endless histories and are refused whole."""
MAX_DEPTH = 24
"""Of nested elements; RDF in real packets stays below 12."""
MAX_ELEMENTS = 20_000
MAX_PROPERTIES = 160
MAX_ITEMS = 100
"""Of one list or history."""

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

PREFIXES = {
    "http://ns.adobe.com/xap/1.0/": "",
    "http://ns.adobe.com/xap/1.0/mm/": "",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "",
    "http://ns.adobe.com/xap/1.0/sType/ResourceRef#": "",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.adobe.com/camera-raw-settings/1.0/": "crs",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.google.com/photos/1.0/camera/": "GCamera",
}
"""Namespace to prefix as ISO 16684, the IPTC standard and Adobe's registry write them; empty: bare names."""

END_OF_DOCUMENT = re.compile(rb"(?<=</x:xmpmeta>)")
"""Extended XMP is a second document, joined on to the first."""

GIF_EXTENSION = b"XMP DataXMP"
GIF_TRAILER = b"\x01\xff\xfe\xfd"

LEFT_OUT = ("crs", "xmpNote")
"""Raw developers' slider positions by the hundred, and the bookkeeping of extended packets."""


class HostilePacket(Exception):
    """The packet is deeper or has more elements than any real one."""


class _BoundedTree(TreeBuilder):
    """Builds the tree and refuses one that would cost more than it can tell."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = self.elements = 0

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise HostilePacket
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        return super().end(tag)


def read_xmp(packet: bytes) -> tuple[list[MetadataValue], list[Problem]]:
    """Read every property of a packet; what cannot be read safely is one problem and no values."""
    packet = packet.strip(b"\0 \t\r\n")
    if not packet:
        return [], []
    if len(packet) > MAX_PACKET_BYTES:
        return [], [problem("xmp-too-large", f"The XMP packet of {len(packet)} bytes is too large to read.")]
    try:
        roots = [_parse(document) for document in END_OF_DOCUMENT.split(packet) if b"RDF" in document]
    except (DefusedXmlException, HostilePacket):
        return [], [problem("xmp-refused", "The XMP packet uses entities or nesting that no real one needs.")]
    except (ParseError, ValueError, LookupError):  # LookupError: an encoding nobody knows
        return [], [problem("xmp-damaged", "The XMP packet is no well-formed XML.")]
    return list(_values(roots)), []


def packet_of_gif(data: bytes) -> bytes:
    """Cut the packet out of a GIF: it stands raw in an extension, up to a trailer of falling bytes.

    XMP specification part 3, 1.1.2; Pillow does not read it.
    """
    start = data.find(GIF_EXTENSION)
    end = data.find(GIF_TRAILER, start)
    return data[start + len(GIF_EXTENSION) : end] if 0 <= start < end else b""


def _parse(packet: bytes) -> Element:
    parser = DefusedXMLParser(target=_BoundedTree(), forbid_dtd=True)
    parser.feed(packet)
    root: Element = parser.close()
    return root


def _values(roots: list[Element]) -> Iterator[MetadataValue]:
    seen: set[str] = set()
    for tag, value in (found for root in roots for found in _properties(root)):
        key = _key(tag)
        text = clean(value)
        if not text or key in seen or key.split(":")[0] in LEFT_OUT:
            continue
        seen.add(key)
        time, zone = iso_time(text)
        yield MetadataValue(source="xmp", key=key, value=time if zone else text, raw_key=key, zone=zone)
        if len(seen) >= MAX_PROPERTIES:
            return


def _properties(root: Element) -> Iterator[tuple[str, str]]:
    """Yield (tag, text) of every top-level property, in both spellings: attributes and elements."""
    for description in root.iterfind(f".//{RDF}RDF/{RDF}Description"):
        for name, text in description.items():
            if not name.startswith(RDF):
                yield name, text
        for child in description:
            yield child.tag, _text(child)


def _text(element: Element) -> str:
    """Flatten a property: plain text, a list joined by `; `, or a structure as `name=value, name=value`."""
    for kind, separator in (("Seq", " | "), ("Bag", "; "), ("Alt", "")):
        items = element.find(f"{RDF}{kind}")
        if items is not None:
            return _alternative(items) if kind == "Alt" else _list(items, separator)
    parts = [
        (name, text) for name, text in element.items() if not name.startswith((RDF, "{http://www.w3.org/XML"))
    ]
    for child in element:
        if child.tag == f"{RDF}Description":
            parts += child.items()
            parts += [(grandchild.tag, _text(grandchild)) for grandchild in child]
        elif child.tag != f"{RDF}value":
            parts.append((child.tag, _text(child)))
    if parts:
        return ", ".join(f"{_key(name)}={clean(text)}" for name, text in parts if clean(text))
    return element.findtext(f"{RDF}value") or element.text or element.get(f"{RDF}resource") or ""


def _list(items: Element, separator: str) -> str:
    texts = [_text(item) for item in list(items)[:MAX_ITEMS]]
    return separator.join(text for text in texts if text)


def _alternative(items: Element) -> str:
    """Give the default language, or the first one where none is marked as default."""
    languages = {item.get(LANGUAGE, ""): item for item in reversed(items)}
    chosen = languages.get("x-default", next(iter(items), None))
    return "" if chosen is None else _text(chosen)


def _key(tag: str) -> str:
    namespace, _, name = tag.lstrip("{").rpartition("}")
    prefix = PREFIXES.get(namespace)
    if prefix is None:
        words = [part for part in namespace.strip("/#").split("/") if part[:1].isalpha()]
        prefix = words[-1][:32] if words else ""
    return clean(f"{prefix}:{name}" if prefix else name, 120)

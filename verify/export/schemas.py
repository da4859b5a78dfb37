"""JSON Schemas (draft 2020-12) of what leaves the archive, made from the records themselves.

Names, types and descriptions are those of the dataclasses; where `to_json` gives another shape than the
fields have, that is said here. docs/schemas holds the files; a test keeps them current and checks real output
against them.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from verify.export.bundle_manifest import BundleManifest
from verify.records import Examination, Fingerprints, Match, Shot, View
from verify.review.case import Claim, Decision, Evidence
from verify.review.events import EventKind, ReviewEvent

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

HEX: Final = {
    **dict.fromkeys(("sha256", "previous", "digest", "hex"), 64),
    **dict.fromkeys(("phash", "dhash", "ahash", "whash"), 16),
    "colorhash": 11,
}
"""Digits of fields that are hexadecimal."""

PLAIN: Final[Mapping[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    Any: {},
}

SECONDS: Final[Schema] = {"type": "number", "description": "Seconds."}

FRACTION: Final[Schema] = {
    "type": "string",
    "pattern": r"^-?[0-9]+(/[0-9]+)?$",
    "description": "Seconds, exact.",
}

PLACE: Final[Schema] = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{6}$"}

CORNERS: Final[Schema] = {
    "type": "array",
    "minItems": 4,
    "maxItems": 4,
    "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": PLACE},
    "description": "Four corners as fractions of width and height.",
}

OPTIONAL: Final = {"raw_key", "zone"}
"""Left out when they are empty."""


def all_schemas() -> dict[str, Schema]:
    """Return the schemas by name."""
    return {
        "examination": _titled("examination", _examination()),
        "match": _titled("match", _record(Match, without={"query"})),
        "review-event": _titled("review-event", _event()),
        "bundle": _titled("bundle", _record(BundleManifest)),
    }


def write(folder: Path) -> list[Path]:
    """Write every schema into a folder, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in all_schemas().items():
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _titled(name: str, schema: Schema) -> Schema:
    return {"$schema": DIALECT, "$id": f"urn:verify-media:{name}:1", "title": name, **schema}


def _examination() -> Schema:
    view = _object(
        View.__doc__,
        {
            "time_seconds": SECONDS,
            "starts_shot": {"type": "boolean"},
            **_record(Fingerprints)["properties"],
        },
    )
    shot = _object(Shot.__doc__, {"start_seconds": SECONDS, "end_seconds": SECONDS})
    return _record(
        Examination,
        without={"views"},
        instead={
            "duration_seconds": _or_null(SECONDS),
            "fingerprints": _or_null(_record(Fingerprints)),
            "frames": {"type": "array", "items": view},
            "shots": {"type": "array", "items": shot},
        },
    )


def _event() -> Schema:
    """Return the schema of one line of the log, with the payload of each kind."""
    payloads = _payloads()
    cases = [
        {"if": {"properties": {"kind": {"const": kind}}}, "then": {"properties": {"payload": payloads[kind]}}}
        for kind in get_args(EventKind)
    ]
    return {**_record(ReviewEvent, instead={"payload": {"type": "object"}}), "allOf": cases}


def _payloads() -> dict[str, Schema]:
    text, number = PLAIN[str], PLAIN[int]
    evidence = _record(
        Evidence,
        instead={"start": _or_null(FRACTION), "end": _or_null(FRACTION), "region": _or_null(CORNERS)},
    )
    decision = _record(
        Decision,
        without={"sequence", "by", "at"},
        instead={"evidence": {"type": "array", "items": evidence}},
    )
    judged = _object("A reviewer's word on a match.", {"other": text, "note": text})
    return {
        "item-added": _object("Where it was seen first.", {"path": text, "size_bytes": number}),
        "claim-recorded": _record(Claim),
        "verdict-given": decision,
        "verdict-withdrawn": _object("The event that gave it.", {"withdrawn": number, "note": text}),
        "note-added": _object("A remark.", {"text": text}),
        "match-confirmed": judged,
        "match-refused": judged,
        "discussion-opened": _object("Why.", {"note": text}),
        "assigned": _object("To whom; empty hands it back.", {"to": text}),
    }


def _record(
    record: type,
    *,
    without: set[str] | frozenset[str] = frozenset(),
    instead: Mapping[str, Schema] | None = None,
) -> Schema:
    """Return the schema of a dataclass; `instead` are fields whose shape is another one in JSON."""
    hints, notes = get_type_hints(record), _notes(record)
    properties: dict[str, Schema] = {}
    for field in fields(record):
        if field.name not in without:
            schema = dict((instead or {}).get(field.name) or _of(hints[field.name]))
            if field.name in HEX and schema == PLAIN[str]:
                schema["pattern"] = f"^[0-9a-f]{{{HEX[field.name]}}}$"
            if field.name in notes:
                schema["description"] = notes[field.name]
            properties[field.name] = schema
    return _object(
        record.__doc__, {**properties, **{k: v for k, v in (instead or {}).items() if k not in properties}}
    )


def _object(description: str | None, properties: Mapping[str, Schema]) -> Schema:
    return {
        "description": (description or "").partition("\n\n")[0],
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in OPTIONAL],
        "additionalProperties": False,
    }


def _of(hint: Any) -> Schema:
    """Return the schema of a type hint."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in PLAIN:
        return dict(PLAIN[hint])
    if is_dataclass(hint) and isinstance(hint, type):
        return _record(hint)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in {Union, types.UnionType}:
        return _either([_of(one) for one in inner])
    if origin is tuple:
        return _array(inner)
    if origin in {dict, Mapping}:
        return {"type": "object", "additionalProperties": _of(inner[1])}
    raise TypeError(f"There is no schema for {hint}.")


def _array(inner: tuple[Any, ...]) -> Schema:
    """Return the schema of a tuple: of any length, or with one type a place."""
    if inner[-1] is Ellipsis:
        return {"type": "array", "items": _of(inner[0])}
    places = [_of(one) for one in inner]
    return {"type": "array", "prefixItems": places, "items": False, "minItems": len(places)}


def _either(choices: list[Schema]) -> Schema:
    """Join the choices; plain types become one list of types."""
    if all(set(choice) == {"type"} for choice in choices):
        return {"type": [choice["type"] for choice in choices]}
    return {"anyOf": choices}


def _or_null(schema: Schema) -> Schema:
    return _either([schema, dict(PLAIN[type(None)])])


def _notes(record: type) -> dict[str, str]:
    """Return the docstrings under the fields of a record."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(record))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    notes = {}
    for one, other in pairwise(body):
        if not (isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)):
            continue
        if isinstance(other, ast.Expr) and isinstance(other.value, ast.Constant):
            notes[one.target.id] = re.sub(r"\s+", " ", str(other.value.value)).strip()
    return notes

"""The formats in which things leave an archive, by name: a new one is one line here.

A writer is imported when it is asked for: tables need no picture libraries, and a big table all the memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

from verify.errors import VerifyError
from verify.export.request import Exported, Request, Writer
from verify.store.role import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way out."""

    module: str
    """Of this package, with a `write` that is a `Writer`."""
    text: bool = False
    """True if it can go to a stream."""
    tables: bool = False
    """True if it is asked for table by table."""


FORMATS: Final[Mapping[str, Format]] = {
    "csv": Format(module="tables_csv", text=True, tables=True),
    "jsonl": Format(module="tables_jsonl", text=True, tables=True),
    "parquet": Format(module="tables_parquet", tables=True),
    "mediareview": Format(module="mediareview", text=True),
    "bundle": Format(module="bundle"),
    "report": Format(module="report"),
}


def export(store: Store, form: str, request: Request) -> Exported:
    """Write in the format of that name. Raises `VerifyError` if it cannot be what is asked for."""
    if form not in FORMATS:
        known = ", ".join(FORMATS)
        raise VerifyError(f"There is no format {form}.", code="no-format", hint=f"Formats: {known}.")
    chosen = FORMATS[form]
    if request.table and not chosen.tables:
        raise VerifyError(f"{form} is no table: leave the table out.", code="no-table")
    if not chosen.text and not isinstance(request.output, Path):
        raise VerifyError(f"{form} is no text: name a file or folder for it.", code="no-output")
    write: Writer = import_module(f"verify.export.{chosen.module}").write
    return write(store, request)

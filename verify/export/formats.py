"""The formats in which things leave an archive, by name: a new one is one line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from verify.errors import VerifyError
from verify.export import bundle, mediareview, report, tables_csv, tables_jsonl, tables_parquet
from verify.export.request import Exported, Request, Writer
from verify.store.role import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way out."""

    write: Writer
    text: bool = False
    """True if it can go to a stream."""
    tables: bool = False
    """True if it is asked for table by table."""


FORMATS: Final[Mapping[str, Format]] = {
    "csv": Format(write=tables_csv.write, text=True, tables=True),
    "jsonl": Format(write=tables_jsonl.write, text=True, tables=True),
    "parquet": Format(write=tables_parquet.write, tables=True),
    "mediareview": Format(write=mediareview.write, text=True),
    "bundle": Format(write=bundle.write),
    "report": Format(write=report.write),
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
    return chosen.write(store, request)

"""Tables as CSV that a spreadsheet opens and no spreadsheet obeys (RFC 4180, UTF-8).

A text cell that a spreadsheet could take for a formula gets a single quote in front (OWASP ASVS 5.0, 1.2.10),
and so does one that begins with a single quote: taking one away always gives the text back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

from verify.export.request import Exported, Request
from verify.export.tables import Kind, Row, Table, json_text, zulu
from verify.export.tables_output import Sink, write_tables
from verify.store.role import Store

QUOTED: Final = frozenset("'=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")
"""What text cells must not begin with; the last four are the wide forms that East Asian editions read alike
(owasp.org/www-community/attacks/CSV_Injection)."""


def write(store: Store, request: Request) -> Exported:
    """Write tables as CSV."""
    return write_tables(store, request, suffix=".csv", sink=csv_sink)


@contextmanager
def csv_sink(table: Table[Any], stream: BinaryIO) -> Iterator[Sink]:
    """Begin with a byte order mark, without which Excel takes UTF-8 for something else, and the names."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    lines = csv.writer(text)
    lines.writerow([column.name for column in table.columns])
    written = [WRITTEN[column.kind] for column in table.columns]

    def take(rows: Sequence[Row]) -> None:
        lines.writerows(
            ["" if value is None else write(value) for write, value in zip(written, row, strict=True)]
            for row in rows
        )

    try:
        yield take
    finally:
        text.detach()


def harmless(text: str) -> str:
    """Return the text as a cell that nothing carries out."""
    return f"'{text}" if text[:1] in QUOTED else text


WRITTEN: Final[Mapping[Kind, Callable[[Any], str]]] = {
    "text": harmless,
    "integer": str,
    "number": repr,
    "boolean": lambda value: "true" if value else "false",
    "time": zulu,
    "texts": json_text,
    "json": json_text,
}

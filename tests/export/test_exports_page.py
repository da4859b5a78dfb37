"""docs/exports.md names every column of every table, with its kind, in order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verify.export.tables_content import TABLES

PAGE = Path(__file__).parents[2] / "docs" / "exports.md"

KINDS = {"texts": "list", "json": "JSON"}


@pytest.mark.parametrize("name", TABLES)
def test_the_page_has_the_columns_of_the_table(name: str) -> None:
    section = PAGE.read_text().split(f"\n**{name}**: ")[1].split("\n\n**")[0].split("\n## ")[0]
    described = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section, re.M)
    assert described == [
        (column.name, KINDS.get(column.kind, column.kind) + (" or nothing" if column.optional else ""))
        for column in TABLES[name].columns
    ]

"""Tables: every format gives the same values back, no cell is carried out, no half of a file is left."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_records import digest_of, examinations
from made_reviews import archive_of

import verify
from verify.errors import VerifyError
from verify.export.tables import Column, Table, valid_unicode
from verify.export.tables_content import TABLES
from verify.export.tables_csv import csv_sink
from verify.export.tables_jsonl import jsonl_sink
from verify.export.tables_parquet import parquet_sink
from verify.records import Examination
from verify.review.chain import ChainCheck, Line
from verify.review.events import ReviewEvent
from verify.store.role import Arrival, FileStamp, Sighting

CARRIED_OUT = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")

ANYTHING: Table[Any] = Table(
    "anything",
    (
        Column("text", "text", lambda row: row["text"]),
        Column("maybe", "text", lambda row: row["maybe"], optional=True),
        Column("integer", "integer", lambda row: row["integer"], optional=True),
        Column("number", "number", lambda row: row["number"], optional=True),
        Column("boolean", "boolean", lambda row: row["boolean"]),
        Column("time", "time", lambda row: row["time"], optional=True),
        Column("texts", "texts", lambda row: row["texts"]),
        Column("json", "json", lambda row: row["json"], optional=True),
    ),
    lambda _store, _items: iter(()),
)

texts = st.one_of(
    st.text(st.characters(), max_size=30),
    st.builds(str.__add__, st.sampled_from([*CARRIED_OUT, "'", "''", "'=", "\uff1d", '"', ","]), st.text()),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(), max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
records = st.fixed_dictionaries(
    {
        "text": texts,
        "maybe": st.none() | texts.filter(bool),
        "integer": st.none() | st.integers(-(2**63), 2**63 - 1),
        "number": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
        "time": st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
        "texts": st.lists(texts, max_size=3).map(tuple),
        "json": st.dictionaries(texts, values, max_size=3),
    }
)


def read_csv(content: bytes, table: Table[Any]) -> list[dict[str, Any]]:
    """Read as docs/exports.md says: one single quote at the start of a text cell is taken away."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [{column.name: read_cell(row[column.name], column) for column in table.columns} for row in rows]


def read_cell(cell: str, column: Column[Any]) -> object:
    if cell == "" and column.optional:
        return None
    reading = {
        "text": lambda: cell[1:] if cell.startswith("'") else cell,
        "integer": lambda: int(cell),
        "number": lambda: float(cell),
        "boolean": lambda: {"true": True, "false": False}[cell],
        "time": lambda: datetime.fromisoformat(cell),
        "texts": lambda: json.loads(cell),
        "json": lambda: json.loads(cell),
    }
    return reading[column.kind]()


def read_jsonl(content: bytes, table: Table[Any]) -> list[dict[str, Any]]:
    times = [column.name for column in table.columns if column.kind == "time"]
    rows = [json.loads(line) for line in content.decode("ascii").split("\n")[:-1]]
    return [row | {name: row[name] and datetime.fromisoformat(row[name]) for name in times} for row in rows]


def read_parquet(content: bytes, table: Table[Any]) -> list[dict[str, Any]]:
    kinds = {column.name: column.kind for column in table.columns}
    rows = pq.read_table(io.BytesIO(content)).to_pylist()
    return [
        {
            name: json.loads(value) if kinds[name] == "json" and value is not None else value
            for name, value in row.items()
        }
        for row in rows
    ]


FORMATS = {
    "csv": (csv_sink, read_csv),
    "jsonl": (jsonl_sink, read_jsonl),
    "parquet": (parquet_sink, read_parquet),
}


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=60, deadline=None)
@given(drawn=st.lists(records, max_size=4))
def test_whatever_is_written_comes_back(form: str, drawn: list[dict[str, Any]]) -> None:
    sink, read = FORMATS[form]
    rows = ANYTHING.rows_of(drawn)
    stream = io.BytesIO()
    with sink(ANYTHING, stream) as take:
        take(rows)
    names = [column.name for column in ANYTHING.columns]
    assert read(stream.getvalue(), ANYTHING) == [dict(zip(names, row, strict=True)) for row in rows]


@given(text=texts)
def test_text_changes_only_where_it_is_no_valid_unicode(text: str) -> None:
    assert (
        valid_unicode(text).encode()
        == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    )


@given(drawn=st.lists(records, min_size=1, max_size=3))
def test_no_text_cell_of_a_spreadsheet_begins_like_a_formula(drawn: list[dict[str, Any]]) -> None:
    stream = io.BytesIO()
    with csv_sink(ANYTHING, stream) as take:
        take(ANYTHING.rows_of(drawn))
    for row in csv.DictReader(io.StringIO(stream.getvalue().decode("utf-8-sig"), newline="")):
        for name in ("text", "maybe", "texts", "json"):
            assert not row[name].startswith((*CARRIED_OUT, "\uff1d", "\uff0b", "\uff0d", "\uff20"))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(examinations, min_size=1, max_size=4, unique_by=lambda one: one.sha256))
def test_any_archive_reads_the_same_in_every_format(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[Examination]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    with verify.open_archive(folder / "archive") as archive:
        archive._store.add([arrived(one) for one in drawn])
        assert_same_in_every_format(archive, folder)
        (items,) = (read_jsonl((folder / "items.jsonl").read_bytes(), TABLES["items"]),)
        assert [bytes.fromhex(row["paths_hex"][0]) for row in items] == [path_of(one) for one in drawn]


def path_of(examination: Examination) -> bytes:
    return b"/inbox/\xff " + examination.sha256.encode()


def arrived(examination: Examination) -> Arrival:
    stamp = FileStamp(path=path_of(examination), size_bytes=examination.size_bytes, modified_ns=1)
    seen = Sighting(stamp=stamp, sha256=examination.sha256, seen_at=examination.examined_at)
    return Arrival(sighting=seen, examination=examination)


def assert_same_in_every_format(archive: verify.Archive, folder: Path) -> None:
    for form in FORMATS:
        archive.export(form, output=folder)
    for name, table in TABLES.items():
        read = {form: FORMATS[form][1]((folder / f"{name}.{form}").read_bytes(), table) for form in FORMATS}
        assert read["csv"] == read["jsonl"] == read["parquet"], name


def test_the_sample_story_reads_the_same_in_every_format(sample_archive: Path, tmp_path: Path) -> None:
    with verify.open_archive(sample_archive) as archive:
        assert_same_in_every_format(archive, tmp_path)
        items = {
            row["sha256"]: row
            for row in read_parquet((tmp_path / "items.parquet").read_bytes(), TABLES["items"])
        }
        assert list(items) == [item.sha256 for item in archive]
        frames = read_csv((tmp_path / "frames.csv").read_bytes(), TABLES["frames"])
        prints = read_jsonl((tmp_path / "fingerprints.jsonl").read_bytes(), TABLES["fingerprints"])
        for item in archive:
            examination = archive.examination(item.sha256)
            own = [row for row in prints if row["sha256"] == item.sha256]
            assert [row["pdq"] for row in own] == [view.fingerprints.pdq.hex for view in examination.views]
            assert [row["time_exact"] for row in own] == [str(view.time) for view in examination.views]
            shown = [row for row in frames if row["sha256"] == item.sha256]
            assert len(shown) == len(examination.frames)
            for row, frame in zip(shown, examination.frames, strict=True):
                shot = examination.shots[row["shot"]]
                assert shot.start <= frame.time < shot.end
                assert (row["shot_start_exact"], row["shot_end_exact"]) == (str(shot.start), str(shot.end))
        matches = read_csv((tmp_path / "matches.csv").read_bytes(), TABLES["matches"])
        assert {row["relation"] for row in matches} >= {"same-picture", "part-of", "contains"}


def test_parquet_says_what_its_columns_are(sample_archive: Path, tmp_path: Path) -> None:
    with verify.open_archive(sample_archive) as archive:
        archive.export("parquet", output=tmp_path / "items.parquet")
    schema = pq.read_schema(tmp_path / "items.parquet")
    assert schema.field("added_at").type == pa.timestamp("us", tz="UTC")
    assert schema.field("width").type == pa.int64()
    assert schema.field("width").nullable
    assert not schema.field("sha256").nullable
    assert pa.types.is_list(schema.field("findings").type)


def test_the_log_out_of_a_table_still_proves_itself(tmp_path: Path) -> None:
    with archive_of(tmp_path, "a", "b") as archive:
        archive.mark(digest_of("a"), "verified", by="=cmd|'/c calc'!A1", note="ж\u2028")
        archive.export("csv", output=tmp_path / "reviews.csv", table="reviews")
        head = archive.head()
    rows = read_csv((tmp_path / "reviews.csv").read_bytes(), TABLES["reviews"])
    events = [
        ReviewEvent(
            **{
                name: row[name]
                for name in ("sequence", "at", "by", "kind", "payload", "key", "previous", "digest")
            },
            item=row["sha256"],
        )
        for row in rows
    ]
    chain = ChainCheck(head)
    assert list(chain.faults(Line(sequence=event.sequence, event=event) for event in events)) == []


def test_items_come_in_the_order_they_were_named_in(tmp_path: Path) -> None:
    with archive_of(tmp_path, "a", "b", "c") as archive:
        archive.mark(digest_of("c"), "unverified", by="desk")
        stream = io.BytesIO()
        archive.export("jsonl", [digest_of("c"), digest_of("a")], output=stream)
        assert [json.loads(line)["sha256"] for line in stream.getvalue().splitlines()] == [
            digest_of("c"),
            digest_of("a"),
        ]
        log = io.BytesIO()
        archive.export("jsonl", [digest_of("c")], output=log, table="reviews")
        assert [json.loads(line)["kind"] for line in log.getvalue().splitlines()] == [
            "item-added",
            "verdict-given",
        ]


def test_what_a_reviewer_said_about_a_match_stands_beside_it(sample_archive: Path, tmp_path: Path) -> None:
    with verify.open_archive(sample_archive) as archive:
        stream = io.BytesIO()
        archive.export("jsonl", output=stream, table="matches")
        first = json.loads(stream.getvalue().splitlines()[0])
        assert first["judged"] is None
    with archive_of(tmp_path, "a", "b") as archive:
        archive._store.add_seen_before([seen_as_copy(archive)])
        archive.confirm_match(digest_of("a"), digest_of("b"), by="desk")
        archive.refuse_match(digest_of("b"), digest_of("a"), by="desk")
        stream = io.BytesIO()
        archive.export("jsonl", output=stream, table="matches")
        (row,) = map(json.loads, stream.getvalue().splitlines())
        assert row["judged"] == "refused"


def seen_as_copy(archive: verify.Archive) -> Any:
    from verify.store.role import SeenBefore

    match = verify.Match(item=digest_of("a"), relation="same-picture", evidence=("pdq",), score=0.95)
    return SeenBefore(examination=2, sha256=digest_of("b"), path=b"", matches=(match,))


def test_a_folder_gets_all_tables_a_file_one_and_a_stream_one(tmp_path: Path) -> None:
    with archive_of(tmp_path, "a") as archive:
        done = archive.export("csv", output=tmp_path / "all")
        assert sorted(file.name for file in (tmp_path / "all").iterdir()) == sorted(
            f"{name}.csv" for name in TABLES
        )
        assert set(done.files) == {tmp_path / "all" / f"{name}.csv" for name in TABLES}
        archive.export("csv", output=tmp_path / "log.csv", table="reviews")
        assert (tmp_path / "log.csv").read_bytes() == (tmp_path / "all" / "reviews.csv").read_bytes()
        with pytest.raises(VerifyError, match="no text"):
            archive.export("parquet", output=io.BytesIO())
        with pytest.raises(VerifyError, match="There is no table nonsense"):
            archive.export("csv", output=io.BytesIO(), table="nonsense")


def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    def stop(_what: str, _done: int) -> None:
        raise KeyboardInterrupt

    with archive_of(tmp_path, "a") as archive:
        archive.export("csv", output=tmp_path / "all")
        before = {file: file.read_bytes() for file in (tmp_path / "all").iterdir()}
        archive.add_note(digest_of("a"), "more", by="desk")
        with pytest.raises(KeyboardInterrupt):
            archive.export("csv", output=tmp_path / "all", report=stop)
        assert {file: file.read_bytes() for file in (tmp_path / "all").iterdir()} == before

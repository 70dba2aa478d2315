"""A person's SQL: what it answers, what stops it, and what it cannot reach."""

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from made_up import fill, mapped

from core.collection.catalog import Catalog
from core.console.copies import AT_ONCE, MOST_WAITING, PLACES, PREFIX, copy_of, sweep
from core.console.limits import Limits
from core.console.run import Table, run_sql
from core.errors import BusyError, InputError, QueryError
from core.query.recipe import All, Between, Contains, ImageId, Not, OneOf, Order, Recipe, Within, Words
from core.settings import Settings
from core.workspace import Workspace


def ask(workspace: Workspace, text: str, recipe: Recipe | None = None, **limits: Any) -> Table:
    catalog = workspace.catalog("things")
    return run_sql(catalog, workspace.searcher("things", catalog), text, recipe, Limits(**limits))


def refused(workspace: Workspace, text: str, **limits: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        ask(workspace, text, **limits)
    return caught.value


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[Path]:
    """A file that no query may read or change."""
    path = tmp_path / "secret.csv"
    path.write_text("word\nopensesame\n")
    yield path
    assert path.read_text() == "word\nopensesame\n"
    assert [item.name for item in tmp_path.iterdir()] == ["secret.csv"]


# Answers


def test_rows_columns_and_types(workspace: Workspace) -> None:
    table = ask(workspace, "SELECT shape, count(*) AS images FROM images GROUP BY ALL ORDER BY images DESC; -- done")
    assert [(column.name, column.type) for column in table.columns] == [("shape", "VARCHAR"), ("images", "BIGINT")]
    assert sum(row[1] for row in table.rows) == 60
    assert (table.cut, table.summary) == (False, f"{len(table.rows)} rows")
    assert table.milliseconds > 0
    assert table.records()[0]["shape"] == table.rows[0][0]


def test_images_has_what_the_catalog_has(workspace: Workspace, catalog: Catalog) -> None:
    table = ask(workspace, "FROM images")
    assert table.ids() == catalog.ids(All(), None, 100)
    assert set(catalog.metadata) | {"id", "uri", "width", "height", "tags", "added_at"} <= set(table.names)
    row = catalog.rows([table.ids()[9]])[0]
    told = table.records()[9]
    assert told["price"] == row.values["price"]
    assert datetime.fromisoformat(told["added_at"]) == row.values["added_at"]
    assert told["tags"] == row.values["tags"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1", 1),
        ("9007199254740993", "9007199254740993"),
        ("-170141183460469231731687303715884105727::HUGEINT", "-170141183460469231731687303715884105727"),
        ("1.10::DECIMAL(5, 2)", 1.1),
        ("12345678901234567.25::DECIMAL(20, 2)", "12345678901234567.25"),
        ("'nan'::DOUBLE", None),
        ("'-inf'::DOUBLE", None),
        ("NULL", None),
        ("true", True),
        ("date '2020-01-02'", "2020-01-02"),
        ("date '0044-03-15 (BC)'", "0044-03-15 (BC)"),
        ("'infinity'::DATE", "infinity"),
        ("timestamp '2020-01-02 03:04:05.5'", "2020-01-02T03:04:05.5"),
        ("timestamptz '2020-01-02 03:04:05+02'", "2020-01-02T01:04:05+00"),
        ("time '03:04:05'", "03:04:05"),
        ("interval 36 hours", "36:00:00"),
        (r"'\x00ab'::BLOB", "006162"),
        ("'101'::BIT", "101"),
        ("uuid '00000000-0000-0000-0000-000000000001'", "00000000-0000-0000-0000-000000000001"),
        ("[1, NULL, 3]", [1, None, 3]),
        ("['nan'::DOUBLE, 0.5]", [None, 0.5]),
        ("[9007199254740993]", ["9007199254740993"]),
        ("{'a': [date '2020-01-02'], 'b': 1.5::DECIMAL(5, 2)}", {"a": ["2020-01-02"], "b": 1.5}),
        ("map {'k': 1}", {"k": 1}),
        ("array_value(1, 2)", [1, 2]),
        ("'{\"a\": 1}'::JSON", '{"a": 1}'),
        ("'<script>🙂'", "<script>🙂"),
        ("chr(0) || 'x'", "\0x"),
    ],
)
def test_every_value_is_one_that_json_has(workspace: Workspace, expression: str, value: Any) -> None:
    (row,) = ask(workspace, f"SELECT {expression} AS v").rows
    assert row == (value,)
    assert not isinstance(row[0], float) or math.isfinite(row[0])
    json.dumps(row, allow_nan=False)


@pytest.mark.parametrize(
    "text",
    [
        "FROM images LIMIT 3",
        "-- a comment\nWITH a AS (SELECT 1 AS x) FROM a /* another */ ;;",
        "VALUES (1, 2), (3, 4)",
        "DESCRIBE images",
        "SUMMARIZE images",
        "SHOW TABLES",
        "TABLE images",
        "EXPLAIN SELECT * FROM images",
        "EXPLAIN ANALYZE SELECT count(*) FROM images",
        "PIVOT images ON shape IN ('circle', 'square') USING count(*) GROUP BY \"year\"",
        "UNPIVOT images ON width, height INTO NAME side VALUE pixels",
        "SELECT 1 AS a, 2 AS a",
        "SELECT ';' AS \"a;b\"",
        "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t WHERE x < 9) FROM t",
        "SELECT * FROM range(5) UNION SELECT unnest([7, 8])",
        "SELECT * EXCLUDE (uri) FROM main.images USING SAMPLE 5 ROWS",
        "SELECT shape, lag(id) OVER (ORDER BY id) FROM images QUALIFY row_number() OVER (PARTITION BY shape) = 1",
        "SELECT now(), current_date, random(), version()",
    ],
)
def test_everything_that_reads_runs(workspace: Workspace, text: str) -> None:
    table = ask(workspace, text)
    assert table.rows
    assert len(set(table.names)) == len(table.columns)


def test_an_order_is_kept_and_an_empty_answer_has_its_columns(workspace: Workspace) -> None:
    widths = [row[0] for row in ask(workspace, "SELECT width FROM images ORDER BY width DESC", rows=7).rows]
    assert widths == sorted(widths, reverse=True)
    nothing = ask(workspace, "SELECT id FROM images WHERE false")
    assert (nothing.names, nothing.rows, nothing.summary, nothing.ids()) == (["id"], (), "0 rows", [])


# What the current question finds


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(),
        Recipe(where=All((OneOf("shape", ("square",)),))),
        Recipe(where=All((OneOf("shape", ("square", None)), Not(Between("price", 100.0, None)))), order=Order("price")),
        Recipe(where=All((OneOf("shape", ("square", "circle", "no such")),))),
        Recipe(where=All((Not(OneOf("shape", ("square", "circle", None))),))),
        Recipe(where=All((Contains("title", "a"),)), order=Order("year", True)),
        Recipe(where=All((Between("made", datetime(2004, 1, 1), None),))),
        Recipe(order=Order("title", True)),
        Recipe(where=All((OneOf("id", ("it's", 'a "quoted" one', "'; DROP TABLE images; --")),))),
    ],
)
def test_result_has_the_whole_filter_in_its_order(workspace: Workspace, catalog: Catalog, recipe: Recipe) -> None:
    wanted = catalog.ids(recipe.where, recipe.order, 1_000)
    assert ask(workspace, "SELECT id FROM result", recipe).ids() == wanted
    assert ask(workspace, 'SELECT count(*) FROM "RESULT"', recipe).rows == ((len(wanted),),)


def test_result_has_the_scores_of_a_similarity_search(workspace: Workspace) -> None:
    for recipe in (Recipe(terms=(ImageId("it's"),), limit=7), Recipe(terms=(Words("a red square"),), limit=3)):
        hits = workspace.searcher("things").run(recipe).hits
        rows = ask(workspace, "SELECT id, score FROM result", recipe).rows
        assert [row[0] for row in rows] == [hit.row.id for hit in hits]
        assert [row[1] for row in rows] == pytest.approx([hit.score for hit in hits])


def test_result_has_the_images_that_were_drawn(workspace: Workspace, catalog: Catalog) -> None:
    recipe = Recipe(sample=True, limit=9, seed=4)
    assert ask(workspace, "SELECT id FROM result", recipe).ids() == catalog.sample(recipe.where, 9, 4)


def test_a_score_column_of_a_person_stays(tmp_path: Path) -> None:
    fill(tmp_path, "scored", {"Score": pa.array([5, 6, 7]), "place": pa.array(["x", "y", "z"])}, ["a", "b", "c"])
    space = Workspace.open(Settings(workspace=tmp_path))
    catalog = space.catalog("scored")
    table = run_sql(catalog, space.searcher("scored"), "FROM result", Recipe(terms=(ImageId("a"),)))
    assert {"Score", "place", "score_"} <= set(table.names)
    assert sorted(row["Score"] for row in table.records()) == [6, 7]
    ordered = run_sql(catalog, space.searcher("scored"), "SELECT id FROM result", Recipe(order=Order("place", True)))
    assert ordered.ids() == ["c", "b", "a"]


def test_a_new_version_is_seen_and_the_old_file_goes(own_workspace: Workspace) -> None:
    assert ask(own_workspace, "SELECT count(*) FROM images").rows == ((60,),)
    catalog = own_workspace.catalog("things")
    file = copy_of(catalog).file(catalog)
    assert file.stat().st_mode & 0o077 == 0 or file.parent.stat().st_mode & 0o077 == 0
    own_workspace.delete("things", ["it's"])
    assert ask(own_workspace, "SELECT count(*) FROM images").rows == ((59,),)
    del catalog
    assert not file.exists()


def test_a_file_that_was_cleaned_away_is_made_again(own_workspace: Workspace) -> None:
    ask(own_workspace, "FROM images")
    catalog = own_workspace.catalog("things")
    copy_of(catalog).file(catalog).unlink()
    assert ask(own_workspace, "SELECT count(*) FROM images").rows == ((60,),)


# Limits


def test_more_rows_than_asked_for_are_cut_and_that_is_said(workspace: Workspace) -> None:
    table = ask(workspace, "FROM range(1000000000000)", rows=1_000)
    assert (len(table.rows), table.cut, table.summary) == (1_000, True, "1,000 rows, cut at 1,000")
    assert ask(workspace, "FROM range(1000)", rows=1_000).cut is False


def test_a_long_answer_is_cut(workspace: Workspace) -> None:
    table = ask(workspace, "SELECT repeat('x', 1000000) FROM range(100)")
    assert table.cut
    assert 1 <= len(table.rows) < 100
    assert "One row" in refused(workspace, "SELECT repeat('x', 20000000)").detail


ENDLESS = [
    "SELECT count(*) FROM range(1000000000000)",
    "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t",
    "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b",
    "SELECT levenshtein(repeat('a', 100000), repeat('b', 100000))",
    "EXPLAIN ANALYZE SELECT count(*) FROM range(1000000000000)",
]


@pytest.mark.parametrize("text", ENDLESS)
def test_a_query_without_end_is_ended(workspace: Workspace, text: str) -> None:
    assert "was stopped after 1 s" in refused(workspace, text, seconds=1.0).title


@pytest.mark.parametrize(
    "text",
    [
        "SELECT list(range) FROM range(1000000000)",
        "SELECT length(repeat('x', 2000000000))",
        "SELECT len(range(400000000))",
        "SELECT max(x) FROM (SELECT row_number() OVER (ORDER BY hash(range)) AS x FROM range(1000000000))",
        "SELECT count(DISTINCT range) FROM range(1000000000)",
    ],
)
def test_a_query_that_needs_too_much_memory_is_ended(workspace: Workspace, text: str) -> None:
    error = refused(workspace, text, memory_mb=64, seconds=30.0)
    assert error.title == "The query needs more memory than its 64 MB."


def test_the_catalog_answers_while_and_after_queries_fail(workspace: Workspace, catalog: Catalog) -> None:
    refused(workspace, "SELECT count(*) FROM range(1000000000000)", seconds=0.5)
    refused(workspace, "SELECT length(repeat('x', 2000000000))", memory_mb=32)
    assert catalog.count(None) == 60


def test_queries_side_by_side_wait_for_their_turn(workspace: Workspace) -> None:
    with ThreadPoolExecutor(5) as pool:
        found = list(pool.map(lambda n: ask(workspace, f"SELECT {n} + count(*) FROM images").rows, range(5)))
    assert found == [((60 + n,),) for n in range(5)]


# What is out of reach

READING = [
    "FROM read_csv('{path}')",
    "FROM read_csv_auto('{path}')",
    "FROM '{path}'",
    'FROM "{path}"',
    "FROM read_text('{path}')",
    "FROM read_blob('{path}')",
    "FROM read_parquet('{path}')",
    "FROM read_json('{path}')",
    "FROM read_ndjson_objects('{path}')",
    "FROM read_duckdb('{path}')",
    "FROM sniff_csv('{path}')",
    "FROM glob('{path}')",
    "FROM parquet_metadata('{path}')",
    "FROM parquet_schema('{path}')",
    "FROM parquet_scan('{path}')",
    "FROM query('SELECT * FROM read_text(''{path}'')')",
    "FROM query_table('{path}')",
    "FROM query_table(['{path}'])",
    "FROM images, LATERAL (FROM read_text('{path}'))",
    "SELECT (SELECT content FROM read_text('{path}'))",
    "WITH a AS (FROM read_text('{path}')) FROM a",
    "WITH a AS MATERIALIZED (FROM read_csv('{path}')) SELECT * FROM images, a",
    "SELECT * FROM images WHERE id IN (SELECT content FROM read_text('{path}'))",
    "SELECT 1 ORDER BY (SELECT content FROM read_text('{path}'))",
    "SELECT 1 UNION ALL SELECT 1 FROM read_text('{path}')",
    "EXPLAIN ANALYZE FROM read_text('{path}')",
    "DESCRIBE FROM read_csv('{path}')",
    "SUMMARIZE FROM read_csv('{path}')",
    "PIVOT (FROM read_csv('{path}')) ON word IN ('a') USING count(*)",
    "SELECT unnest(glob('{path}'))",
    "FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''{path}'')'))",
    "FROM summary((FROM read_text('{path}')))",
    "FROM sqlite_scan('{path}', 'x')",
    "FROM 'sqlite:{path}'",
    "FROM st_read('{path}')",
    "FROM iceberg_scan('{path}')",
    "FROM 'https://127.0.0.1:1/x.csv'",
    "FROM read_csv('https://127.0.0.1:1/x.csv')",
    "FROM read_text('s3://bucket/x')",
    "FROM 'hf://datasets/x/y.parquet'",
    "FROM arrow_scan(1, 2, 3)",
    "FROM pandas_scan(1)",
    "FROM seq_scan('images')",
    "FROM python_map_function(images)",
    "FROM workspace",
    "FROM asked",
    "FROM request",
]
SETTINGS = [
    "FROM duckdb_settings()",
    "FROM pg_settings",
    "FROM pg_catalog.pg_settings",
    "FROM system.main.duckdb_databases",
    "WITH a AS (FROM pg_settings), pg_settings AS (SELECT 1) FROM a",
    "FROM duckdb_secrets()",
    "FROM duckdb_secrets(redact := false)",
    "FROM which_secret('s3://x', 's3')",
    "FROM duckdb_databases()",
    "FROM duckdb_databases",
    "FROM pragma_database_list",
    "FROM pragma_database_list()",
    "FROM duckdb_extensions()",
    "FROM duckdb_variables()",
    "FROM duckdb_logs()",
    "FROM duckdb_temporary_files()",
    "FROM duckdb_functions()",
    "FROM duckdb_memory()",
    "FROM information_schema.tables",
    "FROM sqlite_master",
    "FROM kept.stored",
    "FROM collection.kept.stored",
    "FROM test_all_types()",
    "FROM enable_logging()",
    "FROM force_checkpoint()",
    "SELECT current_setting('temp_directory')",
    "SELECT main.current_setting('secret_directory')",
    "SELECT getvariable('x')",
    "SELECT getenv('HOME')",
    "SELECT nextval('x')",
    "SELECT write_log('x')",
    "SELECT pg_sleep(1)",
    "SET memory_limit = '100GB'",
    "SET GLOBAL enable_external_access = true",
    "RESET lock_configuration",
    "SET VARIABLE x = 1",
    "PRAGMA memory_limit = '100GB'",
    "PRAGMA database_list",
    "PRAGMA enable_profiling = 'json'",
    "PRAGMA version",
    "CALL pragma_version()",
    "CALL enable_logging()",
    "USE kept",
    "INSTALL httpfs",
    "INSTALL httpfs FROM community",
    "FORCE INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{path}'",
    "UPDATE EXTENSIONS",
]
CHANGING = [
    "CREATE TABLE a (x INTEGER)",
    "CREATE TEMP TABLE a AS SELECT 1",
    "CREATE OR REPLACE VIEW images AS SELECT 1",
    "CREATE MACRO count(x) AS 1",
    "CREATE TYPE a AS ENUM ('x')",
    "CREATE SEQUENCE a",
    "CREATE SCHEMA a",
    "CREATE SECRET a (TYPE s3)",
    "CREATE INDEX a ON images (id)",
    "DROP VIEW images",
    "DROP SCHEMA kept CASCADE",
    "ALTER TABLE images RENAME TO a",
    "COMMENT ON VIEW images IS 'x'",
    "INSERT INTO kept.stored SELECT * FROM kept.stored",
    "UPDATE images SET id = 'x'",
    "DELETE FROM kept.stored",
    "TRUNCATE kept.stored",
    "MERGE INTO kept.stored USING images ON false WHEN MATCHED THEN DELETE",
    "WITH a AS (DELETE FROM kept.stored RETURNING *) FROM a",
    "WITH a AS (INSERT INTO kept.stored SELECT * FROM kept.stored RETURNING *) FROM a",
    "WITH a AS (UPDATE images SET id = 'x' RETURNING *) FROM a",
    "SELECT * FROM images WHERE EXISTS (WITH a AS (DELETE FROM picked RETURNING *) FROM a)",
    "EXPLAIN DELETE FROM kept.stored",
    "EXPLAIN ANALYZE DELETE FROM kept.stored",
    "EXPLAIN /* */ ANALYZE DELETE FROM kept.stored",
    "EXPLAIN ANALYZE CREATE TABLE a AS SELECT 1",
    "COPY images TO '{path}'",
    "COPY (FROM images) TO '{path}' (FORMAT parquet)",
    "COPY images FROM '{path}'",
    "EXPORT DATABASE '{path}.d'",
    "IMPORT DATABASE '{path}.d'",
    "ATTACH '{path}.db'",
    "ATTACH ':memory:' AS a",
    "DETACH collection",
    "COPY FROM DATABASE collection TO temp",
    "CHECKPOINT",
    "VACUUM",
    "ANALYZE",
    "BEGIN",
    "COMMIT",
    "PREPARE a AS SELECT 1",
    "EXECUTE a",
    "DEALLOCATE a",
    "SELECT 1; DROP VIEW images",
    "SELECT 1; SELECT 2",
    "SELECT 1) AS a; DROP VIEW images; SELECT * FROM (SELECT 1",
    "SELECT 1 INTO a",
    "SELECT $1",
    "PIVOT images ON shape USING count(*)",
    "",
    "-- nothing",
    ";",
]


@pytest.mark.parametrize("text", [*READING, *SETTINGS, *CHANGING])
def test_nothing_else_is_reached(workspace: Workspace, secret: Path, text: str) -> None:
    error = refused(workspace, text.replace("{path}", str(secret)))
    assert isinstance(error, QueryError)
    told = str(error)
    assert "opensesame" not in told
    for inside in ("vitrine-sql-", str(Path.home()) + "/", "Traceback", ".duckdb/"):
        assert inside not in told.replace(str(secret), "")
    assert ask(workspace, "SELECT count(*) FROM images").rows == ((60,),)


@pytest.mark.parametrize("text", ["SELECT " + "(" * 50_000 + "1" + ")" * 50_000, "SELECT " + "-" * 1 + "(" * 900 + "1"])
def test_what_is_nested_deeply_is_told(workspace: Workspace, text: str) -> None:
    assert refused(workspace, text).title


def test_too_long_and_broken_text_is_told(workspace: Workspace) -> None:
    assert "characters" in refused(workspace, "SELECT 1 -- " + "x" * 200_000).detail
    assert "character" in refused(workspace, "SELECT '\ud800'").title
    assert "character" in refused(workspace, "SELECT '\0'").title


@pytest.mark.parametrize(
    ("text", "detail", "hint"),
    [
        ("SELECT id\nFROM imags", "Line 2, at “imags”.", "images"),
        ("SELECT shap FROM images", "Line 1, at “shap”.", "shape"),
        ("-- first\n\nSELEC 1", "“SELEC”.", ""),
        ("SELECT 'abc'::INTEGER", "Could not convert string 'abc'", ""),
        ("SELECT count(*) FROM images WHERE nope(id)", "nope does not exist!", ""),
    ],
)
def test_an_error_says_what_and_where(workspace: Workspace, text: str, detail: str, hint: str) -> None:
    error = refused(workspace, text)
    assert error.title == "The SQL does not run."
    assert detail in error.detail
    assert "Error:" not in error.detail
    assert hint in error.hint


def test_where_many_wait_a_further_query_is_told_at_once(workspace: Workspace) -> None:
    places = PLACES
    for _ in range(AT_ONCE + MOST_WAITING):
        assert places.acquire(blocking=False)
    try:
        with pytest.raises(BusyError, match="still running"):
            ask(workspace, "SELECT 1")
    finally:
        places.release(AT_ONCE + MOST_WAITING)
    assert ask(workspace, "SELECT 1").rows == ((1,),)


def test_copies_that_killed_processes_left_are_swept_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    dead, living = (tmp_path / f"{PREFIX}{pid}-abc" for pid in (int(gone.stdout), os.getpid()))
    dead.mkdir()
    living.mkdir()
    sweep()
    assert not dead.exists()
    assert living.exists()


def test_a_result_inside_an_area_of_the_map(tmp_path: Path) -> None:
    collection = fill(tmp_path, "placed", {"kind": pa.array(["a", "b", "a"])}, ["1", "2", "3"])
    mapped(collection, {"1": (0.0, 0.0), "2": (5.0, 5.0), "3": (0.5, 0.2)})
    space = Workspace(Settings(workspace=tmp_path))
    catalog = space.catalog("placed")
    inside = Recipe(All((Within(((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))),)))
    found = run_sql(catalog, space.searcher("placed", catalog), "SELECT id FROM result ORDER BY id", inside, Limits())
    assert [row[0] for row in found.rows] == ["1", "3"]
    listed = run_sql(catalog, space.searcher("placed", catalog), "SELECT * FROM images LIMIT 1", None, Limits())
    assert not {"map_x", "map_y"} & {column.name for column in listed.columns}

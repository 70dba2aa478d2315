"""`vitrine sql`: tables, CSV, JSON, and errors."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from core.errors import InputError, QueryError
from core.workspace import Workspace

RUNNER = CliRunner()
BY_SHAPE = "SELECT shape, count(*) AS images FROM images GROUP BY ALL ORDER BY images DESC, shape"


@pytest.fixture
def vitrine(ingested: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `vitrine sql` on "things"."""
    monkeypatch.setenv("VITRINE_WORKSPACE", str(ingested))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words, **more: RUNNER.invoke(app, ["sql", "-c", "things", *words], **more)


def good(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_rows_with_tabs_and_the_count_beside_them(vitrine: Any) -> None:
    result = vitrine(BY_SHAPE)
    lines = good(result).splitlines()
    assert lines[0] == "shape\timages"
    assert sum(int(line.split("\t")[1]) for line in lines[1:]) == 60
    assert result.stderr.startswith(f"{len(lines) - 1} rows, ")
    assert good(vitrine("FROM images WHERE false")) == "No rows.\n"


def test_json_is_one_object(vitrine: Any) -> None:
    result = vitrine("FROM images", "--json", "-n", "3")
    text = good(result)
    assert text.count("\n") == 1
    told = json.loads(text)
    assert (len(told["rows"]), told["cut"], told["summary"]) == (3, True, "3 rows, cut at 3")
    assert told["columns"][0] == {"name": "id", "type": "VARCHAR"}


def test_csv_is_safe_to_open_and_says_where_it_is_cut(vitrine: Any) -> None:
    text = good(vitrine("SELECT '=1+1' AS \"=a\", 'two\nlines' AS b, -1 AS c, [1, 2] AS d", "--csv"))
    assert list(csv.reader(io.StringIO(text))) == [["'=a", "b", "c", "d"], ["'=1+1", "two\nlines", "-1", "[1, 2]"]]
    cut = vitrine("FROM range(9)", "--csv", "-n", "2")
    assert good(cut) == "range\n0\n1\n"
    assert "2 rows, cut at 2" in cut.stderr


def test_result_is_what_the_filter_finds(vitrine: Any, workspace: Workspace) -> None:
    squares = good(vitrine("SELECT count(*) AS n FROM result", "--where", "shape=square", "--csv"))
    wanted = workspace.catalog("things").select("SELECT count(*) FROM images WHERE shape = 'square'")[0][0]
    assert squares == f"n\n{wanted}\n"
    scored = json.loads(good(vitrine("SELECT id, score FROM result", "--text", "a red square", "--json")))
    assert len(scored["rows"]) == 50


def test_a_statement_can_come_through_a_pipe(vitrine: Any) -> None:
    assert good(vitrine("-", "--csv", input="SELECT 1 AS one\n")) == "one\n1\n"


@pytest.mark.parametrize("statement", ["DROP VIEW images", "FROM '/etc/hostname'", "SELECT", "COPY images TO 'x.csv'"])
def test_what_may_not_run_is_an_error(vitrine: Any, statement: str) -> None:
    result = vitrine(statement)
    assert isinstance(result.exception, QueryError)
    assert result.exception.exit_code == 2


def test_json_and_csv_together_are_refused(vitrine: Any) -> None:
    assert isinstance(vitrine("FROM images", "--json", "--csv").exception, InputError)

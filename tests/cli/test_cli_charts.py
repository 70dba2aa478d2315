"""`vitrine counts`: one column or two, as lines, CSV or JSON."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from cli.commands_charts import add_charts
from core.errors import InputError, QueryError


@pytest.fixture
def counts(ingested: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command in the workspace with "things"."""
    monkeypatch.setenv("VITRINE_WORKSPACE", str(ingested))
    app = typer.Typer()
    add_charts(app)
    return lambda *words: CliRunner().invoke(app, [*words, "-c", "things"])


def good(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_one_column_of_classes(counts: Any) -> None:
    found = lines(good(counts("masterColour", "--csv", "--top", "2")))
    assert [row["value"] for row in found][2:] == ["(3 others)"]
    assert sum(int(row["count"]) for row in found) == 60
    told = json.loads(good(counts("masterColour", "--json")))
    assert told["column"] == "masterColour"


def test_one_column_of_numbers(counts: Any) -> None:
    found = lines(good(counts("price", "--csv", "--bins", "4")))
    assert len(found) == 5
    assert found[-1]["from"] == "(missing)"
    assert "from\tto\tcount\ttotal" in good(counts("price"))


def test_two_columns_and_a_filter(counts: Any) -> None:
    found = lines(good(counts("shape", "year", "--where", "shape=circle", "--csv")))
    assert {row["row"] for row in found if int(row["count"])} == {"circle"}
    assert sum(int(row["total"]) for row in found) == 60
    told = json.loads(good(counts("shape", "made", "--json")))
    assert sum(map(sum, told["totals"])) == 60


@pytest.mark.parametrize(
    ("words", "error"), [(("nope",), QueryError), (("title",), QueryError), (("shape", "--csv", "--json"), InputError)]
)
def test_what_cannot_be_counted_is_told(counts: Any, words: tuple[str, ...], error: type[Exception]) -> None:
    assert isinstance(counts(*words).exception, error)

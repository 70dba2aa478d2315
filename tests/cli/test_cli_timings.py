"""`vitrine timings`: tables, JSON and files of what answers cost."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from core.errors import InputError, NotFoundError

RUNNER = CliRunner()


@pytest.fixture
def vitrine(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `vitrine` on a copy of "things" about which nothing was recorded."""
    shutil.copytree(ingested, tmp_path / "workspace", ignore=shutil.ignore_patterns("timings"))
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: RUNNER.invoke(app, list(words))


@pytest.fixture
def asked(vitrine: Any) -> Any:
    """The same, after two queries of which one finds what begins like a formula."""
    good(vitrine("query", "-c", "things", "--where", "shape=square", "-n", "3"))
    good(vitrine("query", "-c", "things", "-n", "2"))
    return vitrine


def good(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_before_anything_was_asked(vitrine: Any) -> None:
    assert "Nothing is recorded yet" in good(vitrine("timings"))
    assert json.loads(good(vitrine("timings", "--json"))) == {"kinds": [], "timings": []}


def test_percentiles_by_kind_and_the_latest_first(asked: Any) -> None:
    kinds, latest = good(asked("timings")).split("\n\n")
    assert kinds.splitlines()[0].split("\t")[:3] == ["kind", "answers", "p50 ms"]
    assert kinds.splitlines()[1].split("\t")[:2] == ["query", "2"]
    lines = [line.split("\t") for line in latest.splitlines()]
    assert [line[lines[0].index("rows")] for line in lines] == ["rows", "2", "3"]
    assert "fetch" in lines[1][lines[0].index("steps, ms")]


def test_json_is_one_object_with_the_steps(asked: Any) -> None:
    told = json.loads(good(asked("timings", "--json", "-n", "1")))
    (latest,) = told["timings"]
    assert told["kinds"][0]["count"] == 2
    assert (latest["kind"], latest["rows"], latest["recipe"]) == ("query", 2, {"n": "2"})
    assert {"parse", "sql", "fetch", "render"} <= {item["step"] for item in latest["steps"]}


def test_files_hold_all_there_is_unless_a_limit_is_set(asked: Any, tmp_path: Path) -> None:
    assert "2 rows written" in good(asked("timings", "--out", str(tmp_path / "new" / "t.csv")))
    with (tmp_path / "new" / "t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["rows"] for row in rows] == ["2", "3"]
    good(asked("timings", "--out", str(tmp_path / "t.parquet"), "-n", "1", "--json"))
    assert pl.read_parquet(tmp_path / "t.parquet")["rows"].to_list() == [2]


def test_what_cannot_be_had_is_told(asked: Any, tmp_path: Path) -> None:
    assert isinstance(asked("timings", "--kind", "nothing").exception, NotFoundError)
    assert isinstance(asked("timings", "--out", str(tmp_path / "t.xlsx")).exception, InputError)
    assert "Nothing is recorded yet" in good(asked("timings", "-c", "other"))
    assert "Nothing is recorded yet" in good(asked("timings", "--kind", "search"))

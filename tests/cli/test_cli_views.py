"""Saved views and comparisons on the command line."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from core.errors import BusyError, InputError, NotFoundError, QueryError

RUNNER = CliRunner()


@pytest.fixture
def vitrine(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    folder = tmp_path / "workspace"
    shutil.copytree(ingested, folder)
    monkeypatch.setenv("VITRINE_WORKSPACE", str(folder))
    monkeypatch.setattr("cli.commands_views.me", lambda: "ada")
    return lambda *words: RUNNER.invoke(app, [*words, "-c", "things"])


def good(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def as_json(result: Result) -> dict[str, Any]:
    text = good(result)
    assert text.count("\n") == 1
    value: dict[str, Any] = json.loads(text)
    return value


def test_a_view_is_saved_listed_shown_deleted_and_put_back(vitrine: Any) -> None:
    assert "No view yet" in good(vitrine("views"))
    said = ("--where", "shape=circle year>2012", "--description", "round and late", "--json")
    made = as_json(vitrine("views", "save", "Round", *said))
    assert (made["name"], made["who"], made["recipe"]["text_form"]) == ("Round", "ada", "shape=circle year>2012")
    listed = as_json(vitrine("views", "--json"))
    assert listed == {"views": [made], "deleted": [], "damaged": []}
    assert "Round\t" in good(vitrine("views"))
    shown = good(vitrine("views", "show", "ROUND"))
    assert "round and late" in shown
    assert f"{made['matching']:,} of 60" in shown
    assert "restore" in good(vitrine("views", "delete", "Round"))
    assert as_json(vitrine("views", "--json"))["deleted"] == ["Round"]
    assert as_json(vitrine("views", "restore", "round", "--json")) == made


def test_a_name_that_is_taken_is_replaced_only_when_asked(vitrine: Any) -> None:
    good(vitrine("views", "save", "mine", "--where", "shape=circle", "--description", "kept"))
    assert isinstance(vitrine("views", "save", "MINE", "--where", "shape=square").exception, BusyError)
    made = as_json(vitrine("views", "save", "mine", "--where", "shape=square", "--replace", "--json"))
    assert (made["description"], made["recipe"]["text_form"]) == ("kept", "shape=square")


def test_a_search_and_a_recipe_s_file_can_be_saved(vitrine: Any, tmp_path: Path) -> None:
    made = as_json(vitrine("views", "save", "red", "--text", "red circle", "-n", "5", "--json"))
    assert made["link"].startswith("/search?")
    (tmp_path / "recipe.json").write_text(json.dumps(made["recipe"]))
    again = as_json(vitrine("views", "save", "again", "--recipe", str(tmp_path / "recipe.json"), "--json"))
    assert again["recipe"] == made["recipe"]


def test_what_makes_no_sense_is_told(vitrine: Any) -> None:
    assert isinstance(vitrine("views", "save", "bad", "--where", "no_such=1").exception, QueryError)
    for word in ("show", "delete", "restore"):
        assert isinstance(vitrine("views", word, "nobody's").exception, NotFoundError)
    assert isinstance(vitrine("compare", "nobody's").exception, NotFoundError)
    assert isinstance(RUNNER.invoke(app, ["views"]).exception, InputError)


def test_two_views_are_compared(vitrine: Any) -> None:
    good(vitrine("views", "save", "round", "--where", "shape=circle"))
    good(vitrine("views", "save", "late", "--where", "year>2012"))
    found = as_json(vitrine("compare", "round", "late", "--json"))
    both = as_json(vitrine("query", "--where", "shape=circle year>2012", "--json"))["total"]
    assert found["both"] == both
    assert found["a"]["count"] == both + found["only_a"]
    told = good(vitrine("compare", "Round", "late"))
    assert f"In both: {both}" in told
    assert "shape\tcircle" in told
    assert as_json(vitrine("compare", "round", "--json"))["b"]["count"] == 60

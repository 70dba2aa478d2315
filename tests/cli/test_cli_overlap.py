"""`vitrine overlap`: what it prints, and what it says when there is nothing to compare."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from core.errors import InputError, NotFoundError

RUNNER = CliRunner()


@pytest.fixture
def folder(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of one's own with "things" and a copy of it, "copy"."""
    shutil.copytree(ingested, tmp_path / "workspace")
    collections = tmp_path / "workspace" / "collections"
    shutil.copytree(collections / "things.lance", collections / "copy.lance")
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path / "workspace"


def run(*words: str) -> Result:
    return RUNNER.invoke(app, ["overlap", "-c", "things", *words])


def as_json(*words: str) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, (result.output, result.exception)
    value: dict[str, Any] = json.loads(result.stdout)
    return value


def test_two_wordings(folder: Path) -> None:
    found = as_json("a red circle", "something red", "-n", "20")
    assert [len(found[side]["images"]) for side in "ab"] == [20, 20]
    assert found["both"] + found["only_a"] == 20
    shown = run("a red circle", "something red", "-n", "20").stdout
    lines = shown.splitlines()
    assert lines[0] == "A: All images, most like “a red circle”, in things by vitrine-clip"
    assert lines[2].startswith(f"In both: {found['both']}; {found['only_a']} only in A")
    assert f"20\t{found['both']}\t" in shown
    first = found["a"]["images"][0]
    assert f"1\t{first['id']}" in shown


def test_the_same_question_in_another_collection(folder: Path) -> None:
    found = as_json("blue", "--other", "copy", "--where", "shape=circle", "-n", "10")
    assert (found["b"]["collection"], found["both"], found["rbo"]) == ("copy", 10, pytest.approx(1))
    assert as_json("--like", "thing-031", "--other", "copy", "-n", "5")["both"] == 5


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        (("blue",), InputError, "Both lists are the same."),
        (("blue", "--other", "cpoy"), NotFoundError, "copy"),
        (("blue", "--other-view", "none"), NotFoundError, "none"),
    ],
)
def test_errors_name_a_way_on(folder: Path, words: tuple[str, ...], error: type[Exception], told: str) -> None:
    result = run(*words)
    assert isinstance(result.exception, error)
    assert told in str(result.exception)

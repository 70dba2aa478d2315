"""`vitrine map`."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from core.errors import QueryError
from core.settings import Settings
from core.worker import run_job
from core.workspace import Workspace

RUNNER = CliRunner()


@pytest.fixture
def space(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    folder = tmp_path / "workspace"
    shutil.copytree(ingested, folder)
    monkeypatch.setenv("VITRINE_WORKSPACE", str(folder))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    return Workspace.open(Settings(workspace=folder))


def vitrine(*words: str) -> Result:
    return RUNNER.invoke(app, list(words))


def as_json(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, (result.output, result.exception)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_map_is_made_and_its_clusters_are_filters(space: Workspace) -> None:
    made = as_json(vitrine("map", "-c", "things", "--method", "pca", "--clusters", "4", "--json"))
    assert (made["images"], made["clusters"], made["seed"]) == (60, 4, 0)
    name, count = next(iter(made["names"].items()))
    where = f'map_cluster="{name}"'
    assert as_json(vitrine("query", "-c", "things", "--where", where, "--json"))["total"] == count
    shown = vitrine("map", "-c", "things", "--method", "pca").stdout
    assert "60 images of “things” placed by PCA" in shown


def test_in_the_background_it_is_a_job(space: Workspace) -> None:
    job = as_json(vitrine("map", "-c", "things", "--method", "pca", "--seed", "5", "--background", "--json"))["job"]
    assert space.catalog("things").map is None
    run_job(space, job)
    fact = space.catalog("things").map
    assert fact is not None
    assert (fact.method, fact.seed) == ("pca", 5)


def test_what_cannot_be_made_is_told(space: Workspace) -> None:
    for words in (("--method", "tsne"), ("--clusters", "1"), ("-c", "nothing")):
        answer = vitrine("map", "-c", "things", *words)
        assert answer.exit_code != 0
    assert space.catalog("things").map is None


@pytest.mark.parametrize("edge", ["nan", "-inf", "1e999", "x"])
def test_an_area_with_a_corner_that_is_no_number_is_told(space: Workspace, edge: str) -> None:
    answer = vitrine("query", "-c", "things", "--where", f'within:"0,0 1,0 0,{edge}"')
    assert isinstance(answer.exception, QueryError)
    assert "corner" in answer.exception.title
    assert "Write its corners in order" in answer.exception.hint

"""Editing, history and undo on the command line."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from cli.commands_edit import add_editing
from cli.options import me
from core import worker
from core.edit.job import run_edit, run_undo
from core.settings import Settings
from core.workspace import Workspace

RUNNER = CliRunner()


@pytest.fixture
def space(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A copy of the workspace with "things"; nobody but the test runs its jobs."""
    folder = tmp_path / "workspace"
    shutil.copytree(ingested, folder)
    shutil.rmtree(folder / "history", ignore_errors=True)
    monkeypatch.setenv("VITRINE_WORKSPACE", str(folder))
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    monkeypatch.setattr(worker, "KINDS", {**worker.KINDS, "edit": run_edit, "undo": run_undo})
    return Workspace.open(Settings(workspace=folder))


@pytest.fixture
def vitrine(space: Workspace) -> Callable[..., Result]:
    app = typer.Typer()
    add_editing(app)
    return lambda *words: RUNNER.invoke(app, [*words, "-c", "things"])


def good(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def as_json(result: Result) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(good(result))
    return value


def test_edit_history_undo_and_redo(vitrine: Any, space: Workspace) -> None:
    before = dict(space.image("things", "it's").values)
    words = ("edit", "--id", "it's", "--id", "thing-020", "--set", "title=a=b", "--clear", "price", "--add-tag", "x")
    made = as_json(vitrine(*words, "--json"))
    assert (made["images"], made["changed"]) == (2, 2)
    row = space.image("things", "it's").values
    assert (row["title"], row["price"], row["tags"]) == ("a=b", None, ["x"])
    (event,) = as_json(vitrine("history", "--json"))["events"]
    assert (event["id"], event["who"], event["kind"]) == (made["event"], me(), "edit")
    said = good(vitrine("undo", made["event"]))
    assert "To have it again: vitrine undo" in said
    assert dict(space.image("things", "it's").values) == before
    undone = as_json(vitrine("history", "--json"))["events"][0]
    assert as_json(vitrine("undo", undone["id"], "--json"))["images"] == 2
    assert space.image("things", "it's").values["title"] == "a=b"
    lines = good(vitrine("history")).splitlines()
    assert lines[0].split("\t") == ["event", "at", "who", "what", "state"]
    assert len(lines) == 4


def test_a_result_is_edited_here_or_as_a_job(vitrine: Any, space: Workspace) -> None:
    said = good(vitrine("edit", "--where", "shape=circle", "--whole", "--set", "shape=circel"))
    assert "Did you mean" in said
    assert "To undo it: vitrine undo" in said
    queued = as_json(
        vitrine("edit", "-w", "shape=circel", "-n", "2", "--set", "shape=circle", "--background", "--json")
    )
    assert worker.run_job(space, queued["job"]).state == "done"
    events = as_json(vitrine("history", "--json"))["events"]
    assert events[0]["images"] == 2
    queued = as_json(vitrine("undo", events[0]["id"], "--background", "--json"))
    assert worker.run_job(space, queued["job"]).state == "done"
    assert "so already" in good(vitrine("edit", "--whole", "--remove-tag", "none"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("edit", "--set", "shape=x"), "which images"),
        (("edit", "--id", "it's", "--whole", "--set", "shape=x"), "which images"),
        (("edit", "--id", "it's", "--set", "shape"), "sets no column"),
        (("edit", "--id", "it's", "--set", "shape=x", "--set", "shape=y"), "set twice"),
        (("edit", "--id", "it's", "--set", "shape=x", "--clear", "shape"), "set and cleared"),
        (("edit", "--id", "it's", "--set", "year=soon"), "whole number"),
        (("edit", "--id", "it's"), "Nothing is to be changed"),
        (("undo", "20260101T000000000000-abcdef"), "no event"),
    ],
)
def test_wrong_use_is_told(vitrine: Any, words: tuple[str, ...], said: str) -> None:
    result = vitrine(*words)
    assert result.exit_code != 0
    assert said in str(result.exception)

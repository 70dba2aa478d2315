"""Duplicates on the command line."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from cli.commands_duplicates import add_duplicates
from cli.commands_edit import add_editing
from core.encoders.protocol import Encoder
from core.errors import InputError
from core.query.recipe import All
from core.settings import Settings
from core.workspace import Workspace
from tests.twins import NAME, twins

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    return twins(tmp_path_factory.mktemp("twins"), encoder).folder


@pytest.fixture
def space(stock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    shutil.copytree(stock, tmp_path / "workspace")
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "workspace"))
    return Workspace.open(Settings(workspace=tmp_path / "workspace"))


@pytest.fixture
def vitrine(space: Workspace) -> Callable[..., Result]:
    app = typer.Typer()
    add_duplicates(app)
    add_editing(app)
    return lambda *words: RUNNER.invoke(app, [*words, "-c", NAME])


def good(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def as_json(result: Result) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(good(result))
    return value


def present(space: Workspace) -> int:
    return space.catalog(NAME).count(All())


def test_groups_are_listed(vitrine: Any) -> None:
    text = good(vitrine("duplicates", "--keep", "first", "--limit", "1"))
    assert text.splitlines()[0] == "2 groups of identical images: 5 images, 3 could go"
    assert [line.split("\t")[:3] for line in text.splitlines()[2:5]] == [
        ["1", "a", "kept"], ["1", "a2", "identical"], ["1", "a3", "identical"],
    ]  # fmt: skip
    assert "--limit shows more" in text
    near = as_json(vitrine("duplicates", "--how", "phash", "--threshold", "4", "--where", "letter=c", "--json"))
    assert [image["id"] for group in near["listed"] for image in group["images"]] == ["c", "c9"]
    assert good(vitrine("duplicates", "--where", "letter=d")).strip() == "No groups of identical images."


def test_groups_are_written(vitrine: Any, tmp_path: Path) -> None:
    out = tmp_path / "made" / "groups.csv"
    assert "written to" in good(vitrine("duplicates", "--out", str(out)))
    assert len(out.read_text().splitlines()) == 6
    good(vitrine("duplicates", "--out", str(out.with_suffix(".json"))))
    assert json.loads(out.with_suffix(".json").read_text())["groups"] == 2
    refused = vitrine("duplicates", "--out", str(out.with_suffix(".xyz")))
    assert isinstance(refused.exception, InputError)


def test_deleting_has_to_be_meant_and_is_undone(vitrine: Any, space: Workspace) -> None:
    refused = vitrine("duplicates", "--delete")
    assert isinstance(refused.exception, InputError)
    assert "3 of 5 images in 2 groups" in refused.exception.title
    assert present(space) == 11
    made = as_json(vitrine("duplicates", "--delete", "--yes", "--json"))
    assert (made["images"], present(space)) == (3, 8)
    good(vitrine("undo", made["event"]))
    assert present(space) == 11


def test_tagging_says_how_to_undo_it(vitrine: Any, space: Workspace) -> None:
    text = good(vitrine("duplicates", "--keep", "first", "--tag", "dup"))
    assert "tag dup added on 3 images" in text
    assert "To undo it: vitrine undo" in text
    assert space.image(NAME, "b2").values["tags"] == ["dup"]


def test_the_kept_ones_are_tagged(vitrine: Any, space: Workspace) -> None:
    made = as_json(vitrine("duplicates", "--keep", "first", "--tag-kept", "best", "--json"))
    assert made["images"] == 2
    assert [space.image(NAME, id).values["tags"] or [] for id in ("a", "a2", "b", "b2")] == [["best"], [], ["best"], []]
    good(vitrine("undo", made["event"]))
    assert not space.image(NAME, "a").values["tags"]


def test_nonsense_is_refused(vitrine: Any) -> None:
    for words in (
        ("--how", "magic"),
        ("--keep", "best"),
        ("--threshold", "99", "--how", "phash"),
        ("--tag", "x", "--delete"),
        ("--tag-kept", "x", "--delete"),
        ("--tag-kept", "x", "--tag", "y"),
    ):
        assert isinstance(vitrine("duplicates", *words).exception, InputError)

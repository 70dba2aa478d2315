"""`vitrine evaluate`: its tables, its files, and what it says when there is nothing to score."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from core.errors import InputError, QueryError, VitrineError
from core.evaluation.record import load_evaluations, to_json

RUNNER = CliRunner()


@pytest.fixture
def folder(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of one's own with "things"."""
    shutil.copytree(ingested, tmp_path / "workspace")
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path / "workspace"


def run(*words: str) -> Result:
    return RUNNER.invoke(app, ["evaluate", "-c", "things", *words])


def good(*words: str) -> str:
    result = run(*words)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


@pytest.mark.parametrize("width", [60, 100])
def test_the_tables_fit_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    shown = good("--sample", "50")
    lines = shown.splitlines()
    assert lines[0] == "vitrine-clip on “things”"
    assert lines[1].startswith("50 of 60 images, seed 0.")
    assert all(len(line) <= width for line in lines if not line.startswith("Written to "))
    assert [line.split() for line in lines if line.startswith("Column ")] == [
        ["Column", "Base", "1-NN", "P@5", "P@10"],
        ["Column", "Base", "Zero-shot", "F1", "Names"],
        ["Column", "Values", "No", "value", "Alone", "Max@5", "Max@10"],
    ]
    assert sum("–" in line for line in lines) == 4 + 4 + 1
    assert "…" not in shown
    (path,) = (folder / "evaluations" / "things").iterdir()
    assert lines[-1] == f"Written to {path}"


def test_the_same_object_is_printed_and_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "figures.json"
    printed = json.loads(good("--json", "--label", "shape", "--seed", "4", "--out", str(out)))
    (kept,) = load_evaluations(folder, "things")
    assert printed == json.loads(json.dumps(to_json(kept))) == json.loads(out.read_text(encoding="utf-8"))
    assert [label["column"] for label in printed["labels"]] == ["shape"]
    assert (printed["sampled"]["seed"], printed["sampled"]["asked"]) == (4, 2_500)


def test_the_worst_classes_are_printed_with_what_stands_in_their_places(folder: Path) -> None:
    lines = good("--label", "for sale", "--label", "shape").splitlines()
    start = lines.index("Classes that are found worst")
    assert lines[start + 1].split() == ["Class", "Images", "P@10", "Most", "often", "instead"]
    (kept,) = load_evaluations(folder, "things")
    sale = next(label for label in kept.labels if label.header == "for sale")
    first, named = sale.classes[0], sale.classes[0].at(10)
    assert named is not None
    told = [line.split() for line in lines[start + 2 : start + 5]]
    assert told[0] == ["for", "sale"]
    assert told[1][:2] == [first.value, str(first.images)]
    assert told[1][2] == f"{100 * named.figure.value:.1f}"
    assert told[1][3] == first.confusions[0].value
    printed = json.loads(good("--json", "--label", "shape"))
    assert printed["format"] == 2
    assert {item["value"] for item in printed["labels"][0]["classes"]} == {"circle", "square", "triangle"}


def test_another_encoder_says_how_quick_it_was(folder: Path, half_encoder: Path) -> None:
    shown = good("--encoder", str(half_encoder), "--label", "shape", "--label", "masterColour", "--sample", "0")
    assert shown.startswith(f"{half_encoder} on “things”")
    assert "images/s read, decoded and encoded." in shown
    assert len(load_evaluations(folder, "things")) == 1


def test_what_is_left_out_is_said(folder: Path) -> None:
    shown = good("--label", "masterColour", "--label", "count", "--text", "title")
    assert "Images without a text, searched all the same: 3." in shown
    assert "the collection's own vectors were used" in shown


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        (("--label", "shpe"), QueryError, "Did you mean “shape”?"),
        (("--text", "price"), QueryError, "holds no text"),
        (("--sample", "1"), InputError, "Draw 2 images or more"),
        (("--encoder", "./none"), VitrineError, "There is no folder"),
    ],
)
def test_errors_name_a_way_on(folder: Path, words: tuple[str, ...], error: type[VitrineError], told: str) -> None:
    result = run(*words)
    assert isinstance(result.exception, error)
    assert told in str(result.exception)
    assert load_evaluations(folder, "things") == []


def test_a_file_that_cannot_be_written_is_told(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    for out in (tmp_path, tmp_path / "plain" / "figures.json"):
        result = run("--label", "shape", "--out", str(out))
        assert isinstance(result.exception, InputError)
        assert "cannot be written" in str(result.exception)
    assert len(load_evaluations(folder, "things")) == 2


def test_the_figures_are_shown_and_exported_where_the_workspace_cannot_keep_them(folder: Path, tmp_path: Path) -> None:
    (folder / "evaluations").write_text("in the way")
    result = run("--label", "shape", "--out", str(tmp_path / "out.json"))
    assert result.exit_code != 0
    assert "1-NN" in result.stdout
    assert json.loads((tmp_path / "out.json").read_text())["labels"][0]["column"] == "shape"


def test_evaluate_help_names_every_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown: Any = RUNNER.invoke(app, ["evaluate", "--help"]).stdout
    for option in ("--collection", "--encoder", "--label", "--text", "--sample", "--seed", "--out", "--json"):
        assert option in shown

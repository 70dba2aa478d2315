"""`vitrine effect`: its figures, its file, and as a job."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from core.augment.pipeline import parse_pipeline
from core.effect.figures import load_effect, load_effects, to_json
from core.errors import InputError, NotFoundError
from core.jobs.runner import Jobs
from core.jobs.supervisor import Supervisor

RUNNER = CliRunner()
ROTATE = '{"name": "turned", "steps": [{"transform": "Rotate", "limit": 30, "p": 1}]}'


@pytest.fixture
def folder(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ingested, tmp_path / "workspace")
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path / "workspace"


def test_figures_are_printed_and_kept(folder: Path) -> None:
    shown = RUNNER.invoke(app, ["effect", ROTATE, "-c", "things", "--sample", "6", "--seed", "2"])
    assert shown.exit_code == 0, shown.exception
    assert "“turned” on 6 of 60 images, drawn with seed 2; each asked for its original among 60." in shown.stdout
    lines = shown.stdout.splitlines()
    assert lines[1].split("\t")[0] == "change"
    assert [line.split("\t")[0] for line in lines[2:7]] == [
        "The whole pipeline", "Rotate, limit ±7.5°", "Rotate, limit ±15°", "Rotate, limit ±30°", "Unchanged",
    ]  # fmt: skip
    assert "100.0 % (61 to 100)" in lines[6]
    printed = RUNNER.invoke(app, ["effect", ROTATE, "-c", "things", "--sample", "6", "--whole-only", "--json"])
    kept = load_effect(folder, "things", parse_pipeline(ROTATE).to_dict())
    assert kept is not None
    assert len(kept.points) == 2
    assert json.loads(printed.stdout) == json.loads(json.dumps(to_json(kept)))


def test_in_the_background_it_is_a_job(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Supervisor, "ensure", lambda self: None)
    done = RUNNER.invoke(app, ["effect", "weak", "-c", "things", "--where", "shape=circle", "--background"])
    assert done.exit_code == 0, done.exception
    (job,) = Jobs(folder).all()
    assert (job.kind, job.writes, job.parameters["pipeline"]["name"]) == ("effect", False, "weak")
    assert "circle" in job.parameters["recipe"]["where"]
    assert load_effects(folder, "things") == []


def test_what_cannot_be_measured_is_told(folder: Path) -> None:
    unknown = RUNNER.invoke(app, ["effect", "weeak", "-c", "things"])
    assert isinstance(unknown.exception, NotFoundError)
    few = RUNNER.invoke(app, ["effect", "weak", "-c", "things", "--sample", "1"])
    assert isinstance(few.exception, InputError)
    assert "Draw 2 to" in few.exception.hint

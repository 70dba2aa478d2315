"""`vitrine audit`: its figures, its file, and as a job."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from core.audit.figures import load_audit, to_json
from core.errors import InputError
from core.jobs.runner import Jobs
from core.jobs.supervisor import Supervisor

RUNNER = CliRunner()


@pytest.fixture
def folder(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ingested, tmp_path / "workspace")
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path / "workspace"


def test_figures_are_printed_and_kept(folder: Path) -> None:
    shown = RUNNER.invoke(app, ["audit", "-c", "things", "-k", "5", "--questions", "8"])
    assert shown.exit_code == 0, shown.exception
    assert "every vector compared in memory; 4 images and 4 texts asked for their 5 nearest" in shown.stdout
    assert "auto\texact\t1.000\t1.000" in shown.stdout
    printed = RUNNER.invoke(app, ["audit", "-c", "things", "-k", "5", "--questions", "8", "--json"])
    kept = load_audit(folder, "things")
    assert kept is not None
    assert json.loads(printed.stdout) == json.loads(json.dumps(to_json(kept)))


def test_in_the_background_it_is_a_job(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Supervisor, "ensure", lambda self: None)
    assert RUNNER.invoke(app, ["audit", "-c", "things", "--background"]).exit_code == 0
    assert [(job.kind, job.writes) for job in Jobs(folder).all()] == [("audit", False)]
    assert load_audit(folder, "things") is None


def test_a_wrong_number_is_told_with_the_right_ones(folder: Path) -> None:
    result = RUNNER.invoke(app, ["audit", "-c", "things", "--questions", "1"])
    assert isinstance(result.exception, InputError)
    assert "Ask 2 to" in result.exception.hint

"""`vitrine lab`: figures printed, kept and written, as a job, and estimates."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from core.errors import InputError
from core.jobs.runner import Jobs
from core.jobs.supervisor import Supervisor
from core.lab.kept import Part, keep, latest, record_of
from core.lab.scale import fitted

RUNNER = CliRunner()
SIZES = (1_000, 3_000, 10_000, 30_000)


@pytest.fixture
def folder(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ingested, tmp_path / "workspace")
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path / "workspace"


def said(*command: str) -> str:
    result = RUNNER.invoke(app, ["lab", *command])
    assert result.exit_code == 0, result.exception
    return result.stdout


def test_limits_are_printed_kept_and_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "limits.json"
    command = ["limits", "-c", "things", "-w", "shape=circle", "--limit", "5", "--limit", "0", "--no-processing"]
    shown = said(*command, "--repetitions", "1", "--out", str(out))
    assert shown.splitlines()[0].startswith("images\tstep\tmedian ms")
    assert [line.split("\t")[1] for line in shown.splitlines()[1:]] == ["query", "fetch", "query", "fetch"]
    kept = latest(folder, "things", Part.LIMITS)
    assert kept is not None
    assert json.loads(out.read_text()) == kept
    assert "shape" in kept["recipes"][0]["recipe"]["where"]


def test_stores_are_printed_as_one_object(folder: Path) -> None:
    found = json.loads(said("storage", "-c", "things", "--images", "5", "--rounds", "1", "--json"))
    assert found["part"] == "storage"
    assert {point["store"] for point in found["points"]} >= {"loose files", "one zip"}


def test_in_the_background_it_is_a_job(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Supervisor, "ensure", lambda self: None)
    said("scale", "-c", "things", "--largest", "2000", "--steps", "4", "--background")
    (job,) = Jobs(folder).all()
    assert (job.kind, job.parameters["part"], job.parameters["asked"]["largest"]) == ("lab", "scale", 2_000)


def test_estimates_follow_what_was_measured_and_assumed(folder: Path) -> None:
    bare = json.loads(said("estimate", "-c", "things", "--json"))
    assert (bare["growths"], bare["estimates"][0]["search_ms"]) == ({}, 20.0)
    figures = [{"search_ms": size / 1_000, "facets_ms": size / 1_000} for size in SIZES]
    growths = {name: one and vars(one) for name, one in fitted(SIZES, figures).items()}
    keep(folder, record_of(Part.SCALE, "things", 1, 60, {"sizes": [], "growths": growths, "seconds": 1.0}))
    command = ["estimate", "-c", "things", "--assume", "machines=10", "--assume", "images_per_second=100"]
    found = json.loads(said(*command, "--json"))
    assert list(found["growths"]) == ["facets_ms"]  # searches of so few images foretell none of a million
    assert found["growths"]["facets_ms"].startswith("linear")
    assert found["estimates"][0]["facets_ms"] == pytest.approx(1_000, rel=1e-3)
    assert found["estimates"][0]["search_ms"] == 20.0
    assert found["estimates"][0]["embed_seconds"] == pytest.approx(1_000_000 / (10 * 100 * 0.9), rel=1e-3)
    shown = said(*command)
    assert "machines\t10\tmachines" in shown
    assert "facets_ms: measured, linear" in shown


@pytest.mark.parametrize("assumed", ["machines", "machines=many", "nothing=3", "machines=0"])
def test_what_is_no_assumption_is_told(folder: Path, assumed: str) -> None:
    result = RUNNER.invoke(app, ["lab", "estimate", "-c", "things", "--assume", assumed])
    assert isinstance(result.exception, InputError)

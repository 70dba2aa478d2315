"""Asking, making, jobs, tokens and the doctor on the command line."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from cli.main import app
from core.jobs.job import State
from core.settings import ROOT, Settings
from core.worker import run_job
from core.workspace import Workspace

RUNNER = CliRunner()


@pytest.fixture
def space(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A copy of the workspace with "things"; nobody but the test runs its jobs."""
    folder = tmp_path / "workspace"
    shutil.copytree(ingested, folder)
    monkeypatch.setenv("VITRINE_WORKSPACE", str(folder))
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    return Workspace.open(Settings(workspace=folder))


@pytest.fixture
def vitrine(space: Workspace) -> Callable[..., Result]:
    return lambda *words: RUNNER.invoke(app, list(words))


def good(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def as_json(result: Result) -> dict[str, Any]:
    text = good(result)
    assert text.count("\n") == 1
    value: dict[str, Any] = json.loads(text)
    return value


def test_query_takes_the_typed_form_a_file_a_limit_and_a_sample(vitrine: Any, space: Workspace, tmp_path: Path) -> None:
    typed = as_json(vitrine("query", "-c", "things", "--where", "shape=circle year>2012", "--limit", "3", "--json"))
    assert set(typed) >= {"total", "rows", "english", "exact", "timings"}
    assert len(typed["rows"]) == 3
    (tmp_path / "recipe.json").write_text(json.dumps(typed["recipe"]))
    again = as_json(vitrine("query", "-c", "things", "--recipe", str(tmp_path / "recipe.json"), "--json"))
    assert [row["id"] for row in again["rows"]] == [row["id"] for row in typed["rows"]]
    (tmp_path / "answer.json").write_text(json.dumps(typed))
    more = as_json(vitrine("query", "-c", "things", "--recipe", str(tmp_path / "answer.json"), "-n", "5", "--json"))
    assert len(more["rows"]) == 5
    drawn = [as_json(vitrine("query", "-c", "things", "--sample", "4", "--seed", seed, "--json")) for seed in "112"]
    assert drawn[0]["rows"] == drawn[1]["rows"] != drawn[2]["rows"]
    by_price = as_json(vitrine("query", "-c", "things", "--sort", "-price", "--column", "price", "--json"))["rows"]
    prices = [row["metadata"]["price"] for row in by_price if row["metadata"]["price"] is not None]
    assert prices == sorted(prices, reverse=True)


def test_in_a_pipe_rows_are_lines_with_tabs(vitrine: Any) -> None:
    lines = good(vitrine("query", "-c", "things", "-w", "shape=circle", "-n", "2", "--column", "shape")).splitlines()
    assert lines[0].startswith("Images whose shape is circle: 2 of ")
    assert lines[1] == "id\tshape"
    assert all(line.endswith("\tcircle") for line in lines[2:])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("query", "-c", "things", "--where", "shap=circle"), "shap"),
        (("query", "-c", "things", "--recipe", "/no/such.json"), "cannot be read"),
        (("augment",), "Augment by what?"),
        (("augment", "weak"), "Augment what?"),
        (("augment", "weak", "--image", "x.png", "--out", "x.gif"), "names no format"),
        (("augment", "weak", "--image", "x.png", "--out", "x.png", "--format", "png"), "ending of --out"),
        (("augment", "Rotat", "--list"), "Did you mean"),
        (("augment", "/no/such.yaml", "-c", "things", "--name", "x"), "cannot be read"),
        (("augment", "stron", "-c", "things", "--name", "x"), "stron"),
        (("tag",), "Tag what?"),
        (("export", "../x", "-c", "things"), "cannot name an export"),
        (("show", "nobody", "-c", "things"), "nobody"),
        (("jobs", "show", "1-abcdef"), "There is no job"),
        (("jobs", "--state", "odd"), "There is no state"),
        (("token", "revoke", "nobody"), "nobody"),
    ],
)
def test_wrong_use_ends_with_two_and_says_why(vitrine: Any, words: tuple[str, ...], said: str) -> None:
    result = vitrine(*words)
    assert result.exception is not None
    assert result.exception.exit_code == 2
    assert said in str(result.exception)


def test_show_tells_all_and_writes_files(vitrine: Any, tmp_path: Path) -> None:
    facts = as_json(
        vitrine(
            "show",
            "thing-020",
            "-c",
            "things",
            "--original",
            str(tmp_path / "o"),
            "--thumbnail",
            str(tmp_path / "t"),
            "--json",
        )
    )
    with Image.open(tmp_path / "o") as original, Image.open(tmp_path / "t") as thumbnail:
        assert original.size == (facts["width"], facts["height"])
        assert thumbnail.format == "WEBP"
    assert "shape: " in good(vitrine("show", "thing-020", "-c", "things"))


def test_export_augment_and_tag_here_and_in_the_background(vitrine: Any, space: Workspace) -> None:
    circles = as_json(vitrine("query", "-c", "things", "-w", "shape=circle", "--json"))["total"]
    made = as_json(vitrine("export", "c", "-c", "things", "-w", "shape=circle", "--whole", "--layout", "zip", "--json"))
    assert (made["exported"], made["failed"]) == (circles, 0)
    assert zipfile.is_zipfile(made["path"])
    soft = as_json(vitrine("augment", "weak", "-c", "things", "--name", "soft", "-n", "2", "--variants", "2", "--json"))
    assert soft["made"] == 4
    (space.folder / "few.txt").write_text("thing-020\nthing-030\n")
    words = ("--ids", str(space.folder / "few.txt"), "--layout", "zip", "--colour", "grey", "--format", "png")
    few = as_json(vitrine("augment", "weak", "-c", "things", "--name", "few", *words, "--json"))
    assert (few["made"], few["layout"], Path(few["path"]).name) == (2, "zip", "few.zip")
    assert [one["name"] for one in as_json(vitrine("sets", "--json"))["sets"]] == ["few", "soft"]
    assert "soft" in good(vitrine("sets"))
    elsewhere = space.folder.parent / "elsewhere"
    there = ("--destination", str(elsewhere), "--layout", "webdataset")
    far = as_json(vitrine("augment", "weak", "-c", "things", "--name", "far", "-n", "2", *there, "--json"))
    assert far["path"] == str(elsewhere / "far")
    assert as_json(vitrine("ingest", far["path"], "-c", "back", "--json"))["images_added"] == 2
    tagged = vitrine(
        "tag", "-c", "things", "-w", "shape=circle", "--whole", "--label", "circle", "--label", "square", "--json"
    )
    assert as_json(tagged)["tagged"] == circles
    assert as_json(vitrine("index", "-c", "things", "--json"))["images"] == 60

    job = as_json(vitrine("export", "later", "-c", "things", "-n", "1", "--background", "--json"))["job"]
    assert as_json(vitrine("jobs", "show", job, "--json"))["state"] == "queued"
    assert run_job(space, job).state is State.DONE
    assert as_json(vitrine("jobs", "watch", job, "--json"))["result"]["exported"] == 1
    assert "Done." in good(vitrine("jobs", "log", job))
    assert as_json(vitrine("jobs", "--json"))["jobs"][0]["id"] == job
    waiting = as_json(vitrine("index", "-c", "things", "--background", "--json"))["job"]
    assert "cancelled" in good(vitrine("jobs", "cancel", waiting))
    assert as_json(vitrine("jobs", "retry", waiting, "--json"))["state"] == "queued"
    assert waiting in good(vitrine("jobs", "--state", "queued"))


def test_a_failed_job_that_is_watched_ends_with_one(vitrine: Any, space: Workspace) -> None:
    job = as_json(vitrine("ingest", "/no/such", "-c", "new", "--background", "--json"))["job"]
    run_job(space, job)
    result = vitrine("jobs", "watch", job)
    assert result.exception is not None
    assert result.exception.exit_code == 1
    assert "/no/such" in str(result.exception)


def test_one_picture_is_augmented_and_told_about(vitrine: Any, tmp_path: Path) -> None:
    Image.new("RGB", (300, 200), "red").save(tmp_path / "red.png")
    out = tmp_path / "out.webp"
    made = as_json(vitrine("augment", "crop-resize", "--image", str(tmp_path / "red.png"), "--out", str(out), "--json"))
    with Image.open(out) as written:
        assert (made["width"], made["height"]) == written.size == (256, 256)
    told = as_json(vitrine("tag", "--image", str(tmp_path / "red.png"), "--model", "picture-statistics", "--json"))
    assert "red" in json.dumps(told["outputs"])


def test_a_pipeline_in_a_yaml_file_and_what_there_is_to_write_in_it(vitrine: Any, tmp_path: Path) -> None:
    Image.new("RGB", (900, 60), "red").save(tmp_path / "red.png")
    (tmp_path / "mine.yaml").write_text("seed: 4\nsteps:\n- {transform: Rotate, limit: 40, p: 1}\n")
    out = tmp_path / "out.jpg"
    words = ("augment", str(tmp_path / "mine.yaml"), "--image", str(tmp_path / "red.png"), "--out", str(out))
    made = as_json(vitrine(*words, "--colour", "grey", "--quality", "50", "--variant", "2", "--json"))
    assert made["drawn"]["steps"][0]["transform"] == "Rotate"
    with Image.open(out) as written:
        assert (written.size, written.mode, written.format) == ((900, 60), "L", "JPEG")
    assert vitrine(*words, "--colour", "red").exception.exit_code == 2
    listed = as_json(vitrine("augment", "--list", "--json"))
    assert {item["preset"] for item in listed["presets"]} >= {"weak", "as-is"}
    assert len(listed["transforms"]) > 80
    told = good(vitrine("augment", "GaussNoise", "--list"))
    assert "std_range\trange\t[0.2, 0.44]\tFrom 0 to 1" in told


def test_tokens_are_made_listed_and_revoked(vitrine: Any) -> None:
    secret = as_json(vitrine("token", "make", "ci", "--scope", "read", "--days", "3", "--json"))["secret"]
    listed = vitrine("token", "list", "--json")
    assert secret not in good(listed)
    assert as_json(listed)["tokens"][0]["name"] == "ci"
    assert as_json(vitrine("token", "revoke", "ci", "--json")) == {"revoked": "ci", "left": 0}


def test_the_doctor_looks_at_everything(vitrine: Any, space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    report = as_json(vitrine("doctor", "--json"))
    names = {check["name"] for check in report["checks"]}
    assert names >= {
        "Python",
        "Packages",
        "Disk",
        "Memory",
        "Workspace",
        "Collection things",
        "Jobs",
        "Encoder",
        "Port",
    }
    assert report["well"]
    space.start_index("things")
    assert "vitrine worker" in good(vitrine("doctor"))
    monkeypatch.setenv("VITRINE_HOST", "0.0.0.0")
    bad = vitrine("doctor", "--json")
    assert bad.exit_code == 1
    assert not json.loads(bad.stdout)["well"]


def test_bench_measures_the_collection(vitrine: Any) -> None:
    costs = as_json(vitrine("bench", "-c", "things", "--rounds", "2", "--json"))["milliseconds"]
    assert {cost["question"] for cost in costs} >= {"first page", "search by words", "every facet", "histogram"}
    assert all(0 < cost["least"] <= cost["median"] <= cost["p95"] for cost in costs)


def test_a_worker_takes_jobs_until_it_is_stopped(space: Workspace) -> None:
    job = space.start_index("things")
    command = [sys.executable, "-m", "cli.main", "worker"]
    environment = {**os.environ, "VITRINE_WORKSPACE": str(space.folder)}
    worker = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while not space.jobs.get(job.id).ended and time.monotonic() < end:
            time.sleep(0.1)
        assert space.jobs.get(job.id).state is State.DONE
        second = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
        assert second.returncode == 1
        assert "worker already" in second.stderr
        worker.send_signal(signal.SIGINT)
        assert worker.wait(30) == 0
    finally:
        worker.kill()

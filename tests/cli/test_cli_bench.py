"""`vitrine bench`: made-up rows, an own collection enlarged, the report and the comparison."""

import json
import os
import signal
import tempfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import bench as cli_bench
from cli.main import app
from core.errors import InputError
from core.ingest.progress import Report
from core.lab.bench import BenchRequest
from core.lab.bench import run_bench as real_run
from core.lab.questions import FIGURES

RUNNER = CliRunner()
RUN: dict[str, Any] = {
    "rows": 1_000,
    "collection": "",
    "machine": {"cores": 2, "processor": "chip", "memory_mb": 8_000},
    "figures": {"facets_ms": 10.0, "search_recall": 1.0},
    "baselines": {"polars": {"what": "Polars", "facets_ms": 30.0}, "faiss": {"what": "FAISS", "absent": "not here"}},
    "seconds": 3.0,
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, ingested: Path) -> list[BenchRequest]:
    """The requests that were made; each is answered at once."""
    monkeypatch.setenv("VITRINE_WORKSPACE", str(ingested))
    requests: list[BenchRequest] = []

    def answer(request: BenchRequest, report: Report) -> dict[str, Any]:
        requests.append(request)
        return {**RUN, "rows": request.rows}

    monkeypatch.setattr(cli_bench, "run_bench", answer)
    return requests


def test_made_up_rows_are_measured_and_printed_as_one_object(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path))
    monkeypatch.setattr(cli_bench, "BASELINES", ("polars",))
    shown = RUNNER.invoke(app, ["bench", "--rows", "1100", "--rounds", "1", "--json"])
    assert shown.exit_code == 0, shown.exception
    found = json.loads(shown.stdout)
    assert found["rows"] == 1_100
    assert tuple(found["figures"]) == FIGURES
    assert found["baselines"]["polars"]["facets_ms"] > 0
    assert not list(tmp_path.glob("collections/*"))


def test_the_table_has_a_column_for_each_baseline(asked: list[BenchRequest]) -> None:
    shown = RUNNER.invoke(app, ["bench", "--rows", "1000"])
    assert shown.exit_code == 0, shown.exception
    assert "1,000 images on 2 cores, chip" in shown.stdout
    assert "facets_ms\t10\t30\t" in shown.stdout
    assert "faiss: not here" in shown.stdout
    assert asked[0].source is None


def test_a_collection_is_enlarged_from_its_own_images(asked: list[BenchRequest]) -> None:
    shown = RUNNER.invoke(app, ["bench", "-c", "things", "--rows", "500", "--no-baselines", "--json"])
    assert shown.exit_code == 0, shown.exception
    (request,) = asked
    assert request.source is not None
    assert (request.source.name, request.rows, request.baselines) == ("things", 500, ())
    assert request.source.thumbnail_bytes > 0


def test_a_report_and_a_comparison_are_made(asked: list[BenchRequest], tmp_path: Path) -> None:
    old, page = tmp_path / "old.json", tmp_path / "page.html"
    old.write_text(json.dumps({**RUN, "figures": {"facets_ms": 5.0, "search_recall": 1.0}}))
    command = ["bench", "--rows", "1000", "--compare", str(old), "--html", str(page)]
    shown = RUNNER.invoke(app, command)
    assert shown.exit_code == 0, shown.exception
    assert "facets_ms\t5\t10\t2.00\tslower" in shown.stdout
    assert "Regressions: facets_ms." in shown.stdout
    assert "Beside the earlier run" in page.read_text(encoding="utf-8")
    told = json.loads(RUNNER.invoke(app, [*command, "--json"]).stdout)
    assert told["comparison"]["regressions"] == ["facets_ms"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["bench"], "What is to be measured"),
        (["bench", "-c", "things", "--html", "x.html"], "with --rows alone"),
        (["bench", "--rows", "1000", "--compare", "no-such-file.json"], "cannot be read"),
    ],
)
def test_what_makes_no_sense_is_told(asked: list[BenchRequest], command: list[str], said: str) -> None:
    result = RUNNER.invoke(app, command)
    assert isinstance(result.exception, InputError)
    assert said in result.exception.title
    assert not asked


def test_a_signal_to_end_becomes_an_orderly_end(
    monkeypatch: pytest.MonkeyPatch, ingested: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("VITRINE_WORKSPACE", str(ingested))
    folders: list[Path] = []

    def ended(request: BenchRequest, report: Report) -> dict[str, Any]:
        def stop(progress: object) -> None:
            folders.extend(tmp_path.glob("vitrine-bench-*"))
            os.kill(os.getpid(), signal.SIGTERM)

        return real_run(request, stop)

    monkeypatch.setattr(cli_bench, "run_bench", ended)
    before = signal.getsignal(signal.SIGTERM)
    result = RUNNER.invoke(app, ["bench", "--rows", "200"])
    assert result.exit_code == cli_bench.ENDED
    assert signal.getsignal(signal.SIGTERM) == before
    assert folders
    assert not any(folder.exists() for folder in folders)

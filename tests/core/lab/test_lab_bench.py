"""`vitrine bench` in core: the made-up collection, its questions, truth, baselines and the temporary workspace."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from core.collection.catalog import Catalog
from core.collection.counts import facet_counts
from core.collection.store import find_collection
from core.errors import InputError, StorageError, VitrineError
from core.ingest.progress import Progress
from core.lab import bench as lab_bench
from core.lab.answering import answer_all, recall, recalls, truths
from core.lab.baselines import duckdb_parquet, plain_of, polars_memory, write_parquet
from core.lab.bench import BenchRequest, run_bench, temporary_workspace
from core.lab.machine import forget, machine, most_rss_mb, rss_mb
from core.lab.madeup import CLASSES, EVEN, fill, image_id
from core.lab.process import StageError, run_stage
from core.lab.questions import FIGURES, WORDS, made_up_questions, own_questions
from core.lab.stages import BASELINES
from core.lab.vectors import MadeUp, clusters_for
from core.query.columns import Kind
from core.query.recipe import Recipe
from core.settings import ROOT
from core.workspace import Workspace

ROWS = 1_200


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made-up")
    fill(folder, "made-up", ROWS, MadeUp(0, clusters_for(ROWS)))
    return folder


def opened(folder: Path) -> tuple:
    collection = find_collection(folder, "made-up")
    return collection, Catalog(collection.dataset())


def test_a_made_up_collection_has_eight_columns_of_classes_and_unit_vectors(made_up: Path) -> None:
    collection, catalog = opened(made_up)
    assert catalog.count_all == ROWS
    assert [column.distinct for column in catalog.of_kind(Kind.CATEGORY)][:6] == list(CLASSES[:6])
    assert len(catalog.of_kind(Kind.CATEGORY)) == 8
    counts = next(one for one in facet_counts(catalog, Recipe()) if one.column == f"class_{EVEN}")
    assert sum(one.count for one in counts.values) == ROWS
    vectors = np.stack(list(collection.vectors([image_id(0), image_id(ROWS - 1)]).values()))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_every_question_is_answered_and_every_search_is_exact_where_vectors_are_held(made_up: Path) -> None:
    collection, catalog = opened(made_up)
    asked = made_up_questions(ROWS)
    answered = answer_all(collection, catalog, asked, runs=2)
    assert set(answered.spreads) == {name for name in FIGURES if name.endswith("_ms")}
    assert all(0 < one.low <= one.median <= one.high for one in answered.spreads.values())
    true = truths(catalog, asked)
    assert recalls(answered.found, true) == {"search_recall": 1.0, "search_filtered_recall": 1.0, "quick_recall": 1.0}
    assert true["search"].count == 50
    assert true["search_filtered"].count == catalog.count(asked.narrow) < 50


def test_recall_is_the_share_that_reaches_the_last_of_the_exact_ones() -> None:
    least = np.array([0.5, 0.8], np.float32)
    assert recall([[0.9, 0.5], [0.9, 0.7]], least, 2) == 0.75
    assert recall([[0.9, 0.6, 0.55]], least[:1], 2) == 1.0
    assert recall([], least, 2) == 1.0


def test_baselines_count_as_vitrine_does(made_up: Path, tmp_path: Path) -> None:
    import duckdb

    _, catalog = opened(made_up)
    path = tmp_path / "it's a table.parquet"
    write_parquet(catalog, path)
    asked = made_up_questions(ROWS)
    plain = plain_of(catalog, asked)
    assert (plain.column, plain.order, plain.pair) == ("class_1", "price", ("class_3", "class_6"))
    assert len(plain.facets) == 8
    for found in (duckdb_parquet(path, ROWS, plain), polars_memory(path, ROWS, plain)):
        assert {"facets_ms", "page_ms", "sample_ms", "crosstab_ms", "open_s", "what"} == set(found)
    connection = duckdb.connect()
    connection.read_parquet(str(path)).create_view("held")
    passing = connection.execute("SELECT count(*) FROM held WHERE class_1 IN (SELECT unnest(?))", [list(plain.values)])
    assert passing.fetchall() == [(catalog.count(asked.wide),)]


def test_the_whole_run_has_every_figure_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    heard: list[Progress] = []
    run = run_bench(BenchRequest(ROWS, runs=2, baselines=("duckdb_parquet", "numpy")), heard.append)
    assert json.loads(json.dumps(run)) == run
    assert run["rows"] == ROWS
    assert tuple(run["figures"]) == FIGURES
    assert set(WORDS) == set(FIGURES)
    assert all(value > 0 for value in run["figures"].values())
    assert run["baselines"]["numpy"]["search_recall"] == 1.0
    assert run["baselines"]["numpy"]["search_filtered_recall"] == 1.0
    assert run["machine"]["cores"] == machine()["cores"]
    assert {one.stage for one in heard} >= {"Making images up", "Indexing", "Asking", "Baseline numpy"}
    assert not list(tmp_path.glob("vitrine-bench-*"))


def test_an_interrupted_run_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def stop(progress: Progress) -> None:
        assert list(tmp_path.glob("vitrine-bench-*"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_bench(BenchRequest(ROWS, runs=1, baselines=()), stop)
    assert not list(tmp_path.glob("vitrine-bench-*"))


def test_a_baseline_that_fails_says_so_and_the_rest_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    measured = {"rows": ROWS, "figures": {}, "spreads": {}, "details": {}}
    monkeypatch.setattr(lab_bench, "measure_sized", lambda folder, request, report: measured)

    def fail(name: str, request: dict, report: object, seconds: float) -> None:
        assert 0 < seconds <= lab_bench.BASELINES_SECONDS
        raise StageError(f"Measuring “{name}” was ended by the system.", "It needs more memory than there is.")

    monkeypatch.setattr(lab_bench, "run_stage", fail)
    run = run_bench(BenchRequest(ROWS, baselines=("numpy",)))
    assert "more memory" in run["baselines"]["numpy"]["failed"]


def test_what_cannot_be_measured_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="1 rows"):
        run_bench(BenchRequest(1))
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr(lab_bench.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(StorageError) as raised, temporary_workspace(BenchRequest(1_000_000)):
        pass
    assert "TMPDIR" in raised.value.hint


def test_a_stage_tells_an_expected_error_and_a_bug_apart(tmp_path: Path) -> None:
    with pytest.raises(VitrineError, match="no collection"):
        run_stage("ask", {"folder": str(tmp_path), "name": "nothing"})
    with pytest.raises(VitrineError, match="failed") as raised:
        run_stage("ask", {"folder": str(tmp_path)})
    assert "KeyError" in raised.value.detail
    with pytest.raises(VitrineError, match="took longer"):
        run_stage("ask", {"folder": str(tmp_path)}, seconds=0.05)


def test_own_questions_come_from_the_collection(workspace: Workspace) -> None:
    collection, catalog = workspace.collection("things"), workspace.catalog("things")
    asked = own_questions(collection, catalog)
    assert 0 < catalog.count(asked.narrow) < catalog.count(asked.wide) < catalog.count_all
    assert asked.order is not None
    assert asked.pair is not None
    assert asked.pair[0] != asked.pair[1]
    answered = answer_all(collection, catalog, asked, runs=1)
    assert set(recalls(answered.found, truths(catalog, asked)).values()) == {1.0}


def test_memory_is_told_and_files_can_be_dropped(tmp_path: Path) -> None:
    assert 10 < rss_mb() <= most_rss_mb() + 1
    (tmp_path / "file").write_bytes(b"held")
    forget(tmp_path)
    assert (tmp_path / "file").read_bytes() == b"held"


def test_every_baseline_is_a_stage() -> None:
    assert BASELINES == ("duckdb_parquet", "polars", "lancedb_no_index", "numpy", "faiss")


def test_a_stage_whose_parent_was_killed_ends_and_takes_the_workspace_along(tmp_path: Path) -> None:
    folder = tmp_path / "vitrine-bench-1"
    folder.mkdir()
    command = [sys.executable, "-m", "core.lab.stages", "build"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        request = {"folder": str(folder), "name": "made-up", "rows": 10_000_000}
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        assert "Making images up" in process.stdout.readline().decode()
        process.stdin.close()
        assert process.wait(60) == 1
    assert not list(folder.glob("*/*/_versions/*.manifest"))

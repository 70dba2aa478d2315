"""The `vitrine` command: what it prints, its exit codes, and how quickly it starts."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app, main
from core.errors import VitrineError
from core.settings import ROOT, Settings
from core.workspace import Workspace

RUNNER = CliRunner()
COMMANDS = (
    "ingest", "ledger", "collections", "encoders", "embed", "evaluate", "audit", "query", "search", "show", "sample",
    "serve", "settings", "augment", "sets", "tag", "export", "index", "jobs", "worker", "token", "doctor", "bench",
    "counts", "edit", "history", "undo", "views", "compare", "overlap", "duplicates", "synonyms", "sql", "map",
)  # fmt: skip


@pytest.fixture
def vitrine(ingested: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command in the workspace with "things"."""
    monkeypatch.setenv("VITRINE_WORKSPACE", str(ingested))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: RUNNER.invoke(app, list(words))


def good(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def as_json(result: Result) -> dict[str, Any]:
    text = good(result)
    assert text.count("\n") == 1
    value: dict[str, Any] = json.loads(text)
    return value


def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str]]:
    """Exit code and lines on standard error of a whole run, `main` included."""
    monkeypatch.setattr(sys, "argv", ["vitrine", *words])
    with pytest.raises(SystemExit) as caught:
        main()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return int(caught.value.code or 0), captured.err.splitlines()


def test_help_lists_every_command(vitrine: Any) -> None:
    text = good(vitrine("--help"))
    assert all(command in text for command in COMMANDS)
    for command in COMMANDS:
        assert "Usage" in good(vitrine(command, "--help"))
    assert vitrine().exit_code in (0, 2)
    assert vitrine("nothing").exit_code == 2


def test_collections(vitrine: Any) -> None:
    assert as_json(vitrine("collections", "--json")) == {
        "collections": [{"collection": "things", "images": 60, "encoder": "vitrine-clip"}]
    }
    assert re.search(r"things\t60\tvitrine-clip", good(vitrine("collections")))


def test_an_empty_workspace_says_what_to_do(vitrine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "new"))
    assert "vitrine ingest SOURCE --collection NAME" in good(vitrine("collections"))
    assert as_json(vitrine("collections", "--json")) == {"collections": []}


def test_search_by_filter(vitrine: Any, workspace: Any) -> None:
    where = '[["shape","in",["square"]]]'
    answer = as_json(vitrine("search", "-c", "things", "--where", where, "-n", "4", "--json"))
    assert set(answer) >= {"total", "rows", "english", "exact", "timings", "recipe", "next"}
    assert answer["english"] == "Images whose shape is square"
    assert not any("score" in row for row in answer["rows"])
    assert all(step["milliseconds"] >= 0 for step in answer["timings"])
    squares = workspace.catalog("things").count(None)
    assert 4 <= answer["total"] < squares
    shown = good(vitrine("search", "-c", "things", "--where", where, "-n", "4"))
    assert shown.startswith(f"Images whose shape is square: 4 of {answer['total']}, exact")
    assert answer["rows"][0]["id"] in shown


def test_search_by_words_image_and_picture(vitrine: Any, workspace: Any, tmp_path: Path) -> None:
    like = as_json(vitrine("search", "-c", "things", "--like", "it's", "-n", "3", "--json"))
    assert like["english"] == "All images, most like image it's"
    assert "it's" not in [image["id"] for image in like["rows"]]
    (tmp_path / "picture").write_bytes(workspace.original("things", "thing-031"))
    both = as_json(
        vitrine("search", "a red square", "-c", "things", "--image", str(tmp_path / "picture"), "-n", "2", "--json")
    )
    assert both["english"] == "All images, most like “a red square” and the given picture"
    assert len(both["rows"]) == 2
    assert all(-1 <= image["score"] <= 1.0001 for image in both["rows"])


def test_nothing_found_is_said(vitrine: Any) -> None:
    shown = good(vitrine("search", "-c", "things", "--where", '[["shape","in",["none"]]]'))
    assert "0 of 0, exact" in shown
    assert "No image matches." in shown


def test_the_ledger_and_its_file(vitrine: Any, tmp_path: Path) -> None:
    answer = as_json(vitrine("ledger", "-c", "things", "--json", "--export", str(tmp_path / "out.csv")))
    assert (answer["files_found"], answer["images_in"], answer["rows_without_image"]) == (60, 60, 1)
    outcomes = sorted(entry["outcome"] for entry in answer["entries"])
    assert outcomes == ["without-image", "without-row"]
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["outcome"] for row in rows) == outcomes
    assert list(rows[0]) == ["subject", "outcome", "key", "id", "reason"]
    shown = good(vitrine("ledger", "-c", "things"))
    assert "The totals reconcile." in shown


def test_settings_show_their_values(vitrine: Any, ingested: Path) -> None:
    facts = {fact["variable"]: fact for fact in as_json(vitrine("settings", "--json"))["settings"]}
    assert set(facts["VITRINE_PORT"]) == {"variable", "value", "default", "help"}
    assert facts["VITRINE_WORKSPACE"]["value"] == str(ingested)
    assert facts["VITRINE_PORT"]["value"] == facts["VITRINE_PORT"]["default"] == "8501"
    assert "VITRINE_ENCODER" in good(vitrine("settings"))


def test_ingest_twice(tmp_path: Path, small_source: Any, monkeypatch: pytest.MonkeyPatch, vitrine: Any) -> None:
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "workspace"))
    source = small_source(tmp_path / "source", 5, first=700)
    first = as_json(vitrine("ingest", str(source), "-c", "few", "--id-column", "id", "--text-column", "year", "--json"))
    assert (first["images_added"], first["images_in"], first["table"]) == (5, 5, "things.csv")
    shown = good(vitrine("ingest", str(source), "-c", "few"))
    assert re.search(r"unchanged +5", shown)
    bare = as_json(vitrine("ingest", str(source), "-c", "bare", "--no-table", "--json"))
    assert (bare["rows_read"], bare["images_added"]) == (0, 5)


def test_sample_draws_into_a_new_folder_only(vitrine: Any, tmp_path: Path) -> None:
    good(vitrine("sample", str(tmp_path / "sample"), "--count", "12", "--seed", "1"))
    assert (tmp_path / "sample" / "styles.csv").is_file()
    again = vitrine("sample", str(tmp_path / "sample"), "--count", "12")
    assert isinstance(again.exception, VitrineError)
    assert "is not empty" in str(again.exception)


@pytest.mark.parametrize(
    ("words", "code", "title", "lines"),
    [
        (("search", "-c", "thing"), 2, "Error: There is no collection “thing” in this workspace.", 2),
        (("search", "-c", "things", "--like", "nothing"), 2, "Error: There is no image “nothing”", 2),
        (("search", "-c", "things", "--where", "["), 2, "Error: The link's filter cannot be read.", 3),
        (("search", "-c", "things", "--where", '[["colour","in",["red"]]]'), 2, "Error: There is no column", 3),
        (("search", "-c", "things", "--image", "/no/such.png"), 2, "Error: The picture /no/such.png cannot be", 3),
        (("search", "-c", "things", "\udcff"), 2, "Error: The link holds half a character.", 2),
        (("ledger", "-c", "nothing"), 2, "Error: There is no collection “nothing”", 2),
        (("ingest", "/no/such/folder", "-c", "x"), 2, "Error: ", 3),
        (("ingest", "/tmp", "-c", "../x"), 2, "Error: “../x” cannot name a collection.", 3),
    ],
)
def test_an_error_is_told_in_three_lines(
    vitrine: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    title: str,
    lines: int,
) -> None:
    exit_code, shown = told(monkeypatch, capsys, *words)
    assert exit_code == code
    assert shown[0].startswith(title)
    assert len(shown) <= 3
    assert len(shown) >= lines - 1


def test_a_bad_setting_is_told(
    vitrine: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VITRINE_PORT", "many")
    code, shown = told(monkeypatch, capsys, "collections")
    assert (code, len(shown)) == (2, 3)
    assert "VITRINE_PORT" in shown[0]


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:cli", "-m", "cli.main", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_real_run(ingested: Path) -> None:
    done = run("search", "-c", "things", "--like", "it's", "-n", "3", "--json", VITRINE_WORKSPACE=str(ingested))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)["rows"]) == 3
    failed = run("search", "-c", "thing", VITRINE_WORKSPACE=str(ingested))
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.splitlines()[0] == "Error: There is no collection “thing” in this workspace."


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, contextlib, cli.main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(None): cli.main.app(['--help'])\n"
        "heavy = {'torch', 'lancedb', 'lance', 'duckdb', 'polars', 'pyarrow', 'streamlit', 'PIL', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_an_interrupted_ingest_says_how_to_go_on(tmp_path: Path, small_source: Any) -> None:
    source = small_source(tmp_path / "source", 300, first=2_000)
    environment = {
        **os.environ,
        "VITRINE_WORKSPACE": str(tmp_path / "workspace"),
        "VITRINE_CHUNK_ROWS": "10",
        "VITRINE_BATCH_IMAGES": "2",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "ingest", str(source), "-c", "few"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    versions = tmp_path / "workspace" / "collections" / "few.lance" / "_versions"
    end = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < end and not list(versions.glob("*.manifest")):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, (output, errors)
    assert errors.splitlines() == [
        "Error: Stopped.",
        "       What was written is kept.",
        "       Start the same command again to go on.",
    ]


def test_a_collection_is_embedded_anew(
    ingested: Path, half_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ingested, tmp_path / "workspace")
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "workspace"))
    ask = ("embed", "-c", "things")
    text = good(RUNNER.invoke(app, [*ask, "-e", str(half_encoder)]))
    assert f"60 of 60 images of “things” have vectors by {half_encoder} now." in text
    assert "Before, they were by vitrine-clip" in text
    assert "has its vector by" in good(RUNNER.invoke(app, list(ask)))
    made = as_json(RUNNER.invoke(app, [*ask, "-e", "vitrine-clip", "--json"]))
    assert (made["encoded"], made["passed"], made["encoder"]) == (60, True, "vitrine-clip")
    job = as_json(RUNNER.invoke(app, [*ask, "-e", str(half_encoder), "--background", "--json"]))["job"]
    jobs = Workspace.open(Settings.load()).jobs
    end = time.monotonic() + 60
    while not jobs.get(job).ended and time.monotonic() < end:
        time.sleep(0.1)
    assert (jobs.get(job).result or {})["encoded"] == 60


def test_a_job_by_an_encoder_that_is_not_there_is_refused_at_once(vitrine: Any) -> None:
    result = vitrine("embed", "-c", "things", "-e", "/no/such/folder", "--background")
    assert isinstance(result.exception, VitrineError)
    assert "/no/such/folder" in str(result.exception)

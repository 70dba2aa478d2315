"""`vitrine encoders`: what it prints, at any width, and that it stays light."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.encoders import list_encoders
from cli.main import app
from core.collection.schema import EncoderFact
from core.collection.store import Collection
from core.encoders.facts import HUB
from core.encoders.registry import SHIPPED
from core.settings import ROOT, Settings


@pytest.fixture
def settings(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A workspace with "things", one collection of other weights, one whose encoder is gone, and a copied encoder."""
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path / "no-cache"))
    folder = tmp_path / "workspace"
    shutil.copytree(ingested, folder)
    Collection(folder, "old").create(EncoderFact("vitrine-clip", 8, "0" * 12))
    Collection(folder, "lost").create(EncoderFact("/no/such [encoder]", 8, "1" * 12))
    shutil.copytree(SHIPPED / "vitrine-clip", folder / "encoders" / "my-own")
    return Settings(workspace=folder)


def shown(settings: Settings, capsys: pytest.CaptureFixture[str], as_json: bool = False) -> str:
    list_encoders(settings, as_json)
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_json_holds_every_fact(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(settings, capsys, as_json=True)
    assert text.count("\n") == 1
    found: dict[str, dict[str, Any]] = {item["name"]: item for item in json.loads(text)["encoders"]}
    assert list(found) == ["vitrine-clip", "my-own", *(facts.name for facts in HUB), "/no/such [encoder]"]
    shipped = found["vitrine-clip"]
    assert (shipped["kind"], shipped["here"], shipped["default"]) == ("shipped", True, True)
    assert (shipped["used_by"], shipped["other_weights"]) == (["things"], ["old"])
    assert (found["my-own"]["kind"], found["my-own"]["used_by"]) == ("folder", [])
    assert (found["clip-ViT-B-32"]["kind"], found["clip-ViT-B-32"]["here"]) == ("hub", False)
    gone = found["/no/such [encoder]"]
    assert (gone["kind"], gone["here"], gone["dimension"], gone["used_by"]) == ("missing", False, 8, ["lost"])


@pytest.mark.parametrize("width", [60, 80, 97, 98, 100, 160])
def test_it_reads_at_any_width(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = shown(settings, capsys)
    listed, _, ways_on = text.partition("\n\n")
    assert max(map(len, listed.splitlines())) <= width
    for name in ("my-own", "/no/such [encoder]", *(facts.name for facts in HUB)):
        assert any(line.startswith(name) for line in listed.splitlines())
    words = " ".join(listed.split())
    for part in ("Licence MIT.", "605 MB", "1,710 MB", "shipped", "folder", "hub", "missing", "lost"):
        assert part in words
    for part in ("new collections", "things", "(other weights)"):
        assert all(word in words for word in part.split())
    assert "vitrine embed -c NAME --encoder ENCODER" in ways_on
    assert "Other weights have taken that name" in ways_on
    assert ".save('FOLDER')" in ways_on
    assert str(settings.workspace / "encoders") in ways_on


def test_an_empty_workspace_lists_what_can_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(Settings(workspace=tmp_path / "new"), capsys)
    assert "vitrine-clip" in text
    assert "clip-ViT-B-32" in text
    assert "Other weights" not in text


def test_the_command_is_there(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_WORKSPACE", str(settings.workspace))
    done = CliRunner().invoke(app, ["encoders", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["encoders"][0]["used_by"] == ["things"]


def test_the_save_command_that_it_prints_is_one(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    line = next(line for line in shown(settings, capsys).splitlines() if "python -c" in line)
    compile(line.split('"')[1], "command", "exec")


def test_it_does_without_torch(settings: Settings) -> None:
    code = (
        "import sys\n"
        "from cli.encoders import list_encoders\n"
        "from core.settings import Settings\n"
        "list_encoders(Settings.load(), True)\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    environment = {**os.environ, "VITRINE_WORKSPACE": str(settings.workspace)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert (done.stdout.splitlines()[-1], done.stderr) == ("[]", "")

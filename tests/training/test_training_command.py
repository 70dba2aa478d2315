"""The one command goes from an archive to a folder with weights, figures and card, and resumes without new steps."""

import json
from pathlib import Path

import pytest

from training.__main__ import main


@pytest.mark.filterwarnings("ignore")
def test_the_command_leaves_a_complete_encoder(archive: Path, tmp_path: Path) -> None:
    given = ["--archive", str(archive), "--out", str(tmp_path / "run"), "--minutes", "0.002", "--drawings", "4"]
    given += ["--batch", "16"]
    main(given)
    folder = tmp_path / "run" / "encoder"
    figures = json.loads((folder / "metrics.json").read_text())
    assert figures["photos"] == 120
    assert figures["training"]["stages"][0]["steps"] == 1
    assert {"README.md", "canonical.json", "domain.json", "model.safetensors", "modules.json"} <= {
        path.name for path in folder.iterdir()
    }
    assert f"{figures['held_out']:,} photographs" in (folder / "README.md").read_text()
    main([*given, "--resume"])
    assert json.loads((folder / "metrics.json").read_text())["training"] == figures["training"]
    main([*given[:3], str(tmp_path / "next"), *given[4:], "--start-from", str(tmp_path / "run")])
    assert len(json.loads((tmp_path / "next" / "history.json").read_text())) == 2
    main([*given[:3], str(tmp_path / "last"), *given[4:], "--start-from", str(folder)])
    assert len(json.loads((tmp_path / "last" / "history.json").read_text())) == 2

"""`vitrine tag` with a vocabulary, its preview, and `vitrine synonyms`."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from core.errors import InputError, NotFoundError, QueryError


@pytest.fixture
def vitrine(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command in a copy of the workspace with "things"."""
    shutil.copytree(ingested, tmp_path / "workspace")
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "workspace"))
    return lambda *words: CliRunner().invoke(app, [*words, "-c", "things"])


def good(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def as_json(result: Result) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(good(result))
    return value


def test_a_preview_writes_nothing(vitrine: Any) -> None:
    told = good(vitrine("tag", "--vocabulary-column", "shape", "--preview", "--similarity", "0"))
    assert "60 of 60 images looked at would be tagged" in told
    assert "label\timages\tsuch as" in told
    found = as_json(vitrine("tag", "--vocabulary", "colours", "--preview", "--where", "shape=circle", "--json"))
    assert found["sampled"] == found["matching"] < 60
    assert "tags: []" in good(vitrine("show", "thing-020"))


def test_labels_come_from_a_column_a_list_or_a_file(vitrine: Any, tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("# shapes\ncircle\nsquare\n\ntriangle\n", encoding="utf-8")
    by_file = as_json(vitrine("tag", "--labels-file", str(file), "--whole", "--prefix", "file", "--json"))
    by_column = as_json(vitrine("tag", "--vocabulary-column", "shape", "--whole", "--prefix", "column", "--json"))
    assert {tag.removeprefix("file:"): count for tag, count in by_file["tags"].items()} == {
        tag.removeprefix("column:"): count for tag, count in by_column["tags"].items()
    }
    several = as_json(
        vitrine("tag", "--vocabulary", "colours", "--whole", "--most", "2", "--similarity", "0", "--json")
    )
    assert sum(several["tags"].values()) == 120
    facts = as_json(vitrine("show", "thing-020", "--json"))
    assert list(facts["tag_scores"]) == facts["tags"]
    assert len(facts["tags"]) == 4


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--vocabulary", "nothing"), NotFoundError),
        (("--vocabulary-column", "price"), QueryError),
        (("--vocabulary", "colours", "--label", "red"), InputError),
        (("--labels-file", "/nowhere/at/all"), InputError),
        (("--preview",), InputError),
        (("--preview", "--vocabulary", "colours", "--text", "red"), InputError),
        (("--preview", "--vocabulary", "colours", "--limit", "5"), InputError),
        (("--preview", "--vocabulary", "colours", "--sample", "5"), InputError),
        (("--preview", "--vocabulary", "colours", "--options", '{"least": 0.5}'), InputError),
        (("--preview", "--vocabulary", "colours", "--options", '{"leest": 0.5}'), InputError),
        (("--preview", "--vocabulary", "colours", "--options", '{"multi": true}'), InputError),
        (("--preview", "--model", "picture-statistics"), InputError),
        (("--preview", "--model", "nothing"), NotFoundError),
    ],
)
def test_what_cannot_be_tagged_is_told(vitrine: Any, words: tuple[str, ...], error: type[Exception]) -> None:
    assert isinstance(vitrine("tag", *words).exception, error)


@pytest.mark.parametrize(
    "words", [(), ("--similarity", "0.3"), ("--most", "2"), ("--options", '{"most": 3}'),
              ("--options", '{"multi": true, "similarity": 0.3}')],
)  # fmt: skip
def test_a_preview_tells_what_the_run_does(vitrine: Any, words: tuple[str, ...]) -> None:
    asked = ("tag", "--vocabulary", "colours", *words, "--json")
    found, made = as_json(vitrine(*asked, "--preview")), as_json(vitrine(*asked, "--whole"))
    assert found["tagged"] == made["tagged"]
    given = {f"zero-shot:{item['label']}": item["sampled"] for item in found["labels"] if item["sampled"]}
    assert given == made["tags"]
    assert found["suggested"] > 0


def test_lines_of_a_file_that_are_left_out_are_told(vitrine: Any, tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("circle\nCircle\nsquare\n", encoding="utf-8")
    assert "Lines left out: 1" in vitrine("tag", "--labels-file", str(file), "--preview").output


def test_synonyms_are_told_and_their_lack_too(vitrine: Any) -> None:
    assert "shape\ttriangle\t" in good(vitrine("synonyms", "triangles"))
    assert as_json(vitrine("synonyms", "triangles", "--json"))["synonyms"][0]["value"] == "triangle"
    assert "Nothing in “things”" in good(vitrine("synonyms", "zxqvb"))

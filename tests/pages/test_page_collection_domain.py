"""The Collection page says when an encoder was trained on other pictures than these, and what to do."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from drawn import Open, draw
from PIL import Image
from shown import sound, words

from core.collection.domain import Answer, Verdict
from core.encoders.protocol import Encoder
from core.ingest.plan import IngestRequest
from core.settings import Settings
from core.workspace import Workspace
from data.sample import draw as drawing
from data.sample import sample_rows
from ui.domain import evidence

COUNT = 30
Ingest = Callable[[str, list[Image.Image]], Path]


@pytest.fixture
def ingest(tmp_path: Path, encoder: Encoder) -> Ingest:
    """Brings pictures into a collection of a new workspace; returns the workspace's folder."""
    st.cache_data.clear()

    def ingested(name: str, pictures: list[Image.Image]) -> Path:
        (tmp_path / name).mkdir()
        for number, picture in enumerate(pictures):
            picture.save(tmp_path / name / f"{number}.png")
        Workspace.open(Settings(workspace=tmp_path / "space"), encoder).ingest(
            IngestRequest(str(tmp_path / name), name)
        )
        return tmp_path / "space"

    return ingested


def noise(count: int) -> list[Image.Image]:
    chance = random.Random(2)
    return [Image.frombytes("RGB", (48, 60), chance.randbytes(48 * 60 * 3)) for _ in range(count)]


def test_unlike_pictures_are_told_with_every_command(open_page: Open, ingest: Ingest) -> None:
    folder = ingest("static", noise(COUNT))
    at = sound(open_page("collection", folder, collection="static"))
    shown = words(at).replace("\\", "")
    assert "look unlike what “vitrine-clip” was trained on (product photos)" in shown
    assert f"of the {COUNT} pictures looked at fit its words worse" in shown
    commands = "\n".join(item.value for item in at.code)
    assert "vitrine embed --collection static --encoder clip-ViT-B-32" in commands
    assert "SentenceTransformer('clip-ViT-B-32').save('clip-ViT-B-32')" in commands
    assert f"cp -r clip-ViT-B-32 {folder}/encoders/" in commands
    assert "vitrine encoders" in commands
    assert "vitrine evaluate --collection static" in commands
    assert at.title[0].value == f"static\\: {COUNT} images"


def test_pictures_of_its_kind_have_nothing_in_the_way(open_page: Open, ingest: Ingest) -> None:
    rows = enumerate(sample_rows(COUNT, 7))
    folder = ingest("shop", [drawing(row, np.random.default_rng([7, place])) for place, row in rows])
    at = sound(open_page("collection", folder, collection="shop"))
    assert "look unlike" not in words(at)
    assert not at.code


def test_few_pictures_have_nothing_in_the_way(open_page: Open, ingest: Ingest) -> None:
    at = sound(open_page("collection", ingest("few", noise(5)), collection="few"))
    assert "look unlike" not in words(at)


def test_more_pictures_bring_another_verdict(open_page: Open, ingest: Ingest, tmp_path: Path, encoder: Encoder) -> None:
    folder = ingest("grows", noise(5))
    sound(open_page("collection", folder, collection="grows"))
    for number, picture in enumerate(noise(COUNT)[5:], 5):
        picture.save(tmp_path / "grows" / f"{number}.png")
    Workspace.open(Settings(workspace=folder), encoder).ingest(IngestRequest(str(tmp_path / "grows"), "grows"))
    assert "look unlike" in words(sound(open_page("collection", folder, collection="grows")))


def test_the_page_asks_once_for_a_version(
    open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    st.cache_data.clear()
    asked: list[str] = []
    verdict = Verdict(Answer.UNLIKE, "*bold* :red[x] <b>", 400, 390, 0.9, 0.8)
    monkeypatch.setattr("ui.domain.domain_verdict", lambda space, name: asked.append(name) or verdict)
    at = sound(open_page("collection", workspace.folder, collection="two"))
    assert "\\*bold\\* \\:red\\[x\\] \\<b\\>" in words(at)
    sound(at.run())
    assert asked == ["two"]
    draw(tmp_path / "more" / "9.png", 9)
    workspace.ingest(IngestRequest(str(tmp_path / "more"), "two"))
    sound(open_page("collection", workspace.folder, collection="two"))
    assert asked == ["two", "two"]


def test_the_evidence_is_in_plain_figures() -> None:
    told = evidence(Verdict(Answer.UNLIKE, "product photos", 500, 320, 0.851, 0.8249))
    assert told == (
        "64.0% of the 500 pictures looked at fit its words worse than 95% of its own pictures do. "
        "Median cosine to the nearest look-alike: 0.85 here, 0.82 among as many of its own."
    )

"""An augmentation's effect on search over HTTP: started as a job, read when done."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_api
from core.augment.pipeline import parse_pipeline
from core.augment.text import to_link
from core.encoders.protocol import Encoder
from core.operations.measuring import run_effect
from core.settings import Settings
from core.workspace import Workspace

ROTATE = {"name": "turned", "steps": [{"transform": "Rotate", "limit": 30, "p": 1}]}


@pytest.fixture
def space(ingested: Path, encoder: Encoder, tmp_path: Path) -> Workspace:
    shutil.copytree(ingested, tmp_path / "workspace")
    return Workspace(replace(Settings.load(), workspace=tmp_path / "workspace"), encoder)


@pytest.fixture
def client(space: Workspace) -> Iterator[TestClient]:
    with TestClient(create_api(lambda: space)) as opened:
        yield opened


def test_a_measurement_is_a_job(client: TestClient, space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space.supervisor, "ensure", lambda: None)
    body = {"pipeline": ROTATE, "recipe": {"where": "shape=circle"}, "sample": 8, "seed": 3, "steps": False}
    started = client.post("/collections/things/effect", json=body)
    assert started.status_code == 202, started.text
    job = started.json()
    assert (job["kind"], job["collection"]) == ("effect", "things")
    kept = space.jobs.get(job["id"]).parameters
    assert (kept["sample"], kept["seed"], kept["steps"], kept["pipeline"]["name"]) == (8, 3, False, "turned")
    assert "circle" in kept["recipe"]["where"]
    linked = client.post("/collections/things/effect", json={**body, "pipeline": to_link(parse_pipeline(ROTATE))})
    assert space.jobs.get(linked.json()["id"]).parameters["pipeline"] == kept["pipeline"]
    for wrong in ({"pipeline": "weeak"}, {"pipeline": "weak", "sample": 1}, {"pipeline": "weak", "colour": 1}, {}):
        answer = client.post("/collections/things/effect", json=wrong)
        assert answer.status_code in (404, 422), answer.text
    assert client.post("/collections/nothing/effect", json={"pipeline": "weak"}).status_code == 404


def test_what_was_measured_is_read_by_its_pipeline(client: TestClient, space: Workspace) -> None:
    pipeline = parse_pipeline(ROTATE)
    missing = client.get("/collections/things/effect", params={"pipeline": "weak"})
    assert missing.status_code == 404
    assert "vitrine effect" in missing.json()["hint"]
    assert client.get("/collections/things/effects").json() == {"effects": []}
    run_effect(space, {"collection": "things", "pipeline": pipeline.to_dict(), "sample": 6}, lambda progress: None)
    told = client.get("/collections/things/effect", params={"pipeline": to_link(pipeline)}).json()
    assert (told["images"], told["drawn"], told["exact"]) == (60, 6, True)
    assert [point["words"] for point in told["points"]] == [
        "Unchanged", "The whole pipeline", "Rotate, limit ±7.5°", "Rotate, limit ±15°", "Rotate, limit ±30°",
    ]  # fmt: skip
    assert told["points"][0]["first"]["value"] == 1.0
    assert client.get("/collections/things/effects").json() == {"effects": [told]}
    assert client.get("/collections/things/effect", params={"pipeline": "weeak"}).status_code == 404

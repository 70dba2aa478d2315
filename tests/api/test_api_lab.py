"""The performance lab over HTTP: measured as a job, read when done, and estimates."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_api
from core.encoders.protocol import Encoder
from core.operations.lab import run_lab
from core.settings import Settings
from core.workspace import Workspace


@pytest.fixture
def space(ingested: Path, encoder: Encoder, tmp_path: Path) -> Workspace:
    shutil.copytree(ingested, tmp_path / "workspace")
    return Workspace(replace(Settings.load(), workspace=tmp_path / "workspace"), encoder)


@pytest.fixture
def client(space: Workspace) -> Iterator[TestClient]:
    with TestClient(create_api(lambda: space)) as opened:
        yield opened


def test_the_last_measurement_is_read_and_there_is_none_before(client: TestClient, space: Workspace) -> None:
    missing = client.get("/collections/things/lab/limits")
    assert missing.status_code == 404
    assert "vitrine lab limits --collection things" in missing.json()["hint"]
    found = run_lab(space, "things", "limits", {"limits": [5], "repetitions": 1, "processing": False})
    assert client.get("/collections/things/lab/limits").json() == found
    assert client.get("/collections/things/lab/nothing").status_code == 422
    assert client.get("/collections/nothing/lab/limits").status_code == 404


def test_a_measurement_is_a_job(client: TestClient, space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space.supervisor, "ensure", lambda: None)
    started = client.post("/collections/things/lab/storage", json={"images": 7})
    assert started.status_code == 202
    job = space.jobs.get(started.json()["id"])
    assert job.parameters == {
        "collection": "things",
        "part": "storage",
        "asked": {"images": 7, "rounds": 5, "seed": 0},
    }
    refused = client.post("/collections/things/lab/storage", json={"largest": 10_000})
    assert refused.status_code == 422
    assert client.post("/collections/things/lab/limits", json={"recipes": [{"where": "nonsense["}]}).status_code == 422


def test_estimates_state_their_assumptions(client: TestClient) -> None:
    told = client.post("/collections/things/estimate", json={"assumptions": {"machines": 10}}).json()
    assert [one["images"] for one in told["estimates"]] == [10**6, 10**7, 10**8, 10**9]
    assert (told["assumptions"]["machines"], told["growths"]) == (10, {})
    assert client.post("/collections/things/estimate", json={"assumptions": {"machines": 1e300}}).status_code == 422
    assert client.post("/collections/things/estimate", json={"assumptions": {"x": 1}}).status_code == 422

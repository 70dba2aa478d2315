"""Audits over HTTP: started as a job, read when done, quoted by answers."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_api
from core.audit.run import AuditRequest
from core.encoders.protocol import Encoder
from core.operations.measuring import run_audit
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


def test_the_latest_audit_is_read_and_there_is_none_before(client: TestClient, space: Workspace) -> None:
    missing = client.get("/collections/things/audit")
    assert missing.status_code == 404
    assert "vitrine audit --collection things" in missing.json()["hint"]
    found = run_audit(space, "things", AuditRequest(k=5, questions=6))
    told = client.get("/collections/things/audit").json()
    assert (told["k"], told["index"], told["images"]) == (5, "memory", 60)
    assert [one["point"]["recall"] for one in told["settings"]] == [1.0] * len(found.settings)
    answer = client.post("/collections/things/run", json={"text": "a red square"}).json()
    assert (answer["exact"], answer["recall"]) == (True, None)


def test_an_audit_is_a_job(client: TestClient, space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space.supervisor, "ensure", lambda: None)
    started = client.post("/collections/things/audit", json={"k": 7, "questions": 8})
    assert started.status_code == 202
    job = started.json()
    assert (job["kind"], job["collection"]) == ("audit", "things")
    assert space.jobs.get(job["id"]).parameters == {"collection": "things", "k": 7, "questions": 8, "seed": 0}
    assert client.post("/collections/nothing/audit", json={}).status_code == 404
    assert client.post("/collections/things/audit", json={"k": 0}).status_code == 422

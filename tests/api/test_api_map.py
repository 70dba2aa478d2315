"""Maps through the API: points with a filter, the job, and areas as filters."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_api
from core.encoders.protocol import Encoder
from core.settings import Settings
from core.tokens import READ
from core.worker import run_job
from core.workspace import Workspace

POINTS = "/collections/things/map"


@pytest.fixture(scope="module")
def space(ingested: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("mapped") / "workspace"
    shutil.copytree(ingested, folder)
    opened = Workspace.open(Settings(workspace=folder), encoder)
    yield opened
    opened.originals.close()


@pytest.fixture(scope="module")
def client(space: Workspace) -> Iterator[TestClient]:
    with TestClient(create_api(lambda: space)) as opened, pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
        yield opened


def good(response: Any) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_a_preview_a_job_and_then_the_map(client: TestClient, space: Workspace) -> None:
    preview = good(client.get(POINTS))
    assert preview["stored"] is None
    assert len(preview["ids"]) == len(preview["x"]) == preview["drawn"] == preview["images"] == 60
    started = client.post(POINTS, json={"method": "pca", "clusters": 4, "seed": 3})
    assert started.status_code == 202, started.text
    run_job(space, started.json()["id"])
    job = good(client.get(f"/jobs/{started.json()['id']}"))
    assert (job["state"], job["kind"], job["result"]["clusters"]) == ("done", "map", 4)
    stored = good(client.get(POINTS, params={"colour": "map_cluster"}))
    assert (stored["stored"]["method"], stored["stored"]["seed"], stored["without"]) == ("pca", 3, 0)
    assert sorted(set(stored["values"])) == sorted(job["result"]["names"])
    assert max(map(abs, stored["x"])) == 10.0
    facets = client.get("/collections/things/facets").text
    assert "map_cluster" in facets
    assert "map_x" not in facets


def test_a_filter_marks_what_it_finds_and_an_area_is_one(client: TestClient, space: Workspace) -> None:
    if space.catalog("things").map is None:
        run_job(space, client.post(POINTS, json={"method": "pca"}).json()["id"])
    found = good(client.get(POINTS, params={"where": "shape=circle", "colour": "price"}))
    assert sum(found["found"]) == found["matching"] < 60
    assert found["english"] == "Images whose shape is circle"
    assert all(value is None or isinstance(value, float) for value in found["values"])
    left = good(client.get(POINTS, params={"where": 'within:"-11,-11 0,-11 0,11 -11,11"'}))
    wanted = {id for id, x in zip(left["ids"], left["x"], strict=True) if x < 0}
    assert {id for id, inside in zip(left["ids"], left["found"], strict=True) if inside} == wanted
    asked = {"where": 'within:"-11,-11 0,-11 0,11 -11,11"', "limit": 60}
    rows = good(client.post("/collections/things/run", json=asked))["rows"]
    assert {row["id"] for row in rows} == wanted
    other = client.get(POINTS, params={"where": f'within:"0,0 1,0 0,1 @{"0" * 10}"'})
    assert other.status_code == 422
    assert "another map" in other.json()["title"]


@pytest.mark.parametrize(
    "where",
    [
        *[f'within:"0,0 1,0 0,{edge}"' for edge in ("nan", "inf", "1e999", "x")],
        *[f'[["within", [[0, 0], [1, 0], [0, {edge}]]]]' for edge in ("NaN", "Infinity", "1e999", '"1"', "null")],
    ],
)
def test_an_area_with_a_corner_that_is_no_number_is_refused(client: TestClient, where: str) -> None:
    asked = client.get(POINTS, params={"where": where}), client.post("/collections/things/run", json={"where": where})
    for answer in asked:
        assert answer.status_code == 422, answer.text
        told = answer.json()
        assert "corner" in told["title"]
        assert "Write its corners in order" in told["hint"]


def test_fewer_points_are_drawn_where_fewer_are_asked_for(client: TestClient) -> None:
    some = good(client.get(POINTS, params={"most": 7, "seed": 1}))
    assert some["drawn"] == len(some["ids"]) <= 7
    assert some == good(client.get(POINTS, params={"most": 7, "seed": 1}))


@pytest.mark.parametrize(
    "body", [{"method": "tsne"}, {"clusters": -1}, {"clusters": "4"}, {"seed": -1}, {"unknown": 1}, {"clusters": 1}]
)
def test_a_map_that_cannot_be_made_is_refused_before_it_is_queued(client: TestClient, body: dict[str, Any]) -> None:
    assert client.post(POINTS, json=body).status_code == 422


def test_unknown_columns_and_collections_are_told(client: TestClient) -> None:
    assert client.get(POINTS, params={"colour": "shap"}).status_code == 422
    assert client.get(POINTS, params={"colour": "title"}).status_code == 422
    assert client.get("/collections/nothing/map").status_code == 404


def test_a_map_is_made_only_by_who_may_write(client: TestClient, space: Workspace) -> None:
    _, reader = space.tokens.make("reader", READ)
    answer = client.post(POINTS, json={}, headers={"Authorization": f"Bearer {reader}"})
    assert answer.status_code == 403

"""SQL through the API: what it answers and refuses."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from api.app import create_api
from core.workspace import Workspace

ROUTE = "/collections/things/sql"


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(create_api(lambda: workspace)) as opened:
        yield opened


def good(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text

    def refuse(text: str) -> float:
        raise AssertionError(text)

    value: dict[str, Any] = json.loads(answer.text, parse_constant=refuse)
    return value


def problem(answer: httpx.Response, status: int = 422) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    value: dict[str, Any] = answer.json()
    return value


def test_rows_and_columns(client: TestClient) -> None:
    body = good(client.post(ROUTE, json={"sql": "SELECT count(*) AS images, 'nan'::DOUBLE AS gap FROM images"}))
    assert body["columns"] == [{"name": "images", "type": "BIGINT"}, {"name": "gap", "type": "DOUBLE"}]
    assert (body["rows"], body["cut"], body["summary"]) == ([[60, None]], False, "1 row")
    assert body["milliseconds"] > 0


def test_a_limit_cuts_and_is_never_more_than_the_settings_say(client: TestClient) -> None:
    body = good(client.post(ROUTE, json={"sql": "FROM images", "limit": 7}))
    assert (len(body["rows"]), body["cut"], body["summary"]) == (7, True, "7 rows, cut at 7")
    most = client.get(f"{ROUTE}/schema").json()["rows"]
    body = good(client.post(ROUTE, json={"sql": f"FROM range({most + 1})", "limit": 10**9}))
    assert (len(body["rows"]), body["cut"]) == (most, True)


def test_result_is_what_the_recipe_finds(client: TestClient) -> None:
    recipe = {"where": "shape=square", "sort": "-price"}
    wanted = client.post("/collections/things/run", json={**recipe, "limit": 100}).json()
    body = good(client.post(ROUTE, json={"sql": "SELECT id FROM result", "recipe": recipe}))
    assert [row[0] for row in body["rows"]] == [row["id"] for row in wanted["rows"]]
    alike = {"like": "it's", "limit": 5}
    wanted = client.post("/collections/things/run", json=alike).json()
    body = good(client.post(ROUTE, json={"sql": "SELECT id, score FROM result", "recipe": alike}))
    assert [row[0] for row in body["rows"]] == [row["id"] for row in wanted["rows"]]
    assert [row[1] for row in body["rows"]] == pytest.approx([row["score"] for row in wanted["rows"]], abs=1e-5)


def test_every_example_of_the_schema_runs(client: TestClient) -> None:
    schema = good(client.get(f"{ROUTE}/schema"))
    assert schema["columns"][0]["name"] == "id"
    assert (schema["seconds"], schema["memory_mb"]) == (5.0, 512)
    for example in schema["examples"]:
        good(client.post(ROUTE, json={"sql": example["sql"]}))


@pytest.mark.parametrize(
    "sql",
    ["DROP VIEW images", "FROM read_text('/etc/hostname')", "SELECT", "", "FROM duckdb_settings()", "SELECT 1; FROM a"],
)
def test_what_may_not_run_is_one_problem(client: TestClient, sql: str) -> None:
    body = problem(client.post(ROUTE, json={"sql": sql}))
    assert body["title"]
    assert body["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sql": 1},
        {"sql": "FROM images", "limit": 0},
        {"sql": "FROM images", "limit": "9"},
        {"sql": "FROM images", "other": 1},
        {"sql": "SELECT '\\ud800'"},
        {"sql": "FROM result", "recipe": {"where": "nope=1"}},
        {"sql": "FROM result", "recipe": {"like": "nobody", "limit": 0}},
    ],
)
def test_a_bad_request_is_one_problem(client: TestClient, body: dict[str, Any]) -> None:
    problem(client.post(ROUTE, content=json.dumps(body).replace("\\\\ud800", "\\ud800")))


def test_an_unknown_collection_is_not_found(client: TestClient) -> None:
    problem(client.post("/collections/nope/sql", json={"sql": "FROM images"}), 404)
    problem(client.get("/collections/nope/sql/schema"), 404)

"""Cross-tabs and trends through the API."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.auth import guards
from api.context import Context
from api.problems import handle_problems
from api.routes.charts import chart_routes
from core.workspace import Workspace


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient]:
    """The routes of charts alone, over the workspace with "things"."""
    app = FastAPI()
    handle_problems(app)
    app.include_router(chart_routes(Context(lambda: workspace, guards(lambda: workspace))))
    with TestClient(app) as opened:
        yield opened


def good(response: Any) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_a_cross_tab_is_the_same_by_get_and_by_post(client: TestClient, workspace: Workspace) -> None:
    asked = {"first": "shape", "second": "masterColour", "where": "year>2010", "top": 2}
    table = good(client.post("/collections/things/crosstab", json=asked))
    assert good(client.get("/collections/things/crosstab", params=asked)) == table
    assert sum(map(sum, table["totals"])) == 60
    assert [group["is"] for group in table["second"]["groups"]] == ["value", "value", "others", "missing"]
    group = table["first"]["groups"][0]
    assert group["where"] == f'[["shape","in",["{group["value"]}"]]]'


def test_years_stay_whole_numbers(client: TestClient) -> None:
    text = client.get("/collections/things/trend", params={"along": "year"}).text
    assert '"low":20' in text
    assert not re.search(r'"(low|high)":\d+\.', text)


def test_a_trend_is_the_same_by_get_and_by_post(client: TestClient) -> None:
    asked = {"along": "year", "by": "shape", "top": 2}
    table = good(client.post("/collections/things/trend", json=asked))
    assert good(client.get("/collections/things/trend", params=asked)) == table
    assert table["unit"] == "year"
    assert [group["is"] for group in table["classes"]["groups"]] == ["value", "value", "others", "missing"]
    assert sum(map(sum, table["totals"])) == 60
    assert good(client.get("/collections/things/trend", params={"along": "made"}))["classes"] is None


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("crosstab", {"first": "shape", "second": "shape"}),
        ("crosstab", {"first": "shape", "second": "nope"}),
        ("crosstab", {"first": "shape", "second": "title"}),
        ("crosstab", {"first": "shape", "second": "year", "top": 0}),
        ("crosstab", {"first": "shape", "second": "year", "where": "nope=1"}),
        ("crosstab", {"first": "shape"}),
        ("trend", {"along": "shape"}),
        ("trend", {"along": "year", "by": "title"}),
        ("trend", {"along": "year", "top": 10**6}),
    ],
)
def test_what_cannot_be_counted_is_a_problem(client: TestClient, path: str, asked: dict[str, Any]) -> None:
    for response in (
        client.get(f"/collections/things/{path}", params=asked),
        client.post(f"/collections/things/{path}", json=asked),
    ):
        assert response.status_code == 422
        assert response.json()["title"]


def test_an_unknown_collection_is_not_found(client: TestClient) -> None:
    assert client.get("/collections/nope/trend", params={"along": "year"}).status_code == 404

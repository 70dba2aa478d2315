"""Saved views and comparisons through the API."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette

from api.app import api_mount, create_api
from core.encoders.protocol import Encoder
from core.settings import Settings
from core.workspace import Workspace

CIRCLES = {"where": "shape=circle"}
ODD_NAMES = ["a/b/c", "it's", "../../etc/passwd", "two words 🙂", "x/restore", "half off?a=1&b#c", "<script>"]


@pytest.fixture
def space(ingested: Path, encoder: Encoder, tmp_path: Path) -> Iterator[Workspace]:
    folder = tmp_path / "workspace"
    shutil.copytree(ingested, folder)
    opened = Workspace.open(Settings(workspace=folder), encoder)
    yield opened
    opened.originals.close()


@pytest.fixture
def client(space: Workspace) -> Iterator[TestClient]:
    with TestClient(create_api(lambda: space)) as opened:
        yield opened


def address(name: str, rest: str = "") -> str:
    return f"/collections/things/views/{quote(name, safe='')}{rest}"


def put(client: TestClient, view: str, version: str | None = None, **asked: Any) -> httpx.Response:
    headers = {} if version is None else {"If-Match": version}
    return client.put(address(view), json=asked, headers=headers)


def good(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    return body


def test_a_view_is_kept_listed_and_run(client: TestClient) -> None:
    assert good(client.get("/collections/things/views")) == {"views": [], "deleted": [], "damaged": []}
    made = good(put(client, "Circles", description="round", recipe={**CIRCLES, "sort": "-price", "limit": 5}))
    assert made["english"] == "Images whose shape is circle, by price from high to low"
    assert made["recipe"]["text_form"] == "shape=circle"
    assert made["link"].startswith("/explore?collection=things&where=")
    assert (made["example"], made["problem"]) == (False, "")
    assert good(client.get("/collections/things/views"))["views"] == [made]
    answer = client.get(address("CIRCLES"))
    assert good(answer) == made
    assert answer.headers["etag"] == f'"{made["version"]}"'
    asked = {"where": made["recipe"]["where"], "sort": made["recipe"]["sort"], "limit": int(made["recipe"]["n"])}
    assert len(good(client.post("/collections/things/run", json=asked))["rows"]) == 5


def test_a_new_view_takes_no_name_that_is_taken(client: TestClient) -> None:
    good(put(client, "mine", recipe=CIRCLES))
    assert "already a view" in problem(put(client, "MINE", recipe={}), 409)["title"]
    assert good(client.get(address("mine")))["english"] == "Images whose shape is circle"


def test_a_change_needs_the_present_version(client: TestClient) -> None:
    first = good(put(client, "shared", description="d", recipe=CIRCLES))
    second = good(put(client, "shared", f'"{first["version"]}"', recipe={"where": "shape=square"}))
    assert (second["description"], second["recipe"]["text_form"]) == ("d", "shape=square")
    assert "meanwhile" in problem(put(client, "shared", first["version"], description="late"), 409)["title"]
    assert (
        "meanwhile" in problem(client.delete(address("shared"), headers={"If-Match": first["version"]}), 409)["title"]
    )
    renamed = good(put(client, "shared", second["version"], name="Ours"))
    assert renamed["name"] == "Ours"
    problem(client.get(address("shared")), 404)
    problem(put(client, "shared", second["version"], description="late"), 404)


def test_a_deletion_can_be_undone(client: TestClient) -> None:
    made = good(put(client, "gone", recipe=CIRCLES))
    assert good(client.delete(address("gone"), headers={"If-Match": made["version"]})) == made
    problem(client.get(address("gone")), 404)
    listed = good(client.get("/collections/things/views"))
    assert ([view["name"] for view in listed["deleted"]], listed["views"]) == (["gone"], [])
    assert good(client.post(address("gone", "/restore"))) == made
    problem(client.post(address("gone", "/restore")), 404)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_has_an_address(space: Workspace, name: str) -> None:
    with TestClient(Starlette(routes=[api_mount(lambda: space)])) as client:
        path = "/api" + address(name)
        assert good(client.put(path, json={"recipe": CIRCLES}))["name"] == name
        assert good(client.get(path))["name"] == name
        assert good(client.delete(path))["name"] == name
        assert good(client.post(f"{path}/restore"))["name"] == name


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"recipe": {"where": "no_such=1"}}, 422),
        ({"recipe": {"where": "shape="}}, 422),
        ({"recipe": {"sort": "+no_such"}}, 422),
        ({"name": "other"}, 422),
        ({"unknown": 1}, 422),
        ({"description": "x" * 1_001}, 422),
        ({"description": "\0"}, 422),
    ],
)
def test_what_cannot_be_kept_is_refused(client: TestClient, asked: dict[str, Any], status: int) -> None:
    assert problem(put(client, "bad", **asked), status)["title"]
    assert good(client.get("/collections/things/views"))["views"] == []


def test_names_that_are_none_and_unknown_collections_are_told(client: TestClient) -> None:
    problem(client.put("/collections/things/views/%20", json={}), 422)
    problem(client.put(address("x" * 81), json={}), 422)
    problem(client.get("/collections/thing/views"), 404)
    problem(client.get("/collections/thing/compare"), 404)


def test_two_views_are_compared(client: TestClient) -> None:
    good(put(client, "circles", recipe=CIRCLES))
    good(put(client, "late", recipe={"where": "year>2012"}))
    found = good(client.get("/collections/things/compare", params={"a": "Circles", "b": "late"}))
    counts = [
        good(client.get("/collections/things/count", params={"where": where}))["total"]
        for where in ("shape=circle", "year>2012", "shape=circle year>2012")
    ]
    assert [found["a"]["count"], found["b"]["count"], found["both"]] == counts
    assert found["only_a"] == counts[0] - counts[2]
    posted = good(client.post("/collections/things/compare", json={"a": CIRCLES, "b": {"where": "year>2012"}}))
    assert {**posted, "milliseconds": 0} == {**found, "milliseconds": 0}
    dates = next(shape for shape in found["ranges"] if shape["column"] == "made")
    assert dates["bins"][0]["low"].startswith(("1999", "20"))
    whole = good(client.get("/collections/things/compare", params={"a": "circles"}))
    assert (whole["b"]["count"], whole["only_a"]) == (60, 0)
    assert good(client.post("/collections/things/compare", json={}))["both"] == 60
    near = problem(client.get("/collections/things/compare", params={"a": "circle"}), 404)
    assert "circles" in near["hint"]
    problem(client.post("/collections/things/compare", json={"a": {"where": "no_such=1"}}), 422)


def test_a_comparison_by_similarity_counts_the_hits(client: TestClient) -> None:
    found = good(client.post("/collections/things/compare", json={"a": {"text": "red circle", "limit": 7}}))
    assert (found["a"]["count"], found["both"], found["a"]["exact"]) == (7, 7, True)


def test_changes_need_a_token_and_tell_who(client: TestClient, space: Workspace) -> None:
    _, secret = space.tokens.make("ada")
    _, reading = space.tokens.make("reader", "read")
    problem(put(client, "mine", recipe=CIRCLES), 401)
    own = {"Authorization": f"Bearer {secret}"}
    assert good(client.put(address("mine"), json={"recipe": CIRCLES}, headers=own))["who"] == "ada"
    for token, status in ((reading, 403), ("wrong", 401)):
        problem(client.delete(address("mine"), headers={"Authorization": f"Bearer {token}"}), status)
    assert good(client.get(address("mine")))["who"] == "ada"
    assert good(client.post("/collections/things/compare", json={}))["both"] == 60

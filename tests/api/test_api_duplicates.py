"""Duplicates through the API: paged groups, files, and acts that can be undone."""

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_api
from core.encoders.protocol import Encoder
from core.settings import Settings
from core.tokens import READ, WRITE
from core.workspace import Workspace
from tests.twins import LARGER, twins

ROUTE = "/collections/twins/duplicates"


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    return twins(tmp_path_factory.mktemp("twins"), encoder).folder


@pytest.fixture
def space(stock: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A copy of the workspace with “twins”; nobody runs its jobs."""
    shutil.copytree(stock, tmp_path / "workspace")
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    opened = Workspace.open(Settings(workspace=tmp_path / "workspace"), encoder)
    yield opened
    opened.originals.close()


@pytest.fixture
def client(space: Workspace) -> Iterator[TestClient]:
    with TestClient(create_api(lambda: space)) as opened:
        yield opened


def good(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    found: dict[str, Any] = response.json()
    return found


def test_groups_come_page_by_page_largest_first(client: TestClient) -> None:
    first = good(client.get(ROUTE, params={"limit": 1, "keep": "first"}))
    assert (first["groups"], first["images"], first["others"], first["compared"]) == (2, 5, 3, 11)
    (group,) = first["listed"]
    assert (group["size"], group["contents"]) == (3, 1)
    assert [(image["id"], image["kept"], image["copy"]) for image in group["images"]] == [
        ("a", True, False), ("a2", False, True), ("a3", False, True),
    ]  # fmt: skip
    second = good(client.get(ROUTE, params={"limit": 1, "keep": "first", "cursor": first["next"]}))
    assert [image["id"] for image in second["listed"][0]["images"]] == ["b", "b2"]
    assert second["next"] is None


def test_near_groups_a_filter_and_a_cut(client: TestClient) -> None:
    found = good(client.get(ROUTE, params={"how": "phash", "threshold": 4, "where": "letter=a", "most": 2}))
    (group,) = found["listed"]
    assert (group["size"], group["contents"], len(group["images"])) == (4, 2, 2)
    assert group["images"][0]["id"] == LARGER
    assert (found["where"], found["threshold"]) == ("letter=a", 4)
    assert good(client.get(ROUTE, params={"how": "vector"}))["threshold"] == 0.99


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"how": "magic"}, 422),
        ({"how": "phash", "threshold": 40}, 422),
        ({"how": "vector", "threshold": "nan"}, 422),
        ({"where": "nothing=1"}, 422),
        ({"cursor": "x"}, 422),
    ],
)
def test_nonsense_is_refused(client: TestClient, asked: dict[str, Any], status: int) -> None:
    assert set(good(client.get(ROUTE, params=asked), status)) == {"status", "title", "detail", "hint"}


def test_files(client: TestClient) -> None:
    answer = client.get(f"{ROUTE}/export", params={"keep": "first"})
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"].startswith("text/csv")
    assert [(line["group"], line["id"], line["kept"]) for line in lines[:2]] == [("1", "a", "yes"), ("1", "a2", "no")]
    assert good(client.get(f"{ROUTE}/export", params={"form": "json"}))["groups"] == 2


def test_an_act_is_one_event_that_is_undone(client: TestClient) -> None:
    asked = {"act": "delete-others", "keep": "first", "expected": 3}
    made = good(client.post(f"{ROUTE}/act", json=asked))
    assert (made["images"], made["event"]["kind"]) == (3, "delete")
    assert good(client.get(ROUTE))["groups"] == 0
    good(client.post(f"/collections/twins/history/{made['event']['id']}/undo"))
    assert good(client.get(ROUTE))["others"] == 3
    tagged = good(client.post(f"{ROUTE}/act", json={"act": "tag-others", "keep": "first", "kept": ["b"], "tag": "dup"}))
    assert good(client.get("/images/b2"))["tags"] == ["dup"]
    assert tagged["event"]["what"] == "tag dup added on 1 image"
    again = good(client.post(f"{ROUTE}/act", json={"act": "tag-others", "keep": "first", "kept": ["b"], "tag": "dup"}))
    assert again["event"] is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"act": "delete-others", "expected": 99}, 409),
        ({"act": "delete-others", "expected": 3, "where": "letter=d"}, 409),
        ({"act": "delete-others", "where": "letter=d"}, 422),
        ({"act": "delete-others", "kept": ["nobody"]}, 404),
        ({"act": "delete-others", "kept": ["nobody"], "expected": 1}, 409),
        ({"act": "tag-others", "tag": " spaced "}, 422),
        ({"act": "explode"}, 422),
        ({}, 422),
    ],
)
def test_acts_that_cannot_be_done(client: TestClient, body: dict[str, Any], status: int) -> None:
    assert set(good(client.post(f"{ROUTE}/act", json=body), status)) == {"status", "title", "detail", "hint"}
    assert good(client.get(ROUTE))["others"] == 3


def test_acting_needs_the_right_to_write(client: TestClient, space: Workspace) -> None:
    body = {"act": "delete-others"}
    reader, writer = (space.tokens.make(scope, scope)[1] for scope in (READ, WRITE))
    assert client.post(f"{ROUTE}/act", json=body).status_code == 401
    assert client.post(f"{ROUTE}/act", json=body, headers={"Authorization": f"Bearer {reader}"}).status_code == 403
    good(client.post(f"{ROUTE}/act", json=body, headers={"Authorization": f"Bearer {writer}"}))


def test_many_are_tagged_by_a_job(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.edit.job.MOST_AT_ONCE", 2)
    assert good(client.post(f"{ROUTE}/act", json={"act": "tag-others"}), 202)["kind"] == "edit"

"""Editing, history and undo through the API."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from api.app import create_api
from api.auth import guards
from api.context import Context
from api.routes.edits import edit_routes
from core import worker
from core.edit.job import run_edit, run_undo
from core.encoders.protocol import Encoder
from core.settings import Settings
from core.tokens import READ, WRITE
from core.workspace import Workspace

EDIT, HISTORY = "/collections/things/edit", "/collections/things/history"


@pytest.fixture
def space(ingested: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A copy of the workspace with "things", to change at will; jobs are run by the test."""
    folder = tmp_path / "workspace"
    shutil.copytree(ingested, folder)
    shutil.rmtree(folder / "history", ignore_errors=True)
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    monkeypatch.setattr(worker, "KINDS", {**worker.KINDS, "edit": run_edit, "undo": run_undo})
    opened = Workspace.open(Settings(workspace=folder), encoder)
    yield opened
    opened.originals.close()


@pytest.fixture
def client(space: Workspace) -> Iterator[TestClient]:
    app = create_api(lambda: space)
    if not any(getattr(route, "path", "").endswith("/history") for route in app.routes):
        app.include_router(edit_routes(Context(lambda: space, guards(lambda: space))))
    with TestClient(app) as opened:
        yield opened


def good(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def metadata(client: TestClient, id: str) -> dict[str, Any]:
    facts = good(client.get(f"/images/{id}"))
    return {**facts["metadata"], "tags": facts["tags"]}


def test_ids_are_edited_at_once_and_the_event_undone(client: TestClient) -> None:
    before = metadata(client, "thing-020")
    asked = {"ids": ["thing-020", "thing-021", "nobody"], "set": {"shape": "roundish", "price": None, "year": 2001}}
    made = good(client.post(EDIT, json={**asked, "add_tags": ["new"]}))
    assert (made["images"], made["changed"], set(made["new_values"])) == (2, 2, {"shape"})
    assert made["event"]["what"].startswith("shape set to roundish, price cleared, year set to 2001, tag new added")
    changed = {"shape": "roundish", "price": None, "year": 2001, "tags": ["new"]}
    assert metadata(client, "thing-020") == {**before, **changed}
    listed = good(client.get(HISTORY))["events"]
    assert [item["id"] for item in listed] == [made["event"]["id"]]
    undone = good(client.post(f"{HISTORY}/{made['event']['id']}/undo"))
    assert (undone["images"], undone["left"], undone["gone"]) == (2, 0, 0)
    assert undone["event"]["undoes"] == made["event"]["id"]
    assert metadata(client, "thing-020") == before
    assert not good(client.get(HISTORY))["events"][1]["can_undo"]
    assert client.post(f"{HISTORY}/{made['event']['id']}/undo").status_code == 409


def test_a_recipe_is_edited_by_a_job(client: TestClient, space: Workspace) -> None:
    asked = {"recipe": {"where": "shape=circle"}, "whole": True, "set": {"shape": "round"}}
    job = good(client.post(EDIT, json=asked), 202)
    assert worker.run_job(space, job["id"]).state == "done"
    count = good(client.get("/collections/things/count", params={"where": "shape=round"}))
    assert good(client.get(HISTORY))["events"][0]["images"] == count["total"] > 0


def test_a_large_undo_is_a_job(client: TestClient, space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    made = good(client.post(EDIT, json={"ids": ["thing-020", "thing-021"], "add_tags": ["x"]}))
    monkeypatch.setattr("core.edit.job.MOST_AT_ONCE", 1)
    job = good(client.post(f"{HISTORY}/{made['event']['id']}/undo"), 202)
    assert worker.run_job(space, job["id"]).state == "done"
    assert metadata(client, "thing-020")["tags"] == []


def test_what_is_so_already_has_no_event(client: TestClient) -> None:
    asked = {"ids": ["thing-020"], "add_tags": ["x"]}
    good(client.post(EDIT, json=asked))
    again = good(client.post(EDIT, json=asked))
    assert (again["changed"], again["event"]) == (0, None)


def test_the_history_comes_in_pages(client: TestClient) -> None:
    for tag in "abc":
        good(client.post(EDIT, json={"ids": ["thing-020"], "add_tags": [tag]}))
    first = good(client.get(HISTORY, params={"limit": 2}))
    rest = good(client.get(HISTORY, params={"limit": 2, "cursor": first["next"]}))
    words = [item["what"] for item in (*first["events"], *rest["events"])]
    assert words == [f"tag {tag} added on 1 image" for tag in "cba"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"ids": ["thing-020"], "set": {"shap": "x"}}, "shape"),
        ({"ids": ["thing-020"], "set": {"width": 1}}, "width"),
        ({"ids": ["thing-020"], "set": {"year": "x"}}, "whole number"),
        ({"ids": ["thing-020"], "set": {"shape": ["x"]}}, ""),
        ({"ids": ["thing-020"]}, "Nothing"),
        ({"set": {"shape": "x"}}, "which images"),
        ({"ids": ["thing-020"], "recipe": {}, "set": {"shape": "x"}}, "which images"),
        ({"ids": [], "set": {"shape": "x"}}, ""),
        ({"ids": ["thing-020"], "add_tags": ["a\u0000b"]}, "control"),
        ({"ids": ["thing-020"], "add_tags": ["x"], "who": "me"}, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told(client: TestClient, asked: dict[str, Any], said: str) -> None:
    problem = good(client.post(EDIT, json=asked), 422)
    assert said in f"{problem['title']} {problem['detail']} {problem['hint']}"
    assert good(client.get(HISTORY))["events"] == []


def test_unknown_names_are_not_found(client: TestClient) -> None:
    assert client.post("/collections/nothing/edit", json={"ids": ["x"], "add_tags": ["x"]}).status_code == 404
    assert client.get("/collections/nothing/history").status_code == 404
    assert client.post(f"{HISTORY}/20260101T000000000000-abcdef/undo").status_code == 404


def test_who_edited_is_the_tokens_name_and_reading_is_not_enough(space: Workspace, client: TestClient) -> None:
    reader, writer = space.tokens.make("looker", READ)[1], space.tokens.make("ada", WRITE)[1]
    asked = {"ids": ["thing-020"], "add_tags": ["x"]}
    assert client.post(EDIT, json=asked, headers={"Authorization": f"Bearer {reader}"}).status_code == 403
    made = good(client.post(EDIT, json=asked, headers={"Authorization": f"Bearer {writer}"}))
    assert made["event"]["who"] == "ada"

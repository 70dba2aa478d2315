"""Vocabularies, previews and synonyms through the API."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_api
from api.auth import guards
from api.context import Context
from api.problems import handle_problems
from api.routes.completing import completing_routes
from api.routes.concepts import concept_routes
from api.routes.work import job_starting_routes
from core.worker import run_job
from core.workspace import Workspace

PREVIEW = "/collections/things/tag/preview"


def opened(space: Workspace) -> TestClient:
    app = FastAPI()
    handle_problems(app)
    context = Context(lambda: space, guards(lambda: space))
    for routes in (concept_routes, completing_routes, job_starting_routes):
        app.include_router(routes(context))
    return TestClient(app)


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient]:
    """The routes of concepts alone, over the workspace with "things"."""
    with opened(workspace) as found:
        yield found


def good(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    found: dict[str, Any] = response.json()
    return found


def test_vocabularies_are_listed(client: TestClient) -> None:
    found = {item["name"]: item for item in good(client.get("/vocabularies"))["vocabularies"]}
    assert set(found) == {"general", "colours"}
    assert "navy blue" in found["colours"]["labels"]


def test_a_preview_counts_and_lists_examples(client: TestClient, workspace: Workspace) -> None:
    asked = {"vocabulary_column": "shape", "similarity": 0, "examples": 2, "where": "year>2010"}
    found = good(client.post(PREVIEW, json=asked))
    matching = workspace.catalog("things").select("SELECT count(*) FROM images WHERE year > 2010")[0][0]
    assert (found["matching"], found["sampled"], found["tagged"]) == (matching, matching, matching)
    assert sum(item["estimate"] for item in found["labels"]) == matching
    for item in found["labels"]:
        assert len(item["examples"]) == min(2, item["sampled"])
        assert [one["score"] for one in item["examples"]] == sorted(
            (one["score"] for one in item["examples"]), reverse=True
        )
    suggested = good(client.post(PREVIEW, json={"labels": ["red", "blue"]}))
    assert suggested["similarity"] == suggested["suggested"] > 0


@pytest.mark.parametrize(
    "asked",
    [{}, {"labels": ["one"]}, {"labels": ["a", "b"], "vocabulary": "colours"}, {"vocabulary_column": "price"},
     {"labels": ["a", "b"], "most": 0}, {"labels": ["a", "b"], "similarity": 2},
     {"vocabulary": "colours", "where": "x="}, {"labels": ["a", "b"], "other": 1}],
)  # fmt: skip
def test_what_cannot_be_previewed_is_a_problem(client: TestClient, asked: dict[str, Any]) -> None:
    response = client.post(PREVIEW, json=asked)
    assert response.status_code == 422
    assert response.json()["title"]


def test_an_unknown_vocabulary_is_not_found(client: TestClient) -> None:
    response = client.post(PREVIEW, json={"vocabulary": "colour"})
    assert response.status_code == 404
    assert "colours" in response.json()["hint"]


def test_synonyms_and_completions_agree(client: TestClient) -> None:
    found = good(client.get("/collections/things/synonyms", params={"text": "triangles"}))
    assert [(item["column"], item["value"], item["by_name"]) for item in found["synonyms"]] == [
        ("shape", "triangle", True)
    ]
    assert good(client.get("/collections/things/synonyms", params={"text": "zxqvb"}))["synonyms"] == []
    completed = good(client.get("/collections/things/complete", params={"text": "shape=triangles", "position": 15}))
    assert completed == {"start": 6, "options": ["triangle"]}
    assert client.get("/collections/things/synonyms").status_code == 422
    assert client.get("/collections/nothing/synonyms", params={"text": "a"}).status_code == 404


def test_a_job_takes_its_labels_from_a_vocabulary(own_workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    with opened(own_workspace) as client:
        asked = {"vocabulary_column": "shape", "whole": True, "prefix": "shape"}
        job = good(client.post("/collections/things/tag", json=asked), 202)
        assert sorted(job["parameters"]["parameters"]["labels"]) == ["circle", "square", "triangle"]
        done = run_job(own_workspace, job["id"])
        assert done.result is not None, done.error
        assert done.result["tagged"] == 60
        both = {**asked, "parameters": {"labels": ["a", "b"]}}
        assert client.post("/collections/things/tag", json=both).status_code == 422
    with TestClient(create_api(lambda: own_workspace)) as client:
        facts = good(client.get("/images/thing-020", params={"collection": "things"}))
    assert list(facts["tag_scores"]) == facts["tags"]
    assert 0 < facts["tag_scores"][facts["tags"][0]] < 1

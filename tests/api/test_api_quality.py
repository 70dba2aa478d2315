"""Evaluations and two ranked lists through the API."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from api.app import create_api
from core.encoders.protocol import Encoder
from core.settings import Settings
from core.workspace import Workspace


@pytest.fixture
def space(ingested: Path, encoder: Encoder, tmp_path: Path) -> Iterator[Workspace]:
    folder = tmp_path / "workspace"
    shutil.copytree(ingested, folder)
    shutil.copytree(folder / "collections" / "things.lance", folder / "collections" / "copy.lance")
    opened = Workspace.open(Settings(workspace=folder), encoder)
    yield opened
    opened.originals.close()


@pytest.fixture
def client(space: Workspace) -> Iterator[TestClient]:
    with TestClient(create_api(lambda: space)) as opened:
        yield opened


def good(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_collection_is_measured_and_the_latest_is_read(client: TestClient) -> None:
    assert "not been measured" in problem(client.get("/collections/things/evaluation"), 404)["title"]
    made = good(client.post("/collections/things/evaluation", json={"labels": ["masterColour"], "sample": 50}))
    assert (made["sampled"]["drawn"], made["stored_vectors"]) == (50, True)
    (label,) = made["labels"]
    assert (label["column"], label["depth"]) == ("masterColour", 10)
    parts = [next(one for one in item["precision"] if one["depth"] == 10) for item in label["classes"]]
    judged = [one["figure"]["value"] / one["most"] for one in parts[: label["judged"]]]
    assert judged == sorted(judged)
    assert good(client.get("/collections/things/evaluation")) == made
    later = good(client.post("/collections/things/evaluation", json={"seed": 2}))
    assert good(client.get("/collections/things/evaluation"))["at"] == later["at"] > made["at"]


def test_what_cannot_be_measured_is_told(client: TestClient) -> None:
    assert "no column" in problem(client.post("/collections/things/evaluation", json={"labels": ["x"]}), 422)["title"]
    for body in ({"sample": 1}, {"sample": 10**6}, {"other": 1}):
        problem(client.post("/collections/things/evaluation", json=body), 422)
    problem(client.get("/collections/none/evaluation"), 404)
    problem(client.post("/collections/none/evaluation", json={}), 404)


def test_two_questions_are_held_against_each_other(client: TestClient) -> None:
    found = good(
        client.post(
            "/collections/things/compare-lists",
            json={"a": {"text": "a red circle"}, "b": {"text": "red", "where": "shape=circle"}, "depth": 20},
        )
    )
    ids = [[image["id"] for image in found[side]["images"]] for side in "ab"]
    alone = good(client.post("/collections/things/run", json={"text": "a red circle", "limit": 20}))
    assert ids[0] == [row["id"] for row in alone["rows"]]
    assert found["both"] == len(set(ids[0]) & set(ids[1]))
    assert found["only_a"] == len(set(ids[0]) - set(ids[1]))
    for image in found["a"]["images"]:
        assert image["other"] == (ids[1].index(image["id"]) + 1 if image["id"] in ids[1] else None)


def test_one_question_is_put_to_two_collections(client: TestClient) -> None:
    asked = {"a": {"like": "thing-031"}, "other": "copy", "depth": 10}
    found = good(client.post("/collections/things/compare-lists", json=asked))
    assert (found["b"]["collection"], found["both"], found["matched_by"]) == ("copy", 10, "id")
    assert [item["common"] for item in found["depths"]] == [10]


def test_what_cannot_be_compared_is_told(client: TestClient, space: Workspace) -> None:
    space.delete("copy", ["thing-031"])
    asked = {"a": {"like": "thing-031"}, "other": "copy"}
    told = problem(client.post("/collections/things/compare-lists", json=asked), 404)
    assert told["title"].startswith("“copy” does not hold the image “thing-031”")
    problem(client.post("/collections/things/compare-lists", json={"a": {}, "other": "none"}), 404)
    for body in ({}, {"a": {}, "depth": 0}, {"a": {"where": "nope=1"}}):
        problem(client.post("/collections/things/compare-lists", json=body), 422)

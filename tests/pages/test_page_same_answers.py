"""One recipe gives the same images in the same order on the dashboard, through the API and on the command line."""

import json
from typing import Any

import pytest
from drawn import Open
from fastapi.testclient import TestClient
from shown import ids, sound
from typer.testing import CliRunner

from api.app import create_api
from cli.main import app
from core.query.url import from_parameters, to_parameters
from core.workspace import Workspace

RECIPES: list[tuple[str, dict[str, str]]] = [
    ("explore", {}),
    ("explore", {"where": '[["kind","in",["Shoe"]]]'}),
    ("explore", {"sort": "-price"}),
    ("explore", {"where": '[["not",["kind","in",["Shoe"]]]]', "sort": "+price"}),
    ("search", {"text": "a red shoe"}),
    ("search", {"like": "3"}),
]


@pytest.mark.parametrize(("page", "link"), RECIPES)
def test_the_same_images_in_the_same_order(
    open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, page: str, link: dict[str, str]
) -> None:
    shown = ids(sound(open_page(page, workspace.folder, collection="shop", **link)))
    assert shown
    recipe = to_parameters(from_parameters({**link, "n": str(len(shown))}))

    body: dict[str, Any] = {name: value for name, value in recipe.items() if name != "n"}
    with TestClient(create_api(lambda: workspace)) as client:
        answer = client.post("/collections/shop/run", json={**body, "limit": len(shown)}).json()
    assert [row["id"] for row in answer["rows"]] == shown

    monkeypatch.setenv("VITRINE_WORKSPACE", str(workspace.folder))
    command = "search" if page == "search" else "query"
    words = [command, "-c", "shop", "-n", str(len(shown)), "--json"]
    options = {"where": "--where", "sort": "--sort", "like": "--like"}
    words += [part for name, flag in options.items() if name in link for part in (flag, link[name])]
    words += [link["text"]] if "text" in link else []
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 0, told.exception
    by_command = json.loads(told.stdout)
    assert [row["id"] for row in by_command["rows"]] == shown
    assert by_command["english"] == answer["english"]
    assert by_command["total"] == answer["total"]

"""One recipe gives the same images in the same order on the dashboard, through the API and on the command line."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from drawn import Open
from fastapi.testclient import TestClient
from PIL import Image
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


@pytest.mark.parametrize("alike", ["meaning", "phash", "dhash-first"])
def test_a_given_picture_finds_the_same_everywhere(
    open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, alike: str
) -> None:
    stream = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((48, 64)).save(stream, "PNG")
    (tmp_path / "given.png").write_bytes(stream.getvalue())
    digest = workspace.hold_upload(stream.getvalue())
    workspace.uploads.keep(digest)  # the page has a workspace of its own
    bits = {} if alike == "meaning" else {"bits": "40"}
    shown = ids(sound(open_page("search", workspace.folder, collection="shop", image=digest, alike=alike, **bits)))
    assert len(shown) > 5
    with TestClient(create_api(lambda: workspace)) as client:
        body = {"image": digest, "alike": alike, "limit": 50, **({"bits": 40} if bits else {})}
        answer = client.post("/collections/shop/run", json=body).json()
        assert [row["id"] for row in answer["rows"]] == shown
        if alike == "meaning":
            sent = {"image": ("given.png", stream.getvalue())}
            closest = client.post("/closest_img_ids?collection=shop&limit=50", files=sent).json()
            assert [image["id"] for image in closest["images"]] == shown
    monkeypatch.setenv("VITRINE_WORKSPACE", str(workspace.folder))
    words = ["search", "-c", "shop", "--image", str(tmp_path / "given.png"), "--alike", alike]
    words += ["--bits", "40"] if bits else []
    told = CliRunner().invoke(app, [*words, "-n", "50", "--json"])
    assert [row["id"] for row in json.loads(told.stdout)["rows"]] == shown

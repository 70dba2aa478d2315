"""Recipes, images, jobs, one picture and outputs through the API."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from starlette.applications import Starlette

from api.app import api_mount, create_api
from core.encoders.protocol import Encoder
from core.settings import Settings
from core.tokens import READ
from core.worker import run_job
from core.workspace import Workspace


@pytest.fixture
def space(ingested: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A copy of the workspace with "things", to change at will; jobs are run by the test."""
    folder = tmp_path / "workspace"
    shutil.copytree(ingested, folder)
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    opened = Workspace.open(Settings(workspace=folder), encoder)
    yield opened
    opened.originals.close()


@pytest.fixture
def client(space: Workspace) -> Iterator[TestClient]:
    with TestClient(create_api(lambda: space)) as opened:
        yield opened


def picture(colour: str = "red", size: tuple[int, int] = (64, 64)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def run(client: TestClient, **asked: Any) -> dict[str, Any]:
    answer = client.post("/collections/things/run", json=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def finished(client: TestClient, space: Workspace, answer: httpx.Response) -> dict[str, Any]:
    """The job that an answer tells of, run to its end."""
    assert answer.status_code == 202, answer.text
    run_job(space, answer.json()["id"])
    job: dict[str, Any] = client.get(f"/jobs/{answer.json()['id']}").json()
    assert job["state"] == "done", job["error"]
    return job


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    return body


def test_collections_and_their_columns(client: TestClient) -> None:
    assert client.get("/collections").json() == {
        "collections": [{"name": "things", "images": 60, "encoder": "vitrine-clip"}]
    }
    facts = client.get("/collections/things").json()
    assert facts["images"] == 60
    kinds = {column["label"]: column["kind"] for column in facts["columns"]}
    assert (kinds["shape"], kinds["price"], kinds["year"]) == ("category", "number", "year")
    assert "things" in problem(client.get("/collections/thing"), 404)["hint"]


def test_a_recipe_typed_and_as_in_a_link_gives_the_same(client: TestClient) -> None:
    typed = run(client, where="shape=circle year>2012", limit=5)
    linked = run(client, where=typed["recipe"]["where"], limit=5)
    assert [row["id"] for row in typed["rows"]] == [row["id"] for row in linked["rows"]]
    assert (
        typed["total"]
        == client.get("/collections/things/count", params={"where": "shape=circle year>2012"}).json()["total"]
    )
    assert typed["exact"]
    assert typed["recipe"]["text_form"] == "shape=circle year>2012"
    assert {step["step"] for step in typed["timings"]} >= {"sql", "fetch"}
    assert all(row["metadata"]["shape"] == "circle" for row in typed["rows"])
    assert "score" not in typed["rows"][0] or typed["rows"][0]["score"] is None


def test_pages_follow_each_other_by_cursor_until_the_end(client: TestClient) -> None:
    everything = [row["id"] for row in run(client, limit=1000)["rows"]]
    for asked in ({"limit": 25}, {"text": "a red circle", "limit": 25}):
        seen: list[str] = []
        cursor = None
        for _ in range(3):
            page = run(client, **asked, columns=["shape"], **({"cursor": cursor} if cursor else {}))
            seen += [row["id"] for row in page["rows"]]
            assert set(page["rows"][0]["metadata"]) == {"shape"}
            cursor = page["next"]
        assert cursor is None
        assert sorted(seen) == sorted(everything)
        assert len(set(seen)) == 60


def test_similarity_by_words_image_upload_and_mixture(client: TestClient) -> None:
    by_words = run(client, text="a red circle", limit=3)["rows"]
    assert by_words[0]["score"] >= by_words[1]["score"]
    like = run(client, like="thing-020", limit=60)
    assert "thing-020" not in [row["id"] for row in like["rows"]]
    digest = client.post("/uploads", files={"image": ("x.png", picture("blue"))}).json()["digest"]
    mixed = run(client, terms=[["image", digest, 1.0], ["text", "circle", 0.5], ["like", "thing-020", -0.2]], limit=4)
    assert len(mixed["rows"]) == 4
    few = run(client, text="a red circle", min=by_words[1]["score"], limit=60)
    assert 1 <= len(few["rows"]) <= 3


def test_a_given_picture_is_stored_for_a_view_or_a_job_and_for_nothing_else(
    client: TestClient, space: Workspace
) -> None:
    folder = space.folder / "uploads"

    def given(colour: str, **query: object) -> str:
        sent = {"image": ("x.png", picture(colour))}
        return str(client.post("/uploads", files=sent, params=query).json()["digest"])

    blue, red, green = given("blue"), given("red"), given("green")
    assert run(client, image=blue, limit=3)["rows"]
    assert client.post("/closest_img_ids?collection=things", files={"image": ("x.png", picture("pink"))}).is_success
    assert not folder.exists()
    view = {"description": "", "recipe": {"image": red}}
    assert client.put("/collections/things/views/reds", json=view).is_success
    assert [path.name for path in folder.iterdir()] == [red]
    job = {"name": "greens", "recipe": {"image": green}}
    assert client.post("/collections/things/export", json=job).is_success
    assert {path.name for path in folder.iterdir()} == {red, green}
    assert given("black", keep=True) in {path.name for path in folder.iterdir()}


def test_a_sample_is_the_same_for_the_same_seed(client: TestClient) -> None:
    first, again, other = (run(client, sample=True, limit=10, seed=seed) for seed in (1, 1, 2))
    assert first["rows"] == again["rows"] != other["rows"]
    assert first["next"] is None


def test_facets_and_histograms_follow_the_filter(client: TestClient) -> None:
    facets = client.get("/collections/things/facets", params={"where": "shape=circle"}).json()["facets"]
    shape = next(facet for facet in facets if facet["label"] == "shape")
    assert sum(value["count"] for value in shape["values"]) == 60  # ignores its own choice
    alone = client.get(
        "/collections/things/facets", params={"where": "shape=circle", "column": "shape", "most": 1}
    ).json()
    (facet,) = alone["facets"]
    assert facet["values"][0]["value"] == "circle"
    assert facet["other_count"] == 0
    bars = client.get("/collections/things/histogram", params={"column": "year", "where": "shape=circle"}).json()
    assert all(type(bar[side]) is int for bar in bars["bins"] for side in ("low", "high"))
    circles = client.get("/collections/things/count", params={"where": "shape=circle"}).json()["total"]
    assert sum(one["count"] for one in bars["bins"]) + bars["missing"] == circles


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"where": "nope=1"}, "nope"),
        ({"where": "shape="}, ""),
        ({"where": "[1"}, ""),
        ({"limit": 0}, "limit"),
        ({"limit": 10_001}, "limit"),
        ({"text": "\ud800"}, ""),
        ({"unknown": 1}, "unknown"),
        ({"cursor": "x"}, "cursor"),
        ({"sort": "nope"}, ""),
        ({"columns": ["nope"]}, "nope"),
        ({"like": "nobody"}, "nobody"),
        ({"image": "zz"}, ""),
        ({"sample": True, "cursor": "eyJvIjoxfQ"}, "sample"),
        ({"terms": [["text", "a", 1], ["text", "a", -1]]}, "cancel"),
        ({"text": "x", "cursor": "eyJvIjogOTAwNzE5OTI1NDc0MDk5MH0"}, "no deeper"),
        ({"like": "thing-020", "cursor": "eyJvIjo5OTk5fQ"}, "no deeper"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_told(client: TestClient, asked: dict[str, Any], said: str) -> None:
    answer = client.post(
        "/collections/things/run", content=json.dumps(asked), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (404, 422)
    told = problem(answer, answer.status_code)
    assert said in " ".join(str(value) for value in told.values())


def test_images_are_added_deleted_and_put_back(client: TestClient, space: Workspace) -> None:
    files = [("images", ("new.png", picture("green"))), ("images", ("bad.png", b"nothing"))]
    added = client.post("/collections/things/images", files=files)
    assert added.status_code == 202
    assert (added.json()["kept"], added.json()["refused"][0]["file"]) == (1, "bad.png")
    run_job(space, added.json()["job"]["id"])
    assert client.get("/collections/things").json()["images"] == 61
    assert client.get("/images/new").json()["width"] == 64

    deletion = client.delete("/images/new").json()["deletion"]
    problem(client.get("/images/new"), 404)
    assert deletion in client.get("/collections/things/deletions").json()["deletions"]
    assert client.post(f"/collections/things/deletions/{deletion}/restore").json() == {"restored": 1}
    assert client.get("/images/new").status_code == 200
    both = client.post("/collections/things/delete", json={"ids": ["new", "thing-020"]}).json()["deletion"]
    assert client.get("/collections/things").json()["images"] == 59
    client.post(f"/collections/things/deletions/{both}/restore")
    problem(client.post("/collections/things/delete", json={"ids": ["nobody"]}), 404)
    nothing = client.post("/collections/things/images", files=[("images", ("bad.png", b"nothing"))])
    assert nothing.json()["job"] is None


def test_an_ingest_is_a_job_that_can_be_watched(client: TestClient, space: Workspace, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    for number in range(3):
        (tmp_path / "more" / f"{number}.png").write_bytes(picture(size=(30 + number, 40)))
    answer = client.post("/collections/fresh/ingest", json={"source": str(tmp_path / "more")})
    job = finished(client, space, answer)
    assert job["counts"]["images_added"] == 3
    assert "Done." in client.get(f"/jobs/{job['id']}/log").text
    with client.stream("GET", f"/jobs/{job['id']}/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in events.iter_lines() if line.startswith("data:")]
    assert json.loads(lines[-1].removeprefix("data:"))["state"] == "done"
    problem(client.get("/jobs/1-abcdef/events"), 404)


def test_jobs_are_listed_cancelled_and_tried_again(client: TestClient) -> None:
    ids = [client.post("/collections/things/index").json()["id"] for _ in range(3)]
    first = client.get("/jobs", params={"limit": 2}).json()
    assert [job["id"] for job in first["jobs"]] == ids[:0:-1]
    rest = client.get("/jobs", params={"limit": 2, "cursor": first["next"]}).json()
    assert ([job["id"] for job in rest["jobs"]], rest["next"]) == ([ids[0]], None)
    assert client.post(f"/jobs/{ids[0]}/cancel").json()["state"] == "cancelled"
    problem(client.post(f"/jobs/{ids[0]}/cancel"), 409)
    assert client.get("/jobs", params={"state": "cancelled"}).json()["jobs"][0]["id"] == ids[0]
    assert client.post(f"/jobs/{ids[0]}/retry").json()["state"] == "queued"
    problem(client.post(f"/jobs/{ids[1]}/retry"), 409)
    assert 'vitrine_jobs{state="queued"} 3.0' in client.get("/metrics").text


def test_an_export_is_made_and_downloaded(client: TestClient, space: Workspace) -> None:
    recipe = {"where": "shape=circle"}
    asked = {"name": "circles", "recipe": recipe, "whole": True, "metadata": "jsonl"}
    job = finished(client, space, client.post("/collections/things/export", json=asked))
    total = run(client, **recipe)["total"]
    assert job["result"]["exported"] == total
    archive = client.get("/exports/circles/download")
    names = zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
    assert "manifest.json" in " ".join(names)
    assert len([name for name in names if "images/" in name]) == total
    assert client.get("/exports/circles/download", headers={"Range": "bytes=0-3"}).content == b"PK\x03\x04"
    listed = client.get("/exports").json()["outputs"]
    assert [(one["name"], one["layout"]) for one in listed] == [("circles", "zip")]
    assert "circles" in problem(client.get("/exports/circle/download"), 404)["hint"]
    finished(
        client, space, client.post("/collections/things/export", json={**asked, "name": "open", "layout": "folder"})
    )
    manifest = client.get("/exports/open/files/manifest.json").json()
    assert manifest["collection"] == "things"
    for file in ("../circles.zip", "..%2F..%2Ftokens.json", "%2Fetc%2Fpasswd", "nothing", "a%00b"):
        problem(client.get(f"/exports/open/files/{file}"), 404)
    problem(client.post("/collections/things/export", json={"name": "../x"}), 422)


def test_one_picture_is_written_as_asked_at_its_full_size(client: TestClient) -> None:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    Image.new("RGB", (1_300, 700), "red").save(buffer, "JPEG", exif=exif)
    files = {"image": ("x.jpg", buffer.getvalue())}
    yaml = "steps:\n- {transform: HorizontalFlip, p: 1}"
    asked = {"pipeline": yaml, "format": "jpeg", "quality": "30", "colour": "grey", "metadata": "keep"}
    made = client.post("/augment", files=files, data=asked)
    assert made.headers["content-type"] == "image/jpeg"
    image = Image.open(io.BytesIO(made.content))
    assert (image.size, image.mode, image.getexif()[0x010F]) == ((1_300, 700), "L", "A camera")
    plain = client.post("/augment", files=files, data={"pipeline": "as-is", "format": "jpeg"})
    assert not Image.open(io.BytesIO(plain.content)).getexif()
    by_id = [
        client.post("/augment", files=files, data={"pipeline": "weak.3", "image_id": id}).headers["X-Vitrine-Drawn"]
        for id in ("a", "a", "b")
    ]
    assert by_id[0] == by_id[1] != by_id[2]
    for wrong in (
        {"quality": "0"},
        {"colour": "red"},
        {"metadata": "x"},
        {"format": "gif"},
        {"pipeline": "a: &a [*a]"},
    ):
        problem(client.post("/augment", files=files, data={"pipeline": "weak", **wrong}), 422)


def test_transforms_and_every_form_of_a_pipeline(client: TestClient) -> None:
    found = {item["name"]: item for item in client.get("/augment/transforms").json()["transforms"]}
    parameters = {item["name"]: item for item in found["GaussNoise"]["parameters"]}
    assert (parameters["std_range"]["low"], parameters["std_range"]["high"]) == (0, 1)
    assert set(found) == set(client.get("/augment").json()["transforms"])
    forms = client.post("/augment/pipeline", json={"pipeline": {"preset": "weak", "seed": 3}}).json()
    assert forms["link"] == "weak.3"
    for text in (forms["link"], forms["json"], forms["yaml"]):
        assert client.post("/augment/pipeline", json={"pipeline": text}).json()["steps"] == forms["steps"]
    assert "A.HorizontalFlip(p=0.5)" in forms["python"]
    problem(client.post("/augment/pipeline", json={"pipeline": "z.nonsense"}), 422)
    problem(client.post("/augment/pipeline", json={"pipeline": "nothing"}), 404)


def test_augmenting_one_picture_and_a_result(client: TestClient, space: Workspace) -> None:
    files = {"image": ("x.png", picture("red", (300, 200)))}
    made = [client.post("/augment", files=files, data={"pipeline": "strong", "variant": str(n)}) for n in (1, 1, 2)]
    assert made[0].headers["content-type"] == "image/webp"
    assert made[0].content == made[1].content != made[2].content
    assert json.loads(made[0].headers["X-Vitrine-Drawn"])["steps"]
    cropped = client.post("/augment", files=files, data={"pipeline": "crop-resize", "format": "png"})
    assert Image.open(io.BytesIO(cropped.content)).size == (256, 256)
    assert {preset["name"] for preset in client.get("/augment").json()["presets"]} >= {"crop-resize", "weak", "strong"}
    problem(client.post("/augment", files=files, data={"pipeline": "stron"}), 404)
    for hostile in ('{"name": "\\ud800", "steps": []}', '{"steps": [{"transform": "\\udfff"}]}'):
        problem(client.post("/augment", files=files, data={"pipeline": hostile}), 422)
        problem(client.post("/augment/pipeline", json={"pipeline": hostile}), 422)
    noisy = json.dumps({"steps": [{"transform": "RandomFog", "p": 1}] * 4})
    long = json.loads(client.post("/augment", files=files, data={"pipeline": noisy}).headers["X-Vitrine-Drawn"])
    assert long["shortened"]
    assert [step["transform"] for step in long["steps"]] == ["RandomFog"] * 4
    problem(client.post("/augment", files={"image": ("x", b"?")}, data={"pipeline": "weak"}), 422)

    asked = {"recipe": {"limit": 3}, "pipeline": "weak", "variants": 2, "name": "soft", "format": "png"}
    job = finished(client, space, client.post("/collections/things/augment", json=asked))
    assert job["result"]["made"] == 6
    assert client.get("/augmented/soft/files/manifest.json").json()["counts"]["made"] == 6
    assert [one["name"] for one in client.get("/augmented").json()["outputs"]] == ["soft"]
    same = {**asked, "pipeline": {"preset": "weak", "seed": 3}, "name": "linked"}
    finished(client, space, client.post("/collections/things/augment", json=same))
    linked = {**same, "pipeline": "weak.3"}  # a link's word: the same set, which is there already
    assert finished(client, space, client.post("/collections/things/augment", json=linked))["result"]["made"] == 6


def test_sets_are_made_listed_downloaded_and_lead_to_their_originals(client: TestClient, space: Workspace) -> None:
    made = "/collections/things/augment"
    asked = {
        "pipeline": "weak",
        "format": "jpeg",
        "quality": 70,
        "colour": "grey",
        "metadata": "keep",
        "ids": ["thing-020"],
    }
    for layout in ("zip", "folder", "webdataset"):
        finished(client, space, client.post(made, json={**asked, "name": layout, "layout": layout}))
    listed = {one["name"]: one for one in client.get("/augmented").json()["outputs"]}
    assert {(one["layout"], one["collection"], one["pipeline"], one["made"]) for one in listed.values()} == {
        (layout, "things", "weak", 1) for layout in ("zip", "folder", "webdataset")
    }
    for layout, inside in (("zip", "images/thing-020-0.jpg"), ("folder", "images/thing-020-0.jpg"),
                           ("webdataset", "shards/000000.tar")):  # fmt: skip
        packed = "zip" if layout == "zip" else "folder"
        answer = client.get(f"/augmented/{layout}/download?layout={packed}")
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert inside in archive.namelist()
    assert client.get("/augmented/webdataset/files/shards/000000.tar").status_code == 200
    problem(client.get("/augmented/webdataset/download?layout=zip"), 404)
    problem(client.get("/augmented/nothing/download"), 404)
    problem(client.post(made, json={**asked, "name": "out", "destination": "/tmp"}), 403)
    problem(client.post(made, json={**asked, "name": "out", "layout": "imagefolder"}), 422)
    source = str(space.folder / "augmented" / "zip.zip")
    finished(client, space, client.post("/collections/back/ingest", json={"source": source}))
    told = client.get("/images/thing-020-0?collection=back").json()["made_from"]
    assert (told["collection"], told["id"], told["variant"], told["pipeline"], told["there"]) == (
        "things", "thing-020", 0, "weak", True
    )  # fmt: skip
    assert told["steps"]["seed"] == 0
    assert client.get("/images/thing-020?collection=things").json()["made_from"] is None
    space.delete("things", ["thing-020"])
    assert client.get("/images/thing-020-0?collection=back").json()["made_from"]["there"] is False


def test_models_tell_about_one_picture_and_tag_a_result(client: TestClient, space: Workspace) -> None:
    assert {model["name"] for model in client.get("/models").json()["models"]} == {"zero-shot", "picture-statistics"}
    files = {"image": ("x.png", picture("red"))}
    told = client.post("/models/picture-statistics", files=files).json()["outputs"]
    assert "red" in json.dumps(told)
    labels = json.dumps({"labels": ["a red square", "a blue circle"]})
    best = client.post("/models/zero-shot", files=files, data={"parameters": labels}, params={"collection": "things"})
    assert best.status_code == 200
    problem(client.post("/models/zero-shot", files=files), 422)
    problem(client.post("/models/nothing", files=files), 404)
    problem(client.post("/models/picture-statistics", files=files, data={"parameters": "[1"}), 422)

    asked = {"recipe": {"where": "shape=circle"}, "whole": True, "parameters": {"labels": ["circle", "square"]}}
    job = finished(client, space, client.post("/collections/things/tag", json=asked))
    assert job["result"]["tagged"] == run(client, where="shape=circle")["total"]
    id = run(client, where="shape=circle", limit=1)["rows"][0]["id"]
    assert client.get(f"/images/{id}", params={"collection": "things"}).json()["tags"]
    problem(client.post("/collections/things/tag", json={"model": "nothing"}), 404)


def test_what_answers_cost_is_kept(client: TestClient) -> None:
    run(client, where="shape=circle")
    (last, *_) = client.get("/timings").json()["timings"]
    assert last["collection"] == "things"
    assert "circle" in last["english"]
    assert {item["step"] for item in last["steps"]} >= {"parse", "sql", "fetch", "render"}
    assert "vitrine_request_seconds_bucket" in client.get("/metrics").text
    assert 'route="/collections/{name}/run"' in client.get("/metrics").text


def test_where_reading_needs_a_token_signed_pictures_do_not(space: Workspace) -> None:
    strict = Workspace(replace(space.settings, read_needs_token=True), space.encoder())
    secret = strict.tokens.make("reader", READ)[1]
    app = Starlette(routes=[api_mount(lambda: strict)])
    with TestClient(app) as client:
        told = problem(client.post("/api/collections/things/run", json={}), 401)
        assert "vitrine token make" in told["hint"]
        headers = {"Authorization": f"Bearer {secret}"}
        rows = client.post("/api/collections/things/run", json={"limit": 3}, headers=headers).json()["rows"]
        picture_there = client.get(rows[-1]["thumbnail"])
        assert picture_there.status_code == 200
        assert picture_there.headers["cache-control"].startswith("private")
        bare = rows[-1]["thumbnail"].split("&s=")[0]
        problem(client.get(bare), 401)
        assert client.get(bare, headers=headers).status_code == 200
        problem(client.post("/api/collections/things/index", headers=headers), 403)
        assert client.get("/api/ping").status_code == 200
        strict.tokens.revoke("reader")
        problem(client.get("/api/collections", headers=headers), 401)


def test_only_columns_with_an_order_have_histograms_and_only_classes_facets(client: TestClient) -> None:
    told = problem(client.get("/collections/things/histogram", params={"column": "shape"}), 422)
    assert "no histogram" in told["title"]
    assert "no facet" in problem(client.get("/collections/things/facets", params={"column": "price"}), 422)["title"]


def test_pictures_whatever_they_are_called_are_brought_in(client: TestClient, space: Workspace) -> None:
    files = [("images", ("a.txt", picture("green"))), ("images", ("b", picture("blue")))]
    added = client.post("/collections/things/images", files=files).json()
    assert added["kept"] == 2
    run_job(space, added["job"]["id"])
    assert client.get(f"/jobs/{added['job']['id']}").json()["counts"]["images_added"] == 2


def test_bodies_have_limits_and_strangers_send_no_pictures(space: Workspace) -> None:
    small = Workspace(replace(space.settings, upload_megabytes=1, request_megabytes=1), space.encoder())
    with TestClient(create_api(lambda: small)) as client:
        headers = {"Content-Type": "application/json"}
        huge = b'{"text": "' + b"x" * 5_000_000 + b'"}'
        problem(client.post("/collections/things/run", content=huge, headers=headers), 413)

        def in_parts() -> Iterator[bytes]:
            for start in range(0, len(huge), 100_000):
                yield huge[start : start + 100_000]

        problem(client.post("/collections/things/run", content=in_parts(), headers=headers), 413)
        noise = [("images", ("x.png", b"\0" * 2_000_000))]
        problem(client.post("/collections/things/images", files=noise), 413)
        small.tokens.make("one")
        told = problem(client.post("/collections/things/images", files=noise), 401)
        assert "token" in told["title"]


def test_made_up_methods_are_not_kept_and_long_names_are_not_found(client: TestClient, space: Workspace) -> None:
    client.request("FOO123", "/ping")
    assert "FOO123" not in client.get("/metrics").text
    finished(client, space, client.post("/collections/things/export", json={"name": "f", "layout": "folder"}))
    problem(client.get(f"/exports/f/files/{'a' * 300}"), 404)


def test_health_tells_what_is_wrong(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object) -> list[object]:
        raise RuntimeError("the queue is away")

    monkeypatch.setattr("core.jobs.runner.Jobs.under_way", broken)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "the queue is away"


def test_what_cannot_be_made_is_told_before_a_job_is_queued(client: TestClient, space: Workspace) -> None:
    made = "/collections/things"
    problem(client.post(f"{made}/augment", json={"name": "no/name", "pipeline": "weak"}), 422)
    problem(client.post(f"{made}/tag", json={"model": "picture-statistics", "prefix": ":"}), 422)
    job = client.post(f"{made}/export", json={"name": "taken", "images": "none", "layout": "zip"})
    finished(client, space, job)
    told = problem(client.post(f"{made}/export", json={"name": "taken", "images": "none", "layout": "zip",
                                                       "metadata": "jsonl"}), 422)  # fmt: skip
    assert "taken" in told["title"]
    wanted = {"name": "set", "pipeline": "weak", "recipe": {"limit": 2}}
    finished(client, space, client.post(f"{made}/augment", json=wanted))
    problem(client.post(f"{made}/augment", json={**wanted, "variants": 2}), 422)
    assert len(client.get("/jobs").json()["jobs"]) == 2
    problem(client.get("/jobs?cursor=zzz"), 422)
    problem(client.post(f"{made}/run", json={"limit": True}), 422)


def test_the_head_of_a_stream_ends(client: TestClient) -> None:
    id = client.post("/collections/things/index").json()["id"]
    told = client.head(f"/jobs/{id}/events")
    assert told.headers["content-type"].startswith("text/event-stream")
    assert told.content == b""

"""The REST API: every route, every error in one shape, any id in a path."""

import io
import re
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import numpy as np
import pyarrow as pa
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from made_up import fill
from PIL import Image
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from api.app import api_mount, create_api
from api.front import ApiFirst
from api.routes.images import FOREVER
from core.encoders.protocol import Encoder
from core.settings import Settings
from core.workspace import Workspace

ODD_IDS = [
    "a/b/c",
    "it's",
    'a "quoted" one',
    "with space",
    "two\nlines",
    "ends in newline\n",
    "東京 🙂",
    "50%25 off?a=1&b#c+d;e",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "back\\slash",
    "dot.ted.png",
]


@pytest.fixture(scope="module")
def space(ingested: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The workspace with "things", and "odd" beside it: made-up rows with odd ids."""
    folder = tmp_path_factory.mktemp("api") / "workspace"
    shutil.copytree(ingested, folder)
    original = folder / "original.png"
    Image.new("RGB", (5, 4), "red").save(original)
    uris = pa.array([str(original)] * len(ODD_IDS))
    fill(folder, "odd", {"uri": uris, "größe": pa.array(range(len(ODD_IDS)))}, ODD_IDS)
    opened = Workspace.open(Settings(workspace=folder, upload_megabytes=1), encoder)
    yield opened
    opened.originals.close()


@pytest.fixture(scope="module")
def client(space: Workspace) -> Iterator[TestClient]:
    with TestClient(create_api(lambda: space)) as opened:
        yield opened


def picture(colour: str = "red", size: tuple[int, int] = (64, 64)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def check_problem(answer: httpx.Response, status: int, title: str = "") -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) == {"status", "title", "detail", "hint"}
    assert body["status"] == status
    assert title in body["title"]
    assert "Traceback" not in answer.text
    return body


def test_ping(client: TestClient) -> None:
    answer = client.get("/ping")
    assert (answer.status_code, answer.text) == (200, "pong")


def test_health(client: TestClient) -> None:
    body = client.get("/health").json()
    assert body.pop("version")
    assert body == {
        "status": "ok",
        "alive": True,
        "ready": True,
        "collections": 2,
        "encoder": "vitrine-clip",
        "encoder_loaded": True,
        "jobs_under_way": 0,
        "worker": False,
    }


# Images


def test_the_facts_of_an_image(client: TestClient, space: Workspace) -> None:
    body = client.get("/images/thing-020", params={"collection": "things"}).json()
    row = space.image("things", "thing-020")
    assert (body["id"], body["collection"], body["width"], body["height"]) == (
        "thing-020",
        "things",
        row.width,
        row.height,
    )
    assert list(body["metadata"]) == [
        space.catalog("things").columns[n].label for n in space.catalog("things").metadata
    ]
    assert body["metadata"]["shape"] == row.values["shape"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+", body["added_at"])
    for part, media_type in (("thumbnail", "image/webp"), ("original", "image/jpeg")):
        assert body[part].startswith("/api/images/thing-020/")
        answer = client.get(body[part].removeprefix("/api"))
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        assert answer.headers["cache-control"] == f"public, {FOREVER}"


@pytest.mark.parametrize("part", ["thumbnail", "original"])
def test_a_picture_has_a_strong_tag_and_is_sent_once(client: TestClient, space: Workspace, part: str) -> None:
    stamp = space.image("things", "it's").content_hash[:16]
    address = f"/images/it%27s/{part}?collection=things"
    first = client.get(f"{address}&v={stamp}")
    tag = first.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{16}-(thumbnail|original)"', tag)
    assert first.headers["x-content-type-options"] == "nosniff"
    for held in (tag, f"W/{tag}", f'"other", {tag}'):
        again = client.get(f"{address}&v={stamp}", headers={"If-None-Match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["cache-control"] == f"public, {FOREVER}"
    other = client.get(f"{address}&v={stamp}", headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)
    for v in ("", "0000", stamp[:-1], stamp.upper() + "x"):
        answer = client.get(address, params={"collection": "things", "v": v})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, no-cache"
        assert answer.headers["etag"] == tag
    unversioned = client.get(address, headers={"If-None-Match": tag})
    assert (unversioned.status_code, unversioned.headers["cache-control"]) == (304, "public, no-cache")


def test_a_thumbnail_is_a_webp_and_an_original_the_very_file(client: TestClient, space: Workspace) -> None:
    thumbnail = client.get("/images/it%27s/thumbnail?collection=things")
    with Image.open(io.BytesIO(thumbnail.content)) as image:
        assert (image.format, max(image.size) <= 256) == ("WEBP", True)
    original = client.get("/images/it%27s/original?collection=things")
    assert original.content == space.original("things", "it's")


@pytest.mark.parametrize("id", [id for id in ODD_IDS if "%" not in id])  # the test client would decode it twice
def test_any_id_has_an_address(client: TestClient, id: str) -> None:
    path = f"/images/{quote(id, safe='')}"
    facts = client.get(path, params={"collection": "odd"})
    assert facts.status_code == 200, facts.text
    assert facts.json()["id"] == id
    assert client.get(f"{path}/thumbnail", params={"collection": "odd"}).content == b"RIFF"
    assert client.get(f"{path}/original", params={"collection": "odd"}).headers["content-type"] == "image/png"
    assert client.get(facts.json()["thumbnail"].removeprefix("/api")).status_code == 200


@pytest.mark.parametrize(
    "id", ["nothing", "thing-0200", "../ledgers", "..%2F..%2Fetc%2Fpasswd", "%00", "%ff", "a" * 3_000]
)
@pytest.mark.parametrize("part", ["", "/thumbnail", "/original"])
def test_an_unknown_image_is_not_found(client: TestClient, id: str, part: str) -> None:
    path = id if "%" in id else quote(id, safe="")
    check_problem(client.get(f"/images/{path}{part}?collection=things"), 404, "There is no image")


@pytest.mark.parametrize("name", ["thing", "../things", "things/../things", "THINGS", "a" * 500, "\n", "%00"])
def test_an_unknown_collection_lists_the_near_ones(client: TestClient, name: str) -> None:
    for path in ("/images/it%27s", "/images/it%27s/thumbnail", "/images/it%27s/original"):
        problem = check_problem(client.get(path, params={"collection": name}), 404, "There is no collection")
        assert "“things”" in problem["hint"]


def test_with_several_collections_one_has_to_be_named(client: TestClient, workspace: Workspace) -> None:
    problem = check_problem(client.get("/images/it%27s"), 422, "Which collection?")
    assert "odd, things" in problem["detail"]
    with TestClient(create_api(lambda: workspace)) as alone:
        assert alone.get("/images/it%27s").json()["collection"] == "things"


def test_an_original_that_is_gone_is_not_found(client: TestClient, space: Workspace) -> None:
    uris = pa.array(["/nowhere/gone.png", "ftp://host/x.png", "javascript:alert(1)"])
    fill(space.folder, "gone", {"uri": uris}, ["a", "b", "c"])
    try:
        check_problem(client.get("/images/a/original?collection=gone"), 404)
        for id in "bc":
            assert 400 <= client.get(f"/images/{id}/original?collection=gone").status_code < 500
    finally:
        shutil.rmtree(space.folder / "collections" / "gone.lance")


# Search


def ask(client: TestClient, data: bytes, **parameters: Any) -> httpx.Response:
    return client.post(
        "/closest_img_ids", params={"collection": "things"} | parameters, files={"image": ("p.png", data)}
    )


def test_the_closest_images_come_nearest_first(client: TestClient, space: Workspace, encoder: Encoder) -> None:
    data = space.original("things", "thing-031")
    body = ask(client, data, limit=12).json()
    assert (body["collection"], body["matching"], body["exact"]) == ("things", 60, True)
    found = [(item["id"], item["distance"]) for item in body["images"]]
    assert found[0][0] == "thing-031"
    assert found[0][1] == pytest.approx(0, abs=1e-4)
    assert [distance for _, distance in found] == sorted(distance for _, distance in found)
    held = space.collection("things").vectors(space.collection("things").read(["id"])["id"].to_pylist())
    own = encoder.encode_images([Image.open(io.BytesIO(data)).convert("RGB")])[0]
    wanted = sorted(float(1 - vector @ own) for vector in held.values())[:12]
    np.testing.assert_allclose([distance for _, distance in found], wanted, atol=2e-4)


@pytest.mark.parametrize(("limit", "count"), [(1, 1), (60, 60), (1_000, 60), (None, 10)])
def test_as_many_as_asked_for(client: TestClient, limit: int | None, count: int) -> None:
    answer = ask(client, picture(), **({} if limit is None else {"limit": limit}))
    assert len(answer.json()["images"]) == count


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "many", "1.5", "9" * 400])
def test_a_limit_out_of_bounds_is_refused(client: TestClient, limit: str) -> None:
    problem = check_problem(ask(client, picture(), limit=limit), 422, "expects another request")
    assert "limit" in problem["detail"]


@pytest.mark.parametrize("data", [b"", b"no picture", b"GIF89a", picture()[:60], b"<svg/>"])
def test_what_is_no_picture_is_refused(client: TestClient, data: bytes) -> None:
    check_problem(ask(client, data), 422)


def test_a_picture_that_is_too_large_is_refused(client: TestClient) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (700, 700, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "PNG")
    problem = check_problem(ask(client, buffer.getvalue()), 413, "The picture is too large.")
    assert problem["detail"] == "At most 1 MB are accepted."


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"files": {"picture": ("p.png", b"x")}},
        {"data": {"image": "text"}},
        {"content": b"--x", "headers": {"content-type": "multipart/form-data"}},
        {"content": b"--x\r\nbroken", "headers": {"content-type": "multipart/form-data; boundary=x"}},
        {"json": {"image": "x"}},
    ],
    ids=["nothing", "another field", "text", "no boundary", "broken", "json"],
)
def test_without_a_file_the_route_says_what_it_wants(client: TestClient, request_: dict[str, Any]) -> None:
    answer = client.post("/closest_img_ids?collection=things", **request_)
    check_problem(answer, answer.status_code)
    assert answer.status_code in (400, 422)


def test_vectors_of_another_encoder_are_told(client: TestClient) -> None:
    problem = check_problem(ask(client, picture(), collection="odd"), 503, "made by “/made-up”, which cannot be had")
    assert "vitrine embed --collection odd --encoder vitrine-clip" in problem["hint"]


# Errors of the server itself


@pytest.mark.parametrize("path", ["/", "/nothing", "/imagesx", "/closest", "/docs/nothing"])
def test_a_route_that_is_not_there(client: TestClient, path: str) -> None:
    problem = check_problem(client.get(path), 404)
    assert "/api/docs" in problem["hint"]


@pytest.mark.parametrize(("method", "path"), [("POST", "/ping"), ("PUT", "/images/a"), ("GET", "/closest_img_ids")])
def test_another_method_is_told_which_one(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    check_problem(answer, 405)
    assert answer.headers["allow"]


def test_a_bug_is_told_without_its_traceback_and_logged_with_it(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Workspace:
        raise ZeroDivisionError("a secret of the server")

    with TestClient(create_api(broken), raise_server_exceptions=False) as client:
        answer = client.get("/health")
    check_problem(answer, 500, "The server failed to answer.")
    assert "secret" not in answer.text
    record = next(record for record in caplog.records if record.name == "vitrine.api")
    assert record.exc_info is not None


# All together


def test_twenty_requests_at_once(client: TestClient, space: Workspace) -> None:
    paths = [
        "/ping",
        "/health",
        "/images/it%27s?collection=things",
        "/images/thing-020/thumbnail?collection=things",
        "/images/thing-021/original?collection=things",
    ]

    def get(place: int) -> int:
        if place % 6 == 5:
            return ask(client, picture("blue"), limit=5).status_code
        return client.get(paths[place % 6]).status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(get, range(60))) == {200}


def mounted(space: Workspace) -> Starlette:
    return Starlette(routes=[api_mount(lambda: space)])


def test_the_page_of_the_api_loads_without_any_outside_address(space: Workspace) -> None:
    with TestClient(mounted(space)) as client:
        page = client.get("/api/docs")
        assert page.status_code == 200
        assert not re.findall(r"https?://|[\"']//", page.text)
        links = [link for link in re.findall(r'(?:src|href)="([^"]+)"', page.text) if not link.startswith("data:")]
        assert links
        for link in links:
            assert client.get(link).status_code == 200, link
        described = re.search(r"url: '([^']+)'", page.text)
        assert described is not None
        assert client.get(described.group(1)).json()["info"]["title"] == "Vitrine"


def test_every_route_is_described_with_its_errors(space: Workspace) -> None:
    api: FastAPI = create_api(lambda: space)
    paths = api.openapi()["paths"]
    assert len(paths) > 30
    for path, routes in paths.items():
        for route in routes.values():
            assert route["tags"]
            assert route["description"]
            for code, told in route["responses"].items():
                if int(code) >= 400 and (path, code) != ("/health", "503"):
                    assert "application/problem+json" in told["content"]


def test_under_a_prefix_every_address_still_works(space: Workspace) -> None:
    with TestClient(mounted(space)) as client:
        facts = client.get("/api/images/two%0Alines?collection=odd").json()
        assert client.get(facts["thumbnail"]).status_code == 200
        check_problem(client.get("/api/nothing"), 404)


def test_a_real_server_answers_for_any_id(space: Workspace) -> None:
    config = uvicorn.Config(mounted(space), port=0, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            for id in ODD_IDS:
                facts = client.get(f"/api/images/{quote(id, safe='')}?collection=odd").json()
                assert facts["id"] == id
                assert client.get(facts["thumbnail"]).content == b"RIFF"
                assert client.get(facts["original"]).headers["content-type"] == "image/png"
            check_problem(client.get("/api/images/..%2F..%2Fetc%2Fpasswd/original?collection=things"), 404)
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize("route", ["/ping", "/health", "/docs", "/images/none/thumbnail"])
def test_head_tells_what_get_would_without_a_body(client: TestClient, route: str) -> None:
    asked, told = client.get(route), client.head(route)
    assert told.status_code == asked.status_code
    assert told.headers["content-type"] == asked.headers["content-type"]
    assert told.content == b""


def test_a_tag_of_an_image_that_is_not_there_is_not_confirmed(client: TestClient) -> None:
    answer = client.get(
        "/images/none/thumbnail",
        params={"collection": "things", "v": "abc"},
        headers={"If-None-Match": '"abc-thumbnail"'},
    )
    assert answer.status_code == 404


def test_in_front_of_a_dashboard_the_api_answers_for_its_own_addresses_only(space: Workspace) -> None:
    dashboard = Starlette(routes=[Route("/{any:path}", lambda request: PlainTextResponse("dashboard"))])
    with TestClient(ApiFirst(dashboard, lambda: space)) as client:
        assert client.get("/explore").text == client.get("/apiary").text == "dashboard"
        assert client.get("/api", follow_redirects=False).headers["location"] == "/api/docs"
        check_problem(client.get("/api/images/a%00b?collection=odd"), 404)
        check_problem(client.get("/api/images/%2E%2E?collection=odd"), 404)
        assert client.get("/api/images/two%0Alines?collection=odd").json()["id"] == "two\nlines"

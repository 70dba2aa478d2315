"""What the guards let through: tokens by scope, signed pictures, and nothing from another site's page."""

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import httpx
import pytest
import uvicorn
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Mount

from api.auth import guards
from api.head import HeadAsGet
from api.problems import handle_problems
from core.links import image_link
from core.settings import Settings
from core.signing import Signer
from core.tokens import FILE, READ, Tokens
from core.workspace import Workspace

HOST = "127.0.0.1:8501"
ODD_IDS = ("1", "a/b", "it's 50% off?a=1&b#c;d", "two\nlines", "東京 🙂", "a+b c", "x/thumbnail", "back\\slash")
Connect = Callable[..., TestClient]


class Anything(Convertor[str]):
    """Any characters in a path, as an image's id may have them."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def small_api(space: Workspace) -> Starlette:
    """Two routes that read, one that changes, each answering who asked; below /api as in the server."""
    app = FastAPI()
    handle_problems(app)
    register_url_convertor("anything", Anything())
    held = guards(lambda: space)
    reading, writing = [Depends(held.reading)], [Depends(held.writing)]

    @app.get("/images/{image_id:anything}/thumbnail", dependencies=reading)
    def thumbnail(request: Request, image_id: str) -> dict[str, str]:
        return {"who": request.state.who, "image": image_id}

    @app.get("/things", dependencies=reading)
    def things(request: Request) -> dict[str, str]:
        return {"who": request.state.who}

    @app.post("/search")
    def search(request: Request, _: Annotated[None, Depends(held.reading)]) -> dict[str, str]:
        return {"who": request.state.who}

    @app.delete("/things", dependencies=writing)
    @app.post("/things", dependencies=writing)
    def change(request: Request) -> dict[str, str]:
        return {"who": request.state.who}

    app.add_middleware(HeadAsGet)
    mount = Mount("/api", app=app)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return Starlette(routes=[mount])


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path)


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Connect]:
    """Opens the small API with some settings; requests come from the server's own address."""
    opened: list[Workspace] = []

    def connected(**settings: object) -> TestClient:
        opened.append(Workspace.open(Settings(workspace=tmp_path, **settings)))  # type: ignore[arg-type]
        return TestClient(small_api(opened[-1]), base_url=f"http://{HOST}", raise_server_exceptions=False)

    yield connected
    for space in opened:
        space.originals.close()


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def check_refused(answer: httpx.Response, status: int, title: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"status", "title", "detail", "hint"}
    assert body["status"] == status
    assert title in body["title"]
    assert body["hint"]
    assert answer.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)


def check_passed(answer: httpx.Response, who: str) -> None:
    assert answer.status_code == 200, answer.text
    assert answer.json()["who"] == who


def test_without_any_token_everything_is_open(connect: Connect) -> None:
    for client in (connect(), connect(read_needs_token=True)):
        check_passed(client.get("/api/things"), "")
        check_passed(client.post("/api/things"), "")
        check_passed(client.delete("/api/things"), "")
        check_passed(client.post("/api/things", headers=bearer("vtr_of-elsewhere")), "")
        check_passed(client.get("/api/images/1/thumbnail"), "")


def test_changes_need_a_token_once_there_is_one(connect: Connect, tokens: Tokens) -> None:
    client = connect()
    _, secret = tokens.make("ci")
    check_refused(client.post("/api/things"), 401, "Changes need a token")
    check_refused(client.delete("/api/things"), 401, "Changes need a token")
    check_passed(client.post("/api/things", headers=bearer(secret)), "ci")
    check_passed(client.delete("/api/things", headers={"authorization": f"bearer {secret}"}), "ci")
    check_passed(client.get("/api/things"), "")
    check_passed(client.get("/api/things", headers=bearer(secret)), "ci")
    check_passed(client.post("/api/search"), "")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer vtr_wrong",
        "Basic {secret}",
        "{secret}",
        "Bearer {secret}x",
        "Bearer  x {secret}",
    ],
)
def test_wrong_headers_are_nobodys(connect: Connect, tokens: Tokens, header: str) -> None:
    client = connect(read_needs_token=True)
    _, secret = tokens.make("ci")
    headers = {"Authorization": header.format(secret=secret)}
    check_refused(client.post("/api/things", headers=headers), 401, "Changes need a token")
    check_refused(client.get("/api/things", headers=headers), 401, "Reading needs a token")


def test_a_token_in_the_address_is_not_taken(connect: Connect, tokens: Tokens) -> None:
    _, secret = tokens.make("ci")
    client = connect()
    check_refused(client.post("/api/things", params={"token": secret, "access_token": secret}), 401, "Changes")


def test_reading_needs_a_token_where_the_settings_say_so(connect: Connect, tokens: Tokens) -> None:
    client = connect(read_needs_token=True)
    _, reader = tokens.make("viewer", READ)
    _, writer = tokens.make("ci")
    check_refused(client.get("/api/things"), 401, "Reading needs a token")
    check_refused(client.post("/api/search"), 401, "Reading needs a token")
    assert client.head("/api/things").status_code == 401
    for secret, who in ((reader, "viewer"), (writer, "ci")):
        check_passed(client.get("/api/things", headers=bearer(secret)), who)
        check_passed(client.post("/api/search", headers=bearer(secret)), who)


def test_a_reading_token_changes_nothing(connect: Connect, tokens: Tokens) -> None:
    _, reader = tokens.make("viewer", READ)
    answer = connect().post("/api/things", headers=bearer(reader))
    check_refused(answer, 403, "may only read")
    assert "viewer" in answer.json()["title"]


def test_revoked_and_expired_tokens_are_refused_at_once(connect: Connect, tokens: Tokens, tmp_path: Path) -> None:
    client = connect()
    _, gone = tokens.make("gone")
    _, old = tokens.make("old", days=1)
    check_passed(client.post("/api/things", headers=bearer(gone)), "gone")
    check_passed(client.post("/api/things", headers=bearer(old)), "old")
    tokens.revoke("gone")
    held = json.loads((tmp_path / FILE).read_text())
    held["tokens"][0]["expires"] = held["tokens"][0]["created"]
    (tmp_path / FILE).write_text(json.dumps(held))
    for secret in (gone, old):
        answer = client.post("/api/things", headers=bearer(secret))
        check_refused(answer, 401, "Changes need a token")
        assert "revoked or expired" in answer.json()["detail"]
    tokens.revoke("old")
    check_refused(client.post("/api/things"), 401, "Changes need a token")


def test_damage_to_the_tokens_closes_the_api(connect: Connect, tmp_path: Path) -> None:
    client = connect(read_needs_token=True)
    (tmp_path / FILE).write_text("{}")
    for answer in (
        client.get("/api/things"),
        client.post("/api/things"),
        client.post("/api/things", headers=bearer("x")),
    ):
        check_refused(answer, 507, "damaged")


@pytest.mark.parametrize("id", ODD_IDS)
def test_a_signed_thumbnail_needs_no_token(connect: Connect, tokens: Tokens, tmp_path: Path, id: str) -> None:
    tokens.make("ci")
    client = connect(read_needs_token=True)
    address = image_link("shoes", id, "thumbnail", "0" * 64)
    check_refused(client.get(address), 401, "Reading needs a token")
    signed = Signer(tmp_path).sign(address)
    answer = client.get(signed)
    check_passed(answer, "")
    assert answer.json()["image"] == id
    assert client.head(signed).status_code == 200
    for wrong in (signed + "x", signed[:-1], signed + "&extra=1", signed.replace("=shoes", "=hats")):
        check_refused(client.get(wrong), 401, "Reading needs a token")
    check_refused(client.get(signed.replace("/thumbnail", "x/thumbnail")), 401, "Reading needs a token")


def test_a_real_server_checks_signatures_of_any_id(connect: Connect, tokens: Tokens, tmp_path: Path) -> None:
    _, secret = tokens.make("ci")
    config = uvicorn.Config(connect(read_needs_token=True).app, port=0, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            for id in (*ODD_IDS, "50%25 off", "100%"):
                address = image_link("größe", id, "thumbnail", "0" * 64)
                assert client.get(Signer(tmp_path).sign(address)).json() == {"who": "", "image": id}
                check_refused(client.get(address), 401, "Reading needs a token")
                check_passed(client.get(address, headers=bearer(secret)), "ci")
    finally:
        server.should_exit = True
        thread.join()


def test_a_signature_opens_pictures_and_nothing_else(connect: Connect, tokens: Tokens, tmp_path: Path) -> None:
    tokens.make("ci")
    client = connect(read_needs_token=True)
    signer = Signer(tmp_path)
    check_refused(client.get(signer.sign("/api/things")), 401, "Reading needs a token")
    check_refused(client.get(signer.sign("/api/things?x=/images/1/thumbnail")), 401, "Reading needs a token")
    check_refused(client.post(signer.sign("/api/things")), 401, "Changes need a token")
    check_refused(client.post(signer.sign("/api/search")), 401, "Reading needs a token")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        f"http://{HOST}.evil.example",
        "http://127.0.0.1:8502",
        "http://127.0.0.1",
        "http://localhost:8501",
        "null",
        "",
        "file://",
        "http://[",
        f"ftp://{HOST}",
        f"http://user@{HOST}",
    ],
)
def test_a_page_of_another_site_gives_no_orders(connect: Connect, tokens: Tokens, origin: str) -> None:
    client = connect()
    headers = {"Origin": origin}
    for ask in (client.post, client.delete):
        check_refused(ask("/api/things", headers=headers), 403, "another site")
    check_refused(client.post("/api/search", headers=headers), 403, "another site")
    check_refused(client.post("/api/things", headers={**headers, **bearer("made-up")}), 403, "another site")
    check_passed(client.get("/api/things", headers=headers), "")
    _, secret = tokens.make("ci")
    check_refused(client.post("/api/things", headers=headers), 403, "another site")
    check_passed(client.post("/api/things", headers={**headers, **bearer(secret)}), "ci")


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (f"http://{HOST}", HOST),
        ("http://localhost:8501", "localhost:8501"),
        ("http://vitrine.localhost:8501", "vitrine.localhost:8501"),
        ("HTTP://LOCALHOST:8501", "localhost:8501"),
        ("http://[::1]:8501", "[::1]:8501"),
        ("https://192.168.1.5", "192.168.1.5"),
        ("https://192.168.1.5", "192.168.1.5:443"),
        ("http://192.168.1.5", "192.168.1.5:80"),
        ("http://photos.lan:8501", "photos.lan:8501"),
    ],
)
def test_its_own_pages_may_ask(connect: Connect, origin: str, host: str) -> None:
    client = connect(host="photos.lan")
    check_passed(client.post("/api/things", headers={"Origin": origin, "Host": host}), "")


def test_a_name_that_was_made_to_point_here_is_another_site(connect: Connect) -> None:
    headers = {"Origin": "http://evil.example:8501", "Host": "evil.example:8501"}
    check_refused(connect().post("/api/things", headers=headers), 403, "another site")
    check_passed(connect(insecure=True).post("/api/things", headers=headers), "")


def test_the_api_page_offers_to_give_a_token(connect: Connect) -> None:
    schema = connect().get("/api/openapi.json").json()
    assert schema["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert schema["paths"]["/things"]["post"]["security"] == [{"HTTPBearer": []}]


def test_no_secret_reaches_the_log(connect: Connect, tokens: Tokens, caplog: pytest.LogCaptureFixture) -> None:
    _, secret = tokens.make("ci")
    with caplog.at_level(logging.DEBUG):
        client = connect()
        client.post("/api/things", headers=bearer(secret))
        client.post("/api/things", headers=bearer(secret + "x"))
    assert secret not in caplog.text

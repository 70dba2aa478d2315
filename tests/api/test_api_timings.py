"""What answers cost, through the API: by kind, as files, and for Prometheus."""

import csv
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient

from api.app import create_api
from core.encoders.protocol import Encoder
from core.query.recipe import Recipe, Words
from core.settings import Settings
from core.timings.recorder import Recorder
from core.timings.store import Wanted
from core.workspace import Workspace


@pytest.fixture
def space(ingested: Path, encoder: Encoder, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the workspace with "things", about which nothing was recorded."""
    shutil.copytree(ingested, tmp_path / "workspace", ignore=shutil.ignore_patterns("timings"))
    opened = Workspace.open(Settings(workspace=tmp_path / "workspace"), encoder)
    yield opened
    opened.timings.flush()
    opened.originals.close()


@pytest.fixture
def client(space: Workspace) -> Iterator[TestClient]:
    with TestClient(create_api(lambda: space)) as opened:
        assert opened.post("/collections/things/run", json={"where": "shape=circle", "limit": 3}).status_code == 200
        assert opened.post("/collections/things/run", json={"text": "a red circle", "limit": 4}).status_code == 200
        yield opened


def test_each_answer_tells_its_recipe_its_rows_and_its_steps(client: TestClient) -> None:
    told = client.get("/timings").json()
    search, query = told["timings"]
    assert (query["kind"], query["rows"], query["front"], query["first"]) == ("query", 3, "api", 0)
    assert client.post("/collections/things/run", json={"where": query["recipe"]["where"]}).status_code == 200
    assert (search["kind"], search["recipe"]) == ("search", {"text": "a red circle", "n": "4"})
    vectors = next(item for item in search["steps"] if item["step"] == "vectors")
    assert (vectors["rows_in"], vectors["rows_out"]) == (60, 4)
    assert search["milliseconds"] >= sum(item["milliseconds"] for item in search["steps"] if not item["depth"]) - 0.1
    assert {one["kind"]: one["count"] for one in told["kinds"]} == {"query": 1, "search": 1}
    assert told["kinds"][0]["p50"] <= told["kinds"][0]["p99"] <= told["kinds"][0]["slowest"]


def test_counts_sql_and_edits_are_recorded_too(client: TestClient) -> None:
    where = {"where": "shape=circle"}
    asked = {**where, "limit": 2}
    ids = [hit["id"] for hit in client.post("/collections/things/run", json=asked).json()["rows"]]
    for path, parameters in (
        ("count", where),
        ("facets", where),
        ("histogram", {"column": "price"}),
        ("crosstab", {"first": "shape", "second": "price"}),
    ):
        assert client.get(f"/collections/things/{path}", params=parameters).status_code == 200
    statement = "SELECT count(*) FROM images"
    assert client.post("/collections/things/sql", json={"sql": statement}).status_code == 200
    edited = client.post("/collections/things/edit", json={"ids": ids, "add_tags": ["seen"]})
    assert edited.status_code == 200, edited.text
    told = client.get("/timings", params={"limit": 6}).json()["timings"]
    assert [one["kind"] for one in told] == ["edit", "sql", *["count"] * 4]
    assert (told[0]["rows"], told[1]["english"], told[1]["rows"]) == (2, statement, 1)
    assert [one["english"].partition(":")[0] for one in told[2:]] == [
        "Counts of two columns", "Histogram", "Counts by class", "Count",
    ]  # fmt: skip
    assert "circle" in told[-1]["english"]
    assert any(step["step"] == "sql" for one in told[2:-1] for step in one["steps"])  # the count was remembered


def test_kinds_collections_and_limits_choose_among_them(client: TestClient) -> None:
    assert [one["kind"] for one in client.get("/timings", params={"kind": "query"}).json()["timings"]] == ["query"]
    assert client.get("/timings", params={"collection": "other"}).json() == {"kinds": [], "timings": []}
    (slowest,) = client.get("/timings", params={"slowest": True, "limit": 1}).json()["timings"]
    assert slowest["milliseconds"] == max(
        one["milliseconds"] for one in client.get("/timings").json()["timings"]
    )  # fmt: skip
    answer = client.get("/timings", params={"kind": "nothing"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert client.get("/timings", params={"limit": 0}).status_code == 422


def test_as_csv_and_as_parquet(client: TestClient) -> None:
    answer = client.get("/timings", params={"format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["kind"] for row in rows] == ["search", "query"]
    parts = [float(value) for name, value in rows[0].items() if name.endswith("_ms")]
    assert sum(parts) == pytest.approx(float(rows[0]["milliseconds"]), abs=0.05)
    answer = client.get("/timings", params={"format": "parquet"})
    frame = pl.read_parquet(io.BytesIO(answer.content))
    assert frame["english"].to_list() == [row["english"] for row in rows]
    assert frame["encode_ms"][0] > 0 == frame["encode_ms"][1]


def test_prometheus_counts_each_answer_once_whoever_gave_it(client: TestClient, space: Workspace) -> None:
    def counted(kind: str) -> float:
        found = re.search(rf'vitrine_answer_seconds_count{{kind="{kind}"}} (\S+)', client.get("/metrics").text)
        return 0.0 if found is None else float(found[1])

    assert (counted("query"), counted("search")) == (1, 1)
    other = Workspace.open(space.settings, space.encoder())  # as another process would
    other.searcher("things").run(Recipe())
    other.searcher("things").run(Recipe(terms=(Words("blue"),)))
    other.timings.flush()
    assert (counted("query"), counted("search"), counted("search")) == (2, 2, 2)
    assert 'vitrine_step_seconds_bucket{kind="search",le="+Inf",step="vectors"} 2.0' in client.get("/metrics").text


def test_a_searched_picture_is_recorded_as_its_digest(client: TestClient, space: Workspace) -> None:
    _, webp = space.thumbnail("things", space.searcher("things").run(Recipe(limit=1)).hits[0].row.id)
    assert client.post("/closest_img_ids", files={"image": ("secret name.webp", webp)}).status_code == 200
    space.timings.flush()
    (latest, *_) = Recorder(space.folder, 10).records(Wanted(("search",)))
    assert latest.recipe is not None
    assert re.fullmatch(r"[0-9a-f]{64}", latest.recipe["image"])
    kept = (space.folder / "timings" / "timings.sqlite").read_bytes()
    assert b"secret name" not in kept
    assert webp[:40] not in kept

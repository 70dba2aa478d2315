"""What is in a bundle, in which order, and what is said about it."""

import csv
import io
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.collection.store import Collection
from core.encoders.protocol import Encoder
from core.errors import BusyError, InputError, NotFoundError, QueryError, StorageError
from core.export import selection
from core.export.formats import FORMATS
from core.export.request import ExportRequest
from core.ingest.progress import Progress
from core.query.recipe import All, ImageId, OneOf, Order, Recipe
from core.query.url import to_parameters
from core.settings import Settings
from core.workspace import Workspace
from tests.core.export.exporting import assert_sound, contents, manifest_of, take, take_made_up, take_request
from tests.made_up import fill, unit_vectors

GOLDEN = Path(__file__).parent / "golden"
SQUARES = All((OneOf("shape", ("square",)),))


@pytest.fixture(scope="module")
def space(ingested: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A copy of the workspace with "things" that may be exported to; its images are for reading only."""
    folder = tmp_path_factory.mktemp("exports") / "workspace"
    shutil.copytree(ingested, folder)
    opened = Workspace.open(Settings(workspace=folder), encoder)
    yield opened
    opened.originals.close()


def lines(files: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files["metadata.csv"].decode(), newline="")))


def odd_things(folder: Path) -> Collection:
    """Three images with every type of column, odd values and names that an export has for itself."""
    columns = {
        "title": pa.array(["plain", '=1+1, "quoted"', "two\nlines é 🙂"]),
        "price": pa.array([1.5, None, -0.25]),
        "count": pa.array([2**53 + 1, -7, None], pa.int64()),
        "made": pa.array([datetime(2012, 5, 1), None, datetime(1999, 12, 30, 23, 59, 58, 7)], pa.timestamp("us")),
        "sold": pa.array([True, False, None]),
        "file": pa.array(["a.jpg", None, "c.jpg"]),
        "score": pa.array([3, 2, 1], pa.int64()),
        "tags": pa.array([["new", "it's"], [], None], pa.list_(pa.string())),
    }
    vectors = unit_vectors(3)
    vectors[2] = vectors[0]
    return fill(folder, "odd", columns, ["a", "B/b", "=c"], vectors)


@pytest.mark.parametrize("metadata", sorted(FORMATS))
def test_golden_table(tmp_path: Path, metadata: str) -> None:
    recipe = to_parameters(Recipe(terms=(ImageId("a"),)))
    made = take_made_up(tmp_path, odd_things(tmp_path), "odd", recipe=recipe, metadata=metadata, images="thumbnail")
    name = f"metadata.{metadata}"
    data = assert_sound(made)[name]
    if metadata == "parquet":
        found, golden = pq.read_table(io.BytesIO(data)), pq.read_table(GOLDEN / name)
        assert found.schema == golden.schema
        assert found.to_pylist() == golden.to_pylist()
    elif metadata == "xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            assert book.read("xl/worksheets/sheet1.xml").decode() == (GOLDEN / "sheet1.xml").read_text(encoding="utf-8")
    else:
        assert data.decode() == (GOLDEN / name).read_bytes().decode()


def test_golden_manifest(tmp_path: Path) -> None:
    recipe = to_parameters(Recipe(where=All((OneOf("sold", (True, None)),)), order=Order("price", True), limit=7))
    made = take_made_up(tmp_path, odd_things(tmp_path), "odd", recipe=recipe, whole=False, images="thumbnail")
    manifest = json.loads(assert_sound(made)["manifest.json"])
    assert manifest.pop("version")
    golden = json.loads((GOLDEN / "manifest.json").read_text(encoding="utf-8"))
    assert manifest == golden
    assert list(manifest)[-1] == "files"


def test_a_bundle_of_originals(space: Workspace) -> None:
    made = take(space, "all")
    files = assert_sound(made)
    rows = lines(files)
    catalog = space.catalog("things")
    assert [row["id"] for row in rows] == catalog.ids(All(), None, 100)
    assert (made.matching, made.rows, made.exported, made.failed, made.exact) == (60, 60, 60, 0, True)
    assert "failures.jsonl" not in files
    for row in rows:
        assert files[row["file"]] == space.original("things", row["id"])
        assert row["file"].startswith("images/")
        assert Path(row["file"]).suffix == Path(str(space.image("things", row["id"]).values["uri"])).suffix
    summary = made.summary()
    assert json.loads(json.dumps(summary)) == summary
    assert summary["bytes"] == sum(path.stat().st_size for path in made.path.rglob("*") if path.is_file())


def test_thumbnails_and_none(space: Workspace) -> None:
    files = assert_sound(take(space, "thumbs", images="thumbnail"))
    assert all(files[row["file"]] == space.thumbnail("things", row["id"])[1] for row in lines(files))
    bare = assert_sound(take(space, "bare", images="none"))
    assert sorted(bare) == ["manifest.json", "metadata.csv"]
    assert "file" not in lines(bare)[0]


@pytest.mark.parametrize(
    ("recipe", "whole", "count"),
    [
        (Recipe(where=SQUARES, order=Order("price", True), limit=5), False, 5),
        (Recipe(order=Order("title"), limit=5), True, 60),
        (Recipe(where=SQUARES, limit=3, sample=True, seed=4), False, 3),
    ],
)
def test_rows_stand_in_the_results_order(space: Workspace, recipe: Recipe, whole: bool, count: int) -> None:
    made = take(space, f"order-{count}", recipe=to_parameters(recipe), whole=whole, images="none")
    found = [row["id"] for row in lines(assert_sound(made))]
    result = space.searcher("things").run(Recipe(**{**vars(recipe), "limit": 100 if whole else recipe.limit}))
    assert found == [hit.row.id for hit in result.hits]
    assert (len(found), made.matching) == (count, result.matching)
    assert manifest_of(made.path)["sentence"] == result.sentence


def test_a_sample_taken_whole_is_no_sample(space: Workspace) -> None:
    made = take(space, "sampled", recipe=to_parameters(Recipe(sample=True, limit=3)), images="none")
    assert (made.rows, len(made.notes)) == (60, 1)
    assert "no sample" in made.notes[0]
    assert manifest_of(made.path)["sentence"] == "All images"


def test_similarity_keeps_its_limit_and_says_so(space: Workspace) -> None:
    recipe = Recipe(terms=(ImageId("thing-031"),), limit=4)
    made = take(space, "alike", recipe=to_parameters(recipe), images="none")
    hits = space.searcher("things").run(recipe).hits
    rows = lines(assert_sound(made))
    assert [row["id"] for row in rows] == [hit.row.id for hit in hits]
    assert [float(row["score"]) for row in rows] == pytest.approx([hit.score for hit in hits], abs=1e-6)
    assert "limit of 4 stays" in made.notes[0]
    assert manifest_of(made.path)["notes"] == list(made.notes)


def test_many_rows_come_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "PAGE_ROWS", 7)
    monkeypatch.setattr(selection, "BLOCK_IDS", 20)
    ids = [f"i{place:03}" for place in range(95)]
    collection = fill(tmp_path, "many", {"n": pa.array([place * 37 % 95 for place in range(95)])}, ids)
    recipe = to_parameters(Recipe(order=Order("n", True)))
    made = take_made_up(tmp_path, collection, "many", recipe=recipe, images="thumbnail")
    assert [int(row["n"]) for row in lines(assert_sound(made))] == list(range(94, -1, -1))
    assert pq.ParquetFile(
        take_made_up(tmp_path, collection, "typed", metadata="parquet").path / "metadata.parquet"
    ).num_row_groups == 15  # fmt: skip


def test_nothing_that_matches_is_an_empty_bundle(space: Workspace) -> None:
    recipe = to_parameters(Recipe(where=All((OneOf("shape", ("star",)),))))
    for metadata in FORMATS:
        made = take(space, f"none-{metadata}", recipe=recipe, metadata=metadata)
        assert_sound(made)
        assert (made.matching, made.rows, made.files) == (0, 0, 2)


@contextmanager
def moved_aside(*paths: Path) -> Iterator[None]:
    """Originals that are gone while the block runs; they are shared with other tests."""
    for path in paths:
        os.replace(path, path.with_name(f".{path.name}"))
    try:
        yield
    finally:
        for path in paths:
            os.replace(path.with_name(f".{path.name}"), path)


def test_what_cannot_be_read_is_told(space: Workspace) -> None:
    gone, changed = "thing-020", "thing-021"
    paths = [Path(str(space.image("things", id).values["uri"])) for id in (gone, changed)]
    other = space.original("things", "thing-030")
    with moved_aside(*paths):
        paths[1].write_bytes(other)
        made = take(space, "holes")
    files = assert_sound(made)
    told = [json.loads(line) for line in files["failures.jsonl"].decode().splitlines()]
    assert [(item["id"], item["outcome"]) for item in told] == [(gone, "missing"), (changed, "changed")]
    assert all(item["reason"] and str(paths[0].parent) not in item["reason"] for item in told)
    assert (made.rows, made.exported, made.failed) == (60, 58, 2)
    assert {row["id"] for row in lines(files) if not row["file"]} == {gone, changed}
    counts = {"matching": 60, "rows": 60, "exported": 58, "failed": 2, "exact": True}
    assert manifest_of(made.path)["counts"] == counts


def test_an_archive_is_the_folder_packed(space: Workspace) -> None:
    folder = contents(take(space, "loose").path)
    packed = take(space, "packed", layout="zip")
    files = assert_sound(packed)
    assert packed.path.name == "packed.zip"
    assert packed.bytes == packed.path.stat().st_size
    assert {name: data for name, data in files.items() if name != "manifest.json"} == {
        name: data for name, data in folder.items() if name != "manifest.json"
    }
    with zipfile.ZipFile(packed.path) as archive:
        infos = archive.infolist()
    assert [info.filename for info in infos] == [
        "metadata.csv", *(row["file"] for row in lines(files)), "manifest.json",
    ]  # fmt: skip
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.compress_type for info in infos if "/" in info.filename} == {zipfile.ZIP_STORED}


@pytest.mark.parametrize("layout", ["folder", "zip"])
@pytest.mark.parametrize("metadata", sorted(FORMATS))
def test_the_same_request_gives_the_same_bytes(space: Workspace, layout: str, metadata: str) -> None:
    what = {"recipe": to_parameters(Recipe(where=SQUARES)), "layout": layout, "metadata": metadata}
    first = contents(take(space, f"twice-{layout}-{metadata}", **what).path)
    again = take(space, f"twice-{layout}-{metadata}", **what)
    assert contents(again.path) == first
    assert list(assert_sound(again)) == list(first)


def test_progress_ends_where_it_should(space: Workspace) -> None:
    told: list[Progress] = []
    take(space, "told", told.append, layout="zip")
    assert (told[0].stage, told[1]) == ("Finding the images", Progress("Exporting images", 0, 60))
    assert Progress("Exporting images", 60, 60) in told
    assert told[-1] == Progress("Packing the archive", 62, 62)


@pytest.mark.parametrize(
    ("what", "kind", "title"),
    [
        ({"name": "../out"}, InputError, "cannot name an export"),
        ({"name": ""}, InputError, "cannot name an export"),
        ({"name": "a.zip"}, InputError, "cannot name an export"),
        ({"metadata": "ods"}, InputError, "no metadata format “ods”"),
        ({"images": "big"}, InputError, "no kind of images “big”"),
        ({"layout": "tar"}, InputError, "no layout “tar”"),
        ({"collection": "others"}, InputError, "not of “things”"),
        ({"recipe": {"where": "["}}, QueryError, "cannot be read"),
        ({"recipe": {"n": 5}}, InputError, "not all text"),
        ({"recipe": {"where": '[["colour","in",["red"]]]'}}, QueryError, "no column “colour”"),
        ({"recipe": {"sort": "+colour"}}, QueryError, "no column “colour”"),
        ({"recipe": {"like": "nobody"}}, NotFoundError, "no image “nobody”"),
    ],
)
def test_what_cannot_be_met_is_refused(space: Workspace, what: dict, kind: type, title: str) -> None:
    collection = what.get("collection", "things")
    name = what.get("name", "refused")
    others = {key: value for key, value in what.items() if key not in ("collection", "name")}
    request = ExportRequest(collection, name, **{"recipe": {}, "whole": True, **others})
    with pytest.raises(kind, match=title):
        take_request(space, request)
    assert not (space.folder / "exports" / "refused").exists()


def test_a_request_is_plain_json(space: Workspace) -> None:
    request = ExportRequest("things", "j", to_parameters(Recipe(where=SQUARES)), metadata="jsonl")
    assert ExportRequest(**json.loads(json.dumps(asdict(request)))) == request


@pytest.mark.parametrize("layout", ["folder", "zip"])
def test_nothing_else_is_written_over(space: Workspace, layout: str) -> None:
    name = f"kept-{layout}"
    before = contents(take(space, name, layout=layout, images="none").path)
    with pytest.raises(InputError, match="is the export of another request"):
        take(space, name, layout=layout, images="none", recipe={"n": "3"}, whole=False)
    path = space.folder / "exports" / (name if layout == "folder" else f"{name}.zip")
    assert contents(path) == before
    other = path.with_name(path.name.replace("kept", "foreign"))
    other.mkdir() if layout == "folder" else other.write_text("mine")
    with pytest.raises(InputError, match="is not an export"):
        take(space, f"foreign-{layout}", layout=layout)
    assert other.exists()


def test_one_at_a_time(space: Workspace) -> None:
    def meanwhile(progress: Progress) -> None:
        with pytest.raises(BusyError, match="being made already"):
            take(space, "busy", images="none")

    assert take(space, "busy", meanwhile, images="none").rows == 60


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    collection = odd_things(tmp_path)
    (tmp_path / "exports").write_text("in the way")
    with pytest.raises(StorageError, match="could not be written"):
        take_made_up(tmp_path, collection, "odd")

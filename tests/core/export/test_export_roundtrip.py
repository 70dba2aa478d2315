"""A bundle that is brought in again gives the collection it came from: ids, values, types, headers and tags."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from core.collection.schema import label, metadata_fields
from core.collection.tags import replace_tags
from core.encoders.protocol import Encoder
from core.errors import SourceError
from core.export import shards, workbook
from core.export.layouts import LAYOUTS
from core.ingest.ledger import Ledger
from core.ingest.plan import IngestRequest
from core.settings import Settings
from core.workspace import Workspace
from tests.core.export.exporting import take
from tests.core.ingest.bench import drawing

IDS = (
    "plain", "=c", "it's", 'a "quoted" one', "two\nlines", "007", "a.b", "Same", "same", " blank ", "два/слова", "+1",
)  # fmt: skip
TEXTS = (
    "=1+1", "'quoted'", 'say "hi", he said', "two\r\nlines\rand a tab\there", "007", "<r>1.50</b></r>", "''=NA", "true",
    "2012-05-01",
    "é 🙂 東京 _x0041_", "@sum(A1) \u2028 </t>", None,
)  # fmt: skip
TAGS = {"plain": ["new", "it's", "=tag"], "=c": ['é "q", 🙂'], "same": ["a,b"]}
LAID_OUT = [(layout, metadata) for layout, about in LAYOUTS.items() for metadata in about.formats]


@pytest.fixture(scope="module")
def space(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with the collection "things", all of whose values are odd in some way."""
    folder = tmp_path_factory.mktemp("roundtrip")
    (folder / "source").mkdir()
    for place in range(len(IDS)):
        (folder / "source" / f"{place}.png").write_bytes(drawing(place))
    moments = [datetime(2012, 5, 1), datetime(1899, 12, 31, 23, 59, 59), datetime(1900, 1, 31), datetime(1900, 3, 1)]
    moments += [datetime(1999, 12, 30, 23, 59, 58, 7), datetime(2024, 2, 29, 1, 2, 3, 250_000)]
    columns = {
        "id": list(IDS),
        "image": [f"{place}.png" for place in range(len(IDS))],
        "title": list(TEXTS),
        "=Größe": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", None, "011"],
        "price": [1.5, -0.25, 1e300, 3.0, 0.1, 1234567.890625, None, 2.0, -7.0, 5e-324, 0.0, 9.0],
        "count": [2**53 + 1, -(2**60), 0, -7, None, 2**63 - 1, 1, 2, 3, 4, 5, 10**15],
        "made": [*moments, *[None] * 6],
        "for sale": [True, False, None] * 4,
        "nothing": pl.Series([None] * 12, dtype=pl.Int64),
        "file": ["a", "b"] * 6,
        "Score": [3, 2, 1] * 4,
    }
    pl.DataFrame(columns).write_parquet(folder / "source" / "list.parquet")
    opened = Workspace.open(Settings(workspace=folder / "workspace"), encoder)
    source = str(folder / "source" / "list.parquet")
    opened.ingest(IngestRequest(source, "things", id_column="id", image_column="image"))
    collection = opened.collection("things")
    assert replace_tags(collection, TAGS, lambda tag: False) == len(TAGS)
    collection.update(pa.table({"id": ["plain"], "_Größe": [""]}))
    yield opened
    opened.originals.close()


def known(space: Workspace, name: str) -> dict[str, dict[str, Any]]:
    """Metadata and tags by id."""
    collection = space.collection(name)
    names = ["id", "tags", *(field.name for field in metadata_fields(collection.schema))]
    rows = collection.dataset().to_table(columns=names).to_pylist()
    return {row["id"]: {**row, "tags": list(row["tags"] or [])} for row in rows}


def told(space: Workspace, name: str) -> list[tuple[str, pa.DataType, str]]:
    """Names, types and headers of the columns."""
    return [(field.name, field.type, label(field)) for field in metadata_fields(space.collection(name).schema)]


def expected(space: Workspace, metadata: str) -> dict[str, dict[str, Any]]:
    """What the format can tell: an empty text is missing in CSV."""
    rows = known(space, "things")
    if metadata == "csv":
        rows["plain"]["_Größe"] = None
    return rows


def bring(space: Workspace, source: Path, name: str, **request: Any) -> Ledger:
    ledger = space.ingest(IngestRequest(str(source), name, **request))
    assert ledger.counts.problems() == []
    assert all(entry.reason for entry in ledger.entries)
    return ledger


@pytest.mark.parametrize(("layout", "metadata"), LAID_OUT)
def test_everything_comes_back(space: Workspace, layout: str, metadata: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "MOST_IMAGES", 5)
    name = f"{layout}-{metadata}"
    made = take(space, name, layout=layout, metadata=metadata)
    ledger = bring(space, made.path, name)
    assert known(space, name) == expected(space, metadata)
    assert told(space, name) == told(space, "things")
    counts = ledger.counts
    assert (counts.rows_read, counts.rows_matched, counts.images_added) == (12, 12, 12)
    assert counts.images_without_row == counts.rows_repaired == 0
    assert ledger.table == f"metadata.{metadata}"
    assert {entry.key for entry in ledger.entries} <= {"README.md"}
    for id in IDS:
        assert space.original(name, id) == space.original("things", id)

    version = space.collection(name).version
    again = bring(space, made.path, name).counts
    assert (again.images_unchanged, again.images_added, again.metadata_updated) == (12, 0, 0)
    assert space.collection(name).version == version


def test_thumbnails_come_back_and_are_told(space: Workspace) -> None:
    made = take(space, "thumbs", images="thumbnail", metadata="jsonl")
    ledger = bring(space, made.path, "thumbs")
    assert known(space, "thumbs") == known(space, "things")
    assert any("thumbnails" in note for note in ledger.notes)


def test_a_part_of_a_collection_with_scores_and_companions(space: Workspace) -> None:
    recipe = {"q": "a drawing", "n": "4"}
    made = take(space, "part", recipe=recipe, whole=False, embeddings="npy", annotations="coco")
    ledger = bring(space, made.path, "part")
    whole = expected(space, "csv")
    rows = known(space, "part")
    assert len(rows) == 4
    assert rows == {id: whole[id] for id in rows}
    assert told(space, "part") == told(space, "things")
    assert {entry.key for entry in ledger.entries} == {
        "annotations.coco.json", "embeddings.npy", "embeddings_ids.json",
    }  # fmt: skip


def test_a_workbook_of_several_sheets_with_long_texts(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 6)
    monkeypatch.setattr(workbook, "MOST_UNITS", 20)
    monkeypatch.setattr(workbook, "PIECE", 14)
    made = take(space, "sheets", metadata="xlsx")
    with zipfile.ZipFile(made.path / "metadata.xlsx") as book:
        assert book.read("xl/workbook.xml").count(b"<sheet ") > 4
    assert bring(space, made.path, "sheets").counts.rows_matched == 12
    assert known(space, "sheets") == known(space, "things")


def test_csv_keeps_an_apostrophe_that_is_no_protection(space: Workspace) -> None:
    made = take(space, "quotes")
    table = made.path / "metadata.csv"
    assert "'=1+1" in table.read_text(encoding="utf-8")
    bring(space, made.path, "quotes")
    titles = {id: row["title"] for id, row in known(space, "quotes").items()}
    assert (titles["plain"], titles["=c"], titles["Same"]) == ("=1+1", "'quoted'", "true")


@pytest.mark.parametrize("metadata", LAYOUTS["imagefolder"].formats)
def test_classes_of_an_imagefolder_are_no_column(space: Workspace, metadata: str) -> None:
    name = f"classes-{metadata}"
    made = take(space, name, layout="imagefolder", label_column="title", metadata=metadata)
    assert len([path for path in (made.path / "train").iterdir() if path.is_dir()]) == 12
    assert bring(space, made.path, name).counts.rows_matched == 12
    assert (known(space, name), told(space, name)) == (expected(space, metadata), told(space, "things"))


def test_an_export_without_images_is_refused(space: Workspace) -> None:
    for layout in ("folder", "zip"):
        made = take(space, f"bare-{layout}", images="none", layout=layout)
        with pytest.raises(SourceError, match="is an export without images") as caught:
            bring(space, made.path, "bare")
        assert "--table" in caught.value.hint


def test_originals_that_could_not_be_had_are_rows_without_image(space: Workspace) -> None:
    made = take(space, "gaps", metadata="jsonl")
    written = (made.path / "metadata.jsonl").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    lines = [json.loads(line) for line in written]
    (made.path / lines[0]["file"]).unlink()
    lines[1]["file"] = None
    (made.path / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (made.path / "images" / "stray.png").write_bytes(drawing(77))
    ledger = bring(space, made.path, "gaps")
    counts = ledger.counts
    assert (counts.rows_matched, counts.rows_without_image, counts.images_without_row) == (10, 2, 2)
    reasons = {entry.id: entry.reason for entry in ledger.entries if entry.outcome == "without-image"}
    assert reasons == {
        lines[0]["id"]: f"The bundle does not hold {lines[0]['file']}.",
        lines[1]["id"]: "The bundle has no file for this image; failures.jsonl in it tells why.",
    }
    assert "stray" in known(space, "gaps")


def test_back_into_the_collection_it_came_from(space: Workspace) -> None:
    made = take(space, "home", metadata="parquet")
    before, version = known(space, "things"), space.collection("things").version
    counts = bring(space, made.path, "things").counts
    assert (counts.images_unchanged, counts.images_added, counts.metadata_updated) == (12, 0, 0)
    assert known(space, "things") == before
    assert space.collection("things").version == version


def test_tags_given_since_stay_and_a_moved_bundle_is_the_same_one(space: Workspace, tmp_path: Path) -> None:
    made = take(space, "moving", layout="webdataset", metadata="parquet")
    here = tmp_path / "here"
    shutil.copytree(made.path, here)
    bring(space, here, "moving")
    replace_tags(space.collection("moving"), {"plain": ["other"], "007": ["mine"]}, lambda tag: True)
    here.rename(tmp_path / "there")
    counts = bring(space, tmp_path / "there", "moving").counts
    assert (counts.images_unchanged, counts.images_added, counts.images_updated) == (12, 0, 0)
    rows = known(space, "moving")
    assert (rows["plain"]["tags"], rows["007"]["tags"]) == (["other"], ["mine"])
    assert space.original("moving", "plain") == space.original("things", "plain")

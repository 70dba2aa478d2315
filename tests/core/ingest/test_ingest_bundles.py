"""Bundles as sources: which manifests count, what their tables tell, and what is said of those that are not whole."""

import csv
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.collection.schema import label, metadata_fields
from core.errors import SourceError, TableError
from core.ingest import workbooks
from core.ingest.manifests import HEAD_BYTES, parse_manifest
from core.ingest.sources import open_source
from core.settings import Settings
from tests.core.ingest.bench import Bench, drawing

COLUMNS = (
    ("id", "id", "string"),
    ("file", "", "string"),
    ("score", "", "double"),
    ("Size", "size", "string"),
    ("count", "count", "int64"),
    ("tags", "tags", "list<item: string>"),
)
ROWS = (
    ("a", "images/a.png", "0.5", "007", "7", '["x", "y"]'),
    ("'=b", "images/b~1.png", "0.25", "1.50", "", "[]"),
)


def manifest(columns: Sequence[tuple[str, str, str]] = COLUMNS, **more: Any) -> bytes:
    told = [{"header": header, "column": column, "type": kind} for header, column, kind in columns]
    head = {"tool": "Vitrine", "layout": "folder", "images": "original", "metadata": "csv", **more, "columns": told}
    text = json.dumps(head, indent=2).removesuffix("\n}") + ',\n  "files": [\n    {"file": "metadata.csv"}\n  ]\n}\n'
    return text.encode()


def table(rows: Sequence[Sequence[str]] = ROWS, headers: Sequence[str] = [name for name, _, _ in COLUMNS]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([headers, *rows])
    return text.getvalue().encode()


def files(**changed: bytes) -> dict[str, bytes]:
    """A bundle's files by path, "__" for what a keyword cannot hold."""
    whole = {
        "manifest.json": manifest(),
        "metadata.csv": table(),
        "images/a.png": drawing(1),
        "images/b~1.png": drawing(2),
    }
    return whole | {name.replace("__", "."): data for name, data in changed.items()}


def laid_out(folder: Path, members: Mapping[str, bytes]) -> Path:
    for name, data in members.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def shard(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def outcomes(ledger) -> dict[str, str]:
    return {entry.id or entry.key: entry.outcome for entry in ledger.entries}


def test_names_types_ids_and_tags_are_those_of_the_manifest(bench: Bench, tmp_path: Path) -> None:
    ledger = bench.bring(laid_out(tmp_path / "b", files()))
    rows = bench.rows()
    assert {id: (row["size"], row["count"], row["tags"]) for id, row in rows.items()} == {
        "a": ("007", 7, ["x", "y"]),
        "=b": ("1.50", None, []),
    }
    assert [(field.name, field.type, label(field)) for field in metadata_fields(bench.collection().schema)] == [
        ("size", pa.string(), "Size"),
        ("count", pa.int64(), "count"),
    ]
    assert (ledger.table, ledger.entries, ledger.notes) == ("metadata.csv", (), ())


def test_an_archive_may_hold_the_bundles_folder(bench: Bench, tmp_path: Path) -> None:
    members = {f"NAME/{name}": data for name, data in files().items()}
    assert bench.bring(zipped(tmp_path / "b.zip", members)).counts.rows_matched == 2
    assert sorted(bench.rows()) == ["=b", "a"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", "it is damaged"),
        (b"\xff\xfe\x00", "it is damaged"),
        (b"[" * 100_000, "it is damaged"),
        (b'{"name": "an app", "version": 3}', "it is not the manifest of an export or a set from Vitrine"),
        (b"[1]", "it is not the manifest of an export or a set from Vitrine"),
        (manifest(layout="spiral"), "it does not tell how the export is laid out"),
        (manifest(images=["original"]), "it does not tell how the export is laid out"),
        (manifest(COLUMNS[1:]), "it does not tell which column holds the ids"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_manifest_of_no_export_is_left_aside_with_a_note(
    bench: Bench, tmp_path: Path, data: bytes, reason: str, packed: bool
) -> None:
    members = files(manifest__json=data)
    source = zipped(tmp_path / "b.zip", members) if packed else laid_out(tmp_path / "b", members)
    ledger = bench.bring(source)
    assert f"manifest.json was left aside, for {reason}; the rest was read like any other source." in ledger.notes
    assert outcomes(ledger)["manifest.json"] == "ignored"
    assert "tags_" in bench.collection().schema.names
    assert sorted(bench.rows()) == ["a", "b~1"]


def test_a_manifest_is_read_no_further_than_its_list_of_files() -> None:
    head = manifest().partition(b'\n  "files"')[0] + b'\n  "files": [\n    {"file": "cut sho'
    assert parse_manifest(head).table == "metadata.csv"
    with pytest.raises(ValueError, match="it is damaged"):
        parse_manifest(manifest(notes="x" * HEAD_BYTES)[:HEAD_BYTES])


def test_a_bundle_without_its_table_or_images_is_refused(tmp_path: Path) -> None:
    members = files()
    del members["metadata.csv"]
    bare = files(manifest__json=manifest(images="none"))
    for source, title in ((members, "is an export whose table is gone"), (bare, "is an export without images")):
        for path in (laid_out(tmp_path / title, source), zipped(tmp_path / f"{title}.zip", source)):
            with pytest.raises(SourceError, match=title) as caught:
                open_source(str(path), Settings())
            assert caught.value.hint


def test_a_request_that_names_its_table_or_ids_is_met_as_ever(bench: Bench, tmp_path: Path) -> None:
    source = laid_out(tmp_path / "b", files())
    assert bench.bring(source, "bare", use_table=False).table == ""
    assert sorted(bench.rows("bare")) == ["a", "b~1"]
    bench.bring(source, "own", id_column="file")
    assert "tags_" in bench.collection("own").schema.names


def test_text_columns_stay_text(bench: Bench, tmp_path: Path) -> None:
    bench.bring(laid_out(tmp_path / "b", files()), text_columns=("count",))
    assert bench.rows()["a"]["count"] == "7"


def test_a_table_that_was_changed_since_is_read_as_far_as_it_goes(bench: Bench, tmp_path: Path) -> None:
    text = (
        "﻿id;file;count;tags;Added;count\n"
        'a;images/a.png;many;red, blue;12;1\n"two\nlines";images/b~1.png;3;"[""x""]";13;2\n'
        "a;images/a.png;1;[];14;\n;images/a.png;1;[];15;\nc;images/a.png;1;[];16;\n"
    )
    ledger = bench.bring(laid_out(tmp_path / "b", files(metadata__csv=text.encode())))
    rows = bench.rows()
    assert {id: (row["count"], row["tags"], row["Added"], row["count_2"]) for id, row in rows.items()} == {
        "a": ("many", [], 12, 1),
        "two\nlines": ("3", ["x"], 13, 2),
    }
    assert ledger.counts.rows_rejected == 2
    assert [(entry.outcome, entry.id) for entry in ledger.entries] == [
        ("repaired", "a"), ("duplicate-id", "a"), ("no-id", ""), ("without-image", "c"),
    ]  # fmt: skip
    assert set(ledger.notes) == {
        "The table has no column “Size” any more.",
        "Column “count” holds values of another type than the manifest says.",
    }


def test_a_manifest_names_no_column_of_the_systems_own(bench: Bench, tmp_path: Path) -> None:
    columns = (*COLUMNS[:3], ("Size", "vector", "string"), ("count", 'a"b', "int64"), COLUMNS[5])
    bench.bring(laid_out(tmp_path / "b", files(manifest__json=manifest(columns))))
    assert [field.name for field in metadata_fields(bench.collection().schema)] == ["vector_", "a_b"]


def test_a_path_that_leads_out_of_the_bundle_names_nothing(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(drawing(9))
    rows = (("a", "../secret.png", "", "", "", ""), ("b", str(tmp_path / "secret.png"), "", "", "", ""))
    ledger = bench.bring(laid_out(tmp_path / "b", files(metadata__csv=table(rows))))
    assert (ledger.counts.rows_without_image, ledger.counts.images_without_row) == (2, 2)
    assert not any("secret" in row["uri"] for row in bench.rows().values())


def test_shards_that_are_gone_damaged_or_inside_an_archive(bench: Bench, tmp_path: Path) -> None:
    rows = [(f"{place}", f"shards/00000{place}.tar!/{place}.png", "", "", str(place), "[]") for place in range(4)]
    members = {
        "manifest.json": manifest(layout="webdataset"),
        "metadata.csv": table(rows),
        "shards/000000.tar": shard({"0.png": drawing(0), "0.json": b"{}", "notes.txt": b"-"}),
        "shards/000001.tar": shard({"1.png": drawing(1), "1.json": b"{}"})[:-9_000],
        "shards/000002.tar": b"nothing at all" * 100,
        "loose.png": drawing(8),
    }
    ledger = bench.bring(laid_out(tmp_path / "b", members))
    assert {id: row["count"] for id, row in bench.rows().items() if id != "loose"}["0"] == 0
    assert outcomes(ledger) == {
        "2": "without-image",
        "3": "without-image",
        "shards/000000.tar!/notes.txt": "ignored",
        "loose": "without-row",
    } | {id: outcome for id, outcome in outcomes(ledger).items() if id == "1"}
    assert any("000002.tar" in note for note in ledger.notes)
    with pytest.raises(SourceError, match="is an archive of shards") as caught:
        open_source(str(zipped(tmp_path / "b.zip", members)), Settings())
    assert "Unpack" in caught.value.hint


def test_a_bundle_of_shards_without_any_is_refused(tmp_path: Path) -> None:
    members = {"manifest.json": manifest(layout="webdataset"), "metadata.csv": table()}
    with pytest.raises(SourceError, match="holds no images"):
        open_source(str(laid_out(tmp_path / "b", members)), Settings())


WORKBOOK = {
    "xl/workbook.xml": '<workbook><sheets><sheet name="metadata" r:id="a"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="a" Target="/xl/s.xml"/></Relationships>',
    "xl/sharedStrings.xml": "<sst>" + "".join(
        f"<si><r><t>{text}</t></r></si>" for text in ("id", "file", "Size", "a", "images/a.png", "_x0041_")
    ) + "</sst>",
    "xl/s.xml": "<worksheet><sheetData>"
    '<row><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="D1" t="s"><v>2</v></c></row>'
    '<row><c r="A2" t="s"><v>3</v></c><c t="s"><v>4</v></c><c r="D2" t="s"><v>5</v></c></row>'
    "</sheetData></worksheet>",
}  # fmt: skip


def test_a_workbook_that_excel_saved_again(bench: Bench, tmp_path: Path) -> None:
    book = zipped(tmp_path / "book", {name: text.encode() for name, text in WORKBOOK.items()}).read_bytes()
    members = {"manifest.json": manifest(metadata="xlsx"), "metadata.xlsx": book, "images/a.png": drawing(1)}
    ledger = bench.bring(laid_out(tmp_path / "b", members))
    assert bench.rows()["a"]["size"] == "A"
    assert (ledger.counts.rows_matched, ledger.counts.images_without_row) == (1, 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"xl/s.xml": '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'},
        {"xl/s.xml": "<worksheet><sheetData><row>"},
        {"xl/s.xml": '<worksheet><row><c r="ZZZZZZZZ1"><v>1</v></c></row></worksheet>'},
        {"xl/s.xml": '<worksheet><row><c t="s"><v>99</v></c></row></worksheet>'},
        {"xl/workbook.xml": '<workbook><sheet name="metadata" r:id="b"/></workbook>'},
    ],
)
def test_a_damaged_or_hostile_workbook_is_a_clear_error(tmp_path: Path, changed: dict[str, str]) -> None:
    book = zipped(tmp_path / "book", {name: text.encode() for name, text in (WORKBOOK | changed).items()}).read_bytes()
    members = {"manifest.json": manifest(metadata="xlsx"), "metadata.xlsx": book, "images/a.png": drawing(1)}
    with pytest.raises(TableError, match="cannot be read as an Excel workbook"):
        open_source(str(laid_out(tmp_path / "b", members)), Settings())


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_BYTES", 200)
    test_a_damaged_or_hostile_workbook_is_a_clear_error(tmp_path, {})

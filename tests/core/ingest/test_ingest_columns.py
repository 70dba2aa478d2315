"""A second table beside the columns that a collection has: names in any case, types that agree or are refused."""

import polars as pl
import pytest

from core.collection.catalog import Catalog
from core.collection.schema import label, metadata_fields
from core.errors import TableError
from tests.core.ingest.bench import draw_into


@pytest.fixture
def pair(bench, tmp_path):
    """Ingests two tables one after the other, about pictures a and b; returns the ledger of the second."""
    source = draw_into(tmp_path / "p", "a.png", "b.png")

    def bring(first: str, second: str, **options):
        for text in (first, second):
            table = tmp_path / "table.csv"
            table.write_text(text)
            ledger = bench.bring(source, table=str(table), **(options if text is second else {}))
        return ledger

    return bring


def types(bench) -> dict[str, str]:
    return {field.name: str(field.type) for field in metadata_fields(bench.collection().schema)}


def values(bench, column: str) -> tuple:
    rows = bench.rows()
    return rows["a"][column], rows["b"][column]


@pytest.mark.parametrize(
    ("first", "second", "kind", "found"),
    [
        ("1\n2", "1.5\n2", "double", (1.5, 2.0)),
        ("1.5\n2.5", "1\n2", "double", (1.0, 2.0)),
        ('""\n""', "3\n4", "int64", (3, 4)),
        ('""\n""', "2024-01-02\n", "timestamp[us]", None),
        ("x\n2", "1\n2", "string", ("1", "2")),
        ("x\n2", "007\n1.50", "string", ("007", "1.50")),
        ("x\ny", "1.50\n2", "string", ("1.50", "2")),
        ("1\n2", '""\n""', "int64", (None, None)),
        ("yes\nno", "no\nno", "bool", (False, False)),
    ],
)
def test_a_column_takes_what_fits_it(bench, pair, first, second, kind, found):
    def table(text: str) -> str:
        return "id,v\n" + "".join(f"{id},{value}\n" for id, value in zip("ab", text.split("\n"), strict=True))

    ledger = pair(table(first), table(second))
    assert types(bench) == {"v": kind}
    assert found is None or values(bench, "v") == found
    assert ledger.counts.images_unchanged == 2
    Catalog(bench.collection().dataset())


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("1\n2", "1\nn/a", ("whole numbers", "“n/a” in line 3")),
        ("1.5\n2", "1\nx", ("numbers", "“x” in line 3")),
        ("2024-01-02\n2024-01-03", "2024-01-02\nsoon", ("dates", "“soon” in line 3")),
        ("yes\nno", "yes\nperhaps", ("yes or no", "“perhaps”")),
        ("yes\nno", "1\n0", ("yes or no", "“1”")),
    ],
)
def test_a_column_that_does_not_fit_is_refused_before_anything_is_written(bench, pair, first, second, words):
    def table(text: str) -> str:
        return "id,My value\n" + "".join(f"{id},{value}\n" for id, value in zip("ab", text.split("\n"), strict=True))

    pair(table(first), table(first))
    before, version = bench.rows(), bench.collection().version
    with pytest.raises(TableError) as caught:
        pair(table(first), table(second))
    assert caught.value.title == "Column “My value” of table.csv does not fit this collection."
    assert all(word in caught.value.detail for word in words)
    assert "rename the column" in caught.value.hint
    assert (bench.rows(), bench.collection().version) == (before, version)


def test_names_that_differ_in_case_are_one_column(bench, pair):
    ledger = pair("id,Colour,N\na,red,1\nb,blue,2\n", "ID,colour,n,Ätna\na,green,1.5,x\nb,blue,2,y\n")
    assert types(bench) == {"Colour": "string", "N": "double", "Ätna": "string"}
    assert values(bench, "Colour") == ("green", "blue")
    assert "Column “colour” went into the collection's column “Colour”." in ledger.notes
    assert Catalog(bench.collection().dataset()).count_all == 2


def test_a_text_column_of_another_case_stays_text(bench, pair):
    pair("id,Size\na,XL\nb,1.50\n", "id,size\na,1.50\nb,2.0\n")
    assert values(bench, "Size") == ("1.50", "2.0")


def test_new_columns_come_with_their_headers(bench, pair):
    ledger = pair("id,a b\na,1\nb,2\n", "id,c d?\na,5\nb,6\n")
    assert ledger.counts.metadata_updated == 2
    assert [label(field) for field in metadata_fields(bench.collection().schema)] == ["a b", "c d?"]
    assert values(bench, "c_d_") == (5, 6)
    assert values(bench, "a_b") == (1, 2)


@pytest.mark.parametrize("header", ["ID", "Id"])
def test_an_id_column_in_capitals_is_the_id(bench, tmp_path, header):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    (source / "metadata.csv").write_text(f"{header},n\na,1\nb,2\n")
    bench.bring(source)
    assert types(bench) == {"n": "int64"}


def test_a_column_called_id_that_is_not_the_id_is_kept_under_another_name(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    (source / "metadata.csv").write_text("ID,id_,file,vector\n1,x,a.png,7\n2,y,b.png,8\n")
    bench.bring(source)
    assert types(bench) == {"id__": "int64", "id_": "string", "file": "string", "vector_": "int64"}
    assert (values(bench, "id__"), values(bench, "id_")) == ((1, 2), ("x", "y"))
    assert Catalog(bench.collection().dataset()).count_all == 2


def test_folders_that_do_not_fit_a_column_of_that_name_are_left_aside(bench, tmp_path):
    source = draw_into(tmp_path / "p", "x/a.png", "y/b.png")
    (tmp_path / "t.csv").write_text("id,Folder\na,1\nb,2\n")
    bench.bring(source, table=str(tmp_path / "t.csv"))
    ledger = bench.bring(source, use_table=False)
    assert any("folders were not noted" in note for note in ledger.notes)
    assert values(bench, "Folder") == (1, 2)


@pytest.mark.parametrize("ids", [("1.50", "2.0"), ("007", "8"), ("2020-01-01", "2020-01-02"), ("yes", "no")])
def test_ids_are_read_as_they_are_written(bench, tmp_path, ids):
    source = draw_into(tmp_path / "p", *(f"{id}.png" for id in ids))
    (source / "metadata.csv").write_text("id,n\n" + "".join(f"{id},{place}\n" for place, id in enumerate(ids)))
    ledger = bench.bring(source)
    assert (ledger.counts.rows_matched, ledger.counts.images_without_row) == (2, 0)
    assert {id: row["n"] for id, row in bench.rows().items()} == {ids[0]: 0, ids[1]: 1}


def test_parquet_and_json_lines_with_odd_columns(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    frame = pl.DataFrame({"id": ["a", "b"], "x__held": [1, 2], "x": [1.5, None], "0": ["p", "q"], "l": [[1], [2, 3]]})
    frame.write_parquet(tmp_path / "t.parquet")
    bench.bring(source, table=str(tmp_path / "t.parquet"))
    frame.with_columns(x=pl.Series([2.5, 3.5])).write_ndjson(tmp_path / "t.jsonl")
    assert bench.bring(source, table=str(tmp_path / "t.jsonl")).counts.metadata_updated == 2
    assert (values(bench, "x"), values(bench, "x__held"), values(bench, "_0")) == ((2.5, 3.5), (1, 2), ("p", "q"))

"""What an ingest finds by itself, and what it says where sources are odd."""

import math
import warnings
import zipfile

import polars as pl

from core.collection.catalog import Catalog
from core.collection.counts import histogram
from core.ingest.ledger import as_records
from core.query.recipe import Recipe
from tests.core.ingest.bench import draw_into, drawing


def test_a_lone_table_beside_counts_when_it_names_an_image(bench, tmp_path) -> None:
    source = draw_into(tmp_path / "photos", "1.png", "2.png")
    (tmp_path / "prices.csv").write_text("id,price\n1,10\n2,20\n9,90\n")
    ledger = bench.bring(source)
    assert ledger.table == "prices.csv"
    assert ledger.counts.rows_without_image == 1
    assert not ledger.counts.problems()


def test_a_lone_table_of_something_else_is_left_aside_and_said(bench, tmp_path) -> None:
    source = draw_into(tmp_path / "photos", "a/1.png", "b/2.png")
    for content in ("name,price\nx,10\n", "name,price\n", ""):
        (tmp_path / "accounts.csv").write_text(content)
        ledger = bench.bring(source)
        assert ledger.table == ""
        assert ledger.counts.images_in == 2
        assert not ledger.counts.problems()
    assert "folder" in bench.collection().schema.names


def test_an_exported_ledger_is_no_metadata(bench, tmp_path) -> None:
    source = draw_into(tmp_path / "photos", "1.png", "2.png")
    (tmp_path / "ledger.csv").write_text("subject,outcome,key,id,reason\nfile,without-row,1.png,1,no row\n")
    ledger = bench.bring(source)
    assert ledger.table == ""
    assert "left aside" in " ".join(ledger.notes)
    assert "outcome" not in bench.collection().schema.names


def test_numbers_without_end_count_as_missing_and_charts_work(bench, tmp_path) -> None:
    source = draw_into(tmp_path / "photos", "1.png", "2.png", "3.png", "4.png")
    frame = pl.DataFrame({"id": ["1", "2", "3", "4"], "f": [math.nan, math.inf, -math.inf, 1.5]})
    frame.write_parquet(source / "metadata.parquet")
    ledger = bench.bring(source)
    assert any("infinite or undefined values count as missing" in note for note in ledger.notes), ledger.notes
    catalog = Catalog(bench.collection().dataset())
    assert catalog.columns["f"].missing == 3
    assert sum(item.total for item in histogram(catalog, Recipe(), "f").bins) == 1


def test_whole_numbers_written_with_a_point_still_name_their_images(bench, tmp_path) -> None:
    source = draw_into(tmp_path / "photos", "1.png", "2.png")
    (source / "metadata.csv").write_text("id,colour\n1.0,red\n2.0,blue\n,green\n")
    ledger = bench.bring(source)
    assert ledger.counts.rows_matched == 2
    assert ledger.counts.images_without_row == 0
    assert [record["outcome"] for record in as_records(ledger.entries)] == ["no-id"]


def test_two_files_of_one_name_in_an_archive_are_said(bench, tmp_path) -> None:
    archive = tmp_path / "photos.zip"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile itself warns of what is built here
        with zipfile.ZipFile(archive, "w") as made:
            made.writestr("a/1.png", drawing(1))
            made.writestr("a/1.png", drawing(2))
    ledger = bench.bring(archive)
    assert ledger.counts.images_in == 1
    assert any("“a/1.png”" in note for note in ledger.notes)

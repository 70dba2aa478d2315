"""Which row belongs to which file, and which column says so."""

from pathlib import Path

import pytest

from core.errors import TableError
from core.ingest.items import Item
from core.ingest.join import join
from core.ingest.ledger import Counts
from core.ingest.match import match_rows
from core.ingest.naming import stem
from core.ingest.tables import read_table


def items(*keys: str) -> list[Item]:
    return [Item(key, stem(key), f"/photos/{key}", 1, "1") for key in keys]


def matched(values: list[str], *keys: str) -> dict[str, str]:
    rows = {value: row for row, value in enumerate(values)}
    return {key: values[row] for key, row in match_rows(rows, items(*keys)).items()}


@pytest.mark.parametrize(
    ("values", "keys", "expected"),
    [
        (["1", "2"], ["images/1.jpg", "images/3.jpg"], {"images/1.jpg": "1"}),
        (["1.jpg"], ["images/1.jpg"], {"images/1.jpg": "1.jpg"}),
        (["1.JPEG"], ["images/1.jpg"], {"images/1.jpg": "1.JPEG"}),
        ([r".\a\1.jpg"], ["a/1.jpg"], {"a/1.jpg": r".\a\1.jpg"}),
        (["a/1.jpg", "b/1.jpg"], ["b/1.jpg"], {"b/1.jpg": "b/1.jpg"}),
        (
            ["a/1.jpg", "b/1.jpg"],
            ["data/b/1.jpg", "data/a/1.jpg"],
            {"data/b/1.jpg": "b/1.jpg", "data/a/1.jpg": "a/1.jpg"},
        ),
        (["data/a/1.jpg", "data/b/1.jpg"], ["b/1.jpg"], {"b/1.jpg": "data/b/1.jpg"}),
        (["train/1.jpg", "train/2.jpg"], ["val/1.jpg", "train/2.jpg"], {"train/2.jpg": "train/2.jpg"}),
        ([r"C:\mine\1.jpg", r"C:\mine\2.jpg"], ["images/1.jpg"], {"images/1.jpg": r"C:\mine\1.jpg"}),
        (["x/1.jpg", "y/1.jpg"], ["images/1.jpg"], {}),
        (["a.png", "a.jpg"], ["img/a.jpg", "img/a.png"], {"img/a.jpg": "a.jpg", "img/a.png": "a.png"}),
        (["1"], ["train/1.jpg", "test/1.jpg"], {"train/1.jpg": "1", "test/1.jpg": "1"}),
        (["1", "sub/1.jpg"], ["sub/1.jpg"], {"sub/1.jpg": "sub/1.jpg"}),
    ],
)
def test_rows_find_their_files(values, keys, expected):
    assert matched(values, *keys) == expected


def joined(tmp_path: Path, text: str, *keys: str, **options):
    path = tmp_path / "table.csv"
    path.write_text(text)
    counts = Counts()
    return join(read_table(path, path.name), items(*keys), counts, **options), counts


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("id,image\n1,a\n2,b\n", "image"),  # a running number names no file
        ("id,image\n1,30\n2,31\n30,1\n", "image"),
        ("image,id\nx,a\ny,b\n", "id"),
        ("what,code\nred,a\nblue,b\n", "code"),
        ("id,what\n77,red\n", "id"),
    ],
)
def test_the_column_that_names_most_files_is_the_id(tmp_path, text, column):
    keys = ("30.jpg", "31.jpg", "1.jpg") if "30" in text else ("a.jpg", "b.jpg")
    assert joined(tmp_path, text, *keys)[0].id_column == column


def test_a_number_that_happens_to_be_a_file_name_is_no_id(tmp_path):
    with pytest.raises(TableError) as caught:
        joined(tmp_path, "what,year\nred,2011\nblue,2012\ngreen,2013\n", "2012.jpg", "a.jpg", "b.jpg", "c.jpg")
    assert "No column of the table table.csv identifies the images" in caught.value.title
    assert "what, year" in caught.value.detail
    assert "--id-column" in caught.value.hint
    assert "--no-table" in caught.value.hint


def test_a_named_column_is_found_in_any_case_and_a_wrong_name_lists_the_near_ones(tmp_path):
    assert joined(tmp_path, "Ref No,x\na,1\n", "a.jpg", id_column="ref no")[0].id_column == "Ref_No"
    with pytest.raises(TableError) as caught:
        joined(tmp_path, "Ref No,x\na,1\n", "a.jpg", id_column="Ref Nr")
    assert "Ref No" in caught.value.hint


def test_every_row_is_accounted_for(tmp_path):
    found, counts = joined(tmp_path, "id,x\na,1\n a ,2\n,3\nb,4\nzz,5\n", "a.jpg", "b.jpg", "c.jpg")
    assert counts.problems() == []
    assert (counts.rows_read, counts.rows_matched, counts.rows_rejected, counts.rows_without_image) == (5, 2, 2, 1)
    outcomes = {(entry.outcome, entry.key, entry.id) for entry in found.entries}
    assert outcomes == {("duplicate-id", "3", "a"), ("no-id", "4", ""), ("without-image", "6", "zz")}
    assert found.row_of == {"a.jpg": 0, "b.jpg": 3}

"""Files a person takes along."""

import csv
import io
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, StorageError
from core.export import csv_line, csv_text, write_csv

GOLDEN = '''\
id,title,price,since
1,plain,1.5,2012
2,"comma, ""quote""",,True
3,"two
lines",0,None
4,'=1+1,-7,'-7
5,'@sum(A1),,'+1
6,"a\rb",,
'''


def test_a_csv_file(tmp_path: Path) -> None:
    records = [
        {"id": 1, "title": "plain", "price": 1.5, "since": 2012},
        {"id": 2, "title": 'comma, "quote"', "price": None, "since": True},
        {"id": 3, "title": "two\nlines", "price": 0, "since": "None", "other": "left out"},
        {"id": 4, "title": "=1+1", "price": -7, "since": "-7"},
        {"id": "5", "title": "@sum(A1)", "since": "+1"},
        {"id": "6", "title": "a\rb"},
    ]
    path = tmp_path / "new" / "folder" / "out.csv"
    write_csv(records, ("id", "title", "price", "since"), path)
    assert path.read_bytes().decode() == GOLDEN


@given(st.lists(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2)))
def test_every_text_can_be_read_back(rows: list[list[str]]) -> None:
    text = csv_text([{"a": first, "b": second} for first, second in rows], ("a", "b"))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == ["a", "b"]
    bare = [[cell[1:] if re.match("'+[=+@\t\r\n＝＋－＠-]", cell) else cell for cell in row] for row in read[1:]]
    assert bare == rows


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_runs_as_a_formula(start: str) -> None:
    header, line = csv.reader(io.StringIO(csv_text([{f"{start}a": f"{start}1"}], (f"{start}a",)), newline=""))
    assert (header, line) == ([f"'{start}a"], [f"'{start}1"])


def test_a_full_disk_is_told() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with pytest.raises(StorageError, match="The disk is full: /dev/full could not be written"):
        write_csv([{"a": "1"}], ("a",), Path("/dev/full"))


def test_dates_and_lists_have_one_spelling() -> None:
    line = csv_line([datetime(2012, 5, 1), date(2012, 5, 1), ["a", "it's", 'é "q"'], []])
    assert line == '2012-05-01T00:00:00,2012-05-01,"[""a"", ""it\'s"", ""é \\""q\\""""]",[]\n'


def test_a_folder_is_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        write_csv([{"a": "1"}], ("a",), tmp_path)

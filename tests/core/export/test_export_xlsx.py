"""A workbook that holds every value, runs none, and cuts nothing off unsaid."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pytest

from core.errors import InputError
from core.export import workbook
from core.export.columns import Field
from core.export.workbook import opened_workbook

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(data: bytes) -> dict[str, list[dict[str, tuple[str, str]]]]:
    """Every sheet's rows: the kind of each cell and its text, by the letter of its column."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = [
            item.get("name") for item in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{SPACE}sheet")
        ]
        roots = [
            ElementTree.fromstring(book.read(f"xl/worksheets/sheet{place}.xml")) for place in range(1, len(names) + 1)
        ]
    return {
        name: [{cell.get("r", "")[0]: _cell(cell) for cell in row} for row in root.iter(f"{SPACE}row")]
        for name, root in zip(names, roots, strict=True)
    }


def _cell(cell: ElementTree.Element) -> tuple[str, str]:
    assert cell.find(f"{SPACE}f") is None
    return cell.get("t", "n"), "".join(cell.itertext())


def written(path: Path, *rows: list[object]) -> dict[str, list[dict[str, tuple[str, str]]]]:
    fields = [Field(name, name, pa.string()) for name in ("id", "value")]
    with opened_workbook(path, fields) as write:
        for row in rows:
            write([row])
    return sheets(path.read_bytes())


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", ("inlineStr", "=1+1")),
        ("{=SUM(1)}", ("inlineStr", "{=SUM(1)}")),
        ("@sum", ("inlineStr", "@sum")),
        ("https://example.org", ("inlineStr", "https://example.org")),
        ("007", ("inlineStr", "007")),
        ("_x0041_", ("inlineStr", "_x005F_x0041_")),
        (" a\tb\n", ("inlineStr", " a\tb\n")),
        (True, ("b", "1")),
        (1.25, ("n", "1.25")),
        (-7, ("n", "-7")),
        (2**53 + 1, ("inlineStr", str(2**53 + 1))),
        (date(2012, 5, 1), ("n", "41030")),
        (datetime(2012, 5, 1, 12), ("n", "41030.5")),
        (datetime(2012, 5, 1, 12, 0, 0, 7), ("inlineStr", "2012-05-01T12:00:00.000007")),
        (datetime(1850, 1, 1), ("inlineStr", "1850-01-01T00:00:00")),
        (["a", "é"], ("inlineStr", '["a", "é"]')),
    ],
)
def test_each_value_is_what_it_is(tmp_path: Path, value: object, cell: tuple[str, str]) -> None:
    assert written(tmp_path / "t.xlsx", ["a", value])["metadata"][1]["B"] == cell


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_what_is_missing_is_an_empty_cell(tmp_path: Path, value: object) -> None:
    assert "B" not in written(tmp_path / "t.xlsx", ["a", value])["metadata"][1]


@pytest.mark.parametrize("text", ["x" * 40_000, "🙂" * 17_000, "é" * 32_768])
def test_a_text_too_long_for_a_cell_is_whole_on_a_sheet_of_its_own(tmp_path: Path, text: str) -> None:
    found = written(tmp_path / "t.xlsx", ["first", text], ["second", "x" * 32_767])
    assert found["metadata"][1]["B"][1] == f"{text[:16_000]}… (whole in the sheet “long texts”)"
    assert found["metadata"][2]["B"][1] == "x" * 32_767
    parts = found["long texts"][1:]
    assert "".join(row["D"][1] for row in parts) == text
    assert {(row["A"][1], row["B"][1]) for row in parts} == {("first", "value")}
    assert [row["C"][1] for row in parts] == [str(number) for number in range(1, len(parts) + 1)]


def test_rows_past_a_sheet_go_on_on_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    found = written(tmp_path / "t.xlsx", *[[f"i{number}", number] for number in range(7)])
    assert list(found) == ["metadata", "metadata 2", "metadata 3"]
    assert [row["A"][1] for rows in found.values() for row in rows[1:]] == [f"i{number}" for number in range(7)]
    assert {rows[0]["B"][1] for rows in found.values()} == {"value"}


def test_too_many_columns_are_told(tmp_path: Path) -> None:
    fields = [Field(str(number), "", pa.string()) for number in range(16_385)]
    with pytest.raises(InputError, match="16,384 columns"), opened_workbook(tmp_path / "t.xlsx", fields):
        pass


def test_the_same_rows_give_the_same_bytes_and_nothing_else_stays(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        written(tmp_path / name, ["a", "x" * 40_000], ["b", datetime(2012, 5, 1)])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]

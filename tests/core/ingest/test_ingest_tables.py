"""Tables as people have them: every row arrives as it was written, and every mended line is accounted for."""

import csv
import datetime
import gzip
import io
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import TableError
from core.ingest.tables import find_id_column, find_id_columns, find_image_column, read_table


def read(text: str | bytes, name: str = "t.csv", **options):
    return read_table(text.encode() if isinstance(text, str) else text, name, **options)


def rows(found) -> list[tuple]:
    return found.frame.drop("__line__").rows()


def reasons(found) -> list[tuple[int, str]]:
    return [(note.line, note.reason) for note in found.repaired]


# --- lines ---------------------------------------------------------------------------------------------------------


def test_rows_labels_and_line_numbers():
    found = read("id,Base Colour\n1,Red\n\n2,Blue\n")
    assert found.name == "t.csv"
    assert found.labels == {"id": "id", "Base_Colour": "Base Colour"}
    assert rows(found) == [(1, "Red"), (2, "Blue")]
    assert found.frame["__line__"].to_list() == [2, 4]
    assert found.frame.schema["__line__"] == pl.Int64
    assert (found.rows_read, found.repaired, found.rejected, found.notes) == (2, (), (), ())


def test_stray_separators_go_to_the_last_column_verbatim():
    found = read("id,name\n1,Tie, Cufflink and  Square\n2,Shirt\n")
    assert rows(found) == [(1, "Tie, Cufflink and  Square"), (2, "Shirt")]
    note = found.repaired[0]
    assert (note.line, note.id, note.reason) == (2, "1", "stray-separators")
    assert "3 fields instead of 2" in note.detail
    assert "1,Tie, Cufflink and  Square" in note.detail


def test_too_few_fields_are_filled_with_missing():
    found = read("id,name,price\n1,Shirt\n2,Tie,5\n")
    assert rows(found) == [(1, "Shirt", None), (2, "Tie", 5)]
    assert reasons(found) == [(2, "too-few-fields")]


def test_a_bare_quote_inside_a_field_is_text_and_needs_no_repair():
    found = read('id,name\n1,EM Tempo 3.5" Short\n2,Tie\n')
    assert rows(found) == [(1, 'EM Tempo 3.5" Short'), (2, "Tie")]
    assert found.repaired == ()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['1,"Nike,Red', "2,Puma,Blue", "3,Asics,Green"], ['"Nike', "Puma", "Asics"]),
        (['1,"Nike,Red', '2,"Puma",Blue', "3,Asics,Green"], ['"Nike', "Puma", "Asics"]),
        (['1,"Nike,Red', '2,Puma 5" wide,Blue', "3,Asics,Green"], ['"Nike', 'Puma 5" wide', "Asics"]),
        (['1,"Nike,Red', '2,Puma,5"'], ['"Nike', "Puma"]),
        (["1,Nike,Red", "2,Puma,Blue", '3,"Asics,Green'], ["Nike", "Puma", '"Asics']),
    ],
)
def test_a_quote_that_never_closes_swallows_no_line(lines, expected):
    found = read("\n".join(["id,name,colour", *lines]))
    assert found.frame["name"].to_list() == expected
    assert [reason for _, reason in reasons(found)] == ["unclosed-quote"]


def test_a_stray_quote_far_above_another_swallows_no_line():
    middle = [f"{number},Shirt,Red" for number in range(2, 40)]
    found = read("\n".join(["id,name,colour", '1,"Nike,Red', *middle, '40,Screen 5",Blue']))
    assert found.rows_read == 40
    assert reasons(found) == [(2, "unclosed-quote")]


def test_stray_quotes_among_empty_quoted_fields_cost_no_time():
    lines = [f'{number},"open,x' if number % 900 == 0 else f'{number},"",x' for number in range(40_000)]
    found = read("\n".join(["id,name,colour", *lines]))
    assert found.rows_read == 40_000
    assert len(found.repaired) == 45


def test_text_behind_a_closing_quote_is_kept():
    found = read('id,name,colour\n1,"Nike" shoe,Red\n2,"Big, 5" screen",Blue\n3,"Red, blue",x\n')
    assert found.frame["name"].to_list() == ['"Nike" shoe', 'Big, 5" screen', "Red, blue"]
    assert reasons(found) == [(2, "stray-quotes"), (3, "stray-quotes")]


def test_quoted_separators_quotes_and_line_breaks_are_read():
    found = read('id,note,x\n1,"a, ""b""\r\nc","d\ne"\n2,plain,y\n')
    assert rows(found) == [(1, 'a, "b"\r\nc', "d\ne"), (2, "plain", "y")]
    assert found.frame["__line__"].to_list() == [2, 5]
    assert found.repaired == ()


def test_a_very_long_quoted_field_is_read():
    text = "many, words " * 30_000
    assert rows(read(f'id,note\n1,"{text}"\n')) == [(1, text)]


def test_nul_characters_are_taken_out_and_noted():
    found = read("id,name\n1,Sh\0irt\n2,Tie and a long enough text around it\n")
    assert rows(found)[0] == (1, "Shirt")
    assert reasons(found) == [(2, "nul-bytes")]


def test_line_endings_of_all_systems():
    for ending in ("\n", "\r\n", "\r"):
        assert rows(read(ending.join(["id,name", "1,a", "2,b"]))) == [(1, "a"), (2, "b")]


def test_a_separator_too_many_at_every_end_is_dropped_once_and_for_all():
    found = read("id,name\n1,a,\n2,b,\n")
    assert rows(found) == [(1, "a"), (2, "b")]
    assert found.repaired == ()
    assert "separator" in found.notes[0]


# --- separators and encodings --------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator):
    lines = [separator.join(cells) for cells in (["id", "name", "price"], ["1", "a, b; c", "1"], ["2", "d", "2"])]
    if separator in ",;":
        lines[1] = separator.join(["1", '"a, b; c"', "1"])
    assert rows(read("\n".join(lines))) == [(1, "a, b; c", 1), (2, "d", 2)]


def test_a_tsv_is_split_at_tabs_only():
    assert rows(read("id\tname, long\n1\ta, b\n", "t.tsv")) == [(1, "a, b")]


def test_the_separator_excel_states_is_used():
    found = read("sep=;\nid;name\n1;a,b,c,d\n")
    assert rows(found) == [(1, "a,b,c,d")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_unicode_encodings(encoding):
    text = "id,größe\n1,Ärmel 靴\n"
    marks = {"utf-16-le-bom": b"\xff\xfe", "utf-16-be-bom": b"\xfe\xff"}
    data = marks[encoding] + text.encode(encoding[:9]) if encoding in marks else text.encode(encoding)
    found = read(data)
    assert found.labels == {"id": "id", "größe": "größe"}
    assert rows(found) == [(1, "Ärmel 靴")]
    assert found.notes == ()


def test_what_is_not_utf8_is_read_as_windows_1252():
    found = read("id,name\n1,Café – 5 €\n2,Ärmel\n".encode("cp1252"))
    assert rows(found) == [(1, "Café – 5 €"), (2, "Ärmel")]
    assert found.notes == ("Read as Windows-1252: the file is not valid UTF-8.",)


def test_bytes_that_windows_1252_does_not_have_are_noted():
    found = read(b"id,name\n1,caf\xe9\n2,odd \x81 byte\n")
    assert found.frame["name"].to_list() == ["café", "odd \ufffd byte"]
    assert reasons(found) == [(3, "bad-encoding")]


def test_a_few_bad_bytes_do_not_spoil_the_other_lines():
    found = read("id,name\n1,Ärmel\n2,Schlüpfer\n3,größe\n".encode() + b"4,caf\xe9\n")
    assert found.frame["name"].to_list() == ["Ärmel", "Schlüpfer", "größe", "café"]
    assert reasons(found) == [(5, "bad-encoding")]


def test_gzip_is_unpacked(tmp_path):
    path = tmp_path / "styles.csv.gz"
    path.write_bytes(gzip.compress(b"id,name\n1,a\n"))
    assert rows(read_table(path, path.name)) == [(1, "a")]
    with pytest.raises(TableError, match="damaged"):
        read(gzip.compress(b"id,name\n1,a\n" * 1000)[:-20], "t.csv.gz")


class Pipe(io.RawIOBase):
    """A stream that cannot seek."""

    def __init__(self, data: bytes) -> None:
        self._rest = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        return self._rest.readinto(buffer)


def test_paths_bytes_and_streams_read_the_same(tmp_path):
    data = b"id,name\n1,a\n"
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    expected = rows(read(data))
    assert rows(read_table(path, "t.csv")) == expected
    stream = io.BytesIO(data)
    assert rows(read_table(stream, "t.csv")) == expected
    assert not stream.closed
    assert rows(read_table(io.BufferedReader(Pipe(data)), "t.csv")) == expected


# --- names ---------------------------------------------------------------------------------------------------------


def test_headers_become_names_that_both_engines_accept():
    found = read("Color,color,,2020,a b,a-b,Width,__line__,größe,%%\n" + ",".join("x" * 10))
    assert found.labels == {
        "Color": "Color",
        "color_2": "color",
        "column_3": "column_3",
        "_2020": "2020",
        "a_b": "a b",
        "a_b_2": "a-b",
        "Width_": "Width",
        "__line___": "__line__",
        "größe": "größe",
        "column_10": "%%",
    }
    assert found.frame.columns == [*found.labels, "__line__"]


def test_hostile_headers_and_values_are_only_text():
    header, value = '"; DROP TABLE x; --', "<script>alert('1')</script>"
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([["id", header], ["1", value]])
    found = read(buffer.getvalue())
    assert list(found.labels.values()) == ["id", header]
    assert all(name.isidentifier() for name in found.labels)
    assert rows(found) == [(1, value)]


# --- types ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "dtype", "values"),
    [
        (["1", "", "-20"], pl.Int64, [1, None, -20]),
        (["9223372036854775807"], pl.Int64, [9223372036854775807]),
        (["9223372036854775808"], pl.String, ["9223372036854775808"]),
        (["007", "1"], pl.String, ["007", "1"]),
        (["+49", "1"], pl.String, ["+49", "1"]),
        (["1.5", "2", "-.5", "1e3"], pl.Float64, [1.5, 2.0, -0.5, 1000.0]),
        (["1.5", "12345678901234567890"], pl.String, ["1.5", "12345678901234567890"]),
        (["1e999", "1"], pl.String, ["1e999", "1"]),
        (["nan", "1"], pl.String, ["nan", "1"]),
        (["True", "no", "YES", ""], pl.Boolean, [True, False, True, None]),
        (["1", "0"], pl.Int64, [1, 0]),
        (["NA", "null", "None", ""], pl.String, ["NA", "null", "None", None]),
        (["", ""], pl.String, [None, None]),
        (["2021-02-30"], pl.String, ["2021-02-30"]),
        (["12/05/2021"], pl.String, ["12/05/2021"]),
    ],
)
def test_types_are_told_from_the_whole_column(texts, dtype, values):
    found = read("k,v\n" + "".join(f"k,{text}\n" for text in texts))
    assert found.frame.schema["v"] == dtype
    assert found.frame["v"].to_list() == values


def test_dates_and_times_become_utc_without_zone():
    texts = [
        "2020-01-02",
        "2021-05-06 10:20",
        "2021-05-06T10:20:30.5Z",
        "2021-05-06T00:30:00-05:30",
        "2021-05-06T10:20+0200",
    ]
    found = read("k,v\n" + "".join(f"k,{text}\n" for text in texts))
    assert found.frame.schema["v"] == pl.Datetime("us")
    moment = datetime.datetime
    assert found.frame["v"].to_list() == [
        moment(2020, 1, 2),
        moment(2021, 5, 6, 10, 20),
        moment(2021, 5, 6, 10, 20, 30, 500_000),
        moment(2021, 5, 6, 6, 0),
        moment(2021, 5, 6, 8, 20),
    ]


def test_the_last_row_can_change_a_type():
    text = "id,v\n" + "".join(f"{number},{number}\n" for number in range(30_000)) + "30000,many\n"
    found = read(text)
    assert found.frame.schema["v"] == pl.String
    assert found.frame["v"][0] == "0"
    assert found.frame.height == 30_001


def test_text_columns_stay_text_by_either_name():
    found = read("id,Base No,x\n1,1.50,2\n", text_columns=["Base No", "x"])
    assert rows(found) == [(1, "1.50", "2")]
    assert rows(read("id,Base No\n1,1.50\n", text_columns=["Base_No"])) == [(1, "1.50")]


# --- JSON Lines and Parquet ----------------------------------------------------------------------------------------


def test_json_lines():
    lines = [
        {"id": "007", "n": 1, "ok": True, "marks": ["a", "ü"], "deep": {"x": [1]}},
        {"id": "8", "n": 2.5, "late": "2021-01-02", "ok": None, "": "nameless"},
    ]
    text = json.dumps(lines[0]) + '\n\n[1, 2]\n{"broken": \n"text"\n' + json.dumps(lines[1]) + "\n"
    found = read(text, "t.jsonl")
    assert found.frame.drop("__line__").to_dicts() == [
        {
            "id": "007",
            "n": 1.0,
            "ok": True,
            "marks": '["a", "ü"]',
            "deep": '{"x": [1]}',
            "late": None,
            "column_7": None,
        },
        {
            "id": "8",
            "n": 2.5,
            "ok": None,
            "marks": None,
            "deep": None,
            "late": datetime.datetime(2021, 1, 2),
            "column_7": "nameless",
        },
    ]
    assert found.frame["__line__"].to_list() == [1, 6]
    assert [(note.line, note.reason) for note in found.rejected] == [
        (3, "not-an-object"),
        (4, "bad-json"),
        (5, "not-an-object"),
    ]
    assert '{"broken":' in found.rejected[1].detail
    assert found.rows_read == 5


def test_json_lines_with_half_characters_nesting_and_marks():
    deep = '{"a": ' + "[" * 100_000
    found = read(b'\xef\xbb\xbf{"a": "x \\ud800 y"}\n' + deep.encode() + b"\n", "t.ndjson")
    assert rows(found) == [("x ? y",)]
    assert [note.reason for note in found.rejected] == ["bad-json"]
    assert len(found.rejected[0].detail) < 400


def test_json_lines_in_utf16():
    found = read('{"a": "ü"}\n{"a": "x\\u0000y"}\n'.encode("utf-16"), "t.jsonl")
    assert rows(found) == [("ü",), ("xy",)]


def parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def test_parquet_types_are_narrowed():
    frame = pl.DataFrame(
        {
            "Id": pl.Series([1, 2], dtype=pl.UInt32),
            "huge": pl.Series([1, 2**64 - 1], dtype=pl.UInt64),
            "kind": pl.Series(["a", "b"], dtype=pl.Categorical),
            "price": pl.Series(["1.50", "2.25"]).cast(pl.Decimal(10, 2)),
            "share": pl.Series([0.5, float("nan")], dtype=pl.Float32),
            "day": [datetime.date(2020, 1, 2), None],
            "at": pl.Series([datetime.datetime(2020, 1, 2, 12), None]).dt.replace_time_zone("Europe/Berlin"),
            "tags": [["a", "b"], None],
            "box": [{"x": 1}, {"x": 2}],
            "hour": [datetime.time(10, 20), None],
            "blob": [b"\1\2", b"\3"],
            "name": ["", "x"],
            "ok": [True, None],
        }
    )
    found = read(parquet(frame), "t.parquet")
    noon = datetime.datetime(2020, 1, 2, 11)
    assert rows(found) == [
        (1, "1", "a", 1.5, 0.5, datetime.datetime(2020, 1, 2), noon, '["a", "b"]', '{"x": 1}', "10:20:00", None, True),
        (2, str(2**64 - 1), "b", 2.25, None, None, None, None, '{"x": 2}', None, "x", None),
    ]
    assert found.notes == ("Column “blob” holds binary data and was left out.",)
    assert found.frame["__line__"].to_list() == [1, 2]
    assert set(found.frame.dtypes) <= {pl.Int64, pl.Float64, pl.Boolean, pl.String, pl.Datetime("us")}
    assert read(parquet(frame), "t.parquet", text_columns=["Id"]).frame["Id"].to_list() == ["1", "2"]


# --- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "title"),
    [
        (b"", "t.csv", "empty"),
        (b"\n\n", "t.csv", "no columns"),
        (b",,,\n1,2,3,4\n", "t.csv", "no columns"),
        (b"id,name\n", "t.csv", "no rows"),
        (b"img/1.jpg\nimg/2.jpg\n", "t.csv", "no column names"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100), "t.csv", "not a text table"),
        (b"PK\3\4" + bytes(200), "t.csv", "not a text table"),
        (b"PAR1" + bytes(200), "t.csv", "not a text table"),
        (bytes(range(256)) * 20, "t.csv", "not a text table"),
        (b"PAR1 broken", "t.parquet", "cannot be read as Parquet"),
        (parquet(pl.DataFrame({"id": pl.Series([], dtype=pl.Int64)})), "t.parquet", "no rows"),
        (b"[1]\n[2]\n", "t.jsonl", "no rows"),
        (b"\n \n", "t.jsonl", "no rows"),
        (b"{}\n", "t.jsonl", "no columns"),
        (b"id,name\n1,a\n", "t.xlsx", "not a kind of table"),
        (b"id,name\n1,a\n", "table", "not a kind of table"),
        (b",".join(b"c" for _ in range(3000)) + b"\n1\n", "t.csv", "too many columns"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(data, name, title):
    with pytest.raises(TableError) as caught:
        read(data, name)
    assert title in caught.value.title
    assert caught.value.detail


def test_a_file_that_is_not_there_is_a_table_error(tmp_path):
    with pytest.raises(TableError, match="not there"):
        read_table(tmp_path / "none.csv", "none.csv")


# --- columns that stand out ----------------------------------------------------------------------------------------


def test_the_id_column_is_found_by_name():
    assert find_id_column(["name", "Image ID", "file"]) == "Image ID"
    assert find_id_column(["image", "File_Name", "year"]) == "File_Name"
    assert find_id_column(["file", "ID"]) == "ID"
    assert find_id_column(["colour", "year"]) is None
    assert find_id_columns(["image", "path", "id"]) == ["id", "image", "path"]


def test_the_image_column_is_found_by_its_values():
    frame = pl.DataFrame(
        {
            "id": [1, 2],
            "page": ["https://shop.example/1", "https://shop.example/2"],
            "picture": ["a/1.JPG", "a/2.png"],
            "text": ["see 1.jpg and more", "none"],
        }
    )
    assert find_image_column(frame) == "picture"
    assert find_image_column(frame.drop("picture")) == "page"
    assert find_image_column(frame.select("id", "text")) is None
    links = pl.DataFrame({"page": ["https://x.example/1"], "image_url": ["https://x.example/i?1"]})
    assert find_image_column(links) == "image_url"
    assert find_image_column(pl.DataFrame({"link": ["https://x.example/1.jpg?w=100", None]})) == "link"


# --- properties ----------------------------------------------------------------------------------------------------

CELL = st.text(st.sampled_from(list("ab1,;|\t\"'\n\r é靴\u2028")), max_size=12) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
)


@settings(max_examples=400, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=8)
    )
)
def test_whatever_the_csv_module_writes_is_read_back_exactly(table):
    headers = [f"name{place}" for place in range(len(table[0]))]
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([headers, *table])
    found = read(buffer.getvalue(), text_columns=headers)
    assert rows(found) == [tuple(cell or None for cell in row) for row in table]
    assert (found.repaired, found.rejected, found.notes) == ((), (), ())


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from(list('ab,"\n\r;1')), max_size=80))
def test_no_text_breaks_the_reader_and_no_row_is_lost(body):
    found = read("first,second\nx,y\n" + body)
    assert found.frame.height + len(found.rejected) == found.rows_read
    assert found.frame["__line__"].is_sorted()
    kept = "".join(str(value or "") for row in rows(found) for value in row)
    assert [kept.count(letter) for letter in "ab"] == [body.count(letter) for letter in "ab"]

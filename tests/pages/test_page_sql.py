"""SQL: the editor, its examples, the answer's views, and what can be made of it."""

import json
from typing import Any

import pytest
from drawn import Open
from shown import button, heading, ids, linked, sound, told, words
from streamlit.testing.v1 import AppTest

from core.console.run import Column, Table
from ui.console_answer import as_frame, bar_rows, counted
from ui.console_answer import charted_title as title_of

BY_KIND = "SELECT kind, count(*) AS images FROM images GROUP BY ALL ORDER BY images DESC, kind"
SHOES = '[["kind","in",["Shoe"]]]'


def run(at: AppTest, text: str) -> AppTest:
    at.text_area[0].set_value(text)
    return button(at, "Run").click().run()


def frame(at: AppTest) -> Any:
    """The answer's rows; the first table is that of the columns."""
    assert len(at.dataframe) == 2
    return at.dataframe[1].value


def table(columns: dict[str, str], *rows: tuple[Any, ...], cut: bool = False) -> Table:
    return Table(tuple(Column(name, kind) for name, kind in columns.items()), rows, cut, 12.3)


def test_before_the_first_query_there_are_columns_and_examples(open_page: Open) -> None:
    at = sound(open_page("sql", collection="shop"))
    assert "71 images" in heading(at)
    assert "Write a SELECT" in at.info[0].value
    columns = at.dataframe[0].value
    assert {"id", "kind", "price", "year", "added_at"} <= set(columns["Column"])
    assert columns[columns["Column"] == "price"]["Type"].tolist() == ["DOUBLE"]
    assert len(at.dataframe) == 1
    assert "sql" not in at.query_params


def test_a_query_is_run_and_stands_in_the_link(open_page: Open) -> None:
    at = sound(run(open_page("sql", collection="shop"), BY_KIND))
    assert linked(at, "sql") == BY_KIND
    assert frame(at)["images"].sum() == 71
    assert "4 rows · took" in words(at)
    again = sound(open_page("sql", collection="shop", sql=BY_KIND))
    assert frame(again).equals(frame(at))
    assert again.text_area[0].value == BY_KIND


def test_every_example_runs_at_a_click(open_page: Open) -> None:
    at = open_page("sql", collection="shop")
    examples = [item.label for item in at.button if item.key and item.key.startswith("sql example")]
    assert len(examples) >= 6
    for label in examples:
        sound(button(at, label).click().run())
        assert at.text_area[0].value == linked(at, "sql")


@pytest.mark.parametrize("name", ["hostile", "wide", "prose", "one"])
def test_any_collection_has_examples_that_run(open_page: Open, name: str) -> None:
    at = open_page("sql", collection=name)
    for key in [item.key for item in at.button if item.key and item.key.startswith("sql example")]:
        sound(at.button(key=key).click().run())
    sound(run(at, "FROM images"))


def test_an_error_is_told_and_the_text_stays(open_page: Open) -> None:
    at = run(open_page("sql", collection="shop"), "SELECT nope FROM images")
    assert "“nope”" in told(at)
    assert at.text_area[0].value == "SELECT nope FROM images"
    sound(run(at, BY_KIND))
    assert "out of reach" in told(run(at, "FROM duckdb_settings()"))
    assert "not among what can be run" in told(run(at, "DROP VIEW images"))


def test_a_cut_answer_says_so(open_page: Open) -> None:
    at = sound(run(open_page("sql", collection="shop"), "FROM range(1000000)"))
    assert "10,000 rows, cut at 10,000: add LIMIT" in words(at)
    assert len(frame(at)) == 10_000
    at = sound(run(at, "FROM images WHERE false"))
    assert "has no rows" in at.info[0].value


def test_result_is_the_current_question(open_page: Open) -> None:
    at = sound(open_page("sql", collection="shop", where=SHOES, sql="SELECT count(*) AS n FROM result"))
    assert frame(at)["n"].tolist() == [23]
    assert any("kind is Shoe" in item.value for item in at.caption)


def test_an_id_column_becomes_pictures_a_selection_and_a_question(open_page: Open) -> None:
    text = "SELECT id, price FROM images ORDER BY price DESC NULLS LAST LIMIT 5"
    at = sound(open_page("sql", collection="shop", sql=text))
    at.segmented_control(key="sql view").set_value("Pictures").run()
    assert ids(sound(at)) == ["69", "68", "67", "66", "65"]
    sound(button(at, "Select 5 images").click().run())
    assert at.session_state["selected"] == ["69", "68", "67", "66", "65"]
    assert "5 images selected" in words(at)
    sound(button(at, "Show 5 images in Explore").click().run())
    assert sorted(json.loads(linked(at, "where"))[0][2]) == ["65", "66", "67", "68", "69"]
    assert sorted(ids(at)) == ["65", "66", "67", "68", "69"]


def test_ids_of_no_image_are_left_out(open_page: Open) -> None:
    at = sound(open_page("sql", collection="shop", sql="VALUES ('3'), ('nobody')"))
    assert not [item for item in at.button if item.label.startswith("Select")]
    at = sound(run(at, "SELECT * FROM (VALUES ('3'), ('nobody')) AS t(id)"))
    assert button(at, "Select the image")


def test_counts_have_bars(open_page: Open) -> None:
    at = sound(open_page("sql", collection="shop", sql=BY_KIND))
    at.segmented_control(key="sql view").set_value("Bars").run()
    assert len(sound(at).get("plotly_chart")) == 1
    at = sound(run(at, "SELECT id FROM images"))
    assert at.segmented_control(key="sql view").value == "Rows"


def test_the_text_is_still_there_after_another_page(open_page: Open) -> None:
    at = sound(open_page("sql", collection="shop", sql=BY_KIND))
    at.switch_page("../pages/jobs.py").run()
    del at.query_params["sql"]  # as a change of page does in a browser
    sound(at.run())
    at.switch_page("../pages/sql.py").run()
    assert linked(sound(at), "sql") == BY_KIND
    assert at.text_area[0].value == BY_KIND


def test_without_a_collection_the_way_to_one_is_shown(open_page: Open, empty_workspace: Any) -> None:
    assert "Bring in your images" in heading(sound(open_page("sql", empty_workspace)))


def test_without_images_the_way_to_some_is_shown(open_page: Open) -> None:
    at = sound(open_page("sql", collection="gone", sql="FROM images"))
    assert "has no images" in at.info[0].value


def test_what_the_table_shows_of_odd_values() -> None:
    odd = table(
        {"a": "X", "b": "X", "c": "X", "d": "X"}, (1, "9007199254740993", [1], None), (0.5, 2, {"k": "é"}, None)
    )
    found = as_frame(odd)
    assert found["a"].to_list() == [1.0, 0.5]
    assert found["b"].to_list() == ["9007199254740993", "2"]
    assert found["c"].to_list() == ["[1]", '{"k": "é"}']
    assert found["d"].to_list() == [None, None]
    assert as_frame(table({"a": "BIGINT"})).shape == (0, 1)


def test_which_answers_have_bars() -> None:
    assert bar_rows(table({"kind": "VARCHAR", "n": "BIGINT"}, ("a", 3), (None, 2))) == [("a", 3, 3), ("none", 2, 2)]
    assert bar_rows(table({"year": "INTEGER", "n": "BIGINT"}, (2007, 3), (2008, 2)))[0] == ("2007", 3, 3)
    assert bar_rows(table({"a": "VARCHAR"}, ("a",), ("b",))) == []
    assert bar_rows(table({"a": "VARCHAR", "n": "BIGINT"}, ("a", 3), ("b", -2))) == []
    assert bar_rows(table({"n": "BIGINT"}, (3,), (4,))) == []
    assert bar_rows(table({"a": "BOOLEAN", "b": "BOOLEAN"}, (True, False), (True, True))) == []
    many = table({"a": "VARCHAR", "n": "DOUBLE"}, *[(f"v{n}", n / 2) for n in range(30)])
    assert len(bar_rows(many)) == 20
    assert title_of(many) == "n by a, the first 20"


def test_the_size_of_an_answer_in_words() -> None:
    assert counted(table({"a": "X"}, (1,))) == "1 row · took 12 ms"
    assert counted(table({"a": "X"}, (1,), (2,), cut=True)).startswith("2 rows, cut at 2: add LIMIT")

"""The filter as chips: what the browser is told, and what becomes of what it reports."""

from typing import Any

import pytest

from core.errors import QueryError
from core.query.columns import Column, Kind
from core.query.recipe import All, Between, Not, OneOf, Some
from ui.querybar import changed, node

COLUMNS = {
    column.name: column
    for column in (
        Column("gender", "gender", Kind.CATEGORY, 3, 0, 0),
        Column("colour", "base colour", Kind.CATEGORY, 9, 0, 0),
        Column("year", "year", Kind.YEAR, 9, 0, 64),
    )
}
MEN, BLACK, LATE = OneOf("gender", ("Men",)), OneOf("colour", ("Black",)), Between("year", 2013, None)
WHERE = All((MEN, Not(BLACK), Some((LATE, MEN))))


def test_chips_carry_words_and_text_and_are_nested_as_the_filter_is() -> None:
    root = node(WHERE, COLUMNS)
    assert root["kind"] == "all"
    plain, negative, group = root["children"]
    assert (plain["kind"], plain["words"], plain["text"]) == ("leaf", "gender is Men", "gender=Men")
    assert (negative["kind"], negative["text"]) == ("leaf", "-colour=Black")
    assert (group["kind"], [child["text"] for child in group["children"]]) == ("some", ["year>2012", "gender=Men"])
    assert node(Not(Some((MEN, LATE))), COLUMNS)["kind"] == "not"
    long = node(OneOf("gender", tuple(f"value {number}" for number in range(50))), COLUMNS)
    assert len(long["words"]) <= 80


@pytest.mark.parametrize(
    ("turn", "where"),
    [
        ({"op": "text", "text": "gender=Men"}, All((MEN,))),
        ({"op": "text", "text": ""}, All()),
        ({"op": "remove", "path": [2, 0]}, All((MEN, Not(BLACK), Some((MEN,))))),
        ({"op": "negate", "path": [1]}, All((MEN, BLACK, Some((LATE, MEN))))),
        ({"op": "turn", "path": [2]}, All((MEN, Not(BLACK), All((LATE, MEN))))),
        ({"op": "add", "path": [], "text": "year>2012"}, All((*WHERE.conditions, LATE))),
        ({"op": "add", "path": [], "text": " "}, WHERE),
        ({"op": "replace", "path": [0], "text": ""}, All((Not(BLACK), Some((LATE, MEN))))),
        ({"op": "replace", "path": [0], "text": "year>2012"}, All((LATE, Not(BLACK), Some((LATE, MEN))))),
        (
            {"op": "replace", "path": [0], "text": "year>2012 gender=Men"},
            All((All((LATE, MEN)), Not(BLACK), Some((LATE, MEN)))),
        ),
        (
            {"op": "alternative", "path": [0], "text": "year>2012"},
            All((Some((MEN, LATE)), Not(BLACK), Some((LATE, MEN)))),
        ),
    ],
)
def test_what_a_person_does_changes_one_place(turn: dict[str, Any], where: All) -> None:
    assert changed(WHERE, turn, COLUMNS) == where


@pytest.mark.parametrize(
    "turn",
    [
        {},
        {"op": "text"},
        {"op": "text", "text": "yeer=1"},
        {"op": "remove", "path": [9]},
        {"op": "remove", "path": "0"},
        {"op": "remove", "path": [True]},
        {"op": "turn", "path": [0]},
        {"op": "add", "path": []},
        {"op": "explode", "path": [], "text": "gender=Men"},
    ],
)
def test_what_makes_no_sense_is_told(turn: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        changed(WHERE, turn, COLUMNS)

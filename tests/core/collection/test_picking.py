"""A pick on a chart becomes a condition, and the same pick again takes it away."""

import math
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.collection.groups import MISSING, Group, Others, Span, Values
from core.collection.picking import (
    add_value,
    is_chosen,
    is_chosen_cell,
    pick,
    pick_cells,
    pick_range,
    pick_values,
    released,
)
from core.query.recipe import All, Between, Contains, Not, OneOf, Recipe, Some, Words

START = Recipe(All((Contains("name", "x"), OneOf("kind", ("Shoe",)), Between("year", 2010, None))), (Words("red"),))
A, B, OTHERS = Values(("a",)), Values(("b",)), Others(("a", "b"), 7)
LOW, HIGH = Span(0.0, 10.0, False), Span(10.0, 20.0, True)


def last(recipe: Recipe) -> Any:
    return recipe.where.conditions[-1]


def test_a_pick_replaces_the_columns_choice_and_keeps_the_rest() -> None:
    picked = pick_values(START, "kind", ["Shirt"])
    assert picked.where.conditions == (*START.where.conditions[::2], OneOf("kind", ("Shirt",)))
    assert picked.terms == START.terms


def test_the_same_pick_again_takes_it_away() -> None:
    assert pick_values(START, "kind", ["Shoe"]) == released(START, "kind")
    for groups in ([A], [MISSING], [OTHERS], [A, MISSING], [LOW], [LOW, MISSING], [A, OTHERS]):
        once = pick(START, "col", groups)
        assert once != START
        assert pick(once, "col", groups) == START
    assert pick(START, "kind", []) == released(START, "kind")


@pytest.mark.parametrize(
    ("low", "high", "closed", "wanted"),
    [
        (10, 20, False, Between("n", 10, 19)),
        (10, 20, True, Between("n", 10, 20)),
        (1.5, 2.5, False, Between("n", 1.5, math.nextafter(2.5, -math.inf))),
        (
            datetime(2020, 1, 1),
            datetime(2020, 2, 1),
            False,
            Between("n", datetime(2020, 1, 1), datetime(2020, 2, 1) - timedelta(microseconds=1)),
        ),
    ],
)
def test_a_range_leaves_its_upper_edge_out(low: Any, high: Any, closed: bool, wanted: Between) -> None:
    assert last(pick_range(Recipe(), "n", low, high, closed=closed)) == wanted


def test_ranges_that_touch_become_one() -> None:
    assert last(pick(Recipe(), "n", [HIGH, LOW])) == Between("n", 0.0, 20.0)
    assert last(pick(Recipe(), "n", [Span(2012, 2012, True), Span(2011, 2011, True)])) == Between("n", 2011, 2012)
    apart = last(pick(Recipe(), "n", [Span(2010, 2010, True), Span(2012, 2012, True)]))
    assert apart == Some((Between("n", 2010, 2010), Between("n", 2012, 2012)))


def test_others_are_every_value_that_is_not_listed() -> None:
    assert last(pick(Recipe(), "kind", [OTHERS])) == Not(OneOf("kind", ("a", "b", None)))


def test_a_value_is_added_to_the_choice() -> None:
    assert add_value(START, "kind", "Hat").chosen("kind") == ("Shoe", "Hat")
    assert add_value(START, "kind", "Shoe") == START
    assert add_value(Recipe(), "kind", None).chosen("kind") == (None,)


@pytest.mark.parametrize(
    ("groups", "chosen", "not_chosen"),
    [
        ([A], [A], [B, MISSING, OTHERS]),
        ([MISSING], [MISSING], [A, OTHERS]),
        ([OTHERS], [OTHERS], [A, B, MISSING]),
        ([LOW], [LOW], [HIGH, MISSING]),
        ([LOW, MISSING], [LOW, MISSING], [HIGH]),
    ],
)
def test_what_was_picked_is_chosen(groups: list[Group], chosen: list[Group], not_chosen: list[Group]) -> None:
    recipe = pick(START, "col", groups)
    assert all(is_chosen(recipe, "col", group) for group in chosen)
    assert not any(is_chosen(recipe, "col", group) for group in not_chosen)
    assert not any(is_chosen(START, "col", group) for group in [*chosen, *not_chosen])


def test_a_range_of_the_link_marks_the_bars_it_reaches() -> None:
    recipe = Recipe(All((Between("n", None, 3),)))
    assert is_chosen(recipe, "n", LOW)
    assert not is_chosen(recipe, "n", HIGH)
    assert is_chosen(Recipe(All((OneOf("n", (12,)),))), "n", HIGH)


def test_one_cell_is_a_condition_on_each_column() -> None:
    picked = pick_cells(START, "kind", "season", [(A, MISSING)])
    assert picked.where.conditions[2:] == (OneOf("kind", ("a",)), OneOf("season", (None,)))
    assert pick_cells(picked, "kind", "season", [(A, MISSING)]) == released(START, "kind")
    assert is_chosen_cell(picked, "kind", "season", (A, MISSING))
    assert not is_chosen_cell(picked, "kind", "season", (A, B))


def test_cells_of_a_rectangle_are_a_condition_on_each_column_too() -> None:
    picked = pick_cells(Recipe(), "x", "y", [(A, LOW), (B, LOW), (A, HIGH), (B, HIGH)])
    assert picked.where.conditions == (OneOf("x", ("a", "b")), Between("y", 0.0, 20.0))


def test_several_cells_are_any_of_them_and_replace_earlier_ones() -> None:
    first = pick_cells(START, "x", "y", [(A, LOW), (B, HIGH)])
    below = math.nextafter(10.0, -math.inf)
    assert last(first) == Some(
        (
            All((OneOf("x", ("a",)), Between("y", 0.0, below))),
            All((OneOf("x", ("b",)), Between("y", 10.0, 20.0))),
        )
    )
    assert is_chosen_cell(first, "x", "y", (A, LOW))
    assert not is_chosen_cell(first, "x", "y", (A, HIGH))
    assert pick_cells(first, "x", "y", [(A, LOW), (B, HIGH)]) == START
    assert pick_cells(first, "x", "y", [(A, HIGH)]).where.conditions[3:] == (
        OneOf("x", ("a",)),
        Between("y", 10.0, 20.0),
    )


def test_a_choice_in_neither_column_marks_no_cell() -> None:
    assert not is_chosen_cell(START, "x", "y", (A, LOW))


def test_conditions_that_no_chart_makes_stay() -> None:
    kept = All((Some((OneOf("a", (1,)), OneOf("b", (2,)))), Not(Contains("a", "x")), All((OneOf("a", (1,)),))))
    assert released(Recipe(kept), "a").where == kept

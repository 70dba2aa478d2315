"""What a recipe says of itself, for the controls that change it."""

from dataclasses import FrozenInstanceError

import pytest

from core.query.recipe import All, Between, Contains, Not, OneOf, Recipe, Some, leaves

MEN = OneOf("gender", ("Men",))
RECENT = Between("year", 2013)
RED = Contains("gender", "red")
RECIPE = Recipe(All((MEN, RECENT, RED, Not(MEN))), limit=7)


def test_without_a_column_its_choice_goes_and_everything_else_stays() -> None:
    assert RECIPE.without("gender") == Recipe(All((RECENT, RED)), limit=7)
    assert RECIPE.without("year").bounds("year") is None
    assert RECIPE.without("nothing") == RECIPE


def test_what_is_left_out_of_a_column_is_what_the_top_level_leaves_out() -> None:
    assert RECIPE.excluded("gender") == ("Men",)
    assert Recipe(All((Not(Not(MEN)), Not(RECENT), MEN))).excluded("gender") == ()


def test_including_adds_at_the_end() -> None:
    assert Recipe(All((MEN,))).including(RECENT).where == All((MEN, RECENT))


def test_chosen_and_bounds_are_those_of_the_top_level() -> None:
    assert RECIPE.chosen("gender") == ("Men",)
    assert RECIPE.bounds("year") == RECENT
    assert Recipe(All((Some((MEN, RECENT)),))).chosen("gender") == ()
    assert Recipe(All((Some((MEN, RECENT)),))).bounds("year") is None


def test_leaves_come_left_to_right() -> None:
    assert list(leaves(All((Some((MEN, Not(RECENT))), RED)))) == [MEN, RECENT, RED]
    assert list(leaves(All())) == []


def test_a_recipe_is_a_value() -> None:
    assert hash(RECIPE) == hash(Recipe(All((MEN, RECENT, RED, Not(MEN))), limit=7))
    with pytest.raises(FrozenInstanceError):
        RECIPE.limit = 3  # type: ignore[misc]

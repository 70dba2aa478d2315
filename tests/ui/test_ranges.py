"""Sliders: scales, and what they mean for a recipe."""

from datetime import date, datetime, time

import pytest

from core.query.columns import Column, Kind
from core.query.recipe import Between, Contains, Recipe
from ui.ranges import Scale, number_scale, shown_range, with_range

YEAR = Column("year", "Year", Kind.YEAR, bits=64)
PRICE = Column("price", "Price", Kind.NUMBER)
SOLD = Column("sold", "Sold", Kind.DATE)
YEARS = Scale(2007, 2018, 1, "%d")
DAYS = Scale(date(2020, 1, 1), date(2020, 12, 31), None, None)


@pytest.mark.parametrize(
    ("low", "high"), [(1, 1), (0, 2**53), (-(2**60), 0), (float("nan"), 1), (0, float("inf")), (1, 1 + 1e-15)]
)
def test_there_is_no_slider_without_a_way_or_with_numbers_a_browser_cannot_hold(low: float, high: float) -> None:
    assert number_scale(low, high, whole=False) is None


@pytest.mark.parametrize(("low", "high"), [(0.25, 104.75), (1e-6, 3e-6), (-5.5, 1e9), (0.1, 0.3)])
def test_a_scale_of_fractions_holds_both_ends_and_has_steps_enough(low: float, high: float) -> None:
    scale = number_scale(low, high, whole=False)
    assert scale is not None
    assert scale.low <= low < high <= scale.high
    assert (high - low) / scale.step >= 190


def test_a_bound_at_its_end_asks_for_nothing() -> None:
    assert with_range(Recipe(), YEAR, (2007, 2018), YEARS) == Recipe()
    assert with_range(Recipe(), YEAR, (2009, 2018), YEARS).bounds("year") == Between("year", 2009, None)
    assert with_range(Recipe(), YEAR, (2007, 2010), YEARS).bounds("year") == Between("year", None, 2010)


def test_a_range_replaces_the_one_before_and_leaves_texts() -> None:
    recipe = Recipe().including(Contains("year", "x")).including(Between("year", 2008, 2009))
    changed = with_range(recipe, YEAR, (2010, 2011), YEARS)
    assert changed.where.conditions == (Contains("year", "x"), Between("year", 2010, 2011))


def test_days_reach_from_the_first_morning_to_the_last_night() -> None:
    asked = with_range(Recipe(), SOLD, (date(2020, 2, 1), date(2020, 3, 1)), DAYS).bounds("sold")
    assert asked == Between("sold", datetime(2020, 2, 1), datetime.combine(date(2020, 3, 1), time.max))
    assert asked is not None
    assert shown_range(DAYS, asked) == (date(2020, 2, 1), date(2020, 3, 1))


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (Between("year"), (2007, 2018)),
        (Between("year", 1900, 2100), (2007, 2018)),
        (Between("year", 2100, None), (2018, 2018)),
        (Between("year", 2015, 2009), (2009, 2015)),
        (Between("year", 2010.5, None), (2010, 2018)),
    ],
)
def test_a_range_beyond_the_slider_is_shown_at_its_ends(asked: Between, shown: tuple[int, int]) -> None:
    assert shown_range(YEARS, asked) == shown

"""The sliders among the filters, for years, numbers and dates, each with its histogram."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.counts import Bin, histogram
from core.query.columns import Column, Kind
from core.query.english import spoken
from core.query.recipe import All, Between, OneOf, Recipe
from ui.errors import plain
from ui.question import ask, question
from ui.words import number

MOST_EXACT = 2**53 - 1  # larger numbers lose digits in a browser
STRIP_PX = 26
STEPS = 200  # at least so many on a slider of fractions


@dataclass(frozen=True)
class Scale:
    """A slider's ends, in its own type, and how it moves and writes."""

    low: Any
    high: Any
    step: Any
    format: str | None


def range_filter(catalog: Catalog, recipe: Recipe, column: Column) -> None:
    """A slider from the column's least to its greatest value, and a tick for what is missing.

    There is no slider where there is no way between the two.
    """
    _missing_box(recipe, column)
    scale = catalog.remembered(f"scale {column.name}", lambda: _scale(catalog, column))
    if scale is None:
        return
    asked = recipe.bounds(column.name) or Between(column.name)
    key = f"range {column.name}"
    st.session_state[key] = shown_range(scale, asked)

    def changed() -> None:
        ask(with_range(question(), column, st.session_state[key], scale))

    st.html(strip(histogram(catalog, recipe.without(column.name), column.name).bins))
    st.slider(
        plain(_title(column)),
        scale.low,
        scale.high,
        key=key,
        step=scale.step,
        format=scale.format,
        on_change=changed,
    )


def strip(bins: Sequence[Bin]) -> str:
    """A small picture of a histogram: bars of the result before those of the whole collection."""
    most = max((item.total for item in bins), default=0)
    if not most:
        return ""
    wide = 100 / len(bins)
    parts = []
    for place, item in enumerate(bins):
        for name, count in (("whole", item.total), ("found", item.count)):
            tall = max(STRIP_PX * count / most, 0.7) if count else 0
            parts.append(
                f'<rect class="{name}" x="{place * wide:.3f}" y="{STRIP_PX - tall:.2f}" width="{wide * 0.86:.3f}" '
                f'height="{tall:.2f}"/>'
            )
    return (
        f'<svg class="strip" viewBox="0 0 100 {STRIP_PX}" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def _missing_box(recipe: Recipe, column: Column) -> None:
    """Only the images without a value; there where there are any."""
    asked = recipe.chosen(column.name) == (None,)
    if not column.missing and not asked:
        return
    key = f"missing {column.name}"
    st.session_state[key] = asked

    def changed() -> None:
        rest = question().without(column.name)
        ask(rest.including(OneOf(column.name, (None,))) if st.session_state[key] else rest)

    st.checkbox(f"{plain(_title(column))} is missing ({number(column.missing)})", key=key, on_change=changed)


def _title(column: Column) -> str:
    label = spoken(column.label)
    return label[:1].upper() + label[1:]


def with_range(recipe: Recipe, column: Column, bounds: tuple[Any, Any], scale: Scale) -> Recipe:
    """The recipe after a change of one range; a bound at its end asks for nothing."""
    low = None if bounds[0] <= scale.low else bounds[0]
    high = None if bounds[1] >= scale.high else bounds[1]
    rest = recipe.without(column.name)
    if low is None and high is None:
        return rest
    if column.kind is Kind.DATE:
        low = datetime.combine(low, time.min) if low is not None else None
        high = datetime.combine(high, time.max) if high is not None else None
    return replace(rest, where=All((*rest.where.conditions, Between(column.name, low, high))))


def shown_range(scale: Scale, asked: Between) -> tuple[Any, Any]:
    """What a slider shows for a range that may reach beyond its ends."""
    kind = type(scale.low)
    first, last = (_as_shown(bound, kind) for bound in (asked.low, asked.high))
    low = scale.low if first is None else min(max(first, scale.low), scale.high)
    high = scale.high if last is None else min(max(last, scale.low), scale.high)
    return (low, high) if low <= high else (high, low)


def number_scale(low: float, high: float, *, whole: bool, year: bool = False) -> Scale | None:
    """The slider from one number to another."""
    if not (low < high and low >= -MOST_EXACT and high <= MOST_EXACT):
        return None
    if whole:
        return Scale(int(low), int(high), 1, "%d" if year else "localized")
    digits = max(0, math.ceil(math.log10(STEPS / (high - low))))
    if digits > 12:
        return None
    step = 10.0**-digits
    return Scale(
        round(math.floor(low / step) * step, digits), round(math.ceil(high / step) * step, digits), step, f"%.{digits}f"
    )


def _scale(catalog: Catalog, column: Column) -> Scale | None:
    bins = histogram(catalog, Recipe(), column.name).bins
    if len(bins) < 2:
        return None
    low, high = bins[0].low, bins[-1].high
    if isinstance(low, datetime) and isinstance(high, datetime):
        return Scale(low.date(), high.date(), None, None) if low.date() < high.date() else None
    assert not isinstance(low, datetime)
    assert not isinstance(high, datetime)
    return number_scale(low, high, whole=column.bits > 0, year=column.kind is Kind.YEAR)


def _as_shown(bound: int | float | datetime | None, kind: type) -> Any:
    if bound is None:
        return None
    if isinstance(bound, datetime):
        return bound.date() if kind is date else None
    return kind(bound) if kind is not date else None

"""The filters in the sidebar: facets with counts, ranges, and text; each change is one new recipe."""

from datetime import datetime, time
from typing import Any

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.counts import FacetCounts, facet_counts, histogram
from core.query.columns import Column, Kind
from core.query.english import spoken
from core.query.recipe import All, Between, Contains, OneOf, Recipe, Value
from core.query.sql import check
from ui.facets import Facet, FacetChange, FacetValue, facets
from ui.question import ask, question, without_terms

YES_NO = {"yes": True, "no": False}


def filters(catalog: Catalog, recipe: Recipe) -> Recipe:
    """Show the filters of a recipe and return it as changed in this run."""
    check(recipe.where, catalog.columns)
    with st.sidebar:
        _head(recipe)
        _text_filter(catalog, recipe)
        change = facets([_facet(catalog, counts, recipe) for counts in facet_counts(catalog, recipe)], key="facets")
        for column in catalog.of_kind(Kind.YEAR, Kind.NUMBER, Kind.DATE):
            _range_filter(catalog, recipe, column)
        if change is not None:
            ask(with_choice(catalog, recipe, change))
            st.rerun()
    return recipe


def with_choice(catalog: Catalog, recipe: Recipe, change: FacetChange) -> Recipe:
    """The recipe after a change in one facet."""
    kind = catalog.columns[change.column].kind
    values: list[Value | None] = [
        YES_NO[value] if kind is Kind.BOOLEAN and value is not None else value for value in change.chosen
    ]
    rest = recipe.without(change.column)
    return rest.including(OneOf(change.column, tuple(values))) if values else rest


def with_range(recipe: Recipe, column: str, low: Any, high: Any, ends: tuple[Any, Any]) -> Recipe:
    """The recipe after a change of one range; a bound at its end asks for nothing."""
    rest = recipe.without(column)
    lower = None if low <= ends[0] else low
    upper = None if high >= ends[1] else high
    return rest if lower is None and upper is None else rest.including(Between(column, lower, upper))


def with_text(recipe: Recipe, column: str, text: str) -> Recipe:
    """The recipe that asks for a text in one column, and in no other."""
    kept = tuple(item for item in recipe.where.conditions if not isinstance(item, Contains))
    found = (Contains(column, text.strip()),) if text.strip() else ()
    return Recipe(All(kept + found), recipe.terms, recipe.threshold, recipe.order, recipe.limit, seed=recipe.seed)


def _head(recipe: Recipe) -> None:
    left, right = st.columns([3, 2], vertical_alignment="center")
    left.subheader("Filters")
    if recipe.where.conditions:
        cleared = Recipe(All(), recipe.terms, recipe.threshold, recipe.order, recipe.limit, seed=recipe.seed)
        right.button("Clear all", on_click=ask, args=(cleared,), type="tertiary")


def _text_filter(catalog: Catalog, recipe: Recipe) -> None:
    columns = [*catalog.of_kind(Kind.TEXT), *catalog.of_kind(Kind.CATEGORY), catalog.columns["id"]]
    asked = next((item for item in recipe.where.conditions if isinstance(item, Contains)), None)
    st.session_state["contains"] = asked.text if asked else ""
    st.session_state.setdefault("contains column", columns[0].name)
    if asked:
        st.session_state["contains column"] = asked.column
    if st.session_state["contains column"] not in [column.name for column in columns]:
        st.session_state["contains column"] = columns[0].name

    def changed() -> None:
        ask(with_text(question(), st.session_state["contains column"], st.session_state["contains"]))

    labels = {column.name: spoken(column.label) for column in columns}
    st.text_input(
        "Text contains",
        key="contains",
        on_change=changed,
        placeholder=f"In {labels[st.session_state['contains column']]}",
        icon=":material/match_word:",
    )
    st.selectbox(
        "In column",
        list(labels),
        key="contains column",
        format_func=labels.__getitem__,
        on_change=changed,
        label_visibility="collapsed",
    )


def _facet(catalog: Catalog, counts: FacetCounts, recipe: Recipe) -> Facet:
    values = tuple(FacetValue(_as_text(item.value), item.count, item.total) for item in counts.values)
    chosen = tuple(_as_text(value) for value in recipe.chosen(counts.column))
    label = spoken(counts.label)
    return Facet(counts.column, label[:1].upper() + label[1:], values, chosen, len(values))


def _as_text(value: object) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)


def _range_filter(catalog: Catalog, recipe: Recipe, column: Column) -> None:
    shape = histogram(catalog, without_terms(recipe).without(column.name), column.name)
    if len(shape.bins) < 2:
        return
    low, high = shape.bins[0].low, shape.bins[-1].high
    asked = recipe.bounds(column.name) or Between(column.name)
    key = f"range {column.name}"
    label = spoken(column.label)
    label = label[:1].upper() + label[1:]
    ends, now = _ends_and_bounds(column, low, high, asked)
    first, last = (end if bound is None else bound for bound, end in zip(now, ends, strict=True))
    st.session_state[key] = (min(max(first, ends[0]), ends[1]), max(min(last, ends[1]), ends[0]))

    def changed() -> None:
        lower, upper = st.session_state[key]
        recipe_now = with_range(question(), column.name, lower, upper, ends)
        ask(_with_moments(recipe_now, column) if column.kind is Kind.DATE else recipe_now)

    st.slider(label, ends[0], ends[1], key=key, on_change=changed, format="%d" if column.kind is Kind.YEAR else None)


def _ends_and_bounds(column: Column, low: Any, high: Any, asked: Between) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Where a slider begins and ends, and what the recipe asks for, in the slider's own type."""
    bounds = (asked.low, asked.high)
    if column.kind is Kind.DATE:
        first, last = (bound.date() if isinstance(bound, datetime) else None for bound in bounds)
        return (low.date(), high.date()), (first, last)
    as_type: Any = int if column.kind is Kind.YEAR else float
    first, last = (None if bound is None else as_type(bound) for bound in bounds)
    return (as_type(low), as_type(high)), (first, last)


def _with_moments(recipe: Recipe, column: Column) -> Recipe:
    """Days chosen on a slider as the moments from the first's beginning to the last's end."""
    made = []
    for item in recipe.where.conditions:
        if isinstance(item, Between) and item.column == column.name:
            low = datetime.combine(item.low, time.min) if item.low is not None else None  # type: ignore[arg-type]
            high = datetime.combine(item.high, time.max) if item.high is not None else None  # type: ignore[arg-type]
            item = Between(column.name, low, high)
        made.append(item)
    return Recipe(All(tuple(made)), recipe.terms, recipe.threshold, recipe.order, recipe.limit, seed=recipe.seed)

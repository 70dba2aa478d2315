"""The filters in the sidebar: facets with counts, ranges, and text; each change is one new recipe."""

from dataclasses import replace

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.counts import FacetCounts, facet_counts
from core.query.columns import Kind, find_column
from core.query.english import spoken
from core.query.recipe import All, Contains, OneOf, Recipe, Value
from core.query.sql import check
from ui.facets import Facet, FacetChange, FacetValue, facets
from ui.question import ask, question
from ui.ranges import range_filter

YES_NO = {"yes": True, "no": False}


def filters(catalog: Catalog, recipe: Recipe) -> Recipe:
    """Show the filters of a recipe and return it as changed in this run."""
    check(recipe.where, catalog.columns)
    with st.sidebar:
        _head(recipe)
        _text_filter(catalog, recipe)
        change = facets([_facet(catalog, counts, recipe) for counts in facet_counts(catalog, recipe)], key="facets")
        for column in catalog.of_kind(Kind.YEAR, Kind.NUMBER, Kind.DATE):
            range_filter(catalog, recipe, column)
        if change is not None:
            ask(with_choice(catalog, recipe, change))
            st.rerun()
    return recipe


def with_choice(catalog: Catalog, recipe: Recipe, change: FacetChange) -> Recipe:
    """The recipe after a change in one facet."""
    kind = find_column(catalog.columns, change.column).kind
    values: list[Value | None] = [
        YES_NO[value] if kind is Kind.BOOLEAN and value is not None else value for value in change.chosen
    ]
    rest = recipe.without(change.column)
    return rest.including(OneOf(change.column, tuple(values))) if values else rest


def with_text(recipe: Recipe, column: str, text: str) -> Recipe:
    """The recipe that asks for a text in one column, and in no other."""
    kept = tuple(item for item in recipe.where.conditions if not isinstance(item, Contains))
    found = (Contains(column, text.strip()),) if text.strip() else ()
    return replace(recipe, where=All(kept + found))


def _head(recipe: Recipe) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="head"):
        st.subheader("Filters", anchor=False, width="content")
        if recipe.where.conditions:
            st.button("Clear all", on_click=ask, args=(replace(recipe, where=All()),), type="tertiary")


def _text_filter(catalog: Catalog, recipe: Recipe) -> None:
    asked = next((item for item in recipe.where.conditions if isinstance(item, Contains)), None)
    columns = [*catalog.of_kind(Kind.TEXT), *catalog.of_kind(Kind.CATEGORY), catalog.columns["id"]]
    labels = {column.name: spoken(column.label) for column in columns}
    if asked:
        labels.setdefault(asked.column, spoken(catalog.columns[asked.column].label))
        st.session_state["contains column"] = asked.column
    if st.session_state.get("contains column") not in labels:
        st.session_state["contains column"] = columns[0].name
    st.session_state["contains"] = asked.text if asked else ""

    def changed() -> None:
        ask(with_text(question(), st.session_state["contains column"], st.session_state["contains"]))

    with st.container(key="text filter", gap=None):
        st.selectbox(
            "Column in which to find a text",
            list(labels),
            key="contains column",
            format_func=labels.__getitem__,
            on_change=changed,
            label_visibility="collapsed",
        )
        st.text_input(
            "Text to find", key="contains", on_change=changed, placeholder="contains …", label_visibility="collapsed"
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

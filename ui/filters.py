"""The filters in the sidebar: facets with counts, ranges, and text; each change is one new recipe."""

from dataclasses import replace

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.counts import FacetCounts, facet_counts
from core.collection.tagcounts import chosen_tags, excluded_tags, tag_counts, without_tags
from core.query.columns import Kind, find_column
from core.query.english import spoken
from core.query.recipe import All, HasTag, Not, OneOf, Recipe, Value
from core.query.sql import check
from ui.facets import Facet, FacetChange, FacetChanges, FacetValue, facets
from ui.question import ask, question, question_link
from ui.ranges import range_filter
from ui.texts import text_filter

FACETS = "facets"
TAGS = " tags"  # no column's stored name begins with a space
YES_NO = {"yes": True, "no": False}


def asked_question(catalog: Catalog) -> Recipe:
    """The question in the link with what a person has just changed in the facets, which the link then has too.

    Called before anything is shown, so that one run of the page shows all that follows from a click.
    """
    recipe = question()
    changes = FacetChanges(FACETS, question_link())
    try:
        for change in changes.found:
            recipe = with_choice(catalog, recipe, change)
        if changes.found:
            ask(recipe)
    except Exception:  # what cannot be done is told once, not on every run
        changes.done(question_link())
        raise
    changes.done(question_link())
    return recipe


def filters(catalog: Catalog, recipe: Recipe) -> None:
    """Show the filters of a recipe."""
    check(recipe.where, catalog.columns)
    with st.sidebar:
        _head(recipe)
        text_filter(catalog, recipe)
        listed = [_facet(catalog, counts, recipe) for counts in facet_counts(catalog, recipe)]
        facets([*listed, *_tag_facet(catalog, recipe)], key=FACETS)
        for column in catalog.of_kind(Kind.YEAR, Kind.NUMBER, Kind.DATE):
            range_filter(catalog, recipe, column)


def with_choice(catalog: Catalog, recipe: Recipe, change: FacetChange) -> Recipe:
    """The recipe after a change in one facet; of tags an image has to have all that are chosen."""
    if change.column == TAGS:
        found = without_tags(recipe)
        for tag in filter(None, change.chosen):
            found = found.including(HasTag(tag))
        for tag in filter(None, change.excluded):
            found = found.including(Not(HasTag(tag)))
        return found
    kind = find_column(catalog.columns, change.column).kind
    found = recipe.without(change.column)
    for values, condition in ((change.chosen, OneOf), (change.excluded, _none_of)):
        typed = [YES_NO[value] if kind is Kind.BOOLEAN and value is not None else value for value in values]
        found = found.including(condition(change.column, tuple(typed))) if typed else found
    return found


def _none_of(column: str, values: tuple[Value | None, ...]) -> Not:
    return Not(OneOf(column, values))


def _head(recipe: Recipe) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="head"):
        st.subheader("Filters", anchor=False, width="content")
        if recipe.where.conditions:
            st.button("Clear all", on_click=ask, args=(replace(recipe, where=All()),), type="tertiary")


def _facet(catalog: Catalog, counts: FacetCounts, recipe: Recipe) -> Facet:
    values = tuple(FacetValue(_as_text(item.value), item.count, item.total) for item in counts.values)
    chosen = tuple(_as_text(value) for value in recipe.chosen(counts.column))
    excluded = tuple(_as_text(value) for value in recipe.excluded(counts.column))
    label = spoken(counts.label)
    return Facet(counts.column, label[:1].upper() + label[1:], values, chosen, len(values), excluded)


def _tag_facet(catalog: Catalog, recipe: Recipe) -> list[Facet]:
    counts = tag_counts(catalog, recipe)
    if not counts:
        return []
    values = tuple(FacetValue(str(item.value), item.count, item.total) for item in counts)
    return [Facet(TAGS, "Tags", values, chosen_tags(recipe), len(values), excluded_tags(recipe))]


def _as_text(value: object) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)

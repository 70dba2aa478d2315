"""A result as rows: a click on a header sorts the whole result by it, a tick selects the image."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from core.collection.catalog import Catalog
from core.query.columns import Column, Kind
from core.query.recipe import Order, Recipe
from core.search import Hit
from ui.question import ask, question
from ui.selection import select_among, selected_ids, table_turn, turn_tables

TABLE_PX = 560
MOST_UNSCROLLED = 15  # rows; more are scrolled
SCORE = "score"
ARROWS = {False: " ↑", True: " ↓"}


def show_table(catalog: Catalog, hits: Sequence[Hit], columns: Sequence[str], key: str, order: Order | None) -> None:
    """The hits as rows. `order` is that of the result; one that is sorted by likeness keeps its order."""
    scored = any(hit.score is not None for hit in hits)
    names = ["id", *(name for name in columns if name != "id")]
    data, settings = table_data(catalog, hits, names, scored=scored)
    if order is not None and order.column in settings:
        label = catalog.columns[order.column].label + ARROWS[order.descending]
        settings[order.column] = _look(catalog.columns[order.column], label)
    ids = [hit.row.id for hit in hits]
    chosen = selected_ids()
    place = f"{key} {table_turn()} {hash(tuple(ids))}"

    def changed() -> None:
        state = st.session_state[place]["selection"]
        if state["columns"] and not scored:
            turn_tables()
            ask(sorted_by(question(), state["columns"][0]))
            return
        select_among(ids, [ids[row] for row in state["rows"] if row < len(ids)])

    st.dataframe(
        pl.DataFrame(data, strict=False),
        hide_index=True,
        column_config=settings,
        height="content" if len(hits) <= MOST_UNSCROLLED else TABLE_PX,
        column_order=list(data),
        key=place,
        on_select=changed,
        selection_mode=["multi-row"] if scored else ["multi-row", "single-column"],
        selection_default={"selection": {"rows": [row for row, id in enumerate(ids) if id in chosen]}},
    )


def table_data(
    catalog: Catalog, hits: Sequence[Hit], names: Sequence[str], *, scored: bool
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Values by column, the score first where there is one, and how each column looks."""
    data: dict[str, list[Any]] = {}
    settings: dict[str, Any] = {name: _look(catalog.columns[name], catalog.columns[name].label) for name in names}
    if scored:
        score = SCORE
        while score in names:
            score += "_"
        data[score] = [hit.score for hit in hits]
        settings[score] = st.column_config.NumberColumn("Score", format="%.2f")
    return data | {name: [hit.row.values[name] for hit in hits] for name in names}, settings


def sorted_by(recipe: Recipe, column: str) -> Recipe:
    """The question sorted by a column; by the same one again the other way round, and then no longer."""
    held = recipe.order
    if held is None or held.column != column:
        return replace(recipe, order=Order(column))
    return replace(recipe, order=None if held.descending else Order(column, descending=True))


def _look(column: Column, label: str) -> Any:
    if column.kind is Kind.YEAR:
        return st.column_config.NumberColumn(label, format="%d")
    return st.column_config.Column(label)

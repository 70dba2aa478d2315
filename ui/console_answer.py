"""An answer of the SQL console: its rows, its pictures or its bars, and what can be made of it."""

import json
from collections.abc import Sequence
from typing import Any, Literal

import polars as pl
import streamlit as st

from core.collection.catalog import Catalog
from core.console.picked import recipe_of_ids
from core.console.run import Table
from core.export.spreadsheet import csv_text
from core.search import Hit
from core.workspace import Workspace
from ui.charts import PLOTLY_CONFIG, Rows, bars
from ui.places import EXPLORE
from ui.question import link_to
from ui.results import PAGE_ROWS, show_gallery
from ui.selection import turn_tables
from ui.words import milliseconds, number

ROWS, PICTURES, BARS = "Rows", "Pictures", "Bars"
MOST_BARS = 20
TABLE_PX = 560
MOST_UNSCROLLED = 15  # rows; more are scrolled


def show_answer(workspace: Workspace, catalog: Catalog, name: str, table: Table, ids: Sequence[str]) -> None:
    """The answer under its size, as rows unless a person chooses another view."""
    charted = bar_rows(table)
    views = [ROWS, *([PICTURES] if ids else []), *([BARS] if charted else [])]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{counted(table)}**", width="content")
        if len(views) > 1:
            if st.session_state.get("sql view") not in views:
                st.session_state["sql view"] = ROWS
            st.segmented_control("Show as", views, key="sql view", label_visibility="collapsed", required=True)
    view = st.session_state.get("sql view", ROWS) if len(views) > 1 else ROWS
    if not table.rows:
        st.info("The query ran and has no rows.", icon=":material/inbox:")
    elif view == PICTURES:
        hits = [Hit(row, None) for row in catalog.rows(ids[:PAGE_ROWS])]
        show_gallery(workspace, catalog, name, hits, key="sql images")
        if len(ids) > PAGE_ROWS:
            st.caption(f"The first {PAGE_ROWS} of {number(len(ids))}. Show them in Explore to see more.")
    elif view == BARS:
        figure = bars(charted, title=charted_title(table))
        st.plotly_chart(figure, config=PLOTLY_CONFIG, key="sql chart", theme=None)
    else:
        height: Literal["content"] | int = "content" if len(table.rows) <= MOST_UNSCROLLED else TABLE_PX
        st.dataframe(as_frame(table), hide_index=True, height=height)
    show_ways_on(name, table, ids)


def show_ways_on(name: str, table: Table, ids: Sequence[str]) -> None:
    """What can be made of an answer: a file, a selection, the current question."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if table.rows:
            st.download_button(
                "Download CSV",
                lambda: csv_text(table.records(), table.names),
                file_name=f"{name}-sql.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
            )
        if not ids:
            return
        recipe, count = recipe_of_ids(ids)
        many = f"{number(len(ids))} images" if len(ids) > 1 else "the image"
        label = f"Show {many} in Explore" if count == len(ids) else f"Show the first {number(count)} in Explore"
        if count and st.button(label, icon=":material/filter_alt:"):
            st.switch_page(EXPLORE, query_params=link_to(recipe, name))
        st.button(f"Select {many}", icon=":material/check_box:", on_click=select_these, args=(list(ids),))


def select_these(ids: list[str]) -> None:
    """Let these images be the selected ones, in the order of the answer."""
    st.session_state["selected"] = ids
    st.session_state["sql view"] = PICTURES
    turn_tables()


def counted(table: Table) -> str:
    """The answer's size, what to do where it is cut, and the time it took."""
    more = ": add LIMIT, or count over the rows" if table.cut else ""
    return f"{table.summary}{more} · took {milliseconds(table.milliseconds)}"


def as_frame(table: Table) -> pl.DataFrame:
    """The rows as a frame: a column of mixed values is text, what holds other values is JSON."""
    columns = {name: [row[place] for row in table.rows] for place, name in enumerate(table.names)}
    return pl.DataFrame({name: _of_one_type(values) for name, values in columns.items()}, strict=False)


def _of_one_type(values: list[Any]) -> list[Any]:
    kinds = {type(value) for value in values if value is not None}
    if (len(kinds) <= 1 and not kinds & {list, dict}) or kinds == {int, float}:
        return values
    return [value if value is None or isinstance(value, str) else _text(value) for value in values]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def bar_rows(table: Table) -> Rows:
    """The first label and the last number of each of the first rows; empty where there are no such columns."""
    label, figure = _charted(table)
    if label is None or figure is None:
        return []
    shown = [(row[label], row[figure]) for row in table.rows[:MOST_BARS] if row[figure] is not None]
    if len(shown) < 2 or any(value < 0 for _, value in shown):
        return []
    return [("none" if name is None else str(name), value, value) for name, value in shown]


def charted_title(table: Table) -> str:
    """Which number of what the bars are."""
    label, figure = _charted(table)
    first = f", the first {MOST_BARS}" if len(table.rows) > MOST_BARS else ""
    return "" if label is None or figure is None else f"{table.names[figure]} by {table.names[label]}{first}"


def _charted(table: Table) -> tuple[int | None, int | None]:
    numbers = [place for place in range(len(table.columns)) if _all(table, place, (int, float))]
    figure = numbers[-1] if numbers else None
    labels = [place for place in range(len(table.columns)) if place != figure and _all(table, place, (str, int))]
    labels = [place for place in labels if table.names[place].lower() != "id"]
    texts = [place for place in labels if _all(table, place, (str,))]
    return next(iter([*texts, *labels]), None), figure


def _all(table: Table, place: int, kinds: tuple[type, ...]) -> bool:
    present = [row[place] for row in table.rows if row[place] is not None]
    return bool(present) and all(isinstance(value, kinds) and not isinstance(value, bool) for value in present)

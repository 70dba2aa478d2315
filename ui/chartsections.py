"""Two columns against each other, and classes over time."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.crosstab import CrossTab, Side, cross_tab
from core.collection.groups import MISSING, Group, Others
from core.collection.picking import is_chosen_cell, pick, pick_cells, released, released_cells
from core.collection.trend import Trend, trend
from core.export import csv_text
from core.query.columns import CLASS_KINDS, Column, Kind
from core.query.recipe import Recipe
from ui.chartmenu import choices, picture_choice
from ui.chartrows import file_name, group_word, heading_of
from ui.charts import picked_places, saving
from ui.chartturn import on_pick, turned_key
from ui.errors import reporting
from ui.heatmap import heat_map, over_time, picked_pairs
from ui.question import remember
from ui.words import number, share

CELLS, TIMES = "cross-tab", "trend"
COUNTS, ROWS, ACROSS = MEASURES = ("Counts", "Share of row", "Share of column")
CLICKING, DRAGGING = PICKS = ("Clicking", "Dragging")
LINES, STACKED = SHAPES = ("Lines", "Stacked")
EVERYTHING = ""


def show_cross_tab(catalog: Catalog, recipe: Recipe, drawn: Sequence[Column]) -> None:
    """A heat map of two columns, whose cells are clicked or dragged over."""
    if len(drawn) < 2:
        st.info("There is only one column to count.", icon=":material/grid_on:")
        return
    names = {column.name: heading_of(column.label) for column in drawn}
    first = _kept("rows", names, next(iter(names)))
    second = _kept("across", [name for name in names if name != first], next(name for name in names if name != first))
    with st.container(horizontal=True, vertical_alignment="top"):
        _select("Rows", "rows", names, first)
        _select("Columns", "across", {name: text for name, text in names.items() if name != first}, second)
        measure = _segments("Shown", "measure", MEASURES)
        brush = _segments("Choose by", "pick", PICKS) == DRAGGING
    found = cross_tab(catalog, released_cells(recipe, first, second), first, second)
    down, across = _words(found.first), _words(found.second)
    cells = [(row, column) for row in range(len(down)) for column in range(len(across))]
    chosen = [cell for cell in cells if is_chosen_cell(recipe, first, second, _groups(found, cell))]
    parts, texts = _measured(found, measure)
    title, key = f"{names[first]} and {names[second].lower()}", turned_key(CELLS)
    figure = heat_map(down, across, found.counts, found.totals, parts, texts, title=title, chosen=chosen, brush=brush)
    st.plotly_chart(
        figure,
        config=saving(file_name(first, second), choices(CELLS).format),
        key=key,
        theme=None,
        on_select=partial(_picked_cells, recipe, found, key),
        selection_mode=("box",) if brush else ("points",),
        alt=title,
    )
    lines = [
        {
            first: down[row],
            second: across[column],
            "count": found.counts[row][column],
            "total": found.totals[row][column],
        }
        for row, column in cells
    ]
    _files(CELLS, file_name(first, second), lines, ("row", "column", "count", "total"))


def show_trend(catalog: Catalog, recipe: Recipe, drawn: Sequence[Column]) -> None:
    """Counts by year, month or day, of everything or of each class."""
    times = {column.name: heading_of(column.label) for column in drawn if column.kind in (Kind.YEAR, Kind.DATE)}
    if not times:
        st.info("No column has years or dates.", icon=":material/show_chart:")
        return
    classes = {EVERYTHING: "everything together"}
    classes |= {column.name: heading_of(column.label) for column in drawn if column.kind in CLASS_KINDS}
    along, by = _kept("along", times, next(iter(times))), _kept("by", classes, EVERYTHING)
    with st.container(horizontal=True, vertical_alignment="top"):
        _select("Over", "along", times, along)
        _select("Of each", "by", classes, by)
        shape = _segments("Shape", "shape", SHAPES)
    rest = released(recipe, along) if by == EVERYTHING else released_cells(recipe, by, along)
    found = trend(catalog, rest, along, by or None)
    marks = [group_word(group, found.times.kind, found.unit) for group in found.times.groups]
    names = ["Everything"] if found.classes is None else _words(found.classes)
    title, key = _trend_title(times[along], by and classes[by]), turned_key(TIMES)
    figure = over_time(marks, names, found.counts, title=title, rest=_rest(found), stacked=shape == STACKED)
    st.plotly_chart(
        figure,
        config=saving(file_name(along, by), choices(TIMES).format),
        key=key,
        theme=None,
        on_select=partial(_picked_times, recipe, found, key),
        selection_mode=("points",),
        alt=title,
    )
    lines = [
        {"class": name, "time": mark, "count": found.counts[row][column], "total": found.totals[row][column]}
        for row, name in enumerate(names)
        for column, mark in enumerate(marks)
    ]
    _files(TIMES, file_name(along, by), lines, ("class", "time", "count", "total"))


def _measured(found: CrossTab, measure: str) -> tuple[list[list[float]], list[list[str]]]:
    """How strong each cell is, 0 to 1, and what stands in it."""
    if measure == COUNTS:
        most = max((max(row, default=0) for row in found.counts), default=0) or 1
        return (
            [[count / most for count in row] for row in found.counts],
            [[number(count) if count else "" for count in row] for row in found.counts],
        )
    sums = [sum(column) for column in zip(*found.counts, strict=True)]
    wholes = [[sum(row) if measure == ROWS else sums[place] for place in range(len(row))] for row in found.counts]
    parts = [
        [count / whole if whole else 0.0 for count, whole in zip(row, line, strict=True)]
        for row, line in zip(found.counts, wholes, strict=True)
    ]
    texts = [
        [share(count, whole) if count else "" for count, whole in zip(row, line, strict=True)]
        for row, line in zip(found.counts, wholes, strict=True)
    ]
    return parts, texts


def _groups(found: CrossTab, cell: tuple[int, int]) -> tuple[Group, Group]:
    return found.first.groups[cell[0]], found.second.groups[cell[1]]


def _words(side: Side) -> list[str]:
    return [group_word(group, side.kind) for group in side.groups]


def _rest(found: Trend) -> list[int | None]:
    groups = found.classes.groups if found.classes is not None else ()
    marks = [0 if isinstance(group, Others) else 1 if group == MISSING else None for group in groups]
    return marks or [None]


def _trend_title(along: str, by: str) -> str:
    return f"{by} over {along.lower()}" if by else f"Images over {along.lower()}"


@reporting
def _picked_cells(recipe: Recipe, found: CrossTab, key: str) -> None:
    pairs = picked_pairs(st.session_state.get(key))
    cells = [
        _groups(found, pair)
        for pair in pairs
        if pair[0] < len(found.first.groups) and pair[1] < len(found.second.groups)
    ]
    first, second = found.first.column, found.second.column
    on_pick(recipe, CELLS, (lambda asked: pick_cells(asked, first, second, cells)) if cells else None, False)


@reporting
def _picked_times(recipe: Recipe, found: Trend, key: str) -> None:
    event, times = st.session_state.get(key), found.times
    side = found.classes
    if side is None:
        groups = [times.groups[place] for place in picked_places(event, "x") if place < len(times.groups)]
        on_pick(recipe, TIMES, (lambda asked: pick(asked, times.column, groups)) if groups else None, False)
        return
    by = side.column
    cells = [
        (side.groups[row], times.groups[column])
        for row, column in picked_pairs(event)
        if row < len(side.groups) and column < len(times.groups)
    ]
    on_pick(recipe, TIMES, (lambda asked: pick_cells(asked, by, times.column, cells)) if cells else None, False)


def _kept(name: str, known: Any, default: str) -> str:
    """A choice from the link, where it is one."""
    asked = st.query_params.get(name, default)
    return asked if asked in known else default


def _select(label: str, name: str, words: dict[str, str], value: str) -> None:
    key = f"charts {name}"
    st.session_state[key] = value

    def changed() -> None:
        remember(**{name: st.session_state[key] or None})

    st.selectbox(label, list(words), key=key, format_func=words.__getitem__, on_change=changed, width=220)


def _segments(label: str, name: str, offered: Sequence[str]) -> str:
    key, value = f"charts {name}", _kept(name, offered, offered[0])
    st.session_state[key] = value

    def changed() -> None:
        chosen = st.session_state[key]
        remember(**{name: None if chosen == offered[0] else chosen})

    st.segmented_control(label, offered, key=key, on_change=changed, required=True)
    return value


def _files(name: str, file: str, lines: Sequence[dict[str, object]], header: Sequence[str]) -> None:
    with st.popover("Save", icon=":material/download:", type="tertiary", width="content"):
        st.download_button(
            "Counts as CSV",
            lambda: csv_text(lines, header),
            file_name=f"{file}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"chart csv {name}",
            on_click="ignore",
        )
        picture_choice(name, choices(name).format)

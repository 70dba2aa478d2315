"""The small menu of a chart: how many bars, in which order, values far down, and the chart as a file."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.counts import facet_counts
from core.collection.picking import add_value, released
from core.export import csv_text
from core.query.columns import CLASS_KINDS, Column
from core.query.recipe import Recipe, Value
from ui.chartrows import CSV_COLUMNS, Entry, file_name, records, word
from ui.charts import FORMATS
from ui.chartturn import on_pick
from ui.errors import plain, reporting
from ui.words import number

MEMORY = "chart choices"
BINS, LEAST_BINS, MOST_BINS = 24, 5, 200
TOP, LEAST_TOP, MOST_TOP = 12, 3, 100
MOST_FOUND = 12


@dataclass(frozen=True)
class Choices:
    """How one chart is drawn."""

    bins: int = BINS
    top: int = TOP
    by_name: bool = False
    clicks: bool = False
    """A range column's bars are clicked rather than dragged over."""
    format: str = FORMATS[0]


def choices(column: str) -> Choices:
    """How a column's chart is drawn; kept for as long as the person's visit."""
    return Choices(**st.session_state.get(MEMORY, {}).get(column, {}))


def chart_menu(
    catalog: Catalog, recipe: Recipe, column: Column, entries: Sequence[Entry], settings: Choices, fresh: bool
) -> None:
    """The menu of one chart."""
    name = column.name
    with st.popover(
        "", icon=":material/tune:", help="Settings and files of this chart", type="tertiary", width="content"
    ):
        if column.kind in CLASS_KINDS:
            _slider("Bars", "top", name, settings.top, LEAST_TOP, MOST_TOP)
            _choice("Sort by", "by_name", name, {False: "Count", True: "Name"}, settings.by_name)
            _find_value(catalog, recipe, column, fresh)
        else:
            _slider("Bars", "bins", name, settings.bins, LEAST_BINS, MOST_BINS)
            _choice("Choose by", "clicks", name, {False: "Dragging", True: "Clicking"}, settings.clicks)
        st.download_button(
            "Counts as CSV",
            lambda: csv_text(records(entries), CSV_COLUMNS),
            file_name=f"{file_name(column.label)}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"chart csv {name}",
            on_click="ignore",
        )
        picture_choice(name, settings.format)


def picture_choice(name: str, format: str) -> None:
    """As what the chart's own button saves it."""
    _choice("Picture as", "format", name, {item: item.upper() for item in FORMATS}, format)
    st.caption("Save it with the camera at the chart's upper right corner.")


def _slider(label: str, field: str, name: str, value: int, least: int, most: int) -> None:
    key = f"chart {field} of {name}"
    st.session_state[key] = min(max(value, least), most)
    st.slider(label, least, most, key=key, on_change=partial(_set, name, field, key))


def _choice(label: str, field: str, name: str, words: dict[Any, str], value: Any) -> None:
    key = f"chart {field} of {name}"
    st.session_state[key] = value
    st.segmented_control(
        label,
        list(words),
        key=key,
        format_func=words.__getitem__,
        on_change=partial(_set, name, field, key),
        required=True,
    )


def _set(name: str, field: str, key: str) -> None:
    kept = dict(st.session_state.get(MEMORY, {}))
    kept[name] = {**asdict(choices(name)), field: st.session_state[key]}
    st.session_state[MEMORY] = kept


def _find_value(catalog: Catalog, recipe: Recipe, column: Column, fresh: bool) -> None:
    """Values that hold a text, however rare; a click adds one to the choice."""
    text = st.text_input("Find a value", key=f"chart find {column.name}", placeholder="Any part of it").strip()
    if not text:
        return
    facet = facet_counts(catalog, recipe, [column.name], released)[0]
    found = [item for item in facet.values if item.value is not None and text.casefold() in word(item.value).casefold()]
    if not found:
        st.caption("No value holds this text.")
    for place, item in enumerate(found[:MOST_FOUND]):
        st.button(
            f"{plain(word(item.value))} · {number(item.count)}",
            key=f"chart found {column.name} {place}",
            icon=":material/add:",
            type="tertiary",
            on_click=_added,
            args=(recipe, column.name, item.value, fresh),
        )
    if len(found) > MOST_FOUND:
        st.caption(f"And {number(len(found) - MOST_FOUND)} more.")


@reporting
def _added(recipe: Recipe, column: str, value: Value | None, fresh: bool) -> None:
    on_pick(recipe, column, lambda asked: add_value(asked, column, value), fresh)

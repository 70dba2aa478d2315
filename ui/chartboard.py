"""The charts of a result: a bar that is clicked, a range that is brushed or cells that are picked become a condition.

The recipe alone says what is chosen. A chart's own selection is forgotten at once, by giving the chart another key, so
that what is highlighted is what is asked.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.counts import facet_counts, histogram
from core.collection.groups import RANGE_KINDS, Group, Span
from core.collection.picking import is_chosen, pick, released
from core.query.columns import CLASS_KINDS, Column
from core.query.recipe import Recipe
from ui.chartmenu import Choices, chart_menu, choices
from ui.chartrows import Entry, class_entries, edge_word, file_name, heading_of, range_entries
from ui.charts import bars, columns, picked_places, saving
from ui.chartsections import show_cross_tab, show_trend
from ui.chartturn import leave, on_pick, turned_key
from ui.errors import reporting
from ui.question import remember, without_terms
from ui.words import number, plural

FIRST = 12  # charts shown before more are asked for
EACH, TWO, TIME = SECTIONS = ("Each column", "Two columns", "Over time")


def show_charts(catalog: Catalog, recipe: Recipe, most: int | None = None, leads_to: Path | None = None) -> None:
    """A chart for each class, year, number and date column of the result, the whole collection behind.

    With `most` there are no more than so many and nothing else; with `leads_to` a pick opens that page.
    """
    leave(leads_to)
    drawn = charted(catalog)
    if not drawn:
        st.info("No column has classes, numbers or dates to count.", icon=":material/bar_chart:")
        return
    section = _choose_section() if most is None else EACH
    plain = without_terms(recipe)
    if section == TWO:
        show_cross_tab(catalog, plain, drawn)
    elif section == TIME:
        show_trend(catalog, plain, drawn)
    else:
        _show_grid(catalog, plain, drawn, most, leads_to is not None)


def charted(catalog: Catalog) -> list[Column]:
    """The columns that have a chart: constant ones and those without any value tell nothing."""
    found = catalog.of_kind(*CLASS_KINDS, *RANGE_KINDS)
    return [column for column in found if column.distinct > 1 or (column.distinct == 1 and column.missing)]


def entries_of(catalog: Catalog, recipe: Recipe, column: Column, chosen: Choices) -> list[Entry]:
    """The bars of one column, its own choice left aside so that the others stay to be clicked."""
    if column.kind in CLASS_KINDS:
        facet = facet_counts(catalog, recipe, [column.name], released)[0]
        return class_entries(facet, recipe, chosen.top, by_name=chosen.by_name)
    return range_entries(histogram(catalog, released(recipe, column.name), column.name, chosen.bins))


def _show_grid(catalog: Catalog, recipe: Recipe, drawn: Sequence[Column], most: int | None, fresh: bool) -> None:
    everything = st.query_params.get("charts") == "all"
    shown = list(drawn) if everything and most is None else list(drawn)[: FIRST if most is None else most]
    classes = [column.name for column in shown if column.kind in CLASS_KINDS]
    facets = {facet.column: facet for facet in facet_counts(catalog, recipe, classes, released)}
    places = st.columns(2, gap="large")
    for index, column in enumerate(shown):
        settings = choices(column.name)
        with places[index % 2]:
            if column.name in facets:
                entries = class_entries(facets[column.name], recipe, settings.top, by_name=settings.by_name)
                _show_chart(catalog, recipe, column, entries, settings, fresh)
            else:
                _show_chart(catalog, recipe, column, entries_of(catalog, recipe, column, settings), settings, fresh)
    if most is None and len(shown) < len(drawn):
        left = plural(len(drawn) - len(shown), "more column")
        st.button(f"Show {left}", icon=":material/add_chart:", on_click=partial(remember, charts="all"))


def _show_chart(
    catalog: Catalog, recipe: Recipe, column: Column, entries: Sequence[Entry], settings: Choices, fresh: bool
) -> None:
    title, key = heading_of(column.label), turned_key(column.name)
    rows = [(item.label, item.count, item.total) for item in entries]
    chosen = [place for place, item in enumerate(entries) if is_chosen(recipe, column.name, item.group)]
    classes = column.kind in CLASS_KINDS
    if classes:
        figure = bars((), title=title, tail=rows, chosen=chosen)
    else:
        axis = [edge_word(item.group.low, column.kind) for item in entries if isinstance(item.group, Span)]
        figure = columns(rows, title=title, axis=axis, chosen=chosen, brush=not settings.clicks)
    groups = [item.group for item in entries]
    st.plotly_chart(
        figure,
        config=saving(file_name(column.label), settings.format),
        key=key,
        theme=None,
        on_select=partial(_picked, recipe, column.name, groups, key, "y" if classes else "x", fresh),
        selection_mode=("points",) if classes or settings.clicks else ("box",),
        alt=f"{title}: {plural(len(rows), 'bar')}",
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(_note(column, entries))
        chart_menu(catalog, recipe, column, entries, settings, fresh)


def _note(column: Column, entries: Sequence[Entry]) -> str:
    """What stands below a chart: how much of the column it shows."""
    if not any(item.count for item in entries):
        return "No image of the result has a value."
    if column.kind in CLASS_KINDS:
        return plural(column.distinct, "value")
    lacking = f" · {number(column.missing)} without" if column.missing else ""
    return plural(len(entries), "bar") + lacking


@reporting
def _picked(recipe: Recipe, column: str, groups: Sequence[Group], key: str, axis: str, fresh: bool) -> None:
    places = [place for place in picked_places(st.session_state.get(key), axis) if place < len(groups)]
    change: Callable[[Recipe], Recipe] = lambda asked: pick(asked, column, [groups[place] for place in places])  # noqa: E731
    on_pick(recipe, column, change if places else None, fresh)


def _choose_section() -> str:
    """Each column, two together, or over time; kept in the link."""
    asked = st.query_params.get("section", EACH)
    st.session_state["charts section"] = asked if asked in SECTIONS else EACH

    def changed() -> None:
        section = st.session_state["charts section"] or EACH
        remember(section=None if section == EACH else section)

    st.segmented_control(
        "Charts", SECTIONS, key="charts section", on_change=changed, label_visibility="collapsed", required=True
    )
    return str(st.session_state["charts section"] or EACH)

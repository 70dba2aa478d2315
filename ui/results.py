"""A result as a gallery with paging, a table or charts, the same on every page that shows images."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import polars as pl
import streamlit as st

from core.collection.catalog import Catalog, Row
from core.collection.counts import Bin, Histogram, ValueCount, class_counts, histogram
from core.query.columns import Column, Kind
from core.query.english import spoken
from core.query.recipe import ImageId, Recipe
from core.search import Hit
from core.workspace import Workspace
from ui.charts import PLOTLY_CONFIG, bars, columns
from ui.details import show_details
from ui.gallery import GalleryEvent, Tile, gallery
from ui.places import SEARCH
from ui.question import link_to, page_number, question, remember, without_terms
from ui.selection import selected_ids, selection_bar
from ui.words import milliseconds, number

PAGE_ROWS = 60
TILE_PX = 150  # side of a square as large as a picture's box
SMALL_TILE_PX = 108  # ten or twelve fit into one row of a wide window
TOP_BARS = 12
TABLE_PX = 560
ROW_PX = 35


def show_gallery(
    workspace: Workspace, catalog: Catalog, name: str, hits: Sequence[Hit], key: str, tile_px: int = TILE_PX
) -> None:
    """Thumbnails of the hits, with selection, details and “more like this”."""
    captions = caption_column(catalog)
    tiles = [tile(workspace, name, hit.row, captions, hit.score) for hit in hits]
    chosen = selected_ids()
    event = gallery(tiles, key=key, selected=chosen, tile_px=tile_px)
    with st.container(key="selection"):
        selection_bar(workspace, name)
    _react(workspace, name, event, chosen)


def tile(workspace: Workspace, name: str, row: Row, caption: str | None, score: float | None = None) -> Tile:
    """One image as the gallery shows it."""
    text = str(row.values.get(caption) or row.id) if caption else row.id
    source = workspace.image_link(name, row, "thumbnail")
    return Tile(row.id, source, row.width, row.height, text, text, "" if score is None else f"{score:.2f}")


def caption_column(catalog: Catalog) -> str | None:
    """The column that names an image best: the first free text, else the first category; never an address."""
    named = [*catalog.of_kind(Kind.TEXT), *catalog.of_kind(Kind.CATEGORY)]
    return named[0].name if named else None


def pager(matching: int, shown: int) -> None:
    """Buttons to the pages of a result, and where one is."""
    pages = max(1, -(-matching // PAGE_ROWS))
    page = min(page_number(), pages - 1)
    if pages == 1:
        return
    first = page * PAGE_ROWS + 1
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        _page_button("Previous", ":material/chevron_left:", "left", page - 1, disabled=page == 0)
        st.session_state["page number"] = page + 1
        st.number_input("Page", 1, pages, key="page number", on_change=_jump, label_visibility="collapsed", width=130)
        st.markdown(f"of {number(pages)} · {number(first)}–{number(first + shown - 1)} of {number(matching)}")
        _page_button("Next", ":material/chevron_right:", "right", page + 1, disabled=page >= pages - 1)


def show_table(catalog: Catalog, hits: Sequence[Hit]) -> None:
    """The hits as rows with every column."""
    names = ["id", *catalog.metadata]
    data: dict[str, list[Any]] = {name: [hit.row.values[name] for hit in hits] for name in names}
    settings: dict[str, Any] = {name: _column_look(catalog.columns[name]) for name in names}
    order = names
    if any(hit.score is not None for hit in hits):
        score = "score"
        while score in data:
            score += "_"
        data[score] = [hit.score for hit in hits]
        settings[score] = st.column_config.NumberColumn("Score", format="%.2f")
        order = [score, *names]
    height = min(TABLE_PX, ROW_PX * (len(hits) + 1) + 2)
    st.dataframe(
        pl.DataFrame(data, strict=False),
        hide_index=True,
        column_config=settings,
        height=height,
        column_order=order,
    )


def show_charts(catalog: Catalog, recipe: Recipe, most: int | None = None) -> None:
    """A chart for each class, year and number column of the result, the whole collection behind."""
    plain = without_terms(recipe)
    charted = catalog.of_kind(Kind.CATEGORY, Kind.BOOLEAN, Kind.YEAR, Kind.NUMBER, Kind.DATE)
    drawn = [column for column in charted if column.distinct > 1 or column.kind is Kind.BOOLEAN][:most]
    if not drawn:
        st.info("No column has classes, numbers or dates to count.", icon=":material/bar_chart:")
        return
    places = st.columns(2, gap="large")
    for index, column in enumerate(drawn):
        title = spoken(column.label)
        title = title[:1].upper() + title[1:]
        if column.kind in (Kind.CATEGORY, Kind.BOOLEAN):
            rows, tail = bar_rows(class_counts(catalog, plain, column.name).values)
            figure = bars(rows, title=title, tail=tail)
        else:
            shape = histogram(catalog, plain, column.name)
            figure = columns([(bin_label(shape, bin), bin.count, bin.total) for bin in shape.bins], title=title)
        places[index % 2].plotly_chart(figure, config=PLOTLY_CONFIG, key=f"chart {column.name}", theme=None)


def bar_rows(values: Sequence[ValueCount]) -> tuple[list[tuple[str, int, int]], list[tuple[str, int, int]]]:
    """The most frequent values; and what is left as one bar, what is missing as another."""
    known = [item for item in values if item.value is not None]
    missing = [item for item in values if item.value is None]
    rows = [(_word(item.value), item.count, item.total) for item in known[:TOP_BARS]]
    rest = known[TOP_BARS:]
    tail = [("Missing", item.count, item.total) for item in missing]
    if rest:
        tail.insert(0, (f"{len(rest):,} others", sum(item.count for item in rest), sum(item.total for item in rest)))
    return rows, tail


def bin_label(shape: Histogram, bin: Bin) -> str:
    """What stands under one bar of a histogram."""
    if isinstance(bin.low, datetime):
        return f"{bin.low:%Y-%m-%d}"
    return f"{bin.low:g}" if shape.kind is Kind.YEAR else f"{bin.low:,.4g}"


def took(result_milliseconds: float) -> None:
    """A small line that says what the answer cost."""
    st.caption(f"Took {milliseconds(result_milliseconds)}")


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _column_look(column: Column) -> Any:
    if column.kind is Kind.YEAR:
        return st.column_config.NumberColumn(column.label, format="%d")
    return st.column_config.Column(column.label)


def _page_button(label: str, icon: str, side: Literal["left", "right"], page: int, *, disabled: bool) -> None:
    st.button(label, icon=icon, icon_position=side, disabled=disabled, on_click=_turn_to, args=(page,))


def _jump() -> None:
    _turn_to(int(st.session_state["page number"]) - 1)


def _turn_to(page: int) -> None:
    remember(page=str(page + 1) if page > 0 else None)


def _react(workspace: Workspace, name: str, event: GalleryEvent, chosen: tuple[str, ...]) -> None:
    if event.selected != chosen:
        st.session_state["selected"] = list(event.selected)
        st.rerun()
    if event.similar is not None:
        more_like(name, event.similar)
    if event.opened is not None:
        show_details(workspace, name, event.opened)


def more_like(name: str, id: str) -> None:
    """Go to Search with an image as the question; the filters stay."""
    asked = question()
    recipe = Recipe(asked.where, (ImageId(id),), limit=asked.limit)
    st.switch_page(SEARCH, query_params=link_to(recipe, name))

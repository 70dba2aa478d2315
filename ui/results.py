"""A result as a gallery with paging or as charts, the same on every page that shows images."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.collection.catalog import Catalog, Row
from core.query.recipe import ImageId, Recipe
from core.search import Hit
from core.workspace import Workspace
from ui.details import show_details, shown
from ui.gallery import GalleryEvent, Tile, gallery
from ui.looks import looks
from ui.places import SEARCH
from ui.question import link_to, page_number, question, remember
from ui.selection import selected_ids, selection_bar, turn_tables
from ui.words import number

PAGE_ROWS = 60
MOST_PARTS = 3  # of a score, shown below a picture
SMALL_TILE_PX = 108  # ten or twelve fit into one row of a wide window


def show_gallery(
    workspace: Workspace, catalog: Catalog, name: str, hits: Sequence[Hit], key: str, tile_px: int | None = None
) -> None:
    """Thumbnails of the hits, with selection, details and “more like this”; as large as the person wants them."""
    look = looks(catalog)
    workspace.read_ahead(name, catalog, [hit.row for hit in hits])
    tiles = [tile(workspace, name, hit.row, look.captions, scored(hit)) for hit in hits]
    chosen = selected_ids()
    event = gallery(tiles, key=key, selected=chosen, tile_px=tile_px or look.tile_px)
    with st.container(key="selection"):
        selection_bar(workspace, name)
    _react(workspace, name, event, chosen, [hit.row.id for hit in hits])


def tile(workspace: Workspace, name: str, row: Row, captions: Sequence[str], score: str = "") -> Tile:
    """One image as the gallery shows it."""
    words = [shown(row.values[caption]) for caption in captions if row.values.get(caption) is not None]
    text = " · ".join(words)
    source = workspace.image_link(name, row, "thumbnail")
    return Tile(row.id, source, row.width, row.height, text, text or row.id, score)


def scored(hit: Hit) -> str:
    """How alike a hit is, how many bits of its hash differ or, where it is a sum of a few terms, of what."""
    if hit.score is None:
        return ""
    if hit.bits is not None:
        return f"{hit.score:.2f} · {hit.bits} bit{'s' if hit.bits != 1 else ''}"
    parts = [f"{'−' if part < 0 else '+'} {abs(part):.2f}".replace(" 0.", " .") for part in hit.parts]
    if not parts or len(parts) > MOST_PARTS:
        return f"{hit.score:.2f}"
    return f"{hit.score:.2f} = {parts[0].removeprefix('+ ').replace('− ', '−')} {' '.join(parts[1:])}"


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


def _page_button(label: str, icon: str, side: Literal["left", "right"], page: int, *, disabled: bool) -> None:
    st.button(label, icon=icon, icon_position=side, disabled=disabled, on_click=_turn_to, args=(page,))


def _jump() -> None:
    _turn_to(int(st.session_state["page number"]) - 1)


def _turn_to(page: int) -> None:
    remember(page=str(page + 1) if page > 0 else None)


def _react(
    workspace: Workspace, name: str, event: GalleryEvent, chosen: tuple[str, ...], shown_ids: Sequence[str]
) -> None:
    if event.selected != chosen:
        st.session_state["selected"] = list(event.selected)
        turn_tables()
        st.rerun()
    if event.similar is not None:
        more_like(name, event.similar)
    if event.opened is not None:
        show_details(workspace, name, event.opened, shown_ids)


def more_like(name: str, id: str) -> None:
    """Go to Search with an image as the question; the filters stay."""
    asked = question()
    recipe = Recipe(asked.where, (ImageId(id),), limit=asked.limit)
    st.switch_page(SEARCH, query_params=link_to(recipe, name))

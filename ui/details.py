"""One image in full: the original and everything known about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from core.about import Note, hashes, made_from, neighbours, notes
from core.collection.catalog import Catalog, Row
from core.collection.tags import scores_of
from core.errors import VitrineError
from core.query.english import spoken
from core.query.recipe import ImageId, Recipe
from core.workspace import Workspace
from ui.errors import plain, show_error
from ui.gallery import Tile, gallery
from ui.picture import picture_html
from ui.places import SEARCH
from ui.question import link_to, question
from ui.words import date, number

PICTURE_STYLE = "width:100%;max-height:60vh;object-fit:contain;border-radius:6px;background:rgba(128,134,134,.08)"
NEIGHBOUR_PX = 84
LOOKED_AT = "details"  # the image that the dialog shows, where a person went on from the one it was opened for
LOOKED_IN = "details in"  # its collection
CAME_FROM = "details before"  # collection and image that a person went to the original from
HASH_NAMES = {"phash": "perceptual hash", "dhash": "difference hash"}


def show_details(workspace: Workspace, name: str, id: str, shown_ids: Sequence[str] = ()) -> None:
    """Open the dialog for one image; `shown_ids` are the images to leaf through."""
    _look_at(id, name)
    st.session_state.pop(CAME_FROM, None)
    _dialog(workspace, name, tuple(shown_ids))


@st.dialog("Image", width="large")  # type: ignore[untyped-decorator]
def _dialog(workspace: Workspace, name: str, ids: tuple[str, ...]) -> None:
    """The original, its metadata, what is like it, and where it came from."""
    try:
        looked_in = str(st.session_state[LOOKED_IN])
        _details(workspace, looked_in, str(st.session_state[LOOKED_AT]), ids if looked_in == name else ())
    except VitrineError as error:
        show_error(error)


def _details(workspace: Workspace, name: str, id: str, ids: tuple[str, ...]) -> None:
    row = workspace.image(name, id)
    catalog = workspace.catalog(name)
    _back()
    _leaf(name, id, ids)
    picture, facts = st.columns([1, 1], gap="large")
    there = workspace.has_original(name, id)
    address = workspace.image_link(name, row, "original" if there else "thumbnail")
    picture.html(picture_html(address, id, PICTURE_STYLE))
    if not there:
        picture.caption("The original is no longer where it came from; this is its thumbnail.")
    with facts:
        st.markdown(f"**{plain(id)}**")
        st.caption(f"{number(row.width)} × {number(row.height)} pixels")
        _made_from(workspace, name, catalog, row)
        _tags(row, scores_of(catalog.dataset, [id]).get(id, {}))
        with st.container(horizontal=True):
            if st.button("More like this", icon=":material/image_search:", type="primary"):
                here = Recipe() if st.session_state.get(CAME_FROM) else question()  # asked of another collection
                recipe = Recipe(here.where, (ImageId(id),))
                st.switch_page(SEARCH, query_params=link_to(recipe, name))
            if there:
                st.link_button("Open original", address, icon=":material/open_in_new:", type="tertiary")
        _table([(spoken(catalog.columns[column].label), shown(row.values[column])) for column in catalog.metadata])
    _neighbours(workspace, name, catalog, id)
    with st.expander("Where it came from"):
        _origin(workspace, name, catalog, row)


def _made_from(workspace: Workspace, name: str, catalog: Catalog, row: Row) -> None:
    """Which image it was made from, and the way there."""
    made = made_from(workspace, catalog, row)
    if made is None:
        return
    st.markdown(f":material/auto_fix_high: {plain(made.told())}")
    if made.is_there:
        st.button(
            "Show the original",
            icon=":material/arrow_upward:",
            type="tertiary",
            on_click=_go_to_original,
            args=(made.parent.id, made.parent.collection, name, row.id),
        )


def _go_to_original(id: str, collection: str, name: str, before: str) -> None:
    st.session_state[CAME_FROM] = [*st.session_state.get(CAME_FROM, []), [name, before]]
    _look_at(id, collection)


def _back() -> None:
    """To the picture from which a person went to its original."""
    before = st.session_state.get(CAME_FROM)
    if before:
        st.button(f"Back to {plain(before[-1][1])}", icon=":material/arrow_back:", type="tertiary", on_click=_go_back)


def _go_back() -> None:
    *earlier, (collection, id) = st.session_state[CAME_FROM]
    st.session_state[CAME_FROM] = earlier
    _look_at(id, collection)


def _leaf(name: str, id: str, ids: tuple[str, ...]) -> None:
    """To the image before and after this one, where it is one of several."""
    if id not in ids or len(ids) < 2:
        return
    place = ids.index(id)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        for word, icon, to in (("Previous", "left", place - 1), ("Next", "right", place + 1)):
            outside = not 0 <= to < len(ids)
            args = () if outside else (ids[to], name)
            st.button(
                word, icon=f":material/chevron_{icon}:", type="tertiary", disabled=outside, on_click=_look_at, args=args
            )


def _look_at(id: str, name: str) -> None:
    st.session_state[LOOKED_AT] = id
    st.session_state[LOOKED_IN] = name


def _tags(row: Row, scores: Mapping[str, float]) -> None:
    """Its tags, those that a model gave with their scores."""
    tags = row.values["tags"] or []
    if tags:
        told = (f"{plain(tag)} {plain(f'{scores[tag]:.2f}')}" if tag in scores else plain(tag) for tag in tags)
        st.markdown(" ".join(f":gray-badge[{words}]" for words in told))


def _neighbours(workspace: Workspace, name: str, catalog: Catalog, id: str) -> None:
    found = neighbours(workspace, name, catalog, id)
    if not found:
        return
    st.markdown("**Most like it**")
    tiles = []
    for hit in found:
        link = workspace.image_link(name, hit.row, "thumbnail")
        tiles.append(Tile(hit.row.id, link, hit.row.width, hit.row.height, "", hit.row.id, f"{hit.score or 0:.2f}"))
    event = gallery(tiles, key="neighbours", tile_px=NEIGHBOUR_PX, selectable=False)
    if event.opened is not None:
        _look_at(event.opened, name)
        st.rerun(scope="fragment")


def _origin(workspace: Workspace, name: str, catalog: Catalog, row: Row) -> None:
    known = [("added", date(row.values["added_at"])), ("file", shown(row.values["uri"]))]
    known += [("source", shown(row.values["source"])), ("SHA-256", row.content_hash)]
    known += [(HASH_NAMES[kind], text) for kind, text in hashes(workspace, name, catalog, row).items()]
    _table(known)
    said = notes(workspace, name, row)
    if not said:
        st.caption("The ledgers have nothing to say of it: it went in as it was.")
    for note in said:
        st.caption(_told(note))


def _told(note: Note) -> str:
    return f"Ledger of {note.at[:16].replace('T', ' ')}: **{plain(note.entry.outcome)}** {plain(note.entry.reason)}"


def _table(lines: Sequence[tuple[str, str]]) -> None:
    rows = [f"| {plain(label)} | {plain(value)} |" for label, value in lines]
    st.markdown("\n".join(["| | |", "|:--|:--|", *rows]))


def shown(value: Any) -> str:
    """A value of the collection as a person reads it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    return str(value)

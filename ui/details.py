"""One image in full: the original and everything known about it."""

from datetime import datetime
from html import escape
from typing import Any

import streamlit as st

from core.errors import VitrineError
from core.query.english import spoken
from core.query.recipe import ImageId, Recipe
from core.workspace import Workspace
from ui.errors import plain, show_error
from ui.places import SEARCH
from ui.question import link_to, question
from ui.words import date, number

PICTURE_STYLE = "width:100%;max-height:60vh;object-fit:contain;border-radius:6px;background:rgba(128,134,134,.08)"


@st.dialog("Image", width="large")  # type: ignore[untyped-decorator]
def show_details(workspace: Workspace, name: str, id: str) -> None:
    """A dialog with the original, its metadata and where it came from."""
    try:
        _details(workspace, name, id)
    except VitrineError as error:
        show_error(error)


def _details(workspace: Workspace, name: str, id: str) -> None:
    row = workspace.image(name, id)
    catalog = workspace.catalog(name)
    picture, facts = st.columns([1, 1], gap="large")
    there = workspace.has_original(name, id)
    address = workspace.image_link(name, row, "original" if there else "thumbnail")
    picture.html(picture_html(address, id, PICTURE_STYLE))
    if not there:
        picture.caption("The original is no longer where it came from; this is its thumbnail.")
    with facts:
        st.markdown(f"**{plain(id)}**")
        st.caption(f"{number(row.width)} × {number(row.height)} pixels")
        if st.button("More like this", icon=":material/image_search:", type="primary"):
            recipe = Recipe(question().where, (ImageId(id),))
            st.switch_page(SEARCH, query_params=link_to(recipe, name))
        if there:
            st.link_button("Open original", address, icon=":material/open_in_new:", type="tertiary")
    known = [(spoken(catalog.columns[column].label), shown(row.values[column])) for column in catalog.metadata]
    known += [
        ("added", date(row.values["added_at"])),
        ("from", str(row.values["uri"])),
        ("SHA-256", row.content_hash),
    ]
    lines = [f"| {plain(label)} | {plain(value)} |" for label, value in known]
    facts.markdown("\n".join(["| | |", "|:--|:--|", *lines]))


def shown(value: Any) -> str:
    """A value of the collection as a person reads it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    return str(value)


def picture_html(address: str, alt: str, style: str) -> str:
    """An image element; addresses and words are escaped."""
    return f'<img src="{escape(address)}" alt="{escape(alt)}" style="{style}">'

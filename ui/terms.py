"""The picture a search was made with, shown above its result."""

import base64
from dataclasses import replace

import streamlit as st

from core.ingest.decode import decode
from core.links import image_link
from core.query.recipe import ImageId, Recipe, Term, Upload, Words
from core.workspace import Workspace
from ui.details import picture_html
from ui.question import ask

PICTURE_STYLE = "max-height:140px;max-width:220px;object-fit:contain;border-radius:6px"


def show_picture_term(workspace: Workspace, name: str, recipe: Recipe) -> None:
    """The image or upload that the search goes by, and a way to drop it."""
    pictures = [term for term in recipe.terms if not isinstance(term, Words)]
    if not pictures:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for term in pictures:
            st.html(picture_html(*_address(workspace, name, term), PICTURE_STYLE))
        st.button("Remove picture", icon=":material/close:", on_click=_drop_pictures, args=(recipe,), type="tertiary")


def _address(workspace: Workspace, name: str, term: Term) -> tuple[str, str]:
    if isinstance(term, ImageId):
        row = workspace.image(name, term.id)
        address = image_link(name, term.id, "thumbnail", row.content_hash)
        return address, f"Image {term.id}"
    assert isinstance(term, Upload)
    thumbnail = decode(workspace.uploads.read(term.digest), workspace.settings).thumbnail
    address = "data:image/webp;base64," + base64.b64encode(thumbnail).decode()
    return address, "The given picture"


def _drop_pictures(recipe: Recipe) -> None:
    ask(replace(recipe, terms=tuple(term for term in recipe.terms if isinstance(term, Words))))

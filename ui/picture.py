"""A picture as the question: where it is dropped, and how it is shown above its result."""

import base64
from dataclasses import replace

import streamlit as st

from core.errors import VitrineError
from core.ingest.decode import decode
from core.query.recipe import ImageId, Recipe, Term, Upload, Words
from core.workspace import Workspace
from ui.details import picture_html
from ui.errors import show_error
from ui.question import ask

PICTURES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif"]
PICTURE_STYLE = "max-height:96px;max-width:160px;object-fit:contain;border-radius:6px"


def uploader() -> None:
    """Where a picture is dropped."""
    st.file_uploader(
        "Drop a picture to find images like it",
        type=PICTURES,
        key="dropped picture",
        on_change=_dropped,
    )


def _dropped() -> None:
    file = st.session_state.get("dropped picture")
    if file is not None:
        st.session_state["dropped bytes"] = file.getvalue()


def take_in_picture(workspace: Workspace, recipe: Recipe) -> None:
    """Make a picture that was just dropped the question; one that cannot be read leaves the question as it is."""
    data = st.session_state.pop("dropped bytes", None)
    if data is None:
        return
    try:
        digest = workspace.keep_upload(data)
    except VitrineError as error:
        show_error(error)
        return
    ask(replace(recipe, terms=(Upload(digest),)))
    st.rerun()


def show_picture_terms(workspace: Workspace, name: str, recipe: Recipe) -> None:
    """The images that the search goes by, and a way to drop them."""
    pictures = [term for term in recipe.terms if not isinstance(term, Words)]
    if not pictures:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for term in pictures:
            st.html(picture_html(*_address(workspace, name, term), PICTURE_STYLE), width="content")
        st.button("Remove picture", icon=":material/close:", on_click=_drop_pictures, args=(recipe,), type="tertiary")


def _address(workspace: Workspace, name: str, term: Term) -> tuple[str, str]:
    if isinstance(term, ImageId):
        row = workspace.image(name, term.id)
        return workspace.image_link(name, row, "thumbnail"), f"Image {term.id}"
    assert isinstance(term, Upload)
    thumbnail = decode(workspace.uploads.read(term.digest), workspace.settings).thumbnail
    return "data:image/webp;base64," + base64.b64encode(thumbnail).decode(), "The given picture"


def _drop_pictures(recipe: Recipe) -> None:
    ask(replace(recipe, terms=tuple(term for term in recipe.terms if isinstance(term, Words))))

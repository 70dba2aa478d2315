"""Pictures as the question: where they are dropped, and how they are shown."""

import base64
import io
from dataclasses import replace
from html import escape

import streamlit as st

from core.errors import VitrineError
from core.ingest.decode import decode, decode_pixels
from core.pictured import cut
from core.query.recipe import ImageId, Recipe, Upload
from core.query.url import check_terms
from core.workspace import Workspace
from ui.errors import show_error
from ui.ingest import PICTURES
from ui.question import ask


def uploader() -> None:
    """Where pictures are dropped."""
    st.file_uploader(
        "Drop pictures to find images like them",
        type=PICTURES,
        key="dropped picture",
        accept_multiple_files=True,
        on_change=_dropped,
    )


def _dropped() -> None:
    files = st.session_state.get("dropped picture")
    if files:
        st.session_state["dropped bytes"] = [file.getvalue() for file in files]


def take_in_picture(workspace: Workspace, recipe: Recipe) -> None:
    """Make pictures that were just dropped the question; where one cannot be read the question stays as it is."""
    pictures = st.session_state.pop("dropped bytes", None)
    if not pictures:
        return
    try:
        check_terms(len(pictures))
        terms = tuple(Upload(workspace.hold_upload(data)) for data in pictures)
    except VitrineError as error:
        show_error(error)
        return
    ask(replace(recipe, terms=tuple(dict.fromkeys(terms))))
    st.rerun()


def picture_address(workspace: Workspace, name: str, term: ImageId | Upload) -> tuple[str, str]:
    """The address and the description of what a term shows: a picture, or the part of it that counts."""
    what = f"Image {term.id}" if isinstance(term, ImageId) else "The given picture"
    if term.box is None:
        return whole_picture(workspace, name, term), what
    image = cut(decode_pixels(_data(workspace, name, term), workspace.settings), term.box)
    image.thumbnail((256, 256))
    stream = io.BytesIO()
    image.save(stream, "WEBP")
    return _inline(stream.getvalue()), f"Part of {what[0].lower()}{what[1:]}"


def whole_picture(workspace: Workspace, name: str, term: ImageId | Upload) -> str:
    """The address of a term's whole picture."""
    if isinstance(term, ImageId):
        return workspace.image_link(name, workspace.image(name, term.id), "thumbnail")
    return _inline(decode(workspace.uploads.read(term.digest), workspace.settings).thumbnail)


def picture_shape(workspace: Workspace, name: str, term: ImageId | Upload) -> tuple[int, int]:
    """Width and height of a term's picture, pixels."""
    if isinstance(term, ImageId):
        row = workspace.image(name, term.id)
        return row.width, row.height
    decoded = decode(workspace.uploads.read(term.digest), workspace.settings)
    return decoded.width, decoded.height


def _data(workspace: Workspace, name: str, term: ImageId | Upload) -> bytes:
    if isinstance(term, Upload):
        return workspace.uploads.read(term.digest)
    return workspace.thumbnail(name, term.id)[1]


def _inline(picture: bytes) -> str:
    return "data:image/webp;base64," + base64.b64encode(picture).decode()


def picture_html(address: str, alt: str, style: str) -> str:
    """An image element; addresses and words are escaped."""
    return f'<img src="{escape(address)}" alt="{escape(alt)}" style="{style}">'

"""Ingest from the dashboard: the form that starts it, and pictures uploaded by hand."""

from pathlib import Path, PurePosixPath

import streamlit as st

from core.collection.schema import check_name
from core.errors import InputError, VitrineError
from core.ingest.decode import decode
from core.ingest.naming import IMAGE_SUFFIXES, with_suffix
from core.ingest.plan import IngestRequest
from core.workspace import Workspace
from ui.errors import plain, reporting, show_error
from ui.question import images
from ui.signin import who

PICTURES = [suffix.removeprefix(".") for suffix in IMAGE_SUFFIXES]


def ingest_form(workspace: Workspace, name: str | None) -> None:
    """Ask for a source and start its ingest as a job."""
    with st.form("ingest", border=True):
        left, right = st.columns([2, 1])
        source = left.text_input("Source", placeholder="/photos, /data/archive.zip or /data/products.csv")
        target = right.text_input("Collection", value=name or "", placeholder="products")
        with st.expander("Metadata table"):
            table = st.text_input("Table", placeholder="Found by itself beside or inside the source")
            id_column = st.text_input("Column that identifies images", placeholder="Found by itself")
            image_column = st.text_input("Column of paths or addresses", placeholder="Only when the source is a table")
        if st.form_submit_button("Bring in", type="primary", icon=":material/add_photo_alternate:"):
            request = IngestRequest(
                source.strip(),
                target.strip(),
                table=table.strip() or None,
                id_column=id_column.strip() or None,
                image_column=image_column.strip() or None,
            )
            _start(workspace, request)


def _start(workspace: Workspace, request: IngestRequest) -> None:
    """Start an ingest, or say in the form what is missing; what was typed stays."""
    try:
        if not request.source:
            raise InputError("Which source?", "The field is empty.", "Give the path of a folder, archive or table.")
        if not request.collection:
            raise InputError("Which collection?", "The field is empty.", "Give it a short name, such as products.")
        check_name(request.collection)
        workspace.start_ingest(request, who())
    except VitrineError as error:
        show_error(error)
    else:
        st.rerun()


def upload_form(workspace: Workspace, name: str) -> None:
    """Add single pictures to a collection; they are kept in the workspace."""
    with st.form("upload", border=True, clear_on_submit=True):
        files = st.file_uploader("Add images", type=PICTURES, accept_multiple_files=True)
        if st.form_submit_button("Add images", icon=":material/upload:") and files:
            _bring_in(workspace, name, [(_file_name(file.name), file.getvalue()) for file in files])


def _bring_in(workspace: Workspace, name: str, files: list[tuple[str, bytes]]) -> None:
    """Keep what can be read and start its ingest; what cannot is told by name."""
    readable = []
    for file_name, data in files:
        try:
            decode(data, workspace.settings)
            readable.append((file_name, data))
        except VitrineError as error:
            told = InputError(f"{file_name} was left out.", f"{error.title} {error.detail}".strip(), error.hint)
            show_error(told)
    if not readable:
        return
    try:
        folder = workspace.keep_originals(name, readable)
        workspace.start_ingest(IngestRequest(str(folder), name, use_table=False), who())
    except VitrineError as error:
        show_error(error)
        return
    if len(readable) == len(files):
        st.rerun()
    st.info(f"{images(len(readable))} on the way in.", icon=":material/upload:")


@reporting
def keep_given(workspace: Workspace, name: str, digest: str) -> None:
    """Add a picture that was given to search by to a collection."""
    id, data = f"given-{digest[:12]}", workspace.uploads.read(digest)
    if id in workspace.collection(name).deleted_ids():
        hint = "Put it back: its deletion is in the trash, on the Collection page below Images."
        raise InputError("This picture was in the collection, and was deleted.", "", hint)
    folder = workspace.keep_originals(name, [(with_suffix(id, data), data)])
    workspace.start_ingest(IngestRequest(str(folder), name, use_table=False), who())
    st.toast(f"The picture is on its way into {plain(name)}; Jobs shows when it is there.", icon=":material/upload:")


def _file_name(name: str) -> str:
    return PurePosixPath(Path(name.replace("\\", "/")).name).name or "image"

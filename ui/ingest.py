"""Ingest from the dashboard: the form, the job's live progress, and pictures uploaded by hand."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import streamlit as st

from core.collection.schema import check_name
from core.errors import InputError, VitrineError
from core.ingest.decode import decode
from core.ingest.plan import IngestRequest
from core.jobs.job import Job, State
from core.workspace import Workspace
from ui.errors import plain, reporting, show_error, show_job_error
from ui.question import collection_name, forget_all, images, remember
from ui.words import milliseconds, number

PICTURES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif"]
JOBS_SHOWN = 3
EVERY_SECONDS = 1.0
EMBED = "embed"  # the kind of a job that makes vectors anew
ICONS = {
    State.DONE: ":material/check_circle:",
    State.FAILED: ":material/error:",
    State.INTERRUPTED: ":material/pause_circle:",
}


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
        workspace.start_ingest(request)
    except VitrineError as error:
        show_error(error)
    else:
        st.rerun()


def show_jobs(workspace: Workspace) -> None:
    """The latest ingests; the ones under way tell how far they are, every second."""
    under_way = any(not job.ended for job in workspace.jobs.all(JOBS_SHOWN))
    st.fragment(_follow_jobs, run_every=EVERY_SECONDS if under_way else None)(workspace)


def _follow_jobs(workspace: Workspace) -> None:
    try:
        _show_jobs(workspace)
    except VitrineError as error:
        show_error(error)


def _show_jobs(workspace: Workspace) -> None:
    jobs = workspace.jobs.all(JOBS_SHOWN)
    for job in jobs:
        _show_job(workspace, job)
    active = {job.id for job in jobs if not job.ended}
    before = set(st.session_state.get("active jobs", []))
    st.session_state["active jobs"] = sorted(active)
    if before - active:
        for job in jobs:
            if job.id in before - active and job.state is State.DONE:
                _turn_to(str(job.parameters["collection"]))
        st.rerun(scope="app")


def _turn_to(name: str) -> None:
    """Show the collection that has just grown; a question about another one does not fit it."""
    if name != collection_name():
        forget_all()
    remember(collection=name, tab=None)


def _show_job(workspace: Workspace, job: Job) -> None:
    title = _title(job)
    if not job.ended:
        st.progress(job.done / job.total if job.total else 0.0, text=f"{title}: {_progress_words(job)}")
        return
    if job.state is State.DONE and job.result is not None:
        st.markdown(f"{ICONS[job.state]} {title}: {_outcome(job)}")
        return
    st.markdown(f"{ICONS[job.state]} {title}")
    if job.state is State.FAILED:
        show_job_error(job)
    else:
        st.warning("It was cut off. What it wrote is kept.", icon=":material/pause_circle:")
    st.button("Start again", key=f"again {job.id}", icon=":material/replay:", on_click=_again, args=(workspace, job))


def _title(job: Job) -> str:
    """What a job does to which collection."""
    about = "vectors by " + str(job.parameters["encoder"]) if job.kind == EMBED else job.parameters.get("source", "")
    return f"{plain(str(about))} → {plain(str(job.parameters.get('collection', '')))}"


def _outcome(job: Job) -> str:
    result = job.result or {}
    if job.kind != EMBED:
        return outcome_words(result)
    made = f"{images(int(result['encoded']))} encoded in {milliseconds(1000 * result['seconds'])}"
    thumbnails = int(result["from_thumbnails"])
    return f"{made}, {number(thumbnails)} from thumbnails" if thumbnails else made


def outcome_words(result: Mapping[str, Any]) -> str:
    """How an ingest ended, in one line; what did not go in is never left unsaid."""
    parts = [f"{images(int(result['images_added']))} added"]
    if updated := int(result.get("images_updated", 0)):
        parts.append(f"{number(updated)} updated")
    aside = sum(int(result.get(name, 0)) for name in ("unreadable", "ids_taken", "deleted_before"))
    if aside:
        parts.append(f"{number(aside)} put aside (see the ledger)")
    return f"{', '.join(parts)} in {milliseconds(1000 * result['seconds'])}"


def _progress_words(job: Job) -> str:
    if not job.stage:
        return "starting …"
    count = f", {number(job.done)} of {number(job.total)}" if job.total else ""
    bad = f", {number(job.bad)} unreadable" if job.bad else ""
    return f"{job.stage.lower()}{count}{bad}"


@reporting
def _again(workspace: Workspace, job: Job) -> None:
    if job.kind == EMBED:
        asked = job.parameters
        workspace.start_embed(asked["collection"], asked["encoder"], thumbnails=asked["thumbnails"])
        return
    parameters = {**job.parameters, "text_columns": tuple(job.parameters.get("text_columns", ()))}
    workspace.start_ingest(IngestRequest(**parameters))


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
        workspace.start_ingest(IngestRequest(str(folder), name, use_table=False))
    except VitrineError as error:
        show_error(error)
        return
    if len(readable) == len(files):
        st.rerun()
    st.info(f"{images(len(readable))} on the way in.", icon=":material/upload:")


def _file_name(name: str) -> str:
    return PurePosixPath(Path(name.replace("\\", "/")).name).name or "image"

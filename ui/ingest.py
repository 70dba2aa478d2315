"""Ingest from the dashboard: the form, the job's live progress, and pictures uploaded by hand."""

from pathlib import Path, PurePosixPath

import streamlit as st

from core.collection.schema import check_name
from core.errors import InputError
from core.ingest.decode import decode
from core.ingest.plan import IngestRequest
from core.jobs.job import Job, State
from core.workspace import Workspace
from ui.errors import plain, show_job_error
from ui.question import images, remember
from ui.words import milliseconds, number

PICTURES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif"]
JOBS_SHOWN = 3
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
            if not source.strip():
                raise InputError("Which source?", "The field is empty.", "Give the path of a folder, archive or table.")
            request = IngestRequest(
                source.strip(),
                check_name(target.strip()),
                table=table.strip() or None,
                id_column=id_column.strip() or None,
                image_column=image_column.strip() or None,
            )
            workspace.start_ingest(request)
            st.rerun()


@st.fragment(run_every=1.0)  # type: ignore[untyped-decorator]
def show_jobs(workspace: Workspace) -> None:
    """The latest ingests; the ones under way tell how far they are."""
    jobs = workspace.jobs.all(JOBS_SHOWN)
    for job in jobs:
        _show_job(workspace, job)
    active = {job.id for job in jobs if not job.ended}
    before = set(st.session_state.get("active jobs", []))
    st.session_state["active jobs"] = sorted(active)
    if before - active:
        for job in jobs:
            if job.id in before - active and job.state is State.DONE:
                remember(collection=str(job.parameters["collection"]))
        st.rerun(scope="app")


def _show_job(workspace: Workspace, job: Job) -> None:
    title = f"{plain(str(job.parameters.get('source', '')))} → {plain(str(job.parameters.get('collection', '')))}"
    if not job.ended:
        st.progress(job.done / job.total if job.total else 0.0, text=f"{title}: {_progress_words(job)}")
        return
    if job.state is State.DONE and job.result is not None:
        added = f"{images(int(job.result['images_added']))} added"
        st.markdown(f"{ICONS[job.state]} {title}: {added} in {milliseconds(1000 * job.result['seconds'])}")
        return
    st.markdown(f"{ICONS[job.state]} {title}")
    if job.state is State.FAILED:
        show_job_error(job)
    else:
        st.warning("The ingest was cut off. What it wrote is kept.", icon=":material/pause_circle:")
    st.button("Start again", key=f"again {job.id}", icon=":material/replay:", on_click=_again, args=(workspace, job))


def _progress_words(job: Job) -> str:
    if not job.stage:
        return "starting …"
    count = f", {number(job.done)} of {number(job.total)}" if job.total else ""
    bad = f", {number(job.bad)} unreadable" if job.bad else ""
    return f"{job.stage.lower()}{count}{bad}"


def _again(workspace: Workspace, job: Job) -> None:
    parameters = {**job.parameters, "text_columns": tuple(job.parameters.get("text_columns", ()))}
    workspace.start_ingest(IngestRequest(**parameters))


def upload_form(workspace: Workspace, name: str) -> None:
    """Add single pictures to a collection; they are kept in the workspace."""
    with st.form("upload", border=True, clear_on_submit=True):
        files = st.file_uploader("Add images", type=PICTURES, accept_multiple_files=True)
        if st.form_submit_button("Add images", icon=":material/upload:") and files:
            for file in files:
                decode(file.getvalue(), workspace.settings)
            folder = workspace.keep_originals(name, [(_file_name(file.name), file.getvalue()) for file in files])
            workspace.start_ingest(IngestRequest(str(folder), name, use_table=False))
            st.rerun()


def _file_name(name: str) -> str:
    return PurePosixPath(Path(name.replace("\\", "/")).name).name or "image"

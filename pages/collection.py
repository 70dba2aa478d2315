"""Collection: bring images in, take them out, undo that, and see the ledger."""

import streamlit as st

from core.query.recipe import Recipe
from core.workspace import Workspace
from ui.ingest import ingest_form, show_jobs, upload_form
from ui.ledgers import show_ledger
from ui.question import page_number
from ui.resources import current
from ui.results import PAGE_ROWS, pager, show_gallery
from ui.selection import undo_deletion
from ui.welcome import welcome
from ui.words import number


def collection() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    st.title(f"{name}: {number(catalog.count_all)} images", anchor=False)
    show_jobs(workspace)
    ledgers, images, add = st.tabs(["Ledger", "Images", "Bring in more"])
    with ledgers:
        show_ledgers(workspace, name)
    with images:
        st.caption("Select images to delete them; a deletion can be undone.")
        show_trash(workspace, name)
        pages = max(1, -(-catalog.count_all // PAGE_ROWS))
        offset = min(page_number(), pages - 1) * PAGE_ROWS
        result = workspace.searcher(name).run(Recipe(limit=PAGE_ROWS), offset)
        show_gallery(workspace, catalog, name, result.hits, key="collection images")
        pager(catalog.count_all, len(result.hits))
    with add:
        st.markdown("From a folder, archive or table on this machine:")
        ingest_form(workspace, name)
        st.markdown("Or single pictures:")
        upload_form(workspace, name)


def show_ledgers(workspace: Workspace, name: str) -> None:
    """The last ingest's ledger, and the earlier ones behind a choice."""
    found = workspace.ledgers(name)
    if not found:
        st.info("No ingest has finished yet. Its ledger appears here at the end.", icon=":material/receipt_long:")
        return
    by_run = {ledger.run: ledger for ledger in found}
    run = found[0].run
    if len(found) > 1:
        run = st.selectbox("Ingest", list(by_run), format_func=lambda run: f"{by_run[run].at}, {by_run[run].source}")
    show_ledger(by_run[run])


def show_trash(workspace: Workspace, name: str) -> None:
    """Deletions that can still be undone."""
    deletions = workspace.collection(name).deletions()
    if not deletions:
        return
    with st.expander(f"Trash: {number(len(deletions))} deletions" if len(deletions) > 1 else "Trash: 1 deletion"):
        for deletion in reversed(deletions):
            moment = f"{deletion[:4]}-{deletion[4:6]}-{deletion[6:8]} {deletion[9:11]}:{deletion[11:13]} UTC"
            st.button(
                f"Put back what was deleted on {moment}",
                key=f"undo {deletion}",
                icon=":material/undo:",
                on_click=undo_deletion,
                args=(workspace, name, deletion),
            )


collection()

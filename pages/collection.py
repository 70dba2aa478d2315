"""Collection: bring images in, take them out, undo that, and see the ledger."""

import streamlit as st

from core.query.recipe import Recipe
from core.workspace import Workspace
from ui.domain import show_domain_advice
from ui.errors import plain
from ui.history import show_history
from ui.ingest import ingest_form, upload_form
from ui.jobs import show_jobs
from ui.ledgers import moment, show_ledger
from ui.question import images, page_number, remember
from ui.resources import current
from ui.results import PAGE_ROWS, pager, show_gallery
from ui.selection import undo_deletion
from ui.welcome import welcome
from ui.words import number

TABS = ("Ledger", "History", "Images", "Bring in more")


def collection() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    st.title(plain(f"{name}: {images(catalog.count_all)}"), anchor=False)
    show_jobs(workspace)
    show_domain_advice(workspace, catalog, name)
    asked = st.query_params.get("tab", TABS[0])
    st.session_state["tab"] = asked if asked in TABS else TABS[0]
    ledger_tab, history_tab, images_tab, add_tab = st.tabs(TABS, key="tab", on_change=turn_tab)
    if ledger_tab.open:
        with ledger_tab:
            show_ledgers(workspace, name)
    if history_tab.open:
        with history_tab:
            show_history(workspace, name)
    if images_tab.open:
        with images_tab:
            show_images(workspace, name)
    if add_tab.open:
        with add_tab:
            st.markdown("From a folder, archive or table on this machine:")
            ingest_form(workspace, name)
            st.markdown("Or single pictures:")
            upload_form(workspace, name)


def turn_tab() -> None:
    """Keep the open tab in the URL."""
    tab = st.session_state["tab"]
    remember(tab=None if tab == TABS[0] else tab, page=None)


def show_images(workspace: Workspace, name: str) -> None:
    """Every image, to select and delete; and the deletions that can be undone."""
    catalog = workspace.catalog(name)
    st.caption("Select images to delete them; a deletion can be undone.")
    show_trash(workspace, name)
    pages = max(1, -(-catalog.count_all // PAGE_ROWS))
    offset = min(page_number(), pages - 1) * PAGE_ROWS
    result = workspace.searcher(name, catalog).run(Recipe(limit=PAGE_ROWS), offset)
    show_gallery(workspace, catalog, name, result.hits, key="collection images")
    pager(catalog.count_all, len(result.hits))


def show_ledgers(workspace: Workspace, name: str) -> None:
    """The last ingest's ledger, and the earlier ones behind a choice."""
    found = workspace.ledgers(name)
    if not found:
        st.info("No ingest has finished yet. Its ledger appears here at the end.", icon=":material/receipt_long:")
        return
    by_run = {ledger.run: ledger for ledger in found}
    run = found[0].run
    if len(found) > 1:
        run = st.selectbox(
            "Ingest", list(by_run), format_func=lambda run: f"{moment(by_run[run].at)}, {by_run[run].source}"
        )
    show_ledger(by_run[run])


def show_trash(workspace: Workspace, name: str) -> None:
    """Deletions that can still be undone."""
    deletions = workspace.collection(name).deletions()
    if not deletions:
        return
    with st.expander(f"Trash: {number(len(deletions))} deletions" if len(deletions) > 1 else "Trash: 1 deletion"):
        for deletion in reversed(deletions):
            at = f"{deletion[:4]}-{deletion[4:6]}-{deletion[6:8]} {deletion[9:11]}:{deletion[11:13]}:{deletion[13:15]}"
            st.button(
                f"Put back what was deleted on {at} UTC",
                key=f"undo {deletion}",
                icon=":material/undo:",
                on_click=undo_deletion,
                args=(workspace, name, deletion),
            )


collection()

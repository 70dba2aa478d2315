"""Jobs: everything long that was asked for, how far it is, how it ended, and the exports and sets that came of it."""

import streamlit as st

from core.jobs.job import State
from core.workspace import Workspace
from ui.exports import show_exports
from ui.jobs import EVERY_SECONDS, show_job, show_particulars, turn_when_ended
from ui.question import remember
from ui.resources import current
from ui.sets import show_sets

TABS = ("All jobs", "Exports", "Sets")
PAGE_JOBS = 20
ALL = "All"
STATES = {ALL: None, "Running": State.RUNNING, "Waiting": State.QUEUED, "Done": State.DONE, "Failed": State.FAILED,
          "Cancelled": State.CANCELLED}  # fmt: skip


def jobs() -> None:
    """The page, from top to bottom."""
    workspace, _ = current()
    st.title("Jobs", anchor=False)
    asked = st.query_params.get("tab", TABS[0])
    st.session_state["tab"] = asked if asked in TABS else TABS[0]
    jobs_tab, exports_tab, sets_tab = st.tabs(TABS, key="tab", on_change=turn_tab)
    if jobs_tab.open:
        with jobs_tab:
            show_list(workspace)
    if exports_tab.open:
        with exports_tab:
            under_way = bool(workspace.jobs.under_way())
            st.fragment(list_exports, run_every=EVERY_SECONDS if under_way else None)(workspace)
    if sets_tab.open:
        with sets_tab:
            under_way = bool(workspace.jobs.under_way())
            st.fragment(list_sets, run_every=EVERY_SECONDS if under_way else None)(workspace)


def list_sets(workspace: Workspace) -> None:
    """The finished sets of augmented pictures; one that is under way appears once it is done."""
    show_sets(workspace, empty="No set yet. “Apply” on the page “Augment” makes one of a result's images.")
    turn_when_ended(workspace.jobs.all(PAGE_JOBS))


def list_exports(workspace: Workspace) -> None:
    """The finished exports; one that is under way appears once it is done."""
    show_exports(workspace)
    turn_when_ended(workspace.jobs.all(PAGE_JOBS))


def turn_tab() -> None:
    """Keep the open tab in the URL."""
    tab = st.session_state["tab"]
    remember(tab=None if tab == TABS[0] else tab)


def show_list(workspace: Workspace) -> None:
    """The latest jobs, of one state where that is asked."""
    asked = st.query_params.get("state", ALL)
    st.session_state["state"] = asked if asked in STATES else ALL
    st.pills("State", list(STATES), key="state", on_change=choose_state, label_visibility="collapsed")
    under_way = bool(workspace.jobs.under_way())
    st.fragment(listed, run_every=EVERY_SECONDS if under_way else None)(
        workspace, STATES[st.session_state["state"] or ALL]
    )


def choose_state() -> None:
    """Keep the choice in the URL."""
    state = st.session_state["state"]
    remember(state=None if state in (None, ALL) else state)


def listed(workspace: Workspace, state: State | None) -> None:
    """The latest jobs of a state, each with what there is to know behind a click."""
    latest = workspace.jobs.all(st.session_state.get("jobs shown", PAGE_JOBS) + 1, state)
    shown = latest[: st.session_state.get("jobs shown", PAGE_JOBS)]
    if not shown:
        st.info(
            "No job here. Bringing images in, embedding, tagging, augmenting and exporting each appear as one.",
            icon=":material/inbox:",
        )
    for job in shown:
        with st.container(border=True):
            show_job(workspace, job)
            with st.expander("Particulars", type="compact"):
                show_particulars(workspace, job)
    if len(latest) > len(shown):
        st.button("Show more", on_click=show_more)
    turn_when_ended(shown)


def show_more() -> None:
    """Twice as many jobs."""
    st.session_state["jobs shown"] = 2 * st.session_state.get("jobs shown", PAGE_JOBS)


jobs()

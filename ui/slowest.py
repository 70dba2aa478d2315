"""The slowest answers: what was asked, where the time went, and the way to ask it again."""

import time
from dataclasses import replace
from datetime import datetime

import streamlit as st

from core.query.url import from_parameters
from core.timings.asker import asking
from core.timings.record import Record
from core.timings.store import Wanted
from core.workspace import Workspace
from ui.errors import plain, reporting
from ui.places import EXPLORE, PAGES, SEARCH
from ui.question import COLLECTION
from ui.signin import who
from ui.took import show_steps
from ui.words import ago, milliseconds, number, plural

LISTED = 10
AGAIN = "asked again"  # id of the record, and the milliseconds it took this time
FRONTS = {"dashboard": "on the dashboard", "api": "through the API", "command": "by the command", "worker": "as a job"}


def show_slowest(workspace: Workspace, wanted: Wanted) -> None:
    """Some records, the slowest first."""
    names = workspace.names()
    for record in workspace.timings.records(replace(wanted, slowest=True, limit=LISTED)):
        _show(workspace, record, there=record.collection in names)


def _show(workspace: Workspace, record: Record, *, there: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{milliseconds(record.milliseconds)}** {plain(record.english)}{_again(record)}")
            st.caption(_particulars(record))
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            with st.popover("Steps", icon=":material/segment:", type="tertiary"):
                show_steps(record.steps, record.milliseconds)
            if there:
                _acts(workspace, record)


def _acts(workspace: Workspace, record: Record) -> None:
    """Ask it again here, or go where it was asked."""
    if record.can_run_again:
        st.button(
            "Run again",
            key=f"again {record.id}",
            icon=":material/replay:",
            type="tertiary",
            on_click=run_again,
            args=(workspace, record),
        )
    link = {COLLECTION: record.collection, **(record.recipe or {})}
    if record.can_run_again:
        place = SEARCH if record.kind == "search" else EXPLORE
    else:
        place = PAGES / f"{record.english.lower()}.py"
    if record.can_run_again or (record.kind == "page" and place in set(PAGES.glob("*.py"))):
        st.page_link(place, label="Open", icon=":material/arrow_forward:", query_params=link)


@reporting
def run_again(workspace: Workspace, record: Record) -> None:
    """Ask the same again, and say what it cost this time."""
    recipe = from_parameters(record.recipe or {})
    catalog = workspace.catalog(record.collection)
    started = time.perf_counter()
    with asking("dashboard", who()):
        workspace.searcher(record.collection, catalog).run(recipe, record.first)
    took_ms = (time.perf_counter() - started) * 1000
    st.session_state[AGAIN] = {"id": record.id, "milliseconds": took_ms}
    before = milliseconds(record.milliseconds)
    st.toast(f"{milliseconds(took_ms)} this time; it was {before}.", icon=":material/timer:")


def _again(record: Record) -> str:
    again = st.session_state.get(AGAIN)
    if not again or again["id"] != record.id:
        return ""
    return f" :green[now {milliseconds(again['milliseconds'])}]"


def _particulars(record: Record) -> str:
    """Kind, size, when, through which front end, and for whom where that is known."""
    words = [record.kind]
    if record.can_run_again:
        words.append(f"{number(record.rows)} of {plural(record.matching, 'image')}")
    elif record.rows:
        words.append(plural(record.rows, "image"))
    words += [plain(record.collection), ago(datetime.fromisoformat(record.at))]
    words += [FRONTS[record.front]] if record.front in FRONTS else []
    words += [f"for {plain(record.who)}"] if record.who else []
    return " · ".join(words)

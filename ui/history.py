"""What happened to a collection, newest first, with a way back from each of it."""

from datetime import datetime

import streamlit as st

from core.collection.history import Kind, Listed
from core.edit.job import events, undo_soon
from core.edit.undo import Undone
from core.workspace import Workspace
from ui.errors import plain, reporting
from ui.signin import who
from ui.words import ago, number, plural

PAGE_EVENTS = 20
ICONS = {
    Kind.INGEST: ":material/add_photo_alternate:",
    Kind.EDIT: ":material/edit:",
    Kind.TAG: ":material/sell:",
    Kind.DELETE: ":material/delete:",
    Kind.RESTORE: ":material/restore_from_trash:",
    Kind.EMBED: ":material/scatter_plot:",
    Kind.MAP: ":material/map:",
    Kind.UNDO: ":material/undo:",
    Kind.DAMAGED: ":material/broken_image:",
}
SHOWN = "history shown"


def show_history(workspace: Workspace, name: str) -> None:
    """Every event of a collection, a page of them at first."""
    found = events(workspace, name)
    if not found:
        st.info("Nothing has been changed yet. Edits, deletions and ingests appear here.", icon=":material/history:")
        return
    shown = int(st.session_state.get(SHOWN, PAGE_EVENTS))
    for item in found[:shown]:
        _show_event(workspace, name, item)
    if len(found) > shown:
        st.button(f"Show more of {number(len(found))}", on_click=_show_more, args=(shown,), type="tertiary")


def _show_event(workspace: Workspace, name: str, item: Listed) -> None:
    event = item.event
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        when = ago(datetime.fromisoformat(event.at))
        state = " · undone" if item.undone_by else ""
        with st.container(gap=None):
            st.markdown(f"{ICONS[event.kind]} {plain(event.what)}")
            st.caption(f"{when} by {plain(event.who or 'somebody')}{state}")
        if item.can_undo:
            st.button(
                "Undo",
                key=f"undo event {event.id}",
                icon=":material/undo:",
                help="Puts back what is still as this left it. You can undo that too.",
                on_click=undo_event,
                args=(workspace, name, event.id),
            )


@reporting
def undo_event(workspace: Workspace, name: str, event: str) -> None:
    """Take an event back, at once or as a job, and say what came of it."""
    made = undo_soon(workspace, name, event, who())
    st.toast(_outcome(made) if isinstance(made, Undone) else "Undoing runs as a job.", icon=":material/undo:")


def _outcome(made: Undone) -> str:
    words = [f"{plural(made.images, 'image')} put back"]
    if made.left:
        words.append(f"{number(made.left)} left as they were changed later")
    if made.gone:
        words.append(f"{number(made.gone)} not in the collection any more")
    return f"{', '.join(words)}."


def _show_more(shown: int) -> None:
    st.session_state[SHOWN] = shown + PAGE_EVENTS


def undo_bar(workspace: Workspace, name: str, last_of: str, what: str) -> None:
    """What was done last, with a way back; session memory holds it under `last_of`."""
    last = st.session_state.get(last_of)
    if not last or last["collection"] != name:
        return

    def dismiss() -> None:
        st.session_state.pop(last_of, None)

    def undo() -> None:
        dismiss()
        undo_event(workspace, last["collection"], last["event"])

    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"{what} undo"):
        st.markdown(plain(last["words"]), width="content")
        if last["event"]:
            st.button("Undo", key=f"undo {what}", icon=":material/undo:", on_click=undo)
        st.button("Dismiss", key=f"dismiss {what}", on_click=dismiss, type="tertiary")

"""What is selected, and what can be done with it; a deletion can be undone at once or later."""

from collections.abc import Sequence

import streamlit as st

from core.workspace import Workspace
from ui.errors import reporting
from ui.question import images
from ui.signin import who
from ui.words import number

TABLE_TURN = "table turn"


def selected_ids() -> tuple[str, ...]:
    """Ids a person has selected in any gallery of this collection."""
    return tuple(st.session_state.get("selected", ()))


def select_among(shown: Sequence[str], now: Sequence[str]) -> None:
    """Of the images that are shown, let these be the selected ones; what is selected elsewhere stays."""
    elsewhere = [id for id in selected_ids() if id not in set(shown)]
    st.session_state["selected"] = [*elsewhere, *now]


def table_turn() -> int:
    """Part of every table's key: tables with another one forget what was ticked in them."""
    return int(st.session_state.get(TABLE_TURN, 0))


def turn_tables() -> None:
    """Let tables show the selection anew, after it was changed elsewhere."""
    st.session_state[TABLE_TURN] = table_turn() + 1


def selection_bar(workspace: Workspace, name: str) -> None:
    """Actions on the selected images, and the undo of the last deletion; nothing when there is neither."""
    chosen = selected_ids()
    undo = st.session_state.get("undo")
    if undo and undo["collection"] == name:
        _undo_bar(workspace, name, undo)
    if not chosen:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="selection bar"):
        st.markdown(f"**{images(len(chosen))} selected**")
        st.button("Clear selection", on_click=_clear, type="tertiary")
        st.button(
            f"Delete {number(len(chosen))}",
            icon=":material/delete:",
            on_click=_delete,
            args=(workspace, name, chosen),
            help="Moves the images to the trash. You can undo this.",
        )


def _undo_bar(workspace: Workspace, name: str, undo: dict[str, str]) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="undo bar"):
        st.markdown(f"{images(int(undo['count']))} deleted.")
        st.button("Undo", icon=":material/undo:", on_click=undo_deletion, args=(workspace, name, undo["deletion"]))
        st.button("Dismiss", on_click=_dismiss, type="tertiary")


@reporting
def undo_deletion(workspace: Workspace, name: str, deletion: str) -> None:
    """Put the images of a deletion back."""
    _dismiss()
    count = workspace.undo_delete(name, deletion, who())
    st.toast(f"{images(count)} put back.", icon=":material/undo:")


@reporting
def _delete(workspace: Workspace, name: str, ids: tuple[str, ...]) -> None:
    _clear()
    before = workspace.catalog(name).count_all
    deletion = workspace.delete(name, ids, who())
    count = before - workspace.catalog(name).count_all
    st.session_state["undo"] = {"collection": name, "deletion": deletion, "count": str(count)}


def _clear() -> None:
    st.session_state["selected"] = []
    turn_tables()


def _dismiss() -> None:
    st.session_state.pop("undo", None)

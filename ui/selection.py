"""What is selected, and what can be done with it; a deletion can be undone at once or later."""

import streamlit as st

from core.workspace import Workspace
from ui.errors import reporting
from ui.question import images
from ui.words import number


def selected_ids() -> tuple[str, ...]:
    """Ids a person has selected in any gallery of this collection."""
    return tuple(st.session_state.get("selected", ()))


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
    count = workspace.undo_delete(name, deletion)
    st.toast(f"{images(count)} put back.", icon=":material/undo:")


@reporting
def _delete(workspace: Workspace, name: str, ids: tuple[str, ...]) -> None:
    _clear()
    before = workspace.catalog(name).count_all
    deletion = workspace.delete(name, ids)
    count = before - workspace.catalog(name).count_all
    st.session_state["undo"] = {"collection": name, "deletion": deletion, "count": str(count)}


def _clear() -> None:
    st.session_state["selected"] = []


def _dismiss() -> None:
    st.session_state.pop("undo", None)

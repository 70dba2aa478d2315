"""The finished sets of augmented pictures: what each is, its download, the way back in, and its removal."""

from collections.abc import Sequence
from itertools import chain, count
from urllib.parse import quote

import streamlit as st

from core.ingest.plan import IngestRequest
from core.links import PREFIX
from core.outputs import AUGMENTED, MadeSet, Outputs
from core.workspace import Workspace
from ui.errors import plain, reporting
from ui.question import images
from ui.signin import who
from ui.words import ago, bytes_, plural

LATEST = 20
MORE = "sets shown"
BROUGHT = "set on its way in"


def show_sets(workspace: Workspace, *, collection: str | None = None, empty: str) -> None:
    """Finished sets, the latest first, of one collection or of all; `empty` is said where there is none."""
    sets = [one for one in Outputs(workspace.folder).sets() if collection in (None, one.collection)]
    if not sets and empty:
        st.info(empty, icon=":material/inbox:")
    most = st.session_state.get(MORE, LATEST)
    for one in sets[:most]:
        with st.container(border=True):
            _show(workspace, one)
    if len(sets) > most:
        st.button("Show more", key="more sets", on_click=_show_more)


def download_link(workspace: Workspace, one: MadeSet) -> str:
    """The address of a set as one archive, which a browser may fetch without a token."""
    layout = "zip" if one.is_archive else "folder"
    address = f"{PREFIX}/{AUGMENTED}/{quote(one.name, safe='')}/download?layout={layout}"
    return workspace.signer.sign(address) if workspace.settings.read_needs_token else address


def _show(workspace: Workspace, one: MadeSet) -> None:
    key = f"{one.name} {'zip' if one.is_archive else 'folder'}"
    failed = f", {plural(one.failed, 'image')} failed" if one.failed else ""
    st.markdown(f"**{plain(one.name)}**")
    st.caption(
        f"{plain(one.sentence)}: {plural(one.made, 'picture')} of {images(one.images)} of {plain(one.collection)} "
        f"by {plain(one.pipeline)}{failed}, {plain(one.layout)}, {bytes_(one.bytes)}, {ago(one.created)}"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button("Download", download_link(workspace, one), icon=":material/download:")
        with st.popover("Bring in", icon=":material/library_add:", key=f"bring {key}"):
            _bring_in(workspace, one, key)
        with st.popover("Delete", icon=":material/delete:", key=f"delete {key}"):
            st.markdown(
                f"Delete {plain(one.name)} for good? The images that it was made from stay. Collections that it was "
                "brought in as lose their originals and keep thumbnails alone."
            )
            st.button(
                "Delete this set", key=f"delete for good {key}", type="primary", on_click=_remove, args=(workspace, one)
            )
    if st.session_state.get(BROUGHT) == key:
        st.markdown(":material/check_circle: It is on its way in; the jobs tell how far it is.")


def _bring_in(workspace: Workspace, one: MadeSet, key: str) -> None:
    """Ask for the collection that the pictures go into."""
    st.markdown("As a collection, in which each picture leads to the image it was made from.")
    name = st.text_input(
        "Name of the collection", _free(one.name, workspace.names()), key=f"bring as {key}", max_chars=64
    )
    st.button(
        "Bring it in",
        key=f"bring in {key}",
        type="primary",
        icon=":material/library_add:",
        on_click=_start,
        args=(workspace, one, name.strip(), key),
    )


def _free(wish: str, taken: Sequence[str]) -> str:
    """A name that no collection has."""
    return next(name for name in chain([wish], (f"{wish}-{number}" for number in count(2))) if name not in taken)


@reporting
def _start(workspace: Workspace, one: MadeSet, name: str, key: str) -> None:
    workspace.start_ingest(IngestRequest(str(Outputs(workspace.folder).place(one)), name), who())
    st.session_state[BROUGHT] = key


@reporting
def _remove(workspace: Workspace, one: MadeSet) -> None:
    Outputs(workspace.folder).remove(one.name, is_archive=one.is_archive, kind=AUGMENTED)


def _show_more() -> None:
    st.session_state[MORE] = 2 * st.session_state.get(MORE, LATEST)

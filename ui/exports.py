"""The finished exports of the workspace: what each is, its download, and its removal."""

from urllib.parse import quote

import streamlit as st

from core.links import PREFIX
from core.outputs import Bundle, Outputs
from core.workspace import Workspace
from ui.errors import plain, reporting
from ui.question import images
from ui.words import ago, bytes_

LATEST = 20
MORE = "exports shown"


def show_exports(workspace: Workspace) -> None:
    """Every finished export, the latest first."""
    bundles = Outputs(workspace.folder).bundles()
    if not bundles:
        st.info("No export yet. “Export” above a result takes its images and metadata along.", icon=":material/inbox:")
    most = st.session_state.get(MORE, LATEST)
    for bundle in bundles[:most]:
        with st.container(border=True):
            _show(workspace, bundle)
    if len(bundles) > most:
        st.button("Show more", key="more exports", on_click=_show_more)


def download_link(workspace: Workspace, bundle: Bundle) -> str:
    """The address of a bundle as one archive, which a browser may fetch without a token."""
    layout = "zip" if bundle.is_archive else "folder"
    address = f"{PREFIX}/exports/{quote(bundle.name, safe='')}/download?layout={layout}"
    return workspace.signer.sign(address) if workspace.settings.read_needs_token else address


def _show(workspace: Workspace, bundle: Bundle) -> None:
    key = f"{bundle.name} {'zip' if bundle.is_archive else 'folder'}"
    size = "" if bundle.bytes is None else f", {bytes_(bundle.bytes)}"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(gap=None):
            st.markdown(f"**{plain(bundle.name)}**")
            st.caption(
                f"{plain(bundle.sentence)}: {images(bundle.images)} of {plain(bundle.collection)}, "
                f"{plain(bundle.layout)}{size}, {ago(bundle.created)}"
            )
        with st.container(horizontal=True, width="content"):
            st.link_button("Download", download_link(workspace, bundle), icon=":material/download:")
            with st.popover("Delete", icon=":material/delete:", key=f"delete {key}"):
                st.markdown(f"Delete {plain(bundle.name)} for good? The collection keeps its images.")
                st.button(
                    "Delete this export",
                    key=f"delete for good {key}",
                    type="primary",
                    on_click=_remove,
                    args=(workspace, bundle),
                )


@reporting
def _remove(workspace: Workspace, bundle: Bundle) -> None:
    Outputs(workspace.folder).remove(bundle.name, is_archive=bundle.is_archive)


def _show_more() -> None:
    st.session_state[MORE] = 2 * st.session_state.get(MORE, LATEST)

"""What can be done with groups of duplicates: tag, delete, undo that, and take the groups along."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from core.collection.catalog import Catalog
from core.duplicates.act import MOST_TOUCHED, USUAL_TAG, Act, Acted, Acting, act
from core.duplicates.found import Duplicates, Group
from core.duplicates.request import DuplicatesRequest
from core.duplicates.told import to_csv, to_json
from core.workspace import Workspace
from ui.errors import plain, reporting
from ui.history import undo_bar
from ui.looks import looks_box
from ui.question import images
from ui.signin import who
from ui.words import number, plural

LAST = "last duplicates act"
TAG = "duplicates tag"
FILES: Sequence[tuple[str, Callable[[Catalog, Duplicates], str], str]] = (
    ("CSV", to_csv, "text/csv"),
    ("JSON", to_json, "application/json"),
)
MOST_UNASKED = 20  # images of one group that are deleted without being asked about


def acts_bar(workspace: Workspace, name: str, catalog: Catalog, found: Duplicates) -> None:
    """What can be done with all groups at once."""
    too_many = found.others > MOST_TOUCHED
    limit = f"At most {number(MOST_TOUCHED)} images at once: filter, or choose a stricter threshold."
    with st.container(horizontal=True, vertical_alignment="center", key="order"):
        with st.popover("Tag", icon=":material/sell:", disabled=too_many, help=limit if too_many else None):
            st.text_input("Tag", USUAL_TAG, key=TAG, max_chars=100)
            for tagging, count, words in (
                (Act.TAG_OTHERS, found.others, f"Tag {plural(found.others, 'other')}"),
                (Act.TAG_KEPT, found.groups, f"Tag {number(found.groups)} kept"),
            ):
                args = (workspace, name, found.request, Acting(tagging, expected=count))
                st.button(words, key=tagging.value, on_click=_do, args=args)
            st.caption("You can undo this.")
        if st.button(
            f"Delete {plural(found.others, 'other')}",
            icon=":material/delete:",
            disabled=too_many,
            help=limit if too_many else "Keeps one image of each group. Asks first.",
        ):
            _confirm(workspace, name, found.request, found.groups, found.others, None)
        with st.popover("Export", icon=":material/download:"):
            for kind, make, mime in FILES:
                st.download_button(
                    f"Groups as {kind}",
                    data=partial(make, catalog, found),
                    file_name=f"{name}-duplicates.{kind.lower()}",
                    mime=mime,
                    on_click="ignore",
                )
            st.caption(f"One line for each of the {images(found.images)}.")
        looks_box(catalog)


def group_acts(workspace: Workspace, name: str, asked: DuplicatesRequest, group: Group) -> None:
    """What can be done with one group."""
    count, kept = group.size - 1, (group.kept.row.id,)
    tag = str(st.session_state.get(TAG) or USUAL_TAG)
    st.button(
        "Tag others",
        key=f"tag {group.kept.row.id}",
        type="tertiary",
        icon=":material/sell:",
        help=f"Gives the tag “{plain(tag)}” to {plural(count, 'other')}.",
        on_click=_do,
        args=(workspace, name, asked, Acting(Act.TAG_OTHERS, kept=kept, expected=count)),
    )
    deleting = Acting(Act.DELETE_OTHERS, kept=kept, expected=count)
    few = count <= MOST_UNASKED
    if (
        st.button(
            f"Delete {plural(count, 'other')}",
            key=f"delete {group.kept.row.id}",
            type="tertiary",
            icon=":material/delete:",
            help="Keeps the first one. You can undo this.",
            on_click=_do if few else None,
            args=(workspace, name, asked, deleting) if few else None,
        )
        and not few
    ):
        _confirm(workspace, name, asked, 1, count, kept)


@st.dialog("Delete duplicates")  # type: ignore[untyped-decorator]
def _confirm(
    workspace: Workspace, name: str, asked: DuplicatesRequest, groups: int, count: int, kept: tuple[str, ...] | None
) -> None:
    """Ask before many images go."""
    st.markdown(
        f"One image of {'the group' if groups == 1 else f'each of the {number(groups)} groups'} is kept; "
        f"**{images(count)}** {'goes' if count == 1 else 'go'} to the trash. You can undo this."
    )
    deleting = Acting(Act.DELETE_OTHERS, kept=kept, expected=count)
    args = (workspace, name, asked, deleting)
    if st.button(f"Delete {images(count)}", type="primary", icon=":material/delete:", on_click=_do, args=args):
        st.rerun()


@reporting
def _do(workspace: Workspace, name: str, asked: DuplicatesRequest, acting: Acting) -> None:
    tag = str(st.session_state.get(TAG) or USUAL_TAG).strip()
    made = act(workspace, name, asked, Acting(acting.act, tag, acting.kept, acting.expected), who())
    if isinstance(made, Acted):
        words = f"{made.what}." if made.event else "Nothing to change: they are tagged so already."
        st.session_state[LAST] = {"collection": name, "event": made.event, "words": words}
        st.session_state["selected"] = []
    else:
        st.toast("The tagging runs as a job. Undo it later under Collection, History.", icon=":material/sell:")


def acts_undo_bar(workspace: Workspace, name: str) -> None:
    """What was done last, with a way back."""
    undo_bar(workspace, name, LAST, "duplicates")

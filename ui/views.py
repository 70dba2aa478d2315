"""Saved views on a page: a list to choose from, a form to save the present question, and what can be done with each."""

from urllib.parse import urljoin

import streamlit as st

from core.collection.catalog import Catalog
from core.errors import QueryError
from core.query.english import sentence
from core.query.recipe import Recipe
from core.query.textwrite import write_where
from core.query.url import to_parameters
from core.views import MOST_DESCRIPTION, MOST_NAME, View, Views, link
from core.workspace import Workspace
from ui.errors import plain, reporting
from ui.places import EXPLORE, SEARCH
from ui.question import ask, link_to
from ui.signin import who
from ui.words import ago

UNDO, TOLD = "view undo", "view told"
LIST_PX = 420
MOST_UNSCROLLED = 8
LIST, FORM = "views list", "view form"  # the popovers, which stay open until they are told not to


def views_bar(workspace: Workspace, name: str, catalog: Catalog, recipe: Recipe) -> None:
    """A row with the collection's views, the one that is shown named, and a way to save the present question."""
    if done := st.session_state.pop(TOLD, ""):
        st.toast(done, icon=":material/bookmark_added:")
    kept = Views(workspace.folder, name, catalog.columns, workspace.keep_uploads)
    held = kept.listing()
    every = [*held.views, *held.examples]
    present = next((view for view in every if view.parameters == to_parameters(recipe)), None)
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="views bar"):
        label = "Views" if present is None else f"View: {plain(present.name)}"
        about = "Saved questions about this collection"
        with st.popover(label, icon=":material/bookmarks:", help=about, key=LIST, on_change="rerun"):
            _list(kept, name, catalog, every, recipe)
            for file in held.damaged:
                st.warning(f"{plain(file)} cannot be read; it is left as it is.", icon=":material/broken_image:")
        about = "Keep this question under a name"
        with st.popover("Save", icon=":material/bookmark_add:", help=about, key=FORM, on_change="rerun"):
            _save_form(kept, catalog, recipe)


def view_undo_bar(workspace: Workspace, name: str, catalog: Catalog) -> None:
    """That a view was deleted, with a way back."""
    undo = st.session_state.get(UNDO)
    if not undo or undo["collection"] != name:
        return
    kept = Views(workspace.folder, name, catalog.columns, workspace.keep_uploads)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="view undo bar"):
        st.markdown(f"View “{plain(undo['name'])}” deleted.", width="content")
        st.button("Undo", icon=":material/undo:", key="undo view", on_click=_restore, args=(kept, undo["name"]))
        st.button("Dismiss", type="tertiary", key="dismiss view undo", on_click=_dismiss)


def _list(kept: Views, name: str, catalog: Catalog, views: list[View], recipe: Recipe) -> None:
    if not views:
        st.markdown("No view yet. Filter the images, then “Save view” keeps the question for everybody here.")
        return
    with st.container(height=LIST_PX if len(views) > MOST_UNSCROLLED else "content", border=False, gap="small"):
        for place, view in enumerate(views):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                words = plain(view.name) + (" · Example" if view.is_example else "")
                key, told = f"{place} {view.name}", _told(view, catalog)
                if st.button(words, key=f"view {key}", type="tertiary", help=told, on_click=_close, args=(LIST,)):
                    _show(view, name)
                if st.button(
                    "",
                    key=f"about {key}",
                    icon=":material/more_horiz:",
                    type="tertiary",
                    help=f"Link, name and more of “{plain(view.name)}”",
                    on_click=_close,
                    args=(LIST,),
                ):
                    _about(kept, name, catalog, view, recipe)


def _told(view: View, catalog: Catalog) -> str:
    """What a view asks for, in a sentence, below what its writer says of it."""
    words = [plain(view.description), plain(sentence(view.recipe, catalog.columns))]
    return "  \n".join(item for item in words if item)


def _show(view: View, name: str) -> None:
    """Ask a view's question, on the page that can show it."""
    recipe = view.recipe
    page = SEARCH if recipe.terms else EXPLORE
    if st.session_state.get("page") == page.stem:
        ask(recipe)
        st.rerun()
    st.switch_page(page, query_params=link_to(recipe, name))


@st.dialog("View", width="medium")  # type: ignore[untyped-decorator]
def _about(kept: Views, name: str, catalog: Catalog, view: View, recipe: Recipe) -> None:
    """All about one view; a saved one can be changed, as long as nobody else has done so since it was opened."""
    st.markdown(f"**{plain(view.name)}**")
    if view.description:
        st.markdown(plain(view.description))
    st.caption(plain(sentence(view.recipe, catalog.columns)))
    try:
        if typed := write_where(view.recipe.where, catalog.columns):
            st.code(typed, language=None, wrap_lines=True)
    except QueryError as error:
        st.warning(plain(f"{error.title} {error.detail}"), icon=":material/warning:")
    st.caption("A link that shows it:")
    st.code(address(view, name), language=None)
    if view.is_example:
        st.caption("An example: it stays as it is. Show it, change the filters, and save that under another name.")
        return
    if view.changed is not None:
        by = f" by {plain(view.who)}" if view.who else ""
        st.caption(f"Saved {ago(view.changed)}{by}.")
    key = f"{view.name} {view.version}"
    st.text_input("Name", view.name, max_chars=MOST_NAME, key=f"name of {key}")
    st.text_area("Description", view.description, max_chars=MOST_DESCRIPTION, key=f"words of {key}", height=80)
    with st.container(horizontal=True):
        pressed = [
            st.button("Save changes", icon=":material/save:", type="primary", on_click=_rename, args=(kept, view)),
            st.button(
                "Overwrite with the present question",
                icon=":material/sync:",
                disabled=view.parameters == to_parameters(recipe),
                on_click=_overwrite,
                args=(kept, view, recipe),
            ),
            st.button(
                "Delete",
                icon=":material/delete:",
                on_click=_delete,
                args=(kept, name, view),
                help="You can undo this.",
            ),
        ]
    if any(pressed):
        st.rerun()


def address(view: View, name: str) -> str:
    """A view's link with the host that this page has, where that is known."""
    here = st.context.url
    path = link(view, name)
    return urljoin(here, path.removeprefix("/")) if here else path


def _save_form(kept: Views, catalog: Catalog, recipe: Recipe) -> None:
    st.caption(plain(sentence(recipe, catalog.columns)))
    with st.form("save view", border=False):
        st.text_input("Name", max_chars=MOST_NAME, key="new view", placeholder="Red dresses for spring")
        st.text_area("Description", max_chars=MOST_DESCRIPTION, key="new view words", height=80)
        st.form_submit_button(
            "Save", icon=":material/bookmark_add:", type="primary", on_click=_save, args=(kept, recipe)
        )


@reporting
def _save(kept: Views, recipe: Recipe) -> None:
    made = kept.save(st.session_state["new view"], st.session_state["new view words"], recipe, who())
    st.session_state["new view"] = st.session_state["new view words"] = ""
    _close(FORM)
    _tell(f"Saved “{plain(made.name)}”.")


@reporting
def _rename(kept: Views, view: View) -> None:
    key = f"{view.name} {view.version}"
    name, words = st.session_state[f"name of {key}"], st.session_state[f"words of {key}"]
    made = kept.change(view.name, view.version, new_name=name, description=words, who=who())
    _tell(f"Changed “{plain(made.name)}”.")


@reporting
def _overwrite(kept: Views, view: View, recipe: Recipe) -> None:
    kept.change(view.name, view.version, recipe=recipe, who=who())
    _tell(f"“{plain(view.name)}” now asks the present question.")


@reporting
def _delete(kept: Views, name: str, view: View) -> None:
    kept.delete(view.name, view.version)
    st.session_state[UNDO] = {"collection": name, "name": view.name}


@reporting
def _restore(kept: Views, name: str) -> None:
    _dismiss()
    made = kept.restore(name)
    _tell(f"“{plain(made.name)}” put back.")


def _close(popover: str) -> None:
    st.session_state[popover] = False


def _tell(words: str) -> None:
    """Say it in the run that follows: a callback of a dialog cannot draw outside of it."""
    st.session_state[TOLD] = words


def _dismiss() -> None:
    st.session_state.pop(UNDO, None)

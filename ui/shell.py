"""The frame around every page: navigation, the choice of collection, and the one place where errors are shown."""

import logging
from pathlib import Path

import streamlit as st

from core.errors import NotFoundError, QueryError, VitrineError
from ui.area import leave_area_out
from ui.errors import show_bug, show_error, show_trouble
from ui.places import (
    AUGMENT,
    COLLECTION,
    COMPARE,
    CONCEPTS,
    DUPLICATES,
    EXPLORE,
    JOBS,
    MAP,
    OVERVIEW,
    PERFORMANCE,
    QUALITY,
    SEARCH,
    SQL,
)
from ui.question import carry_over, choose_collection, start_again
from ui.resources import current, open_workspace
from ui.signin import account, require_sign_in, signed_in
from ui.style import inject_style
from ui.timedpage import timed_page

PAGES = {  # those of the first group stand side by side, the others fold out below their group's name
    "": (
        (OVERVIEW, "Overview", ":material/dashboard:"),
        (EXPLORE, "Explore", ":material/filter_alt:"),
        (SEARCH, "Search", ":material/search:"),
        (MAP, "Map", ":material/scatter_plot:"),
        (DUPLICATES, "Duplicates", ":material/filter_none:"),
        (CONCEPTS, "Concepts", ":material/sell:"),
        (AUGMENT, "Augment", ":material/auto_fix_high:"),
    ),
    "Analyse": (
        (COMPARE, "Compare", ":material/balance:"),
        (QUALITY, "Quality", ":material/speed:"),
        (SQL, "SQL", ":material/terminal:"),
        (PERFORMANCE, "Performance", ":material/timer:"),
    ),
    "Manage": (
        (COLLECTION, "Collection", ":material/folder_open:"),
        (JOBS, "Jobs", ":material/work_history:"),
    ),
}
ICON = Path(__file__).parent / "components" / "icon.svg"
ABOUT = "**Vitrine** shows collections of images and what is known about them."
log = logging.getLogger("vitrine.ui")


def run() -> None:
    """Draw the frame and the page that was asked for."""
    st.set_page_config(page_title="Vitrine", page_icon=ICON, layout="wide", menu_items={"About": ABOUT})
    page = st.navigation(
        {
            group: [st.Page(file, title=title, icon=icon, default=file == OVERVIEW) for file, title, icon in pages]
            for group, pages in PAGES.items()
        },
        position="top" if signed_in() else "hidden",
    )
    inject_style()
    if not require_sign_in():
        return
    try:
        workspace = open_workspace()
    except VitrineError as error:
        show_error(error)
        return
    try:
        carry_over(page.url_path)
        choose_collection(workspace)
        account()
        show_trouble()
        with timed_page(workspace, page.title):
            page.run()
        workspace.warm_search(current()[1])
    except VitrineError as error:
        show_error(error)
        leave_area_out()
        if isinstance(error, QueryError | NotFoundError):
            st.button("Start again", icon=":material/restart_alt:", on_click=start_again, args=(workspace,))
    except Exception as error:
        log.exception("The page %s failed", page.title)
        show_bug(error)


run()

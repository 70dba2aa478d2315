"""The frame around every page: navigation, the choice of collection, and the one place where errors are shown."""

import logging
from pathlib import Path

import streamlit as st

from core.errors import VitrineError
from ui.errors import show_bug, show_error
from ui.question import carry_over, choose_collection
from ui.resources import open_workspace
from ui.style import inject_style

PAGES = Path(__file__).resolve().parent.parent / "pages"
OVERVIEW = ("overview.py", "Overview", ":material/dashboard:")
EXPLORE = ("explore.py", "Explore", ":material/filter_alt:")
SEARCH = ("search.py", "Search", ":material/search:")
COLLECTION = ("collection.py", "Collection", ":material/folder_open:")
ICON = Path(__file__).parent / "components" / "icon.svg"
log = logging.getLogger("vitrine.ui")


def run() -> None:
    """Draw the frame and the page that was asked for."""
    st.set_page_config(page_title="Vitrine", page_icon=ICON, layout="wide")
    page = st.navigation(
        [
            st.Page(PAGES / file, title=title, icon=icon, default=file == OVERVIEW[0])
            for file, title, icon in (OVERVIEW, EXPLORE, SEARCH, COLLECTION)
        ],
        position="top",
    )
    inject_style()
    try:
        carry_over(page.url_path)
        workspace = open_workspace()
        choose_collection(workspace)
        page.run()
        workspace.warm_encoder()
    except VitrineError as error:
        show_error(error)
    except Exception as error:
        log.exception("The page %s failed", page.title)
        show_bug(error)


run()

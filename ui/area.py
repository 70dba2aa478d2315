"""Areas of the map in a question: where one cannot be answered any more, the rest of the question is kept."""

from contextlib import suppress

import streamlit as st

from core.errors import QueryError
from ui.mapshow import areas_of, without_area
from ui.question import ask, question


def leave_area_out() -> None:
    """Offer the question less its areas, where it has any; a map that was made anew has other places."""
    with suppress(QueryError):
        asked = question()
        if areas_of(asked):
            st.button("Leave the area out", icon=":material/lasso_select:", on_click=ask, args=(without_area(asked),))

"""What a million to a billion images would take: every assumption can be read and changed."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.errors import VitrineError
from core.export import csv_text
from core.lab.estimate import Assumptions, Estimate, assume, assumption_facts, estimate, foretelling
from core.lab.growth import Growth
from core.operations.lab import usual_assumptions
from core.workspace import Workspace
from ui.errors import show_error
from ui.words import bytes_, milliseconds, number, plural

MEASURED = {
    "search_ms": "search_ms",
    "facets_ms": "facets_ms",
    "index_build_s": "index_seconds",
}
"""Figures whose growth takes the place of an assumption."""
DAY_SECONDS = 86_400
YEAR_DAYS = 365


def show_estimate(
    workspace: Workspace, name: str, found: Mapping[str, Any] | None, growths: Mapping[str, Growth | None]
) -> None:  # fmt: skip
    """The table of sizes, then the assumptions that it rests on."""
    growths = foretelling(growths)
    st.subheader("What more images would take", anchor=False, divider="gray")
    try:
        usual = usual_assumptions(workspace, name)
    except VitrineError:  # a collection without vectors has nothing to tell
        usual = Assumptions()
    place = st.container()
    with st.expander("Assumptions", icon=":material/tune:"):
        assumed = _assumptions(usual, growths)
    try:
        checked = assume(assumed)
    except VitrineError as error:
        show_error(error)
        return
    estimates = estimate(checked, growths)
    with place:
        st.dataframe([_row(one) for one in estimates], hide_index=True)
        largest = max((growth.largest for growth in growths.values() if growth is not None), default=0.0)
        words = "Nothing was measured: these are assumptions alone."
        if largest:
            fitted = ", ".join(figure for figure in MEASURED if growths.get(figure) is not None)
            words = (
                f"Measured up to {plural(int(largest), 'image')}; beyond that it is foretold"
                + (f" from what was fitted ({fitted})" if fitted else "")
                + f", at a billion {number(round(estimates[-1].beyond))} times as many images a machine."
            )
        st.caption(words)
        columns = list(estimates[0].told())
        st.download_button(
            "Estimates as CSV",
            lambda: csv_text([one.told() for one in estimates], columns),
            file_name=f"{name}-estimates.csv",
            mime="text/csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def _assumptions(usual: Assumptions, growths: Mapping[str, Growth | None]) -> dict[str, float]:
    """A box for each assumption; those that a measurement stands in for are said to be."""
    replaced = {by: figure for figure, by in MEASURED.items() if growths.get(figure) is not None}
    values: dict[str, float] = {}
    columns = st.columns(3)
    for place, fact in enumerate(assumption_facts()):
        label = fact.name.replace("_", " ").capitalize() + (f", {fact.unit}" if fact.unit else "")
        measured = f" Not used: measured ({replaced[fact.name]})." if fact.name in replaced else ""
        values[fact.name] = columns[place % len(columns)].number_input(
            label,
            min_value=float(fact.least),
            value=float(getattr(usual, fact.name)),
            help=f"{fact.help}.{measured}",
            key=f"assumed {fact.name}",
            disabled=fact.name in replaced,
        )
    return values


def _row(one: Estimate) -> dict[str, str]:
    return {
        "Images": number(one.images),
        "To embed": duration(one.embed_seconds),
        "To index": duration(one.index_seconds),
        "Storage": bytes_(one.storage_bytes),
        "Memory": bytes_(one.memory_bytes),
        "Machines that answer": number(one.machines),
        "Search": milliseconds(one.search_ms),
        "All facets": milliseconds(one.facets_ms),
    }


def duration(seconds: float) -> str:
    """As `milliseconds` says it, from two days on in days and from two years on in years."""
    days = seconds / DAY_SECONDS
    if days >= 2 * YEAR_DAYS:
        return f"{number(round(days / YEAR_DAYS, 1))} years"
    return f"{number(round(days))} days" if days >= 2 else milliseconds(1000 * seconds)

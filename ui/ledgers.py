"""The ledger of an ingest: totals that add up, and every row and file that needs a word."""

from collections import Counter
from datetime import datetime
from typing import Literal

import polars as pl
import streamlit as st

from core.export import csv_text
from core.ingest.ledger import Ledger, as_records
from ui.errors import plain
from ui.words import date, milliseconds, number

OUTCOMES = {
    "without-image": "Rows without image",
    "without-row": "Images without row",
    "repaired": "Rows repaired",
    "duplicate-files": "Groups of byte-identical images",
    "duplicate-id": "Rows whose id came before",
    "no-id": "Rows without id",
    "id-taken": "Files whose id belongs to another source",
    "deleted-before": "Files deleted here before",
    "ignored": "Other files",
}
ORDER = list(OUTCOMES)
TABLE_PX = 420
MOST_UNSCROLLED = 11  # rows; more are scrolled
COLUMNS = ("subject", "outcome", "key", "id", "reason")


def show_ledger(ledger: Ledger) -> None:
    """One ingest, told whole."""
    counts = ledger.counts
    st.caption(f"{plain(ledger.source)} · {moment(ledger.at)} · {milliseconds(1000 * ledger.seconds)}")
    rows, files = st.columns(2, gap="large")
    rows.markdown(
        _totals(
            ("Rows read", counts.rows_read),
            ("With an image", counts.rows_matched),
            ("Without image", counts.rows_without_image),
            ("Rejected", counts.rows_rejected),
            ("Repaired before use", counts.rows_repaired),
        )
    )
    files.markdown(
        _totals(
            ("Image files found", counts.files_found),
            ("In the collection", counts.images_in),
            ("New in this ingest", counts.images_added),
            ("Without row", counts.images_without_row),
            ("Unreadable", counts.unreadable),
            ("Id taken or deleted before", counts.ids_taken + counts.deleted_before),
            ("Groups of byte-identical images", counts.duplicate_groups),
        )
    )
    for note in ledger.notes:
        st.caption(plain(note))
    problems = counts.problems()
    if problems:
        st.error("The totals do not reconcile: " + "; ".join(problems))
    else:
        st.caption(":material/check: The totals reconcile.")
    _entries(ledger)


def _entries(ledger: Ledger) -> None:
    if not ledger.entries:
        return
    totals = Counter(entry.outcome for entry in ledger.entries)
    found = sorted(totals, key=lambda name: (ORDER.index(name) if name in ORDER else -1, name))
    words = {name: OUTCOMES.get(name, name.replace("-", " ").capitalize()) for name in found}
    labels = {name: f"{words[name]}: {number(totals[name])}" for name in found}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Entries", found, format_func=labels.__getitem__, key=f"entries {ledger.run}", width=360)
        st.download_button(
            "Export all entries as CSV",
            lambda: csv_text(as_records(ledger.entries), COLUMNS),
            file_name=f"ledger-{ledger.run}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"export {ledger.run}",
        )
    records = [record for record in as_records(ledger.entries) if record["outcome"] == chosen]
    frame = pl.DataFrame(records).select("key", "id", "reason")
    settings = {"key": "Line, file or ids", "id": "Id", "reason": "Reason"}
    height: Literal["content"] | int = "content" if len(records) <= MOST_UNSCROLLED else TABLE_PX
    st.dataframe(frame, hide_index=True, height=height, column_config=settings)


def moment(at: str) -> str:
    """When an ingest ended, as a person reads it."""
    then = datetime.fromisoformat(at)
    return f"{date(then)}, {then:%H:%M} UTC"


def _totals(*lines: tuple[str, int]) -> str:
    """The first line as the head of a table, the others below it."""
    head, *rest = [f"| {label} | {number(count)} |" for label, count in lines]
    return "\n".join([head, "|:--|--:|", *rest])

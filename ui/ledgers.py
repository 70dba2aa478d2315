"""The ledger of an ingest: totals that add up, and every row and file that needs a word."""

import polars as pl
import streamlit as st

from core.export import csv_text
from core.ingest.ledger import Ledger, as_records
from ui.errors import plain
from ui.words import milliseconds, number

OUTCOMES = {
    "repaired": "Rows repaired",
    "without-image": "Rows without image",
    "without-row": "Images without row",
    "duplicate-files": "Groups of byte-identical images",
    "duplicate-id": "Rows whose id came before",
    "no-id": "Rows without id",
    "id-taken": "Files whose id belongs to another source",
    "deleted-before": "Files deleted here before",
    "ignored": "Other files",
}
COLUMNS = ("subject", "outcome", "key", "id", "reason")


def show_ledger(ledger: Ledger) -> None:
    """One ingest, told whole."""
    counts = ledger.counts
    st.caption(f"{plain(ledger.source)} · {ledger.at} · {milliseconds(1000 * ledger.seconds)}")
    rows, files = st.columns(2, gap="large")
    rows.table(
        {
            "Rows": ["Read", "With an image", "Without image", "Rejected", "Repaired before use"],
            "Count": _numbers(
                counts.rows_read,
                counts.rows_matched,
                counts.rows_without_image,
                counts.rows_rejected,
                counts.rows_repaired,
            ),
        },
        border="horizontal",
    )
    files.table(
        {
            "Image files": ["Found", "In the collection", "of these new", "of these without row", "Unreadable"],
            "Count": _numbers(
                counts.files_found,
                counts.images_in,
                counts.images_added,
                counts.images_without_row,
                counts.unreadable,
            ),
        },
        border="horizontal",
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
    found = sorted({entry.outcome for entry in ledger.entries})
    totals = {name: sum(entry.outcome == name for entry in ledger.entries) for name in found}
    words = {name: OUTCOMES.get(name, name.replace("-", " ").capitalize()) for name in found}
    labels = {name: f"{words[name]}: {number(totals[name])}" for name in found}
    chosen = st.selectbox("Entries", found, format_func=labels.__getitem__, key=f"entries {ledger.run}")
    records = [record for record in as_records(ledger.entries) if record["outcome"] == chosen]
    frame = pl.DataFrame(records).select("key", "id", "reason")
    settings = {"key": "Line, file or ids", "id": "Id", "reason": "Reason"}
    st.dataframe(frame, hide_index=True, height=280, column_config=settings)
    st.download_button(
        "Export all entries as CSV",
        lambda: csv_text(as_records(ledger.entries), COLUMNS),
        file_name=f"ledger-{ledger.run}.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"export {ledger.run}",
    )


def _numbers(*values: int) -> list[str]:
    return [number(value) for value in values]

"""A column that takes on another type, which Lance cannot do in one commit.

The values go into a column beside it, which then takes its place. A process that is killed in between leaves both or
only the new one; `finish_retyping` tells from that what is left to do.
"""

from typing import Any

import pyarrow as pa

from core.collection.schema import LABEL_KEY, label, labelled

BESIDE = "retyped-"  # begins the name of the new column; no column of a person's table has a hyphen


def retype(table: Any, field: pa.Field) -> None:
    """Give the column of this name the field's type, its values cast; its header stays."""
    held = table.schema.field(field.name)
    if table.count_rows(f"`{field.name}` IS NOT NULL") == 0:
        table.drop_columns([field.name])  # a killed process leaves no column, and no value is lost
        table.add_columns(pa.schema([labelled(field, label(held))]))
    else:
        beside = f"{BESIDE}{field.name}"
        table.add_columns({beside: f"CAST(`{field.name}` AS DOUBLE)"})
        table.update_field_metadata({"path": beside, "metadata": {LABEL_KEY: label(held)}})
        finish_retyping(table, complete=True)


def finish_retyping(table: Any, *, complete: bool = False) -> None:
    """Let a column that stands beside another take its place, or drop it where it may be incomplete."""
    names = set(table.schema.names)
    for name in (name for name in table.schema.names if name.startswith(BESIDE)):
        own = name.removeprefix(BESIDE)
        if own in names and not complete:
            table.drop_columns([name])
            continue
        if own in names:
            table.drop_columns([own])
        table.alter_columns({"path": name, "rename": own})

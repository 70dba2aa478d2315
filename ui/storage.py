"""Reading images from loose files, one HDF5 file, one zip and a Lance table, beside each other."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.collection.catalog import Catalog
from core.lab.kept import Part
from core.lab.stores import LANCE
from core.query.recipe import Recipe
from core.workspace import Workspace
from ui.lab import chart, files, measured, not_yet, told
from ui.labcharts import store_bars
from ui.words import bytes_, number, plural

READ = (100, 1_000, 5_000)
COLUMNS = ("store", "together", "cold", "images", "median_ms", "low_ms", "high_ms", "images_per_second", "bytes")


def show_storage(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> None:
    """How many to read, then the last measurement: from memory, from the disk, a table, and files."""
    st.caption(
        "The same images, byte for byte, are written into four stores in a temporary folder and read at random: the "
        "originals as they are, nothing decoded. Before that it is made sure that each store gives the same bytes."
    )
    images = st.selectbox(
        "Images to read",
        READ,
        index=1,
        format_func=lambda count: plural(count, "image"),
        key="storage images",
        width=180,
        label_visibility="collapsed",
    )
    found = measured(workspace, name, Part.STORAGE, {"images": images})
    if found is None:
        not_yet(workspace, name, Part.STORAGE, ". Press Measure.")
        return
    told(found, catalog)
    st.markdown(
        f"{plural(int(found['images']), 'image')} of {number(int(found['held']))}, {bytes_(found['mean_bytes'])} on "
        f"average, read in a random order, {plural(int(found['rounds']), 'round')} each."
    )
    for cold, title, words in (
        (False, "From memory", "Milliseconds, everything was read before"),
        (True, "From the disk", "Milliseconds, opening included"),
    ):
        rows = _bars(found, cold)
        if rows:
            st.subheader(title, anchor=False)
            alt = f"Time to read {found['images']} images {title.lower()}"
            chart(store_bars(rows, words=words), f"storage {cold}", f"{name}-storage", alt)
    files("storage", f"{name}-storage", found, lambda: storage_rows(found), COLUMNS)
    st.dataframe([_row(point) for point in found["points"]], hide_index=True)


def storage_rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A line for each store and way of reading."""
    return [
        {
            **{name: point[name] for name in ("store", "together", "cold", "images_per_second", "bytes")},
            "images": found["images"],
            **{f"{which}_ms": point["milliseconds"][which] for which in ("median", "low", "high")},
        }
        for point in found["points"]
    ]


def _bars(found: Mapping[str, Any], cold: bool) -> Sequence[tuple[str, float, float, float, bool]]:
    rows = []
    for point in found["points"]:
        if point["cold"] == cold:
            spread = point["milliseconds"]
            own = point["store"] == LANCE and point["together"]
            rows.append((_label(point), spread["median"], spread["low"], spread["high"], own))
    return rows


def _label(point: Mapping[str, Any]) -> str:
    label = str(point["store"])
    return label[:1].upper() + label[1:] + (", all at once" if point["together"] else ", one by one")


def _row(point: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Store": _label(point),
        "Read from": "disk" if point["cold"] else "memory",
        "Images a second": number(round(point["images_per_second"])),
        "Size": bytes_(point["bytes"]),
    }

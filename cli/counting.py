"""Counts of one or two columns as a table, CSV or JSON."""

import sys
from typing import Any

from cli.output import print_json, print_records
from core.answers import counting, distribution, facets
from core.collection.catalog import Catalog
from core.collection.counts import FACET_KINDS
from core.collection.crosstab import cross_tab
from core.collection.told import told_cross_tab
from core.export import csv_text
from core.query.columns import find_column
from core.query.recipe import Recipe
from core.workspace import Workspace

COUNTED = ("count", "total")


def print_counts(
    space: Workspace, name: str, columns: tuple[str, str | None], where: str | None, sizes: tuple[int, int], form: str
) -> None:
    """Count and print; `form` is "table", "csv" or "json", `sizes` are the most classes and the ranges."""
    first, second = columns
    with counting(space, name, "Counts by class" if second is None else "Counts of two columns", where) as asked:
        told, records = _one(*asked, first, sizes) if second is None else _two(*asked, first, second, sizes)
    if form == "json":
        print_json(told)
    elif form == "csv":
        sys.stdout.write(csv_text(records, list(records[0]) if records else (first, *COUNTED)))
    else:
        print_records(records, "No image has a value.")


def _one(
    catalog: Catalog, recipe: Recipe, name: str, sizes: tuple[int, int]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    column = find_column(catalog.columns, name)
    if column.kind in FACET_KINDS:
        told = facets(catalog, recipe, column.name, sizes[0])[0]
        lines = [{"value": _word(one["value"]), "count": one["count"], "total": one["total"]} for one in told["values"]]
        if told["other_values"]:
            lines.append({"value": f"({told['other_values']:,} others)", "count": told["other_count"], "total": None})
        return told, lines
    told = distribution(catalog, recipe, column.name, sizes[1])
    lines = [
        {"from": one["low"], "to": one["high"], "count": one["count"], "total": one["total"]} for one in told["bins"]
    ]
    if told["missing"]:
        lines.append({"from": "(missing)", "to": None, "count": told["missing"], "total": column.missing})
    return told, lines


def _two(
    catalog: Catalog, recipe: Recipe, first: str, second: str, sizes: tuple[int, int]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    told = told_cross_tab(cross_tab(catalog, recipe, first, second, *sizes))
    downs, acrosses = ([_group(group) for group in told[side]["groups"]] for side in ("first", "second"))
    lines = [
        {"row": down, "column": across, "count": told["counts"][a][b], "total": told["totals"][a][b]}
        for a, down in enumerate(downs)
        for b, across in enumerate(acrosses)
        if told["totals"][a][b]
    ]
    return told, lines


def _group(group: dict[str, Any]) -> str:
    match group["is"]:
        case "value":
            return _word(group["value"])
        case "range":
            low, high = group["low"], group["high"]
            return str(low) if low == high else f"{low} to {high}"
        case "others":
            return f"({group['others']:,} others)"
        case _:
            return "(missing)"


def _word(value: object) -> str:
    if value is None:
        return "(missing)"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

"""Cross-tabs and trends as plain values, the same through the API and the command line."""

from datetime import datetime
from typing import Any

from core.collection.crosstab import CrossTab, Side
from core.collection.groups import MISSING, Edge, Group, Others, Span, condition_of
from core.collection.trend import Trend
from core.query.recipe import All, Recipe
from core.query.url import to_parameters


def told_cross_tab(found: CrossTab) -> dict[str, Any]:
    """Both columns' groups, and the counts of every pair: a list for each group of the first column."""
    return {
        "first": told_side(found.first),
        "second": told_side(found.second),
        "counts": [list(row) for row in found.counts],
        "totals": [list(row) for row in found.totals],
    }


def told_trend(found: Trend) -> dict[str, Any]:
    """The times and the classes, and the counts: a list for each class, or one where all are counted together."""
    return {
        "unit": found.unit,
        "times": told_side(found.times),
        "classes": None if found.classes is None else told_side(found.classes),
        "counts": [list(row) for row in found.counts],
        "totals": [list(row) for row in found.totals],
    }


def told_side(side: Side) -> dict[str, Any]:
    """One column and its groups."""
    groups = [told_group(side.column, group) for group in side.groups]
    return {"column": side.column, "label": side.label, "kind": side.kind.value, "groups": groups}


def told_group(column: str, group: Group) -> dict[str, Any]:
    """A group, with the filter that asks for it as a link has it."""
    where = to_parameters(Recipe(All((condition_of(column, group),))))["where"]
    return {**_words(group), "where": where}


def _words(group: Group) -> dict[str, Any]:
    if group == MISSING:
        return {"is": "missing"}
    if isinstance(group, Others):
        return {"is": "others", "others": group.count}
    if isinstance(group, Span):
        return {"is": "range", "low": _edge(group.low), "high": _edge(group.high), "closed": group.closed}
    return {"is": "value", "value": group.values[0]}


def _edge(edge: Edge) -> float | str:
    return edge.isoformat() if isinstance(edge, datetime) else edge

"""What stands in a chart: groups of a column with their words and counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.collection.counts import FacetCounts, Histogram
from core.collection.groups import MISSING, Edge, Group, Others, Span, Values
from core.collection.picking import is_chosen
from core.query.columns import Kind
from core.query.english import spoken
from core.query.recipe import Recipe
from ui.words import number

CSV_COLUMNS = ("value", "from", "to", "count", "total")


@dataclass(frozen=True)
class Entry:
    """One bar."""

    group: Group
    label: str
    count: int
    """In the result."""
    total: int
    """In the whole collection."""


def class_entries(facet: FacetCounts, recipe: Recipe, top: int, *, by_name: bool = False) -> list[Entry]:
    """The most frequent values and those chosen, then all others as one, then the missing."""
    known = [Entry(Values((item.value,)), word(item.value), item.count, item.total) for item in facet.values]
    missing = [Entry(MISSING, "Missing", item.count, item.total) for item in known if item.group == MISSING]
    known = [item for item in known if item.group != MISSING]
    shown = (
        [item for place, item in enumerate(known) if place < top or is_chosen(recipe, facet.column, item.group)]
        if len(known) > top + 1
        else known
    )
    if by_name:
        shown = sorted(shown, key=lambda item: item.label.casefold())
    rest = [item for item in known if item not in shown]
    if not rest:
        return [*shown, *missing]
    listed = tuple(
        value for item in shown if isinstance(item.group, Values) for value in item.group.values if value is not None
    )
    count, total = (sum(getattr(item, name) for item in rest) for name in ("count", "total"))
    return [*shown, Entry(Others(listed, len(rest)), f"{number(len(rest))} others", count, total), *missing]


def range_entries(shape: Histogram) -> list[Entry]:
    """The bars of a histogram, in order."""
    last = len(shape.bins) - 1
    spans = [Span(bar.low, bar.high, place == last or bar.low == bar.high) for place, bar in enumerate(shape.bins)]
    return [
        Entry(span, group_word(span, shape.kind), bar.count, bar.total)
        for span, bar in zip(spans, shape.bins, strict=True)
    ]


def group_word(group: Group, kind: Kind, unit: str = "") -> str:
    """A group in words, such as “Shirt”, “10 to 20”, “2012”, “17 others” or “Missing”."""
    match group:
        case Values(values):
            return "Missing" if values == (None,) else ", ".join(word(value) for value in values)
        case Others(_, count):
            return f"{number(count)} other" if count == 1 else f"{number(count)} others"
        case Span(low, high):
            if unit in ("year", "month", "day") and isinstance(low, datetime):
                return {"year": f"{low:%Y}", "month": f"{low:%Y-%m}", "day": f"{low:%Y-%m-%d}"}[unit]
            first, last = edge_word(low, kind), edge_word(high, kind)
            return first if first == last else f"{first} to {last}"


def edge_word(edge: Edge, kind: Kind) -> str:
    """Where a bar begins, short enough for an axis."""
    if isinstance(edge, datetime):
        return f"{edge:%Y-%m-%d}"
    return f"{edge:g}" if kind is Kind.YEAR else f"{edge:,.4g}"


def word(value: object) -> str:
    """A value as it is read."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def heading_of(label: str) -> str:
    """A column's label as a title."""
    words = spoken(label)
    return words[:1].upper() + words[1:]


def records(entries: Sequence[Entry]) -> list[dict[str, object]]:
    """The bars as lines of a table."""
    return [
        {
            "value": item.label,
            "from": item.group.low if isinstance(item.group, Span) else None,
            "to": item.group.high if isinstance(item.group, Span) else None,
            "count": item.count,
            "total": item.total,
        }
        for item in entries
    ]


def file_name(*parts: str) -> str:
    """A name for a downloaded file, of letters and digits."""
    text = "-".join(parts)
    return "".join(letter if letter.isalnum() else "-" for letter in text).strip("-")[:80] or "chart"

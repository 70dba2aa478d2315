"""How often the classes of a column occur over the years, or over a date column's days or months."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core.collection.catalog import Catalog
from core.collection.crosstab import Axis, Side, paired, ranges
from core.collection.groups import MISSING, Bars, Span, bars_of, limits
from core.errors import QueryError
from core.query.columns import Column, Kind, find_column
from core.query.recipe import Recipe
from core.query.sql import quote

TOP = 6
MOST_DAYS = 62  # a span of more days is counted by month
MOST_MONTHS = 120  # a span of more months is counted by year
MOST_YEARS = 400
SPANS = 60  # equally long ranges where even years are too many

Unit = Literal["year", "month", "day", "span"]


@dataclass(frozen=True)
class Trend:
    """Counts over time; one row of counts for each class."""

    times: Side  # years, months or days in order; then the missing
    classes: Side | None  # None where everything is counted together
    unit: Unit
    counts: tuple[tuple[int, ...], ...]  # [class][time], in the result
    totals: tuple[tuple[int, ...], ...]  # in the whole collection


def trend(catalog: Catalog, recipe: Recipe, along: str, by: str | None = None, top: int = TOP) -> Trend:
    """Counts along a year or date column, for each of the most frequent classes of another column."""
    time = find_column(catalog.columns, along)
    if time.kind not in (Kind.YEAR, Kind.DATE):
        raise QueryError(
            f"“{time.label}” has no trend.", f"It is a {time.kind} column.", "Choose a column of years or dates."
        )
    bars, unit = periods(catalog, time)
    if by is None:
        return _together(catalog, recipe, time, bars, unit)
    column = find_column(catalog.columns, by)
    if column.name == time.name:
        raise QueryError(f"“{time.label}” cannot be counted against itself.", "", "Choose another column of classes.")
    found = paired(catalog, recipe, Axis(column, ranges(catalog, column, top), top), Axis(time, bars, 0))
    return Trend(found.second, found.first, unit, found.counts, found.totals)


def periods(catalog: Catalog, column: Column) -> tuple[Bars, Unit]:
    """The years of a year column; of a date column its days, months or years, whichever tells most."""
    quoted = quote(column.name)
    low, high = limits(catalog, column.name)
    if low is None:
        return Bars((), "NULL::BIGINT"), "year"
    if not isinstance(low, datetime):
        return bars_of(catalog, column, MOST_YEARS), "year"
    if (high - low).days < MOST_DAYS:
        first = low.replace(hour=0, minute=0, second=0, microsecond=0)
        return _steps(first, high, _next_day, f"({quoted}::DATE - DATE '{first.year:04}-{first:%m-%d}')"), "day"
    if (high.year - low.year) * 12 + high.month - low.month < MOST_MONTHS:
        first, place = datetime(low.year, low.month, 1), low.year * 12 + low.month
        return _steps(first, high, _next_month, f"(year({quoted}) * 12 + month({quoted}) - {place})"), "month"
    if high.year - low.year < MOST_YEARS:
        return _steps(datetime(low.year, 1, 1), high, _next_year, f"(year({quoted}) - {low.year})"), "year"
    return bars_of(catalog, column, SPANS), "span"


def _steps(start: datetime, last: datetime, following: Callable[[datetime], datetime], place: str) -> Bars:
    spans: list[Span] = []
    while not spans or start <= last:
        try:
            end, closed = following(start), False
        except (OverflowError, ValueError):
            end, closed = datetime.max, True
        spans.append(Span(start, end, closed))
        if closed:
            break
        start = end
    return Bars(tuple(spans), place)


def _next_day(day: datetime) -> datetime:
    return day + timedelta(days=1)


def _next_month(month: datetime) -> datetime:
    return datetime(month.year + month.month // 12, month.month % 12 + 1, 1)


def _next_year(year: datetime) -> datetime:
    return datetime(year.year + 1, 1, 1)


def _together(catalog: Catalog, recipe: Recipe, time: Column, bars: Bars, unit: Unit) -> Trend:
    sql = catalog.where(recipe.where)
    rows = catalog.select(
        f"SELECT {bars.expression}, count(*) FILTER (WHERE {sql.text}), count(*) FROM images GROUP BY 1", sql.parameters
    )
    found = {place: (count, total) for place, count, total in rows}
    missing = (MISSING,) if None in found else ()
    places = [*range(len(bars.spans)), *([None] if missing else [])]
    side = Side(time.name, time.label, time.kind, (*bars.spans, *missing))
    counts, totals = (tuple(found.get(place, (0, 0))[which] for place in places) for which in (0, 1))
    return Trend(side, None, unit, (counts,), (totals,))

"""Two recipes side by side: their counts, what they share, and the values that tell them apart.

Values are ordered by the log-odds ratio with an informative Dirichlet prior, in standard errors (Monroe, Colaresi and
Quinn, “Fightin' Words”, Political Analysis 16, 2008): a value that three images of one side have and none of the other
stays below one that tells thousands apart, which an order by ratio would turn round.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from core.answers import plain
from core.collection.catalog import Catalog
from core.collection.counts import BINS, MOST_GROUPED
from core.query.columns import CLASS_KINDS, Column, Kind
from core.query.english import sentence
from core.query.fitting import RANGE_KINDS
from core.query.recipe import Recipe, leaves
from core.query.sql import Sql, quote
from core.search import Searcher

EPOCH = datetime(1970, 1, 1)
MOST_PRIOR = 100  # images that the prior stands for, or as many as the smaller side has
Edge = int | float | datetime


@dataclass(frozen=True)
class Side:
    """One of the two."""

    english: str
    count: int  # images
    exact: bool  # whether the images are the right ones for certain, as they are without similarity


@dataclass(frozen=True)
class Lift:
    """One value of a column in both sides."""

    value: str | bool | None  # None is missing
    a: int
    b: int
    share_a: float  # of side A's images, 0 to 1
    share_b: float
    lift: float | None  # share_a / share_b; None where B has none
    score: float  # standard errors that the log-odds ratio lies from 0; above 0 where it is A's


@dataclass(frozen=True)
class FacetLift:
    """The values of one category column, those that tell the sides apart best first."""

    column: str
    label: str
    asked: bool  # whether one of the recipes filters by this column
    values: tuple[Lift, ...]


@dataclass(frozen=True)
class PairBin:
    """One bar; `high` belongs to it only in the last bar, or where it equals `low`."""

    low: Edge
    high: Edge
    a: int
    b: int


@dataclass(frozen=True)
class PairHistogram:
    """The distribution of one numeric, year or date column in both sides, over the same bars."""

    column: str
    label: str
    kind: Kind
    asked: bool
    bins: tuple[PairBin, ...]
    missing_a: int
    missing_b: int


@dataclass(frozen=True)
class Comparison:
    """Everything that a comparison tells."""

    a: Side
    b: Side
    of: int  # images of the collection
    both: int
    only_a: int
    only_b: int
    facets: tuple[FacetLift, ...]
    ranges: tuple[PairHistogram, ...]
    milliseconds: float

    def distinctive(self, most: int, *, asked: bool = True) -> list[tuple[FacetLift, Lift]]:
        """The values that tell the sides apart best, of all columns or only of those that neither filters by."""
        found = [(facet, value) for facet in self.facets if asked or not facet.asked for value in facet.values]
        found = [pair for pair in found if pair[1].score]
        return sorted(found, key=lambda pair: -abs(pair[1].score))[:most]


def compare(catalog: Catalog, searcher: Searcher, first: Recipe, second: Recipe) -> Comparison:
    """Compare what two recipes find: all that pass a filter, or as many as a similarity or a sample is limited to."""
    started = time.perf_counter()
    images_a, exact_a = _images_of(catalog, searcher, first)
    images_b, exact_b = _images_of(catalog, searcher, second)
    pair = _Pair(catalog, images_a, images_b)
    facets, ranges = catalog.of_kind(*CLASS_KINDS), catalog.of_kind(*RANGE_KINDS)
    count_a, count_b, both, *ends = pair.facts(ranges)
    bars = {
        column.name: _bars(column, low, high) for column, low, high in zip(ranges, ends[::2], ends[1::2], strict=True)
    }
    counts = pair.grouped(facets, bars)
    asked = {getattr(leaf, "column", "") for recipe in (first, second) for leaf in leaves(recipe.where)}
    return Comparison(
        a=Side(sentence(first, catalog.columns), count_a, exact_a),
        b=Side(sentence(second, catalog.columns), count_b, exact_b),
        of=catalog.count_all,
        both=both,
        only_a=count_a - both,
        only_b=count_b - both,
        facets=tuple(
            FacetLift(item.name, item.label, item.name in asked, lifts(counts[item.name], count_a, count_b))
            for item in facets
        ),
        ranges=tuple(_histogram(item, item.name in asked, bars[item.name], counts[item.name]) for item in ranges),
        milliseconds=(time.perf_counter() - started) * 1000,
    )


Counts = dict[Any, tuple[int, int]]  # images of A and of B, by value or number of bar


def lifts(counts: Counts, count_a: int, count_b: int) -> tuple[Lift, ...]:
    """Shares, their ratio and the score of every value of a column; `count_a` and `count_b` are all images."""
    made = []
    for value, (a, b) in counts.items():
        share_a, share_b = a / count_a if count_a else 0.0, b / count_b if count_b else 0.0
        ratio = share_a / share_b if share_b else None
        made.append(Lift(value, a, b, share_a, share_b, ratio, _score(a, b, count_a, count_b)))
    return tuple(sorted(made, key=lambda item: (-abs(item.score), -item.a - item.b, str(item.value))))


def told_comparison(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON has it."""
    return dict(_plain(asdict(comparison)))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Kind) else plain(value)


def _score(a: int, b: int, count_a: int, count_b: int) -> float:
    """The log-odds ratio in standard errors; 0 where one side is empty or there is no other value.

    The prior has a column's values as often as both sides together. The variance has the terms of all other values too,
    which the paper leaves out because any one word is rare; a class may be nine tenths of a collection.
    """
    weight, everything = min(count_a, count_b, MOST_PRIOR), count_a + count_b
    if not weight or not 0 < a + b < everything:
        return 0.0
    prior = weight * (a + b) / everything
    has_a, has_b = a + prior, b + prior
    rest_a, rest_b = count_a + weight - has_a, count_b + weight - has_b
    ratio = math.log(has_a / rest_a) - math.log(has_b / rest_b)
    return ratio / math.sqrt(1 / has_a + 1 / rest_a + 1 / has_b + 1 / rest_b)


def _images_of(catalog: Catalog, searcher: Searcher, recipe: Recipe) -> tuple[Sql, bool]:
    """A recipe's images as a condition, and whether they are the right ones for certain."""
    if recipe.terms:
        result = searcher.run(recipe)
        return _listed([hit.row.id for hit in result.hits]), result.exact
    if recipe.sample:
        return _listed(catalog.sample(recipe.where, recipe.limit, recipe.seed)), True
    return catalog.where(recipe.where), True


def _listed(ids: Sequence[str]) -> Sql:
    return Sql("id IN (SELECT unnest(?::VARCHAR[]))", (ids,))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Bars:
    """The ends of a histogram's bars, in the column's own type; none where every value is missing."""

    lows: tuple[Edge, ...]
    highs: tuple[Edge, ...]


class _Pair:
    """Counts both sides at once; each question is one pass over the table."""

    def __init__(self, catalog: Catalog, first: Sql, second: Sql) -> None:
        self._catalog = catalog
        self._sides = f"({first.text}) AS in_a, ({second.text}) AS in_b"
        self._parameters = (*first.parameters, *second.parameters)

    def facts(self, ranges: Sequence[Column]) -> tuple[Any, ...]:
        """Images of A, of B and of both; then the least and the greatest value of each column in either."""
        ends = "".join(f", min(c{place}), max(c{place})" for place in range(len(ranges)))
        return self._select(
            f"count(*) FILTER (WHERE in_a), count(*) FILTER (WHERE in_b), count(*) FILTER (WHERE in_a AND in_b){ends}",
            [Sql(quote(column.name)) for column in ranges],
        )[0]

    def grouped(self, facets: Sequence[Column], bars: dict[str, Bars]) -> dict[str, Counts]:
        """Counts by value of each category column, and by number of bar of each range column; None is missing."""
        named = {column.name: Sql(quote(column.name)) for column in facets}
        named |= {name: _place(quote(name), made.lows) for name, made in bars.items()}
        counts: dict[str, Counts] = {}
        for start in range(0, len(named), MOST_GROUPED):
            names = list(named)[start : start + MOST_GROUPED]
            counts |= self._group(names, [named[name] for name in names])
        return counts

    def _group(self, names: Sequence[str], columns: Sequence[Sql]) -> dict[str, Counts]:
        aliases = [f"c{place}" for place in range(len(columns))]
        listed, sets = ", ".join(aliases), ", ".join(f"({alias})" for alias in aliases)
        rows = self._select(
            f"GROUPING_ID({listed}), {listed}, count(*) FILTER (WHERE in_a), count(*) FILTER (WHERE in_b)",
            columns,
            f"GROUP BY GROUPING SETS ({sets})",
        )
        # GROUPING_ID has a bit for each column that the row is not grouped by, the first column's the highest.
        by_id = {(1 << len(names)) - 1 - (1 << (len(names) - 1 - place)): place for place in range(len(names))}
        counts: dict[str, Counts] = {name: {} for name in names}
        for grouping, *values, a, b in rows:
            place = by_id[grouping]
            counts[names[place]][values[place]] = (a, b)
        return counts

    def _select(self, what: str, columns: Sequence[Sql], rest: str = "") -> list[tuple[Any, ...]]:
        """Rows of a question about the images of either side, whose columns are called c0, c1 and so on."""
        listed = "".join(f", {column.text} AS c{place}" for place, column in enumerate(columns))
        given = [value for column in columns for value in column.parameters]
        return self._catalog.select(
            f"SELECT {what} FROM (SELECT {self._sides}{listed} FROM images) WHERE in_a OR in_b {rest}",
            (*self._parameters, *given),
        )


def _bars(column: Column, low: Any, high: Any) -> Bars:
    """One bar a year or whole number where there are few, else equally wide ones, from the least to the greatest."""
    if low is None or (isinstance(low, float) and not (math.isfinite(low) and math.isfinite(high))):
        return Bars((), ())
    if isinstance(low, float):
        lows = sorted({low + place * (high / BINS - low / BINS) for place in range(BINS)})
        return Bars(tuple(lows), (*lows[1:], high))
    first, last = (_microseconds(item) if isinstance(item, datetime) else item for item in (low, high))
    single = isinstance(low, int) and (column.kind is Kind.YEAR or last - first < 2 * BINS)
    count = last - first + 1 if single else BINS
    edges = sorted({first + place * (last - first + 1) // count for place in range(count)})
    ends = edges if single else [*edges[1:], last]
    if isinstance(low, datetime):
        return Bars(tuple(map(_moment, edges)), tuple(map(_moment, ends)))
    return Bars(tuple(edges), tuple(ends))


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _place(column: str, edges: Sequence[Edge]) -> Sql:
    """The number of a value's bar, found by halving, compared in the column's own type; NULL where it is missing."""
    if not edges:
        return Sql("NULL::INTEGER")

    def among(first: int, last: int) -> Sql:
        if first == last:
            return Sql(str(first))
        middle = (first + last + 1) // 2
        below, above = among(first, middle - 1), among(middle, last)
        text = f"CASE WHEN {column} < ? THEN {below.text} ELSE {above.text} END"
        return Sql(text, (edges[middle], *below.parameters, *above.parameters))

    inner = among(0, len(edges) - 1)
    return Sql(f"CASE WHEN {column} IS NOT NULL THEN {inner.text} END", inner.parameters)


def _histogram(column: Column, asked: bool, bars: Bars, counts: Counts) -> PairHistogram:
    ends = enumerate(zip(bars.lows, bars.highs, strict=True))
    bins = tuple(PairBin(low, high, *counts.get(place, (0, 0))) for place, (low, high) in ends)
    return PairHistogram(column.name, column.label, column.kind, asked, bins, *counts.get(None, (0, 0)))

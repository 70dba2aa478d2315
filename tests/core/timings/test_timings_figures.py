"""Percentiles by kind and over time, and where the time went."""

from datetime import UTC, datetime, timedelta

from core.timing import Step
from core.timings.figures import by_kind, by_step, over_time
from core.timings.record import Record
from core.timings.store import Point

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def points(kind: str, *milliseconds: float) -> list[Point]:
    """Answers a second apart."""
    moments = [
        (NOON + timedelta(seconds=place)).isoformat(timespec="milliseconds") for place in range(len(milliseconds))
    ]
    return [Point(place, at, kind, took, 1) for place, (at, took) in enumerate(zip(moments, milliseconds, strict=True))]


def test_percentiles_are_times_that_answers_took() -> None:
    search, query = by_kind([*points("query", 5.0), *points("search", *map(float, range(1, 101)))])
    assert (search.kind, search.count, search.p50, search.p95, search.p99, search.slowest) == (
        "search", 100, 51.0, 96.0, 100.0, 100.0,
    )  # fmt: skip
    assert (query.kind, query.count, query.p50, query.p99) == ("query", 1, 5.0, 5.0)
    assert by_kind([]) == []


def test_time_is_cut_into_equal_stretches() -> None:
    found = over_time(points("query", 1.0, 2.0, 3.0, 100.0), 2)
    assert [(one.count, one.p50, one.p99) for one in found] == [(2, 2.0, 2.0), (2, 100.0, 100.0)]
    assert NOON <= found[0].at < found[1].at <= NOON + timedelta(seconds=3)
    (only,) = over_time(points("query", 9.0))
    assert (only.at, only.count, only.p95) == (NOON, 1, 9.0)
    assert over_time([]) == []


def test_where_the_time_went_counts_outermost_steps() -> None:
    steps = (Step("sql", 3.0), Step("vectors", 9.0), Step("sql", 2.0, ("fetch",)))
    record = Record("search", "things", "red", 12.0, steps)
    assert [(one.step, one.times, one.milliseconds) for one in by_step([record, record])] == [
        ("vectors", 2, 18.0), ("sql", 2, 6.0),
    ]  # fmt: skip

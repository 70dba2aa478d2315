"""What many records say together: percentiles by kind and over time, and where the time went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from core.timing import together
from core.timings.record import Record
from core.timings.store import Point

PERCENTILES = (0.5, 0.95, 0.99)
INTERVALS = 60  # of a chart over time


@dataclass(frozen=True)
class KindFigures:
    """What answers of one kind cost."""

    kind: str
    count: int
    p50: float  # milliseconds, nearest rank: each is a time that an answer took
    p95: float
    p99: float
    slowest: float


@dataclass(frozen=True)
class Interval:
    """What answers cost in one stretch of time."""

    at: datetime  # its middle, UTC
    count: int
    p50: float  # milliseconds
    p95: float
    p99: float


@dataclass(frozen=True)
class StepShare:
    """Where the time of some answers went."""

    step: str
    times: int
    milliseconds: float  # together


def by_kind(points: Sequence[Point]) -> list[KindFigures]:
    """Each kind's percentiles, the most frequent kind first."""
    if not points:
        return []
    found = _frame(points).group_by("kind").agg(*_percentiles()).sort(["count", "kind"], descending=[True, False])
    return [KindFigures(**row) for row in found.rows(named=True)]


def over_time(points: Sequence[Point], intervals: int = INTERVALS) -> list[Interval]:
    """Percentiles in stretches of equal length, oldest first; those without an answer are left out."""
    if not points:
        return []
    frame = _frame(points).with_columns(pl.col("at").str.to_datetime(time_zone="UTC").alias("when"))
    first, last = frame["when"].min(), frame["when"].max()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    length = max((last - first) / intervals, (last - first) / len(points))
    place = pl.lit(0) if not length else ((pl.col("when") - first) / length).floor().clip(0, intervals - 1)
    found = frame.group_by(place.cast(pl.Int64).alias("place")).agg(*_percentiles()).sort("place")
    return [
        Interval(first + (row["place"] + 0.5) * length, row["count"], row["p50"], row["p95"], row["p99"])
        for row in found.rows(named=True)
    ]


def by_step(records: Sequence[Record]) -> list[StepShare]:
    """The outermost steps of some records together, the costliest first."""
    found = together(item for record in records for item in record.steps if item.depth == 0)
    shares = [StepShare(one.name, one.times, one.milliseconds) for one in found]
    return sorted(shares, key=lambda share: -share.milliseconds)


def _frame(points: Sequence[Point]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "at": [point.at for point in points],
            "kind": [point.kind for point in points],
            "milliseconds": [point.milliseconds for point in points],
        },
        schema={"at": pl.String, "kind": pl.String, "milliseconds": pl.Float64},
    )


def _percentiles() -> list[pl.Expr]:
    took = pl.col("milliseconds")
    named = [took.quantile(share, "higher").alias(f"p{share * 100:.0f}") for share in PERCENTILES]
    return [pl.len().alias("count"), *named, took.max().alias("slowest")]

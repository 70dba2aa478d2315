"""The plainest ways to answer the same questions about metadata: DuckDB and Polars over a Parquet file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.collection.catalog import MIRRORED, Catalog
from core.lab.questions import CROSSTAB, DEPTHS, DRAWN, FACETS, PAGE, PAGES, SAMPLES, Questions
from core.lab.rounds import clocked, milliseconds, spread
from core.query.columns import CLASS_KINDS
from core.query.recipe import OneOf, Value
from core.query.sql import quote

RUNS = 5
TAGS = "tags"


@dataclass(frozen=True)
class Plain:
    """The questions in plain words: columns and values."""

    facets: tuple[str, ...]
    column: str  # of the filter; empty where there is none
    values: tuple[Value, ...]
    order: str  # empty where there is none
    pair: tuple[str, str] | None


def plain_of(catalog: Catalog, asked: Questions) -> Plain:
    """The questions about metadata; the wide filter is one condition on a column's values."""
    condition = next((item for item in asked.wide.conditions if isinstance(item, OneOf)), None)
    return Plain(
        facets=tuple(column.name for column in catalog.of_kind(*CLASS_KINDS)),
        column="" if condition is None else condition.column,
        values=() if condition is None else tuple(value for value in condition.values if value is not None),
        order="" if asked.order is None else asked.order.column,
        pair=asked.pair,
    )


def write_parquet(catalog: Catalog, path: Path) -> None:
    """The columns that the catalog mirrors, but the tags, as one Parquet file."""
    import pyarrow.parquet as parquet

    names = [name for name in dict.fromkeys([*MIRRORED, *catalog.metadata]) if name != TAGS]
    with parquet.ParquetWriter(path, catalog.dataset.scanner(columns=names).projected_schema) as file:
        for batch in catalog.dataset.scanner(columns=names, batch_size=100_000).to_batches():
            file.write_batch(batch)


def duckdb_parquet(path: Path, rows: int, plain: Plain) -> dict[str, Any]:
    """DuckDB asks the Parquet file anew each time."""
    import duckdb

    connection, table = duckdb.connect(), "images"

    def start() -> None:
        connection.read_parquet(str(path)).create_view(table)
        connection.execute(f"SELECT count(*) FROM {table}").fetchall()

    opened = clocked(start)
    where, values = "true", list[Value]()
    if plain.column:
        where, values = f"{quote(plain.column)} IN (SELECT unnest(?))", list(plain.values)
    given = [values] if plain.column else []

    def facets() -> None:
        for name in plain.facets:  # a column ignores its own choice
            chosen = name == plain.column
            asked = f"SELECT {quote(name)}, count(*) FROM {table} WHERE {'true' if chosen else where} GROUP BY 1"
            connection.execute(asked, [] if chosen else given).fetchall()

    def page(offset: int) -> None:
        order = f"ORDER BY {quote(plain.order)} DESC NULLS LAST" if plain.order else ""
        connection.execute(f"SELECT count(*) FROM {table}").fetchall()
        connection.execute(f"SELECT * FROM {table} {order} LIMIT {PAGE} OFFSET {offset}").fetchall()

    def sample() -> None:
        asked = f"SELECT * FROM (SELECT * FROM {table} WHERE {where}) USING SAMPLE {DRAWN} ROWS"
        connection.execute(asked, given).fetchall()

    def crosstab() -> None:
        if plain.pair is not None:
            first, second = map(quote, plain.pair)
            asked = f"SELECT {first}, {second}, count(*) FROM {table} WHERE {where} GROUP BY ALL"
            connection.execute(asked, given).fetchall()

    figures = _figures(plain, rows, facets, page, sample, crosstab)
    return {"what": "DuckDB over one Parquet file, one query a column", **figures, "open_s": round(opened / 1000, 4)}


def polars_memory(path: Path, rows: int, plain: Plain) -> dict[str, Any]:
    """Polars with the whole table in memory."""
    import polars as pl

    held: list[pl.DataFrame] = []
    opened = clocked(lambda: held.append(pl.read_parquet(path)))
    table = held[0]
    where = pl.col(plain.column).is_in(list(plain.values)) if plain.column else pl.lit(True)

    def facets() -> None:
        passing = table.lazy().filter(where)
        asked = [
            (table.lazy() if name == plain.column else passing).group_by(name).agg(pl.len()) for name in plain.facets
        ]
        pl.collect_all(asked)

    def page(offset: int) -> None:
        asked = table.lazy().sort(plain.order, descending=True, nulls_last=True) if plain.order else table.lazy()
        asked.slice(offset, PAGE).collect().rows()

    def sample() -> None:
        passing = table.filter(where)
        passing.sample(min(DRAWN, passing.height)).rows()

    def crosstab() -> None:
        if plain.pair is not None:
            table.lazy().filter(where).group_by(list(plain.pair)).agg(pl.len()).collect()

    figures = _figures(plain, rows, facets, page, sample, crosstab)
    return {"what": "Polars, the whole table in memory", **figures, "open_s": round(opened / 1000, 4)}


def _figures(
    plain: Plain,
    rows: int,
    facets: Callable[[], None],
    page: Callable[[int], None],
    sample: Callable[[], None],
    crosstab: Callable[[], None],
) -> dict[str, float]:
    """Medians, of pages that of the slowest depth."""
    deepest = max(0, rows - PAGE)
    pages = [
        spread(milliseconds(lambda at=int(depth * deepest): page(at), RUNS)).median  # type: ignore[misc]
        for depth in DEPTHS
    ]
    found = {
        FACETS: spread(milliseconds(facets, RUNS)).median,
        PAGES: max(pages),
        SAMPLES: spread(milliseconds(sample, RUNS)).median,
    }
    return found if plain.pair is None else {**found, CROSSTAB: spread(milliseconds(crosstab, RUNS)).median}

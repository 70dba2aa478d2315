"""Charts, pages and samples of a made-up million rows: `python -m benchmarks.charts --rows 1000000`."""

import argparse
import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa

from benchmarks.measure import Figure, figure, machine, milliseconds
from core.collection.catalog import Catalog
from core.collection.counts import facet_counts, histogram
from core.collection.crosstab import cross_tab
from core.collection.schema import ENCODER_KEY, EncoderFact
from core.collection.trend import trend
from core.lab.madeup import shop
from core.query.recipe import All, OneOf, Order, Recipe

RUNS = 25


def main() -> None:
    """Make the rows, measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=RUNS)
    asked = parser.parse_args()
    facts = machine()
    with tempfile.TemporaryDirectory(prefix="vitrine-charts-") as folder:
        catalog = Catalog(made_up(Path(folder, "rows.lance"), asked.rows))
        figures = [asdict(item) for item in chart_figures(catalog, asked.runs)]
    print(json.dumps({"machine": facts, "rows": asked.rows, "figures": figures}, indent=2))


def made_up(path: Path, rows: int, seed: int = 0) -> lance.LanceDataset:
    """A dataset with eight category columns, a year, a price, a moment, and what every collection has."""
    chance = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {
        "id": pa.array([f"image-{place:08}" for place in range(rows)]),
        "uri": pa.array(["file:///nowhere"] * rows),
        "source": pa.array(["/nowhere"] * rows),
        "content_hash": pa.array([f"{place:032x}" for place in range(rows)]),
        "width": pa.array(chance.integers(40, 90, rows, dtype=np.int32)),
        "height": pa.array(np.full(rows, 80, np.int32)),
        "tags": pa.array([[]] * rows, pa.list_(pa.string())),
        "added_at": pa.array(np.repeat(np.datetime64("2026-01-02", "us"), rows)),
    }
    columns |= shop(rows, seed)
    fact = EncoderFact("/made-up", 2, "0" * 12).to_text()
    return lance.write_dataset(pa.table(columns).replace_schema_metadata({ENCODER_KEY: fact}), str(path))


def chart_figures(catalog: Catalog, runs: int) -> list[Figure]:
    """What a click on a chart asks for, one figure each."""
    filtered = Recipe(All((OneOf("class_1", ("class 1 value 0", "class 1 value 2")),)))
    where, everything = filtered.where, All()
    asked = {
        "facets of everything": lambda: facet_counts(catalog, Recipe()),
        "facets of a filtered result": lambda: facet_counts(catalog, filtered),
        "cross-tab of a filtered result": lambda: cross_tab(catalog, filtered, "class_3", "class_5"),
        "cross-tab of large columns": lambda: cross_tab(catalog, filtered, "class_6", "class_7"),
        "cross-tab with a number": lambda: cross_tab(catalog, filtered, "class_3", "price"),
        "trend by year and class": lambda: trend(catalog, filtered, "year", "class_4"),
        "trend by month and class": lambda: trend(catalog, filtered, "sold", "class_4"),
        "histogram of fractions": lambda: histogram(catalog, filtered, "price"),
        "histogram of years": lambda: histogram(catalog, filtered, "year"),
        "ten at random of everything": lambda: catalog.sample(everything, 10, 7),
        "ten at random of a filtered result": lambda: catalog.sample(where, 10, 7),
    }
    for offset in (0, 100_000, 900_000):
        order = Order("price", descending=True)
        asked[f"sorted page of 100 at {offset:,}"] = lambda at=offset, by=order: catalog.ids(everything, by, 100, at)
        asked[f"page of 100 as ingested at {offset:,}"] = lambda at=offset: catalog.ids(everything, None, 100, at)
    return [figure(name, "ms", milliseconds(work, runs)) for name, work in asked.items()]


if __name__ == "__main__":
    main()

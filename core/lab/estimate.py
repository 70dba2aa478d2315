"""What a million to a billion images would take: every assumption is a number with a name, to be read and changed.

Where a growth was measured on this machine, times follow it; where none was, they follow the assumptions. Past what one
machine holds, images are spread over several that are asked at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field
from math import ceil, log2
from typing import Any

from core.collection.compact import MOST_BYTES
from core.collection.planner import MOST_EXACT
from core.errors import InputError, near_names
from core.lab.growth import Growth

SIZES = (1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
MILLION = 1_000_000
MOST = 1e12  # of any assumption
SWITCHING = ("search_ms", "search_filtered_ms", "quick_ms", "index_build_s")  # of many images another index answers
FACTOR_BYTES = 14  # that an index of one bit a component keeps of each vector beside the bits, with its row's number


def _assumed(default: float, unit: str, about: str, least: float = 0.0) -> Any:
    return dataclass_field(default=default, metadata={"unit": unit, "help": about, "least": least})


@dataclass(frozen=True)
class Assumptions:
    """Each field is one assumption."""

    machines: float = _assumed(1.0, "machines", "Machines that make vectors side by side", 1)
    images_per_second: float = _assumed(40.0, "images/s", "Images that one machine decodes and encodes", 0.001)
    efficiency: float = _assumed(0.9, "", "Share of its speed that a machine keeps beside others", 0.01)
    dimension: float = _assumed(512.0, "numbers", "Length of a vector", 1)
    original_bytes: float = _assumed(0.0, "bytes", "Of an original, where they are stored too; 0 where they stay")
    thumbnail_bytes: float = _assumed(4_000.0, "bytes", "Of a thumbnail")
    metadata_bytes: float = _assumed(300.0, "bytes", "Of an image's columns and their indexes")
    catalog_bytes: float = _assumed(850.0, "bytes", "Of memory that the catalog takes for an image")
    machine_memory_gb: float = _assumed(64.0, "GB", "Memory of a machine that answers", 0.1)
    memory_share: float = _assumed(0.6, "", "Share of that memory that catalog and index may fill", 0.01)
    index_seconds: float = _assumed(90.0, "s", "To index a million images, where it was not measured")
    search_ms: float = _assumed(20.0, "ms", "For a search of a million images, where it was not measured")
    facets_ms: float = _assumed(10.0, "ms", "To count all facets of a million, where it was not measured")
    network_ms: float = _assumed(3.0, "ms", "To ask several machines at once and put their answers together")


@dataclass(frozen=True)
class AssumptionFact:
    """One assumption as a form shows it."""

    name: str
    default: float
    unit: str
    help: str
    least: float


@dataclass(frozen=True)
class Estimate:
    """What so many images would take."""

    images: int
    embed_seconds: float
    storage_bytes: float
    index_bytes: float  # part of the storage
    memory_bytes: float  # of all machines that answer
    machines: int  # that answer
    index_seconds: float  # of each of them, which index side by side
    search_ms: float
    facets_ms: float
    beyond: float  # times as many images a machine as the most that were measured; 0 where nothing was measured

    def told(self) -> dict[str, Any]:
        """As plain values."""
        return {name: round(value, 3) if isinstance(value, float) else value for name, value in vars(self).items()}


def assumption_facts() -> list[AssumptionFact]:
    """Every assumption, in order, for forms, docs and the command line."""
    values = vars(Assumptions())
    return [
        AssumptionFact(
            item.name, values[item.name], item.metadata["unit"], item.metadata["help"], item.metadata["least"]
        )
        for item in fields(Assumptions)
    ]


def assume(values: Mapping[str, float], base: Assumptions | None = None) -> Assumptions:
    """Assumptions with some changed; an unknown name or a number that makes no sense is an InputError."""
    facts = {fact.name: fact for fact in assumption_facts()}
    for name, value in values.items():
        if name not in facts:
            raise InputError(f"There is no assumption “{name[:60]}”.", "", near_names(name[:60], facts))
        if not facts[name].least <= value <= MOST:
            hint = f"It is from {facts[name].least:g} to {MOST:g}."
            raise InputError(f"{name} cannot be {value:g}.", "", hint)
    known = vars(base or Assumptions())
    return Assumptions(**{**known, **{name: float(value) for name, value in values.items()}})


def estimate(
    assumed: Assumptions, growths: Mapping[str, Growth | None] | None = None, sizes: Sequence[int] = SIZES
) -> list[Estimate]:
    """An estimate for each size; `growths` are those of the figures `search_ms`, `facets_ms` and `index_build_s`."""
    return [_at(size, assumed, foretelling(growths or {})) for size in sizes]


def foretelling(growths: Mapping[str, Growth | None]) -> dict[str, Growth]:
    """The growths that tell of collections larger than all that were measured.

    Up to some size every vector is compared, beyond it an index that approximates is asked: what was measured of
    searches and of making an index below that size says nothing about those above.
    """
    known = {name: growth for name, growth in growths.items() if growth is not None}
    return {name: growth for name, growth in known.items() if name not in SWITCHING or growth.largest > MOST_EXACT}


def _at(images: int, assumed: Assumptions, growths: Mapping[str, Growth | None]) -> Estimate:
    index_bytes_each = assumed.dimension / 8 + FACTOR_BYTES
    memory_each = assumed.catalog_bytes + index_bytes_each
    room = assumed.machine_memory_gb * 1e9 * assumed.memory_share
    machines = max(1, ceil(images * memory_each / room))
    part = images / machines
    vectors = 2 * assumed.dimension * part
    held = vectors if vectors <= MOST_BYTES else 0.0  # for filters, where they are few enough
    apart = assumed.network_ms if machines > 1 else 0.0
    stored = 4 * assumed.dimension + assumed.thumbnail_bytes + assumed.metadata_bytes + assumed.original_bytes
    speed = assumed.images_per_second * assumed.machines * (assumed.efficiency if assumed.machines > 1 else 1.0)
    measured = max((growth.largest for growth in growths.values() if growth is not None), default=0.0)
    return Estimate(
        images=images,
        embed_seconds=images / speed,
        storage_bytes=images * (stored + index_bytes_each),
        index_bytes=images * index_bytes_each,
        memory_bytes=images * memory_each + machines * held,
        machines=machines,
        index_seconds=_time(growths.get("index_build_s"), assumed.index_seconds, part, ordered=True),
        search_ms=_time(growths.get("search_ms"), assumed.search_ms, part) + apart,
        facets_ms=_time(growths.get("facets_ms"), assumed.facets_ms, part) + apart,
        beyond=part / measured if measured else 0.0,
    )


def _time(growth: Growth | None, at_a_million: float, size: float, *, ordered: bool = False) -> float:
    """A measured growth's time, or one in proportion to an assumed million's, as n log n where that is `ordered`."""
    if growth is not None:
        return growth.at(size)
    more = size / MILLION
    return at_a_million * more * (log2(max(size, 2)) / log2(MILLION) if ordered else 1.0)

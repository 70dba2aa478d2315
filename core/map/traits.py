"""What images have that may name their cluster, values of classes and tags, counted by cluster in one pass."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog
from core.collection.mapped import CLUSTER, part_of
from core.query.columns import Kind

LEAST_IMAGES = 3  # of a cluster, and with a tag
MOST_TAGS = 300  # most frequent ones that are looked at
COUNTED = 2**22  # pairs at a time

Numbers = npt.NDArray[np.integer]


@dataclass(frozen=True)
class Trait:
    """The values of one column, or the one value of having a tag."""

    column: str
    values: tuple[str, ...]
    first: int  # number of the first value; those of all traits are numbered through


@dataclass(frozen=True)
class Held:
    """Which of some images have which values, as pairs; an image has a value once."""

    labels: Numbers  # cluster by place in the order of ingest; -1 for none
    places: Numbers  # of each pair, all of images with a cluster
    numbers: Numbers  # of each pair's value
    values: int  # how many there are

    def counts(self, clusters: int) -> Numbers:
        """How many images of each cluster have each value, shape (clusters, values)."""
        table = np.zeros(clusters * self.values, np.int64)
        for first in range(0, len(self.places), COUNTED):
            part = slice(first, first + COUNTED)
            cells = self.labels[self.places[part]].astype(np.int64) * self.values + self.numbers[part]
            table += np.bincount(cells, minlength=len(table))
        return table.reshape(clusters, self.values)

    def having(self, number: int) -> "Held":
        """What those images have that have one value."""
        has = np.zeros(len(self.labels), np.bool_)
        has[self.places[self.numbers == number]] = True
        kept = has[self.places]
        return replace(self, places=self.places[kept], numbers=self.numbers[kept])


def traits_of(catalog: Catalog, labels: Numbers) -> tuple[list[Trait], Held]:
    """Every column of classes and every frequent tag, and which images of any cluster have what."""
    traits: list[Trait] = []
    places: list[Numbers] = []
    numbers: list[Numbers] = []
    known = labels >= 0
    count = 0
    for trait, codes in _columns(catalog):
        has = np.flatnonzero(known & (codes >= 0)).astype(np.int32)
        places.append(has)
        numbers.append(codes[has] + np.int32(count))
        traits.append(Trait(trait.column, trait.values, count))
        count += len(trait.values)
    tags, tagged, which = _tags(catalog)
    kept = known[tagged]
    places.append(tagged[kept])
    numbers.append(which[kept] + np.int32(count))
    traits += [Trait(f"tag:{tag.partition(':')[0]}", (tag,), count + place) for place, tag in enumerate(tags)]
    return traits, Held(labels, np.concatenate(places), np.concatenate(numbers), count + len(tags))


def _columns(catalog: Catalog) -> Sequence[tuple[Trait, Numbers]]:
    """Columns of classes with each image's code, -1 for none; not the clusters of the map before."""
    found = []
    for column in catalog.of_kind(Kind.CATEGORY):
        if part_of(catalog.dataset.schema.field(column.name))[0] != CLUSTER and column.distinct > 1:
            asked = f"SELECT {column.code}::INTEGER - 1 AS code FROM images ORDER BY {catalog.place}"
            codes = catalog.arrays(asked)["code"]
            found.append((Trait(column.name, column.classes, 0), codes))
    return found


def _tags(catalog: Catalog) -> tuple[list[str], Numbers, Numbers]:
    """The most frequent tags, and pairs of an image's place and which of them it has."""
    held = f"SELECT {catalog.place} AS place, unnest(list_distinct(tags)) AS tag FROM images"  # without NULL
    tags = [
        tag
        for tag, _ in catalog.select(
            f"SELECT tag, count(*) FROM ({held}) GROUP BY 1 HAVING count(*) >= {LEAST_IMAGES} "
            f"ORDER BY 2 DESC, 1 LIMIT {MOST_TAGS}"
        )
    ]
    listed = "SELECT unnest(?::VARCHAR[]) AS tag, generate_subscripts(?::VARCHAR[], 1)::INTEGER - 1 AS number"
    pairs = catalog.arrays(f"SELECT place, number FROM ({held}) JOIN ({listed}) USING (tag)", (tags, tags))
    return tags, pairs["place"].astype(np.int32), pairs["number"].astype(np.int32)

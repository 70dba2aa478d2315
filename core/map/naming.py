"""Names of clusters: the values and tags that tell each from the rest of the collection.

A value counts where a good part of the cluster has it, and ranks by its part of the divergence, share times log(share /
share elsewhere). A second one has to say something that the first does not: among all images with the first value, the
cluster's have it clearly more often. So “Sports Shoes, Men” is not “Sports Shoes, Footwear”.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog
from core.collection.mapped import CLUSTER, part_of
from core.query.columns import Kind
from core.query.sql import quote

LEAST_SHARE = 0.3  # of a cluster's images have a value that names it
LEAST_LIFT = 1.3  # times as often as elsewhere
LEAST_SCORE = 2.5  # standard errors that it is more than chance
LEAST_IMAGES = 3  # of a cluster
PARTS = 2  # of a name
MOST_PARTS = 3  # where two clusters would have the same name
MOST_TAGS = 300  # most frequent ones that are looked at
LONGEST = 30  # characters of a part

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Trait:
    """The values of one column, or the tag or not of one tag, by place in the order of ingest."""

    column: str
    values: tuple[str, ...]
    codes: Numbers  # index of the value; -1 where there is none


def names_of(catalog: Catalog, labels: Numbers, count: int) -> list[str]:
    """One name for each cluster, all different; `labels` are by place, -1 for an image in none."""
    traits = traits_of(catalog)
    told = [_parts(traits, labels, number) for number in range(count)]
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    return different(told, sizes.tolist())


def traits_of(catalog: Catalog) -> list[Trait]:
    """Every column of classes and every frequent tag."""
    order = f"ORDER BY {catalog.place}"
    traits = []
    for column in catalog.of_kind(Kind.CATEGORY):
        if part_of(catalog.dataset.schema.field(column.name))[0] != CLUSTER and column.distinct > 1:
            code = f"coalesce(enum_code({quote(column.name)})::BIGINT, -1) AS code"
            codes = catalog.arrays(f"SELECT {code} FROM images {order}")["code"].astype(np.int64)
            traits.append(Trait(column.name, column.classes, codes))
    tagged = catalog.select(
        "SELECT tag, count(*), list(place) FROM "
        f"(SELECT {catalog.place} AS place, unnest(list_distinct(tags)) AS tag FROM images) "
        f"WHERE tag IS NOT NULL GROUP BY tag HAVING count(*) >= {LEAST_IMAGES} ORDER BY 2 DESC, 1 LIMIT {MOST_TAGS}"
    )
    for tag, _, places in tagged:
        codes = np.full(catalog.count_all, -1, np.int64)
        codes[places] = 0
        traits.append(Trait(f"tag:{tag.partition(':')[0]}", (tag,), codes))
    return traits


def _parts(traits: Sequence[Trait], labels: Numbers, number: int) -> list[str]:
    """The values that tell one cluster, the strongest first."""
    own, others = labels == number, labels >= 0
    if own.sum() < LEAST_IMAGES:
        return []
    found: list[str] = []
    used: set[str] = set()
    while len(found) < MOST_PARTS:
        ranked = [
            (strength, trait, code)
            for trait in traits
            if trait.column not in used
            for strength, code in [_strongest(trait, own & others, others)]
            if strength > 0
        ]
        if not ranked:
            break
        _, trait, code = max(
            ranked, key=lambda item: (round(item[0], 1), len(item[1].values))
        )  # the finer of two alike
        part = short(trait.values[code])
        if part and part.casefold() not in {known.casefold() for known in found}:
            found.append(part)
        used.add(trait.column)
        others = others & (trait.codes == code)
    return found


def _strongest(trait: Trait, own: npt.NDArray[np.bool_], others: npt.NDArray[np.bool_]) -> tuple[float, int]:
    """How well a column's best value tells a cluster's images from the others, and its code; 0 where none does."""
    size = len(trait.values)
    inside = np.bincount(trait.codes[own & (trait.codes >= 0)], minlength=size)
    around = np.bincount(trait.codes[others & (trait.codes >= 0)], minlength=size) - inside
    count, rest = int(own.sum()), int(others.sum()) - int(own.sum())
    if count < LEAST_IMAGES or not rest:
        return 0.0, -1
    code = int(inside.argmax())  # what most of them have
    share, elsewhere = inside[code] / count, around[code] / rest
    if share < LEAST_SHARE or share < LEAST_LIFT * elsewhere:
        return 0.0, -1
    together = (inside[code] + around[code]) / (count + rest)
    error = math.sqrt(together * (1 - together) * (1 / count + 1 / rest)) or math.inf
    if (share - elsewhere) / error < LEAST_SCORE:
        return 0.0, -1
    return share * math.log(share / max(elsewhere, 0.5 / rest)), code


def short(value: str) -> str:
    """A value on one line, of bearable length, without what cannot be shown."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"


def different(told: Sequence[Sequence[str]], sizes: Sequence[int]) -> list[str]:
    """A name for each cluster from its parts; one more part, or a number, where two would have the same."""
    names = [", ".join(parts[:PARTS]) for parts in told]
    often = Counter(names)
    names = [
        ", ".join(parts[:MOST_PARTS]) if often[name] > 1 else name for name, parts in zip(names, told, strict=True)
    ]
    taken: set[str] = set()
    for place in sorted(range(len(names)), key=lambda item: (-sizes[item], item)):
        base = names[place] or "Cluster"
        name, number = (base if names[place] else f"Cluster {place + 1}"), 2
        while name.casefold() in taken:
            name, number = f"{base} {number}", number + 1
        names[place] = name
        taken.add(name.casefold())
    return names

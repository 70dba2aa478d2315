"""Names of clusters: the values and tags that tell each from the rest of the collection.

A value counts where a good part of the cluster has it, and ranks by its part of the divergence, share times log(share /
share elsewhere). A second one has to say something that the first does not: among all images with the first value, the
cluster's have it clearly more often. So “Sports Shoes, Men” is not “Sports Shoes, Footwear”.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog
from core.map.traits import LEAST_IMAGES, Held, Numbers, Trait, traits_of

LEAST_SHARE = 0.3  # of a cluster's images have a value that names it
LEAST_LIFT = 1.3  # times as often as elsewhere
LEAST_SCORE = 2.5  # standard errors that it is more than chance
PARTS = 2  # of a name
MOST_PARTS = 3  # where two clusters would have the same name
LONGEST = 30  # characters of a part


def names_of(catalog: Catalog, labels: Numbers, count: int) -> list[str]:
    """One name for each cluster, all different; `labels` are by place, -1 for an image in none."""
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    traits, held = traits_of(catalog, labels)
    told: dict[int, list[str]] = {}
    _tell(traits, held, sizes, range(count), [], told)
    return different([told[number] for number in range(count)], sizes.tolist())


def _tell(
    traits: Sequence[Trait],
    held: Held,
    sizes: Numbers,
    clusters: Sequence[int],
    found: Sequence[str],
    told: dict[int, list[str]],
) -> None:
    """Note the values that tell some clusters, the strongest first, after those `found` for all of them.

    `held` and `sizes` are of the images that have what was found. Clusters with the same next value go on together,
    so that what is left is counted once for all of them.
    """
    counts = held.counts(len(sizes))
    together: dict[tuple[int, int], list[int]] = {}
    for number in clusters:
        strongest = _strongest(traits, counts[number], counts.sum(axis=0), int(sizes[number]), int(sizes.sum()))
        if strongest is None:
            told[number] = list(found)
        else:
            together.setdefault(strongest, []).append(number)
    for (place, code), members in together.items():
        trait = traits[place]
        part = short(trait.values[code])
        is_new = part and part.casefold() not in {known.casefold() for known in found}
        longer = [*found, part] if is_new else list(found)
        if len(longer) == MOST_PARTS:
            told.update(dict.fromkeys(members, longer))
            continue
        rest = [other for other in traits if other.column != trait.column]
        number = trait.first + code
        _tell(rest, held.having(number), counts[:, number], members, longer, told)


def _strongest(
    traits: Sequence[Trait], inside: Numbers, every: Numbers, count: int, total: int
) -> tuple[int, int] | None:
    """The place of the trait, and the code of its value, that tell a cluster best; None where none does.

    `inside` and `every` are the images of the cluster and of all clusters by value; `count` and `total` how many.
    """
    rest = total - count
    if count < LEAST_IMAGES or not rest or not traits:
        return None
    codes = [int(inside[trait.first : trait.first + len(trait.values)].argmax()) for trait in traits]
    best = np.array([trait.first + code for trait, code in zip(traits, codes, strict=True)])
    strengths = _strengths(inside[best], every[best] - inside[best], count, rest)
    ranked = [place for place, strength in enumerate(strengths) if strength > 0]
    if not ranked:
        return None
    # of two alike, the finer
    place = max(ranked, key=lambda item: (round(strengths[item], 1), len(traits[item].values)))
    return place, codes[place]


def _strengths(inside: Numbers, around: Numbers, count: int, rest: int) -> list[float]:
    """How well values tell a cluster of `count` images from `rest` others; 0 for those that do not."""
    share, elsewhere = inside / count, around / rest
    together = (inside + around) / (count + rest)
    error: npt.NDArray[np.float64] = np.sqrt(together * (1 - together) * (1 / count + 1 / rest))
    score = np.divide(share - elsewhere, error, out=np.zeros(len(share)), where=error > 0)
    tells = (share >= LEAST_SHARE) & (share >= LEAST_LIFT * elsewhere) & (score >= LEAST_SCORE)
    strengths = np.zeros(len(share))
    strengths[tells] = share[tells] * np.log(share[tells] / np.maximum(elsewhere[tells], 0.5 / rest))
    found: list[float] = strengths.tolist()
    return found


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

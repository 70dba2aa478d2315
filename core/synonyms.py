"""What a collection calls the thing that a person typed: the values and tags whose images the words are about.

“sneakers” is no value of any column, yet Sports Shoes and Casual Shoes are. Two things have to speak for a value: its
name stands near the words among texts, and its images are over-represented among the images nearest to the words. Each
alone offers nonsense: an encoder puts every name that it hardly knows near every word that it hardly knows, and
something is always nearest to it. Where no image is more like the words than unrelated things would be, or the encoder
reads them in small pieces, only values are offered that bear the very words (`core/relevance.py`).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog
from core.collection.counts import facet_counts
from core.collection.tagcounts import tag_counts
from core.encoders.protocol import Encoder, Vectors
from core.models.zero_shot import label_vectors
from core.query.columns import Kind
from core.query.recipe import All, Condition, HasTag, OneOf, Recipe, Words
from core.relevance import strange_words
from core.search import Searcher
from core.timing import step

NEIGHBOURS = 200  # images that tell what words are about
NEIGHBOUR_SHARE = 0.05  # of a collection, at the most
FEWEST_NEIGHBOURS = 10
LEAST_BEST = 0.65  # closeness of the closest value, without which none is offered
LEAST_CLOSE = 0.4  # closeness of a value
GAIN_WEIGHT = 0.1  # beside closeness, in the order
LEAST_GAIN = 0.1  # how far its images are over-represented, 0 to 1
MOST_OFFERED = 6
MOST_VALUES = 1_000  # that are compared with words, the most frequent ones
FEW_VALUES = 500  # names that are encoded while somebody waits, a third of a second with the shipped encoder
MOST_TEXT = 200  # characters
LEAST_LETTERS = 3  # of a word by which names are found
PREFIX = re.compile(r"^[^:]{1,40}:")  # of a tag that a model gave


@dataclass(frozen=True)
class Named:
    """A value of a category column, or a tag."""

    value: str
    column: str | None  # stored name; None for a tag
    label: str  # of the column; “tag” for a tag
    images: int  # in the whole collection

    @property
    def text(self) -> str:
        """The words that it stands for; a model's tags begin with the model's name."""
        return self.value if self.column else PREFIX.sub("", self.value) or self.value

    @property
    def condition(self) -> Condition:
        """The filter that asks for it."""
        return HasTag(self.value) if self.column is None else OneOf(self.column, (self.value,))


@dataclass(frozen=True)
class Synonym:
    """A value that some words mean."""

    named: Named
    closeness: float  # of its name to the words: 0 as near as any two names, 1 the same
    gain: (
        float  # of its images among those nearest to the words: 0 as many as everywhere or unknown, 1 all there can be
    )
    by_name: bool  # it bears the very words


def synonyms(
    text: str,
    catalog: Catalog,
    searcher: Searcher,
    make_encoder: Callable[[], Encoder],
    most: int = MOST_OFFERED,
    column: str | None = None,
) -> list[Synonym]:
    """The values and tags that words mean, or values of one column, the surest first; none where they mean nothing."""
    text = " ".join(text.split())[:MOST_TEXT]
    values = named_values(catalog)
    if not text or not values:
        return []
    with step("synonyms"):
        near = _near(text, values, catalog, searcher, make_encoder())
        found = {item.named: item for item in (*near, *_by_name(text, values, near))}
        asked = [item for item in found.values() if column is None or item.named.column == column]
        return _unlike(sorted(asked, key=lambda item: _rank(item, text)))[:most]


def named_values(catalog: Catalog) -> list[Named]:
    """The values and tags that words are compared with, the most frequent ones."""

    def found() -> list[Named]:
        columns = [column.name for column in catalog.of_kind(Kind.CATEGORY)]
        named = [
            Named(str(item.value), counts.column, counts.label, item.total)
            for counts in facet_counts(catalog, Recipe(), columns)
            for item in counts.values
            if item.value is not None and any(map(str.isalpha, str(item.value)))
        ]
        named += [
            Named(str(item.value), None, "tag", item.total) for item in tag_counts(catalog, Recipe(), MOST_VALUES)
        ]
        return sorted(named, key=lambda item: -item.images)[:MOST_VALUES]

    values: list[Named] = catalog.remembered("named values", found)
    return values


def prepare(catalog: Catalog, encoder: Encoder) -> None:
    """Encode the names of all values, once for a version of the collection and its encoder."""
    _vectors(catalog, encoder, named_values(catalog))


def are_ready(catalog: Catalog, encoder: Encoder) -> bool:
    """Whether the names are encoded already, or are so few that it takes no time worth waiting elsewhere for."""
    return len(named_values(catalog)) <= FEW_VALUES or catalog.remembers(_key(encoder))


def _key(encoder: Encoder) -> str:
    return f"value vectors of {encoder.fingerprint}"


def _vectors(catalog: Catalog, encoder: Encoder, values: Sequence[Named]) -> tuple[Vectors, float]:
    """The names' vectors, and how alike any two of them usually are."""

    def made() -> tuple[Vectors, float]:
        with step("encode values"):
            texts = list(dict.fromkeys(item.text for item in values))
            vectors = label_vectors(encoder, texts)
        pairs = (vectors @ vectors.T)[np.triu_indices(len(texts), 1)]
        place = {text: number for number, text in enumerate(texts)}
        usual = float(np.median(pairs)) if len(pairs) else 0.0
        return vectors[[place[item.text] for item in values]], usual

    known: tuple[Vectors, float] = catalog.remembered(_key(encoder), made)
    return known


def told(item: Synonym) -> dict[str, Any]:
    """As plain values."""
    return {
        "column": item.named.column,
        "label": item.named.label,
        "value": item.named.value,
        "images": item.named.images,
        "closeness": round(item.closeness, 4),
        "gain": round(item.gain, 4),
        "by_name": item.by_name,
    }


def _rank(item: Synonym, text: str) -> tuple[float, ...]:
    """The very words first, then the closest; of equal ones a value before a tag, and what fewer images have."""
    is_it = item.named.text.casefold() == text.casefold()
    sure = round(item.closeness + GAIN_WEIGHT * item.gain, 2)
    return (-is_it, -item.by_name, -sure, item.named.column is None, item.named.images)


def _near(text: str, values: Sequence[Named], catalog: Catalog, searcher: Searcher, encoder: Encoder) -> list[Synonym]:
    """The values that both the names and the images speak for."""
    recipe = Recipe(terms=(Words(text),), limit=_neighbours(catalog))
    vectors, usual = _vectors(catalog, encoder, values)
    close = (vectors @ searcher.vector(recipe.terms) - usual) / max(1e-6, 1 - usual)
    if close.max() < LEAST_BEST or strange_words(encoder, recipe.terms)[1]:
        return []
    result = searcher.run(recipe)
    relevance = None if result.best is None else searcher.relevance(recipe, result.best)
    if relevance is None or not relevance.is_match:
        return []
    gains = _gains([hit.row.id for hit in result.hits], values, catalog)
    judged = zip(values, np.clip(close, 0, 1), gains, strict=True)
    return [
        Synonym(named, float(closeness), float(gain), by_name=False)
        for named, closeness, gain in judged
        if closeness >= LEAST_CLOSE and gain >= LEAST_GAIN
    ]


def _neighbours(catalog: Catalog) -> int:
    return int(np.clip(catalog.count_all * NEIGHBOUR_SHARE, FEWEST_NEIGHBOURS, NEIGHBOURS))


def _gains(ids: Sequence[str], values: Sequence[Named], catalog: Catalog) -> npt.NDArray[np.float64]:
    """How far each value's images are over-represented among some, beside as many of them as there can be."""
    among = Recipe(All((OneOf("id", tuple(ids)),)))
    columns = [column.name for column in catalog.of_kind(Kind.CATEGORY)]
    held: dict[tuple[str | None, object], int] = {
        (counts.column, item.value): item.count
        for counts in facet_counts(catalog, among, columns)
        for item in counts.values
    }
    held |= {(None, item.value): item.count for item in tag_counts(catalog, among, MOST_VALUES)}
    counts = np.array([held.get((item.column, item.value), 0) for item in values], np.float64)
    totals = np.array([item.images for item in values], np.float64)
    reached = counts / np.maximum(1, np.minimum(totals, len(ids)))
    usual = totals / max(1, catalog.count_all)
    return np.asarray((reached - usual) / np.maximum(1e-6, 1 - usual))


def _by_name(text: str, values: Iterable[Named], near: Sequence[Synonym]) -> list[Synonym]:
    """The values whose names hold every word that was typed, one or many of a thing."""
    wanted = _stems(text)
    if not wanted or max(map(len, wanted)) < LEAST_LETTERS:
        return []
    gains = {item.named: item.gain for item in near}
    held = ((item, _stems(item.text)) for item in values)
    return [
        Synonym(item, len(wanted) / len(stems), gains.get(item, 0.0), by_name=True)
        for item, stems in held
        if wanted <= stems
    ]


def _unlike(ranked: Iterable[Synonym]) -> list[Synonym]:
    """Without those whose name is that of one before and says nothing new, such as “Sandal” after “Sandals”.

    A value says something new in another column, where it may have other images; unless it has as many of them, and as
    many of those nearest to the words. A tag does not.
    """
    found: list[Synonym] = []
    seen: dict[frozenset[str], list[Synonym]] = {}
    for item in ranked:
        before = seen.setdefault(_stems(item.named.text), [])
        if not any(_says_the_same(item, other) for other in before):
            found.append(item)
        before.append(item)
    return found


def _says_the_same(item: Synonym, other: Synonym) -> bool:
    """Of two with the same name."""
    same_images = (item.named.images, round(item.gain, 2)) == (other.named.images, round(other.gain, 2))
    return item.named.column in (None, other.named.column) or same_images


def _stems(text: str) -> frozenset[str]:
    """The words of a text, less what makes many of one."""
    words = re.findall(r"\w+", text.casefold())
    return frozenset(re.sub(r"(?<=\w{3})s$", "", re.sub(r"(?<=[sxh])es$", "", word)) for word in words)

"""What a tagging would do, told before it runs: for a random sample, how many images each label would get.

Scores are cosine similarities of stored vectors and the labels' own, so one product of two matrices holds every answer
for every threshold, and nothing is read or encoded again while a person moves it.

The threshold to begin with is what half of the images do not reach with the best of made-up words, which nothing can
be what they ask for (`core/relevance.py`). On 39,964 product photos with their 141 article types it was 0.36 with the
shipped encoder: 98 % of the images were tagged, 90 % of them rightly.

A label that nothing here is about still is the best one for some images. It is known by standing out nowhere: its best
image is hardly more like it than most images are, as with made-up words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog
from core.collection.vectors import check_same, fact_of
from core.encoders.protocol import Encoder, Vectors
from core.errors import InputError
from core.evaluation.vectors import stored_vectors
from core.models.zero_shot import label_vectors, similarities
from core.query.recipe import All
from core.relevance import BELOW, LEAST_IMAGES, MOST_ALIKE, made_up_words
from core.timing import step

SAMPLE = 2_000  # images
MOST_SAMPLE = 20_000
RARELY = 0.75  # share of made-up words whose best image stands out less than a label's has to
DIGITS = 2  # of the threshold to begin with
Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LabelCount:
    """How often one label would be given."""

    label: str
    sampled: int  # images of the sample
    estimate: int  # of all that match; exact where the sample holds all of them


@dataclass(frozen=True)
class Preview:
    """A sample's similarity to every label."""

    labels: tuple[str, ...]
    ids: tuple[str, ...]  # of the sampled images that have a vector
    similar: Vectors  # cosine, shape (ids, labels)
    matching: int  # images that pass the filter
    drawn: int  # images in the sample, those without a vector too
    suggested: float  # threshold to begin with
    stands_out: tuple[bool, ...]  # of each label, whether some image is more like it than made-up words' best ones

    def outstanding(self) -> "Preview":
        """The same for the labels that stand out alone; as it is where fewer than two do."""
        kept = np.flatnonzero(self.stands_out)
        if len(kept) < 2:
            return self
        labels = tuple(self.labels[place] for place in kept)
        return replace(self, labels=labels, similar=self.similar[:, kept], stands_out=(True,) * len(kept))

    def chosen(self, least: float, most: int) -> Chosen:
        """Which labels each image would get, shape (ids, labels): the best `most` of those that are near enough."""
        most = max(1, min(most, len(self.labels)))
        edge = -np.partition(-self.similar, most - 1, axis=1)[:, most - 1 : most]
        return np.asarray((self.similar >= edge) & (self.similar >= (least or -1.0)))  # 0 is none, as when tagging

    def counts(self, given: Chosen) -> list[LabelCount]:
        """Every label, the most frequent first, by what is given to each image."""
        sums = given.sum(axis=0)
        found = [
            LabelCount(label, int(count), self.estimated(int(count)))
            for label, count in zip(self.labels, sums, strict=True)
        ]
        return sorted(found, key=lambda item: -item.sampled)

    def tagged(self, given: Chosen) -> int:
        """How many of the sampled images would get a tag."""
        return int(given.any(axis=1).sum())

    def estimated(self, sampled: int) -> int:
        """So many of the sample as a number of all images that match."""
        return round(sampled * self.matching / max(1, self.drawn))

    def best(self, label: str, given: Chosen, count: int) -> list[tuple[str, float]]:
        """Ids and scores of the sampled images that would get a label, the most alike first."""
        place = self.labels.index(label)
        rows = np.flatnonzero(given[:, place])
        order = rows[np.argsort(-self.similar[rows, place], kind="stable")][:count]
        return [(self.ids[row], float(self.similar[row, place])) for row in order]


def preview(
    name: str,
    catalog: Catalog,
    make_encoder: Callable[[], Encoder],
    labels: Sequence[str],
    where: All,
    sample: int = SAMPLE,
    seed: int = 0,
) -> Preview:
    """Compare a random sample of the images that pass a filter with labels; the encoder has to be the collection's."""
    if not labels:
        raise InputError("There is no label to choose among.", "", "Name a vocabulary, or give labels.")
    encoder = make_encoder()
    check_same(name, catalog.encoder, fact_of(encoder))
    with step("preview"):
        rows = catalog.rows(catalog.sample(where, min(sample, MOST_SAMPLE), seed))
        looked = stored_vectors(catalog.dataset, np.array([row.rowid for row in rows], np.int64))
        vectors = looked.vectors[looked.usable]
        ids = tuple(row.id for row, usable in zip(rows, looked.usable, strict=True) if usable)
        similar = similarities(vectors, label_vectors(encoder, labels))
        made_up = similarities(vectors, encoder.encode_texts(made_up_words()))
    suggested, stands_out = threshold(made_up), outstanding(similar, made_up)
    return Preview(tuple(labels), ids, similar, catalog.count(where), len(rows), suggested, stands_out)


def threshold(made_up: Vectors) -> float:
    """What half of the images do not reach with the best of made-up words, shape (images, words); 0 without images."""
    return max(0.0, round(float(np.quantile(made_up.max(axis=1), BELOW)), DIGITS)) if len(made_up) else 0.0


def outstanding(similar: Vectors, made_up: Vectors) -> tuple[bool, ...]:
    """Of each label, whether its best image stands as far above the usual as that of few made-up words does."""
    if len(similar) < LEAST_IMAGES:
        return (True,) * int(similar.shape[1])
    least = float(np.quantile(_distances(made_up), RARELY))
    distances: list[float] = _distances(similar).tolist()
    return tuple(distance >= least for distance in distances)


def _distances(similar: Vectors) -> Vectors:
    return np.asarray(similar.max(axis=0) - np.quantile(similar, 1 - MOST_ALIKE, axis=0))

"""How the models make tags of images that are in a collection: from their vectors, or from their thumbnails."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from core.collection.catalog import Catalog, Row
from core.collection.store import Collection
from core.collection.vectors import check_same, fact_of
from core.encoders.protocol import Encoder
from core.evaluation.vectors import stored_vectors
from core.models import pixels, zero_shot
from core.models.zero_shot import chosen

THUMBNAILS_AT_ONCE = 256  # in memory


@dataclass(frozen=True)
class Tagger:
    """Makes a model's tags of images, and knows them again."""

    tags: Callable[[Sequence[Row]], dict[str, dict[str, float | None]]]
    """Tags by id, each with its score where it has one; an image it cannot tell about is left out."""
    is_own: Callable[[str], bool]  # whether the model wrote a tag
    scores: bool = False  # whether its tags have scores


def by_words(
    collection: Collection,
    catalog: Catalog,
    make_encoder: Callable[[], Encoder],
    values: Mapping[str, Any],
    prefix: str,
) -> Tagger:
    """Labels by the vectors that the collection holds; every tag with the prefix counts as the model's."""
    choice = zero_shot.choice_of(values)
    encoder = make_encoder()
    check_same(collection.name, catalog.encoder, fact_of(encoder))
    labels = zero_shot.label_vectors(encoder, choice.labels)

    def tags(rows: Sequence[Row]) -> dict[str, dict[str, float | None]]:
        looked = stored_vectors(catalog.dataset, np.array([row.rowid for row in rows], np.int64))
        similar = zero_shot.similarities(np.nan_to_num(looked.vectors), labels)
        told = zip(rows, similar, zero_shot.shares_of(similar), looked.usable, strict=True)
        return {
            row.id: {f"{prefix}:{choice.labels[place]}": float(near[place]) for place in chosen(choice, near, share)}
            for row, near, share, usable in told
            if usable
        }

    return Tagger(tags, lambda tag: tag.startswith(f"{prefix}:"), scores=True)


def by_pixels(collection: Collection, catalog: Catalog, values: Mapping[str, Any], prefix: str) -> Tagger:
    """Statistics of the thumbnails; only tags that the model knows count as its own."""
    before = f"{prefix}:" if prefix else ""
    own = frozenset(f"{before}{tag}" for tag in pixels.vocabulary())

    def tags(rows: Sequence[Row]) -> dict[str, dict[str, float | None]]:
        found: dict[str, dict[str, float | None]] = {}
        for start in range(0, len(rows), THUMBNAILS_AT_ONCE):
            some = rows[start : start + THUMBNAILS_AT_ONCE]
            pictures = collection.thumbnails([row.rowid for row in some], catalog.dataset)
            for row, data in zip(some, pictures, strict=True):
                image = Image.open(io.BytesIO(data))
                found[row.id] = {f"{before}{tag}": None for tag in pixels.measured(image, values)["tags"]}
        return found

    return Tagger(tags, own.__contains__)

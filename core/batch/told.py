"""A preview of a tagging as plain values, the same through the API and the command line."""

from collections.abc import Callable, Sequence
from typing import Any

from core.batch.labels import check_one_source, labels_from
from core.batch.preview import SAMPLE, preview
from core.collection.catalog import Catalog
from core.encoders.protocol import Encoder
from core.models.facts import check_parameters
from core.models.run import find_model
from core.query.recipe import All

DIGITS = 4


def preview_of(
    name: str,
    catalog: Catalog,
    make_encoder: Callable[[], Encoder],
    where: All,
    *,
    labels: Sequence[str] = (),
    vocabulary: str = "",
    vocabulary_column: str = "",
    similarity: float | None = None,
    most: int = 1,
    sample: int = SAMPLE,
    examples: int = 3,
) -> dict[str, Any]:
    """What tagging with some labels would do; without a least similarity the suggested one is taken."""
    check_one_source({"labels": labels}, vocabulary, vocabulary_column)
    wanted = labels or labels_from(catalog, vocabulary, vocabulary_column)
    wanted = check_parameters(find_model("zero-shot"), {"labels": list(wanted)})["labels"]
    found = preview(name, catalog, make_encoder, wanted, where, sample)
    least = found.suggested if similarity is None else similarity
    given = found.chosen(least, most)  # once: with many labels it costs most of the answer
    stands_out = dict(zip(found.labels, found.stands_out, strict=True))
    return {
        "matching": found.matching,
        "sampled": found.drawn,
        "tagged": found.tagged(given),
        "similarity": least,
        "suggested": found.suggested,
        "most": most,
        "labels": [
            {
                "label": item.label,
                "sampled": item.sampled,
                "estimate": item.estimate,
                "stands_out": stands_out[item.label],
                "examples": [
                    {"id": id, "score": round(score, DIGITS)}
                    for id, score in (found.best(item.label, given, examples) if item.sampled else ())
                ],
            }
            for item in found.counts(given)
        ],
    }

"""Chooses among words by how near their vectors are to a picture's, with no examples to learn from.

The scores are those of CLIP (Radford et al. 2021, "Learning transferable visual models from natural language
supervision"): a softmax over the cosine similarities times 100, the temperature to which CLIP was trained. They are
shares among the labels given and add up to one, so they say which label fits best, not whether any fits well: a label
for what else may be there ("something else") helps. How well a label fits is told by the similarity itself, which does
not depend on the other labels: that is the score that a tag keeps, and what a threshold for tags is best set on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.encoders.protocol import Encoder, Vectors
from core.errors import EncoderError, InputError
from core.models.facts import MOST_TEXTS, ModelFact, Output, Parameter

TEMPERATURE = 100.0
TEXTS_AT_ONCE = 256
FACT = ModelFact(
    name="zero-shot",
    title="Zero-shot labels",
    about="Chooses the words that fit a picture best, by the encoder that the collection is searched with.",
    parameters=(
        Parameter("labels", "texts", "Words or phrases to choose among, two at least.", least=2),
        Parameter("multi", "yes-no", "Give every label that reaches the least score rather than the best one.", False),
        Parameter("least", "number", "The score that a label has to reach, 0 to 1.", 0.0),
        Parameter("similarity", "number", "The cosine similarity that a label has to reach, 0 to 1.", 0.0),
        Parameter("most", "number", "The most labels that one picture is given.", float(MOST_TEXTS), 1, MOST_TEXTS),
    ),
    outputs=(
        Output("label", "text", "The best label; none where it does not reach the least score."),
        Output("score", "number", "The best label's share, 0 to 1."),
        Output("labels", "texts", "The labels chosen, best first."),
        Output("scores", "numbers by text", "Every label's share; together they are 1."),
        Output("similarities", "numbers by text", "Every label's cosine similarity, whatever the other labels are."),
    ),
    needs_encoder=True,
    tag_prefix="zero-shot",
)


@dataclass(frozen=True)
class Choice:
    """What the labels are and which of them are given."""

    labels: tuple[str, ...]
    multi: bool
    least: float  # share, 0 to 1
    similarity: float = 0.0  # least cosine similarity; 0 for none
    most: int = MOST_TEXTS  # labels of one picture


def choice_of(parameters: Mapping[str, Any]) -> Choice:
    """Checked parameters as a value; without a least score several labels would always be all of them."""
    choice = Choice(
        parameters["labels"],
        parameters["multi"],
        parameters["least"],
        parameters["similarity"],
        int(parameters["most"]),
    )
    if choice.multi and not (choice.least or choice.similarity) and choice.most >= len(choice.labels):
        detail = "With multi every label that reaches the least score is given, and each one reaches 0."
        hint = "Set least, for example to 0.2, or similarity, for example to 0.35, or most, for example to 3."
        raise InputError("The model “zero-shot” needs a least score.", detail, hint)
    return choice


def label_vectors(encoder: Encoder, labels: Sequence[str]) -> Vectors:
    """The labels' unit vectors, shape (labels, dimension), worded as they are."""
    parts = [labels[start : start + TEXTS_AT_ONCE] for start in range(0, len(labels), TEXTS_AT_ONCE)]
    vectors = np.concatenate([encoder.encode_texts(part) for part in parts]).astype(np.float32)
    if not np.isfinite(vectors).all():
        raise EncoderError(f"The encoder “{encoder.name}” makes no vectors of these labels.", "Some are not numbers.")
    return vectors


def shares(images: Vectors, labels: Vectors) -> Vectors:
    """Each label's share for each picture, float32, shape (images, labels); a row adds up to one."""
    return shares_of(similarities(images, labels))


def similarities(images: Vectors, labels: Vectors) -> Vectors:
    """Each label's cosine similarity to each picture, float32, shape (images, labels); all are of unit length."""
    return np.asarray(images.astype(np.float32) @ labels.T, np.float32)


def shares_of(similar: Vectors) -> Vectors:
    """Similarities as shares, of the same shape; a row adds up to one."""
    similar = TEMPERATURE * similar
    powers = np.exp(similar - similar.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def chosen(choice: Choice, similar: Vectors, share: Vectors | None = None) -> tuple[int, ...]:
    """Places of the labels given to one picture by its similarities and shares, shape (labels,), best first."""
    share = shares_of(similar[None])[0] if share is None else share
    best = np.argsort(-similar, kind="stable")[: choice.most if choice.multi else 1]
    least = choice.similarity or -1.0
    return tuple(int(place) for place in best if share[place] >= choice.least and similar[place] >= least)


def told(choice: Choice, similar: Vectors) -> dict[str, Any]:
    """One picture's outputs by its similarities, shape (labels,)."""
    share = shares_of(similar[None])[0]
    given = [choice.labels[place] for place in chosen(choice, similar, share)]
    return {
        "label": given[0] if given else None,
        "score": round(float(share.max()), 6),
        "labels": given,
        "scores": {label: round(float(value), 6) for label, value in zip(choice.labels, share, strict=True)},
        "similarities": {label: round(float(value), 6) for label, value in zip(choice.labels, similar, strict=True)},
    }

"""Chooses among words by how near their vectors are to a picture's, with no examples to learn from.

The scores are those of CLIP (Radford et al. 2021, "Learning transferable visual models from natural language
supervision"): a softmax over the cosine similarities times 100, the temperature to which CLIP was trained. They are
shares among the labels given and add up to one, so they say which label fits best, not whether any fits well: a label
for what else may be there ("something else") helps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.encoders.protocol import Encoder, Vectors
from core.errors import EncoderError, InputError
from core.models.facts import ModelFact, Output, Parameter

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
    ),
    outputs=(
        Output("label", "text", "The best label; none where it does not reach the least score."),
        Output("score", "number", "The best label's share, 0 to 1."),
        Output("labels", "texts", "The labels chosen, best first."),
        Output("scores", "numbers by text", "Every label's share; together they are 1."),
    ),
    needs_encoder=True,
    tag_prefix="zero-shot",
)


@dataclass(frozen=True)
class Choice:
    """What the labels are and which of them are given."""

    labels: tuple[str, ...]
    multi: bool
    least: float  # 0 to 1


def choice_of(parameters: Mapping[str, Any]) -> Choice:
    """Checked parameters as a value; without a least score several labels would always be all of them."""
    choice = Choice(parameters["labels"], parameters["multi"], parameters["least"])
    if choice.multi and not choice.least:
        detail = "With multi every label that reaches the least score is given, and each one reaches 0."
        raise InputError("The model “zero-shot” needs a least score.", detail, "Set least, for example to 0.2.")
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
    similar = TEMPERATURE * (images.astype(np.float32) @ labels.T)
    powers = np.exp(similar - similar.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def chosen(choice: Choice, row: Vectors) -> tuple[str, ...]:
    """The labels given to one picture by its shares, shape (labels,), best first."""
    best = np.argsort(-row, kind="stable")
    best = best if choice.multi else best[:1]
    return tuple(choice.labels[place] for place in best if row[place] >= choice.least)


def told(choice: Choice, row: Vectors) -> dict[str, Any]:
    """One picture's outputs by its shares, shape (labels,)."""
    given = chosen(choice, row)
    return {
        "label": given[0] if given else None,
        "score": round(float(row.max()), 6),
        "labels": list(given),
        "scores": {label: round(float(share), 6) for label, share in zip(choice.labels, row, strict=True)},
    }

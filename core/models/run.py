"""The models by name, and what one tells about some pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL.Image import Image

from core.encoders.protocol import Encoder
from core.errors import InputError
from core.models import pixels, zero_shot
from core.models.facts import ModelFact, check_parameters, named


def models() -> tuple[ModelFact, ...]:
    """Every model there is."""
    return (zero_shot.FACT, pixels.FACT)


def find_model(name: str) -> ModelFact:
    """The model of that name, or a NotFoundError with near names."""
    return named(name, {fact.name: fact for fact in models()})


def run_model(
    name: str, parameters: Mapping[str, Any], images: Sequence[Image], encoder: Encoder | None = None
) -> list[dict[str, Any]]:
    """What a model tells about RGB pictures: for each one its outputs by name, as plain JSON values.

    The encoder is asked of models that need one, which their facts say.
    """
    fact = find_model(name)
    values = check_parameters(fact, parameters)
    if not fact.needs_encoder:
        return [pixels.measured(image, values) for image in images]
    choice = zero_shot.choice_of(values)
    if encoder is None:
        raise InputError(f"The model “{name}” needs an encoder.", "", "Give the one that the collection has.")
    if not images:
        return []
    vectors = np.asarray(encoder.encode_images(images), np.float32)
    rows = zero_shot.similarities(vectors, zero_shot.label_vectors(encoder, choice.labels))
    return [zero_shot.told(choice, row) for row in rows]

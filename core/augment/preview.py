"""Variants of a picture to look at, each with what was drawn for it or why there is none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from core.augment.apply import Applier
from core.augment.pipeline import Pipeline
from core.errors import InputError


@dataclass(frozen=True)
class Variant:
    """What a pipeline made of a picture."""

    number: int
    image: Image.Image | None  # RGB at full size; None where it failed
    drawn: dict[str, Any] = field(default_factory=dict)  # as `apply` tells it
    failure: str = ""  # why there is no picture


def variants(pipeline: Pipeline, image: Image.Image, numbers: Sequence[int], key: str = "") -> Iterator[Variant]:
    """Make variants of a picture, the same pixels as a set's; one that fails does not take the others along."""
    waiting, applier = list(numbers), Applier(pipeline)
    while waiting:
        try:
            for made in applier.variants(image, tuple(waiting), key):
                yield Variant(waiting.pop(0), made.image, made.drawn)
        except InputError as error:
            yield Variant(waiting.pop(0), None, failure=f"{error.title} {error.detail}".strip())

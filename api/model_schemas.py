"""What the API tells about models and ready pipelines, and what they tell."""

from typing import Any

from pydantic import BaseModel


class ModelParameter(BaseModel):
    """One thing a model may be told."""

    name: str
    kind: str
    about: str
    default: Any
    least: float
    most: float


class ModelOutput(BaseModel):
    """One value a model gives."""

    name: str
    kind: str
    about: str


class Model(BaseModel):
    """One model."""

    name: str
    title: str
    about: str
    parameters: list[ModelParameter]
    outputs: list[ModelOutput]
    needs_encoder: bool
    tag_prefix: str


class Models(BaseModel):
    """Every model."""

    models: list[Model]


class Told(BaseModel):
    """What a model tells about a picture."""

    model: str
    outputs: dict[str, Any]

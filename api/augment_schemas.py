"""What the API says about pipelines: presets, transforms with their parameters, and a pipeline in every form."""

from typing import Any

from pydantic import BaseModel, Field


class PresetFacts(BaseModel):
    """One ready pipeline."""

    name: str
    title: str
    about: str
    draws: bool = Field(description="Whether anything is left to chance")


class Presets(BaseModel):
    """Every ready pipeline, and the transforms that one's own may have."""

    presets: list[PresetFacts]
    transforms: list[str]


class ParameterFacts(BaseModel):
    """One parameter of a transform."""

    name: str
    kind: str = Field(description="switch, whole, number, range, numbers, choice, colour or value")
    about: str
    default: Any
    required: bool
    nullable: bool
    whole: bool = Field(description="Its numbers have no fraction")
    low: float | None = Field(description="The least that can be used; null without such a bound")
    high: float | None
    low_open: bool = Field(description="The bound itself cannot be used")
    high_open: bool
    choices: list[Any]
    length: int = Field(description="How many numbers; 0 where that is open")


class TransformFacts(BaseModel):
    """One transform that a pipeline may name."""

    name: str
    about: str
    parameters: list[ParameterFacts]


class Transforms(BaseModel):
    """Every transform that a pipeline may name."""

    transforms: list[TransformFacts]


class PipelineBody(BaseModel):
    """A pipeline in any form."""

    pipeline: str | dict[str, Any] = Field(
        description="A preset's name, JSON or YAML as text, values, or what a link of the dashboard carries",
        examples=["weak", {"steps": [{"transform": "Rotate", "limit": 15, "p": 1}]}],
    )


class PipelineForms(BaseModel):
    """The same pipeline in every form."""

    name: str
    seed: int
    steps: list[dict[str, Any]] = Field(description="The short form")
    link: str = Field(description="What a link of the dashboard carries as pipeline")
    json_text: str = Field(serialization_alias="json", description="As albumentations' load reads it")
    yaml: str
    python: str = Field(description="A module that makes the same pixels")

"""What the API takes to start long work, and what can be downloaded afterwards."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.recipe_schemas import RecipeBody
from api.schemas import Text


class IngestBody(BaseModel):
    """A source on the server's machine or on the web."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"source": "/data/products.zip"}]})

    source: Text = Field(min_length=1, max_length=4_000, description="Folder, archive, or table of paths or addresses")
    table: Text | None = Field(None, max_length=4_000, description="Metadata table; found by itself if left out")
    use_table: bool = True
    id_column: Text | None = None
    image_column: Text | None = None
    text_columns: list[Text] = Field(default_factory=list, max_length=1_000)


class EmbedBody(BaseModel):
    """Which encoder is to make the vectors."""

    model_config = ConfigDict(extra="forbid")

    encoder: Text | None = Field(None, max_length=4_000, description="The collection's own if left out")
    thumbnails: bool = Field(False, strict=True, description="Go on with thumbnails where the originals are gone")


class TagBody(BaseModel):
    """Which images to tag with what."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"recipe": {"where": "season=Fall"}, "whole": True, "model": "picture-statistics"},
                {"model": "zero-shot", "parameters": {"labels": ["formal", "casual"]}, "whole": True},
            ]
        },
    )

    recipe: RecipeBody = Field(default_factory=lambda: RecipeBody.model_validate({}))
    whole: bool = Field(False, strict=True, description="Every matching image rather than the recipe's limit")
    model: Text = Field("zero-shot", max_length=200)
    parameters: dict[Text, Any] = Field(default_factory=dict)
    prefix: Text = Field("", max_length=40)
    vocabulary: Text = Field("", max_length=200, description="Name of a shipped list of labels, in place of labels")
    vocabulary_column: Text = Field("", max_length=1_000, description="Column whose values are the labels")


class AugmentBody(BaseModel):
    """Which images to change how."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"pipeline": "crop-resize", "name": "crops", "variants": 2}]}
    )

    recipe: RecipeBody = Field(default_factory=lambda: RecipeBody.model_validate({}))
    whole: bool = False
    pipeline: Text | dict[Text, Any] = Field(description="A preset's name, values, JSON, YAML, or a link's word")
    variants: int = Field(1, strict=True, ge=1, le=100, description="Of each image")
    format: Literal["webp", "jpeg", "png"] = "webp"
    quality: int = Field(90, strict=True, ge=1, le=100)
    colour: Literal["srgb", "grey", "original"] = "srgb"
    metadata: Literal["strip", "keep"] = Field("strip", description="EXIF of the originals")
    name: Text = Field(min_length=1, max_length=64, description="Of the set")
    layout: Literal["folder", "zip", "webdataset"] = "folder"
    destination: Text = Field("", max_length=1_000, description="A folder or s3:// place that the settings allow")
    ids: list[Text] = Field(default_factory=list, max_length=100_000, description="Just these images, in this order")


class ExportBody(BaseModel):
    """Which images to take along, and how."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "shoes", "whole": True, "layout": "zip"}]}
    )

    recipe: RecipeBody = Field(default_factory=lambda: RecipeBody.model_validate({}))
    whole: bool = False
    name: Text = Field(min_length=1, max_length=64)
    metadata: Literal["csv", "parquet", "jsonl", "xlsx"] = "csv"
    images: Literal["none", "original", "thumbnail"] = "original"
    layout: Literal["folder", "zip", "webdataset", "imagefolder"] = "zip"
    label_column: Text = Field("", max_length=1_000, description="Classes of an imagefolder and of COCO annotations")
    annotations: Literal["none", "coco"] = "none"
    embeddings: Literal["none", "parquet", "npy"] = "none"
    destination: Text = Field("", max_length=1_000, description="A folder or s3:// place that the settings allow")
    ids: list[Text] = Field(default_factory=list, max_length=100_000, description="Just these images, in this order")


class OutputFacts(BaseModel):
    """One export."""

    name: str
    layout: str = Field(description="“folder” or “zip”")
    bytes: int | None = Field(description="Of an archive")


class SetFacts(BaseModel):
    """One finished set of augmented pictures."""

    name: str
    layout: str = Field(description="“folder”, “zip” or “webdataset”")
    collection: str
    sentence: str = Field(description="What the images were asked for by")
    pipeline: str = Field(description="Its name; manifest.json has it whole")
    images: int = Field(description="Of the collection")
    made: int = Field(description="Pictures")
    failed: int = Field(description="Images of which no picture could be made; failures.jsonl says why")
    bytes: int = Field(description="Of its archive, else of its pictures")
    created: str = Field(description="UTC, ISO 8601")


class Sets(BaseModel):
    """The finished sets, the latest first."""

    outputs: list[SetFacts]


class Outputs(BaseModel):
    """What can be downloaded."""

    outputs: list[OutputFacts]

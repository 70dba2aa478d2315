"""What the API takes and gives about maps."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Text
from core.map.request import MOST_CLUSTERS, MOST_SEED


class MapBody(BaseModel):
    """Which map to make."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"method": "umap", "clusters": 24}]})

    method: Literal["umap", "pca"] = Field("umap", description="umap takes minutes; pca is done at once")
    clusters: int = Field(0, strict=True, ge=0, le=MOST_CLUSTERS, description="0 makes as many as suit the collection")
    seed: int = Field(0, strict=True, ge=0, le=MOST_SEED, description="The same seed makes the same map")


class MapFacts(BaseModel):
    """How a stored map was made, and the columns that hold it."""

    method: str
    clusters: int
    seed: int
    encoder: str = Field(description="That made the vectors: components, fingerprint and name")
    at: str = Field(description="UTC, ISO 8601")
    images: int = Field(description="That have a place")
    fitted: int = Field(description="Of these, how many the method itself placed; the others lie among their likes")
    area: str = Field(description="Key of the areas drawn on it; behind the corners in a filter")
    x: str
    y: str
    cluster: str


class MapPoints(BaseModel):
    """Images on a map; the four lists go together."""

    stored: MapFacts | None = Field(description="null for a preview by principal components, which is not stored")
    images: int = Field(description="That have a place")
    without: int = Field(description="Images that have none")
    matching: int = Field(description="Images of the result, with a place or without")
    english: str
    drawn: int = Field(description="Points given: all of them, or some of every place")
    ids: list[str]
    x: list[float]
    y: list[float]
    found: list[bool] = Field(description="Whether the image is in the result")
    colour: Text | None = Field(None, description="The column that “values” are from")
    values: list[str | float | None] | None = Field(
        None, description="What each is coloured by: a class, or null for a rarer one and for none; or a number"
    )

"""What the API tells about collections and their columns."""

from pydantic import BaseModel, Field

from api.schemas import EncoderName


class ColumnFacts(BaseModel):
    """One column that can be asked about."""

    name: str = Field(examples=["gender"], description="As recipes call it")
    label: str = Field(description="As the person's table has it")
    kind: str = Field(examples=["category"], description="category, text, number, year, date or boolean")
    distinct: int = Field(description="Different values, missing not counted")
    missing: int = Field(description="Images without a value")


class CollectionName(BaseModel):
    """One collection in a list."""

    name: str = Field(examples=["sample"])
    images: int = Field(examples=[1200])
    encoder: str = Field(examples=["vitrine-clip"])


class Collections(BaseModel):
    """Every collection of the workspace."""

    collections: list[CollectionName]


class CollectionFacts(BaseModel):
    """One collection."""

    name: str
    images: int
    version: int = Field(description="Grows with every change")
    encoder: EncoderName
    columns: list[ColumnFacts]

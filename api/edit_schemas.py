"""What the routes of editing and history take and give."""

from pydantic import BaseModel, ConfigDict, Field

from api.recipe_schemas import RecipeBody
from api.schemas import Text

Value = Text | int | float | bool | None


class EditBody(BaseModel):
    """What to change about which images; either ids or a recipe says which."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"ids": ["1163", "1164"], "set": {"gender": "Men", "year": None}, "add_tags": ["checked"]},
                {"recipe": {"where": "season=Fall"}, "whole": True, "set": {"season": "Autumn"}},
            ]
        },
    )

    ids: list[Text] | None = Field(None, min_length=1, max_length=10_000)
    recipe: RecipeBody | None = None
    whole: bool = Field(False, strict=True, description="Every matching image rather than the recipe's limit")
    values: dict[Text, Value] = Field(
        default_factory=dict, alias="set", max_length=1_000, description="Value by column; null clears"
    )
    add_tags: list[Text] = Field(default_factory=list, max_length=100)
    remove_tags: list[Text] = Field(default_factory=list, max_length=100)


class EventFacts(BaseModel):
    """One thing that happened to a collection."""

    id: str = Field(examples=["20260101T120000000000-3fa9c1"])
    kind: str = Field(examples=["edit"], description="ingest, edit, tag, delete, restore, embed, undo or damaged")
    who: str = Field(description="Empty where nobody said")
    at: str = Field(examples=["2026-01-01T12:00:00+00:00"], description="UTC")
    what: str = Field(examples=["gender set to Men on 12 images"])
    images: int = Field(description="Touched")
    version: int = Field(description="Of the collection afterwards; 0 where it is not known")
    undoes: str = Field(description="The event that it undid")
    complete: bool = Field(description="False for interrupted work that other work came after")
    undone_by: str = Field(description="The event that undid it; empty while it is in effect")
    can_undo: bool


class EditAnswer(BaseModel):
    """What an edit came to."""

    images: int = Field(description="Of those asked about, how many are in the collection")
    changed: int = Field(description="Of these, how many were otherwise before")
    new_values: dict[str, str] = Field(
        description="Columns that got a value which none of their classes was, with the near ones in a sentence"
    )
    event: EventFacts | None = Field(description="None where nothing changed")


class HistoryPage(BaseModel):
    """Events, newest first."""

    events: list[EventFacts]
    next: str | None = Field(description="The cursor of the next page")


class UndoAnswer(BaseModel):
    """What undoing an event came to."""

    event: EventFacts = Field(description="That the undo left; undo it to have everything as it was")
    images: int = Field(description="Changed, put back or taken out")
    left: int = Field(description="Images of which something stays, because it was changed since")
    gone: int = Field(description="Images that are not in the collection any more")

"""What may be typed next in a filter's text."""

from contextlib import suppress
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.context import Context, Name
from api.problems import documented
from core.answers import completions
from core.collection.catalog import Catalog
from core.errors import EncoderError
from core.synonyms import are_ready, synonyms
from core.workspace import Workspace


class Completions(BaseModel):
    """What may stand at a place of a filter's text."""

    start: int = Field(description="An option replaces the text from this character to the place", examples=[0])
    options: list[str] = Field(
        description="As they are written in a filter, the likeliest first", examples=[["gender"]]
    )


def completing_routes(context: Context) -> APIRouter:
    """Help with typing a filter."""
    router = APIRouter(prefix="/collections/{name}", tags=["Collections"], dependencies=context.reading)

    @router.get("/complete", responses=documented(401, 404, 422))
    def complete(
        name: Name,
        text: Annotated[str, Query(max_length=60_000, description="The filter so far", examples=["gender="])] = "",
        position: Annotated[int, Query(ge=0, le=60_000, description="Where the cursor is, in characters")] = 0,
    ) -> Completions:
        """The columns, signs or values that may be typed next in a filter."""
        space = context.workspace()
        catalog = space.catalog(space.collection(name).name)
        found = completions(catalog, text, position, partial(_meant, space, name, catalog))
        return Completions(start=found.start, options=list(found.options))

    return router


def _meant(space: Workspace, name: str, catalog: Catalog, column: str, typed: str) -> list[str]:
    """The values of a column that words mean; none while the encoder is not loaded, for a person is typing."""
    if not space.encoder_is_loaded(name):
        return []
    with suppress(EncoderError):
        encoder = space.encoder_of(name)
        if are_ready(catalog, encoder):
            found = synonyms(typed, catalog, space.searcher(name, catalog), lambda: encoder, column=column)
            return [item.named.value for item in found]
    return []

"""What may be typed next in a filter's text."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.context import Context, Name
from api.problems import documented
from core.answers import completions


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
        found = completions(space.catalog(space.collection(name).name), text, position)
        return Completions(start=found.start, options=list(found.options))

    return router

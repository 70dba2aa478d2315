"""Collections, and recipes about them: run, count, facets, histogram."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.answer_schemas import Answer, Count, Distribution, Facets
from api.collection_schemas import CollectionFacts, Collections
from api.context import Context, Name
from api.problems import documented
from api.recipe_schemas import RecipeBody
from core.answers import MOST_BINS, Page, answer, counted, counting, described, distribution, facets, read_recipe
from core.errors import QueryError
from core.query.url import to_parameters
from core.workspace import Workspace

ERRORS = documented(401, 404, 422, 503)
Where = Annotated[str, Query(max_length=60_000, description="Filter, as typed (gender=Men year>2012) or as in a link")]


def collection_routes(context: Context) -> APIRouter:
    """What is asked of collections."""
    router = APIRouter(tags=["Collections"], dependencies=context.reading)

    @router.get("/collections", responses=documented(401))
    def collections() -> Collections:
        """Every collection of the workspace."""
        space = context.workspace()
        held = [space.collection(name) for name in space.names()]
        found = [{"name": item.name, "images": item.count(), "encoder": item.encoder.name} for item in held]
        return Collections.model_validate({"collections": found})

    @router.get("/collections/{name}", responses=ERRORS)
    def collection(name: Name) -> CollectionFacts:
        """One collection: its size, encoder and columns."""
        return CollectionFacts.model_validate(described(context.workspace().catalog(name), name))

    @router.post("/collections/{name}/run", responses=ERRORS)
    def run(name: Name, asked: RecipeBody) -> Answer:
        """One page of a recipe's result: filters, similarity, a random sample, or a mixture."""
        space = context.workspace()
        with space.timings.answering():
            catalog = space.catalog(name)
            page = Page.read(asked.cursor) if asked.cursor else Page()
            recipe = read_recipe(parameters_of(asked), catalog)
            if asked.sample and asked.cursor:
                raise QueryError("A sample has no pages.", "", "Ask for a larger limit, or another seed.")
            return Answer.model_validate(answer(space, name, recipe, asked.columns, page))

    @router.get("/collections/{name}/count", responses=ERRORS)
    def count(name: Name, where: Where = "") -> Count:
        """How many images match."""
        with counting(context.workspace(), name, "Count", where) as (catalog, recipe):
            found = counted(catalog, recipe)
        return Count.model_validate(found)

    @router.get("/collections/{name}/facets", responses=ERRORS)
    def facet_values(
        name: Name,
        where: Where = "",
        column: Annotated[str | None, Query(max_length=1_000, description="One column; all if left out")] = None,
        most: Annotated[int, Query(ge=1, le=10_000, description="Values listed of each")] = 100,
    ) -> Facets:
        """Counts of every category column; each ignores its own choice, except one asked for alone."""
        with counting(context.workspace(), name, "Counts by class", where) as (catalog, recipe):
            found = facets(catalog, recipe, column, most)
        return Facets.model_validate({"facets": found})

    @router.get("/collections/{name}/histogram", responses=ERRORS)
    def bars(
        name: Name,
        column: Annotated[str, Query(max_length=1_000, description="A numeric, year or date column")],
        where: Where = "",
        bins: Annotated[int, Query(ge=1, le=MOST_BINS)] = 24,
    ) -> Distribution:
        """The distribution of a column in the result, the whole collection's beside it."""
        with counting(context.workspace(), name, "Histogram", where) as (catalog, recipe):
            found = distribution(catalog, recipe, column, bins)
        return Distribution.model_validate(found)

    return router


def parameters_of(asked: RecipeBody) -> dict[str, str]:
    """A recipe's body as a link's parameters."""
    import json

    values: dict[str, str] = {
        name: getattr(asked, name) for name in ("where", "text", "like", "image", "sort") if getattr(asked, name)
    }
    if asked.terms:
        values["terms"] = json.dumps(asked.terms)
    if asked.min is not None:
        values["min"] = repr(asked.min)
    values["accuracy"], values["alike"] = asked.accuracy.value, asked.alike.value
    if asked.bits is not None:
        values["bits"] = str(asked.bits)
    return {**values, "n": str(asked.limit), "sample": str(int(asked.sample)), "seed": str(asked.seed)}


def stored_recipe(space: Workspace, name: str, asked: RecipeBody) -> Mapping[str, Any]:
    """A recipe's body as the parameters that a job keeps; what makes no sense is told now and not later."""
    return to_parameters(read_recipe(parameters_of(asked), space.catalog(name)))

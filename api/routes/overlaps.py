"""Two ranked lists held against each other."""

from fastapi import APIRouter

from api.context import Context, Name
from api.overlap_schemas import ListsBody, OverlapFacts
from api.problems import documented
from api.routes.collections import parameters_of
from core.answers import read_recipe
from core.overlap import Asked, carried, overlap, told_overlap


def overlap_routes(context: Context) -> APIRouter:
    """What is asked of two lists."""
    router = APIRouter(prefix="/collections/{name}", tags=["Search"], dependencies=context.reading)

    @router.post("/compare-lists", responses=documented(401, 404, 422, 503))
    def compare_lists(name: Name, asked: ListsBody) -> OverlapFacts:
        """Two questions to a collection, or one to two collections: what they share, and each image's ranks."""
        space = context.workspace()
        other = space.collection(name if asked.other is None else asked.other).name
        first = read_recipe(parameters_of(asked.a), space.catalog(name))
        if asked.b is None:
            second = carried(space, first, name, other)
        else:
            second = read_recipe(parameters_of(asked.b), space.catalog(other))
        found = overlap(space, Asked(name, first), Asked(other, second), asked.depth)
        return OverlapFacts.model_validate(told_overlap(found))

    return router

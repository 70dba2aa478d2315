"""The map of a collection: its points, and the job that makes it."""

import math
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api.context import Context, Name
from api.job_schemas import JobFacts
from api.map_schemas import MapBody, MapFacts, MapPoints
from api.problems import documented
from api.routes.collections import Where
from api.routes.jobs import told
from core.answers import read_recipe
from core.errors import NotFoundError
from core.map.points import MOST_DRAWN
from core.map.request import MapRequest
from core.map.view import MapView, map_view
from core.query.english import sentence
from core.query.recipe import Recipe
from core.tasks import start_map


def map_routes(context: Context) -> APIRouter:
    """Points by GET, a new map by POST."""
    router = APIRouter(tags=["Collections"])

    @router.get(
        "/collections/{name}/map", dependencies=context.reading, responses=documented(401, 404, 422, 503)
    )  # fmt: skip
    def points(
        name: Name,
        where: Where = "",
        colour: Annotated[str, Query(max_length=1_000, description="Column of classes, numbers or dates")] = "",
        most: Annotated[int, Query(ge=1, le=MOST_DRAWN, description="Points given; some of every place")] = 5_000,
        seed: Annotated[int, Query(ge=0, le=2**32 - 1, description="Draws other ones where not all are given")] = 0,
    ) -> MapPoints:
        """Where images lie, and which of them a filter finds; of a collection without a map a preview of one."""
        space = context.workspace()
        catalog = space.catalog(name)
        recipe = read_recipe({"where": where}, catalog) if where else Recipe()
        view = map_view(catalog, space.searcher(name, catalog), recipe, colour, most, seed)
        if view is None:
            raise NotFoundError(f"“{name}” has too few vectors for a map.", "", "Bring more images in first.")
        return _points(view, sentence(recipe, catalog.columns))

    @router.post(
        "/collections/{name}/map",
        status_code=202,
        dependencies=context.writing,
        responses=documented(401, 403, 404, 409, 422, 503, 507),
    )
    def make(request: Request, name: Name, asked: MapBody) -> JobFacts:
        """Make the collection's map, or make it anew, with clusters that are filters everywhere."""
        space = context.workspace()
        wanted = MapRequest(space.collection(name).name, asked.method, asked.clusters, asked.seed)
        return told(start_map(space, wanted, request.state.who))

    return router


def _points(view: MapView, english: str) -> MapPoints:
    plane, colouring = view.plane, view.colouring
    return MapPoints(
        stored=None if plane.fact is None else MapFacts.model_validate(_told(asdict(plane.fact))),
        images=len(plane.places),
        without=plane.images - len(plane.places),
        matching=view.matching,
        english=english,
        drawn=view.drawn.count,
        ids=list(view.ids),
        x=plane.x[view.indexes].tolist(),
        y=plane.y[view.indexes].tolist(),
        found=[place < len(view.drawn.found) for place in range(view.drawn.count)],
        colour=None if colouring is None else colouring.column,
        values=None if colouring is None else _values(view),
    )


def _told(fact: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fact.items() if name != "key"}


def _values(view: MapView) -> list[str | float | None]:
    colouring = view.colouring
    assert colouring is not None
    if colouring.codes is not None:
        names = colouring.classes
        return [names[code] if 0 <= code < len(names) else None for code in colouring.codes.tolist()]
    assert colouring.numbers is not None
    return [None if math.isnan(value) else value for value in colouring.numbers.tolist()]

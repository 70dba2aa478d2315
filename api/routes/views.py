"""Saved views: listed, kept, changed, deleted, put back; and two questions compared."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response

from api.context import Context, Name
from api.problems import documented
from api.recipe_schemas import RecipeBody
from api.routes.collections import parameters_of
from api.view_schemas import CompareBody, ComparisonFacts, ViewBody, ViewFacts, ViewList
from core.answers import read_recipe
from core.collection.catalog import Catalog
from core.compare import compare, told_comparison
from core.errors import InputError
from core.query.recipe import Recipe
from core.views import View, Views, told
from core.workspace import Workspace

READ = documented(401, 404, 422, 503)
WRITE = documented(401, 403, 404, 409, 422, 503, 507)
ViewName = Annotated[str, Path(description="Name of the view, in any case", examples=["Women's red dresses"])]
Version = Annotated[
    str | None, Header(alias="If-Match", max_length=100, description="The version that the change was made from")
]
Named = Annotated[str, Query(max_length=400, description="Name of a view; every image if left out")]


def view_routes(context: Context) -> APIRouter:
    """What is asked of views."""
    router = APIRouter(prefix="/collections/{name}", tags=["Views"])

    @router.get("/views", dependencies=context.reading, responses=READ)
    def views(name: Name) -> ViewList:
        """A collection's saved views and the examples that fit it."""
        catalog, kept = _opened(context, name)
        held = kept.listing()
        return ViewList(
            views=[_told(view, name, catalog) for view in (*held.views, *held.examples)],
            deleted=[_told(view, name, catalog) for view in kept.deleted()],
            damaged=list(held.damaged),
        )

    @router.get("/views/{view:image}", dependencies=context.reading, responses=READ)
    def one(name: Name, view: ViewName, answer: Response) -> ViewFacts:
        """One view."""
        catalog, kept = _opened(context, name)
        return _tagged(answer, kept.find(view), name, catalog)

    @router.put("/views/{view:image}", dependencies=context.writing, responses=WRITE)
    def keep(
        request: Request, name: Name, view: ViewName, asked: ViewBody, answer: Response, version: Version = None
    ) -> ViewFacts:
        """Keep a new view; with If-Match change the one that is there, as long as it still has that version."""
        catalog, kept = _opened(context, name)
        recipe = None if asked.recipe is None else _recipe(asked.recipe, catalog)
        who = request.state.who
        if version is not None:
            wanted = {"new_name": asked.name, "description": asked.description}
            return _tagged(answer, kept.change(view, _plain(version), **wanted, recipe=recipe, who=who), name, catalog)
        if asked.name is not None:
            raise InputError("A new view's name is in the address.", "", "To rename one, send its version as If-Match.")
        made = kept.save(view, asked.description or "", recipe or Recipe(), who)
        return _tagged(answer, made, name, catalog)

    @router.delete("/views/{view:image}", dependencies=context.writing, responses=WRITE)
    def delete(name: Name, view: ViewName, version: Version = None) -> ViewFacts:
        """Move a view to the trash; with If-Match only while it still has that version."""
        catalog, kept = _opened(context, name)
        return _told(kept.delete(view, None if version is None else _plain(version)), name, catalog)

    @router.post("/views/{view:image}/restore", dependencies=context.writing, responses=WRITE)
    def restore(name: Name, view: ViewName, answer: Response) -> ViewFacts:
        """Undo the latest deletion of a view of that name."""
        catalog, kept = _opened(context, name)
        return _tagged(answer, kept.restore(view), name, catalog)

    @router.get("/compare", dependencies=context.reading, responses=READ)
    def compare_views(name: Name, a: Named = "", b: Named = "") -> ComparisonFacts:
        """Two views side by side: counts, what they share, the values that tell them apart, histograms."""
        _, kept = _opened(context, name)
        first, second = (kept.find(view).recipe if view else Recipe() for view in (a, b))
        return _compared(context.workspace(), name, first, second)

    @router.post("/compare", dependencies=context.reading, responses=READ)
    def compare_recipes(name: Name, asked: CompareBody) -> ComparisonFacts:
        """Two questions side by side."""
        space = context.workspace()
        catalog = space.catalog(name)
        first, second = (_recipe(body, catalog) for body in (asked.a, asked.b))
        return _compared(space, name, first, second)

    return router


def _opened(context: Context, name: str) -> tuple[Catalog, Views]:
    space = context.workspace()
    catalog = space.catalog(name)
    return catalog, Views(space.folder, name, catalog.columns, space.keep_uploads)


def _recipe(asked: RecipeBody, catalog: Catalog) -> Recipe:
    return read_recipe(parameters_of(asked), catalog)


def _compared(space: Workspace, name: str, first: Recipe, second: Recipe) -> ComparisonFacts:
    catalog = space.catalog(name)
    found = compare(catalog, space.searcher(name, catalog), first, second)
    return ComparisonFacts.model_validate(told_comparison(found))


def _told(view: View, name: str, catalog: Catalog) -> ViewFacts:
    return ViewFacts.model_validate(told(view, name, catalog.columns))


def _tagged(answer: Response, view: View, name: str, catalog: Catalog) -> ViewFacts:
    """The view, with its version as a strong ETag; what If-Match takes."""
    if view.version:
        answer.headers["ETag"] = f'"{view.version}"'
    return _told(view, name, catalog)


def _plain(version: str) -> str:
    """The version in an If-Match header, with or without quotes."""
    return version.strip().removeprefix("W/").strip('"')

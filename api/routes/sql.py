"""A person's own SQL, for reading only."""

from dataclasses import asdict, replace

from fastapi import APIRouter

from api.context import Context, Name
from api.problems import documented
from api.routes.collections import parameters_of
from api.sql_schemas import SqlAnswer, SqlBody, SqlSchema
from core.answers import read_recipe
from core.console.limits import limits_of
from core.console.schema import examples, schema
from core.operations.asking import ask_sql
from core.query.recipe import Recipe

ERRORS = documented(401, 404, 409, 422, 503)


def sql_routes(context: Context) -> APIRouter:
    """Run SQL over a collection, and what there is to ask."""
    router = APIRouter(tags=["SQL"], dependencies=context.reading)

    @router.post("/collections/{name}/sql", responses=ERRORS)
    def sql(name: Name, asked: SqlBody) -> SqlAnswer:
        """Run one reading statement over images, and over result, the images of a recipe."""
        space = context.workspace()
        catalog, limits = space.catalog(name), limits_of(space.settings)
        recipe = read_recipe(parameters_of(asked.recipe), catalog) if asked.recipe else Recipe()
        rows = min(asked.limit or limits.rows, limits.rows)
        table = ask_sql(space, name, asked.sql, recipe, replace(limits, rows=rows), catalog)
        return SqlAnswer.model_validate({**asdict(table), "summary": table.summary})

    @router.get("/collections/{name}/sql/schema", responses=ERRORS)
    def sql_schema(name: Name) -> SqlSchema:
        """The columns that SQL can ask about, statements to begin with, and the limits of a query."""
        space = context.workspace()
        catalog = space.catalog(name)
        told = {"columns": map(asdict, schema(catalog)), "examples": map(asdict, examples(catalog))}
        limits = asdict(limits_of(space.settings))
        return SqlSchema.model_validate({**{key: list(value) for key, value in told.items()}, **limits})

    return router

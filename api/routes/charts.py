"""Counts of two columns, and counts over time."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.chart_schemas import MOST_GROUPS, CrossTabBody, CrossTable, TrendBody, TrendTable
from api.context import Context, Name
from api.problems import documented
from api.routes.collections import Where
from core.answers import counting
from core.collection.crosstab import cross_tab
from core.collection.told import told_cross_tab, told_trend
from core.collection.trend import trend

ERRORS = documented(401, 404, 422, 503)


def chart_routes(context: Context) -> APIRouter:
    """Tables of counts, each by GET for short filters and by POST for filters of any length."""
    router = APIRouter(tags=["Collections"], dependencies=context.reading)

    def crossed(name: str, asked: CrossTabBody) -> CrossTable:
        with counting(context.workspace(), name, "Counts of two columns", asked.where) as (catalog, recipe):
            found = cross_tab(catalog, recipe, asked.first, asked.second, asked.top, asked.bins)
        return CrossTable.model_validate(told_cross_tab(found))

    def over_time(name: str, asked: TrendBody) -> TrendTable:
        with counting(context.workspace(), name, "Counts over time", asked.where) as (catalog, recipe):
            found = trend(catalog, recipe, asked.along, asked.by, asked.top)
        return TrendTable.model_validate(told_trend(found))

    @router.get("/collections/{name}/crosstab", responses=ERRORS)
    def cross_table(
        name: Name,
        first: Annotated[str, Query(max_length=1_000, description="Column whose groups go down")],
        second: Annotated[str, Query(max_length=1_000, description="Column whose groups go across")],
        where: Where = "",
        top: Annotated[int, Query(ge=1, le=MOST_GROUPS, description="Classes listed of each")] = 20,
        bins: Annotated[int, Query(ge=1, le=MOST_GROUPS, description="Ranges of a numeric or date column")] = 12,
    ) -> CrossTable:
        """How often the values of two columns come together, in the result and in the whole collection."""
        return crossed(name, CrossTabBody(first=first, second=second, where=where, top=top, bins=bins))

    @router.post("/collections/{name}/crosstab", responses=ERRORS)
    def cross_table_of_body(name: Name, asked: CrossTabBody) -> CrossTable:
        """The same, asked for in a body."""
        return crossed(name, asked)

    @router.get("/collections/{name}/trend", responses=ERRORS)
    def trend_table(
        name: Name,
        along: Annotated[str, Query(max_length=1_000, description="Column of years or dates")],
        by: Annotated[str | None, Query(max_length=1_000, description="Column of classes to tell apart")] = None,
        where: Where = "",
        top: Annotated[int, Query(ge=1, le=MOST_GROUPS, description="Classes listed")] = 6,
    ) -> TrendTable:
        """Counts by year, month or day, of everything or of each class of another column."""
        return over_time(name, TrendBody(along=along, by=by, where=where, top=top))

    @router.post("/collections/{name}/trend", responses=ERRORS)
    def trend_table_of_body(name: Name, asked: TrendBody) -> TrendTable:
        """The same, asked for in a body."""
        return over_time(name, asked)

    return router

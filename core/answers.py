"""A recipe's answer as plain values: the same ids, in the same order, with the same words, through every front end."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.collection.catalog import Catalog
from core.collection.counts import class_counts, facet_counts, histogram
from core.collection.tagcounts import tags_in_use
from core.errors import QueryError
from core.query.columns import find_column
from core.query.english import sentence
from core.query.recipe import Alike, Recipe
from core.query.text import parse_where
from core.query.textcomplete import Completion, Meant, complete
from core.query.textwrite import write_where
from core.query.url import MOST_LIMIT, from_parameters, to_parameters
from core.search import Result, Searcher
from core.timing import Timings, collect, step
from core.timings.record import told_steps
from core.workspace import Workspace

FACET_VALUES = 100  # of one column; what lies beyond is counted as “other”
MOST_BINS = 1_000


@dataclass(frozen=True)
class Page:
    """Where a page of an answer begins."""

    offset: int = 0

    def cursor(self) -> str:
        """As an opaque text."""
        return base64.urlsafe_b64encode(json.dumps({"o": self.offset}).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, cursor: str) -> "Page":
        """The page that a cursor stands for."""
        try:
            offset = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["o"]
            if isinstance(offset, int) and not isinstance(offset, bool) and 0 <= offset < 2**53:
                return cls(offset)
        except (ValueError, KeyError, TypeError):
            pass
        raise QueryError("The cursor cannot be read.", f"It is “{cursor[:60]}”.", "Take it from an answer's “next”.")


@contextmanager
def counting(space: Workspace, name: str, what: str, where: str | None) -> Iterator[tuple[Catalog, Recipe]]:
    """Counts of a filtered result: a collection's catalog and the filter; `what` says of what they are."""
    with space.timings.work("count", name, what) as done:
        catalog = space.catalog(name)
        recipe = read_recipe({"where": where}, catalog) if where else Recipe()
        done.english = f"{what}: {sentence(recipe, catalog.columns)}"
        yield catalog, recipe


def read_recipe(values: Mapping[str, str], catalog: Catalog) -> Recipe:
    """A recipe from URL parameters; `where` may also be in the words people type, such as `gender=Men year>2012`."""
    with step("parse"):
        return _parsed(values, catalog)


def _parsed(values: Mapping[str, str], catalog: Catalog) -> Recipe:
    where = values.get("where", "")
    if not where.strip() or where.lstrip().startswith("["):
        return from_parameters(values)
    recipe = from_parameters({name: value for name, value in values.items() if name != "where"})
    return replace(recipe, where=parse_where(where, catalog.columns))


def answer(
    space: Workspace,
    name: str,
    recipe: Recipe,
    columns: Sequence[str] | None = None,
    page: Page = Page(),
) -> dict[str, Any]:
    """One page of a recipe's result: total, rows, sentence, exactness, timings, and the next page's cursor."""
    catalog = space.catalog(name)
    searcher = space.searcher(name, catalog)
    result = searcher.run(recipe, page.offset)
    shown = catalog.metadata if columns is None else [find_column(catalog.columns, column).name for column in columns]
    with step("render", len(result.hits), len(result.hits)):
        rows = _rows(space, name, shown, result)
    with collect() as judging:
        relevance = _relevance(searcher, recipe, result, page)
    return {
        "collection": name,
        "version": catalog.version,
        "total": result.matching,
        "shown": len(rows),
        "exact": result.exact,
        "recall": result.recall,
        "english": result.sentence,
        "summary": result.summary,
        "relevance": relevance,
        "recipe": told_recipe(recipe, catalog),
        "limit": recipe.limit,
        "rows": rows,
        "next": _next(recipe, result, page),
        "timings": [*steps(result.timings), *steps(judging)],
    }


def _rows(space: Workspace, name: str, shown: Sequence[str], result: Result) -> list[dict[str, Any]]:
    """The images of an answer, as plain values."""
    return [
        {
            "id": hit.row.id,
            **({} if hit.score is None else {"score": round(hit.score, 6)}),
            **({} if hit.bits is None else {"bits": hit.bits}),
            **({"parts": [round(part, 6) for part in hit.parts]} if hit.parts else {}),
            "metadata": {column: plain(hit.row.values[column]) for column in shown},
            "thumbnail": space.image_link(name, hit.row, "thumbnail"),
        }
        for hit in result.hits
    ]


def _relevance(searcher: Searcher, recipe: Recipe, result: Result, page: Page) -> dict[str, Any] | None:
    """Whether the first page's best is a good match; None where nothing is searched by, or found."""
    found = None if result.best is None or page.offset else searcher.relevance(recipe, result.best)
    if found is None:
        return None
    return {"is_match": found.is_match, "verdict": found.verdict, "bound": found.bound, "above": found.above}


def told_recipe(recipe: Recipe, catalog: Catalog) -> dict[str, str]:
    """The recipe's URL parameters, and its filter in the words people type."""
    return {**to_parameters(recipe), "text_form": write_where(recipe.where, catalog.columns)}


def steps(timings: Timings) -> list[dict[str, Any]]:
    """What each step of an answer cost."""
    return told_steps(timings.steps)


def completions(catalog: Catalog, text: str, position: int, meant: Meant = lambda column, typed: ()) -> Completion:
    """What may be typed next at a place of a filter's text; values and tags come by how frequent they are.

    `meant` gives the values of a column that mean what is typed where none bears it.
    """

    def values(column: str) -> list[str]:
        return [str(one.value) for one in class_counts(catalog, Recipe(), column).values if one.value is not None]

    return complete(text, position, catalog.columns, values, lambda: tags_in_use(catalog), meant)


def counted(catalog: Catalog, recipe: Recipe) -> dict[str, Any]:
    """How many images match."""
    return {"total": catalog.count(recipe.where), "of": catalog.count_all, "exact": True}


def facets(
    catalog: Catalog, recipe: Recipe, column: str | None = None, most: int = FACET_VALUES
) -> list[dict[str, Any]]:
    """Counts of one category column in the result, or of all of them as facets that ignore their own choice."""
    found = [class_counts(catalog, recipe, column)] if column else facet_counts(catalog, recipe)
    told = []
    for facet in found:
        values = [{"value": one.value, "count": one.count, "total": one.total} for one in facet.values[:most]]
        beyond = facet.values[most:]
        told.append(
            {
                "column": facet.column,
                "label": facet.label,
                "values": values,
                "other_values": len(beyond),
                "other_count": sum(one.count for one in beyond),
            }
        )
    return told


def distribution(catalog: Catalog, recipe: Recipe, column: str, bins: int) -> dict[str, Any]:
    """The histogram of a numeric, year or date column in the result, the whole collection's beside it."""
    found = histogram(catalog, recipe, column, bins)
    return {
        "column": found.column,
        "label": found.label,
        "kind": found.kind.value,
        "missing": found.missing,
        "bins": [
            {"low": plain(one.low), "high": plain(one.high), "count": one.count, "total": one.total}
            for one in found.bins
        ],
    }


def described(catalog: Catalog, name: str) -> dict[str, Any]:
    """A collection: its size, encoder and columns."""
    encoder = catalog.encoder
    return {
        "name": name,
        "images": catalog.count_all,
        "version": catalog.version,
        "encoder": {"name": encoder.name, "dimension": encoder.dimension, "fingerprint": encoder.fingerprint},
        "columns": [
            {
                "name": column.name,
                "label": column.label,
                "kind": column.kind.value,
                "distinct": column.distinct,
                "missing": column.missing,
            }
            for column in (catalog.columns[item] for item in catalog.metadata)
        ],
    }


def plain(value: Any) -> Any:
    """A value as JSON has it: dates in ISO 8601, what is not a number as null."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _next(recipe: Recipe, result: Result, page: Page) -> str | None:
    """The next page's cursor; None at the end, after a sample, and where similarity goes no deeper."""
    after = page.offset + len(result.hits)
    deep = recipe.terms and after + recipe.limit > MOST_LIMIT
    may_be_cut = recipe.threshold is not None or recipe.alike is not Alike.MEANING
    cut = may_be_cut and len(result.hits) < recipe.limit
    if recipe.sample or deep or cut or not result.hits or after >= result.matching:
        return None
    return Page(after).cursor()

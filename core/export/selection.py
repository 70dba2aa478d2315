"""Which images an export takes, page by page however many they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.collection.catalog import Catalog
from core.errors import BusyError, NotFoundError
from core.export.labels import check_label
from core.export.request import ExportRequest
from core.query.columns import find_column
from core.query.english import sentence
from core.query.recipe import Recipe
from core.search import Hit, Searcher

PAGE_ROWS = 5_000  # whose metadata is in memory at a time
BLOCK_IDS = 20_000  # asked of the catalog at a time, each with a sort of its own


@dataclass(frozen=True)
class Selection:
    """The images of one export at one version of the collection."""

    matching: int  # images that pass the filter
    rows: int  # of these, how many are taken
    exact: bool
    sentence: str
    scored: bool = False  # whether images have a similarity
    notes: tuple[str, ...] = ()  # what is other than the recipe says
    ranking: tuple[tuple[str, float | None], ...] | None = None  # ids with scores; None: the catalog's own order


def taken(recipe: Recipe, whole: bool) -> tuple[Recipe, tuple[str, ...]]:
    """The recipe as an export takes it, and a sentence for each thing in which it is another."""
    if whole and recipe.terms:
        kept = f"Every image is like the search to some degree, so the recipe's limit of {recipe.limit:,} stays."
        return recipe, (kept,)
    if whole and recipe.sample:
        return replace(recipe, sample=False), ("Every matching image is taken, so no sample is drawn.",)
    return recipe, ()


def check(catalog: Catalog, recipe: Recipe, request: ExportRequest) -> None:
    """Refuse what this collection cannot answer, before anything is written."""
    catalog.where(recipe.where)
    if recipe.order is not None:
        find_column(catalog.columns, recipe.order.column)
    if request.label_column:
        check_label(catalog, request.label_column)


def choose(catalog: Catalog, ids: Sequence[str], recipe: Recipe) -> Selection:
    """The images that a person chose one by one, in their order; an unknown one is a NotFoundError."""
    unknown = next((id for block in _parts(ids, BLOCK_IDS) for id in _unknown(catalog, block)), None)
    if unknown is not None:
        raise NotFoundError(f"There is no image “{unknown[:80]}” in this collection.", "It may be deleted.")
    count = len(ids)
    text = f"{count:,} image{'s' if count != 1 else ''} chosen from: {sentence(recipe, catalog.columns)}"
    return Selection(count, count, True, text, ranking=tuple((id, None) for id in ids))


def select(catalog: Catalog, searcher: Searcher, recipe: Recipe, whole: bool) -> Selection:
    """Count the images that match and rank those that similarity or chance picks: at most the recipe's limit."""
    recipe, notes = taken(recipe, whole)
    matching, text = catalog.count(recipe.where), sentence(recipe, catalog.columns)
    if recipe.terms:
        result = searcher.run(recipe)
        ranking = tuple((hit.row.id, hit.score) for hit in result.hits)
        return Selection(result.matching, len(ranking), result.exact, text, True, notes, ranking)
    if recipe.sample:
        drawn = tuple((id, None) for id in catalog.sample(recipe.where, recipe.limit, recipe.seed))
        return Selection(matching, len(drawn), True, text, False, notes, drawn)
    rows = matching if whole else min(matching, recipe.limit)
    return Selection(matching, rows, True, text, False, notes)


def pages(catalog: Catalog, selection: Selection, recipe: Recipe) -> Iterator[list[Hit]]:
    """The selected images in the result's order, PAGE_ROWS at a time."""
    for block in _blocks(catalog, selection, recipe):
        for first in range(0, len(block), PAGE_ROWS):
            page = block[first : first + PAGE_ROWS]
            rows = catalog.rows([id for id, _ in page])
            if len(rows) != len(page):
                raise BusyError(
                    "The collection was changed while its export began.", "", "Start the same export again."
                )
            yield [Hit(row, score) for row, (_, score) in zip(rows, page, strict=True)]


def _unknown(catalog: Catalog, ids: Sequence[str]) -> list[str]:
    found = catalog.select("SELECT id FROM images WHERE id IN (SELECT unnest(?))", (list(ids),))
    known = {row[0] for row in found}
    return [id for id in ids if id not in known]


def _parts(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (ids[first : first + size] for first in range(0, len(ids), size))


def _blocks(
    catalog: Catalog, selection: Selection, recipe: Recipe
) -> Iterator[Sequence[tuple[str, float | None]]]:  # fmt: skip
    if selection.ranking is not None:
        yield selection.ranking
        return
    for first in range(0, selection.rows, BLOCK_IDS):
        count = min(BLOCK_IDS, selection.rows - first)
        yield [(id, None) for id in catalog.ids(recipe.where, recipe.order, count, first)]

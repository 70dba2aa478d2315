"""How often each tag occurs, in a result and in the whole collection."""

from dataclasses import replace

from core.collection.catalog import Catalog
from core.collection.counts import ValueCount
from core.query.recipe import All, HasTag, Not, Recipe

MOST_TAGS = 200  # listed with counts
MOST_OFFERED = 1_000


def tag_counts(catalog: Catalog, recipe: Recipe, limit: int = MOST_TAGS) -> list[ValueCount]:
    """The `limit` most frequent tags of a result, and those that its filter names; none where nothing is tagged."""
    tagged = "SELECT count(*) FROM images WHERE len(tags) > 0"
    if not catalog.remembered("tagged", lambda: catalog.select(tagged)[0][0]):
        return []
    sql = catalog.where(recipe.where)
    named = [*chosen_tags(recipe), *excluded_tags(recipe)]
    rows = catalog.select(
        f"SELECT tag, count(*) FILTER (WHERE inside), count(*), list_contains(?, tag) AS named FROM ("
        f"SELECT unnest(list_distinct(tags)) AS tag, ({sql.text}) AS inside FROM images WHERE len(tags) > 0) "
        f"GROUP BY tag ORDER BY named DESC, 2 DESC, 3 DESC, tag LIMIT ?",
        (named, *sql.parameters, limit),
    )
    return [ValueCount(tag, inside, total) for tag, inside, total, _ in rows]


def tags_in_use(catalog: Catalog) -> list[str]:
    """Tags that any image has, the most frequent first."""
    text = (
        "SELECT tag FROM (SELECT unnest(tags) AS tag FROM images) WHERE tag IS NOT NULL "
        f"GROUP BY tag ORDER BY count(*) DESC, tag LIMIT {MOST_OFFERED}"
    )
    found: list[str] = catalog.remembered("tags in use", lambda: [row[0] for row in catalog.select(text)])
    return found


def chosen_tags(recipe: Recipe) -> tuple[str, ...]:
    """The tags that an image has to have."""
    return tuple(dict.fromkeys(item.tag for item in recipe.where.conditions if isinstance(item, HasTag)))


def excluded_tags(recipe: Recipe) -> tuple[str, ...]:
    """The tags that an image must not have."""
    opposites = (item.condition for item in recipe.where.conditions if isinstance(item, Not))
    return tuple(dict.fromkeys(item.tag for item in opposites if isinstance(item, HasTag)))


def without_tags(recipe: Recipe) -> Recipe:
    """The same question less the tags that it asks for or leaves out."""
    named = (*chosen_tags(recipe), *excluded_tags(recipe))
    gone = [condition for tag in named for condition in (HasTag(tag), Not(HasTag(tag)))]
    kept = tuple(item for item in recipe.where.conditions if item not in gone)
    return replace(recipe, where=All(kept))

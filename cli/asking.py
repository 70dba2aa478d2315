"""A recipe from the command line's words, and its answer as a table, lines or JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from cli.output import print_json, print_records
from core.answers import answer, read_recipe
from core.collection.catalog import Catalog
from core.errors import InputError
from core.query.columns import Kind
from core.query.recipe import ImageId, Recipe, Upload, Words
from core.query.url import check_terms, from_json, from_parameters
from core.views import Views
from core.workspace import Workspace

MOST_CATEGORIES = 4  # columns shown beside an image


def recipe_of(
    space: Workspace,
    name: str,
    file: Path | None,
    values: Mapping[str, str | None],
    view: str | None = None,
) -> Recipe:
    """The recipe of a file, a saved view, or the options; what options say stands over what the others say."""
    given = {key: value for key, value in values.items() if value}
    catalog = space.catalog(name)
    if view is not None and file is not None:
        raise InputError("A view and a file were given.", "Each is a whole question.", "Name one of them.")
    if view is not None:
        given = {**Views(space.folder, name, catalog.columns).find(view).parameters, **given}
    if file is not None:
        kept = _read_recipe(file, catalog)
        given = {**kept, **given}
    return read_recipe(given, catalog)


def with_terms(
    space: Workspace,
    recipe: Recipe,
    like: Sequence[str],
    images: Sequence[Path],
    minus: Sequence[str],
    terms: Sequence[str],
) -> Recipe:
    """The recipe with more terms: images by id, picture files, words to be unlike, and terms as a link has them."""
    listed = from_parameters({"terms": f"[{','.join(terms)}]"}).terms
    given = [Upload(space.hold_upload(read_file(image, "picture"))) for image in images]
    added = (*map(ImageId, filter(None, like)), *given, *(Words(text, -1.0) for text in minus if text), *listed)
    check_terms(len(recipe.terms) + len(added))
    return replace(recipe, terms=(*recipe.terms, *added))


def show_answer(space: Workspace, name: str, recipe: Recipe, columns: Sequence[str], as_json: bool) -> None:
    """Run a recipe and print its answer."""
    catalog = space.catalog(name)
    shown = list(columns) or None
    told = answer(space, name, recipe, shown if as_json else shown or telling(catalog))
    if as_json:
        print_json(told)
        return
    typer.echo(f"{told['english']}: {told['summary']}")
    if told["relevance"] and told["relevance"]["verdict"]:
        typer.echo(told["relevance"]["verdict"])
    print_records([_line(row) for row in told["rows"]], "No image matches.")


def telling(catalog: Catalog) -> list[str]:
    """The few columns that tell a person most about an image: a free text and some categories."""
    named = [*catalog.of_kind(Kind.TEXT)[:1], *catalog.of_kind(Kind.CATEGORY)[:MOST_CATEGORIES]]
    return [column.name for column in named]


def read_file(path: Path, what: str) -> bytes:
    """A file's bytes, or an InputError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"The {what} {path} cannot be read.", error.strerror or "", "Check the path.") from error


def _read_recipe(file: Path, catalog: Catalog) -> dict[str, str]:
    """A recipe's parameters from a JSON file; its filter may be in typed words there too."""
    import json

    text = read_file(file, "recipe").decode("utf-8", "replace")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if isinstance(values, dict) and "recipe" in values and isinstance(values["recipe"], dict):
        values = values["recipe"]  # an answer, or a bundle's manifest
    if not isinstance(values, dict) or not all(isinstance(item, str) for item in values.values()):
        from_json(text)  # says what is wrong
        raise InputError(f"The file {file} holds no recipe.", "", "A recipe is what --json prints as “recipe”.")
    values.pop("text_form", None)
    read_recipe(values, catalog)
    return values


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    score = {"score": row["score"]} if "score" in row else {}
    bits = {"bits": row["bits"]} if "bits" in row else {}
    return {"id": row["id"], **score, **bits, **row["metadata"]}

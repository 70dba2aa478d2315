"""`vitrine tag` with a vocabulary, its preview, and `vitrine synonyms`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from cli.asking import read_file
from cli.output import print_json, print_records
from core.batch.labels import labels_from
from core.batch.told import preview_of
from core.errors import InputError
from core.models.vocabulary import own_labels
from core.query.recipe import Recipe
from core.synonyms import synonyms, told
from core.workspace import Workspace

EXAMPLES = 3  # images listed of a label


def labels_in(file: Path | None) -> tuple[str, ...]:
    """The labels of a file, one a line; none without one."""
    return () if file is None else own_labels(read_file(file, "list of labels").decode("utf-8", "replace"))


def chosen_by(similarity: float | None, most: int | None) -> dict[str, Any]:
    """The model's parameters by which labels are chosen, those that were given."""
    values = {"similarity": similarity, "most": most, "multi": True if (most or 1) > 1 else None}
    return {name: value for name, value in values.items() if value is not None}


def with_vocabulary(
    space: Workspace, values: Mapping[str, Any], vocabulary: str, column: str, collection: str | None
) -> dict[str, Any]:
    """The parameters with the labels of a vocabulary, for one picture."""
    if column and collection is None:
        raise InputError("Whose column?", "", "Name its --collection.")
    if not (vocabulary or column):
        return dict(values)
    catalog = space.catalog(collection) if column and collection is not None else None
    found = labels_from(catalog, vocabulary, column)
    return {**values, "labels": list(found)}


def tell_preview(
    space: Workspace,
    name: str,
    recipe: Recipe,
    values: Mapping[str, Any],
    vocabulary: str,
    column: str,
    as_json: bool,
) -> None:
    """Print what a tagging would do."""
    found = preview_of(
        name,
        space.catalog(name),
        lambda: space.encoder_of(name),
        recipe.where,
        labels=values.get("labels", ()),
        vocabulary=vocabulary,
        vocabulary_column=column,
        similarity=values.get("similarity"),
        most=values.get("most", 1),
        examples=EXAMPLES,
    )
    if as_json:
        print_json(found)
        return
    typer.echo(
        f"{found['tagged']:,} of {found['sampled']:,} images looked at would be tagged, at a similarity of "
        f"{found['similarity']:.2f} or more ({found['suggested']:.2f} is suggested); {found['matching']:,} match."
    )
    lines = [
        {
            "label": item["label"],
            "images": item["estimate"],
            "such as": ", ".join(one["id"] for one in item["examples"]),
        }
        for item in found["labels"]
        if item["sampled"]
    ]
    print_records(lines, "No image is near enough to any label.")


def tell_synonyms(space: Workspace, name: str, text: str, limit: int, as_json: bool) -> None:
    """Print the values and tags that words mean."""
    catalog = space.catalog(name)
    found = synonyms(text, catalog, space.searcher(name, catalog), lambda: space.encoder_of(name), limit)
    if as_json:
        print_json({"text": text, "synonyms": [told(item) for item in found]})
        return
    lines = [{"column": item.named.label, "value": item.named.value, "images": item.named.images} for item in found]
    print_records(lines, f"Nothing in “{name}” is called like that or shows it for certain.")

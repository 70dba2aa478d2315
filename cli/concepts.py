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
from core.models.facts import check_parameters
from core.models.run import find_model
from core.models.vocabulary import left_out, own_labels
from core.models.zero_shot import FACT, Choice, choice_of
from core.query.recipe import Recipe
from core.synonyms import synonyms, told
from core.workspace import Workspace

EXAMPLES = 3  # images listed of a label


def labels_in(file: Path | None) -> tuple[str, ...]:
    """The labels of a file, one a line; none without one. How many lines are left out is told beside the answer."""
    if file is None:
        return ()
    text = read_file(file, "list of labels").decode("utf-8", "replace")
    found, less = own_labels(text), left_out(text)
    if less:
        typer.echo(f"Lines left out: {less:,}, too long, not text, or the same as another but for case.", err=True)
    return found


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


def check_previewed(model: str, **options: object) -> None:
    """An InputError where a preview is asked to do what it cannot: it judges zero-shot on all that pass a filter."""
    if model != FACT.name:
        detail = f"“{find_model(model).name}” has no score to set a threshold for."
        raise InputError(f"Only {FACT.name} can be previewed.", detail, "Leave out --preview or --model.")
    given = [f"--{name}" for name in ("image", "text", "limit", "sample", "seed") if options.get(name) is not None]
    if given:
        detail = f"It draws its own sample of all images that pass a filter, so {', '.join(given)} has no effect."
        raise InputError("A preview takes a filter alone.", detail, "Leave that out, or name a filter with --where.")


def previewed(space: Workspace, name: str, values: Mapping[str, Any], vocabulary: str, column: str) -> Choice:
    """What the tagging would choose by, or an InputError where it would be refused or the preview cannot tell."""
    labels = values.get("labels") or labels_from(space.catalog(name), vocabulary, column)
    choice = choice_of(check_parameters(FACT, {**values, "labels": labels}))
    if choice.least:
        detail = "It judges by similarity; “least” is of a label's share, which changes with every label."
        raise InputError("A preview cannot tell of “least”.", detail, "Name a --similarity instead.")
    return choice


def tell_preview(
    space: Workspace,
    name: str,
    recipe: Recipe,
    values: Mapping[str, Any],
    vocabulary: str,
    column: str,
    as_json: bool,
) -> None:
    """Print what a tagging would do, chosen by what the tagging itself would choose by."""
    if recipe.terms or recipe.sample:
        hint = "Keep the filter of the recipe alone."
        raise InputError("A preview takes a filter alone.", "The recipe asks for a likeness or a sample too.", hint)
    choice = previewed(space, name, values, vocabulary, column)
    found = preview_of(
        name,
        space.catalog(name),
        lambda: space.encoder_of(name),
        recipe.where,
        labels=choice.labels,
        similarity=choice.similarity,
        most=choice.most if choice.multi else 1,
        examples=EXAMPLES,
    )
    if as_json:
        print_json(found)
        return
    typer.echo(
        f"{found['tagged']:,} of {found['sampled']:,} images looked at would be tagged, at a similarity of "
        f"{found['similarity']:.2f} or more (--similarity {found['suggested']:.2f} is suggested); "
        f"{found['matching']:,} match."
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

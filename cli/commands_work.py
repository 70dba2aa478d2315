"""`vitrine augment`, `sets`, `effect`, `tag`, `export`, `index` and `worker`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.commands_asking import LimitOption, RecipeOption, SampleOption, SeedOption, size_of
from cli.options import BackgroundOption, CollectionOption, JsonOption, WhereOption, WholeOption, me
from core.errors import InputError
from core.settings import Settings

OneCollection = Annotated[str | None, typer.Option("--collection", "-c", help="Name of the collection.")]
TextOption = Annotated[str | None, typer.Option("--text", help="Most like what these words describe.")]
ImageOption = Annotated[Path | None, typer.Option("--image", help="One picture file instead of a collection.")]


def add_work(app: typer.Typer) -> None:
    """Add the commands that make something of a result."""
    for command in (augment, sets, effect, tag, export, index, worker):
        app.command()(command)


def augment(
    pipeline: Annotated[
        str | None,
        typer.Argument(help="A preset such as crop-resize, JSON, YAML, a link's word, or a .json or .yaml file."),
    ] = None,
    collection: OneCollection = None,
    name: Annotated[str | None, typer.Option(help="Of the set, in the workspace's augmented ones.")] = None,
    where: WhereOption = None,
    text: TextOption = None,
    recipe: RecipeOption = None,
    limit: LimitOption = None,
    sample: SampleOption = None,
    seed: SeedOption = None,
    whole: WholeOption = False,
    variants: Annotated[int, typer.Option(min=1, max=100, help="Pictures made of each image.")] = 1,
    format: Annotated[str | None, typer.Option(help="webp, which it is without it, jpeg or png; of a set.")] = None,
    quality: Annotated[int, typer.Option(min=1, max=100, help="Of webp and jpeg.")] = 90,
    colour: Annotated[str, typer.Option(help="srgb, grey or original.")] = "srgb",
    metadata: Annotated[str, typer.Option(help="EXIF of the originals: strip or keep.")] = "strip",
    layout: Annotated[str, typer.Option(help="folder, zip or webdataset.")] = "folder",
    destination: Annotated[str, typer.Option(help="A folder or s3:// place instead of the workspace.")] = "",
    ids: Annotated[Path | None, typer.Option(help="A file with an id a line: just these images, in its order.")] = None,
    image: ImageOption = None,
    out: Annotated[
        Path | None, typer.Option(help="File for the one picture's result; its ending says the format.")
    ] = None,
    variant: Annotated[int, typer.Option(min=0, help="Of the one picture; another draws other changes.")] = 0,
    image_id: Annotated[str, typer.Option(help="Of the one picture: with it, the pixels that a set has of it.")] = "",
    listed: Annotated[
        bool, typer.Option("--list", help="Print presets and transforms, or what the transform PIPELINE can be told.")
    ] = False,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Change the images of a result, or one picture, by a pipeline."""
    from cli.asking import recipe_of
    from cli.augmenting import augment_one, list_parts, read_pipeline
    from cli.making import ids_in, make, parameters_of
    from core.augment.output import Output
    from core.batch.augment import AugmentRequest
    from core.export.places import resolved
    from core.workspace import Workspace

    if listed:
        list_parts(pipeline, as_json)
        return
    if pipeline is None:
        raise InputError("Augment by what?", "", "Name a preset or a pipeline; vitrine augment --list shows them.")
    space = Workspace.open(Settings.load())
    steps = read_pipeline(pipeline)
    if image is not None:
        if out is None:
            raise InputError("Where should the picture go?", "", "Name a file: --out changed.webp")
        if format is not None:
            raise InputError("A single picture has no --format.", "", "The ending of --out says it: --out changed.png")
        output = Output(quality=quality, colour=colour, metadata=metadata)
        augment_one(space, image, steps, out, output, variant, image_id, as_json)
        return
    if collection is None or name is None:
        raise InputError(
            "Augment what?", "", "Name a --collection and the output's --name, or one picture with --image and --out."
        )
    asked = recipe_of(space, collection, recipe, {"where": where, "text": text, **size_of(limit, sample, seed)})
    wanted = AugmentRequest(
        collection,
        name,
        steps.to_dict(),
        parameters_of(asked),
        whole,
        variants,
        format or Output.format,
        quality,
        colour,
        metadata,
        layout,
        resolved(destination),
        ids_in(ids) if ids is not None else (),
    )
    make(space, wanted, background, as_json)


def sets(as_json: JsonOption = False) -> None:
    """List the finished sets of augmented pictures in the workspace."""
    from cli.making import list_sets

    list_sets(Settings.load(), as_json)


def effect(
    pipeline: Annotated[str, typer.Argument(help="A preset such as strong, JSON, YAML, or a file of either.")],
    collection: CollectionOption,
    where: WhereOption = None,
    text: TextOption = None,
    recipe: RecipeOption = None,
    sample: Annotated[int, typer.Option(help="Images to draw at random.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same images.")] = 0,
    steps: Annotated[
        bool, typer.Option("--steps/--whole-only", help="Each transform alone too, at a few strengths.")
    ] = True,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure what a pipeline does to search: how far images move, and whether they still find their original."""
    from cli.asking import recipe_of
    from cli.augmenting import read_pipeline
    from cli.effect import measure_effect
    from cli.making import parameters_of
    from core.effect.run import EffectRequest
    from core.workspace import Workspace

    space = Workspace.open(Settings.load())
    asked = recipe_of(space, collection, recipe, {"where": where, "text": text})
    request = EffectRequest(collection, read_pipeline(pipeline).to_dict(), parameters_of(asked), sample, seed, steps)
    measure_effect(space, request, background, as_json)


def tag(
    collection: OneCollection = None,
    model: Annotated[str, typer.Option(help="What tells the tags: zero-shot or picture-statistics.")] = "zero-shot",
    label: Annotated[list[str] | None, typer.Option(help="Word or phrase to choose among; repeated.")] = None,
    labels_file: Annotated[Path | None, typer.Option(help="File of words to choose among, one a line.")] = None,
    vocabulary: Annotated[str, typer.Option(help="Shipped list to choose among: general or colours.")] = "",
    vocabulary_column: Annotated[str, typer.Option(help="Column whose values to choose among.")] = "",
    similarity: Annotated[
        float | None, typer.Option(min=0, max=1, help="Cosine similarity that a label has to reach; see --preview.")
    ] = None,
    most: Annotated[int | None, typer.Option(min=1, max=1_000, help="So many labels of an image, at the most.")] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Tell by a random sample what would be given, and write nothing.")
    ] = False,
    options: Annotated[str, typer.Option(help="More of the model's parameters, as a JSON object.")] = "",
    prefix: Annotated[str, typer.Option(help="Of the tags; the model's own if left out.")] = "",
    where: WhereOption = None,
    text: TextOption = None,
    recipe: RecipeOption = None,
    limit: LimitOption = None,
    sample: SampleOption = None,
    seed: SeedOption = None,
    whole: WholeOption = False,
    image: ImageOption = None,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Tag the images of a result with what a model tells about them, or ask it about one picture."""
    from cli.asking import recipe_of
    from cli.concepts import check_previewed, chosen_by, labels_in, tell_preview, with_vocabulary
    from cli.making import make, model_parameters, parameters_of, tell_one
    from core.batch.labels import check_one_source
    from core.batch.tag import TagRequest
    from core.workspace import Workspace

    space = Workspace.open(Settings.load())
    values = model_parameters([*(label or []), *labels_in(labels_file)], options) | chosen_by(similarity, most)
    check_one_source(values, vocabulary, vocabulary_column)
    if preview:
        check_previewed(model, image=image, text=text, limit=limit, sample=sample, seed=seed)
    if image is not None:
        values = with_vocabulary(space, values, vocabulary, vocabulary_column, collection)
        tell_one(space, image, model, values, collection, as_json)
        return
    if collection is None:
        raise InputError("Tag what?", "", "Name a --collection, or one picture with --image.")
    asked = recipe_of(space, collection, recipe, {"where": where, "text": text, **size_of(limit, sample, seed)})
    if preview:
        tell_preview(space, collection, asked, values, vocabulary, vocabulary_column, as_json)
        return
    wanted = TagRequest(collection, parameters_of(asked), whole, model, values, prefix, vocabulary, vocabulary_column)
    make(space, wanted, background, as_json)


def export(
    name: Annotated[str, typer.Argument(help="Of the bundle, in the workspace's exports.")],
    collection: CollectionOption,
    where: WhereOption = None,
    text: TextOption = None,
    recipe: RecipeOption = None,
    limit: LimitOption = None,
    sample: SampleOption = None,
    seed: SeedOption = None,
    whole: WholeOption = False,
    metadata: Annotated[str, typer.Option(help="csv, parquet, jsonl or xlsx.")] = "csv",
    images: Annotated[str, typer.Option(help="none, original or thumbnail.")] = "original",
    layout: Annotated[str, typer.Option(help="folder, zip, webdataset or imagefolder.")] = "folder",
    label_column: Annotated[str, typer.Option(help="Classes of an imagefolder and of COCO annotations.")] = "",
    annotations: Annotated[str, typer.Option(help="none or coco.")] = "none",
    embeddings: Annotated[str, typer.Option(help="none, parquet or npy.")] = "none",
    destination: Annotated[str, typer.Option(help="A folder or s3:// place instead of the workspace.")] = "",
    ids: Annotated[Path | None, typer.Option(help="A file with an id a line: just these images, in its order.")] = None,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take a result along: its metadata, images and a manifest."""
    from cli.asking import recipe_of
    from cli.making import ids_in, make, parameters_of
    from core.export.places import resolved
    from core.export.request import ExportRequest
    from core.workspace import Workspace

    space = Workspace.open(Settings.load())
    asked = recipe_of(space, collection, recipe, {"where": where, "text": text, **size_of(limit, sample, seed)})
    wanted = ExportRequest(
        collection,
        name,
        parameters_of(asked),
        whole,
        metadata,
        images,
        layout,
        label_column,
        annotations,
        embeddings,
        resolved(destination),
        ids_in(ids) if ids is not None else (),
    )
    make(space, wanted, background, as_json)


def index(collection: CollectionOption, background: BackgroundOption = False, as_json: JsonOption = False) -> None:
    """Make or extend a collection's indexes."""
    from cli.jobs import tell_started
    from cli.output import print_json
    from core.workspace import Workspace

    space = Workspace.open(Settings.load())
    if background:
        tell_started(space.start_index(collection, me()), as_json)
        return
    made = space.index(collection)
    if as_json:
        print_json(made)
    else:
        typer.echo(f"The {made['images']:,} images of “{made['collection']}” are indexed.")


def worker(
    jobs: Annotated[int | None, typer.Option(min=1, max=64, help="How many at a time.")] = None,
) -> None:
    """Run jobs until stopped. With VITRINE_BROKER set, on any number of machines."""
    from cli.jobs import run_worker

    run_worker(Settings.load(), jobs)

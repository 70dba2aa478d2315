"""`vitrine augment` on one picture, and what there is to make a pipeline of."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from cli.asking import read_file
from cli.output import print_json, print_records
from core.augment.explain import bounds_words
from core.augment.output import EXTENSIONS, Output
from core.augment.parameters import ParameterFact, known_transforms, parameter_facts
from core.augment.pipeline import Pipeline
from core.augment.presets import presets
from core.augment.text import from_link
from core.batch.single import augment_bytes
from core.collection.storage import storing
from core.errors import InputError
from core.workspace import Workspace

FORMATS = {**{f".{extension}": format for format, extension in EXTENSIONS.items()}, ".jpeg": "jpeg"}
FILES = (".json", ".yaml", ".yml")


def read_pipeline(text: str) -> Pipeline:
    """A pipeline from a preset's name, JSON, YAML, what a link carries, or the path of a file with one of them."""
    if text.lower().endswith(FILES) and "\n" not in text:
        text = read_file(Path(text), "pipeline").decode("utf-8-sig", "replace")
    return from_link(text)


def augment_one(
    space: Workspace, image: Path, pipeline: Pipeline, out: Path, output: Output, variant: int, key: str, as_json: bool
) -> None:  # fmt: skip
    """One picture file through a pipeline into another file, in the format that the file's name says."""
    format = FORMATS.get(out.suffix.lower())
    if format is None:
        raise InputError(f"“{out.name}” names no format.", "", f"End it in one of {', '.join(FORMATS)}.")
    output = Output(format, output.quality, output.colour, output.metadata)
    made = augment_bytes(pipeline, read_file(image, "picture"), space.settings, output, variant, key)
    with storing(str(out)):
        out.write_bytes(made.data)
    if as_json:
        print_json({"out": str(out), "width": made.width, "height": made.height, "drawn": made.drawn})
    else:
        Console(highlight=False).print(f"Wrote {escape(str(out))}, {made.width} × {made.height}.", soft_wrap=True)


def list_parts(transform: str | None, as_json: bool) -> None:
    """Every preset and transform, or the parameters of one transform."""
    if transform is not None:
        facts = [_parameter(fact) for fact in parameter_facts(transform)]
        if as_json:
            print_json({"transform": transform, "parameters": facts})
        else:
            print_records(facts, "It takes no parameters.")
        return
    ready = [{"preset": item.name, "about": item.about} for item in presets()]
    known = [{"transform": name, "about": about} for name, about in known_transforms().items()]
    if as_json:
        print_json({"presets": ready, "transforms": known})
        return
    print_records(ready, "")
    Console(highlight=False).print()
    print_records(known, "")


def _parameter(fact: ParameterFact) -> dict[str, Any]:
    choices = ", ".join(f"{item} ({fact.words[item]})" if item in fact.words else str(item) for item in fact.choices)
    return {
        "parameter": fact.name,
        "kind": fact.kind.value,
        "default": "given by you" if fact.required else str(fact.default),
        "values": choices or bounds_words(fact),
        "about": fact.about,
    }

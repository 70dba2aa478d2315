"""`vitrine lab`: measures a collection here or as a job, and prints what was found."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from cli.jobs import tell_started
from cli.options import me
from cli.output import print_json, print_records, progress_bar
from core.answers import read_recipe
from core.collection.storage import storing
from core.errors import InputError
from core.lab.estimate import assume, assumption_facts, estimate, foretelling
from core.lab.scale import read_growths
from core.operations.lab import latest_scale, run_lab, start_lab, usual_assumptions
from core.query.recipe import Recipe, Words
from core.query.url import to_parameters
from core.settings import Settings
from core.workspace import Workspace


def asked_limits(settings: Settings, collection: str, where: str | None, text: str | None) -> dict[str, Any]:
    """The recipe that limits are measured of."""
    space = Workspace.open(settings)
    recipe = Recipe() if where is None else read_recipe({"where": where}, space.catalog(collection))
    if text:
        recipe = Recipe(recipe.where, (Words(text),))
    return {"recipes": [to_parameters(recipe)]}


def measure(
    settings: Settings,
    collection: str,
    part: str,
    asked: Mapping[str, Any],
    out: Path | None,
    background: bool,
    as_json: bool,
) -> None:
    """Measure here with a progress bar, or queue it."""
    space = Workspace.open(settings)
    if background:
        tell_started(start_lab(space, collection, part, asked, me()), as_json)
        return
    with progress_bar() as report:
        found = run_lab(space, space.collection(collection).name, part, asked, report)
    if out is not None:
        with storing(str(out)):
            out.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json(found)
        return
    print_records(LINES[part](found), "Nothing could be measured.")
    for note in found.get("notes", ()):
        typer.echo(note)


def print_estimates(settings: Settings, collection: str, given: Sequence[str], as_json: bool) -> None:
    """Print an estimate for each size, and the assumptions it rests on."""
    space = Workspace.open(settings)
    assumed = assume(dict(map(_pair, given)), usual_assumptions(space, collection))
    record = latest_scale(space, collection)
    growths = {} if record is None else foretelling(read_growths(record))
    estimates = [one.told() for one in estimate(assumed, growths)]
    fitted = {name: growth.words for name, growth in growths.items()}
    if as_json:
        print_json({"assumptions": vars(assumed), "growths": fitted, "estimates": estimates})
        return
    print_records(estimates, "")
    facts = [
        {"assumption": fact.name, "value": f"{getattr(assumed, fact.name):g}", "unit": fact.unit, "what": fact.help}
        for fact in assumption_facts()
    ]
    print_records(facts, "")
    for name, words in fitted.items():
        typer.echo(f"{name}: measured, {words}.")


def _pair(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise InputError(f"“{text[:60]}” is no assumption.", "", "Write NAME=NUMBER, such as machines=8.") from None


def _limit_lines(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    done = [
        {
            "images": point["images"],
            "step": point["step"],
            "median ms": f"{point['milliseconds']['median']:.1f}",
            "low ms": f"{point['milliseconds']['low']:.1f}",
            "high ms": f"{point['milliseconds']['high']:.1f}",
        }
        for point in found["points"]
    ]
    empty = {"low ms": "", "high ms": ""}
    left = [
        {"images": item["images"], "step": item["step"], "median ms": f"left out: {item['seconds']:,.0f} s", **empty}
        for item in found["left_out"]
    ]
    return done + left


def _scale_lines(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    growths = read_growths(found)
    lines = []
    for name in found["sizes"][-1]["figures"]:
        values = {f"{size['rows']:,}": f"{size['figures'].get(name, 0):,.4g}" for size in found["sizes"]}
        growth = growths.get(name)
        lines.append({"figure": name, **values, "growth": "nothing fits" if growth is None else growth.words})
    return [line for line in lines if not line["figure"].endswith("recall")]


def _storage_lines(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "store": point["store"],
            "read": "together" if point["together"] else "one by one",
            "from": "disk" if point["cold"] else "memory",
            "median ms": f"{point['milliseconds']['median']:.1f}",
            "images/s": f"{point['images_per_second']:,.0f}",
            "bytes": point["bytes"],
        }
        for point in found["points"]
    ]


LINES = {"limits": _limit_lines, "scale": _scale_lines, "storage": _storage_lines}

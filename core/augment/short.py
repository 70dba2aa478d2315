"""A pipeline as short as a person would write it: the library's defaults left out."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from core.augment.available import COMPOSITIONS, find_transform, parameters_of
from core.augment.pipeline import Pipeline, serialised
from core.augment.presets import presets
from core.augment.steps import GROUPS, MARKS
from core.errors import InputError

ALWAYS = "p"  # how often a step is taken is said even where it is the library's default, which differs by transform
COUNTED = ("SomeOf", "RandomOrder")  # groups that say how many of their steps they take


def short(pipeline: Pipeline) -> dict[str, Any]:
    """The pipeline in the short form, which `parse_pipeline` reads back as the same pipeline."""
    root = pipeline.steps["transform"]
    share = {} if root.get("p", 1.0) == 1.0 else {"p": root["p"]}
    return {"name": pipeline.name, "seed": pipeline.seed, **share, "steps": short_steps(pipeline)}


def short_steps(pipeline: Pipeline) -> list[dict[str, Any]]:
    """The steps alone, in the short form."""
    return [_step(step) for step in pipeline.steps["transform"]["transforms"]]


def preset_name(pipeline: Pipeline) -> str | None:
    """The preset whose name and steps these are; None for a pipeline of one's own."""
    return pipeline.name if _preset_steps().get(pipeline.name) == _text(pipeline.steps) else None


@lru_cache(maxsize=1)
def _preset_steps() -> Mapping[str, str]:
    return {preset.name: _text(serialised(list(preset.steps), 1.0)) for preset in presets()}


def _step(full: Mapping[str, Any]) -> dict[str, Any]:
    name = str(full[MARKS[1]]).rpartition(".")[2]
    if name in COMPOSITIONS:
        return _group(name, full)
    found: dict[str, Any] = json.loads(_shortened(name, _text(full)))
    return found


@lru_cache(maxsize=1_024)
def _shortened(name: str, text: str) -> str:
    """A transform's JSON with every parameter that the library fills in just so left out, and pairs for equal sides."""
    full = json.loads(text)
    known = parameters_of(find_transform(name))
    step = {MARKS[0]: name, **{key: value for key, value in full.items() if key in known}}
    for key in [key for key in step if key not in (MARKS[0], ALWAYS) and known[key].default is not known[key].empty]:
        fewer = {other: value for other, value in step.items() if other != key}
        step = fewer if _writes(fewer, text) else step
    for key, value in list(step.items()):
        if isinstance(value, dict) and set(value) == {"x", "y"} and _text(value["x"]) == _text(value["y"]):
            plainer = {**step, key: value["x"]}
            step = plainer if _writes(plainer, text) else step
    return json.dumps({**{key: value for key, value in step.items() if key != ALWAYS}, ALWAYS: step[ALWAYS]})


def _writes(step: Mapping[str, Any], text: str) -> bool:
    """Whether the library writes just this for a step."""
    try:
        return _text(serialised([step], 1.0)["transform"]["transforms"][0]) == text
    except InputError:
        return False


def _group(name: str, full: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: full[key] for key in ("n", "replace") if name in COUNTED and key in full}
    if not own.get("replace", True):
        del own["replace"]
    inner = next(full[key] for key in GROUPS if key in full)
    return {MARKS[0]: name, ALWAYS: full.get(ALWAYS, 1.0), **own, "steps": [_step(step) for step in inner]}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)

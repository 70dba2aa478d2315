"""A pipeline of random changes as a value: from a preset's name or JSON, and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.augment.available import albumentations
from core.augment.presets import find_preset
from core.augment.steps import MARKS, built, root_steps
from core.errors import InputError, near_names

MOST_CHARACTERS = 100_000  # of a pipeline's text
MOST_NAME = 80  # characters
MOST_SEED = 2**63 - 1
UNNAMED = "custom"
KEYS = ("name", "preset", "steps", "seed", "transform", "__version__")
FORM = 'Write {"steps": [{"transform": "HorizontalFlip", "p": 0.5}]}, what albumentations’ to_dict gives, or a preset.'


@dataclass(frozen=True)
class Pipeline:
    """Random changes to a picture, one after the other."""

    name: str  # of the preset, or as a person called it
    steps: Mapping[str, Any]  # what albumentations.to_dict gives of a Compose: plain JSON values
    seed: int = 0  # with another, other changes are drawn

    def to_dict(self) -> dict[str, Any]:
        """As plain values that `parse_pipeline` reads."""
        return {"name": self.name, "seed": self.seed, "steps": dict(self.steps)}


def parse_pipeline(value: str | Mapping[str, Any]) -> Pipeline:
    """A pipeline from a preset's name, from JSON text, or from its values; whatever is wrong with it is an InputError.

    Values are the short form, what albumentations' `to_dict` gives, or what `Pipeline.to_dict` gives; the first two may
    have a name and a seed beside. {"preset": NAME, "seed": NUMBER} is a preset with a seed of one's own.
    """
    if isinstance(value, str):
        text = value.strip()
        if not text.startswith(("{", "[")):
            return parse_pipeline({"preset": text})
        value = _loaded(text)
    if any(mark in value and isinstance(value[mark], str) for mark in MARKS):  # one step or group alone
        value = {"steps": dict(value)}
    for key in value:
        if key not in KEYS:
            raise InputError(f"A pipeline has no “{str(key)[:80]}”.", FORM, near_names(str(key)[:80], KEYS))
    given = [key for key in ("preset", "steps", "transform") if key in value]
    if len(given) != 1:
        raise InputError("The pipeline cannot be read.", f"It has {_listed(given)} of preset, steps, transform.", FORM)
    seed, name = _seed(value.get("seed", 0)), value.get("name", UNNAMED)
    if not isinstance(name, str) or not name.strip() or len(name) > MOST_NAME:
        raise InputError("The pipeline's name cannot be used.", f"A name has 1 to {MOST_NAME} characters.")
    if "preset" in value:
        preset = find_preset(str(value["preset"]))
        return Pipeline(preset.name, _serialised(list(preset.steps), 1.0), seed)
    return Pipeline(name, _serialised(*_steps(value[given[0]])), seed)


def _steps(value: Any) -> tuple[list[Any], Any]:
    """The steps in either form, and the share of pictures that they change."""
    if isinstance(value, list | tuple) and value:
        return list(value), 1.0
    if isinstance(value, Mapping):
        return _steps(value["transform"]) if isinstance(value.get("transform"), Mapping) else root_steps(value)
    raise InputError("The pipeline has no steps.", "", FORM)


def _serialised(steps: list[Any], p: Any) -> Mapping[str, Any]:
    """The checked steps as the library writes them, with every default."""
    made = albumentations().to_dict(built(steps, p=p))
    return dict(json.loads(json.dumps(made, default=_plain)))


def _plain(value: Any) -> Any:
    """Numbers of numpy, and sequences, as JSON has them."""
    return value.tolist() if hasattr(value, "tolist") else list(value)


def _loaded(text: str) -> Mapping[str, Any]:
    if len(text) > MOST_CHARACTERS:
        raise InputError("The pipeline is too long.", f"At most {MOST_CHARACTERS:,} characters are read.")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("The pipeline is not JSON.", str(error)[:200], FORM) from None
    if isinstance(value, list):
        return {"steps": value}
    return dict(value)


def _seed(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_SEED:
        return value
    raise InputError("The pipeline's seed cannot be used.", f"It is a whole number from 0 to {MOST_SEED:,}.")


def _listed(names: list[str]) -> str:
    return " and ".join(names) if names else "none"

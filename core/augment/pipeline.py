"""A pipeline of random changes as a value: from a preset's name or JSON, and back."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.augment.available import albumentations
from core.augment.presets import find_preset
from core.augment.reading import FORM, MOST_CHARACTERS, read_text
from core.augment.steps import MARKS, built, root_steps
from core.errors import InputError, near_names

MOST_NAME = 80  # characters
MOST_SEED = 2**63 - 1
UNNAMED = "custom"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
KEYS = ("name", "preset", "steps", "seed", "p", "transform", "__version__")
__all__ = ["MOST_CHARACTERS", "Pipeline", "parse_pipeline", "serialised"]


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
    """A pipeline from a preset's name, from JSON or YAML, or from its values; what is wrong with it is an InputError.

    Values are the short form, what albumentations' `to_dict` gives, or what `Pipeline.to_dict` gives; the first two may
    have a name and a seed beside. {"preset": NAME, "seed": NUMBER} is a preset with a seed of one's own. No steps at
    all leave every picture as it is.
    """
    try:
        given = _loaded(value.strip()) if isinstance(value, str) else value
        _check_text(given)
        return _read(given)
    except RecursionError:
        raise InputError("The pipeline is nested too deeply.", "Values hold values, too many of them.") from None


def _check_text(value: Mapping[str, Any]) -> None:
    """Refuse halves of characters, which JSON and YAML may name and no file or answer can hold."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise InputError("The pipeline cannot be read.", "It holds half a character, a lone surrogate.") from None


def _read(value: Mapping[str, Any]) -> Pipeline:
    if any(mark in value and isinstance(value[mark], str) for mark in MARKS):  # one step or group alone
        value = {"steps": dict(value)}
    for key in value:
        if key not in KEYS:
            raise InputError(f"A pipeline has no “{str(key)[:80]}”.", FORM, near_names(str(key)[:80], KEYS))
    given = [key for key in ("preset", "steps", "transform") if key in value]
    if len(given) != 1:
        raise InputError("The pipeline cannot be read.", f"It has {_listed(given)} of preset, steps, transform.", FORM)
    seed, name = _seed(value.get("seed", 0)), value.get("name", UNNAMED)
    if not isinstance(name, str) or not name.strip() or len(name) > MOST_NAME or CONTROL.search(name):
        raise InputError("The pipeline's name cannot be used.", f"A name has 1 to {MOST_NAME} characters, on one line.")
    if "preset" in value:
        preset = find_preset(str(value["preset"]))
        return Pipeline(preset.name, serialised(list(preset.steps), 1.0), seed)
    steps, share = _steps(value[given[0]])
    if "p" in value and share != 1.0:
        raise InputError("The pipeline says twice how often it changes a picture.", "", "Leave one “p” out.")
    return Pipeline(name, serialised(steps, value.get("p", share)), seed)


def _steps(value: Any) -> tuple[list[Any], Any]:
    """The steps in either form, and the share of pictures that they change."""
    if isinstance(value, list | tuple):
        return list(value), 1.0
    if isinstance(value, Mapping):
        return _steps(value["transform"]) if isinstance(value.get("transform"), Mapping) else root_steps(value)
    raise InputError("The pipeline has no steps.", "", FORM)


def serialised(steps: list[Any], p: Any) -> Mapping[str, Any]:
    """The checked steps as the library writes them, with every default.

    Written twice: some defaults are written as whole numbers and, read back, as others, and a pipeline is one value.
    """
    library = albumentations()
    once = json.loads(json.dumps(library.to_dict(built(steps, p=p)), default=_plain))
    again, share = root_steps(once["transform"])
    return dict(json.loads(json.dumps(library.to_dict(built(again, p=share)), default=_plain)))


def _plain(value: Any) -> Any:
    """Numbers of numpy, and sequences, as JSON has them."""
    return value.tolist() if hasattr(value, "tolist") else list(value)


def _loaded(text: str) -> Mapping[str, Any]:
    """The values in a text; one line without a colon is a preset's name."""
    if not text.startswith(("{", "[", "- ")) and ":" not in text and "\n" not in text:
        return {"preset": text.encode("utf-8", "replace").decode()}
    value = read_text(text)
    return {"steps": value} if isinstance(value, list) else {str(key): item for key, item in value.items()}


def _seed(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_SEED:
        return value
    raise InputError("The pipeline's seed cannot be used.", f"It is a whole number from 0 to {MOST_SEED:,}.")


def _listed(names: list[str]) -> str:
    return " and ".join(names) if names else "none"

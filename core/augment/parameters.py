"""What each transform can be told: kind, bounds and choices of its parameters, from the library's own schemas.

A newer library brings its new transforms and bounds along. Bounds stand in a schema in three ways: as constraints,
inside the closures of shared validators, and in validators of one class, which are asked with numbers.
"""

import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from core.augment.available import NOT_PARAMETERS, find_transform, parameters_of, transforms
from core.augment.bounds import Bounds, declared, probed
from core.augment.leaves import Leaves, leaves_of

# Of masks, boxes, key points or functions, which pictures do not have here.
LEFT_ASIDE = NOT_PARAMETERS | {"mask", "mask_params", "mask_drop_value", "keypoint_remapping_method", "rotate_method"}
COLOUR_NAME = re.compile(r"fill|color|drop_value")
RANGE_NAME = re.compile(r"(_limit|_range|^limit|^rotate|^scale|^shear|^ratio)$")
ARGUMENT = re.compile(r"^(?P<name>\w+)(?: *\(.*?\))?: *(?P<about>.*)$")
SENTENCE_END = re.compile(r"(?<=[a-z)’'\"]\.) (?=[A-Z])")
OTHERS = re.compile(r"(an image|images?)(?:,? (?:and |or )?(?:masks?|bounding boxes|keypoints?))+", re.IGNORECASE)
# What is filled in where the library has no default, or one that suits large pictures only.
SUGGESTED: Mapping[str, Any] = {
    "height": 64, "width": 64, "size": [64, 64], "min_max_height": [32, 64], "num_grid_xy": [4, 4], "magnitude": 10,
}  # fmt: skip
ALSO_SUGGESTED: Mapping[str, Mapping[str, Any]] = {
    "LongestMaxSize": {"max_size": 256},
    "SmallestMaxSize": {"max_size": 256},
    "CropAndPad": {"percent": 0.1},
    "Crop": {"x_max": 64, "y_max": 64, "pad_if_needed": True},
    "RandomCrop": {"pad_if_needed": True},
    "CenterCrop": {"pad_if_needed": True},
    "PadIfNeeded": {"min_height": 256, "min_width": 256},
    "Pad": {"padding": 16},
}
RESAMPLING = {0: "Nearest", 1: "Linear", 2: "Cubic", 3: "Area", 4: "Lanczos", 5: "Linear, exact", 6: "Nearest, exact"}
BORDERS = {0: "One colour", 1: "Edge repeated", 2: "Mirrored", 3: "Wrapped around", 4: "Mirrored, edge once"}


class Kind(StrEnum):
    """What sort of value a parameter takes."""

    SWITCH = "switch"  # true or false
    WHOLE = "whole"  # a whole number
    NUMBER = "number"
    RANGE = "range"  # two numbers between which is drawn
    NUMBERS = "numbers"  # so many numbers
    CHOICE = "choice"  # one of some values
    COLOUR = "colour"  # a number from 0 to 255, three of them, or one of some words
    VALUE = "value"  # anything else, as JSON


@dataclass(frozen=True)
class ParameterFact:
    """One parameter of a transform."""

    name: str
    kind: Kind
    about: str  # what it does, by the library's documentation
    default: Any  # plain JSON value; what is suggested where there is none
    required: bool  # the library has no default
    nullable: bool  # may be left open
    whole: bool  # its numbers have no fraction
    low: float | None = None  # the least that can be used; None without such a bound
    high: float | None = None
    low_open: bool = False  # the bound itself cannot be used
    high_open: bool = False
    choices: tuple[Any, ...] = ()
    length: int = 0  # how many numbers; 0 where that is open
    either: bool = False  # of a range: fractions of the picture, or pixels where both are whole numbers above 1

    @property
    def words(self) -> Mapping[Any, str]:
        """What the choices mean, where they are numbers of the library."""
        named = RESAMPLING if self.name == "interpolation" else BORDERS if self.name == "border_mode" else {}
        return {choice: named[choice] for choice in self.choices if choice in named}


def parameter_facts(transform: str) -> tuple[ParameterFact, ...]:
    """The parameters of a transform in the library's order, or an InputError where there is no such transform."""
    return _facts(find_transform(transform).__name__)


def suggested(transform: str) -> dict[str, Any]:
    """The transform as a step that works as it stands, in the short form."""
    kind = find_transform(transform)
    given = {name: SUGGESTED[name] for name in _required(kind) if name in SUGGESTED}
    p = parameters_of(kind)["p"].default
    return {"transform": kind.__name__, **given, **ALSO_SUGGESTED.get(kind.__name__, {}), "p": float(p)}


def first_sentence(text: str) -> str:
    """The first sentence of a description, without the library's line breaks, marks, and what is not about images."""
    flat = OTHERS.sub(r"\1", " ".join(text.replace("**", "").replace("`", "").split()))
    first = SENTENCE_END.split(flat, maxsplit=1)[0].rstrip(": ")
    return first if not first or first.endswith((".", "!", "?")) else f"{first}."


def known_transforms() -> dict[str, str]:
    """Every transform that a pipeline may name, with one sentence about it."""
    return dict(_known())


@lru_cache(maxsize=1)
def _known() -> tuple[tuple[str, str], ...]:
    return tuple((fact.name, first_sentence(fact.about)) for fact in transforms())


@lru_cache(maxsize=256)
def _facts(name: str) -> tuple[ParameterFact, ...]:
    kind = find_transform(name)
    about = _arguments(inspect.getdoc(kind) or "")
    known = parameters_of(kind)
    fields = kind.InitSchema.model_fields
    shown = [key for key in known if key in fields and key not in LEFT_ASIDE]
    shown.sort(key=lambda key: key == "p")
    return tuple(_fact(kind, key, known[key], fields[key], about.get(key, "")) for key in shown)


def _fact(kind: Any, name: str, parameter: inspect.Parameter, field: Any, about: str) -> ParameterFact:
    leaves = leaves_of(field.annotation, field.metadata)
    required = parameter.default is inspect.Parameter.empty
    default = suggested(kind.__name__).get(name) if required else plain(parameter.default)
    sort = _sort(name, leaves, default)
    bounds = declared(leaves.metadata)
    checked = [item for found in kind.InitSchema.__pydantic_decorators__.field_validators.values() for item in
               found.info.fields]  # fmt: skip
    if name in checked and sort in (Kind.WHOLE, Kind.NUMBER, Kind.RANGE):
        step = {key: value for key, value in suggested(kind.__name__).items() if key not in ("transform", name)}
        bounds = bounds.filled(probed(kind, name, step, pair=sort is Kind.RANGE, whole=leaves.whole))
    if sort is Kind.COLOUR or (COLOUR_NAME.search(name) and sort is Kind.NUMBER):
        bounds = Bounds(0, 255)
    return ParameterFact(
        name=name,
        kind=sort,
        about=about,
        default=default,
        required=required,
        nullable=leaves.nullable,
        whole=leaves.whole,
        low=_number(bounds.low, leaves.whole),
        high=_number(bounds.high, leaves.whole),
        low_open=bounds.low_open,
        high_open=bounds.high_open,
        choices=leaves.literals,
        length=leaves.lengths[0] if sort is Kind.NUMBERS else 2 if sort is Kind.RANGE else 0,
        either=sort is Kind.RANGE and leaves.either,
    )


def _sort(name: str, leaves: Leaves, default: Any) -> Kind:
    """The plainest kind that most values of a parameter have."""
    if leaves.switch and not leaves.scalar and not leaves.lengths:
        return Kind.SWITCH
    if COLOUR_NAME.search(name) and leaves.any_length:
        return Kind.COLOUR
    if leaves.literals and not leaves.scalar and not leaves.lengths and not leaves.other:
        return Kind.CHOICE
    if leaves.lengths == (2,) and (leaves.drawn or RANGE_NAME.search(name) or _is_span(leaves, default)):
        return Kind.RANGE
    if len(leaves.lengths) == 1 and not leaves.scalar and not leaves.other:
        return Kind.NUMBERS
    if leaves.scalar and not isinstance(default, list | dict):
        return Kind.WHOLE if leaves.whole else Kind.NUMBER
    return Kind.VALUE


def _number(bound: float | None, whole: bool) -> float | None:
    return int(bound) if whole and bound is not None else bound


def _is_span(leaves: Leaves, default: Any) -> bool:
    """Whether a pair is two ends rather than two sides: a single number would do as well, or one is lower."""
    return leaves.scalar or (isinstance(default, list) and len(default) == 2 and default[0] < default[1])


def _required(kind: Any) -> list[str]:
    return [name for name, item in parameters_of(kind).items() if item.default is inspect.Parameter.empty]


def plain(value: Any) -> Any:
    """A default as JSON has it."""
    return json.loads(json.dumps(value, default=list))


def _arguments(text: str) -> dict[str, str]:
    """The sentences about each argument in a docstring of Google's style."""
    found: dict[str, str] = {}
    part = text.partition("Args:\n")[2]
    name, depth = "", None
    for line in part.splitlines():
        bare = line.strip()
        indent = len(line) - len(line.lstrip())
        if bare and indent == 0:
            break
        depth = indent if depth is None and bare else depth
        match = ARGUMENT.match(bare) if indent == depth else None
        if match:
            name = match["name"]
            found[name] = match["about"]
        elif name and bare and not bare.startswith(("-", "*", "•")):
            found[name] += f" {bare}"
        elif bare:
            name = ""
    return {key: first_sentence(value) for key, value in found.items()}

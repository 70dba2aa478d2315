"""One number of one step, and pictures of what it does: the same picture with the number at several values.

A range, from which a number is drawn for each picture, is set to one value at both of its ends. All else that the step
draws stays the same from one picture to the next, since their seed does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image

from core.augment.parameters import Kind, ParameterFact, parameter_facts
from core.augment.pipeline import Pipeline, parse_pipeline
from core.augment.preview import Variant, variants
from core.augment.steps import root_steps
from core.augment.words import name_in_words
from core.errors import InputError, near_names

FRAMES = 8
SIZES = frozenset({"size", "grid", "tile_grid_size", "num_grid_xy"})  # two numbers that are no range
ODD = frozenset({"blur_limit", "kernel_size"})  # sizes of kernels
# Where the picture is as it was, and where it is hardly to be made out any more.
WIDTHS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("Rotate", "limit"): (-180, 180),
    ("SafeRotate", "limit"): (-180, 180),
    ("Affine", "rotate"): (-180, 180),
    ("Affine", "scale.x"): (0.25, 2),
    ("Affine", "scale.y"): (0.25, 2),
    ("Affine", "shear.x"): (-45, 45),
    ("Affine", "shear.y"): (-45, 45),
    ("Affine", "translate_percent.x"): (-0.5, 0.5),
    ("Affine", "translate_percent.y"): (-0.5, 0.5),
    ("ShiftScaleRotate", "rotate_limit"): (-180, 180),
    ("RandomCropFromBorders", "crop_left"): (0, 0.45),
    ("RandomCropFromBorders", "crop_right"): (0, 0.45),
    ("RandomCropFromBorders", "crop_top"): (0, 0.45),
    ("RandomCropFromBorders", "crop_bottom"): (0, 0.45),
    ("CoarseDropout", "num_holes_range"): (1, 24),
    ("CoarseDropout", "hole_height_range"): (0.05, 0.75),
    ("CoarseDropout", "hole_width_range"): (0.05, 0.75),
    ("GridDropout", "ratio"): (0.1, 0.8),
    ("ImageCompression", "quality_range"): (1, 100),
    ("GaussianBlur", "sigma_limit"): (0, 8),
    ("GaussNoise", "std_range"): (0, 0.5),
    ("RandomBrightnessContrast", "brightness_limit"): (-0.8, 0.8),
    ("RandomBrightnessContrast", "contrast_limit"): (-0.8, 0.8),
    ("HueSaturationValue", "hue_shift_limit"): (-90, 90),
    ("HueSaturationValue", "sat_shift_limit"): (-100, 100),
    ("HueSaturationValue", "val_shift_limit"): (-100, 100),
    ("ColorJitter", "brightness"): (0, 2),
    ("ColorJitter", "contrast"): (0, 2),
    ("ColorJitter", "saturation"): (0, 2),
    ("ColorJitter", "hue"): (-0.5, 0.5),
    ("RandomGamma", "gamma_limit"): (30, 250),
    ("Perspective", "scale"): (0, 0.3),
    ("Posterize", "num_bits"): (1, 7),
    ("Blur", "blur_limit"): (3, 31),
    ("MedianBlur", "blur_limit"): (3, 31),
    ("MotionBlur", "blur_limit"): (3, 31),
}


@dataclass(frozen=True)
class Dial:
    """A number of a step that can be turned."""

    path: tuple[int, ...]  # of the step in the pipeline, from 0, through groups
    transform: str
    parameter: str  # with the part of one that has parts, such as “scale.x”
    low: float  # as the pipeline has it; the same as `high` where it is no range
    high: float
    ranged: bool
    whole: bool  # whole numbers alone
    least: float | None = None  # that the library takes; None without such a bound
    most: float | None = None

    @property
    def name(self) -> str:
        """As a link has it."""
        return f"{'.'.join(map(str, self.path))}:{self.parameter}"


@dataclass(frozen=True)
class Frame:
    """One picture of the filmstrip."""

    value: float
    variant: Variant


def dials(pipeline: Pipeline) -> tuple[Dial, ...]:
    """Every number of every step that can be turned, in the pipeline's order."""
    return tuple(dial for path, step in leaves(pipeline) for dial in _dials(path, step))


def find_dial(pipeline: Pipeline, name: str) -> Dial:
    """A dial by its name, or an InputError with near ones."""
    known = {dial.name: dial for dial in dials(pipeline)}
    if name in known:
        return known[name]
    raise InputError(f"No step of the pipeline has the number “{name[:80]}”.", "", near_names(name[:80], known))


def leaves(pipeline: Pipeline) -> Iterator[tuple[tuple[int, ...], Mapping[str, Any]]]:
    """Every transform of a pipeline with its path, groups opened."""
    return _leaves(root_steps(pipeline.steps["transform"])[0], ())


def name_of(step: Mapping[str, Any]) -> str:
    """A step's name without the module that a full one has."""
    return str(step["__class_fullname__"]).rpartition(".")[2]


def usual_span(dial: Dial) -> tuple[float, float]:
    """From where to where a filmstrip goes at first: the library's bounds, or what can be told apart within them."""
    bounded = (dial.low, dial.high) if dial.least is None or dial.most is None else (dial.least, dial.most)
    low, high = WIDTHS.get((dial.transform, dial.parameter), bounded)
    low, high = min(low, dial.low), max(high, dial.high)
    if low == high:
        low, high = (0.0, 2 * high) if high > 0 else (2 * low, 0.0) if low < 0 else (0.0, 1.0)
    return float(max(low, _or(dial.least, low))), float(min(high, _or(dial.most, high)))


def values(dial: Dial, low: float, high: float, frames: int = FRAMES) -> tuple[float, ...]:
    """Values from one end to the other, evenly apart; whole or odd where the number has to be."""
    spread = [float(value) for value in np.linspace(low, high, frames)]
    if dial.parameter in ODD:
        spread = [2.0 * round((value - 1) / 2) + 1 for value in spread]
    elif dial.whole:
        spread = [float(round(value)) for value in spread]
    return tuple(dict.fromkeys(float(f"{value:.9g}") for value in spread))


def film(
    pipeline: Pipeline, dial: Dial, image: Image.Image, low: float, high: float, key: str = "", number: int = 0
) -> Iterator[Frame]:
    """The picture after the dial's step alone, at each value; a value that cannot be had says why."""
    step = dict(leaves(pipeline))[dial.path]
    for value in values(dial, low, high):
        try:
            alone = only(pipeline, _set(step, dial, value))
        except InputError as error:
            yield Frame(value, Variant(number, None, failure=f"{error.title} {error.detail}".strip()))
            continue
        yield Frame(value, next(variants(alone, image, [number], key)))


def only(pipeline: Pipeline, step: Mapping[str, Any]) -> Pipeline:
    """The pipeline with one step alone, which is always taken."""
    alone = parse_pipeline({"name": name_in_words(name_of(step))[:80], "steps": [{**step, "p": 1.0}]})
    return replace(alone, seed=pipeline.seed)


def _leaves(steps: Sequence[Any], above: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Mapping[str, Any]]]:
    for place, step in enumerate(steps):
        if "transforms" in step:
            yield from _leaves(step["transforms"], (*above, place))
        else:
            yield (*above, place), step


def _dials(path: tuple[int, ...], step: Mapping[str, Any]) -> Iterator[Dial]:
    facts = {fact.name: fact for fact in parameter_facts(name_of(step))}
    for parameter, value in step.items():
        fact = facts.get(parameter)
        if fact is None or fact.choices or parameter in ("p", "num_output_channels", *SIZES):
            continue
        parts = value.items() if isinstance(value, Mapping) else [("", value)]
        for part, held in parts:
            ends = _ends(held)
            if ends is not None and not (fact.kind is Kind.COLOUR or (part and not isinstance(held, list))):
                named, whole = f"{parameter}.{part}" if part else parameter, all(isinstance(end, int) for end in ends)
                low, high = map(float, ends)
                yield Dial(path, name_of(step), named, low, high, isinstance(held, list), whole, *_bounds(fact))


def _ends(value: Any) -> tuple[float, float] | None:
    """Both ends of a range, or a number twice; None for all else."""
    pair = value if isinstance(value, list) else [value, value]
    numbers = all(isinstance(item, int | float) and not isinstance(item, bool) for item in pair)
    return (pair[0], pair[1]) if len(pair) == 2 and numbers else None


def _bounds(fact: ParameterFact) -> tuple[float | None, float | None]:
    """What the library takes; a bound that cannot be used itself gives way by a little."""
    little = 1.0 if fact.whole else 0.01
    low = fact.low + little * fact.low_open if fact.low is not None else None
    return low, fact.high - little * fact.high_open if fact.high is not None else None


def _or(bound: float | None, other: float) -> float:
    return other if bound is None else bound


def _set(step: Mapping[str, Any], dial: Dial, value: float) -> dict[str, Any]:
    """The step with its number at a value."""
    number: float = int(value) if dial.whole else value
    held: Any = [number, number] if dial.ranged else number
    parameter, _, part = dial.parameter.partition(".")
    changed = {**step[parameter], part: held} if part else held
    return {**step, parameter: changed}

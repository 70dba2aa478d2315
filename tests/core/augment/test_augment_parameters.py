"""What transforms can be told: kinds and bounds as the library itself takes and refuses them."""

import numpy as np
import pytest
from PIL import Image

from core.augment.apply import apply
from core.augment.available import transforms
from core.augment.explain import bounds_words, explain
from core.augment.parameters import (
    Kind,
    ParameterFact,
    first_sentence,
    known_transforms,
    parameter_facts,
    suggested,
)
from core.augment.pipeline import parse_pipeline
from core.errors import InputError

ALL = [(fact.name, parameter) for fact in transforms() for parameter in parameter_facts(fact.name)]


def fact(transform: str, name: str) -> ParameterFact:
    return next(item for item in parameter_facts(transform) if item.name == name)


def takes(transform: str, name: str, value: object) -> bool:
    try:
        parse_pipeline({"steps": [{**suggested(transform), name: value}]})
    except InputError:
        return False
    return True


def test_every_transform_works_as_it_is_suggested() -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (80, 60, 3), dtype=np.uint8))
    assert len(known_transforms()) > 80
    for name, about in known_transforms().items():
        assert about.endswith("."), name
        assert "bounding" not in about, name
        made = apply(parse_pipeline({"steps": [suggested(name)]}), image)
        assert made.image.size, name


@pytest.mark.parametrize(
    ("transform", "name", "kind", "low", "high"),
    [
        ("Rotate", "limit", Kind.RANGE, None, None),
        ("GaussNoise", "std_range", Kind.RANGE, 0, 1),  # in a validator's closure
        ("AdvancedBlur", "beta_limit", Kind.RANGE, 0, None),  # in a shared type
        ("AutoContrast", "cutoff", Kind.NUMBER, 0, 100),  # a constraint
        ("ColorJitter", "hue", Kind.RANGE, -0.5, 0.5),  # in a validator of one class
        ("ColorJitter", "brightness", Kind.RANGE, 0, None),
        ("GridDistortion", "distort_limit", Kind.RANGE, -1, 1),
        ("GridDropout", "unit_size_range", Kind.RANGE, 2, None),  # inside an Optional
        ("ImageCompression", "quality_range", Kind.RANGE, 1, 100),
        ("ImageCompression", "compression_type", Kind.CHOICE, None, None),
        ("RandomCrop", "height", Kind.WHOLE, 1, None),
        ("RandomResizedCrop", "size", Kind.NUMBERS, 1, None),
        ("RandomShadow", "shadow_roi", Kind.NUMBERS, None, None),
        ("Affine", "fit_output", Kind.SWITCH, None, None),
        ("Affine", "fill", Kind.COLOUR, 0, 255),
        ("Affine", "scale", Kind.RANGE, None, None),
        ("RandomRain", "drop_color", Kind.COLOUR, 0, 255),
        ("Downscale", "interpolation_pair", Kind.VALUE, None, None),
        ("Rotate", "p", Kind.NUMBER, 0, 1),
    ],
)
def test_a_parameter_is_known_with_its_bounds(
    transform: str, name: str, kind: Kind, low: float | None, high: float | None
) -> None:
    found = fact(transform, name)
    assert (found.kind, found.low, found.high) == (kind, low, high)


def test_bounds_are_those_of_the_library() -> None:
    """The bound itself is taken where it is said to be, and a little beyond it nothing is."""
    seen = 0
    for transform, found in ALL:
        if found.kind not in (Kind.WHOLE, Kind.NUMBER, Kind.RANGE) or found.nullable or found.name == "fill":
            continue
        for bound, is_open, outwards in ((found.low, found.low_open, -1), (found.high, found.high_open, 1)):
            if bound is None:
                continue
            beyond = bound + outwards * (1 if found.whole else 0.001)
            for number, fine in ((bound, not is_open), (beyond, False)):
                value = [number, number] if found.kind is Kind.RANGE else number
                if found.either and number == bound:
                    continue
                assert bool(explain(found, value)) != fine, (transform, found.name, value)
                if not fine:
                    assert not takes(transform, found.name, value), (transform, found.name, value)
                    seen += 1
    assert seen > 150


def test_every_default_is_fine_and_every_parameter_is_explained() -> None:
    explained = [bool(found.about) for _, found in ALL]
    assert sum(explained) > 0.9 * len(explained)
    for transform, found in ALL:
        assert not explain(found, found.default), (transform, found)


@pytest.mark.parametrize(
    ("transform", "name", "value", "said"),
    [
        ("Rotate", "limit", [30, -30], "The first number is larger than the second: 30 and −30."),
        ("Rotate", "limit", [-1e308, 1e308], "-1e+308 is too much: numbers from -8,192 to 8,192 can be used."),
        ("Rotate", "limit", [0, float("nan")], "nan is too much: numbers from -8,192 to 8,192 can be used."),
        ("Rotate", "p", 2, "From 0 to 1, not 2."),
        ("RandomCrop", "height", 0, "At least 1, not 0."),
        ("RandomCrop", "height", 10**400, "inf is too much: numbers from -8,192 to 8,192 can be used."),
        ("RandomCrop", "height", 2.5, "It is a whole number, not 2.5."),
        ("RandomCrop", "height", None, "It cannot be left empty."),
        ("GridDropout", "ratio", 0, "More than 0 and at most 1, not 0."),
        ("RandomShadow", "shadow_roi", [0, 1], "It takes 4 numbers, not 2."),
        ("Rotate", "interpolation", 9, "It is one of Nearest, Linear, Cubic, Area, Lanczos."),
        ("Rotate", "fill", [0, 300, 0], "A colour has numbers from 0 to 255."),
        ("Rotate", "limit", "ten", "It is a number, or numbers in brackets."),
        ("Rotate", "limit", [None, 20], "Fill in both numbers."),
        ("Downscale", "interpolation_pair", "{", "It cannot be read as JSON."),
        ("Rotate", "limit", [-20, 20], ""),
        ("GridDropout", "unit_size_range", None, ""),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(transform: str, name: str, value: object, said: str) -> None:
    assert explain(fact(transform, name), value) == said


def test_bounds_in_words() -> None:
    assert bounds_words(fact("Rotate", "p")) == "From 0 to 1"
    assert bounds_words(fact("RandomSunFlare", "src_radius")) == "More than 1"
    assert bounds_words(fact("Rotate", "limit")) == ""


def test_a_fault_that_the_library_only_remarks_on_is_refused() -> None:
    with pytest.raises(InputError, match="Posterize"):
        parse_pipeline({"steps": [{"transform": "Posterize", "num_bits": []}]})


def test_one_sentence() -> None:
    assert first_sentence("Warps ``images``,\n masks, and keypoints. Slowly.") == "Warps images."
    assert first_sentence("Method:") == "Method."
    assert first_sentence("") == ""

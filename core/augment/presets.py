"""Pipelines that have a name, in the short form that a person could have typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import NotFoundError, near_names

SQUARE = 256  # pixels: side of the square that pictures are fitted into
LONGEST = 512  # pixels: long side of pictures that only become smaller or larger
WHITE = 255


@dataclass(frozen=True)
class Preset:
    """A pipeline that has a name."""

    name: str
    title: str
    about: str  # one sentence
    steps: tuple[Mapping[str, Any], ...]  # each “transform” with its parameters
    draws: bool = True  # whether anything is left to chance


def presets() -> tuple[Preset, ...]:
    """Every preset, plainest first: those that draw something, then those that always do the same."""
    return (*_drawing(), *_plain())


def _drawing() -> tuple[Preset, ...]:
    return (
        Preset(
            "crop-resize",
            "Crop and resize",
            "Cuts up to 20 % off the width and off the height, then fits the picture into a square of 256 pixels, "
            "white around it.",
            (
                _step("RandomCropFromBorders", crop_left=0.1, crop_right=0.1, crop_top=0.1, crop_bottom=0.1),
                *_fitted(),
            ),
        ),
        Preset(
            "weak",
            "Weak",
            "Small changes of framing and light, and a mirror image every other time.",
            (
                _step("HorizontalFlip", p=0.5),
                _step("RandomCropFromBorders", crop_left=0.05, crop_right=0.05, crop_top=0.05, crop_bottom=0.05),
                _step("RandomBrightnessContrast", brightness_limit=0.1, contrast_limit=0.1, p=0.8),
            ),
        ),
        Preset(
            "strong",
            "Strong",
            "Turns, shears, recolours, blurs and covers parts, often several at once.",
            (
                _step("HorizontalFlip", p=0.5),
                _affine(scale=[0.75, 1.25], rotate=[-30, 30], shear=[-10, 10], p=0.9),
                _step(
                    "ColorJitter", brightness=[0.6, 1.4], contrast=[0.6, 1.4], saturation=[0.5, 1.5], hue=[-0.1, 0.1]
                ),
                _quality(p=0.5),
                _holes(p=0.5),
            ),
        ),
        Preset(
            "photometric",
            "Light and colour",
            "Changes light, colour and quality, and leaves every shape where it is.",
            (
                _step("RandomBrightnessContrast", p=0.8),
                _step("HueSaturationValue", hue_shift_limit=12, sat_shift_limit=30, val_shift_limit=15, p=0.7),
                _step("RandomGamma", p=0.3),
                _quality(p=0.4),
            ),
        ),
        Preset(
            "geometric",
            "Shape and place",
            "Mirrors, turns, shifts and tilts, and leaves every colour as it is.",
            (
                _step("HorizontalFlip", p=0.5),
                _affine(scale=[0.85, 1.15], rotate=[-20, 20], shear=[-8, 8], p=0.9),
                _step("Perspective", scale=[0.03, 0.08], border_mode=0, fill=WHITE, p=0.4),
            ),
        ),
        Preset(
            "occlusion",
            "Occlusion",
            "Covers parts of the picture, as things that stand in front of it would.",
            (_one_of(_holes(p=1), _step("GridDropout", ratio=0.4, holes_number_xy=[4, 4], random_offset=True), p=1),),
        ),
    )


def _plain() -> tuple[Preset, ...]:
    fixed = (
        ("as-is", "As it is", "Changes nothing; choose a format, a quality or a colour space.", ()),
        (
            "fit-square",
            "Fit into a square",
            "Scales the picture to fit into a square of 256 pixels, white around it.",
            _fitted(),
        ),
        (
            "fill-square",
            "Fill a square",
            "Scales the picture to cover a square of 256 pixels, and cuts off what stands out evenly.",
            (
                _step("SmallestMaxSize", max_size=SQUARE, interpolation=2),
                _step("CenterCrop", height=SQUARE, width=SQUARE),
            ),
        ),
        (
            "longest-side",
            "Longest side",
            "Scales the picture so that its longest side has 512 pixels.",
            (_step("LongestMaxSize", max_size=LONGEST, interpolation=2),),
        ),
        (
            "pad",
            "Pad",
            "Puts white around the picture where it has fewer than 256 pixels across or down; scales nothing.",
            (_padded(),),
        ),
        ("greyscale", "Greyscale", "Takes the colours out.", (_step("ToGray"),)),
    )
    return tuple(Preset(name, title, about, steps, draws=False) for name, title, about, steps in fixed)


def find_preset(name: str) -> Preset:
    """The preset of that name, or a NotFoundError with near names."""
    known = {preset.name: preset for preset in presets()}
    if name in known:
        return known[name]
    hint = f"{near_names(name[:80], known)} Or write the steps as JSON."
    raise NotFoundError(f"There is no augmentation preset “{name[:80]}”.", "", hint)


def _fitted() -> tuple[Mapping[str, Any], ...]:
    return (_step("LongestMaxSize", max_size=SQUARE, interpolation=2), _padded())


def _padded() -> Mapping[str, Any]:
    return _step("PadIfNeeded", min_height=SQUARE, min_width=SQUARE, border_mode=0, fill=WHITE)


def _step(transform: str, **parameters: Any) -> Mapping[str, Any]:
    return {"transform": transform, "p": 1.0, **parameters}


def _one_of(*steps: Mapping[str, Any], p: float) -> Mapping[str, Any]:
    return {"transform": "OneOf", "steps": list(steps), "p": p}


def _affine(**parameters: Any) -> Mapping[str, Any]:
    shift = {"x": [-0.08, 0.08], "y": [-0.08, 0.08]}
    return _step("Affine", translate_percent=shift, border_mode=0, fill=WHITE, **parameters)


def _holes(p: float) -> Mapping[str, Any]:
    return _step("CoarseDropout", num_holes_range=[1, 5], fill="random_uniform", p=p)


def _quality(p: float) -> Mapping[str, Any]:
    blur, noise = (
        _step("GaussianBlur", blur_limit=0, sigma_limit=[0.3, 1.2]),
        _step("GaussNoise", std_range=[0.02, 0.1]),
    )
    return _one_of(blur, noise, _step("ImageCompression", quality_range=[40, 90]), p=p)

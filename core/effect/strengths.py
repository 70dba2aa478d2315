"""What is measured of a pipeline: the whole of it, and each of its transforms alone at a few strengths.

A transform's strength is the share of its own range, from where it changes nothing: turning by up to 30° at half its
strength is turning by up to 15°. Transforms that have no such range, as a mirror image has none, go as they are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.augment.film import leaves, name_of, only
from core.augment.pipeline import Pipeline
from core.augment.words import MINUS, name_in_words, short_number
from core.errors import InputError

SHARES = (0.25, 0.5, 1.0)
WHOLE, UNCHANGED = "whole", "unchanged"
# Where each number of a transform changes nothing, by the name that the library writes; these are what strength scales.
NEUTRAL: Mapping[str, Mapping[str, float]] = {
    "Affine": {"rotate": 0, "scale": 1, "shear": 0, "translate_percent": 0, "translate_px": 0},
    "ChromaticAberration": {"primary_distortion_limit": 0, "secondary_distortion_limit": 0},
    "CoarseDropout": {"hole_height_range": 0, "hole_width_range": 0},
    "ColorJitter": {"brightness": 1, "contrast": 1, "saturation": 1, "hue": 0},
    "CropAndPad": {"percent": 0, "px": 0},
    "Downscale": {"scale_range": 1},
    "ElasticTransform": {"alpha": 0},
    "Emboss": {"alpha": 0},
    "Erasing": {"scale": 0},
    "FancyPCA": {"alpha": 0},
    "GaussNoise": {"mean_range": 0, "std_range": 0},
    "GaussianBlur": {"sigma_limit": 0},
    "GridDistortion": {"distort_limit": 0},
    "GridDropout": {"ratio": 0},
    "HueSaturationValue": {"hue_shift_limit": 0, "sat_shift_limit": 0, "val_shift_limit": 0},
    "ISONoise": {"color_shift": 0, "intensity": 0},
    "Illumination": {"intensity_range": 0},
    "ImageCompression": {"quality_range": 100},
    "MultiplicativeNoise": {"multiplier": 1},
    "OpticalDistortion": {"distort_limit": 0},
    "Perspective": {"scale": 0},
    "PiecewiseAffine": {"scale": 0},
    "PixelDropout": {"dropout_prob": 0},
    "PlasmaBrightnessContrast": {"brightness_range": 0, "contrast_range": 0},
    "PlasmaShadow": {"shadow_intensity_range": 0},
    "RGBShift": {"r_shift_limit": 0, "g_shift_limit": 0, "b_shift_limit": 0},
    "RandomBrightnessContrast": {"brightness_limit": 0, "contrast_limit": 0},
    "RandomCropFromBorders": {"crop_left": 0, "crop_right": 0, "crop_top": 0, "crop_bottom": 0},
    "RandomFog": {"fog_coef_range": 0},
    "RandomGamma": {"gamma_limit": 100},
    "RandomResizedCrop": {"scale": 1, "ratio": 1},
    "RandomScale": {"scale_limit": 0},
    "RandomShadow": {"shadow_intensity_range": 0},
    "RandomToneCurve": {"scale": 0},
    "Rotate": {"limit": 0},
    "SafeRotate": {"limit": 0},
    "SaltAndPepper": {"amount": 0},
    "Sharpen": {"alpha": 0},
    "ShiftScaleRotate": {"shift_limit_x": 0, "shift_limit_y": 0, "scale_limit": 0, "rotate_limit": 0},
    "ShotNoise": {"scale_range": 0},
    "Superpixels": {"p_replace": 0},
    "ThinPlateSpline": {"scale_range": 0},
    "UnsharpMask": {"alpha": 0},
}
UNITS: Mapping[tuple[str, str], str] = {
    ("Rotate", "limit"): "°",
    ("SafeRotate", "limit"): "°",
    ("Affine", "rotate"): "°",
    ("Affine", "shear"): "°",
    ("ShiftScaleRotate", "rotate_limit"): "°",
}


@dataclass(frozen=True)
class Arrangement:
    """One way to change the images that are measured."""

    kind: str  # WHOLE, UNCHANGED, or the transform's name
    step: str  # the transform's place in the pipeline, such as “3.2”, from 1; "" where it is no transform
    share: float  # of its range; 1 where it goes as it is
    scaled: bool  # whether it has a range to take a share of
    words: str  # what a person reads, such as “Rotate, limit −15° to 15°”
    pipeline: Pipeline | None  # None changes nothing


def arrangements(pipeline: Pipeline, *, steps: bool = True) -> tuple[Arrangement, ...]:
    """The images as they are, the whole pipeline, then each of its transforms alone, weakest first."""
    found = [
        Arrangement(UNCHANGED, "", 1.0, False, "Unchanged", None),
        Arrangement(WHOLE, "", 1.0, False, "The whole pipeline", pipeline),
    ]
    for path, step in leaves(pipeline) if steps else ():
        found.extend(_alone(pipeline, ".".join(str(place + 1) for place in path), step))
    return tuple(found)


def scaled(step: Mapping[str, Any], share: float) -> dict[str, Any]:
    """A transform with its numbers moved towards where they change nothing; 1 leaves them, 0 is nothing at all."""
    return {**step, **{key: _moved(step[key], middle, share) for key, middle in _scalable(step).items()}}


def _alone(pipeline: Pipeline, place: str, step: Mapping[str, Any]) -> Iterator[Arrangement]:
    name = name_of(step)
    if not _scalable(step):
        yield Arrangement(name, place, 1.0, False, name_in_words(name), only(pipeline, step))
        return
    for share in SHARES:
        changed = scaled(step, share)
        try:
            alone = only(pipeline, changed)
        except InputError:  # the library bounds the number from below
            continue
        yield Arrangement(name, place, share, True, _words(changed), alone)


def _scalable(step: Mapping[str, Any]) -> dict[str, float]:
    """The numbers of a step that strength scales, those aside that change nothing as they are."""
    neutral = NEUTRAL.get(name_of(step), {})
    return {
        key: middle
        for key, middle in neutral.items()
        if key in step and any(number != middle for number in _numbers(step[key]))
    }


def _moved(value: Any, middle: float, share: float) -> Any:
    if isinstance(value, Mapping):
        return {key: _moved(item, middle, share) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_moved(item, middle, share) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    moved = value if share == 1 else middle + (value - middle) * share
    return round(moved) if isinstance(value, int) else moved


def _numbers(value: Any) -> list[float]:
    if isinstance(value, Mapping):
        return [number for item in value.values() for number in _numbers(item)]
    if isinstance(value, list | tuple):
        return [number for item in value for number in _numbers(item)]
    return [float(value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


def _words(step: Mapping[str, Any]) -> str:
    """The transform and its ranges: “Rotate, limit ±15°”."""
    name, told = name_of(step), []
    for key in _scalable(step):
        unit = UNITS.get((name, key), "")
        told.append(f"{key.replace('_', ' ')} {_range(_numbers(step[key]), unit)}")
    return ", ".join([name_in_words(name), *told])


def _range(numbers: list[float], unit: str) -> str:
    low, high = min(numbers), max(numbers)
    if low == high:
        return f"{short_number(low)}{unit}"
    if low == -high:
        return f"±{short_number(high)}{unit}"
    return f"{short_number(low)}{unit} to {short_number(high)}{unit}".replace(f"to {MINUS}0", "to 0")

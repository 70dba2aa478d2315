"""What a measurement says, in sentences."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.augment.film import name_of
from core.augment.words import short_number
from core.effect.figures import Effect, Point
from ui.errors import plain
from ui.qualitycharts import interval, rounded
from ui.words import number

MOST_PHRASES = 3
Say = Callable[[Mapping[str, Any]], str]


def headline(found: Effect) -> str:
    """The whole pipeline in one sentence."""
    whole = found.whole
    return (
        f"“{plain(str(found.pipeline['name']))}” keeps {rounded(whole.first.value)} of images findable at rank 1 "
        f"({interval(whole.first)}), {rounded(whole.ten.value)} within ten of {number(found.images)}"
    )


def phrases(points: Sequence[Point]) -> list[str]:
    """The transforms at their whole range that lose most, one sentence each; the points are ranked already."""
    whole = [point for point in points if point.step and point.share == 1 and point.images]
    told = [
        f"{doing(point)} keeps **{rounded(point.first.value)}** findable at rank 1." for point in whole[:MOST_PHRASES]
    ]
    if len(whole) > MOST_PHRASES:
        best = whole[-1]
        told.append(f"{doing(best)} does least: **{rounded(best.first.value)}** stay.")
    return told


def doing(point: Point) -> str:
    """What a change does, as the beginning of a sentence: “Turning by up to 30°”."""
    assert point.pipeline is not None
    (step,) = point.pipeline["steps"]["transform"]["transforms"]
    say = SAID.get(name_of(step))
    return plain(say(step) if say else f"“{point.words}”")


def _up_to(verb: str, key: str, unit: str = "", times: float = 1.0) -> Say:
    def say(step: Mapping[str, Any]) -> str:
        value = step[key]
        most = max(abs(end) for end in value) if isinstance(value, list) else abs(value)
        return f"{verb} by up to {short_number(round(most * times, 2))}{unit}"

    return say


def _always(words: str) -> Say:
    return lambda step: words


def _affine(step: Mapping[str, Any]) -> str:
    turn = max(abs(end) for end in step["rotate"])
    return f"Turning by up to {short_number(turn)}°, shifting, sizing and shearing" if turn else "Shifting and sizing"


SAID: Mapping[str, Say] = {
    "Affine": _affine,
    "ChannelShuffle": _always("Swapping colour channels"),
    "CoarseDropout": lambda step: f"Covering up to {max(step['num_holes_range'])} parts",
    "ColorJitter": _always("Changing brightness, contrast, saturation and hue"),
    "GaussNoise": _always("Adding noise"),
    "GaussianBlur": lambda step: f"Blurring by up to {short_number(max(step['sigma_limit']))} px",
    "GridDropout": lambda step: f"Covering {100 * step['ratio']:.0f}% of each side in a grid",
    "HorizontalFlip": _always("Mirroring"),
    "HueSaturationValue": _up_to("Changing saturation and brightness, and hue", "hue_shift_limit", "°", 2.0),
    "ImageCompression": lambda step: f"JPEG down to quality {min(step['quality_range'])}",
    "InvertImg": _always("Inverting colours"),
    "Perspective": _always("Tilting"),
    "RandomBrightnessContrast": _up_to("Changing brightness and contrast", "brightness_limit", "%", 100.0),
    "RandomCropFromBorders": _up_to("Cropping each side", "crop_left", "%", 100.0),
    "RandomGamma": _always("Changing gamma"),
    "RandomRotate90": _always("Quarter turns"),
    "Rotate": _up_to("Turning", "limit", "°"),
    "SafeRotate": _up_to("Turning", "limit", "°"),
    "ToGray": _always("Taking the colour away"),
    "VerticalFlip": _always("Turning upside down"),
}

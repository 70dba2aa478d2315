"""What was drawn for a step, in the words of a person: “Rotate −12°”, “Coarse dropout: 3 holes”."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

PIECE = re.compile(r"[A-Z]+\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
BRITISH: Mapping[str, str] = {"Color": "Colour", "gray": "grey", "Center": "Centre"}
MINUS = "\N{MINUS SIGN}"
MOST_TOLD = 4  # of one step's values
# Values that say how a step works, or nothing to a person.
UNTOLD = frozenset(
    {
        "interpolation", "fill", "seed", "random_seed", "x_min", "x_max", "y_min", "y_max", "max_height", "max_width",
        "image_type", "mode", "group_element", "pad_top", "pad_bottom", "pad_left", "pad_right", "matrix", "rotate",
        "scale", "factor",
    }
)  # fmt: skip
# Names that mean something else elsewhere.
RENAMED: Mapping[tuple[str, str], str] = {
    ("RandomBrightnessContrast", "alpha"): "contrast",
    ("RandomGamma", "gamma"): "gamma_exponent",
}
SYMMETRIES = {
    "e": "as it is",
    "r90": "a quarter turn",
    "r180": "a half turn",
    "r270": "three quarter turns",
    "v": "upside down",
    "h": "mirrored",
    "hvt": "along the other diagonal",
    "t": "along a diagonal",
}


def name_in_words(transform: str) -> str:
    """Return a transform's name as words: “HorizontalFlip” as “Horizontal flip”."""
    pieces = PIECE.findall(transform) or [transform]
    rest = [piece if piece.isupper() and len(piece) > 1 else piece.lower() for piece in pieces[1:]]
    return " ".join(BRITISH.get(word, word) for word in (pieces[0], *rest))


def step_in_words(step: Mapping[str, Any]) -> str:
    """Return one step that was taken, with the values that a person can picture."""
    transform = str(step["transform"])
    drawn = {RENAMED.get((transform, key), key): value for key, value in step["drawn"].items()}
    name, told = name_in_words(transform), list(_told(drawn))[:MOST_TOLD]
    if not told:
        return name
    return f"{name} {told[0]}" if len(told) == 1 else f"{name}: {', '.join(told)}"


def steps_in_words(drawn: Mapping[str, Any]) -> tuple[str, ...]:
    """Return every step that was taken; of none, that the picture stays as it is."""
    return tuple(step_in_words(step) for step in drawn.get("steps", ())) or ("As it is",)


def short_number(value: float) -> str:
    """Return a number with two or three telling digits, a real minus and no trailing zeros."""
    size = abs(value)
    text = f"{size:,.0f}" if size >= 100 or size == int(size) else f"{size:.3g}" if size >= 0.001 else f"{size:.1e}"
    return f"{MINUS}{text}" if value < 0 and text.strip("0.") else text


def _told(drawn: Mapping[str, Any]) -> Iterator[str]:
    yield from _placed(drawn)
    for key, value in drawn.items():
        say = SAID.get(key)
        if say is not None:
            yield from (words for words in (say(value),) if words)
        elif key not in UNTOLD and _is_number(value):
            yield f"{key.replace('_', ' ')} {short_number(value)}"
        elif key not in UNTOLD and isinstance(value, str):
            yield f"{key.replace('_', ' ')} {value}"


def _placed(drawn: Mapping[str, Any]) -> Iterator[str]:
    """Turns, sizes and margins, which hang together."""
    angle = _angle(drawn)
    if round(angle):
        yield f"{short_number(round(angle))}°"
    scale = drawn.get("scale")
    if isinstance(scale, Mapping) and set(scale) == {"x", "y"}:
        across, down = _percent(scale["x"]), _percent(scale["y"])
        if (across, down) != ("100%", "100%"):
            yield f"size {across}" if across == down else f"width {across}, height {down}"
    elif isinstance(scale, int | float):
        yield f"× {short_number(scale)}"
    if "factor" in drawn:
        yield SYMMETRIES[("e", "r90", "r180", "r270")[int(drawn["factor"]) % 4]]
    if "group_element" in drawn:
        yield SYMMETRIES.get(str(drawn["group_element"]), str(drawn["group_element"]))
    edges = [drawn.get(f"pad_{edge}") or 0 for edge in ("left", "right", "top", "bottom")]
    if any(edges):
        yield f"adds {edges[0] + edges[1]} px across, {edges[2] + edges[3]} px down"


def _angle(drawn: Mapping[str, Any]) -> float:
    """The turn in degrees, as it was drawn or as the matrix of a plain turn has it; else 0."""
    if "rotate" in drawn:
        return float(drawn["rotate"])
    matrix = drawn.get("matrix")
    if "x_min" in drawn and isinstance(matrix, list):
        return -math.degrees(math.atan2(matrix[1][0], matrix[0][0]))
    return 0.0


def _crop(value: Any) -> str:
    if not isinstance(value, list) or len(value) != 4:
        return ""
    left, top, right, bottom = value
    return f"to {right - left} × {bottom - top} px from {left}, {top}"


def _counted(one: str, many: str) -> Callable[[Any], str]:
    def say(value: Any) -> str:
        count = value["shape"][0] if isinstance(value, Mapping) and "shape" in value else None
        count = len(value) if isinstance(value, list) else count
        return "" if count is None else f"{count:,} {one if count == 1 else many}"

    return say


def _kernel(value: Any) -> str:
    size = value["shape"][0] if isinstance(value, Mapping) and "shape" in value else value
    size = len(value) if isinstance(value, list) else size
    return f"over {size} px" if _is_number(size) else ""


def _by_percent(word: str, middle: float = 0.0, whole: float = 1.0) -> Callable[[Any], str]:
    """Says a value as so many percent more or less than what changes nothing."""

    def say(value: Any) -> str:
        return f"{word} {_signed(100 * (value - middle) / whole)}%" if _is_number(value) else ""

    return say


def _signed(value: float) -> str:
    whole = round(value)
    return f"{MINUS if whole < 0 else '+'}{abs(whole):,}" if whole else "0"


def _percent(value: float) -> str:
    return f"{100 * value:.0f}%"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


SAID: Mapping[str, Callable[[Any], str]] = {
    "crop_coords": _crop,
    "holes": _counted("hole", "holes"),
    "circles": _counted("circle", "circles"),
    "tiles": _counted("tile", "tiles"),
    "rain_drops": _counted("drop", "drops"),
    "vertices_list": _counted("shadow", "shadows"),
    "particle_positions": _counted("patch of fog", "patches of fog"),
    "gravels_infos": _counted("patch", "patches"),
    "zoom_factors": lambda value: f"up to × {short_number(value[-1])}" if isinstance(value, list) and value else "",
    "kernel": _kernel,
    "ksize": _kernel,
    "brightness": _by_percent("brightness", 1.0),
    "contrast": _by_percent("contrast", 1.0),
    "saturation": _by_percent("saturation", 1.0),
    "alpha": lambda value: f"strength {short_number(value)}" if _is_number(value) else "",
    "beta": _by_percent("brightness", 0.0, 255.0),
    "brightness_factor": _by_percent("brightness"),
    "contrast_factor": _by_percent("contrast"),
    "hue": lambda value: f"hue {_signed(360 * value)}°" if _is_number(value) else "",
    "hue_shift": lambda value: f"hue {_signed(2 * value)}°" if _is_number(value) else "",
    "sat_shift": _by_percent("saturation", 0.0, 255.0),
    "val_shift": _by_percent("brightness", 0.0, 255.0),
    "temperature": lambda value: f"{value:,.0f} K" if _is_number(value) else "",
    "gamma_exponent": lambda value: short_number(value) if _is_number(value) else "",
    "quality": lambda value: f"at quality {value:.0f}" if _is_number(value) else "",
    "channels_to_drop": lambda value: "without " + ", ".join(("red", "green", "blue")[item] for item in value),
    "channels_shuffled": lambda value: "to " + ", ".join(("red", "green", "blue")[item] for item in value),
}

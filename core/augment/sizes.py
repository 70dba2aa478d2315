"""How large a picture a step is about to make: told before, for a few numbers may ask for more than memory holds."""

from collections.abc import Iterator, Mapping
from typing import Any

MOST_PIXELS = 100_000_000  # of a picture that a step makes larger
SCALING = frozenset({"RandomScale", "SmallestMaxSize", "LongestMaxSize"})  # what they draw as “scale” is of both sides


def too_large(name: str, drawn: Mapping[str, Any]) -> tuple[int, int] | None:
    """Width and height that a transform would make by what it drew, where that is larger than can be; else None."""
    height, width = drawn["shape"][:2]
    for high, wide in _sizes(name, drawn, height, width):
        if high * wide > max(MOST_PIXELS, height * width):
            return round(wide), round(high)
    return None


def _sizes(name: str, drawn: Mapping[str, Any], height: int, width: int) -> Iterator[tuple[float, float]]:
    """Height and width in every way that transforms tell of them."""
    if drawn.get("output_shape") is not None:
        high, wide = drawn["output_shape"][:2]
        yield float(high), float(wide)
    if "max_height" in drawn and "max_width" in drawn:
        yield float(drawn["max_height"]), float(drawn["max_width"])
    if name in SCALING:
        yield height * float(drawn["scale"]), width * float(drawn["scale"])
    top, bottom, left, right = _edges(drawn)
    yield float(height + top + bottom), float(width + left + right)


def _edges(drawn: Mapping[str, Any]) -> tuple[int, ...]:
    """Pixels that are added above, below, to the left and to the right."""
    added = drawn.get("pad_params") or drawn
    if isinstance(added, Mapping):
        return tuple(int(added.get(f"pad_{edge}") or 0) for edge in ("top", "bottom", "left", "right"))
    top, right, bottom, left = map(int, added)
    return top, bottom, left, right

"""A pipeline as Python code that needs no more than albumentations, and makes the same pixels."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from core.augment.pipeline import Pipeline
from core.augment.short import short

INDENT = "    "
WIDTH = 100  # characters of a line of code
PAIR = "OneOrOther"  # takes its steps by name alone
HEAD = '''"""{title}"""

import hashlib
import random

import albumentations as A
import numpy as np
from PIL import Image, ImageOps

SEED = {seed}
pipeline = A.Compose(
'''
TAIL = '''

def augment(image: Image.Image, image_id: str = "", variant: int = 0) -> Image.Image:
    """The same pixels for the same seed, image and variant."""
    digest = hashlib.sha256(f"{SEED}\\0{variant}\\0{image_id}".encode()).digest()
    drawn = int.from_bytes(digest[:8], "big") >> 1
    pipeline.set_random_state(np.random.default_rng(drawn), random.Random(drawn))
    pixels = np.array(on_white(ImageOps.exif_transpose(image)))
    return Image.fromarray(np.ascontiguousarray(pipeline(image=pixels)["image"]))


def on_white(image: Image.Image) -> Image.Image:
    """RGB, white where the picture is transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer.getchannel("A"))
    return white


if __name__ == "__main__":
    augment(Image.open("picture.jpg")).save("augmented.png")
'''


def to_python(pipeline: Pipeline) -> str:
    """A module whose function `augment` makes of a picture what `core.augment.apply` makes of it."""
    values = short(pipeline)
    title = "".join(letter if letter.isprintable() and letter not in '"\\' else " " for letter in pipeline.name)
    lines = [f"{INDENT}["]
    for step in values["steps"]:
        lines += [INDENT + line for line in _step(step, 1)]
    lines.append(f"{INDENT}],")
    lines.append(f"{INDENT}p={_value(values.get('p', 1.0))},")
    return HEAD.format(title=title, seed=pipeline.seed) + "\n".join(lines) + "\n)\n" + TAIL


def _step(step: Mapping[str, Any], depth: int) -> Iterator[str]:
    """The lines of one step, from `depth` levels of indentation on."""
    pad, name = INDENT * depth, f"A.{step['transform']}"
    own = [f"{key}={_value(value)}" for key, value in step.items() if key not in ("transform", "steps")]
    if "steps" not in step:
        line = f"{pad}{name}({', '.join(own)}),"
        if len(line) <= WIDTH:
            yield line
            return
        yield f"{pad}{name}("
        yield from (f"{pad}{INDENT}{item}," for item in own)
        yield f"{pad}),"
        return
    yield f"{pad}{name}("
    yield f"{pad}{INDENT}{'transforms=' if step['transform'] == PAIR else ''}["
    for inner in step["steps"]:
        yield from _step(inner, depth + 2)
    yield f"{pad}{INDENT}],"
    yield from (f"{pad}{INDENT}{item}," for item in own)
    yield f"{pad}),"


def _value(value: Any) -> str:
    """A plain value as Python writes it; what was a pair is a tuple again, which the library tells from a list."""
    if isinstance(value, list):
        inner = ", ".join(map(_value, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_value(key)}: {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)

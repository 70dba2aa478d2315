"""What a picture's pixels alone tell: light, sharpness and colour.

Every picture is made smaller to 256 pixels first, the size of a thumbnail, since sharpness depends on the size it is
measured at; a smaller one is taken as it is.

- brightness: the mean luma (Rec. 601), 0 to 1. Below 0.25 it is tagged dark and above 0.85 bright. Both are settings
  of ours: a quarter of the range, and a page that is mostly white. A product on white is rightly bright.
- contrast: the standard deviation of the luma, 0 to 0.5 (root mean square contrast; Peli 1990, "Contrast in complex
  images"). Below 0.1 it is tagged flat, a setting of ours: grey levels then mostly lie within a fifth of the range.
- sharpness: the variance of the Laplacian of the luma at 0 to 255 (Pech-Pacheco et al. 2000, "Diatom autofocusing in
  brightfield microscopy"). Below 100 it is tagged blurred, a common rule of thumb (Rosebrock 2015, "Blur detection
  with OpenCV"), which told photos of products of 60 by 80 pixels from the same ones blurred (Gaussian, 1.5 pixels).
  What suits a collection depends on its pictures; large plain areas lower it.
- colourfulness: M of Hasler and Süsstrunk 2003, "Measuring colourfulness in natural images". The words and their
  thresholds are those of its table 2, where people had judged pictures: below 15 not colourful; from 15 slightly, 33
  moderately, 45 averagely, 59 quite, 82 highly and 109 extremely colourful.
- colour: the name of the most frequent colour (see `colours`), without a background of one colour.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.models.colours import NAMES, dominant_colour
from core.models.facts import ModelFact, Output, Parameter

SIDE = 256  # pixels: the long side that is measured at
COLOUR_SIDE = 64  # pixels: enough to tell the most frequent colour
COLOURFUL = (
    (109.0, "extremely"),
    (82.0, "highly"),
    (59.0, "quite"),
    (45.0, "averagely"),
    (33.0, "moderately"),
    (15.0, "slightly"),
)
NOT_COLOURFUL = "not"
FACT = ModelFact(
    name="picture-statistics",
    title="Picture statistics",
    about="Measures brightness, contrast, sharpness and colour from the pixels, and tags what is out of the usual.",
    parameters=(
        Parameter("dark", "number", "Tagged dark below this brightness, 0 to 1.", 0.25),
        Parameter("bright", "number", "Tagged bright above this brightness, 0 to 1.", 0.85),
        Parameter("flat", "number", "Tagged flat below this contrast, 0 to 0.5.", 0.1, most=0.5),
        Parameter("blurred", "number", "Tagged blurred below this sharpness.", 100.0, most=100_000),
    ),
    outputs=(
        Output("brightness", "number", "Mean luma, 0 to 1."),
        Output("contrast", "number", "Standard deviation of the luma, 0 to 0.5."),
        Output("sharpness", "number", "Variance of the Laplacian of the luma at 0 to 255."),
        Output("colourfulness", "number", "M of Hasler and Süsstrunk, from 0; above 109 extremely colourful."),
        Output("colour", "text", "Name of the most frequent colour, without a plain background."),
        Output("tags", "texts", "What would be tagged."),
    ),
)


def measured(image: Image.Image, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """One picture's outputs; `parameters` are checked ones."""
    small = _reduced(image.convert("RGB"), SIDE)
    pixels = np.asarray(small, np.float64)
    luma = np.asarray(small.convert("L"), np.float64)
    found: dict[str, Any] = {
        "brightness": round(float(luma.mean()) / 255, 4),
        "contrast": round(float(luma.std()) / 255, 4),
        "sharpness": round(laplacian_variance(luma), 2),
        "colourfulness": round(colourfulness(pixels), 2),
        "colour": dominant_colour(np.asarray(_reduced(small, COLOUR_SIDE))),
    }
    return {**found, "tags": tags_of(found, parameters)}


def tags_of(found: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[str]:
    """The tags that some statistics earn."""
    tags = []
    if found["brightness"] < parameters["dark"]:
        tags.append("brightness:dark")
    elif found["brightness"] > parameters["bright"]:
        tags.append("brightness:bright")
    if found["contrast"] < parameters["flat"]:
        tags.append("contrast:flat")
    if found["sharpness"] < parameters["blurred"]:
        tags.append("sharpness:blurred")
    word = next((word for least, word in COLOURFUL if found["colourfulness"] >= least), NOT_COLOURFUL)
    return [*tags, f"colourfulness:{word}", f"colour:{found['colour']}"]


def vocabulary() -> frozenset[str]:
    """Every tag that `tags_of` may give."""
    words = [*(word for _, word in COLOURFUL), NOT_COLOURFUL]
    light = ("brightness:dark", "brightness:bright", "contrast:flat", "sharpness:blurred")
    return frozenset([*light, *(f"colourfulness:{word}" for word in words), *(f"colour:{name}" for name in NAMES)])


def laplacian_variance(luma: NDArray[np.float64]) -> float:
    """Variance of the four-neighbour Laplacian; the edge is repeated outwards. `luma` has shape (height, width)."""
    around = np.pad(luma, 1, mode="edge")
    neighbours = around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:]
    return float((neighbours - 4 * luma).var())


def colourfulness(pixels: NDArray[np.float64]) -> float:
    """M of Hasler and Süsstrunk for RGB at 0 to 255, shape (height, width, 3)."""
    red, green, blue = np.moveaxis(pixels, 2, 0)
    one, other = red - green, (red + green) / 2 - blue
    spread = np.hypot(one.std(), other.std())
    return float(spread + 0.3 * np.hypot(one.mean(), other.mean()))


def _reduced(image: Image.Image, side: int) -> Image.Image:
    """The picture with at most `side` pixels on its long side, its shape kept."""
    scale = side / max(image.size)
    if scale >= 1:
        return image
    width, height = (max(1, round(length * scale)) for length in image.size)
    return image.resize((width, height), Image.Resampling.BOX)

"""Every call into OpenCV that a drawing needs, with plain float32 arrays in and out."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]
Points = NDArray[np.float32]

_SHIFT = 4
_ONE = float(1 << _SHIFT)


def _fixed(points: Points) -> NDArray[np.int32]:
    return np.asarray(np.rint((points - 0.5) * _ONE), dtype=np.int32)


def polygon_mask(height: int, width: int, outlines: Sequence[Points]) -> Pixels:
    """Return the (height, width) coverage, 0 to 1, of outlines in pixels; where two overlap there is a hole."""
    mask = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(mask, [_fixed(outline) for outline in outlines], (255,), cv2.LINE_AA, _SHIFT)
    return np.asarray(mask, dtype=np.float32) * np.float32(1 / 255)


def line_mask(height: int, width: int, lines: Sequence[Points], thickness: float, closed: bool = False) -> Pixels:
    """Return the (height, width) coverage of lines drawn `thickness` pixels wide; below 1.5 they fade instead."""
    mask = np.zeros((height, width), dtype=np.uint8)
    whole = max(1, round(thickness))
    level = 255 if thickness >= 1 else max(1, int(255 * thickness))
    cv2.polylines(mask, [_fixed(line) for line in lines], closed, (level,), whole, cv2.LINE_AA, _SHIFT)
    return np.asarray(mask, dtype=np.float32) * np.float32(1 / 255)


def soften(image: Pixels, sigma: float) -> Pixels:
    """Return the image under a Gaussian of `sigma` pixels, with what lies outside taken as zero."""
    return np.asarray(
        cv2.GaussianBlur(image, (0, 0), sigmaX=max(0.3, sigma), borderType=cv2.BORDER_CONSTANT), dtype=np.float32
    )


def soften_wrapped(tile: Pixels, sigma: float) -> Pixels:
    """Return a tile under a Gaussian that wraps round its edges, so that it still repeats without a seam."""
    pad = int(4 * sigma) + 2
    around = cv2.copyMakeBorder(tile, pad, pad, pad, pad, cv2.BORDER_WRAP)
    blurred = cv2.GaussianBlur(around, (0, 0), sigmaX=max(0.3, sigma))
    return np.asarray(blurred[pad:-pad, pad:-pad], dtype=np.float32)


def resized(image: Pixels, height: int, width: int) -> Pixels:
    """Return the image at another size: averaged when it shrinks, interpolated when it grows."""
    how = cv2.INTER_AREA if height < image.shape[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=how), dtype=np.float32)


def slopes(image: Pixels) -> tuple[Pixels, Pixels]:
    """Return the change per pixel to the right and downwards."""
    right = cv2.Sobel(image, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(image, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    return np.asarray(right, dtype=np.float32), np.asarray(down, dtype=np.float32)


def tiled(tile: Pixels, height: int, width: int, matrix: NDArray[np.float64]) -> Pixels:
    """Fill (height, width) with a repeating tile; `matrix` (2, 3) maps a pixel to its place in the tile."""
    filled = cv2.warpAffine(
        tile, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_WRAP
    )
    return np.asarray(filled, dtype=np.float32)


def moved(image: Pixels, height: int, width: int, matrix: NDArray[np.float64]) -> Pixels:
    """Return the image under an affine map of pixels, transparent (zero) where nothing arrives."""
    placed = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(placed, dtype=np.float32)


def blended(under: Pixels, over: Pixels, share: Pixels) -> Pixels:
    """Return `over` laid on `under` (height, width, 3), as far as `share` (height, width) says."""
    return np.asarray(cv2.blendLinear(over, under, share, 1 - share), dtype=np.float32)


def lit(light: Pixels, colour: tuple[float, float, float]) -> Pixels:
    """Return one colour under a light: below 1 it darkens, above 1 it goes towards white."""
    dim, shine = np.minimum(light, 1), np.maximum(light - 1, 0)
    planes = [cv2.addWeighted(dim, part, shine, 1 - part, 0) for part in colour]
    return np.asarray(cv2.merge(planes), dtype=np.float32)


def eight_bit(image: Pixels) -> NDArray[np.uint8]:
    """Return values from 0 to 1 as bytes, rounded."""
    return np.asarray(cv2.convertScaleAbs(image, alpha=255), dtype=np.uint8)


def posed(paint: Pixels, cover: Pixels, shrink: int, matrix: NDArray[np.float64]) -> Pixels:
    """Return paint and coverage as one RGBA layer (0 to 1) under an affine map, averaged `shrink` times smaller."""
    height, width = cover.shape
    layer = np.empty((height, width, 4), dtype=np.uint8)
    layer[..., :3], layer[..., 3] = eight_bit(paint), eight_bit(cover)
    placed = cv2.warpAffine(layer, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    small = cv2.resize(placed, (width // shrink, height // shrink), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32) * np.float32(1 / 255)


def single_threaded() -> None:
    """Keep OpenCV to one thread: the pool of processes already fills the cores."""
    cv2.setNumThreads(1)

"""Names for colours: the eleven basic ones (Berlin and Kay 1969).

In CIE L*a*b*, where distance is close to what an eye sees, a pixel of little chroma is black, grey or white by its
lightness, and any other has the name of the nearest of several colours of CSS. The limits of chroma and lightness are
settings of ours, tried on photos of products whose makers had named their colours.
"""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float64]  # shape (count, 3)

# sRGB, colours that CSS Color 4 has names for, and darker ones of the same kind.
KNOWN = {
    "red": ((255, 0, 0), (220, 20, 60), (178, 34, 34), (139, 0, 0), (205, 92, 92), (90, 10, 20)),
    "orange": ((255, 165, 0), (255, 140, 0), (255, 127, 80), (244, 164, 96)),
    "yellow": ((255, 255, 0), (255, 215, 0), (240, 230, 140), (255, 250, 205)),
    "green": ((0, 128, 0), (0, 255, 0), (34, 139, 34), (85, 107, 47), (46, 139, 87), (144, 238, 144), (0, 60, 30)),
    "blue": ((0, 0, 255), (0, 0, 128), (65, 105, 225), (135, 206, 235), (0, 191, 255), (70, 130, 180), (25, 35, 70)),
    "purple": ((128, 0, 128), (148, 0, 211), (138, 43, 226), (75, 0, 130), (147, 112, 219), (186, 85, 211)),
    "pink": ((255, 192, 203), (255, 105, 180), (255, 20, 147), (219, 112, 147), (255, 182, 193)),
    "brown": ((139, 69, 19), (165, 42, 42), (160, 82, 45), (101, 67, 33), (210, 180, 140), (92, 51, 23)),
}
NEUTRAL = ("black", "grey", "white")
NAMES = (*NEUTRAL, *KNOWN)
LEAST_CHROMA = 10.0  # of a colour that is none of the neutral ones
DARKEST_GREY, LIGHTEST_GREY = 33.0, 80.0  # lightness, 0 to 100
TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
WHITE_XYZ = (0.95047, 1.0, 1.08883)  # D65
EDGE_SHARE = 0.75  # of the picture's edge that has one name: that colour is the background
LEAST_SHARE = 0.02  # of the picture that has to be left without its background


def dominant_colour(pixels: NDArray[np.uint8]) -> str:
    """The most frequent colour's name in an RGB picture of shape (height, width, 3), its plain background left out."""
    codes = codes_of(pixels)
    edge = np.concatenate([codes[0], codes[-1], codes[1:-1, 0], codes[1:-1, -1]])
    edge_counts = np.bincount(edge, minlength=len(NAMES))
    counts = np.bincount(codes.reshape(-1), minlength=len(NAMES))
    common = int(edge_counts.argmax())
    left = counts.sum() - counts[common]
    if edge_counts[common] >= EDGE_SHARE * len(edge) and left >= LEAST_SHARE * counts.sum():
        counts[common] = _inside(codes, common)
    return NAMES[int(counts.argmax())]


def codes_of(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Which of `NAMES` each pixel has, shape (height, width), for RGB of shape (height, width, 3)."""
    found = _lab(pixels.reshape(-1, 3).astype(np.float64))
    neutral = np.digitize(found[:, 0], (DARKEST_GREY, LIGHTEST_GREY))
    listed = [(place, colour) for place, name in enumerate(NAMES) for colour in KNOWN.get(name, ())]
    known = _lab(np.array([colour for _, colour in listed], np.float64))
    nearest = ((found[:, None, :] - known[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    coloured = np.array([place for place, _ in listed], np.int64)[nearest]
    chroma = np.hypot(found[:, 1], found[:, 2])
    return np.where(chroma < LEAST_CHROMA, neutral, coloured).reshape(pixels.shape[:2])


def _inside(codes: NDArray[np.int64], colour: int) -> int:
    """How many pixels of the background's colour are inside the thing: no straight way out to an edge is open."""
    other = codes != colour
    walls = [np.logical_or.accumulate(other, axis=axis) for axis in (0, 1)]
    walls += [np.flip(np.logical_or.accumulate(np.flip(other, axis), axis=axis), axis) for axis in (0, 1)]
    return int((np.logical_and.reduce(walls) & ~other).sum())


def _lab(colours: Pixels) -> Pixels:
    """sRGB 0 to 255 as CIE L*a*b* under D65, both of shape (count, 3)."""
    share = colours / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    xyz = linear @ np.array(TO_XYZ).T / np.array(WHITE_XYZ)
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)

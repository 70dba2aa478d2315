"""The colour names of the product table and what they look like; colours are RGB, 0 to 1."""

from types import MappingProxyType

import numpy as np

Colour = tuple[float, float, float]


def _rgb(code: str) -> Colour:
    return (int(code[0:2], 16) / 255, int(code[2:4], 16) / 255, int(code[4:6], 16) / 255)


COLOURS = MappingProxyType(
    {
        name: _rgb(code)
        for name, code in {
            "Black": "2A2B2F",
            "White": "F6F5F2",
            "Blue": "2F6FBF",
            "Navy Blue": "26355D",
            "Turquoise Blue": "35BFC6",
            "Teal": "1F7F80",
            "Grey": "8E9298",
            "Grey Melange": "A9ACB0",
            "Charcoal": "474A50",
            "Silver": "C3C7CC",
            "Steel": "9AA3AD",
            "Brown": "75492B",
            "Coffee Brown": "4F3526",
            "Tan": "BE8C58",
            "Beige": "DCC9A8",
            "Cream": "F3E9CF",
            "Off White": "EFECE2",
            "Khaki": "A79A6B",
            "Olive": "6B7040",
            "Green": "2F8F57",
            "Sea Green": "5FB598",
            "Lime Green": "A3CC3B",
            "Yellow": "F3CB3D",
            "Mustard": "D19B2A",
            "Gold": "D4AF5A",
            "Bronze": "A9793F",
            "Copper": "BD7350",
            "Orange": "EC7F34",
            "Rust": "B4532D",
            "Peach": "F6BC9C",
            "Nude": "E3BFA4",
            "Skin": "E9C7A8",
            "Red": "CC3238",
            "Maroon": "7E2130",
            "Burgundy": "651E35",
            "Pink": "EE8FAE",
            "Magenta": "C7337F",
            "Rose": "D9778A",
            "Purple": "7A4A9C",
            "Lavender": "B9A6DB",
            "Mauve": "AE879F",
        }.items()
    }
)

METALS = MappingProxyType(
    {
        "Silver": _rgb("C6CAD0"),
        "Steel": _rgb("A4ADB7"),
        "Gold": _rgb("D9B45C"),
        "Copper": _rgb("C57C58"),
        "Bronze": _rgb("AE7F48"),
    }
)

_PARTNERS: dict[str, tuple[str, ...]] = {
    "dark": ("White", "Off White", "Red", "Grey", "Mustard", "Turquoise Blue", "Peach", "Silver", "Tan"),
    "light": ("Navy Blue", "Blue", "Red", "Teal", "Charcoal", "Rust", "Olive", "Pink", "Maroon", "Sea Green"),
    "vivid": ("White", "Off White", "Navy Blue", "Charcoal", "Cream", "Black", "White"),
}


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return `a` with `share` of `b` in it."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def darker(colour: Colour, share: float) -> Colour:
    """Return the colour with a share of a bluish black in it."""
    return mix(colour, (0.05, 0.05, 0.09), share)


def lighter(colour: Colour, share: float) -> Colour:
    """Return the colour with a share of white in it."""
    return mix(colour, (1.0, 1.0, 1.0), share)


def brightness(colour: Colour) -> float:
    """Return how light a colour looks, 0 to 1."""
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]


def ink(colour: Colour, strength: float = 0.35) -> Colour:
    """Return a colour for seams and lines on this one: darker on light cloth, lighter on dark cloth."""
    return darker(colour, strength) if brightness(colour) > 0.3 else lighter(colour, strength * 0.75)


def varied(colour: Colour, rng: np.random.Generator, amount: float = 0.02) -> Colour:
    """Return the colour with a small change of shade, as one dye lot differs from the next."""
    shift = rng.normal(0, amount)
    tint = rng.normal(0, amount * 0.5, 3)
    r, g, b = (float(np.clip(c + shift + t, 0.03, 0.985)) for c, t in zip(colour, tint, strict=True))
    return (r, g, b)


def partner(colour: Colour, rng: np.random.Generator) -> Colour:
    """Return a second colour that reads clearly beside the first and goes with it."""
    light = brightness(colour)
    kind = "dark" if light < 0.28 else "light" if light > 0.68 else "vivid"
    names = _PARTNERS[kind]
    start = int(rng.integers(len(names)))
    for step in range(len(names)):
        found = COLOURS[names[(start + step) % len(names)]]
        if sum(abs(p - q) for p, q in zip(colour, found, strict=True)) > 0.55:
            return found
    return COLOURS["White"]


def metal_for(rng: np.random.Generator) -> Colour:
    """Return the metal of a buckle or a case: mostly silver, steel or gold."""
    return METALS[str(rng.choice(["Silver", "Silver", "Steel", "Gold", "Gold", "Copper"]))]

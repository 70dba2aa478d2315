"""Textile patterns as small tiles that repeat without a seam, at drawing resolution (two pixels a design unit)."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from data.sample import raster
from data.sample.canvas import Cloth
from data.sample.curves import Pen, ellipse, points_of, shifted, turned
from data.sample.palette import COLOURS, Colour, brightness, darker, lighter, mix
from data.sample.raster import Pixels, Points

Dye = tuple[Colour, Colour, Colour]
"""The ground colour, the pattern's colour, and a third for small parts."""

Maker = Callable[[np.random.Generator, Dye], Pixels]


def _flat(height: int, width: int, colour: Colour) -> Pixels:
    return np.tile(np.asarray(colour, dtype=np.float32), (height, width, 1))


def _inked(tile: Pixels, mask: Pixels, colour: Colour) -> Pixels:
    return np.asarray(tile + mask[..., None] * (np.asarray(colour, dtype=np.float32) - tile), dtype=np.float32)


def _stamped(tile: Pixels, outlines: list[Points], colour: Colour) -> Pixels:
    """Return the tile with outlines painted on it, wrapping round its edges."""
    height, width = tile.shape[:2]
    mask = np.zeros((height, width), dtype=np.float32)
    for outline in outlines:
        low, high = outline.min(axis=0), outline.max(axis=0)
        for dx in _wraps(float(low[0]), float(high[0]), width):
            for dy in _wraps(float(low[1]), float(high[1]), height):
                mask = np.maximum(mask, raster.polygon_mask(height, width, [shifted(outline, dx, dy)]))
    return _inked(tile, mask, colour)


def _wraps(low: float, high: float, size: int) -> list[float]:
    return [0.0] + ([float(size)] if low < 0 else []) + ([-float(size)] if high > size else [])


def _spots(rng: np.random.Generator, size: int, apart: float, most: int) -> list[tuple[float, float]]:
    """Return scattered places on a tile, none nearer to another than `apart`, counted round the edges."""
    found: list[tuple[float, float]] = []
    for _ in range(most * 12):
        x, y = (float(v) for v in rng.uniform(0, size, 2))
        gaps = [(abs(x - a), abs(y - b)) for a, b in found]
        if all(min(p, size - p) ** 2 + min(q, size - q) ** 2 > apart**2 for p, q in gaps):
            found.append((x, y))
        if len(found) == most:
            break
    return found


def plain(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return cloth of one colour."""
    return _flat(8, 8, dye[0])


def melange(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return yarn of two shades, in short level streaks."""
    noise = rng.standard_normal((128, 128), dtype=np.float32)
    streaks = raster.soften_wrapped(np.repeat(noise[:, ::8], 8, axis=1), 0.8)
    return np.asarray(np.clip(_flat(128, 128, dye[0]) + streaks[..., None] * 0.045, 0, 1), dtype=np.float32)


def denim(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return twill: fine diagonals and a fleck of undyed thread."""
    y, x = np.mgrid[0:96, 0:96]
    twill = np.sin((x + y) * (2 * np.pi / 6)).astype(np.float32) * 0.030
    fleck = raster.soften_wrapped(rng.standard_normal((96, 96), dtype=np.float32), 0.7) * 0.05
    return np.asarray(np.clip(_flat(96, 96, dye[0]) + (twill + fleck)[..., None], 0, 1), dtype=np.float32)


def knit(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return rows of small V-shaped loops."""
    y, x = np.mgrid[0:60, 0:60]
    loops = np.cos(((y + np.abs((x % 10) - 5) * 0.9) % 6) * (2 * np.pi / 6)).astype(np.float32)
    ribs = np.cos(x * (2 * np.pi / 10)).astype(np.float32)
    return np.asarray(np.clip(_flat(60, 60, dye[0]) * (1 + (0.055 * loops - 0.05 * ribs)[..., None]), 0, 1), np.float32)


def cable(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return plaits between columns of plain knit."""
    y, x = np.mgrid[0:64, 0:56].astype(np.float32)
    swing = np.sin(y * (2 * np.pi / 64))
    relief = np.zeros_like(x)
    for turn in (1.0, -1.0):
        centre = 18 + turn * 7.5 * swing
        front = 0.65 + 0.35 * np.cos(y * (2 * np.pi / 64)) * turn
        relief = np.maximum(relief, np.exp(-(((x - centre) / 5.5) ** 2)) * front)
    relief += 0.3 * np.cos((x - 42) * (2 * np.pi / 7)) * (x > 34)
    return np.asarray(np.clip(_flat(64, 56, dye[0]) * (0.86 + 0.22 * relief[..., None]), 0, 1), dtype=np.float32)


def stripes(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return level stripes: even, thin on a wide ground, or a wide one with a thin companion."""
    kind = int(rng.integers(3))
    pitch = int(rng.choice([20, 26, 32, 44]))
    band = pitch // 2 if kind == 0 else max(5, pitch // 4)
    tile = _flat(pitch, 8, dye[0])
    tile[:band] = dye[1]
    if kind == 2:
        pitch = pitch + 16
        tile = np.concatenate([tile, _flat(16, 8, dye[0])])
        tile[-10:-6] = dye[2]
    return tile


def pinstripes(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return thin upright lines."""
    pitch = int(rng.choice([12, 16, 22]))
    tile = _flat(8, pitch, dye[0])
    tile[:, : int(rng.integers(2, 5))] = mix(dye[1], dye[0], 0.15)
    return tile


def checks(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return a woven check: gingham, a tattersall's thin grid, or a plaid of three colours."""
    kind = int(rng.integers(3))
    pitch = int(rng.choice([24, 32, 40]))
    warp = np.zeros(pitch, dtype=np.float32)
    thin = np.zeros(pitch, dtype=np.float32)
    if kind == 0:
        warp[: pitch // 2] = 0.55
    elif kind == 1:
        thin[:3] = 0.9
        warp[pitch // 2 : pitch // 2 + 3] = 0.8
    else:
        pitch = int(pitch * 1.5)
        warp, thin = np.zeros(pitch, dtype=np.float32), np.zeros(pitch, dtype=np.float32)
        warp[: pitch * 2 // 5] = 0.5
        thin[pitch * 7 // 10 : pitch * 7 // 10 + 3] = 0.8
        thin[pitch // 5 - 1 : pitch // 5 + 2] = 0.6
    tile = _flat(pitch, pitch, dye[0])
    for colour, line in ((dye[1], warp), (dye[2], thin)):
        tile = _inked(tile, np.broadcast_to(line[:, None], (pitch, pitch)).copy(), colour)
        tile = _inked(tile, np.broadcast_to(line[None, :], (pitch, pitch)).copy(), colour)
    return tile


def dots(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return polka dots, staggered."""
    pitch = int(rng.choice([22, 28, 36, 46]))
    radius = pitch * float(rng.uniform(0.17, 0.27))
    places = [(pitch / 2, pitch / 2), (0, 0)] if rng.random() < 0.8 else [(pitch / 2, pitch / 2)]
    tile = _flat(pitch, pitch, dye[0])
    return _stamped(tile, [ellipse(x + 0.01, y + 0.01, radius, radius) for x, y in places], dye[1])


def _blossom(rng: np.random.Generator, x: float, y: float, size: float) -> list[Points]:
    petals = int(rng.choice([5, 5, 6]))
    start = float(rng.uniform(0, 360))
    petal = ellipse(x, y - size * 0.6, size * 0.36, size * 0.5)
    return [turned(petal, start + i * 360 / petals, x, y) for i in range(petals)]


def _leaf(x: float, y: float, size: float, turn: float) -> Points:
    leaf = (
        Pen(x, y).curve(x + size * 0.5, y - size * 0.5, x, y - size * 1.5).curve(x - size * 0.5, y - size * 0.5, x, y)
    )
    return turned(leaf.points, turn, x, y)


def floral(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return scattered blossoms with leaves and buds."""
    size = int(rng.choice([112, 136, 160]))
    bloom = float(rng.uniform(9, 17))
    tile = _flat(size, size, dye[0])
    green = mix(COLOURS["Green"], COLOURS["Olive"], float(rng.random()))
    green = lighter(green, 0.35) if brightness(dye[0]) < 0.4 else green
    spots = _spots(rng, size, bloom * 2.3, int(rng.integers(6, 12)))
    leaves = [_leaf(x, y, bloom * 1.25, float(rng.uniform(0, 360))) for x, y in spots for _ in range(2)]
    tile = _stamped(tile, leaves, green)
    for i, (x, y) in enumerate(spots):
        colour, heart = (dye[1], dye[2]) if i % 3 else (dye[2], dye[1])
        tile = _stamped(tile, _blossom(rng, x, y, bloom * float(rng.uniform(0.75, 1.1))), colour)
        tile = _stamped(tile, [ellipse(x, y, bloom * 0.26, bloom * 0.26)], heart)
    buds = _spots(rng, size, bloom * 1.6, 14)
    far = [b for b in buds if all((b[0] - x) ** 2 + (b[1] - y) ** 2 > (bloom * 1.7) ** 2 for x, y in spots)]
    return _stamped(tile, [ellipse(x, y, 2.6, 2.6) for x, y in far], mix(dye[1], dye[0], 0.25))


def leaves(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return a scatter of leaves in two colours."""
    size = 128
    length = float(rng.uniform(14, 22))
    tile = _flat(size, size, dye[0])
    for i, (x, y) in enumerate(_spots(rng, size, length * 1.35, 16)):
        turn = float(rng.uniform(0, 360))
        tile = _stamped(tile, [_leaf(x, y, length, turn)], dye[1] if i % 2 else dye[2])
        rib = _leaf(x, y, length * 0.9, turn)
        narrow = np.asarray((rib - rib.mean(axis=0)) * 0.12 + rib.mean(axis=0), dtype=np.float32)
        tile = _stamped(tile, [narrow], dye[0])
    return tile


def geometric(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return triangles, diamonds, or waves in rows."""
    kind = int(rng.integers(3))
    p = int(rng.choice([28, 36, 44]))
    if kind == 0:
        tile = _flat(p * 2, p, dye[0])
        tile = _stamped(tile, [points_of([(2, p - 3), (p - 2, p - 3), (p / 2, 4)])], dye[1])
        return _stamped(tile, [points_of([(2, 2 * p - 3), (p - 2, 2 * p - 3), (p / 2, p + 4)])], dye[2])
    if kind == 1:
        tile = _flat(p, p, dye[0])
        tile = _stamped(tile, [points_of([(p / 2, 1), (p * 0.85, p / 2), (p / 2, p - 1), (p * 0.15, p / 2)])], dye[1])
        core = points_of([(p / 2, p * 0.28), (p * 0.64, p / 2), (p / 2, p * 0.72), (p * 0.36, p / 2)])
        return _stamped(tile, [core], dye[2])
    y, x = np.mgrid[0:p, 0 : 2 * p].astype(np.float32)
    wave = np.sin((y + 5 * np.sin(x * (np.pi / p)) * 1.2) * (2 * np.pi / p))
    return _inked(_flat(p, 2 * p, dye[0]), np.clip(wave * 6 - 1, 0, 1).astype(np.float32), dye[1])


def abstract(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return soft-edged brush marks in two colours."""
    size = 160
    tile = _flat(size, size, dye[0])
    for colour in (dye[1], dye[2]):
        noise = raster.soften_wrapped(rng.standard_normal((size, size), dtype=np.float32), float(rng.uniform(8, 12)))
        tile = _inked(tile, np.clip((noise / noise.std() - 0.75) * 7, 0, 1).astype(np.float32), colour)
    return tile


def camouflage(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return patches in shades of the ground colour."""
    size = 144
    tile = _flat(size, size, dye[0])
    for colour in (darker(dye[0], 0.35), lighter(dye[0], 0.3), darker(dye[0], 0.6)):
        noise = raster.soften_wrapped(rng.standard_normal((size, size), dtype=np.float32), 7)
        tile = _inked(tile, np.clip((noise / noise.std() - 0.7) * 9, 0, 1).astype(np.float32), colour)
    return tile


def leopard(rng: np.random.Generator, dye: Dye) -> Pixels:
    """Return rosettes: brown spots with broken dark rims."""
    size = 104
    tile = _flat(size, size, dye[0])
    dark = darker(dye[0], 0.8) if brightness(dye[0]) > 0.35 else lighter(dye[0], 0.45)
    for x, y in _spots(rng, size, 17, 26):
        r, turn = float(rng.uniform(5, 7.5)), float(rng.uniform(0, 360))
        rim = turned(ellipse(x, y, r * 1.15, r * 0.95), turn, x, y)
        gap = turned(points_of([(x, y), (x + 2 * r, y - r * 0.5), (x + 2 * r, y + r * 0.5)]), turn + 120, x, y)
        tile = _stamped(tile, [rim], dark)
        tile = _stamped(tile, [turned(ellipse(x, y, r * 0.68, r * 0.52), turn, x, y)], mix(dye[0], dark, 0.35))
        tile = _stamped(tile, [gap], dye[0])
    return tile


MAKERS: MappingProxyType[str, Maker] = MappingProxyType(
    {
        "plain": plain,
        "melange": melange,
        "denim": denim,
        "knit": knit,
        "cable": cable,
        "striped": stripes,
        "pinstriped": pinstripes,
        "checked": checks,
        "dotted": dots,
        "floral": floral,
        "leafy": leaves,
        "geometric": geometric,
        "abstract": abstract,
        "camouflage": camouflage,
        "leopard": leopard,
    }
)


def woven(pattern: str, rng: np.random.Generator, dye: Dye) -> Cloth:
    """Return cloth in a named pattern; a name that is laid on afterwards (a print, colour blocks) is plain cloth."""
    maker = MAKERS.get(pattern, plain)
    return Cloth(maker(rng, dye), dye[0])

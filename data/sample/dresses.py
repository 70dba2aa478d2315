"""Dresses, kurtas, tunics and skirts: what falls in folds from the waist or the shoulder."""

import numpy as np

from data.sample.canvas import Canvas, Cloth, Fill, Fold, Region
from data.sample.curves import MIDDLE, Pen, box, ellipse, mirrored, points_of, ribbon, shifted, sided
from data.sample.garment import Sleeve, Torso, back_of_neck, body_folds, neck_band, set_sleeves
from data.sample.look import Look
from data.sample.palette import darker, ink, mix
from data.sample.raster import Points


def dress(canvas: Canvas, look: Look) -> None:
    """Draw a dress: A-line, sheath, maxi, shirt dress or wrap; strappy, sleeveless or with sleeves."""
    cut = look.cut
    strappy = cut in ("maxi", "strappy")
    waist_y = look.between(118, 130) if cut != "empire" else 108
    hem_y = {"maxi": 296.0, "sheath": look.between(228, 244), "empire": look.between(230, 260)}.get(
        cut, look.between(224, 254)
    )
    torso = Torso(
        neck=28 if strappy else look.between(21, 26),
        shoulder=33 if strappy else look.between(37, 42),
        chest=look.between(35, 38),
        waist=look.between(28, 32),
        hem=look.between(29, 33),
        neck_y=62 if strappy else 30,
        shoulder_y=64 if strappy else 38,
        armpit_y=84,
        waist_y=waist_y - 8,
        hem_y=waist_y + 2,
        neckline="sweetheart neck"
        if strappy
        else str(look.rng.choice(["round", "v neck", "square neck", "boat neck"])),
        drop=12 if strappy else look.between(16, 32),
        hem_dip=0,
    )
    cloth = look.cloth()
    back_of_neck(canvas, torso, cloth, depth=0.35)
    _dress_sleeves(canvas, look, torso, cloth, strappy)
    _skirt_of_dress(canvas, look, torso, cloth, waist_y, hem_y)
    canvas.part(torso.outline(), cloth, depth=0.24, spread=8, folds=_bodice_folds(look, torso), cast=0.1)
    if cut == "wrap":
        _wrap(canvas, look, torso, cloth)
    if look.pattern == "colour block" or cut == "wrap" or look.chance(0.5):
        sash = look.accent if look.chance(0.65) else darker(look.colour, 0.25)
        band = box(MIDDLE - torso.waist - 1.5, waist_y - 6, MIDDLE + torso.waist + 1.5, waist_y + 4, 2)
        canvas.part(band, sash, depth=0.28, spread=4, cast=0.25)
        if look.chance(0.45):
            _bow(canvas, MIDDLE + look.between(-12, 12), waist_y - 1, sash)
    if not strappy:
        neck_band(canvas, torso, cloth.base, 2.6)


def _dress_sleeves(canvas: Canvas, look: Look, torso: Torso, cloth: Fill, strappy: bool) -> None:
    if strappy:
        for side in (-1, 1):
            loop = (
                Pen(MIDDLE + 25, 70)
                .curve(MIDDLE + 26, 48, MIDDLE + 20, 34)
                .curve(MIDDLE + 15, 48, MIDDLE + 15, 72)
                .points
            )
            canvas.part(ribbon(sided(loop, side), 3), darker(look.colour, 0.1), depth=0.2, spread=2)
        return
    kind = look.between(0, 1)
    if kind < 0.3:
        set_sleeves(canvas, look, torso, Sleeve(look.between(36, 46), 38, 32, 5), cloth, folded=0.14)
    elif kind < 0.45:
        set_sleeves(canvas, look, torso, Sleeve(look.between(92, 116), 20, 22, 3), cloth)
    elif kind < 0.58:
        set_sleeves(canvas, look, torso, Sleeve(34, 34, 44, 6), cloth, folded=0.18)


def _bodice_folds(look: Look, torso: Torso) -> list[Fold]:
    found = []
    for side in (-1, 1):
        dart = Pen(MIDDLE + 19, torso.hem_y - 2).curve(MIDDLE + 20, torso.hem_y - 18, MIDDLE + 17, torso.armpit_y + 6)
        found.append(Fold(sided(dart.points, side), 4, -0.13))
        found.append(Fold(shifted(sided(dart.points, side), -4, 0), 4, 0.08))
    return found


def _skirt_of_dress(canvas: Canvas, look: Look, torso: Torso, cloth: Fill, waist_y: float, hem_y: float) -> None:
    flare = {"sheath": look.between(4, 9), "maxi": look.between(30, 44), "wrap": look.between(26, 36)}.get(
        look.cut, look.between(34, 58)
    )
    outline = skirt_outline(torso.waist, waist_y - 2, torso.waist + flare, hem_y, 5 if flare > 15 else 1)
    tiers = 3 if look.cut == "maxi" and look.chance(0.6) else 1
    folds = skirt_folds(look, torso.waist, waist_y, torso.waist + flare, hem_y, 0.17 if flare > 15 else 0.07)
    region = canvas.part(outline, cloth, depth=0.26, spread=9, folds=folds)
    if look.pattern == "colour block":
        depth = look.between(0.25, 0.6) * (hem_y - waist_y)
        canvas.overlay(region, [box(0, hem_y - depth, 240, 320)], look.accent)
    for i in range(1, tiers):
        y = waist_y + (hem_y - waist_y) * i / tiers
        _tier(canvas, look, region, y)
    hem = Pen(MIDDLE - 100, hem_y - 8).curve(MIDDLE, hem_y + 4, MIDDLE + 100, hem_y - 8).points
    canvas.line(shifted(hem, 0, -3), ink(look.colour), 0.6, 0.45, within=region)


def skirt_outline(waist: float, waist_y: float, hem: float, hem_y: float, waves: float) -> Points:
    """Return a skirt from its waist to a hem that ripples by `waves` units."""
    pen = Pen(MIDDLE + waist, waist_y)
    rise = (hem_y - waist_y) * 0.4
    pen.cubic(MIDDLE + waist + 4, waist_y + rise * 0.5, MIDDLE + hem - 6, hem_y - rise, MIDDLE + hem, hem_y - 7)
    count = 5
    x = np.linspace(hem, -hem, count * 8 + 1)
    ripple = waves * 0.45 * np.sin(np.linspace(0, count * 2 * np.pi, len(x)) + 0.6)
    y = hem_y + ripple - 7 * (x / hem) ** 2
    edge = np.stack([MIDDLE + x, y], axis=1).astype(np.float32)
    left = Pen(MIDDLE - hem, hem_y - 7)
    left.cubic(MIDDLE - hem + 6, hem_y - rise, MIDDLE - waist - 4, waist_y + rise * 0.5, MIDDLE - waist, waist_y)
    return np.concatenate([pen.points, edge, left.points])


def skirt_folds(look: Look, waist: float, waist_y: float, hem: float, hem_y: float, strength: float) -> list[Fold]:
    """Return folds that spread from the waist to the hem."""
    found = []
    count = int(look.rng.integers(6, 9))
    for i in range(count):
        share = -0.9 + 1.8 * (i + look.between(0.2, 0.8)) / count
        start = waist_y + (hem_y - waist_y) * look.between(0.02, 0.3)
        span = hem - waist
        x0, x1 = waist * share * 0.85 + span * share * 0.15, hem * share
        line = Pen(MIDDLE + x0, start).curve(
            MIDDLE + (x0 * 0.6 + x1 * 0.4), (start + hem_y) / 2, MIDDLE + x1, hem_y + 8
        )
        width = look.between(6, 11)
        found.append(Fold(line.points, width, -strength * look.between(0.6, 1.1)))
        found.append(Fold(shifted(line.points, -width * 0.8, 0), width * 0.8, strength * look.between(0.4, 0.8)))
    return found


def _tier(canvas: Canvas, look: Look, region: Region, y: float) -> None:
    wave = Pen(MIDDLE - 100, y - 4).curve(MIDDLE, y + 7, MIDDLE + 100, y - 4).points
    canvas.shade(shifted(ribbon(wave, 6), 0, 3.5), 0.25, 2.5, region)
    canvas.line(wave, ink(look.colour, 0.5), 0.8, 0.6, within=region)


def _wrap(canvas: Canvas, look: Look, torso: Torso, cloth: Cloth) -> None:
    low = torso.hem_y - 4
    pen = Pen(MIDDLE - torso.neck, torso.neck_y).curve(MIDDLE - 8, torso.neck_y + 28, MIDDLE + torso.waist - 4, low)
    canvas.shade(shifted(ribbon(pen.points, 5), 1, 3), 0.2, 2)
    canvas.part(ribbon(pen.points, 4), cloth, depth=0.2, spread=2, cast=0.15)


def _bow(canvas: Canvas, x: float, y: float, fill: Fill) -> None:
    for side in (-1, 1):
        tail = Pen(x, y).curve(x + 3, y + 12, x + 7, y + 24).line(x + 1, y + 22).curve(x - 1, y + 10, x, y).points
        canvas.part(sided(tail, side, x), fill, depth=0.25, spread=3, cast=0.2)
        loop = (
            Pen(x, y).curve(x + 7, y - 9, x + 14, y - 5).curve(x + 16, y + 1, x + 13, y + 5).curve(x + 6, y + 5, x, y)
        )
        canvas.part(sided(loop.points, side, x), fill, depth=0.3, spread=3, cast=0.2)
    canvas.part(ellipse(x, y, 3, 3.4), fill, depth=0.3, spread=2, cast=0.2)


def kurta(canvas: Canvas, look: Look) -> None:
    """Draw a kurta: long, straight, with side slits, a band collar and a short placket."""
    female = look.female
    chest = look.between(36, 39) if female else look.between(40, 43)
    hem = chest + (look.between(10, 20) if female else look.between(5, 8))
    torso = Torso(
        neck=17,
        shoulder=chest + 1,
        chest=chest,
        waist=chest - (4 if female else 0),
        hem=hem,
        neck_y=32,
        shoulder_y=42,
        armpit_y=84,
        waist_y=140,
        hem_y=look.between(272, 292),
        drop=10,
        hem_dip=3,
    )
    long = look.cut != "short sleeve"
    length = look.between(96, 112) if female else look.between(130, 142)
    sleeve = Sleeve(length if long else 44, look.between(15, 20) if long else 32, 21 if long else 28)
    cloth = look.cloth()
    back_of_neck(canvas, torso, cloth)
    set_sleeves(canvas, look, torso, sleeve, cloth, folded=0.1)
    folds = body_folds(look, torso, 0.09)
    folds += skirt_folds(look, chest, 170, hem, torso.hem_y, 0.06)
    body = canvas.part(torso.outline(), cloth, depth=0.22, spread=9, folds=folds, cast=0.18)
    _kurta_trim(canvas, look, torso, sleeve, body)
    for side in (-1, 1):
        slit = points_of([(MIDDLE + hem - 3, torso.hem_y - 6), (MIDDLE + chest + 1, 186)])
        canvas.shade(ribbon(sided(slit, side), 5), 0.16, 1.6, body)
        canvas.line(sided(slit, side), ink(look.colour, 0.5), 0.7, 0.6, within=body)


def _kurta_trim(canvas: Canvas, look: Look, torso: Torso, sleeve: Sleeve, body: Region) -> None:
    trim = look.accent if look.female or look.chance(0.4) else darker(look.colour, 0.18)
    low = torso.neck_y + torso.drop
    end = low + look.between(54, 74)
    canvas.part(box(MIDDLE - 5.5, low - 2, MIDDLE + 5.5, end, 1), trim, depth=0.14, spread=3, cast=0.15)
    for i in range(4):
        canvas.part(
            ellipse(MIDDLE, low + 9 + i * (end - low - 14) / 3, 1.7, 1.7),
            mix(trim, (1, 0.95, 0.85), 0.55),
            depth=0.3,
            spread=2,
            cast=0.3,
        )
    stand = (
        Pen(MIDDLE, low + 3).curve(MIDDLE + 17, low, MIDDLE + 20, torso.neck_y - 2).line(MIDDLE + 15, torso.neck_y - 7)
    )
    stand.curve(MIDDLE + 13, low - 9, MIDDLE, low - 6)
    canvas.part(mirrored(stand.points), trim, depth=0.25, spread=4, cast=0.22)
    for side in (-1, 1):
        canvas.part(sleeve.band(torso, side, 7), trim, depth=0.2, spread=3, cast=0.12)
    if look.female or look.chance(0.3):
        y = torso.hem_y
        curve = Pen(MIDDLE - 90, y - 12).curve(MIDDLE, y - 2, MIDDLE + 90, y - 12).points
        canvas.overlay(body, [ribbon(curve, 9)], trim, 0.95)
        for x in np.arange(MIDDLE - 52, MIDDLE + 54, 9.0):
            dip = y - 7 - 5 * ((x - MIDDLE) / 60) ** 2
            canvas.overlay(
                body, [points_of([(x, dip - 3), (x + 3, dip), (x, dip + 3), (x - 3, dip)])], look.colour, 0.9
            )


def skirt(canvas: Canvas, look: Look) -> None:
    """Draw a skirt: flared, pencil, pleated, tiered or denim mini."""
    cut = look.cut
    waist = look.between(36, 42)
    long = {"pencil": 190.0, "mini": 132.0, "maxi": 236.0}.get(cut, look.between(150, 186))
    flare = {"pencil": look.between(4, 8), "mini": look.between(18, 24), "maxi": look.between(34, 46)}.get(
        cut, look.between(40, 56)
    )
    top, hem_y = 46.0, 46.0 + long
    cloth = look.cloth()
    hem = waist + flare
    strength = 0.05 if cut in ("pencil", "mini") else 0.17
    folds = skirt_folds(look, waist, top + 12, hem, hem_y, strength)
    outline = skirt_outline(waist, top, hem, hem_y, 1 if strength < 0.1 else 6)
    if cut == "pencil":
        outline = _pencil(waist, top, hem_y)
    region = canvas.part(outline, cloth, depth=0.28, spread=11, folds=() if cut == "pleated" else folds)
    if cut == "pleated":
        _pleats(canvas, look, region, waist, top, hem, hem_y)
    if cut in ("tiered", "maxi"):
        for share in (0.38, 0.7):
            _tier(canvas, look, region, top + long * share)
    if look.pattern == "colour block":
        canvas.overlay(region, [box(0, hem_y - long * look.between(0.2, 0.4), 240, 320)], look.accent)
    seam = ink(look.colour, 0.4)
    if cut == "mini":
        _denim_front(canvas, look, top, hem_y)
    if cut == "pencil":
        canvas.line(points_of([(MIDDLE + 14, hem_y - 34), (MIDDLE + 15, hem_y)]), seam, 1.2, 0.7, within=region)
    elif cut != "pleated":
        hem_line = Pen(MIDDLE - 110, hem_y - 14).curve(MIDDLE, hem_y + 4, MIDDLE + 110, hem_y - 14).points
        canvas.stitches(shifted(hem_line, 0, -2), seam, 0.5, 0.5, within=region)
    band = look.accent if look.chance(0.25) else darker(look.colour, 0.12)
    canvas.part(
        box(MIDDLE - waist - 0.5, top - 5, MIDDLE + waist + 0.5, top + 9, 2), band, depth=0.28, spread=4, cast=0.25
    )
    if look.chance(0.3) and cut != "mini":
        _bow(canvas, MIDDLE + look.between(-16, 16), top + 3, look.accent)


def _pencil(waist: float, top: float, hem_y: float) -> Points:
    pen = Pen(MIDDLE, top).line(MIDDLE + waist, top)
    pen.cubic(MIDDLE + waist + 14, top + 40, MIDDLE + waist + 15, top + 80, MIDDLE + waist + 3, hem_y)
    return mirrored(pen.curve(MIDDLE, hem_y + 3, MIDDLE, hem_y + 2).points)


def _pleats(canvas: Canvas, look: Look, region: Region, waist: float, top: float, hem: float, hem_y: float) -> None:
    count = int(look.rng.integers(9, 13))
    for i in range(1, count):
        share = -1 + 2 * i / count
        line = Pen(MIDDLE + waist * share, top + 6).line(MIDDLE + hem * share, hem_y + 8).points
        canvas.shade(shifted(ribbon(line, 2.5, 7), 2, 0), 0.24, 1.4, region)
        canvas.shade(shifted(ribbon(line, 2, 5), -3.5, 0), -0.12, 1.6, region)
        canvas.line(line, darker(look.colour, 0.5), 0.6, 0.5, within=region)


def _denim_front(canvas: Canvas, look: Look, top: float, hem_y: float) -> None:
    thread = (0.85, 0.66, 0.40)
    canvas.stitches(points_of([(MIDDLE, top + 9), (MIDDLE, hem_y)]), thread, 0.7, 0.8)
    for side in (-1, 1):
        pocket = Pen(MIDDLE + 16, top + 8).curve(MIDDLE + 20, top + 28, MIDDLE + 46, top + 30).points
        canvas.stitches(sided(pocket, side), thread, 0.7, 0.9)
        canvas.stitches(shifted(sided(pocket, side), 0, 2.5), thread, 0.7, 0.9)
    canvas.part(ellipse(MIDDLE, top + 2, 2.4, 2.4), (0.75, 0.6, 0.4), depth=0.3, cast=0.3, spread=2)

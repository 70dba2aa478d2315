"""T-shirts, shirts and tops."""

from dataclasses import replace

import numpy as np

from data.sample.canvas import Canvas, Cloth, Fill, Region
from data.sample.curves import MIDDLE, Pen, box, ellipse, mirrored, points_of, ribbon, shifted, sided
from data.sample.emblems import print_emblem
from data.sample.garment import (
    Sleeve,
    Torso,
    armhole_seam,
    back_of_neck,
    body_folds,
    button,
    colour_block,
    neck_band,
    set_sleeves,
)
from data.sample.look import Look
from data.sample.palette import darker, ink


def tshirt(canvas: Canvas, look: Look) -> None:
    """Draw a T-shirt: round or V neck, polo, short or long sleeves."""
    torso = _tee_torso(look)
    sleeve = Sleeve(look.between(50, 62), look.between(40, 48), look.between(35, 40))
    if "long sleeve" in look.cut:
        sleeve = Sleeve(look.between(160, 172), look.between(13, 17), look.between(20, 23))
    polo = look.cut.startswith("polo")
    cloth = look.cloth()
    trim: Fill = look.accent if look.pattern == "colour block" or look.chance(0.18) else cloth.base
    back_of_neck(canvas, torso, cloth)
    arms = look.accent if look.pattern == "raglan" else cloth
    sleeves = set_sleeves(canvas, look, torso, sleeve, arms)
    body = canvas.part(torso.outline(), cloth, depth=0.2, spread=11, folds=body_folds(look, torso), cast=0.16)
    if look.pattern == "colour block":
        colour_block(canvas, look, torso, body, sleeves)
    if look.pattern == "printed":
        y = torso.neck_y + torso.drop + look.between(40, 52) + (32 if polo else 0)
        print_emblem(canvas, body, MIDDLE, y, look.between(20, 29), (look.accent, look.third), look.rng)
    for side in (-1, 1):
        canvas.stitches(sleeve.band(torso, side, 4)[2:], ink(look.colour), 0.5, 0.6)
        armhole_seam(canvas, torso, side, look)
    canvas.stitches(_hem_line(torso, 5), ink(look.colour), 0.5, 0.6)
    if polo:
        _polo_collar(canvas, look, torso, trim)
    else:
        neck_band(canvas, torso, trim, 4.6)
    if look.pattern != "printed" and look.chance(0.25):
        x, y = MIDDLE + 24, torso.armpit_y - 4
        canvas.part(ellipse(x, y, 3, 2.4), look.accent, depth=0.1, rim=0.1)


def _tee_torso(look: Look) -> Torso:
    female = look.female
    chest = look.between(44, 49) if female else look.between(51, 56)
    neckline = "v neck" if "v neck" in look.cut else "round"
    drop = look.between(30, 40) if neckline == "v neck" else look.between(14, 21) + (7 if female else 0)
    return Torso(
        neck=look.between(21, 25) + (3 if female else 0),
        shoulder=chest + look.between(4, 7) - (3 if female else 0),
        chest=chest,
        waist=chest - look.between(2, 4.5) if female else chest - look.between(0, 2),
        hem=chest + look.between(-1, 3),
        hem_y=look.between(232, 252),
        waist_y=look.between(165, 175),
        neckline=neckline,
        drop=drop,
        hem_dip=look.between(2, 6),
    )


def _hem_line(torso: Torso, up: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    y = torso.hem_y - up
    line = Pen(MIDDLE - torso.hem + 1, y - torso.hem_dip)
    return line.curve(MIDDLE, y + torso.hem_dip * 1.4, MIDDLE + torso.hem - 1, y - torso.hem_dip).points


def _polo_collar(canvas: Canvas, look: Look, torso: Torso, trim: Fill) -> None:
    top, low = torso.neck_y, torso.neck_y + torso.drop
    placket = box(MIDDLE - 6, low - 3, MIDDLE + 6, low + look.between(36, 46), 1)
    canvas.part(placket, trim, depth=0.12, spread=3, cast=0.12)
    canvas.stitches(placket[len(placket) // 4 : len(placket) // 2 + 1], ink(look.colour), 0.5, 0.5)
    for i in range(2):
        button(canvas, MIDDLE, low + 10 + i * 15, look)
    for side in (-1, 1):
        pen = (
            Pen(MIDDLE + 1, low + 2)
            .line(MIDDLE + 16, low + 15)
            .curve(MIDDLE + 30, top + 16, MIDDLE + torso.neck + 5, top)
        )
        pen.curve(MIDDLE + torso.neck - 2, top - 5, MIDDLE + torso.neck - 7, top - 3)
        pen.curve(MIDDLE + 12, low - 6, MIDDLE + 1, low + 2)
        leaf = sided(pen.points, side)
        canvas.part(leaf, trim, depth=0.2, spread=4, cast=0.3)


def shirt(canvas: Canvas, look: Look) -> None:
    """Draw a buttoned shirt with a collar; the sleeves are long or short."""
    female = look.female
    chest = look.between(45, 49) if female else look.between(52, 56)
    torso = Torso(
        neck=20,
        shoulder=chest + look.between(3, 6),
        chest=chest,
        waist=chest - look.between(2, 5) if female else chest - look.between(0, 3),
        hem=chest + look.between(0, 3),
        hem_y=look.between(244, 258),
        neckline="v neck",
        drop=look.between(20, 30),
        hem_dip=look.between(5, 12),
    )
    long = "short sleeve" not in look.cut
    sleeve = Sleeve(look.between(168, 178), look.between(12, 16), 21) if long else Sleeve(58, look.between(33, 40), 39)
    cloth = look.cloth()
    back_of_neck(canvas, torso, cloth, depth=0.35)
    set_sleeves(canvas, look, torso, sleeve, cloth, folded=0.11)
    body = canvas.part(torso.outline(), cloth, depth=0.2, spread=10, folds=body_folds(look, torso, 0.085), cast=0.18)
    seam = ink(look.colour, 0.4)
    for side in (-1, 1):
        armhole_seam(canvas, torso, side, look)
        if long:
            cuff = sleeve.band(torso, side, 15, 1.2)
            canvas.part(cuff, _turned(cloth, -side * sleeve.angle), depth=0.22, spread=4, cast=0.2)
            canvas.stitches(cuff[2:], seam, 0.5, 0.6)
    _placket(canvas, look, torso, body)
    if look.chance(0.65):
        _pocket(canvas, look, cloth, MIDDLE + 11, torso.armpit_y - 6)
    if look.pattern == "colour block":
        canvas.overlay(body, [box(0, 0, 240, torso.armpit_y - 10)], look.accent, 0.9)
    _shirt_collar(canvas, look, torso, _turned(cloth, 0) if look.chance(0.85) else look.accent)


def _turned(cloth: Cloth, angle: float) -> Cloth:
    return cloth.along(angle, (MIDDLE + 3, 7))


def _placket(canvas: Canvas, look: Look, torso: Torso, body: Region) -> None:
    seam = ink(look.colour, 0.4)
    top, bottom = torso.neck_y + torso.drop, torso.hem_y + 2
    canvas.shade(box(MIDDLE + 5, top, MIDDLE + 8, bottom), 0.22, 1.6, body)
    for x in (MIDDLE - 6, MIDDLE + 5.5):
        canvas.line(points_of([(x, top - 6), (x, bottom)]), seam, 0.6, 0.55, within=body)
    canvas.stitches(points_of([(MIDDLE - 4, top), (MIDDLE - 4, bottom - 2)]), seam, 0.45, 0.35)
    step = (bottom - top - 14) / 6
    for i in range(6):
        button(canvas, MIDDLE, top + 8 + i * step, look)


def _pocket(canvas: Canvas, look: Look, cloth: Fill, x: float, y: float) -> None:
    pen = Pen(x, y).line(x + 27, y).line(x + 27, y + 25).line(x + 13.5, y + 31).line(x, y + 25)
    canvas.part(pen.points, cloth, depth=0.05, spread=3, rim=0.22)
    canvas.stitches(shifted(pen.points[:2], 0, 4), ink(look.colour), 0.5, 0.6)


def _shirt_collar(canvas: Canvas, look: Look, torso: Torso, fill: Fill) -> None:
    top, low = torso.neck_y, torso.neck_y + torso.drop
    point = look.between(14, 20)
    stand = (
        Pen(MIDDLE - 21, top + 2)
        .curve(MIDDLE, top - 9, MIDDLE + 21, top + 2)
        .curve(MIDDLE, top + 4, MIDDLE - 21, top + 2)
    )
    canvas.part(stand.points, fill, depth=0.2, spread=3)
    for side in (-1, 1):
        pen = Pen(MIDDLE + 1, low + 1).line(MIDDLE + point, low + look.between(9, 13))
        pen.line(MIDDLE + 30, top + 12).curve(MIDDLE + 27, top - 3, MIDDLE + 19, top - 4)
        pen.curve(MIDDLE + 14, top + 8, MIDDLE + 1, low + 1)
        leaf = sided(pen.points, side)
        canvas.part(leaf, fill, depth=0.18, spread=4, cast=0.32)
        inner = np.asarray((leaf - leaf.mean(axis=0)) * 0.84 + leaf.mean(axis=0), dtype=np.float32)
        canvas.stitches(inner[1:4], ink(look.colour), 0.45, 0.5)


def top(canvas: Canvas, look: Look) -> None:
    """Draw a woman's top: sleeveless, off the shoulder, with flutter or puff sleeves, or a peplum."""
    cut = look.cut
    strap = cut == "camisole"
    shoulder = look.between(36, 42) if cut in ("sleeveless", "camisole", "peplum") else look.between(41, 46)
    torso = Torso(
        neck=shoulder - 5 if strap else look.between(24, 30),
        shoulder=shoulder,
        chest=look.between(41, 46),
        waist=look.between(36, 41),
        hem=look.between(44, 58),
        neck_y=74 if strap else 48,
        shoulder_y=76 if strap else 54,
        armpit_y=104,
        waist_y=look.between(150, 158),
        hem_y=look.between(200, 218),
        neckline=str(look.rng.choice(["round", "v neck", "square neck", "boat neck"]))
        if not strap
        else "sweetheart neck",
        drop=16 if strap else look.between(18, 34),
        hem_dip=look.between(3, 9),
    )
    cloth = look.cloth()
    back_of_neck(canvas, torso, cloth, depth=0.3)
    if cut == "flutter sleeve":
        set_sleeves(canvas, look, torso, Sleeve(46, 36, 52, 3), cloth, folded=0.16)
    elif cut == "puff sleeve":
        sleeve = Sleeve(48, 34, 30, 13)
        set_sleeves(canvas, look, torso, sleeve, cloth, folded=0.16)
        for side in (-1, 1):
            canvas.part(sleeve.band(torso, side, 6, -1), cloth.base, depth=0.2, spread=3, cast=0.2)
    elif cut == "three quarter sleeve":
        set_sleeves(canvas, look, torso, Sleeve(118, 18, 27), cloth)
    if strap:
        for side in (-1, 1):
            loop = (
                Pen(MIDDLE + 28, 82)
                .curve(MIDDLE + 29, 60, MIDDLE + 22, 47)
                .curve(MIDDLE + 17, 60, MIDDLE + 17, 84)
                .points
            )
            canvas.part(ribbon(sided(loop, side), 3.2), darker(look.colour, 0.12), depth=0.2, spread=2)
    if cut == "peplum":
        _peplum(canvas, look, torso, cloth)
        torso = replace(torso, waist_y=150, hem_y=174, hem=torso.waist + 1, hem_dip=1)
    body = canvas.part(torso.outline(), cloth, depth=0.22, spread=10, folds=body_folds(look, torso, 0.1), cast=0.15)
    if look.pattern == "printed":
        y = torso.neck_y + torso.drop + look.between(34, 44)
        print_emblem(canvas, body, MIDDLE, y, look.between(15, 22), (look.accent, look.third), look.rng)
    if look.pattern == "colour block":
        canvas.overlay(body, [box(0, 0, 240, torso.armpit_y + look.between(0, 30))], look.accent)
    neck_band(canvas, torso, cloth.base, 3)
    if cut == "peplum":
        canvas.part(
            box(MIDDLE - torso.waist - 1, 168, MIDDLE + torso.waist + 1, 176, 2), look.accent, depth=0.2, cast=0.2
        )
    canvas.stitches(_hem_line(torso, 4), ink(look.colour), 0.45, 0.5)
    if cut in ("sleeveless", "peplum"):
        for side in (-1, 1):
            armhole_seam(canvas, torso, side, look)


def _peplum(canvas: Canvas, look: Look, torso: Torso, cloth: Fill) -> None:
    skirt = replace(torso, hem=torso.waist + look.between(22, 30), hem_y=look.between(218, 230), hem_dip=7)
    pen = Pen(MIDDLE, 168).line(MIDDLE + torso.waist, 168)
    pen.cubic(MIDDLE + torso.waist + 6, 182, MIDDLE + skirt.hem, 200, MIDDLE + skirt.hem + 3, skirt.hem_y - 6)
    pen.curve(MIDDLE + skirt.hem * 0.5, skirt.hem_y + 5, MIDDLE, skirt.hem_y)
    canvas.part(mirrored(pen.points), cloth, depth=0.25, spread=8, folds=body_folds(look, skirt, 0.16))

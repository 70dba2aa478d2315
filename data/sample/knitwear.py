"""Sweaters, cardigans, sweatshirts and hoodies."""

import numpy as np

from data.sample.canvas import Canvas, Fill, Region
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
    ticks,
)
from data.sample.look import Look
from data.sample.palette import darker, ink, lighter


def sweater(canvas: Canvas, look: Look) -> None:
    """Draw a knitted sweater with ribbed hem and cuffs: round neck, V neck, turtleneck or cardigan."""
    chest = look.between(48, 52) if look.female else look.between(53, 57)
    neckline = "v neck" if look.cut in ("v neck", "cardigan") else "round"
    drop = {"v neck": 38.0, "cardigan": 66.0}.get(look.cut, 14.0)
    torso = Torso(
        neck=22,
        shoulder=chest + 3,
        chest=chest,
        waist=chest,
        hem=chest - 2,
        hem_y=look.between(228, 240),
        neckline=neckline,
        drop=drop,
        hem_dip=2,
    )
    sleeve = Sleeve(look.between(160, 168), look.between(14, 19), 25)
    cloth = look.cloth()
    rib: Fill = look.accent if look.chance(0.2) else darker(look.colour, 0.06)
    back_of_neck(canvas, torso, cloth)
    set_sleeves(canvas, look, torso, sleeve, cloth, folded=0.1, depth=0.3)
    body = canvas.part(torso.outline(), cloth, depth=0.27, spread=13, folds=body_folds(look, torso, 0.06), cast=0.22)
    if look.pattern == "striped knit":
        _chest_bands(canvas, look, torso, body)
    for side in (-1, 1):
        cuff = sleeve.band(torso, side, 14, -0.5)
        canvas.part(cuff, rib, depth=0.3, spread=4, cast=0.2)
        ticks(canvas, np.asarray((cuff[[0, 1]] + cuff[[3, 2]]) / 2, dtype=np.float32), 13, 2.2, rib)
    band = box(MIDDLE - torso.hem - 0.5, torso.hem_y - 13, MIDDLE + torso.hem + 0.5, torso.hem_y + 4, 3)
    canvas.part(band, rib, depth=0.28, spread=5, cast=0.15)
    y = torso.hem_y - 4.5
    ticks(canvas, points_of([(MIDDLE - torso.hem + 2, y), (MIDDLE + torso.hem - 2, y)]), 14, 2.6, rib)
    if look.cut == "turtleneck":
        pen = Pen(MIDDLE, 18).curve(MIDDLE + 16, 17, MIDDLE + 20, 21).curve(MIDDLE + 22, 36, MIDDLE + 26, 46)
        roll = mirrored(pen.curve(MIDDLE + 16, 57, MIDDLE, 57).points)
        canvas.part(roll, rib, depth=0.35, spread=6, cast=0.3)
        ticks(canvas, points_of([(MIDDLE - 18, 37), (MIDDLE + 18, 37)]), 26, 2.6, rib)
        canvas.shade(ellipse(MIDDLE, 20, 18, 2.2), 0.35, 1)
    else:
        neck_band(canvas, torso, rib, 7, ribbed=True)
    if look.cut == "cardigan":
        low = torso.neck_y + torso.drop
        canvas.part(box(MIDDLE - 5, low, MIDDLE + 5, torso.hem_y + 4), rib, depth=0.2, spread=3, cast=0.25)
        for i in range(5):
            button(canvas, MIDDLE, low + 10 + i * (torso.hem_y - low - 16) / 4, look, 2.6)


def _chest_bands(canvas: Canvas, look: Look, torso: Torso, body: Region) -> None:
    y = look.between(torso.armpit_y, torso.waist_y)
    for i, height in enumerate((10.0, 4.0, 10.0)):
        canvas.overlay(body, [box(0, y, 240, y + height)], look.third if i == 1 else look.accent)
        y += height + 5


def sweatshirt(canvas: Canvas, look: Look) -> None:
    """Draw a sweatshirt or a hoodie, with its kangaroo pocket, cords or zip."""
    chest = look.between(47, 51) if look.female else look.between(53, 57)
    torso = Torso(
        neck=23,
        shoulder=chest + 4,
        chest=chest,
        waist=chest,
        hem=chest - 3,
        hem_y=look.between(230, 242),
        drop=17,
        hem_dip=2,
    )
    sleeve = Sleeve(look.between(158, 168), look.between(15, 20), 27)
    cloth = look.cloth()
    rib: Fill = look.accent if look.chance(0.25) else darker(look.colour, 0.12)
    hood = "hooded" in look.cut
    if hood:
        pen = Pen(MIDDLE, 12).cubic(MIDDLE + 26, 10, MIDDLE + 42, 30, MIDDLE + 40, 58).line(MIDDLE, 76)
        canvas.part(mirrored(pen.points), cloth, depth=0.3, spread=9)
        pen = Pen(MIDDLE, 24).cubic(MIDDLE + 20, 22, MIDDLE + 28, 38, MIDDLE + 25, 56).line(MIDDLE, 74)
        canvas.part(mirrored(pen.points), darker(look.colour, 0.45), depth=0.35, spread=8)
    else:
        back_of_neck(canvas, torso, cloth)
    sleeves = set_sleeves(canvas, look, torso, sleeve, look.accent if look.pattern == "raglan" else cloth, depth=0.28)
    body = canvas.part(torso.outline(), cloth, depth=0.24, spread=12, folds=body_folds(look, torso, 0.07), cast=0.22)
    if look.pattern == "colour block":
        colour_block(canvas, look, torso, body, sleeves)
    for side in (-1, 1):
        canvas.part(sleeve.band(torso, side, 14, -1.5), rib, depth=0.3, spread=4, cast=0.2)
        armhole_seam(canvas, torso, side, look)
    canvas.part(
        box(MIDDLE - torso.hem - 0.5, torso.hem_y - 12, MIDDLE + torso.hem + 0.5, torso.hem_y + 4, 3),
        rib,
        depth=0.28,
        spread=5,
        cast=0.15,
    )
    if hood:
        _kangaroo_pocket(canvas, look, torso, cloth)
    if "zip" in look.cut:
        _zip(canvas, look, torso.neck_y + torso.drop - 3, torso.hem_y + 3)
    elif look.pattern == "printed":
        print_emblem(canvas, body, MIDDLE, 112, look.between(19, 26), (look.accent, look.third), look.rng)
    if hood:
        _hood_edge(canvas, look, torso, cloth)
    else:
        neck_band(canvas, torso, rib, 7, ribbed=True)


def _kangaroo_pocket(canvas: Canvas, look: Look, torso: Torso, cloth: Fill) -> None:
    y = torso.hem_y - 12
    pen = (
        Pen(MIDDLE, y - 48)
        .line(MIDDLE + 22, y - 48)
        .curve(MIDDLE + 28, y - 24, MIDDLE + 36, y - 20)
        .line(MIDDLE + 36, y)
    )
    pen.line(MIDDLE, y)
    pocket = mirrored(pen.points)
    canvas.part(pocket, cloth, depth=0.12, spread=4, cast=0.22, rim=0.35)
    canvas.stitches(shifted(mirrored(pen.points[1:14]), 0, 0), ink(look.colour), 0.45, 0.5)


def _hood_edge(canvas: Canvas, look: Look, torso: Torso, cloth: Fill) -> None:
    low = torso.neck_y + torso.drop + 3
    for side in (-1, 1):
        pen = Pen(MIDDLE + 25, 34).cubic(MIDDLE + 38, 40, MIDDLE + 34, 58, MIDDLE - 1, low + 3)
        pen.cubic(MIDDLE + 18, low - 14, MIDDLE + 24, 52, MIDDLE + 25, 34)
        canvas.part(sided(pen.points, side), cloth, depth=0.25, spread=4, cast=0.25)
    cord = lighter(look.colour, 0.7) if sum(look.colour) < 1.7 else darker(look.colour, 0.45)
    for side in (-1, 1):
        end = look.between(28, 42)
        line = Pen(MIDDLE + 9, low - 3).curve(MIDDLE + 13, low + end * 0.5, MIDDLE + 10, low + end).points
        line = sided(line, side)
        canvas.shade(shifted(ribbon(line, 2.2), 1.2, 1.2), 0.25, 1)
        canvas.line(line, cord, 1.6)
        canvas.line(line[-3:], darker(cord, 0.3), 2.4)


def _zip(canvas: Canvas, look: Look, top_y: float, bottom: float) -> None:
    metal = (0.72, 0.73, 0.75) if sum(look.colour) < 1.9 else (0.45, 0.46, 0.48)
    line = points_of([(MIDDLE, top_y), (MIDDLE, bottom)])
    canvas.shade(ribbon(line, 7), 0.25, 1.5)
    canvas.line(line, darker(look.colour, 0.4), 3)
    canvas.stitches(line, metal, 1.6, 0.95, 1.6)
    canvas.part(box(MIDDLE - 1.6, top_y + 2, MIDDLE + 1.6, top_y + 12, 1.5), metal, depth=0.3, spread=2, cast=0.3)

"""Jackets of several kinds, and waistcoats."""

from data.sample.canvas import Canvas, Fill, Fold, Region
from data.sample.curves import MIDDLE, Pen, box, ellipse, mirrored, points_of, ribbon, shifted, sided
from data.sample.garment import Sleeve, Torso, back_of_neck, body_folds, set_sleeves, ticks
from data.sample.look import Look
from data.sample.palette import Colour, darker, ink, lighter
from data.sample.raster import Points

_STEEL: Colour = (0.70, 0.71, 0.74)


def jacket(canvas: Canvas, look: Look) -> None:
    """Draw a jacket: bomber, denim, puffer, biker or blazer."""
    {
        "bomber": _bomber,
        "denim": _denim_jacket,
        "puffer": _puffer,
        "biker": _biker,
        "blazer": _blazer,
    }[look.cut or "bomber"](canvas, look)


def _shape(look: Look, hem_y: float, **more: float | str) -> Torso:
    chest = look.between(49, 53) if look.female else look.between(55, 59)
    measures: dict[str, float | str] = {
        "neck": 21,
        "shoulder": chest + 4,
        "chest": chest,
        "waist": chest - (4 if look.female else 1),
        "hem": chest,
        "hem_y": hem_y,
        "neckline": "v neck",
        "drop": 26,
        "hem_dip": 1.5,
        **more,
    }
    return Torso(**measures)  # type: ignore[arg-type]


def _front(canvas: Canvas, look: Look, torso: Torso, sleeve: Sleeve, cloth: Fill, depth: float, folded: float) -> None:
    back_of_neck(canvas, torso, cloth)
    set_sleeves(canvas, look, torso, sleeve, cloth, depth=depth, folded=folded)
    canvas.part(torso.outline(), cloth, depth=depth, spread=12, folds=body_folds(look, torso, folded), cast=0.25)


def _zipper(canvas: Canvas, colour: Colour, top: float, bottom: float, x: float = MIDDLE, slant: float = 0) -> None:
    line = points_of([(x + slant, top), (x, bottom)])
    canvas.shade(ribbon(line, 8), 0.25, 1.8)
    canvas.line(line, darker(colour, 0.45), 3.2)
    canvas.stitches(line, _STEEL, 1.7, 0.95, 1.7)
    canvas.part(box(x + slant - 1.8, top + 3, x + slant + 1.8, top + 14, 1.6), _STEEL, depth=0.3, spread=2, cast=0.3)


def _collar(canvas: Canvas, look: Look, torso: Torso, fill: Fill, spread: float, low: float) -> None:
    top = torso.neck_y
    back = (
        Pen(MIDDLE - 21, top + 2)
        .curve(MIDDLE, top - 11, MIDDLE + 21, top + 2)
        .curve(MIDDLE, top + 5, MIDDLE - 21, top + 2)
    )
    canvas.part(back.points, fill, depth=0.25, spread=3)
    for side in (-1, 1):
        pen = Pen(MIDDLE + 3, low).line(MIDDLE + spread - 4, low + 6).line(MIDDLE + spread + 8, top + 17)
        pen.curve(MIDDLE + 28, top - 4, MIDDLE + 19, top - 5).curve(MIDDLE + 14, top + 8, MIDDLE + 3, low)
        leaf = sided(pen.points, side)
        canvas.part(leaf, fill, depth=0.22, spread=5, cast=0.35)
        canvas.stitches(shifted(leaf[:3], 0, -2), ink(look.colour), 0.5, 0.5)


def _bomber(canvas: Canvas, look: Look) -> None:
    torso = _shape(look, look.between(214, 226), hem=50, neckline="round", drop=12)
    sleeve = Sleeve(look.between(152, 160), look.between(16, 20), 28)
    cloth = look.cloth()
    arms: Fill = look.accent if look.pattern == "colour block" else cloth
    rib = look.accent if look.chance(0.35) else darker(look.colour, 0.3)
    back_of_neck(canvas, torso, cloth)
    set_sleeves(canvas, look, torso, sleeve, arms, depth=0.34, folded=0.15)
    canvas.part(torso.outline(), cloth, depth=0.3, spread=12, folds=body_folds(look, torso, 0.12), cast=0.25)
    for side in (-1, 1):
        cuff = sleeve.band(torso, side, 13, -2)
        canvas.part(cuff, rib, depth=0.3, spread=4, cast=0.2)
        slit = Pen(MIDDLE + 24, torso.hem_y - 36).line(MIDDLE + 38, torso.hem_y - 66).points
        canvas.part(ribbon(sided(slit, side), 5), darker(look.colour, 0.25), depth=0.2, spread=2, cast=0.15)
        canvas.stitches(sided(slit, side), _STEEL, 0.9, 0.8, 1.6)
    hem = box(MIDDLE - torso.hem, torso.hem_y - 12, MIDDLE + torso.hem, torso.hem_y + 4, 3)
    canvas.part(hem, rib, depth=0.3, spread=5, cast=0.2)
    ticks(
        canvas,
        points_of([(MIDDLE - torso.hem + 2, torso.hem_y - 4), (MIDDLE + torso.hem - 2, torso.hem_y - 4)]),
        14,
        2.4,
        rib,
    )
    collar = (
        Pen(MIDDLE, 58).curve(MIDDLE + 24, 56, MIDDLE + 27, 38).line(MIDDLE + 20, 32).curve(MIDDLE + 17, 46, MIDDLE, 47)
    )
    canvas.part(mirrored(collar.points), rib, depth=0.3, spread=4, cast=0.25)
    arc = Pen(MIDDLE - 23, 40).cubic(MIDDLE - 19, 55, MIDDLE + 19, 55, MIDDLE + 23, 40).points
    ticks(canvas, arc, 9, 2.2, rib)
    _zipper(canvas, look.colour, 48, torso.hem_y + 3)


def _denim_jacket(canvas: Canvas, look: Look) -> None:
    torso = _shape(look, look.between(212, 222), hem=51)
    sleeve = Sleeve(look.between(158, 166), look.between(14, 18), 24)
    cloth = look.cloth()
    thread = lighter(look.colour, 0.5) if look.chance(0.4) else (0.83, 0.62, 0.35)
    _front(canvas, look, torso, sleeve, cloth, 0.26, 0.11)
    line = torso.armpit_y - 6
    canvas.stitches(points_of([(MIDDLE - torso.chest + 4, line), (MIDDLE + torso.chest - 4, line)]), thread, 0.7, 0.9)
    for side in (-1, 1):
        cuff = sleeve.band(torso, side, 13, 1)
        canvas.part(cuff, cloth, depth=0.25, spread=4, cast=0.22)
        canvas.stitches(cuff[2:], thread, 0.6, 0.8)
        for x, end in ((12.0, 16.0), (34.0, 26.0)):
            seam = points_of([(MIDDLE + x, line + 14), (MIDDLE + end, torso.hem_y - 13)])
            canvas.stitches(sided(seam, side), thread, 0.7, 0.9)
        flap = (
            Pen(MIDDLE + 11, line - 3)
            .line(MIDDLE + 40, line - 3)
            .line(MIDDLE + 40, line + 9)
            .line(MIDDLE + 25.5, line + 16)
        )
        flap.line(MIDDLE + 11, line + 9)
        shape = sided(flap.points, side)
        canvas.part(shape, cloth, depth=0.12, spread=3, cast=0.25, rim=0.4)
        canvas.stitches(shifted(shape[1:], 0, -2), thread, 0.6, 0.8)
        canvas.part(ellipse(MIDDLE + side * 25.5, line + 10, 1.9, 1.9), _STEEL, depth=0.3, cast=0.3, spread=2)
    hem = box(MIDDLE - torso.hem - 1, torso.hem_y - 13, MIDDLE + torso.hem + 1, torso.hem_y + 3, 2)
    canvas.part(hem, cloth, depth=0.2, spread=4, cast=0.22)
    canvas.stitches(
        points_of([(MIDDLE - torso.hem, torso.hem_y - 10), (MIDDLE + torso.hem, torso.hem_y - 10)]), thread, 0.6, 0.8
    )
    canvas.part(box(MIDDLE - 6, 64, MIDDLE + 6, torso.hem_y + 3), cloth, depth=0.1, spread=3, cast=0.18)
    canvas.stitches(points_of([(MIDDLE - 4, 68), (MIDDLE - 4, torso.hem_y)]), thread, 0.6, 0.8)
    for i in range(6):
        y = 74 + i * (torso.hem_y - 80) / 5
        canvas.part(ellipse(MIDDLE + 1, y, 2.2, 2.2), _STEEL, depth=0.35, cast=0.3, spread=2)
    _collar(canvas, look, torso, cloth, 25, 62)


def _puffer(canvas: Canvas, look: Look) -> None:
    torso = _shape(look, look.between(222, 236), neckline="round", drop=10)
    sleeve = Sleeve(look.between(150, 160), look.between(16, 20), 31, 5)
    fill: Fill = look.cloth()
    back_of_neck(canvas, torso, fill)
    arms = set_sleeves(canvas, look, torso, sleeve, fill, depth=0.4, folded=0.08)
    rows = int(look.rng.integers(6, 9))
    dx, dy = sleeve.heading()
    for side in (-1, 1):
        for i in range(1, 7):
            x, y = MIDDLE + torso.shoulder + dx * sleeve.length * i / 7, torso.shoulder_y + dy * sleeve.length * i / 7
            seam = Pen(x + 2, y - 1).curve(
                x - dy * 14, y + dx * 14 + 5, x - dy * sleeve.cuff * 1.35, y + dx * sleeve.cuff
            )
            _quilt(canvas, look, sided(seam.points, side), arms[max(side, 0)])
        canvas.part(sleeve.band(torso, side, 8, -3), darker(look.colour, 0.3), depth=0.3, spread=4, cast=0.2)
    body = canvas.part(torso.outline(), fill, depth=0.3, spread=10, cast=0.3)
    top = torso.neck_y + 18
    for i in range(rows):
        y = top + i * (torso.hem_y - top - 6) / rows + 10
        wave = Pen(MIDDLE - 70, y).curve(MIDDLE, y + 6, MIDDLE + 70, y).points
        canvas.shade(shifted(ribbon(wave, 6), 0, 2.5), 0.22, 2.2, body)
        canvas.shade(shifted(ribbon(wave, 5), 0, -6), -0.16, 2.4, body)
        canvas.line(wave, darker(look.colour, 0.55), 0.8, 0.6, within=body)
    collar = (
        Pen(MIDDLE, 66)
        .curve(MIDDLE + 28, 64, MIDDLE + 29, 40)
        .curve(MIDDLE + 28, 28, MIDDLE + 16, 27)
        .curve(MIDDLE + 8, 26, MIDDLE, 28)
    )
    canvas.part(mirrored(collar.points), fill, depth=0.42, spread=8, cast=0.3)
    _zipper(canvas, look.colour, 32, torso.hem_y)


def _quilt(canvas: Canvas, look: Look, seam: Points, arm: Region) -> None:
    canvas.shade(shifted(ribbon(seam, 5), 0, 2), 0.2, 1.8, arm)
    canvas.shade(shifted(ribbon(seam, 4), 0, -5), -0.14, 2, arm)
    canvas.line(seam, darker(look.colour, 0.55), 0.7, 0.5, within=arm)


def _biker(canvas: Canvas, look: Look) -> None:
    torso = _shape(look, look.between(206, 216), hem=50)
    sleeve = Sleeve(look.between(156, 164), look.between(14, 18), 24)
    _front(canvas, look, torso, sleeve, look.colour, 0.42, 0.19)
    for side in (-1, 1):
        cuff = sleeve.band(torso, side, 3, 0)
        canvas.line(cuff[2:], _STEEL, 1.2, 0.9)
        seam = points_of([(MIDDLE + 26, torso.armpit_y - 18), (MIDDLE + 30, torso.hem_y - 14)])
        canvas.line(sided(seam, side), ink(look.colour, 0.6), 0.7, 0.5)
    belt = box(MIDDLE - torso.hem, torso.hem_y - 14, MIDDLE + torso.hem, torso.hem_y + 3, 2)
    canvas.part(belt, darker(look.colour, 0.15), depth=0.4, spread=4, cast=0.3)
    canvas.part(
        box(MIDDLE + 16, torso.hem_y - 16, MIDDLE + 31, torso.hem_y + 5, 2),
        _STEEL,
        depth=0.3,
        spread=3,
        cast=0.3,
        holes=[box(MIDDLE + 19, torso.hem_y - 12, MIDDLE + 28, torso.hem_y + 1, 1)],
    )
    _zipper(canvas, look.colour, 92, torso.hem_y - 15, MIDDLE - 12, 18)
    for x, y in ((28, torso.hem_y - 56), (-46, torso.hem_y - 50)):
        pocket = points_of([(MIDDLE + x, y + 12), (MIDDLE + x + 20, y)])
        if x < 0:
            pocket = points_of([(MIDDLE + x, y), (MIDDLE + x + 20, y + 12)])
        canvas.line(pocket, darker(look.colour, 0.5), 2.6)
        canvas.stitches(pocket, _STEEL, 1.4, 0.95, 1.6)
    for side in (-1, 1):
        pen = Pen(MIDDLE + 5, 102).line(MIDDLE + 34, 84).line(MIDDLE + 26, 70).line(MIDDLE + 36, 60)
        pen.curve(MIDDLE + 28, 36, MIDDLE + 19, 35).curve(MIDDLE + 14, 60, MIDDLE + 5, 102)
        lapel = sided(pen.points, side)
        canvas.part(lapel, look.colour, depth=0.42, spread=5, cast=0.4, rim=0.5)
        for stud in ((29.0, 81.0), (31.0, 59.0)):
            canvas.part(ellipse(MIDDLE + side * stud[0], stud[1], 1.7, 1.7), _STEEL, depth=0.3, cast=0.3, spread=2)


def _blazer(canvas: Canvas, look: Look) -> None:
    torso = _shape(look, look.between(240, 250), drop=88, waist=49 if not look.female else 42, hem_dip=3)
    sleeve = Sleeve(look.between(166, 174), look.between(11, 14), 25, 3)
    cloth = look.cloth()
    shirt: Colour = (0.97, 0.97, 0.96) if sum(look.colour) < 2.4 else (0.62, 0.72, 0.82)
    inner = Torso(neck=20, shoulder=34, chest=36, waist=36, hem=36, hem_y=178, neckline="v neck", drop=26, armpit_y=112)
    canvas.part(inner.outline(), shirt, depth=0.1, spread=6)
    _collar(canvas, Look(shirt, shirt, shirt, "plain", "", look.gender, look.rng), inner, shirt, 16, 64)
    set_sleeves(canvas, look, torso, sleeve, cloth, depth=0.26, folded=0.08)
    canvas.part(torso.outline(), cloth, depth=0.24, spread=11, folds=body_folds(look, torso, 0.06), cast=0.35)
    low = torso.neck_y + torso.drop
    canvas.line(points_of([(MIDDLE, low), (MIDDLE + 1.5, torso.hem_y)]), darker(look.colour, 0.6), 0.8, 0.6)
    for side in (-1, 1):
        pen = Pen(MIDDLE + 1, low + 2).line(MIDDLE + 38, 88).line(MIDDLE + 30, 80).line(MIDDLE + 38, 73)
        pen.curve(MIDDLE + 32, 48, MIDDLE + 22, 37).line(MIDDLE + 17, 41).curve(MIDDLE + 20, 70, MIDDLE + 1, low + 2)
        canvas.part(sided(pen.points, side), cloth.along(side * -14), depth=0.22, spread=4, cast=0.35, rim=0.4)
        y = torso.hem_y - 58
        flap = sided(
            Pen(MIDDLE + 17, y + 3).line(MIDDLE + 43, y).line(MIDDLE + 43, y + 9).line(MIDDLE + 17, y + 12).points, side
        )
        canvas.part(flap, cloth, depth=0.12, spread=3, cast=0.25, rim=0.4)
    for i in range(2):
        canvas.part(
            ellipse(MIDDLE + 3, low + 8 + i * 22, 2.6, 2.6), darker(look.colour, 0.45), depth=0.35, spread=2, cast=0.3
        )
    canvas.part(
        points_of([(MIDDLE + 20, 106), (MIDDLE + 38, 103), (MIDDLE + 38, 107), (MIDDLE + 20, 110)]),
        look.accent if look.chance(0.5) else cloth,
        depth=0.1,
        cast=0.15,
    )


def waistcoat(canvas: Canvas, look: Look) -> None:
    """Draw a buttoned waistcoat with two points at its hem."""
    chest = look.between(43, 47)
    y = look.between(206, 220)
    cloth = look.cloth()
    back = Torso(neck=22, shoulder=38, chest=chest - 3, waist=chest - 7, hem=chest - 3, hem_y=y - 8, drop=4, hem_dip=2)
    canvas.part(back.outline(), darker(look.colour, 0.4), depth=0.25, spread=8)
    folds = [Fold(points_of([(MIDDLE + s * 26, 118), (MIDDLE + s * 20, 190)]), 5, -0.08) for s in (-1, 1)]
    for side in (-1, 1):
        pen = Pen(MIDDLE + 2.5 * side * -1, 128).curve(MIDDLE + 16, 70, MIDDLE + 20, 41).line(MIDDLE + 37, 52)
        pen.curve(MIDDLE + 31, 92, MIDDLE + chest, 112).curve(MIDDLE + chest - 7, 160, MIDDLE + chest - 1, y - 14)
        pen.line(MIDDLE + 17, y + look.between(6, 8)).line(MIDDLE - 2.5 * side, y - 12)
        canvas.part(sided(pen.points, side), cloth, depth=0.24, spread=9, folds=folds, cast=0.3)
        welt = points_of([(MIDDLE + 15, 168), (MIDDLE + 36, 164), (MIDDLE + 36, 169), (MIDDLE + 15, 173)])
        canvas.part(sided(welt, side), cloth, depth=0.12, cast=0.25, rim=0.4)
        edge = Pen(MIDDLE + 17, 44).curve(MIDDLE + 14, 72, MIDDLE + 1, 126).points
        canvas.stitches(shifted(sided(edge, side), side * 3, 0), ink(look.colour), 0.5, 0.5)
    for i in range(5):
        button = ellipse(MIDDLE + 1, 133 + i * (y - 152) / 4, 2.3, 2.3)
        canvas.part(
            button, darker(look.colour, 0.5) if sum(look.colour) > 0.9 else _STEEL, depth=0.35, spread=2, cast=0.3
        )

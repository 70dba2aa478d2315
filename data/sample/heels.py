"""High-heeled shoes from the side."""

from data.sample.canvas import Canvas, Fold
from data.sample.curves import Pen, box, ellipse, points_of, ribbon, sided
from data.sample.look import Look
from data.sample.palette import Colour, darker, mix

_INSOLE: Colour = (0.86, 0.72, 0.55)
_GOLD: Colour = (0.84, 0.70, 0.42)
_CORK: Colour = (0.80, 0.62, 0.42)


def heels(canvas: Canvas, look: Look) -> None:
    """Draw a high-heeled shoe: pump, ankle strap, peep toe, block heel, strappy or wedge."""
    rise = look.between(84, 108) if look.cut not in ("wedge", "block heel") else look.between(66, 84)
    foot = 236.0
    back = foot - rise
    _heel_itself(canvas, look, back, foot)
    sole = Pen(34, back + 2).cubic(70, back + 16, 104, foot - 22, 150, foot - 5).curve(190, foot + 2, 216, foot - 7)
    sole.curve(190, foot + 6, 148, foot + 1).cubic(100, foot - 12, 70, back + 28, 36, back + 16)
    canvas.part(sole.points, darker(look.colour, 0.5) if look.chance(0.7) else (0.72, 0.16, 0.2), depth=0.2, spread=3)
    if look.cut in ("ankle strap", "strappy"):
        _open_shoe(canvas, look, back, foot)
    else:
        _pump(canvas, look, back, foot)
    if look.chance(0.4):
        canvas.echo(look.between(-24, -14), look.between(-30, -22), size=0.97)


def _heel_itself(canvas: Canvas, look: Look, back: float, foot: float) -> None:
    tone = darker(look.colour, 0.08)
    if look.cut == "wedge":
        pen = Pen(30, back + 4).cubic(70, back + 18, 104, foot - 22, 150, foot - 6).curve(200, foot - 2, 214, foot - 6)
        pen.curve(206, foot + 4, 190, foot + 4).line(38, foot + 4).curve(28, foot - 40, 30, back + 4)
        region = canvas.part(pen.points, _CORK if look.chance(0.6) else tone, depth=0.28, spread=7, grain=0.03)
        for i in range(4):
            y = back + 34 + i * (foot - back - 30) / 4
            canvas.line(points_of([(20, y), (220, y + 2)]), darker(_CORK, 0.4), 0.6, 0.35, within=region)
        return
    block = look.cut == "block heel"
    wide, tip = (40.0, 30.0) if block else (26.0, look.between(4, 8))
    x = 34.0
    pen = Pen(x, back + 2).curve(x + 1, (back + foot) / 2, x + (3 if block else 5), foot + 3)
    pen.line(x + 5 + tip, foot + 3).cubic(x + 6 + tip, foot - 40, x + wide * 0.7, back + 40, x + wide + 12, back + 24)
    canvas.part(pen.line(x, back).points, tone, depth=0.4, spread=5)
    canvas.part(box(x + 4, foot + 1, x + 6 + tip, foot + 5, 1), (0.15, 0.13, 0.13), depth=0.1)


def _pump(canvas: Canvas, look: Look, back: float, foot: float) -> None:
    inner = Pen(32, back - 24).curve(60, back - 14, 90, back + 18).curve(124, foot - 32, 166, foot - 30)
    inner.line(160, foot - 4).cubic(104, foot - 16, 70, back + 22, 34, back + 6)
    canvas.part(inner.points, mix(_INSOLE, look.colour, 0.25), depth=0.25, spread=6)
    pen = Pen(33, back + 8).curve(24, back - 10, 31, back - 28).curve(35, back - 34, 41, back - 26)
    pen.cubic(56, back + 4, 84, back + 18, 112, foot - 20).curve(132, foot - 12, 152, foot - 28)
    if look.cut == "peep toe":
        pen.curve(180, foot - 32, 204, foot - 22).curve(200, foot - 12, 203, foot - 3)
    else:
        pen.curve(190, foot - 32, 214, foot - 16).curve(224, foot - 8, 219, foot - 3)
    pen.curve(184, foot + 3, 150, foot - 3).cubic(104, foot - 18, 70, back + 20, 33, back + 8)
    gloss = [
        Fold(Pen(160, foot - 22).curve(182, foot - 24, 204, foot - 12).points, 8, 0.34),
        Fold(Pen(36, back - 18).curve(36, back - 4, 48, back + 8).points, 6, 0.22),
    ]
    canvas.part(pen.points, look.cloth(), depth=0.42, spread=8, folds=gloss, cast=0.2)
    if look.chance(0.3):
        _bow(canvas, look, 168, foot - 27)
    if look.cut == "block heel" and look.chance(0.6):
        _ankle_strap(canvas, look, back)


def _bow(canvas: Canvas, look: Look, x: float, y: float) -> None:
    for side in (-1, 1):
        loop = (
            Pen(x, y).curve(x + 6, y - 9, x + 13, y - 6).curve(x + 15, y + 1, x + 12, y + 5).curve(x + 5, y + 5, x, y)
        )
        canvas.part(sided(loop.points, side, x), look.accent, depth=0.3, spread=3, cast=0.3)
    canvas.part(ellipse(x, y, 2.8, 3.2), look.accent, depth=0.3, spread=2)


def _ankle_strap(canvas: Canvas, look: Look, back: float) -> None:
    y = back - 34
    canvas.part(ribbon(Pen(35, y + 14).curve(34, y, 38, y - 12).points, 6), look.colour, depth=0.3, spread=3)
    canvas.line(ellipse(66, y - 6, 31, 8, 180, 360), darker(look.colour, 0.45), 3)
    canvas.part(ribbon(ellipse(66, y - 6, 31, 9, 0, 180), 5), look.colour, depth=0.35, spread=3, cast=0.2)
    buckle = box(72, y - 2, 80, y + 7, 1.5)
    canvas.part(buckle, _GOLD, depth=0.3, spread=2, cast=0.3, holes=[box(74, y, 78, y + 5, 1)])


def _open_shoe(canvas: Canvas, look: Look, back: float, foot: float) -> None:
    insole = Pen(36, back + 2).cubic(70, back + 12, 104, foot - 26, 150, foot - 9).curve(190, foot - 4, 214, foot - 9)
    canvas.part(ribbon(insole.points, 4), mix(_INSOLE, look.colour, 0.2), depth=0.2, spread=2)
    spots = (160.0,) if look.cut == "ankle strap" else (134.0, 160.0, 186.0)
    wide = 20.0 if len(spots) == 1 else 9.0
    for x in spots:
        reach = 42 - (x - 130) * 0.24
        far = Pen(x + 10, foot - reach).curve(x + 28 + wide * 0.3, foot - reach + 4, x + 28 + wide * 0.3, foot - 11)
        canvas.part(ribbon(far.points, wide), darker(look.colour, 0.4), depth=0.25, spread=3)
    for x in spots:
        reach = 42 - (x - 130) * 0.24
        near = Pen(x - 4, foot - 3).curve(x - 2, foot - reach - 2, x + 12, foot - reach)
        near.curve(x + 18, foot - reach, x + 22, foot - reach + 6)
        band = ribbon(near.points, wide * 1.1, wide * 0.9)
        canvas.part(band, look.cloth(), depth=0.4, spread=4, cast=0.3, rim=0.45)
    counter = (
        Pen(36, back + 9).curve(25, back - 14, 34, back - 36).line(42, back - 36).curve(44, back - 10, 62, back + 14)
    )
    canvas.part(counter.line(48, back + 16).points, look.colour, depth=0.38, spread=6)
    _ankle_strap(canvas, look, back + 2)

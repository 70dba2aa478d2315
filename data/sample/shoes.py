"""Closed shoes from the side: casual, sports and formal."""

import numpy as np

from data.sample.canvas import Canvas, Fill, Fold, Region
from data.sample.curves import Pen, box, ellipse, points_of, ribbon, shifted, spline
from data.sample.look import Look
from data.sample.palette import COLOURS, Colour, brightness, darker, ink, lighter, mix
from data.sample.raster import Points

_RUBBER: Colour = (0.95, 0.945, 0.93)
_GUM: Colour = (0.74, 0.53, 0.33)


def casual_shoes(canvas: Canvas, look: Look) -> None:
    """Draw a casual shoe: low sneaker, high top, slip-on or loafer."""
    {"": _sneaker, "high top": _high_top, "slip on": _slip_on, "loafer": _loafer}[look.cut](canvas, look)
    if look.chance(0.45):
        canvas.echo(look.between(-16, -8), look.between(-34, -26), size=0.97)


def _sole_colour(look: Look) -> Colour:
    pick = look.between(0, 1)
    if brightness(look.colour) > 0.85 and pick < 0.5:
        return mix(_RUBBER, (0.8, 0.8, 0.8), 0.4)
    return _RUBBER if pick < 0.66 else _GUM if pick < 0.82 else darker(look.colour, 0.45)


def _flat_sole(canvas: Canvas, colour: Colour, thick: float, stripe: Colour | None, toe: float = 219) -> Region:
    y = 199.0
    pen = Pen(19, y).curve(60, y + 3, 120, y + 2).curve(180, y + 2, toe, y - 3)
    pen.curve(toe + 3, y + thick * 0.5, toe - 5, y + thick).curve(toe - 10, y + thick + 2, toe - 22, y + thick + 2)
    pen.line(30, y + thick + 2).curve(17, y + thick + 2, 19, y)
    region = canvas.part(pen.points, colour, depth=0.22, spread=5, cast=0.2, rim=0.35)
    if stripe is not None:
        line = Pen(16, y + thick * 0.52).line(120, y + thick * 0.6).line(toe + 4, y + thick * 0.45).points
        canvas.line(line, stripe, 1.5, 0.9, within=region)
    base = points_of([(16, y + thick - 0.5), (toe + 4, y + thick - 0.5)])
    canvas.line(base, darker(colour, 0.5), 1.6, 0.5, within=region)
    return region


def _mouth(canvas: Canvas, lining: Colour, outline: Points) -> None:
    region = canvas.part(outline, lining, depth=0.25, spread=6)
    canvas.shade(shifted(outline, 4, 7), 0.3, 5, region)


def _laces(
    canvas: Canvas, start: tuple[float, float], end: tuple[float, float], count: int, lace: Colour, reach: float
) -> None:
    """Draw laces across the edge that runs from start to end."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    size = float(np.hypot(dx, dy))
    nx, ny = dy / size, -dx / size
    for i in range(count):
        t = (i + 0.5) / count
        x, y = start[0] + dx * t, start[1] + dy * t
        low, high = (x - nx * reach - dx / size * 3, y - ny * reach - dy / size * 3), (x + nx * 3.5, y + ny * 3.5)
        bar = ribbon(points_of([low, high]), 3.6)
        canvas.part(bar, lace, depth=0.25, spread=2, cast=0.35, rim=0.3)
        canvas.part(ellipse(*low, 1.5, 1.5), darker(lace, 0.55), depth=0, rim=0.2)


def _sneaker_upper() -> Points:
    pen = Pen(25, 202).curve(17, 176, 26, 146).curve(29, 136, 38, 139).curve(52, 151, 72, 151)
    pen.curve(88, 150, 97, 130).curve(102, 119, 112, 126).curve(138, 158, 172, 166).cubic(200, 168, 221, 176, 219, 202)
    return pen.line(25, 202).points


def _sneaker(canvas: Canvas, look: Look) -> None:
    lining = mix(look.accent, (0.85, 0.84, 0.82), 0.6)
    _mouth(canvas, lining, Pen(30, 143).curve(60, 122, 106, 122).line(100, 156).line(40, 158).points)
    cloth = look.cloth()
    folds = [Fold(Pen(158 + i * 9, 168).curve(160 + i * 9, 176, 168 + i * 9, 184).points, 4, -0.12) for i in range(2)]
    upper = canvas.part(_sneaker_upper(), cloth, depth=0.34, spread=11, folds=folds)
    second: Fill = look.accent if look.chance(0.55) else darker(look.colour, 0.16)
    seam = ink(look.colour, 0.4)
    stay = Pen(93, 140).line(112, 124).curve(138, 156, 168, 165).line(160, 177).curve(128, 168, 93, 140).points
    canvas.part(stay, second, depth=0.15, spread=3, within=upper, rim=0.35)
    toe = Pen(172, 206).curve(170, 180, 186, 168).line(225, 168).line(225, 206).points
    heel = Pen(14, 130).line(46, 143).curve(44, 172, 62, 206).line(14, 206).points
    kind = look.between(0, 1)
    if kind < 0.5:
        canvas.part(toe, second if look.chance(0.5) else cloth, depth=0.12, spread=5, within=upper, rim=0.4)
        canvas.stitches(Pen(169, 204).curve(167, 179, 184, 167).points, seam, 0.6, 0.6)
    canvas.part(heel, second, depth=0.2, spread=6, within=upper, rim=0.4)
    if kind > 0.3:
        swing = look.between(-8, 8)
        band = Pen(74, 204).curve(94, 182 + swing, 132, 166).points
        canvas.overlay(upper, [ribbon(band, look.between(9, 15), look.between(4, 10))], look.accent)
        canvas.stitches(shifted(band, -8, 0), seam, 0.55, 0.5, within=upper)
    canvas.stitches(Pen(48, 146).curve(47, 172, 65, 204).points, seam, 0.6, 0.6)
    collar = Pen(27, 148).curve(30, 139, 38, 142).curve(52, 154, 72, 154).curve(88, 153, 97, 135).points
    canvas.line(collar, seam, 0.8, 0.5)
    lace = _RUBBER if brightness(look.colour) < 0.8 or look.chance(0.4) else darker(look.colour, 0.25)
    _laces(canvas, (108, 129), (160, 163), 5, lace, 8)
    _flat_sole(canvas, _sole_colour(look), look.between(14, 19), look.accent if look.chance(0.4) else None)


def _high_top(canvas: Canvas, look: Look) -> None:
    rise = look.between(-6, 6)
    top = 84.0 + rise
    _mouth(
        canvas,
        mix(look.colour, (0.9, 0.88, 0.84), 0.6),
        Pen(40, top + 4).curve(64, top - 10, 98, top + 2).line(94, top + 22).line(44, top + 22).points,
    )
    tongue = Pen(80, top + 12).line(88, top - 9).curve(98, top - 15, 105, top - 5).curve(110, 130, 168, 168)
    canvas.part(tongue.line(120, 176).points, darker(look.colour, 0.12), depth=0.2, spread=5)
    pen = Pen(28, 202).curve(27, 170, 35, 140).line(38, top + 4).curve(60, top + 14, 92, top + 4)
    pen.cubic(95, 118, 100, 142, 128, 156).curve(150, 166, 178, 168).cubic(206, 170, 221, 182, 219, 202)
    upper = canvas.part(pen.line(28, 202).points, look.cloth(), depth=0.32, spread=11)
    seam = lighter(look.colour, 0.6) if brightness(look.colour) < 0.5 else ink(look.colour)
    heel = Pen(24, 130).line(44, 130).curve(44, 170, 56, 204).line(20, 204).points
    canvas.part(heel, look.accent if look.chance(0.4) else darker(look.colour, 0.1), depth=0.15, within=upper, rim=0.35)
    for gap in (0.0, 3.0):
        stay = Pen(80 - gap, top + 9).cubic(83 - gap, 124, 88 - gap, 154, 118, 170 + gap).points
        canvas.stitches(np.concatenate([stay, points_of([(158, 182 + gap)])]), seam, 0.6, 0.7, within=upper)
    canvas.stitches(Pen(46, 128).curve(46, 170, 58, 204).points, seam, 0.6, 0.7)
    if look.chance(0.55):
        canvas.part(ellipse(62, 140, 13, 13), look.accent, depth=0.15, cast=0.1, within=upper)
        canvas.part(ellipse(62, 140, 7.5, 7.5), _RUBBER, depth=0.15, rim=0.2)
    lace = _RUBBER if brightness(look.colour) < 0.85 else darker(look.colour, 0.3)
    _laces(canvas, (94, top + 10), (102, 138), 5, lace, 8)
    _laces(canvas, (108, 144), (164, 166), 4, lace, 8)
    toe = Pen(176, 206).curve(176, 182, 190, 172).curve(212, 174, 219, 206).points
    canvas.part(toe, _RUBBER, depth=0.32, spread=7, rim=0.4)
    _flat_sole(canvas, _RUBBER, 15, look.colour if brightness(look.colour) < 0.8 else look.accent)


def _slip_on(canvas: Canvas, look: Look) -> None:
    _mouth(
        canvas,
        mix(look.accent, (0.86, 0.84, 0.8), 0.7),
        Pen(32, 152).curve(70, 134, 122, 138).line(112, 170).line(44, 168).points,
    )
    pen = Pen(25, 202).curve(19, 178, 28, 152).curve(31, 145, 39, 149).curve(70, 164, 102, 158)
    pen.curve(114, 150, 118, 136).curve(124, 131, 131, 138).curve(160, 162, 184, 170).cubic(
        206, 172, 221, 182, 219, 202
    )
    upper = canvas.part(pen.line(25, 202).points, look.cloth(), depth=0.32, spread=11)
    gore = points_of([(84, 160), (106, 154), (108, 186), (98, 190)])
    canvas.part(gore, darker(look.colour, 0.35), depth=0.1, within=upper, rim=0.3)
    for i in range(5):
        canvas.line(
            points_of([(87 + i * 4.2, 160 - i), (99 + i * 2, 188)]), ink(look.colour, 0.6), 0.6, 0.4, within=upper
        )
    seam = ink(look.colour, 0.45)
    canvas.stitches(Pen(122, 138).curve(120, 176, 104, 202).points, seam, 0.6, 0.7, within=upper)
    canvas.stitches(Pen(48, 155).curve(46, 178, 58, 202).points, seam, 0.6, 0.7)
    canvas.line(
        Pen(30, 155).curve(34, 149, 40, 153).curve(70, 168, 103, 162).curve(116, 153, 121, 139).points, seam, 1.2, 0.5
    )
    _flat_sole(canvas, _sole_colour(look), 15, look.accent if look.chance(0.4) else None)


def _loafer(canvas: Canvas, look: Look) -> None:
    leather = look.colour
    _mouth(
        canvas,
        mix(leather, (0.8, 0.68, 0.52), 0.6),
        Pen(32, 150).curve(70, 138, 112, 146).line(108, 172).line(44, 170).points,
    )
    pen = Pen(26, 202).curve(18, 176, 29, 150).curve(33, 144, 40, 149).curve(64, 168, 96, 164)
    pen.curve(106, 160, 110, 146).curve(118, 138, 128, 144).curve(160, 158, 186, 168).cubic(
        208, 172, 221, 184, 219, 202
    )
    upper = canvas.part(pen.line(26, 202).points, leather, depth=0.42, spread=10, folds=_shine(160, 176))
    for i in range(2):
        apron = Pen(120, 172 + i * 2.5).curve(160, 180 + i * 2.5, 196, 176 + i * 2.5).curve(206, 180, 207, 186).points
        canvas.stitches(apron, ink(leather, 0.6), 0.8, 0.8, within=upper)
    strap = Pen(104, 170).curve(116, 158, 133, 146).line(147, 152).curve(132, 168, 122, 186).line(104, 170).points
    canvas.part(strap, darker(leather, 0.15), depth=0.3, spread=4, cast=0.3, within=upper)
    if look.chance(0.5):
        for side in (0.0, 7.0):
            tassel = ribbon(points_of([(132 + side, 160), (140 + side, 178)]), 3, 6)
            canvas.part(tassel, darker(leather, 0.25), depth=0.3, spread=3, cast=0.3)
    else:
        canvas.part(ribbon(points_of([(114, 172), (134, 154)]), 4), (0.83, 0.7, 0.42), depth=0.4, spread=2, cast=0.3)
    canvas.line(Pen(46, 153).curve(45, 178, 58, 202).points, ink(leather, 0.5), 0.7, 0.6)
    _flat_sole(canvas, darker(leather, 0.55) if brightness(leather) > 0.25 else (0.22, 0.17, 0.14), 9, None)
    canvas.part(box(20, 203, 66, 216, 2), darker(leather, 0.7), depth=0.25, spread=4, cast=0.2)


def _shine(x: float, y: float) -> list[Fold]:
    return [
        Fold(Pen(x, y).curve(x + 22, y - 1, x + 44, y + 10).points, 9, 0.28),
        Fold(Pen(36, 166).curve(33, 180, 38, 194).points, 7, 0.16),
    ]


def sports_shoes(canvas: Canvas, look: Look) -> None:
    """Draw a running shoe: mesh, swept overlays, a thick shaped sole."""
    accent = look.accent
    _mouth(
        canvas,
        mix(accent, (0.3, 0.3, 0.32), 0.4),
        Pen(32, 132).curve(62, 116, 106, 114).line(102, 150).line(44, 152).points,
    )
    tongue = Pen(92, 136).line(98, 112).curve(108, 104, 116, 114).line(150, 150).points
    canvas.part(tongue, darker(look.colour, 0.2), depth=0.2, spread=4)
    pen = Pen(24, 200).curve(18, 164, 24, 138).curve(24, 122, 34, 124).curve(44, 142, 70, 144)
    pen.curve(88, 143, 98, 124).curve(103, 115, 110, 120).curve(138, 150, 174, 162).cubic(200, 168, 224, 176, 221, 198)
    upper = canvas.part(pen.line(24, 200).points, look.cloth(), depth=0.34, spread=11)
    mesh = [points_of([(110 + i * 5.0, 150), (98 + i * 5.0, 200)]) for i in range(22)]
    mesh += [points_of([(120 + i * 5.0, 150), (136 + i * 5.0, 200)]) for i in range(18)]
    canvas.lines(mesh, ink(look.colour, 0.4), 0.5, 0.22, within=upper)
    _swept_overlays(canvas, look, upper)
    stay = Pen(90, 138).line(110, 119).curve(136, 150, 168, 161).line(162, 171).curve(122, 160, 90, 138).points
    canvas.part(
        stay, darker(look.colour, 0.2) if look.chance(0.5) else accent, depth=0.15, spread=3, within=upper, rim=0.35
    )
    lace = lighter(accent, 0.3) if look.chance(0.4) else _RUBBER
    _laces(canvas, (106, 124), (160, 159), 5, lace, 8)
    collar = Pen(27, 136).curve(28, 127, 34, 130).curve(44, 147, 70, 148).curve(88, 147, 97, 130).points
    canvas.line(collar, darker(accent, 0.1), 2.2, 0.85, within=upper)
    _running_sole(canvas, look)
    if look.chance(0.4):
        canvas.echo(look.between(-16, -8), look.between(-34, -26), size=0.97)


def _swept_overlays(canvas: Canvas, look: Look, upper: Region) -> None:
    counter = Pen(14, 128).curve(44, 146, 52, 168).curve(58, 190, 84, 204).line(14, 204).points
    canvas.part(
        counter, look.accent if look.chance(0.6) else darker(look.colour, 0.25), depth=0.2, within=upper, rim=0.35
    )
    toe = Pen(186, 166).curve(178, 186, 160, 204).line(226, 204).line(226, 166).points
    canvas.part(toe, darker(look.colour, 0.2) if look.chance(0.6) else look.accent, depth=0.15, within=upper, rim=0.35)
    kind = int(look.rng.integers(3))
    lean = look.between(-6, 6)
    if kind == 0:
        for i in range(2):
            band = Pen(64 + i * 18, 200).curve(86 + i * 16, 172 + lean, 112 + i * 13, 148 + i * 7).points
            canvas.overlay(upper, [ribbon(band, 8, 4)], look.accent if i else look.third)
    elif kind == 1:
        for i in range(4):
            band = points_of([(78 + i * 13, 194 - i * 2), (96 + i * 14, 160 + i * 4)])
            canvas.overlay(upper, [ribbon(band, 6.5, 3)], look.accent)
    else:
        wave = spline([(48, 176), (78, 186 + lean), (108, 168), (140, 180), (172, 192)], False)
        canvas.overlay(upper, [ribbon(wave, 9, 3)], look.accent)
        canvas.overlay(upper, [ribbon(shifted(wave, 2, -8), 3, 1)], look.third)


def _running_sole(canvas: Canvas, look: Look) -> None:
    foam = _RUBBER if look.chance(0.75) else mix(look.colour, (0.3, 0.3, 0.32), 0.5)
    pen = Pen(14, 188).curve(40, 198, 84, 197).curve(150, 203, 222, 190).curve(226, 204, 208, 212)
    pen.curve(170, 219, 120, 217).curve(80, 214, 60, 219).line(32, 219).curve(14, 216, 14, 188)
    mid = canvas.part(pen.points, foam, depth=0.3, spread=7, cast=0.25, rim=0.4)
    flash = Pen(14, 198).curve(50, 207, 96, 204).curve(150, 207, 200, 203).points
    canvas.overlay(mid, [ribbon(flash, 7, 1.5)], look.accent)
    tread = Pen(26, 215).curve(70, 217, 120, 214).curve(170, 216, 216, 205).points
    canvas.line(tread, darker(look.colour, 0.6), 3.4, 0.9, within=mid)
    for i in range(12):
        x = 34 + i * 14.0
        canvas.line(points_of([(x, 211), (x + 1, 221)]), foam, 1.2, 0.9, within=mid)


def formal_shoes(canvas: Canvas, look: Look) -> None:
    """Draw a polished leather shoe: oxford, derby with a cap toe, or monk strap."""
    leather = look.colour
    _mouth(
        canvas,
        mix(leather, (0.78, 0.64, 0.46), 0.55),
        Pen(34, 150).curve(60, 132, 100, 132).line(96, 160).line(44, 162).points,
    )
    tongue = Pen(84, 152).line(92, 130).curve(102, 122, 110, 130).line(134, 158).points
    canvas.part(tongue, darker(leather, 0.2), depth=0.3, spread=4)
    pen = Pen(27, 203).curve(19, 176, 30, 150).curve(33, 142, 40, 146).curve(56, 162, 78, 160)
    pen.curve(92, 158, 100, 138).curve(106, 130, 112, 138).curve(136, 162, 176, 170).cubic(206, 174, 226, 184, 223, 203)
    upper = canvas.part(pen.line(27, 203).points, leather, depth=0.45, spread=9, folds=_shine(164, 178))
    dark = ink(leather, 0.65)
    vamp = Pen(84, 158).curve(92, 176, 116, 180).curve(134, 182, 140, 164).points
    quarter = Pen(80, 203).curve(96, 186, 116, 180).points
    for line in (vamp, quarter):
        canvas.line(line, dark, 0.8, 0.7, within=upper)
        canvas.stitches(shifted(line, 0, 2.4), lighter(dark, 0.3), 0.5, 0.7, within=upper)
    for gap in (0.0, 3.2):
        cap = Pen(172 + gap, 168).curve(168 + gap, 186, 176 + gap, 205).points
        canvas.line(cap, dark, 0.8, 0.7 if gap == 0 else 0.4, within=upper)
    if look.cut == "brogue":
        _broguing(canvas, dark)
    if look.cut == "monk strap":
        strap = Pen(84, 160).curve(104, 150, 124, 146).line(136, 158).curve(112, 166, 98, 180).line(84, 160).points
        canvas.part(strap, leather, depth=0.35, spread=4, cast=0.4, rim=0.5)
        canvas.part(
            box(100, 158, 112, 174, 2), (0.82, 0.7, 0.44), depth=0.3, cast=0.3, holes=[box(103, 161, 109, 171, 1)]
        )
    else:
        _laces(canvas, (108, 140), (134, 161), 4, darker(leather, 0.55), 8)
    canvas.stitches(Pen(50, 156).curve(46, 180, 58, 203).points, lighter(dark, 0.2), 0.5, 0.6)
    sole = Pen(22, 202).line(222, 201).curve(228, 206, 220, 209).curve(150, 211, 80, 209).line(22, 209)
    canvas.part(sole.points, darker(COLOURS["Coffee Brown"], 0.45), depth=0.2, spread=3, cast=0.2)
    canvas.stitches(points_of([(26, 204.5), (218, 204)]), (0.75, 0.62, 0.45), 0.5, 0.6)
    canvas.part(Pen(22, 208).line(72, 208).line(69, 219).line(24, 219).points, (0.16, 0.12, 0.11), depth=0.25, spread=4)
    if look.chance(0.4):
        canvas.echo(look.between(-16, -8), look.between(-32, -26), size=0.97)


def _broguing(canvas: Canvas, dark: Colour) -> None:
    for i in range(9):
        t = i / 8
        canvas.part(ellipse(179 - 4 * np.sin(t * 3.1), 172 + 30 * t, 0.9, 0.9), dark, depth=0, rim=0, grain=0)
    for i in range(6):
        angle = i * np.pi / 3
        canvas.part(
            ellipse(200 + 5 * np.cos(angle), 188 + 4.5 * np.sin(angle), 0.9, 0.9), dark, depth=0, rim=0, grain=0
        )

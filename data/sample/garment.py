"""The pattern-cutting that all clothes for the upper body share: torso, sleeves, necklines, folds."""

from dataclasses import dataclass

import numpy as np

from data.sample.canvas import Canvas, Cloth, Fill, Fold, Region, base_of
from data.sample.curves import MIDDLE, Pen, box, ellipse, mirrored, points_of, resampled, ribbon, shifted, sided
from data.sample.look import Look
from data.sample.palette import darker, ink, lighter, mix
from data.sample.raster import Points


@dataclass(frozen=True)
class Torso:
    """The measures of a bodice, in design units; widths are half widths from the middle."""

    neck: float = 23
    shoulder: float = 58
    chest: float = 52
    waist: float = 51
    hem: float = 53
    neck_y: float = 40
    shoulder_y: float = 55
    armpit_y: float = 108
    waist_y: float = 170
    hem_y: float = 250
    neckline: str = "round"
    drop: float = 18
    """How far the neckline reaches down."""
    hem_dip: float = 3

    def neck_edge(self) -> Points:
        """Return the right half of the neckline, from the middle up to the shoulder."""
        x, y, low = MIDDLE + self.neck, self.neck_y, self.neck_y + self.drop
        match self.neckline:
            case "v neck":
                return Pen(MIDDLE, low).curve(MIDDLE + self.neck * 0.62, y + self.drop * 0.5, x, y).points
            case "square neck":
                return Pen(MIDDLE, low).line(x - 3, low).curve(x - 0.5, low, x, y).points
            case "boat neck":
                return Pen(MIDDLE, low).cubic(MIDDLE + self.neck * 0.6, low, x - 6, low - 2, x, y).points
            case "sweetheart neck":
                pen = Pen(MIDDLE, low).cubic(MIDDLE + 5, low - 13, MIDDLE + self.neck * 0.75, low - 14, x - 2, low - 4)
                return pen.curve(x - 1, low - 10, x, y).points
            case _:
                return Pen(MIDDLE, low).cubic(MIDDLE + self.neck * 0.72, low, x - 1.5, low - 6, x, y).points

    def outline(self) -> Points:
        """Return the whole bodice."""
        pen = Pen(MIDDLE + self.neck, self.neck_y)
        pen.curve(
            *(MIDDLE + self.shoulder * 0.65, self.neck_y + 4),
            *(MIDDLE + self.shoulder - 5, self.shoulder_y - 2.5),
        )
        pen.curve(MIDDLE + self.shoulder - 0.5, self.shoulder_y, MIDDLE + self.shoulder - 1, self.shoulder_y + 6)
        middle = (self.shoulder_y + self.armpit_y) / 2 + 8
        pen.curve(MIDDLE + min(self.shoulder, self.chest) - 3, middle, MIDDLE + self.chest, self.armpit_y)
        reach = (self.waist_y - self.armpit_y) * 0.5
        pen.cubic(
            *(MIDDLE + self.chest - 1, self.armpit_y + reach),
            *(MIDDLE + self.waist, self.waist_y - reach * 0.7),
            *(MIDDLE + self.waist, self.waist_y),
        )
        down = (self.hem_y - self.waist_y) * 0.5
        pen.cubic(
            *(MIDDLE + self.waist, self.waist_y + down * 0.7),
            *(MIDDLE + self.hem, self.hem_y - down),
            *(MIDDLE + self.hem, self.hem_y - self.hem_dip),
        )
        pen.curve(MIDDLE + self.hem * 0.5, self.hem_y + self.hem_dip * 0.4, MIDDLE, self.hem_y + self.hem_dip * 0.4)
        return mirrored(np.concatenate([self.neck_edge(), pen.points]))


@dataclass(frozen=True)
class Sleeve:
    """One sleeve of a torso, as measures for both sides."""

    length: float
    angle: float
    """Degrees from hanging straight down."""
    cuff: float
    """Width at its end."""
    puff: float = 2.5
    """How far it stands out above the shoulder."""

    def heading(self) -> tuple[float, float]:
        """Return the direction it runs in, for the right side."""
        a = np.radians(self.angle)
        return float(np.sin(a)), float(np.cos(a))

    def ends(self, torso: Torso) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the outer and the inner corner of its end, for the right side."""
        dx, dy = self.heading()
        outer = (MIDDLE + torso.shoulder + dx * self.length, torso.shoulder_y + dy * self.length)
        return outer, (outer[0] - dy * self.cuff, outer[1] + dx * self.cuff)

    def outline(self, torso: Torso, side: int) -> Points:
        """Return its outline on one side (1 right, -1 left)."""
        dx, dy = self.heading()
        outer, inner = self.ends(torso)
        x, y = MIDDLE + torso.shoulder, torso.shoulder_y
        pen = Pen(x - 14, y - 6)
        pen.curve(x - 5, y - 4.5 - self.puff * 0.6, x + dy * self.puff, y + 2 - self.puff * 0.5)
        reach = self.length * 0.45
        pen.cubic(
            *(x + dx * reach * 0.4 + dy * (self.puff + 2), y + dy * reach * 0.4 + 2),
            *(outer[0] - dx * reach + dy * self.puff, outer[1] - dy * reach - dx * self.puff),
            *outer,
        )
        pen.curve((outer[0] + inner[0]) / 2 + dx * 1.5, (outer[1] + inner[1]) / 2 + dy * 1.5, *inner)
        armpit = (MIDDLE + torso.chest - 0.5, torso.armpit_y)
        pen.curve(armpit[0] + (inner[0] - armpit[0]) * 0.4 + dy, armpit[1] + (inner[1] - armpit[1]) * 0.42, *armpit)
        pen.line(MIDDLE + torso.chest - 16, torso.armpit_y - 6)
        return sided(pen.points, side)

    def band(self, torso: Torso, side: int, depth: float, flare: float = 0.0) -> Points:
        """Return the outline of a cuff over its last `depth` units, `flare` wider at each edge."""
        dx, dy = self.heading()
        outer, inner = self.ends(torso)
        o = (outer[0] + dy * flare, outer[1] - dx * flare)
        i = (inner[0] - dy * flare, inner[1] + dx * flare)
        far = [(o[0] + dx * 1.2, o[1] + dy * 1.2), (i[0] + dx * 1.2, i[1] + dy * 1.2)]
        near = [(i[0] - dx * depth, i[1] - dy * depth), (o[0] - dx * depth, o[1] - dy * depth)]
        return sided(points_of([*far, *near]), side)


def sleeve_folds(look: Look, torso: Torso, sleeve: Sleeve, side: int, strength: float = 0.09) -> list[Fold]:
    """Return creases along a sleeve, more of them and at the elbow where it's long."""
    dx, dy = sleeve.heading()
    found = []
    for i in range(4 if sleeve.length > 90 else 2):
        along = look.between(0.15, 0.8) * sleeve.length
        across = look.between(0.25, 0.85) * sleeve.cuff
        x = MIDDLE + torso.shoulder + dx * along - dy * across
        y = torso.shoulder_y + dy * along + dx * across
        reach = min(34.0, sleeve.length * look.between(0.3, 0.45))
        bend = look.between(-4, 4)
        line = Pen(x, y).curve(x + dx * reach * 0.5 + bend, y + dy * reach * 0.5, x + dx * reach - bend, y + dy * reach)
        sign = -1 if i % 2 == 0 else 0.8
        found.append(Fold(sided(line.points, side), look.between(3, 6), sign * strength * look.between(0.7, 1.3)))
    return found


def body_folds(look: Look, torso: Torso, strength: float = 0.075) -> list[Fold]:
    """Return creases that fall from the armpits, draw in at the waist and hang to the hem."""
    found = []
    for side in (-1, 1):
        for i in range(2):
            x, y = torso.chest - 4 - i * look.between(5, 9), torso.armpit_y + look.between(-2, 10)
            line = Pen(MIDDLE + x, y).curve(
                MIDDLE + x - look.between(8, 14), y + 22, MIDDLE + x - look.between(14, 28), y + look.between(38, 62)
            )
            found.append(Fold(sided(line.points, side), look.between(4, 7), -strength * look.between(0.6, 1.2)))
            shade = sided(shifted(line.points, -5, 1), side)
            found.append(Fold(shade, 4, strength * 0.7))
    for _ in range(5):
        x = look.between(-0.8, 0.8) * torso.hem
        top = torso.hem_y - look.between(40, 95)
        lean = look.between(-7, 7) + x * 0.06
        line = Pen(MIDDLE + x, top).curve(
            MIDDLE + x + lean * 0.2, (top + torso.hem_y) / 2, MIDDLE + x + lean, torso.hem_y - look.between(2, 10)
        )
        found.append(Fold(line.points, look.between(4, 8), -strength * look.between(0.5, 1.1)))
        found.append(Fold(shifted(line.points, -5.5, 0), look.between(3, 6), strength * look.between(0.4, 0.8)))
    return found


def back_of_neck(canvas: Canvas, torso: Torso, fill: Fill, rise: float = 5, depth: float = 0.45) -> None:
    """Paint the inside of the back, seen through the neckline."""
    x, y = torso.neck, torso.neck_y
    low = torso.neck_y + torso.drop + 4
    shape = Pen(MIDDLE - x - 1, y + 1).curve(MIDDLE, y - rise * 0.4, MIDDLE + x + 1, y + 1)
    shape.line(MIDDLE + x * 0.8, low).line(MIDDLE - x * 0.8, low)
    canvas.part(shape.points, darker(base_of(fill), depth), depth=0.1, rim=0.2)
    under = Pen(MIDDLE - x, y + 3).curve(MIDDLE, y + 2 - rise * 0.3, MIDDLE + x, y + 3).points
    canvas.line(under, ink(darker(base_of(fill), depth), 0.3), 0.8, 0.6)


def neck_band(canvas: Canvas, torso: Torso, fill: Fill, width: float, ribbed: bool = False) -> None:
    """Paint a band along the neckline."""
    edge = torso.neck_edge()
    whole = np.concatenate([np.asarray(edge[::-1]), sided(edge, -1)[1:]])
    band = ribbon(whole, width)
    canvas.part(shifted(band, 0, width * 0.35), fill, depth=0.25, spread=3, cast=0.15)
    if ribbed:
        ticks(canvas, shifted(whole, 0, width * 0.35), width * 0.8, 1.7, fill)


def ticks(canvas: Canvas, line: Points, height: float, spacing: float, fill: Fill, alpha: float = 0.28) -> None:
    """Draw the short strokes of ribbing across a band."""
    places = resampled(line, spacing)
    ahead = np.gradient(places, axis=0)
    length = np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-6)[:, None]
    across = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) / length * (height / 2)
    strokes = [points_of([tuple(p - a), tuple(p + a)]) for p, a in zip(places, across, strict=True)]
    canvas.lines(strokes, ink(base_of(fill), 0.5), 0.5, alpha)


def set_sleeves(
    canvas: Canvas, look: Look, torso: Torso, sleeve: Sleeve, fill: Fill, *, folded: float = 0.09, depth: float = 0.24
) -> list[Region]:
    """Paint both sleeves and return them, left first."""
    painted = []
    for side in (-1, 1):
        laid = fill
        if isinstance(fill, Cloth):
            laid = fill.along(-side * sleeve.angle, (MIDDLE + side * torso.shoulder, torso.shoulder_y))
        painted.append(
            canvas.part(
                sleeve.outline(torso, side),
                laid,
                depth=depth,
                spread=7,
                folds=sleeve_folds(look, torso, sleeve, side, folded),
            )
        )
    return painted


def armhole_seam(canvas: Canvas, torso: Torso, side: int, look: Look) -> None:
    """Stitch the seam where a sleeve is set in."""
    middle = (torso.shoulder_y + torso.armpit_y) / 2 + 8
    pen = Pen(MIDDLE + torso.shoulder - 0.5, torso.shoulder_y)
    pen.curve(MIDDLE + min(torso.shoulder, torso.chest) - 3.5, middle, MIDDLE + torso.chest - 0.5, torso.armpit_y)
    canvas.stitches(sided(shifted(pen.points, -3, 0), side), ink(look.colour), 0.45, 0.45)


def colour_block(canvas: Canvas, look: Look, torso: Torso, body: Region, sleeves: list[Region]) -> None:
    """Dye the lower half, or the shoulders and sleeves, in the second colour."""
    y = look.between(torso.armpit_y - 8, torso.waist_y)
    whole = box(0, y, 240, 320)
    if look.chance(0.5):
        canvas.overlay(body, [whole], look.accent)
        if look.chance(0.5):
            canvas.overlay(body, [box(0, y, 240, y + look.between(8, 18))], look.third)
    else:
        canvas.overlay(body, [box(0, 0, 240, torso.armpit_y - look.between(0, 12))], look.accent)
        for sleeve in sleeves:
            canvas.overlay(sleeve, [box(0, 0, 240, 320)], look.accent)


def button(canvas: Canvas, x: float, y: float, look: Look, size: float = 1.9) -> None:
    """Sew on a button."""
    tone = lighter(look.colour, 0.75) if sum(look.colour) < 2.1 else mix(look.colour, (0.5, 0.46, 0.42), 0.55)
    canvas.part(ellipse(x, y, size, size), tone, depth=0.3, spread=1.5, cast=0.25, rim=0.35, grain=0)
    canvas.line(ellipse(x, y, size * 0.25, size * 0.25), darker(tone, 0.5), 0.5, 0.7)

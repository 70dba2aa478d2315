"""What a drawing is told about its article."""

from dataclasses import dataclass

import numpy as np

from data.sample.canvas import Cloth
from data.sample.palette import Colour
from data.sample.patterns import woven


@dataclass(frozen=True)
class Look:
    """One article to draw; everything not said here is the drawing's own choice, by `rng`."""

    colour: Colour
    accent: Colour
    """The second colour: pattern, trim, print."""
    third: Colour
    pattern: str
    cut: str
    """The variant the product's name speaks of, such as "v neck"; empty for the usual one."""
    gender: str
    rng: np.random.Generator

    def cloth(self) -> Cloth:
        """Return the article's cloth in its pattern."""
        return woven(self.pattern, self.rng, (self.colour, self.accent, self.third))

    def between(self, low: float, high: float) -> float:
        """Return a number between two, for a measure that differs from one article to the next."""
        return float(self.rng.uniform(low, high))

    def chance(self, share: float) -> bool:
        """Return True in `share` of the cases."""
        return bool(self.rng.random() < share)

    @property
    def female(self) -> bool:
        """Whether it is cut for women or girls."""
        return self.gender in ("Women", "Girls")

"""What is known about an article type, and the weights that many of them share."""

from dataclasses import dataclass, field

from data.sample.scene import Staging

Weights = tuple[tuple[str, float], ...]
"""Choices and how often each is taken."""


@dataclass(frozen=True)
class Cut:
    """A variant of an article which its drawing knows by key and its name may speak of."""

    key: str
    phrase: str = ""
    """How a product's name says it; empty when it goes without saying."""
    share: float = 1.0
    patterns: Weights = ()
    """Replaces the article's own patterns."""
    colours: tuple[str, ...] = ()
    """Replaces the article's own colours."""
    gender: str = ""
    """Only for this gender."""
    noun: str = ""
    """Replaces the article's own word."""


@dataclass(frozen=True)
class Article:
    """One article type."""

    name: str
    master: str
    sub: str
    noun: str
    """The singular that product names end with."""
    share: float
    """How common it is, against the others."""
    genders: Weights
    usages: Weights
    seasons: Weights
    colours: tuple[str, ...]
    """Base colours, the most common first."""
    patterns: Weights = (("plain", 1),)
    cuts: tuple[Cut, ...] = (Cut(""),)
    staging: Staging = field(default_factory=Staging)
    year: int = 2012
    """The year most of them came out."""


MEN: Weights = (("Men", 1),)
WOMEN: Weights = (("Women", 1),)
MIXED: Weights = (("Men", 5), ("Women", 4), ("Unisex", 1.4))
ADULTS: Weights = (("Men", 6), ("Women", 4))
FAMILY: Weights = (("Men", 6), ("Women", 4), ("Boys", 1), ("Girls", 0.7))
LADIES: Weights = (("Women", 8), ("Girls", 1.2))
CASUAL: Weights = (("Casual", 1),)
SPORTY: Weights = (("Casual", 7), ("Sports", 3))
SMART: Weights = (("Casual", 5), ("Formal", 4), ("Smart Casual", 0.6))
PARTY: Weights = (("Casual", 8), ("Party", 1.4), ("Formal", 0.4))
WARM: Weights = (("Summer", 6), ("Fall", 3), ("Spring", 0.8), ("Winter", 0.6))
COLD: Weights = (("Fall", 6), ("Winter", 3), ("Summer", 0.6), ("Spring", 0.3))
ALL_YEAR: Weights = (("Summer", 4), ("Fall", 2.5), ("Winter", 2.5), ("Spring", 1))
WINTRY: Weights = (("Winter", 6), ("Summer", 2), ("Fall", 1), ("Spring", 0.5))
SPRING: Weights = (("Spring", 9), ("Summer", 1))

CLOTHES = (
    *("Black", "White", "Blue", "Navy Blue", "Grey", "Red", "Green", "Pink", "Purple", "Maroon", "Yellow", "Olive"),
    *("Teal", "Orange", "Brown", "Beige", "Turquoise Blue", "Mustard", "Charcoal", "Cream", "Rust", "Sea Green"),
)
FEMININE = (
    *("Black", "Pink", "White", "Red", "Blue", "Navy Blue", "Purple", "Green", "Peach", "Teal", "Yellow", "Maroon"),
    *("Turquoise Blue", "Magenta", "Cream", "Lavender", "Orange", "Grey", "Beige", "Rose", "Mustard", "Mauve"),
)
SOBER = ("Black", "Grey", "Navy Blue", "Brown", "Beige", "Charcoal", "Khaki", "Olive", "Cream", "White", "Maroon")
LEATHER = ("Black", "Brown", "Tan", "Coffee Brown", "Maroon", "Red", "Navy Blue", "Beige", "White", "Olive", "Teal")
BAGS = (
    *("Black", "Brown", "Tan", "Red", "Beige", "Blue", "Pink", "Purple", "Navy Blue", "White", "Maroon", "Green"),
    *("Mustard", "Teal", "Grey", "Orange", "Peach", "Olive"),
)
SPORT_SHOES = ("White", "Black", "Grey", "Blue", "Navy Blue", "Red", "Green", "Orange", "Pink", "Lime Green", "Purple")
METALS = ("Silver", "Gold", "Steel", "Copper", "Bronze")
LIPS = ("Red", "Pink", "Brown", "Maroon", "Purple", "Rose", "Nude", "Peach", "Magenta", "Burgundy", "Orange", "Mauve")
EARTH = ("Olive", "Khaki", "Green", "Grey", "Beige", "Charcoal")

STANDS = Staging(stands=True, tilt=1.5, fill=0.84)
SHOE = Staging(stands=True, tilt=2, flips=True, fill=0.88, stretch=1.12)
LIES = Staging(tilt=9, fill=0.85)
DENIM: Weights = (("denim", 1),)
PLAIN: Weights = (("plain", 1),)

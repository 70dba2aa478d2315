"""The sample's table: which products there are, with the imbalances and gaps that real tables have."""

from dataclasses import dataclass, fields

import numpy as np

from data.sample.article import Article, Cut, Weights
from data.sample.catalogue import ARTICLES

COLUMNS = (
    *("id", "gender", "masterCategory", "subCategory", "articleType"),
    *("baseColour", "season", "year", "usage", "productDisplayName"),
)

_BRANDS = (
    *("Alder Lane", "Brightwater", "Casa Miro", "Dunmore", "Ember & Oak", "Fenwick Row", "Gullane", "Harlow Finch"),
    *("Indigo Yard", "Juniper Hill", "Kestrel", "Lindqvist", "Marlow", "Northbeam", "Oakhaven", "Pale Harbour"),
    *("Quillon", "Rosmere", "Saltbox", "Tern & Tide", "Umberly", "Vesper", "Wrenfield", "Yarrow"),
)
_SPORT_BRANDS = ("Northbeam", "Kestrel", "Stridewell", "Pacer", "Summit Ten", "Quillon")
_BEAUTY_BRANDS = ("Vesper", "Rosmere", "Casa Miro", "Bellamore", "Lumi", "Aster & Ivy")
_LINES = (
    *(
        "Harbour",
        "Meadow",
        "Willow",
        "Orbit",
        "Canyon",
        "Breeze",
        "Linden",
        "Coast",
        "Atlas",
        "Juno",
        "Delta",
        "Sierra",
    ),
    *("Nova", "Haven", "Echo", "Tempo", "Luna", "Ridge", "Clover", "Drift"),
)
_PATTERN_WORDS = {
    "striped": ("Striped", "Stripe"),
    "striped knit": ("Striped",),
    "pinstriped": ("Pinstriped", "Pinstripe"),
    "checked": ("Checked", "Check", "Checks"),
    "dotted": ("Polka Dot", "Dotted"),
    "floral": ("Floral Print", "Floral"),
    "leafy": ("Leaf Print", "Leafy"),
    "geometric": ("Geometric Print", "Geometric"),
    "abstract": ("Abstract Print",),
    "camouflage": ("Camouflage", "Camo Print"),
    "leopard": ("Leopard Print", "Animal Print"),
    "colour block": ("Colour Block", "Colourblocked"),
    "printed": ("Printed", "Graphic Print"),
    "melange": ("Melange",),
    "knit": ("Knitted",),
    "cable": ("Cable Knit",),
    "raglan": ("Raglan",),
    "glitter": ("Glitter",),
    "plain": ("", "", "", "Solid"),
}
_YEARS = {2010: 4.0, 2011: 17, 2012: 26, 2013: 9, 2014: 6, 2015: 11, 2016: 13, 2017: 9, 2018: 5}
_GAPS = {"season": 0.015, "usage": 0.015, "year": 0.015}


@dataclass(frozen=True)
class SampleRow:
    """One product: the ten columns of the table, then what only its drawing needs."""

    id: int
    gender: str
    masterCategory: str  # noqa: N815 (the table's own name)
    subCategory: str  # noqa: N815 (the table's own name)
    articleType: str  # noqa: N815 (the table's own name)
    baseColour: str  # noqa: N815 (the table's own name)
    season: str
    """Empty where the table has a gap."""
    year: int | None
    usage: str
    productDisplayName: str  # noqa: N815 (the table's own name)
    pattern: str
    cut: str

    def cells(self) -> list[str]:
        """Return the row as the table writes it."""
        values = (getattr(self, field.name) for field in fields(self) if field.name in COLUMNS)
        return ["" if value is None else str(value) for value in values]


def sample_rows(count: int, seed: int) -> list[SampleRow]:
    """Return `count` products in random order; every article type occurs once there is room for all of them."""
    rng = np.random.default_rng([seed, 0x5A])
    kinds = [article for article, times in zip(ARTICLES, _allotted(count), strict=True) for _ in range(times)]
    span = max(50_000, count * 4)
    numbers = rng.choice(span, size=count, replace=False) + 10_000
    return [_row(int(numbers[i]), kinds[int(k)], rng) for i, k in enumerate(rng.permutation(count))]


def _allotted(count: int) -> list[int]:
    """Return how many of each article there are: by share, rounded so that they add up, none left out."""
    shares = np.array([article.share for article in ARTICLES])
    least = 1 if count >= len(ARTICLES) else 0
    exact = shares / shares.sum() * (count - least * len(ARTICLES))
    whole = np.floor(exact).astype(int)
    whole[np.argsort(whole - exact, kind="stable")[: count - least * len(ARTICLES) - whole.sum()]] += 1
    return [int(times) + least for times in whole]


def _pick(weights: Weights, rng: np.random.Generator) -> str:
    share = np.array([weight for _, weight in weights])
    return weights[int(rng.choice(len(weights), p=share / share.sum()))][0]


def _pick_cut(article: Article, gender: str, rng: np.random.Generator) -> Cut:
    adult = {"Boys": "Men", "Girls": "Women"}.get(gender, gender)
    cuts = [cut for cut in article.cuts if cut.gender in ("", adult)]
    share = np.array([cut.share for cut in cuts])
    return cuts[int(rng.choice(len(cuts), p=share / share.sum()))]


def _row(number: int, article: Article, rng: np.random.Generator) -> SampleRow:
    gender = _pick(article.genders, rng)
    cut = _pick_cut(article, gender, rng)
    colours = cut.colours or article.colours
    colour = _pick(tuple((name, 1 / (i + 3.5)) for i, name in enumerate(colours)), rng)
    pattern = _pick(cut.patterns or article.patterns, rng)
    gap = {column: rng.random() < share for column, share in _GAPS.items()}
    usage, season, year = _pick(article.usages, rng), _pick(article.seasons, rng), _year(article, rng)
    return SampleRow(
        id=number,
        gender=gender,
        masterCategory=article.master,
        subCategory=article.sub,
        articleType=article.name,
        baseColour=colour,
        season="" if gap["season"] else season,
        year=None if gap["year"] else year,
        usage="" if gap["usage"] else usage,
        productDisplayName=_name(article, cut, gender, pattern, colour, usage, rng),
        pattern=pattern,
        cut=cut.key,
    )


def _year(article: Article, rng: np.random.Generator) -> int:
    weights = np.array([share * (5 if year == article.year else 1) for year, share in _YEARS.items()])
    return int(rng.choice(list(_YEARS), p=weights / weights.sum()))


def _name(
    article: Article, cut: Cut, gender: str, pattern: str, colour: str, usage: str, rng: np.random.Generator
) -> str:
    brands = _BEAUTY_BRANDS if article.master == "Personal Care" else _SPORT_BRANDS if usage == "Sports" else _BRANDS
    brand = str(rng.choice(brands))
    words = _PATTERN_WORDS.get(pattern, ("",))
    figure = str(words[int(rng.integers(len(words)))])
    line = str(rng.choice(_LINES)) if rng.random() < 0.3 else ""
    detail = cut.phrase if rng.random() < 0.7 or cut.key else ""
    noun = cut.noun or article.noun
    order = [
        (brand, gender, line, figure, colour, detail, noun),
        (
            brand,
            f"{gender}'s" if gender not in ("Unisex", "Boys", "Girls") else gender,
            line,
            colour,
            figure,
            detail,
            noun,
        ),
        (brand, gender, colour, line, figure, detail, noun),
        (brand, gender, figure, detail, colour, line, noun),
    ][int(rng.choice(4, p=[0.4, 0.2, 0.25, 0.15]))]
    return " ".join(word for word in order if word)

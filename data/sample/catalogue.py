"""Every article type of the sample, each name from the vocabulary of the well-known fashion product table."""

from data.sample.article import (
    ALL_YEAR,
    CASUAL,
    LIPS,
    METALS,
    SPRING,
    STANDS,
    WOMEN,
    Article,
    Cut,
)
from data.sample.catalogue_clothes import LOWER_AND_DRESSES, TOPWEAR
from data.sample.catalogue_wear import ACCESSORIES, FOOTWEAR
from data.sample.scene import Staging

JEWELLERY_AND_BEAUTY = (
    Article(
        *("Earrings", "Accessories", "Jewellery", "Earrings", 26),
        genders=WOMEN,
        usages=(("Casual", 7), ("Ethnic", 3), ("Party", 0.5)),
        seasons=ALL_YEAR,
        colours=METALS,
        cuts=(
            *(Cut("", "Drop", 1.4), Cut("hoop", "Hoop", 1), Cut("stud", "Stud", 1)),
            Cut("chandelier", "Chandelier", 1),
        ),
        staging=Staging(tilt=2, fill=0.78),
    ),
    Article(
        *("Necklace and Chains", "Accessories", "Jewellery", "Necklace", 16),
        genders=WOMEN,
        usages=(("Casual", 8), ("Ethnic", 1), ("Party", 0.5)),
        seasons=(("Fall", 5), ("Winter", 3), ("Summer", 2)),
        colours=("Gold", "Silver", "Copper", "Bronze"),
        cuts=(Cut("", "Beaded", 2), Cut("chain", "Layered Chain", 1)),
    ),
    Article(
        *("Pendant", "Accessories", "Jewellery", "Pendant", 16),
        genders=(("Women", 9.5), ("Men", 0.5)),
        usages=(("Casual", 9), ("Ethnic", 0.8)),
        seasons=ALL_YEAR,
        colours=METALS,
        cuts=(Cut("", "Teardrop", 1), Cut("heart", "Heart", 1), Cut("disc", "Medallion", 1)),
        year=2013,
    ),
    Article(
        *("Ring", "Accessories", "Jewellery", "Ring", 14),
        genders=(("Women", 8), ("Men", 2)),
        usages=CASUAL,
        seasons=(("Summer", 7), ("Fall", 3)),
        colours=METALS,
        cuts=(Cut("", "Solitaire", 2), Cut("band", "Eternity", 1)),
        staging=Staging(stands=True, tilt=3, fill=0.68),
        year=2013,
    ),
    Article(
        *("Bracelet", "Accessories", "Jewellery", "Bracelet", 14),
        genders=(("Women", 7), ("Men", 3)),
        usages=CASUAL,
        seasons=(("Winter", 5), ("Summer", 5)),
        colours=METALS,
        cuts=(Cut("", "Beaded", 1), Cut("bangle", "Stone-Studded", 1)),
        staging=Staging(tilt=8, fill=0.8),
    ),
    Article(
        *("Perfume and Body Mist", "Personal Care", "Fragrance", "Perfume", 34),
        genders=(("Women", 5), ("Men", 5), ("Unisex", 0.3)),
        usages=CASUAL,
        seasons=SPRING,
        colours=("Blue", "Pink", "Gold", "Purple", "Red", "Green", "Peach", "Turquoise Blue", "Orange", "Lavender"),
        cuts=(Cut("", "", 2), Cut("round", "", 1), Cut("tall", "", 1.2), Cut("curved", "", 1)),
        staging=STANDS,
        year=2017,
    ),
    Article(
        *("Deodorant", "Personal Care", "Fragrance", "Deodorant", 20),
        genders=(("Men", 6), ("Women", 4)),
        usages=CASUAL,
        seasons=SPRING,
        colours=("Black", "Blue", "Red", "White", "Green", "Pink", "Grey", "Purple", "Turquoise Blue", "Navy Blue"),
        cuts=(Cut("", "Spray", 3), Cut("roll on", "Roll-On", 1)),
        staging=STANDS,
        year=2017,
    ),
    Article(
        *("Lipstick", "Personal Care", "Lips", "Lipstick", 26),
        genders=WOMEN,
        usages=CASUAL,
        seasons=SPRING,
        colours=LIPS,
        cuts=(Cut("", "Matte", 1), Cut("", "Satin", 1), Cut("", "", 1)),
        staging=STANDS,
        year=2017,
    ),
    Article(
        *("Nail Polish", "Personal Care", "Nails", "Nail Polish", 26),
        genders=WOMEN,
        usages=CASUAL,
        seasons=SPRING,
        colours=(
            "Pink",
            "Red",
            "Purple",
            "Maroon",
            "Blue",
            "Brown",
            "Peach",
            "Teal",
            "Magenta",
            "Green",
            "Nude",
            "Orange",
        ),
        patterns=(("plain", 4), ("glitter", 1)),
        cuts=(Cut("", "", 1), Cut("square", "", 1)),
        staging=STANDS,
        year=2017,
    ),
)

ARTICLES: tuple[Article, ...] = (*TOPWEAR, *LOWER_AND_DRESSES, *FOOTWEAR, *ACCESSORIES, *JEWELLERY_AND_BEAUTY)
"""Every article type of the sample; all names stand in the vocabulary of the well-known fashion product table."""

"""From a row of the table to its picture."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from data.sample import (
    accessories,
    bags,
    beauty,
    bottoms,
    dresses,
    heels,
    jewellery,
    knitwear,
    luggage,
    outerwear,
    sandals,
    shoes,
    socks,
    tops,
    wallets,
    watches,
)
from data.sample.article import Article
from data.sample.canvas import Canvas
from data.sample.catalogue import ARTICLES
from data.sample.look import Look
from data.sample.palette import COLOURS, METALS, brightness, mix, partner, varied
from data.sample.rows import SampleRow
from data.sample.scene import photograph

Drawing = Callable[[Canvas, Look], None]


def drawing_of(article: str) -> Drawing:
    """Return the drawing of an article type, by its name in the table."""
    return {
        "Tshirts": tops.tshirt,
        "Shirts": tops.shirt,
        "Tops": tops.top,
        "Sweaters": knitwear.sweater,
        "Sweatshirts": knitwear.sweatshirt,
        "Jackets": outerwear.jacket,
        "Waistcoat": outerwear.waistcoat,
        "Kurtas": dresses.kurta,
        "Dresses": dresses.dress,
        "Skirts": dresses.skirt,
        "Jeans": bottoms.jeans,
        "Trousers": bottoms.trousers,
        "Shorts": bottoms.shorts,
        "Track Pants": bottoms.track_pants,
        "Casual Shoes": shoes.casual_shoes,
        "Sports Shoes": shoes.sports_shoes,
        "Formal Shoes": shoes.formal_shoes,
        "Heels": heels.heels,
        "Flats": sandals.flats,
        "Sandals": sandals.sandals,
        "Flip Flops": sandals.flip_flops,
        "Socks": socks.socks,
        "Watches": watches.watch,
        "Sunglasses": accessories.sunglasses,
        "Belts": accessories.belt,
        "Ties": accessories.tie,
        "Caps": accessories.cap,
        "Scarves": accessories.scarf,
        "Umbrellas": accessories.umbrella,
        "Handbags": bags.handbag,
        "Clutches": wallets.clutch,
        "Backpacks": luggage.backpack,
        "Duffel Bag": luggage.duffel_bag,
        "Wallets": wallets.wallet,
        "Earrings": jewellery.earrings,
        "Necklace and Chains": jewellery.necklace,
        "Pendant": jewellery.pendant,
        "Ring": jewellery.ring,
        "Bracelet": jewellery.bracelet,
        "Perfume and Body Mist": beauty.perfume,
        "Deodorant": beauty.deodorant,
        "Lipstick": beauty.lipstick,
        "Nail Polish": beauty.nail_polish,
    }[article]


def article_named(name: str) -> Article:
    """Return what is known about an article type."""
    return next(article for article in ARTICLES if article.name == name)


def draw(row: SampleRow, rng: np.random.Generator) -> Image.Image:
    """Return the picture of a product, 240 wide and 320 high, in RGB; `rng` decides all that the row leaves open."""
    look = look_of(row, rng)
    canvas = Canvas(rng)
    drawing_of(row.articleType)(canvas, look)
    return photograph(canvas, look.colour, article_named(row.articleType).staging, rng)


def look_of(row: SampleRow, rng: np.random.Generator) -> Look:
    """Return the colours and the cut of a product."""
    metallic = row.subCategory == "Jewellery" or row.pattern == "metal"
    base = METALS[row.baseColour] if metallic else COLOURS[row.baseColour]
    if row.pattern == "denim":
        base = mix(base, (0.36, 0.42, 0.50), 0.35 if brightness(base) < 0.7 else 0.0)
    colour = varied(base, rng)
    return Look(colour, partner(colour, rng), partner(colour, rng), row.pattern, row.cut, row.gender, rng)

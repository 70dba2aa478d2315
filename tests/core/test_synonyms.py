"""Synonyms: what a collection calls a thing, and nothing for words that mean nothing in it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from core.collection.catalog import Catalog
from core.collection.store import Collection
from core.collection.tags import replace_tags
from core.encoders.protocol import Encoder, Vectors
from core.query.recipe import HasTag, OneOf, Recipe, Words
from core.search import Searcher
from core.synonyms import FEW_VALUES, Named, Synonym, are_ready, named_values, prepare, synonyms, told
from tests.made_up import fill

EACH = 40  # images of a type
TYPES = ("Sports Shoes", "Casual Shoes", "Formal Shoes", "Watches", "Handbags", "Sunglasses", "Tshirts", "Jeans",
         "Perfume and Body Mist", "Kurtas")  # fmt: skip
SHOES = 3  # of them, the first
SURE = 0.45  # cosine of an image and its type, as photos have it


def alike(vectors: Vectors) -> Vectors:
    """Unit vectors that have the cosine SURE with those given, about."""
    chance = np.random.default_rng(4).normal(size=vectors.shape).astype(np.float32)
    chance /= np.linalg.norm(chance, axis=1, keepdims=True)
    mixed = SURE * vectors + np.sqrt(1 - SURE**2) * chance
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), np.float32)


def made(folder: Path, encoder: Encoder, columns: Mapping[str, pa.Array], types: list[str]) -> Collection:
    ids = [f"{place:03}" for place in range(len(types))]
    return fill(folder, "shop", columns, ids, alike(encoder.encode_texts(types)))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Collection:
    """A shop whose images are as near to their types as photos are; for reading only."""
    types = [name for name in TYPES for _ in range(EACH)]
    kinds = ["Footwear" if name in TYPES[:SHOES] else "Other" for name in types]
    columns = {"type": pa.array(types), "kind": pa.array(kinds), "code": pa.array([str(len(name)) for name in types])}
    return made(tmp_path_factory.mktemp("shop"), encoder, columns, types)


def asked(collection: Collection, encoder: Encoder) -> tuple[Catalog, Searcher]:
    catalog = Catalog(collection.dataset())
    return catalog, Searcher(collection, catalog, lambda: encoder, lambda term: np.zeros(1, np.float32))


def meant(collection: Collection, encoder: Encoder, text: str, **how: Any) -> list[Synonym]:
    catalog, searcher = asked(collection, encoder)
    return synonyms(text, catalog, searcher, lambda: encoder, **how)


def values(found: list[Synonym]) -> list[str]:
    return [item.named.value for item in found]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("sneakers", {"Sports Shoes", "Casual Shoes"}),
        ("trainers", {"Sports Shoes"}),
        ("purse", {"Handbags"}),
        ("shades", {"Sunglasses"}),
        ("chronograph", {"Watches"}),
        ("denim", {"Jeans"}),
    ],
)
def test_other_words_for_a_thing(shop: Collection, encoder: Encoder, words: str, wanted: set[str]) -> None:
    found = meant(shop, encoder, words)
    assert wanted <= set(values(found[:3]))
    assert not any(item.by_name for item in found)
    assert all(0 <= item.closeness <= 1 and item.gain <= 1 for item in found)


@pytest.mark.parametrize("words", ["", "  ", "zxqvb", "politics", "spectacles", "invoice", "!?", "7"])
def test_what_means_nothing_here_offers_nothing(shop: Collection, encoder: Encoder, words: str) -> None:
    assert meant(shop, encoder, words) == []


def test_the_very_words_come_first_one_or_many_of_a_thing(shop: Collection, encoder: Encoder) -> None:
    assert values(meant(shop, encoder, "sports shoe"))[0] == "Sports Shoes"
    assert set(values(meant(shop, encoder, "SHOES"))[:3]) == set(TYPES[:SHOES])
    assert values(meant(shop, encoder, "watch"))[0] == "Watches"
    assert next(item.by_name for item in meant(shop, encoder, "perfume"))
    assert len(meant(shop, encoder, "shoes", most=2)) == 2


def test_a_column_can_be_asked_alone(shop: Collection, encoder: Encoder) -> None:
    assert {item.named.column for item in meant(shop, encoder, "sneakers", column="type")} == {"type"}
    assert meant(shop, encoder, "sneakers", column="nothing") == []


def test_values_that_are_no_words_are_left_out(shop: Collection, encoder: Encoder) -> None:
    names = named_values(asked(shop, encoder)[0])
    assert {item.column for item in names} == {"type", "kind"}
    assert names[0] == Named("Other", "kind", "kind", EACH * (len(TYPES) - SHOES))


def test_tags_are_offered_by_their_words(tmp_path: Path, encoder: Encoder) -> None:
    types = [name for name in TYPES for _ in range(EACH)]
    collection = made(tmp_path, encoder, {"n": pa.array(range(len(types)))}, types)
    wanted = {f"{place:03}": [f"auto:{name}"] for place, name in enumerate(types)}
    replace_tags(collection, wanted, lambda tag: False)
    found = meant(collection, encoder, "purse")
    assert values(found)[:1] == ["auto:Handbags"]
    assert found[0].named.condition == HasTag("auto:Handbags")
    assert told(found[0]) | {"closeness": 0, "gain": 0} == {
        "column": None, "label": "tag", "value": "auto:Handbags", "images": EACH, "closeness": 0, "gain": 0,
        "by_name": False,
    }  # fmt: skip


def test_a_value_asks_for_its_images(shop: Collection, encoder: Encoder) -> None:
    catalog, searcher = asked(shop, encoder)
    best = synonyms("purse", catalog, searcher, lambda: encoder)[0].named
    assert best.condition == OneOf("type", ("Handbags",))
    hits = searcher.run(Recipe(terms=(Words("purse"),), limit=1).including(best.condition)).hits
    assert hits[0].row.values["type"] == "Handbags"


def test_names_are_encoded_once_for_a_version(shop: Collection, encoder: Encoder) -> None:
    catalog, searcher = asked(shop, encoder)
    assert are_ready(catalog, encoder)  # so few
    prepare(catalog, encoder)
    seen: list[int] = []

    class Counted:
        def __getattr__(self, name: str) -> Any:
            return getattr(encoder, name)

        def encode_texts(self, texts: list[str]) -> Vectors:
            seen.append(len(texts))
            return encoder.encode_texts(texts)

    synonyms("purse", catalog, searcher, Counted)  # type: ignore[arg-type]
    assert not [count for count in seen if count >= len(named_values(catalog))]


def test_many_values_are_prepared_first(tmp_path: Path, encoder: Encoder) -> None:
    names = [f"word{chr(97 + place % 26)}{chr(97 + place // 26)}" for place in range(FEW_VALUES + 20)]
    collection = fill(tmp_path, "x", {"c": pa.array(names * 2)}, [str(place) for place in range(2 * len(names))])
    catalog = Catalog(collection.dataset())
    assert len(named_values(catalog)) > FEW_VALUES
    assert not are_ready(catalog, encoder)
    prepare(catalog, encoder)
    assert are_ready(catalog, encoder)


def test_every_tag_is_known_not_only_the_first_ones(tmp_path: Path, encoder: Encoder) -> None:
    ids = [f"{place:03}" for place in range(400)]
    collection = fill(tmp_path, "x", {"n": pa.array(range(400))}, ids)
    replace_tags(collection, {id: [f"auto:word {id}"] for id in ids}, lambda tag: False)
    assert len(named_values(Catalog(collection.dataset()))) == 400


def test_the_same_name_in_two_columns_is_offered_twice_and_its_tag_not_at_all(tmp_path: Path, encoder: Encoder) -> None:
    types = [name for name in TYPES for _ in range(EACH)]
    columns = {"type": pa.array(types), "other": pa.array(["Handbag" if name == "Jeans" else "X" for name in types])}
    collection = made(tmp_path, encoder, columns, types)
    replace_tags(collection, {f"{place:03}": [f"auto:{name}"] for place, name in enumerate(types)}, lambda tag: False)
    offered = {(item.named.column, item.named.value) for item in meant(collection, encoder, "handbags")}
    assert {("type", "Handbags"), ("other", "Handbag")} <= offered
    assert (None, "auto:Handbags") not in offered

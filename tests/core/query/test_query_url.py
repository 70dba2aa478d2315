"""A recipe survives its URL and its JSON; what cannot be read is a QueryError."""

import json
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import QueryError
from core.query.recipe import (
    Accuracy,
    All,
    Between,
    Box,
    Condition,
    Contains,
    HasTag,
    ImageId,
    Matches,
    Not,
    OneOf,
    Order,
    Recipe,
    Some,
    StartsWith,
    Upload,
    Within,
    Words,
)
from core.query.url import MOST_CHARACTERS, MOST_LIMIT, MOST_WEIGHT, from_json, from_parameters, to_json, to_parameters

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
SOME_TEXT = ANY_TEXT.filter(bool)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.datetimes().map(lambda moment: moment.replace(fold=0))
PLACES = st.floats(-1e9, 1e9).map(lambda number: number + 0.0)
VALUES = st.one_of(st.none(), st.booleans(), NUMBERS, ANY_TEXT, MOMENTS)
LEAVES: st.SearchStrategy[Condition] = st.one_of(
    st.builds(OneOf, ANY_TEXT, st.lists(VALUES, max_size=4).map(tuple)),
    st.builds(Between, ANY_TEXT, st.none() | NUMBERS | MOMENTS, st.none() | NUMBERS | MOMENTS),
    *(st.builds(kind, ANY_TEXT, ANY_TEXT) for kind in (Contains, StartsWith, Matches)),
    st.builds(HasTag, ANY_TEXT),
    st.builds(Within, st.lists(st.tuples(PLACES, PLACES), min_size=3, max_size=64).map(tuple), ANY_TEXT),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Some, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)
WEIGHTS = st.just(1.0) | st.floats(-MOST_WEIGHT, MOST_WEIGHT)
EDGES = st.floats(0, 1)
BOXES = st.builds(
    lambda across, down: Box(across[0], down[0], across[1], down[1]),
    *[st.lists(EDGES, min_size=2, max_size=2, unique=True).map(sorted)] * 2,
)
TERMS = st.one_of(
    st.builds(Words, SOME_TEXT, WEIGHTS),
    *(st.builds(kind, SOME_TEXT, WEIGHTS, st.none() | BOXES) for kind in (ImageId, Upload)),
)
RECIPES = st.builds(
    Recipe,
    where=st.lists(CONDITIONS, max_size=3).map(lambda items: All(tuple(items))),
    terms=st.lists(TERMS, max_size=3).map(tuple),
    threshold=st.none() | st.floats(-1, 1),
    accuracy=st.sampled_from(Accuracy),
    order=st.none() | st.builds(Order, SOME_TEXT, st.booleans()),
    limit=st.integers(1, MOST_LIMIT),
    sample=st.booleans(),
    seed=st.integers(0, 2**31 - 1),
)


@settings(max_examples=200, deadline=None)
@given(RECIPES)
def test_a_recipe_survives_its_url_and_its_json(recipe: Recipe) -> None:
    parameters = to_parameters(recipe)
    assert exactly(from_parameters(parameters)) == exactly(recipe)
    assert exactly(from_parameters(dict(parse_qsl(urlencode(parameters), keep_blank_values=True)))) == exactly(recipe)
    assert exactly(from_json(to_json(recipe))) == exactly(recipe)


def exactly(recipe: Recipe) -> str:
    """Tells 1 from 1.0 and from True, which are equal."""
    return repr(recipe)


def test_a_link_is_short_and_readable() -> None:
    recipe = Recipe(
        All((OneOf("gender", ("Men", None)), Not(Between("year", 2013)), Some((Contains("name", "é"),)))),
        (Words("red shoe"),),
        threshold=0.2,
        order=Order("price", True),
        limit=20,
    )
    assert to_parameters(recipe) == {
        "where": '[["gender","in",["Men",null]],["not",["year","between",2013,null]],["or",["name","contains","é"]]]',
        "text": "red shoe",
        "min": "0.2",
        "sort": "-price",
        "n": "20",
    }
    assert to_parameters(Recipe()) == {}
    date = Recipe(All((Between("made", datetime(2012, 5, 1), None),)), (ImageId("a/b", -1.0),), sample=True, seed=4)
    assert json.loads(to_json(date)) == {
        "where": '[["made","between",{"date":"2012-05-01T00:00:00"},null]]',
        "terms": '[["like","a/b",-1.0]]',
        "sample": "1",
        "seed": "4",
    }


def test_texts_patterns_and_tags_in_a_link() -> None:
    where = All((StartsWith("name", "Puma"), Matches("name", "Shirt|Tee"), Not(HasTag("colour:red"))))
    assert to_parameters(Recipe(where)) == {
        "where": '[["name","starts","Puma"],["name","matches","Shirt|Tee"],["not",["tag","colour:red"]]]'
    }


def test_columns_called_like_the_words_of_a_link_are_read() -> None:
    for name in ("tag", "not", "and", "or"):
        where = All((OneOf(name, ("x",)), Contains(name, "x"), StartsWith(name, "x"), Matches(name, "x")))
        assert from_parameters(to_parameters(Recipe(where))).where == where


def test_a_plus_that_became_a_space_still_sorts() -> None:
    assert from_parameters({"sort": " price"}).order == Order("price")


def test_a_date_with_a_zone_is_read_as_utc() -> None:
    recipe = from_parameters({"where": '[["made","in",[{"date":"2012-05-01T01:30:00+02:00"}]]]'})
    assert recipe.where == All((OneOf("made", (datetime(2012, 4, 30, 23, 30),)),))


@pytest.mark.parametrize(
    "values",
    [
        {"where": ""},
        {"where": "{"},
        {"where": "{}"},
        {"where": "[1]"},
        {"where": "[[]]"},
        {"where": '["gender","in",["Men"]]'},
        {"where": '[["gender","is",["Men"]]]'},
        {"where": '[["gender","in","Men"]]'},
        {"where": '[["gender","in",[["Men"]]]]'},
        {"where": '[["gender","starts",1]]'},
        {"where": '[["gender","matches",["x"]]]'},
        {"where": '[["gender","matches"]]'},
        {"where": '[["tag",["x"]]]'},
        {"where": '[["tag","x","y"]]'},
        {"where": '[["tag"]]'},
        {"where": '[["tag","\\ud800"]]'},
        {"where": '[["price","in",[NaN]]]'},
        {"where": '[["price","between",-Infinity,null]]'},
        {"where": '[["price","between",1e999,null]]'},
        {"where": '[["price","between","1",null]]'},
        {"where": '[["price","between",true,null]]'},
        {"where": '[["made","in",[{"date":"yesterday"}]]]'},
        {"where": '[["made","in",[{"date":"0001-01-01T00:00:00+09:00"}]]]'},
        {"where": '[["made","in",[{"day":"2012-01-01"}]]]'},
        {"where": '[["gender","in",["\\ud800"]]]'},
        {"where": f'[["price","in",[{"9" * 5_000}]]]'},
        {"where": "[" * 20_000},
        {"where": "[" + '["not",' * 40 + '["a","in",[]]' + "]" * 41},
        {"where": "[" + "x" * MOST_CHARACTERS + "]"},
        {"terms": '[["text","red",NaN]]'},
        {"terms": '[["text","red",true]]'},
        {"terms": f'[["text","red",{"9" * 400}]]'},
        {"terms": '[["text","",1]]'},
        {"terms": '[["sound","red",1]]'},
        {"terms": '[["text","red"]]'},
        {"terms": '[["text","red",1,[0,0,1,1]]]'},
        {"terms": '[["like","7",1,[0,0,1]]]'},
        {"terms": '[["like","7",1,[0,0,0,1]]]'},
        {"terms": '[["like","7",1,[0.5,0,0.2,1]]]'},
        {"terms": '[["like","7",1,[0,0,1,1.01]]]'},
        {"terms": '[["like","7",1,[0,0,true,1]]]'},
        {"terms": '[["like","7",1,[0,0,NaN,1]]]'},
        {"terms": '[["image","7",1,[0,0,1,1],2]]'},
        {"accuracy": "perfect"},
        {"terms": json.dumps([["text", "red", 1]] * 33)},
        {"terms": json.dumps([["text", "red", 1]] * 32), "text": "blue"},
        {"text": "\udcff"},
        {"min": "2"},
        {"min": "nan"},
        {"min": "much"},
        {"n": "0"},
        {"n": "10001"},
        {"n": "1.5"},
        {"n": "9" * 5_000},
        {"seed": "-1"},
        {"sample": "perhaps"},
        {"sort": "price"},
        {"sort": "+"},
    ],
    ids=lambda values: str(values)[:60],
)
def test_what_cannot_be_read_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(QueryError) as caught:
        from_parameters(values)
    str(caught.value).encode()  # can be shown


NAMES = ["where", "terms", "text", "like", "image", "min", "accuracy", "sort", "n", "sample", "seed", "other"]
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=4)
    | st.sampled_from(["in", "not", "and"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.just("date") | st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=20) | st.lists(JSON, max_size=3).map(json.dumps)))
def test_parameters_are_read_or_refused(values: dict[str, str]) -> None:
    try:
        recipe = from_parameters(values)
    except QueryError as error:
        str(error).encode()
    else:
        assert from_parameters(to_parameters(recipe)) == recipe


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30) | JSON.map(json.dumps))
def test_json_is_read_or_refused(text: str) -> None:
    with suppress(QueryError):
        from_json(text)


def test_json_nested_without_end_is_refused() -> None:
    with pytest.raises(QueryError):
        from_json("[" * 100_000)

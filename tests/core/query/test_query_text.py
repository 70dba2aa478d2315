"""A filter's text is read as what it says, written as what is read again, and refused with its place."""

import math
import pickle
import random
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_up import fill, mapped
from patterns import PATTERNS

from core.collection.catalog import Catalog
from core.errors import QueryError
from core.query.columns import Column, Columns, Kind
from core.query.english import condition_words
from core.query.recipe import (
    MOST_DEPTH,
    All,
    Between,
    Condition,
    Contains,
    HasTag,
    Matches,
    Not,
    OneOf,
    Some,
    StartsWith,
    Within,
)
from core.query.sql import check
from core.query.text import Completion, QueryTextError, complete, normalised, parse_where, write_where
from core.query.textparts import as_name
from core.query.url import MOST_CHARACTERS


def table(*columns: Column) -> Columns:
    return {column.name: column for column in columns}


COLUMNS = table(
    Column("gender", "gender", Kind.CATEGORY, 3),
    Column("masterCategory", "masterCategory", Kind.CATEGORY, 3),
    Column("baseColour", "baseColour", Kind.CATEGORY, 9),
    Column("season", "season", Kind.CATEGORY, 4, missing=2),
    Column("productDisplayName", "productDisplayName", Kind.TEXT),
    Column("year", "year", Kind.YEAR, bits=64),
    Column("price", "Price in €", Kind.NUMBER, missing=1),
    Column("added_at", "Added at", Kind.DATE),
    Column("for_sale", "for sale", Kind.BOOLEAN, missing=1),
    Column("Art. no", "Art. no", Kind.NUMBER, bits=32),
    Column("-odd", "odd one", Kind.TEXT),
    Column("OR", "OR", Kind.CATEGORY),
    Column('say "hi"\\', "hi", Kind.CATEGORY),
    Column("Size", "size 1", Kind.TEXT),
    Column("size", "size 2", Kind.TEXT),
    Column("new!", "new!", Kind.CATEGORY),
    Column("x^", "x^", Kind.TEXT),
)
LAST = timedelta(microseconds=-1)
MEN = OneOf("gender", ("Men",))
FALL = OneOf("season", ("Fall",))
BLACK = OneOf("baseColour", ("Black",))
DAY = Between("added_at", datetime(2026, 1, 1), datetime(2026, 1, 2) + LAST)


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("", ()),
        (" \n", ()),
        ("gender=Men", (MEN,)),
        (
            "gender=Men masterCategory=Footwear year>2012 -baseColour=Black",
            (MEN, OneOf("masterCategory", ("Footwear",)), Between("year", 2013), Not(BLACK)),
        ),
        ("season=Fall,Winter", (OneOf("season", ("Fall", "Winter")),)),
        ("season = Fall , Winter", (OneOf("season", ("Fall", "Winter")),)),
        ("season=?", (OneOf("season", (None,)),)),
        ('season="?"', (OneOf("season", ("?",)),)),
        ("season=Fall,?", (OneOf("season", ("Fall", None)),)),
        ("-season=?", (Not(OneOf("season", (None,))),)),
        ("season=missing", (OneOf("season", ("missing",)),)),
        ('season=""', (OneOf("season", ("",)),)),
        (r'productDisplayName="red, \"long\" C:\new \\"', (OneOf("productDisplayName", ('red, "long" C:\\new \\',)),)),
        ("productDisplayName=a..b", (OneOf("productDisplayName", ("a..b",)),)),
        ("productDisplayName=-5!", (OneOf("productDisplayName", ("-5!",)),)),
        ('productDisplayName="NOT"', (OneOf("productDisplayName", ("NOT",)),)),
        ("productDisplayName~red", (Contains("productDisplayName", "red"),)),
        ('productDisplayName~"red dress"', (Contains("productDisplayName", "red dress"),)),
        ("productDisplayName~?", (Contains("productDisplayName", "?"),)),
        ("productDisplayName!~red", (Not(Contains("productDisplayName", "red")),)),
        (
            "productDisplayName~red,blue",
            (Some((Contains("productDisplayName", "red"), Contains("productDisplayName", "blue"))),),
        ),
        ("productDisplayName^=Puma", (StartsWith("productDisplayName", "Puma"),)),
        ('-productDisplayName ^= "Puma x"', (Not(StartsWith("productDisplayName", "Puma x")),)),
        ("gender^=M,w", (Some((StartsWith("gender", "M"), StartsWith("gender", "w"))),)),
        ('productDisplayName=~"Shirt|Tee"', (Matches("productDisplayName", "Shirt|Tee"),)),
        ("productDisplayName=~^Nike|x^$", (Matches("productDisplayName", "^Nike|x^$"),)),
        (r'productDisplayName =~ "\d \"x\" \\.\\\\"', (Matches("productDisplayName", r'\d "x" \.\\'),)),
        ("-gender=~a,b", (Not(Some((Matches("gender", "a"), Matches("gender", "b")))),)),
        ("tag:colour:red", (HasTag("colour:red"),)),
        ("-TAG:red NOT tag:blue", (Not(HasTag("red")), Not(HasTag("blue")))),
        ('tag:"red, \\"dark\\"" gender=Men', (HasTag('red, "dark"'), MEN)),
        ('tag:red,"a b" , OR2', (Some((HasTag("red"), HasTag("a b"), HasTag("OR2"))),)),
        ("tag:OR OR tag:-a", (Some((HasTag("OR"), HasTag("-a"))),)),
        ('tag:"?" (tag:"" OR gender=Men)', (HasTag("?"), Some((HasTag(""), MEN)))),
        ('"new!"=a "x^"^=b x^~c', (OneOf("new!", ("a",)), StartsWith("x^", "b"), Contains("x^", "c"))),
        ("gender!=Men", (Not(MEN),)),
        ("NOT gender=Men", (Not(MEN),)),
        ("- gender=Men", (Not(MEN),)),
        ("-gender!=Men", (MEN,)),
        ("NOT NOT --gender=Men", (MEN,)),
        ("gender=Men AND season=Fall", (MEN, FALL)),
        ("gender=Men OR season=Fall baseColour=Black", (Some((MEN, All((FALL, BLACK)))),)),
        ("(gender=Men OR season=Fall)baseColour=Black", (Some((MEN, FALL)), BLACK)),
        ("gender=Men (season=Fall (baseColour=Black))", (MEN, FALL, BLACK)),
        ("-(gender=Men OR season=Fall)", (Not(Some((MEN, FALL))),)),
        ("NOT(gender=Men season=Fall)", (Not(All((MEN, FALL))),)),
        ("()", ()),
        ("-()", (Some(),)),
        ("gender=Men ()", (MEN,)),
        ("gender=Men OR -()", (MEN,)),
        ("year=2012", (OneOf("year", (2012,)),)),
        ("year=2.012e3", (OneOf("year", (2012,)),)),
        ('year="2012"', (OneOf("year", (2012,)),)),
        ("year>=2012", (Between("year", 2012),)),
        ("year<2015", (Between("year", None, 2014),)),
        ("year<=2015", (Between("year", None, 2015),)),
        ("year=2011..2013", (Between("year", 2011, 2013),)),
        ("year=2011..", (Between("year", 2011),)),
        ("year=..2013", (Between("year", None, 2013),)),
        ("year=..", (Between("year"),)),
        ("year>2012.5 year<2014.5", (Between("year", 2013, 2014),)),
        ("year>2012 year<=2015", (Between("year", 2013, 2015),)),
        ("year=2010..2014 year=2009..2013 year>2008", (Between("year", 2010, 2013),)),
        ("year=2009..2013 year=2010..2014 year<2015", (Between("year", 2010, 2013),)),
        ("year>2015 year<2012", (Between("year", 2016), Between("year", None, 2011))),
        ("year=2010,2012..2014,?", (Some((OneOf("year", (2010, None)), Between("year", 2012, 2014))),)),
        ("year=2012.2..2012.8", (Some(),)),
        ("year>9223372036854775806", (Between("year", 2**63 - 1),)),
        ("year>9223372036854775807", (Some(),)),
        ("price=-5..-.5", (Between("price", -5.0, -0.5),)),
        ("price>0.5", (Between("price", 0.5000000000000001),)),
        ("price<0", (Between("price", None, -5e-324),)),
        ("price>1.7976931348623157e308", (Some(),)),
        ("for_sale=true", (OneOf("for_sale", (True,)),)),
        ('"for sale"=No,?', (OneOf("for_sale", (False, None)),)),
        ('"Art. no"=5', (OneOf("Art. no", (5,)),)),
        ('"-odd"=a -"-odd"=b', (OneOf("-odd", ("a",)), Not(OneOf("-odd", ("b",))))),
        ('"OR"=x OR "OR"=y', (Some((OneOf("OR", ("x",)), OneOf("OR", ("y",)))),)),
        (r'"say \"hi\"\\"=x', (OneOf('say "hi"\\', ("x",)),)),
        ("GENDER=Men MASTERcategory=a", (MEN, OneOf("masterCategory", ("a",)))),
        ('"price in €">3', (Between("price", 3.0000000000000004),)),
        ("size=S Size=M", (OneOf("size", ("S",)), OneOf("Size", ("M",)))),
        ("added_at=2026-01-01", (DAY,)),
        ("added_at!=2026-01-01", (Not(DAY),)),
        ("added_at>=2026-01-01", (Between("added_at", datetime(2026, 1, 1)),)),
        ("added_at>2026-01-01", (Between("added_at", datetime(2026, 1, 2)),)),
        ("added_at<2026-01-01", (Between("added_at", None, datetime(2026, 1, 1) + LAST),)),
        ("added_at<=2026-01-01", (Between("added_at", None, datetime(2026, 1, 2) + LAST),)),
        ("added_at=2024-02", (Between("added_at", datetime(2024, 2, 1), datetime(2024, 3, 1) + LAST),)),
        ("added_at=2024", (Between("added_at", datetime(2024, 1, 1), datetime(2025, 1, 1) + LAST),)),
        ("added_at=2024..2024", (Between("added_at", datetime(2024, 1, 1), datetime(2025, 1, 1) + LAST),)),
        ("added_at=2024-02..2025", (Between("added_at", datetime(2024, 2, 1), datetime(2026, 1, 1) + LAST),)),
        ("added_at=2026-01-01T00:00", (OneOf("added_at", (datetime(2026, 1, 1),)),)),
        ("added_at=2026-01-01T01:30+02:00", (OneOf("added_at", (datetime(2025, 12, 31, 23, 30),)),)),
        ('added_at>"2026-01-01 12:30:10.5Z"', (Between("added_at", datetime(2026, 1, 1, 12, 30, 10, 500001)),)),
        ("added_at>9999", (Some(),)),
        ("added_at<0001", (Some(),)),
        (
            "added_at=2026-01-01,2026-01-01T12:30",
            (Some((OneOf("added_at", (datetime(2026, 1, 1, 12, 30),)), DAY)),),
        ),
    ],
)
def test_what_is_typed_is_read(text: str, conditions: tuple[Condition, ...]) -> None:
    assert parse_where(text, COLUMNS) == All(conditions)


@pytest.mark.parametrize(
    ("text", "position", "title", "hint"),
    [
        ("gendr=Men", 0, "no column “gendr”", "“gender”"),
        ("gender=Men red shoes", 11, "no column “red”", "column=value"),
        ("gender", 6, "A sign is missing after “gender”", "= != ~ !~"),
        ("gender season=Fall", 7, "A sign is missing after “gender”", "= != ~ !~"),
        ("gender=", 7, "value is missing", "?"),
        ("gender==Men", 7, "value is missing", "in quotes"),
        ("gender=Men,", 11, "value is missing", "in quotes"),
        ("gender=OR season=Fall", 7, "value is missing", "in quotes"),
        ("gender=(Men)", 7, "value is missing", "in quotes"),
        ("=Men", 0, "condition is missing", "column=value"),
        ("gender=Men OR", 13, "condition is missing", "column=value"),
        ("gender=Men -", 12, "condition is missing", "column=value"),
        ("OR gender=Men", 0, "condition is missing", "column=value"),
        ("gender=Men AND OR", 15, "condition is missing", "column=value"),
        ("( OR gender=Men)", 2, "condition is missing", "column=value"),
        ("season=Fall (gender=Men", 12, "parenthesis is never closed", "Put )"),
        ("gender=Men)", 10, "no parenthesis to close", "put ("),
        ('gender=Men season="Fall', 18, "quote is never closed", "Put"),
        ("year=abc", 5, "“abc” is not a number", "whole numbers"),
        ("year=2012,x", 10, "“x” is not a number", "year=2012"),
        ("year=nan", 5, "“nan” is not a number", "year=2012"),
        ("year=٣", 5, "not a number", "year=2012"),
        ("price=1_000", 6, "“1_000” is not a number", "holds numbers"),
        ('year="2011..2013"', 5, "is not a number", "year=2012"),
        ('year="?"', 5, "“?” is not a number", "year=2012"),
        ("year>?", 5, "“?” is not a number", "year=2012"),
        ("year=2012.5", 5, "none is 2012.5", "year=2012"),
        ("year=9223372036854775808", 5, "too large", "year=2012"),
        ("year>1e9999", 5, "too large", "year=2012"),
        ("price=1e999", 6, "too large", "price=12"),
        ("year>1,000", 6, "one value", "="),
        ("year=2013..2011", 5, "ends before it begins", "smaller"),
        ("year=2011..2013..2015", 5, "“2013..2015” is not a number", "range"),
        ("gender>3", 6, "category column and has no range", "= != ~ !~"),
        ("for_sale<1", 8, "boolean column and has no range", "= !="),
        ("for_sale=perhaps", 9, "neither true nor false", "for_sale=true"),
        ("year~20", 4, "year column and holds no text", "= != > >= < <="),
        ("year^=20", 4, "year column and holds no text", "= != > >= < <="),
        ("for_sale=~t", 8, "boolean column and holds no text", "= !="),
        ("gender=~a++", 10, "Two repetitions", "(?: )"),
        (r'productDisplayName=~"\"x\\\\(b"', 28, "group is never closed", r"\("),
        ('gender=~"a(?=b)"', 10, "cannot look ahead", "contain"),
        (f"gender=~{'a' * 501} season=Fall", 508, "longer than 500", "contain"),
        ("gender=~", 8, "value is missing", "in quotes"),
        ("gender^=", 8, "value is missing", "in quotes"),
        ("tag:", 4, "tag is missing", "colon"),
        ("tag: red", 4, "tag is missing", "colon"),
        ("gender=Men tag: (", 15, "tag is missing", "colon"),
        ("tag:?", 4, "tag cannot be missing", "question mark"),
        ("tag:a,?", 6, "tag cannot be missing", "question mark"),
        ("tag:red,", 8, "value is missing", "in quotes"),
        ("tag:red=5", 0, "no column “tag:red”", ""),
        ("added_at=yesterday", 9, "“yesterday” is not a date", "2026-01-31"),
        ("added_at=2026-02-30", 9, "not a date", "2026-01-31"),
        ("added_at=0000", 9, "not a date", "2026-01-31"),
        ("added_at>=0001-01-01T00:00+09:00", 10, "not a date", "2026-01-31"),
        ("added_at=2026-01-31T25:00", 9, "not a date", "2026-01-31"),
        ("SIZE=M", 0, "may be any of 2 columns", "Size, size"),
        ("gender=Men \ud800", 11, "half a character", "Remove"),
        ('gender="\0"', 8, "NUL", "Remove"),
        ("(" * 16 + "gender=Men" + ")" * 16, 15, "nested too deeply", f"{MOST_DEPTH} levels"),
        ("x" * (MOST_CHARACTERS + 1), 0, "too long", ""),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(text: str, position: int, title: str, hint: str) -> None:
    with pytest.raises(QueryTextError) as caught:
        parse_where(text, COLUMNS)
    error = caught.value
    assert error.position == position
    assert title in error.title
    assert hint in error.hint
    str(error).encode()  # can be shown
    if position:
        line, caret = error.detail.split("\n")
        assert caret.strip() == "^"
        pointed_at = text[position : position + 1]
        assert line[len(caret) - 1 :][:1] == (pointed_at if pointed_at.isprintable() else " ")


def test_the_caret_stands_under_the_place_whatever_is_in_front() -> None:
    with pytest.raises(QueryTextError) as caught:
        parse_where('productDisplayName="東京\n🙂e\u0301\u202e" x=1', COLUMNS)
    assert caught.value.detail == f'productDisplayName="東京 🙂e\u0301 " x=1\n{" " * 31}^'
    with pytest.raises(QueryTextError) as caught:
        parse_where(f'productDisplayName="{"a" * 100}" x=1 {"year=1 " * 20}', COLUMNS)
    line, caret = caught.value.detail.split("\n")
    assert len(line) < 80
    assert line[caret.index("^") :].startswith("x=1")


def test_an_error_keeps_its_place_when_it_is_sent_elsewhere() -> None:
    with pytest.raises(QueryTextError) as caught:
        parse_where("gender=Men x=1", COLUMNS)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.position) == (str(caught.value), 11)


def nested(groups: int, innermost: str) -> str:
    """So many groups in each other, AND and OR in turn, the one on the inside joined by `innermost`."""
    text = "gender=Men"
    for level in range(groups):
        text = f"season=Fall {'' if (level % 2 == 0) == (innermost == 'AND') else 'OR '}({text})"
    return text


@pytest.mark.parametrize(("groups", "innermost"), [(MOST_DEPTH, "AND"), (MOST_DEPTH - 1, "AND")])
def test_the_deepest_text_is_read(groups: int, innermost: str) -> None:
    where = parse_where(nested(groups, innermost), COLUMNS)
    check(where, COLUMNS)
    assert parse_where(write_where(where, COLUMNS), COLUMNS) == where


@pytest.mark.parametrize(("groups", "innermost"), [(MOST_DEPTH, "OR"), (MOST_DEPTH + 1, "OR"), (3_000, "AND")])
def test_a_deeper_text_is_refused(groups: int, innermost: str) -> None:
    text = nested(groups, innermost)
    with pytest.raises(QueryTextError, match="nested too deeply") as caught:
        parse_where(text, COLUMNS)
    levels = min(groups, MOST_DEPTH + 1)
    assert caught.value.position == [place for place, character in enumerate(text) if character == "("][levels - 1]


def test_exclusions_in_a_row_are_no_levels() -> None:
    assert parse_where("-" * 1_001 + "gender=Men", COLUMNS) == All((Not(MEN),))


@pytest.mark.parametrize(
    ("conditions", "text"),
    [
        ((), ""),
        ((All(), Not(Some())), ""),
        ((Some(),), "-()"),
        ((OneOf("gender", ()),), "-()"),
        ((MEN, OneOf("season", ())), "-()"),
        ((FALL, Some((MEN, All()))), "season=Fall"),
        ((MEN, Not(OneOf("season", ("Fall", None)))), "gender=Men -season=Fall,?"),
        ((OneOf("season", ("?", "a b", "", "NOT", "it's", "a,b", 'x"\\', "-a", "é!", "a!=")),),
         r'season="?","a b","","NOT",it' + r"""'s,"a,b","x\"\\",-a,é!,"a!=" """[:-1]),
        ((Between("year", 2013),), "year>2012"),
        ((Between("year", 1000),), "year>999"),
        ((Between("year", 2011, 2013),), "year=2011..2013"),
        ((Between("year", None, 2015),), "year<2016"),
        ((Between("year", -5, -5),), "year=-5..-5"),
        ((Between("year"),), "year=.."),
        ((Between("year", 5, 3),), "-()"),
        ((Between("year", 2011, 2013), Between("year", 2012)), "year=2012..2013"),
        ((OneOf("year", (2012.0, 0.5)),), "year=2012"),
        ((Between("price", 0.5000000000000001, 0.7),), "price>0.5 price<=0.7"),
        ((Between("price", 0.5000000000000001, 0.7999999999999999),), "price>0.5 price<0.8"),
        ((Not(Between("price", 0.5000000000000001, 0.7999999999999999)),), "-(price>0.5 price<0.8)"),
        ((OneOf("price", (1e22, 2.0, -0.25)),), "price=1e22,2,-0.25"),
        ((DAY,), "added_at=2026-01-01"),
        ((Between("added_at", datetime(2024, 2, 1), datetime(2024, 3, 1) + LAST),), "added_at=2024-02"),
        ((Between("added_at", datetime(2024, 1, 1), datetime(2026, 1, 1) + LAST),), "added_at=2024..2025"),
        ((Between("added_at", datetime(2024, 1, 1)),), "added_at>2023"),
        ((Between("added_at", datetime(2024, 5, 1, 9, 30)),), "added_at>=2024-05-01T09:30"),
        ((OneOf("added_at", (datetime(2024, 5, 1), datetime(2024, 5, 1, 0, 0, 10, 500000))),),
         "added_at=2024-05-01T00:00,2024-05-01T00:00:10.5"),
        ((OneOf("for_sale", (True, False, None)),), "for_sale=true,false,?"),
        ((Some((MEN, All((FALL, BLACK)))),), "gender=Men OR season=Fall baseColour=Black"),
        ((MEN, Some((FALL, BLACK))), "gender=Men (season=Fall OR baseColour=Black)"),
        ((MEN, Not(All((FALL, BLACK)))), "gender=Men -(season=Fall baseColour=Black)"),
        ((MEN, All((FALL, Some((BLACK,))))), "gender=Men season=Fall baseColour=Black"),
        ((OneOf("Art. no", (5,)), Contains("-odd", "?"), Not(OneOf("OR", ("x",)))), '"Art. no"=5 "-odd"~? -"OR"=x'),
        ((StartsWith("gender", "a b"), Not(StartsWith("x^", "^="))), 'gender^="a b" -"x^"^="^="'),
        ((Matches("gender", r"\bRe (a|b)$"), Not(Matches("season", "^a.*"))), r'gender=~"\\bRe (a|b)$" -season=~^a.*'),
        ((HasTag("colour:red"), Not(HasTag("?")), HasTag("a b")), 'tag:colour:red -tag:"?" tag:"a b"'),
        ((Some((HasTag("a"), HasTag("OR"))), Some((HasTag(""),))), '(tag:a OR tag:"OR") tag:""'),
        ((OneOf("new!", (None,)),), '"new!"=?'),
    ],
)  # fmt: skip
def test_a_filter_is_written_shortly(conditions: tuple[Condition, ...], text: str) -> None:
    assert write_where(All(conditions), COLUMNS) == text
    assert parse_where(text, COLUMNS) == normalised(All(conditions), COLUMNS)


TEXTS = [
    "Men",
    "?",
    "",
    " ",
    "a b",
    "it's",
    'say "hi"',
    "a\\b",
    "\\",
    '\\"',
    "x=1",
    "a,b",
    "(a)",
    "-a",
    "a..b",
    "NOT",
    "OR",
    "null",
    "é!=",
]
WHOLE = [0, 1, -1, 7, 999, 1000, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)]
FRACTIONS = [0.0, -0.0, 0.1, 0.5, -2.5, 5e-324, 1e300, 1e22, 1.7976931348623157e308]
YEARS = [1800, 1999, 2000, 2012, 2100]
MOMENTS = [
    datetime(1, 1, 1),
    datetime(2011, 12, 31, 23, 59, 59, 999999),
    datetime(2012, 1, 1),
    datetime(2012, 2, 29, 12, 30),
    datetime(2012, 3, 1),
    datetime(9999, 12, 31, 23, 59, 59, 999999),
]
POOLS: dict[str, tuple[pa.DataType, list[Any]]] = {
    "gender": (pa.string(), TEXTS),
    'say "hi"\\': (pa.string(), TEXTS),
    "OR": (pa.string(), TEXTS),
    "count": (pa.int64(), WHOLE),
    "-price,": (pa.float64(), FRACTIONS),
    "year": (pa.int64(), YEARS),
    "made at": (pa.timestamp("us"), MOMENTS),
    "sold?": (pa.bool_(), [True, False]),
}
ROWS = 400


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    chance = random.Random(11)
    values = {
        name: pa.array([None if chance.random() < 0.2 else chance.choice(pool) for _ in range(ROWS)], kind)
        for name, (kind, pool) in POOLS.items()
    }
    tags = [None if chance.random() < 0.2 else chance.sample(TEXTS, chance.randint(0, 3)) for _ in range(ROWS)]
    values["tags"] = pa.array(tags, pa.list_(pa.string()))
    names = [f"row {place}" for place in range(ROWS)]
    places = {name: (chance.uniform(-10, 10), chance.uniform(-10, 10)) for name in names}
    return Catalog(mapped(fill(tmp_path_factory.mktemp("text"), "text", values, names), places).dataset())


ANY_NUMBER = st.one_of(
    st.sampled_from([*WHOLE, *FRACTIONS, 2012.5]),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)
ANY_MOMENT = st.sampled_from([*MOMENTS, *(item + LAST for item in MOMENTS[1:])]) | st.datetimes()
ANY_TEXT = st.sampled_from(TEXTS) | st.text(alphabet='aA"\\ =!~<>(),.-?\n東\u0301\u202e\u2028', max_size=5)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(["gender", 'say "hi"\\', "OR", "id"], ANY_TEXT),
    **dict.fromkeys(["count", "-price,", "width"], ANY_NUMBER),
    "year": ANY_NUMBER | st.sampled_from(YEARS),
    "made at": ANY_MOMENT,
    "sold?": st.booleans(),
}
ONE_OF = st.sampled_from(sorted(VALUES)).flatmap(
    lambda name: st.builds(OneOf, st.just(name), st.lists(st.none() | VALUES[name], max_size=3).map(tuple))
)
BETWEEN = st.sampled_from(["count", "-price,", "year", "width", "made at"]).flatmap(
    lambda name: st.builds(Between, st.just(name), st.none() | VALUES[name], st.none() | VALUES[name])
)
PLACES = st.sampled_from([0.0, -0.0, 1e9, -2.5, 1e-300]) | st.floats(-10, 10)
SOUGHT = st.one_of(
    *(st.builds(kind, st.sampled_from(["gender", "OR", "id"]), ANY_TEXT) for kind in (Contains, StartsWith)),
    st.builds(Matches, st.sampled_from(["gender", "OR", "id"]), PATTERNS),
    st.builds(HasTag, ANY_TEXT),
    st.builds(
        Within,
        st.lists(st.tuples(PLACES, PLACES), min_size=3, max_size=6).map(tuple),
        st.sampled_from(["", "made-up"]),
    ),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    ONE_OF | BETWEEN | SOUGHT,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Some, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


def ids(where: All, catalog: Catalog) -> list[str]:
    return sorted(catalog.ids(where, None, ROWS))


def test_an_area_is_typed_by_its_corners() -> None:
    area = Within(((0.0, 0.0), (2.0, -0.5), (1.0, 1.5)))
    for text in ('within:"0,0 2,-.5 1,1.5"', 'WITHIN:" 0,0  2,-0.5\n1,1.5 "', 'within:"0,0 2,-5e-1 1,1.5 @"'):
        assert parse_where(text, COLUMNS) == All((area,))
    named = parse_where('gender=Men -within:"0,0 2,-.5 1,1.5 @a1b2"', COLUMNS)
    assert named == All((MEN, Not(Within(area.corners, "a1b2"))))
    within = table(Column("within:", "within:", Kind.CATEGORY, 3))
    assert parse_where("within:=x", within) == All((OneOf("within:", ("x",)),))


@pytest.mark.parametrize(
    ("text", "position", "title"),
    [
        ("within:", 7, "An area is missing here."),
        ("within: gender=Men", 7, "An area is missing here."),
        ('within:"0,0 1,1"', 7, "An area cannot be read: it has 2 corners, and 3 to 64 are read."),
        ('within:"0,0 1,1 2"', 7, "“2” is no corner"),
        ('within:"0,0 1,1 2,x"', 7, "“2,x” is no corner"),
        ('within:"0,0 1,1 2,nan"', 7, "An area cannot be read: its corner 3 is 2,nan, and corners are finite numbers"),
    ],
)
def test_what_is_no_area_is_refused_where_it_stands(text: str, position: int, title: str) -> None:
    with pytest.raises(QueryTextError, match=title) as caught:
        parse_where(text, COLUMNS)
    assert caught.value.position == position


def test_the_made_up_columns_are_of_every_kind(catalog: Catalog) -> None:
    kinds = [catalog.columns[name].kind for name in [*POOLS, "id"]]
    assert kinds == [Kind.CATEGORY] * 3 + [Kind.NUMBER] * 2 + [Kind.YEAR, Kind.DATE, Kind.BOOLEAN, Kind.TEXT]


@settings(max_examples=300, deadline=None)
@given(conditions=st.lists(CONDITIONS, max_size=4).map(tuple))
@example(conditions=(Some((All((Some(), Not(All()))), Not(Not(OneOf("OR", ("OR", "?", None)))))),))
@example(conditions=(Between("-price,", 0.1, 0.5), Between("-price,", 5.0), Between("-price,", 0.2, 0.4)))
@example(
    conditions=(Not(Between("made at", MOMENTS[2], MOMENTS[1])), Between("made at"), Between("made at", *MOMENTS[2:4]))
)
def test_what_is_written_is_read_as_the_same(catalog: Catalog, conditions: tuple[Condition, ...]) -> None:
    where, columns = All(conditions), catalog.columns
    text = write_where(where, columns)
    read = parse_where(text, columns)
    assert read == normalised(where, columns) == normalised(read, columns)
    assert write_where(read, columns) == text
    assert ids(read, catalog) == ids(where, catalog)


CLOSE = [math.nextafter(bound, away) for bound in (-2.5, 0.1, 0.5, 7.0) for away in (-math.inf, bound, math.inf)]
RANGES = st.builds(Between, st.just("-price,"), st.none() | st.sampled_from(CLOSE), st.none() | st.sampled_from(CLOSE))


@settings(max_examples=200, deadline=None)
@given(conditions=st.lists(RANGES | st.builds(Not, RANGES) | st.builds(Some, st.tuples(RANGES, RANGES)), max_size=4))
@example(conditions=[Between("-price,", 1.0, 2.0), Between("-price,", CLOSE[5], CLOSE[6])])
@example(conditions=[Between("-price,", 0.4), Between("-price,", 0.1)])
def test_ranges_on_one_column_keep_their_meaning(catalog: Catalog, conditions: list[Condition]) -> None:
    where = All(tuple(conditions))
    read = parse_where(write_where(where, catalog.columns), catalog.columns)
    assert read == normalised(where, catalog.columns)
    assert ids(read, catalog) == ids(where, catalog)


PIECES = st.sampled_from(
    [
        *["gender", "year", "count", '"-price,"', '"made at"', '"sold?"', "OR", '"OR"', "AND", "NOT", "-", "(", ")"],
        *["=", "!=", "~", "!~", ">", ">=", "<", "<=", "..", "2012", "2012..", "5..3", "0.5", "2012-02", "true", "x"],
        *["?", ",", "gender=Men", "-year>2012", '"made at"=2012', 'gender~"a b"', "count<=1000", "()", '"', "\\"],
        *["within:", 'within:"0,0 1,1 2,0"', 'within:"0,0 @made-up"'],
        *["^=", "=~", "tag:", "tag:red", 'tag:"a b",x', "^a|b", '"(?i)a"', "[", "a++", 'gender=~"(a|b)?"', "^"],
    ]
)
ANYTHING = st.lists(PIECES | st.sampled_from([" ", "  "]), max_size=24).map(" ".join) | st.lists(PIECES).map("".join)


TERMS: st.SearchStrategy[str] = st.recursive(
    st.sampled_from(
        [
            *["gender=Men", "GENDER!=Men,?", 'gender~"a b",\\', '"OR"=?,"?"', '"OR"!~é', "id~x", '"sold?"=yes'],
            *[
                "year>2000",
                "year<=2012.5",
                "year=1999..2012,1800",
                "count>=-7",
                "count<1e3",
                '"-price,">0.1',
                '"-price,"<.5',
            ],
            *["gender^=m", 'gender=~"^(a|M).?"', "id=~7$,^row", "tag:null,OR", 'tag:"a b"', '"OR"^="it\'s",?'],
            *['"made at"=2012', '"made at">2012-01', '"made at"<=2012-02-29', '"made at"=..2012-02-29T12:30', "()"],
            '"-price,"<.5',
        ]
    ),
    lambda inner: st.one_of(
        inner.map("-{}".format),
        inner.map("NOT ({})".format),
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(" OR ".join),
        inner.map("({})".format),
    ),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None)
@given(text=ANYTHING | TERMS | st.text(max_size=40) | st.text(alphabet=st.characters(), max_size=20))
def test_any_text_is_read_or_refused(catalog: Catalog, text: str) -> None:
    try:
        where = parse_where(text, catalog.columns)
    except QueryTextError as error:
        str(error).encode()  # can be shown
        place = error.position
    else:
        place = len(text)
        check(where, catalog.columns)
        read = parse_where(write_where(where, catalog.columns), catalog.columns)
        assert read == normalised(where, catalog.columns)
        assert ids(read, catalog) == ids(where, catalog)
    assert 0 <= place <= len(text)


def test_what_the_collection_cannot_answer_is_not_written() -> None:
    for condition in (
        OneOf("nothing", ("x",)),
        OneOf("year", ("x",)),
        Contains("year", "x"),
        Between("year", float("nan")),
        StartsWith("year", "x"),
        Matches("gender", "("),
        HasTag("\0"),
    ):
        with pytest.raises(QueryError):
            write_where(All((condition,)), COLUMNS)


SEASONS = {"season": ["Fall", "Spring", "late summer", "?"], "gender": ["Men", "Women"]}

TAGS = ["colour:red", "colour:dark blue", "red", "?"]


def options(text: str) -> Completion:
    """What may stand where the | is."""
    place = text.index("|")
    return complete(text.replace("|", ""), place, COLUMNS, lambda name: SEASONS.get(name, []), lambda: TAGS)


@pytest.mark.parametrize(
    ("text", "start", "found"),
    [
        ("ge|", 0, ("gender",)),
        ("|gender=Men", 0, None),
        ("gen|der=Men", 0, ("gender",)),
        ("Gender|", 0, ("gender=", "gender!=", "gender~", "gender!~", "gender^=", "gender=~")),
        ("gender!|", 0, ("gender!=", "gender!~")),
        ("gender^|", 0, ("gender^=",)),
        ("gender |", 7, ("=", "!=", "~", "!~", "^=", "=~")),
        ("year |", 5, ("=", "!=", ">", ">=", "<", "<=")),
        ("for_sale |", 9, ("=", "!=")),
        ("masterCategory=x -(gen|", 19, ("gender",)),
        ("--gen|", 2, ("gender",)),
        ("for s|", 5, ()),
        ('"for s|', 0, ("for_sale",)),
        ("art|", 0, ('"Art. no"',)),
        ("colour|", 0, ("baseColour",)),
        ("gender=Men o|", 11, None),
        ("gender=Men |", 11, None),
        ("season=|", 7, ("Fall", "Spring", '"late summer"', '"?"', "?")),
        ("season=s|", 7, ("Spring", '"late summer"')),
        ('season="s|', 7, ("Spring", '"late summer"')),
        ("season!=Fall,|", 13, ("Fall", "Spring", '"late summer"', '"?"', "?")),
        ("season~|", 7, ()),
        ("gender=M|en season=Fall", 7, ("Men", "Women")),
        ("gender=|", 7, ("Men", "Women")),
        ("for_sale=|", 9, ("true", "false", "?")),
        ("for_sale=t|", 9, ("true",)),
        ("year>|", 5, ()),
        ("price=|", 6, ("?",)),
        ("nothing=|", 8, ()),
        ("nothing |", 8, ()),
        ('gender="Men"|', 12, ()),
        ("season^=|", 8, ()),
        ("ta|", 0, ("tag:",)),
        ("gender=Men -ta|", 12, ("tag:",)),
        ("tag:|", 4, ("colour:red", '"colour:dark blue"', "red", '"?"')),
        ("-Tag:col|our", 5, ("colour:red", '"colour:dark blue"')),
        ("tag:re|", 4, ("red", "colour:red")),
        ('tag:"colour:d|', 4, ('"colour:dark blue"',)),
        ("tag: |", 5, ()),
        ("tag:red,c|", 8, ("colour:red", '"colour:dark blue"')),
        ("tag:red, |", 9, ("colour:red", '"colour:dark blue"', "red", '"?"')),
        ("tag:red gen|", 8, ("gender",)),
        ('tag:"red"|', 9, ()),
        ("tag:red=|", 8, ()),
        ("(gender=Men)|", 12, ()),
        ("(gender=Men) season|", 13, ("season=", "season!=", "season~", "season!~", "season^=", "season=~")),
    ],
)
def test_a_place_says_what_may_stand_there(text: str, start: int, found: tuple[str, ...] | None) -> None:
    completion = options(text)
    assert completion.start == start
    if found is not None:
        assert completion.options == found


def test_between_terms_stand_columns_and_words() -> None:
    assert options("gender=Men |").options[-4:] == ("tag:", "OR", "AND", "NOT")
    assert options("gender=Men |").options[:2] == ("gender", "masterCategory")
    assert options("gender=Men o|").options[:3] == ('"-odd"', '"OR"', "OR")
    assert "OR" not in options("|").options
    assert options("|").options[-1] == "NOT"


def test_a_column_called_like_a_tag_is_told_from_one() -> None:
    columns = table(
        Column("tag", "tag", Kind.CATEGORY), Column("tags_", "tags", Kind.TEXT), Column("n1", "tag:a", Kind.TEXT)
    )
    where = parse_where("tag=x tags=y tag:a~z tag:a tag:tag", columns)
    assert where == All(
        (OneOf("tag", ("x",)), OneOf("tags_", ("y",)), Contains("n1", "z"), HasTag("a"), HasTag("tag")),
    )
    assert write_where(where, columns) == "tag=x tags_=y n1~z tag:a tag:tag"
    assert complete("tag:a=", 6, columns, lambda _: [], lambda: ["a"]) == Completion(6)
    assert complete("tag", 3, columns, lambda _: []).options[-1] == "tag:"


def test_a_missing_value_is_asked_for_in_every_kind_of_column(catalog: Catalog) -> None:
    for name, column in catalog.columns.items():
        where = parse_where(f"{as_name(name)}=?", catalog.columns)
        assert where == All((OneOf(name, (None,)),))
        assert write_where(where, catalog.columns) == f"{as_name(name)}=?"
        assert condition_words(where.conditions[0], catalog.columns).endswith(" is missing")
        known = parse_where(f"-{as_name(name)}=?", catalog.columns)
        assert condition_words(known.conditions[0], catalog.columns).endswith(" is known")
        assert catalog.count(where) == column.missing
        assert catalog.count(known) == ROWS - column.missing
        offered = complete(f"{as_name(name)}=", len(as_name(name)) + 1, catalog.columns, lambda _: []).options
        assert ("?" in offered) == (column.missing > 0)


def test_a_long_list_of_values_is_cut() -> None:
    found = complete("gender=", 7, COLUMNS, lambda _: [f"value {place}" for place in range(1_000)])
    assert found.options[:2] == ('"value 0"', '"value 1"')
    assert len(found.options) == 50


@settings(max_examples=300, deadline=None)
@given(text=ANYTHING | st.text(max_size=20), position=st.integers(-2, 60))
def test_every_place_can_be_completed(text: str, position: int) -> None:
    completion = complete(text, position, COLUMNS, lambda name: SEASONS.get(name, []))
    assert 0 <= completion.start <= max(0, min(position, len(text)))


@given(name=st.sampled_from(sorted(COLUMNS)))
def test_an_option_names_its_column(name: str) -> None:
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    found = complete(quoted[:-1], len(quoted) - 1, COLUMNS, lambda _: []).options
    assert parse_where(f"{found[0]}?", COLUMNS) == All((OneOf(name, (None,)),))


PAGE = Path(__file__).parents[3] / "docs" / "query-text.md"


def test_every_example_of_the_page_is_read() -> None:
    terms, patterns = PAGE.read_text(encoding="utf-8").split("## Regular expressions")
    examples = re.findall(r"^\| `([^`]+)` \|", terms, re.MULTILINE) + re.findall(r"^ {4}(.+)$", patterns, re.MULTILINE)
    assert len(examples) > 40
    axes = {f"map_{axis}": Column(f"map_{axis}", f"Map {axis}", Kind.NUMBER, axis=axis, map="made") for axis in "xy"}
    columns = {**COLUMNS, **axes}
    for text in examples:
        where = parse_where(text, columns)
        assert where.conditions or text == "()"
        check(where, columns)
        assert parse_where(write_where(where, columns), columns) == normalised(where, columns)

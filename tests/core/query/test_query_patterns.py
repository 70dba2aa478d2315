"""A regular expression is read as what both engines mean by it, or refused with its place."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patterns import PATTERNS, found

from core.query.pattern import MOST_CHARACTERS
from core.query.patternread import PatternError, read_pattern, regex_of
from core.query.patternsets import HALVES, LAST, in_either_case, opposite, united


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        ("Shirt|Tee", "A Tee", True),
        ("Shirt|Tee", "a tee", False),
        ("(?i)shirt|tee", "A TEE", True),
        ("(?i:s)hirt", "SHIRT", False),
        ("(?i:s)hirt", "Shirt", True),
        ("a(?i)b|c", "C", True),
        ("(a(?i)b)c", "aBC", False),
        ("(?i)(?-i)a", "A", False),
        ("(?i)straße", "STRAẞE", True),
        ("(?i)[^k]", "K", False),
        ("(?i)i", "ı", False),
        ("(?i)σ", "ς", True),
        ("^Nike", "Nike Air", True),
        ("^Nike", "a\nNike", False),
        ("(?m)^Nike$", "a\nNike\nb", True),
        ("Nike$", "Nike\n", False),
        (r"\ANike\z", "Nike", True),
        ("a.b", "a\nb", False),
        ("(?s)a.b", "a\nb", True),
        ("a[^b]", "a\n", True),
        (r"\d", "٣", False),
        (r"\d{4}", "in 2012", True),
        (r"\w", "é", False),
        (r"(?i)\W", "s", False),
        (r"\s", "\u00a0", False),
        (r"\s", "\x0b", False),
        (r"\bred\b", "a red-hot one", True),
        (r"\bred\b", "hundred", False),
        (r"\bré", "éré", True),
        (r"[\d\s]x", "7x", True),
        (r"[\D]", "7", False),
        ("[]-]", "-", True),
        ("[a-]", "-", True),
        (r"\x41\x{1F642}", "A🙂", True),
        (r"\.\-\ \/\"", '.- /"', True),
        ("}]", "}]", True),
        ("a{2}", "aa", True),
        ("a{2,}", "a", False),
        ("^a{1,2}?$", "aaa", False),
        ("", "", True),
        ("a|", "b", True),
        ("()*", "", True),
    ],
)
def test_what_a_pattern_finds(pattern: str, text: str, is_found: bool) -> None:
    assert found(pattern, text) is is_found


@pytest.mark.parametrize(
    ("pattern", "place", "title", "hint"),
    [
        ("red(?=a)", 3, "cannot look ahead or behind", "contain"),
        ("(?<!a)b", 0, "cannot look ahead or behind", "contain"),
        (r"(a)\1", 3, "cannot be referred to", "contain"),
        ("(?P=x)", 0, "cannot be referred to", "contain"),
        ("(?P<x>a)", 0, "has no name", "Write ("),
        ("(?<x>a)", 0, "has no name", "Write ("),
        ("(?>a)", 0, "cannot hold on", "(?:"),
        ("(?x) a", 0, "of this sort", "(?i)"),
        ("(?)", 0, "of this sort", "(?i)"),
        ("(?#note)", 0, "of this sort", "(?i)"),
        ("ab(c", 2, "never closed", "Put )"),
        ("ab)c", 2, "no group to close", r"\)"),
        ("a[bc", 1, "set is never closed", r"\["),
        ("[]", 0, "set is never closed", "Put ]"),
        ("[a[b]]", 2, "set cannot stand in a set", r"\["),
        ("[[:alpha:]]", 1, "set cannot stand in a set", r"\["),
        ("[a&&b]", 2, "“&&”", r"\&"),
        ("[a--b]", 2, "“--”", r"\-"),
        ("[~~]", 1, "“~~”", r"\~"),
        ("[a-c-e]", 4, "two things", r"\-"),
        (r"[\w-z]", 1, "from one character to another", r"\-"),
        (r"[a-\d]", 1, "from one character to another", r"\-"),
        ("[z-a]", 1, "range ends before", "smaller"),
        (r"[\s\S]x[^\s\S]", 7, "holds no character", "Remove"),
        (r"[\b]", 1, "“\\b” has no meaning", "backslash"),
        ("*a", 0, "nothing to repeat", r"\*"),
        ("a|+", 2, "nothing to repeat", r"\+"),
        ("{2}", 0, "nothing to repeat", r"\{"),
        ("(?i)*", 4, "nothing to repeat", r"\*"),
        ("^*", 1, "A place cannot be repeated", r"\*"),
        ("a++", 2, "Two repetitions", "(?: )"),
        ("a{2}{3}", 4, "Two repetitions", "(?: )"),
        ("a{x}", 1, "repetition cannot be read", r"\{"),
        ("a{,2}", 1, "repetition cannot be read", r"\{"),
        ("a{3,2}", 1, "repetition ends before", "smaller"),
        ("a{1001}", 1, "repetition is too large", "1,000"),
        ("(?:a{500}){3}", 0, "too large", "1,000"),
        ("(?:[a-cx-z0-5é]{300}){3}", 0, "too large", "3,000"),
        ("(" * 31 + ")" * 31, 30, "nested too deeply", "30"),
        ("a\\", 1, "Nothing stands behind the backslash", "\\\\"),
        (r"a\pL", 1, "classes of Unicode", "À-ÿ"),
        (r"\B", 0, "“\\B” has no meaning", r"\b"),
        (r"\Qa\E", 0, "“\\Q” has no meaning", r"\d"),
        (r"\u00e9", 0, "“\\u” has no meaning", r"\xHH"),
        (r"\<a", 0, "“\\<” has no meaning", "backslash"),
        (r"\é", 0, "“\\é” has no meaning", "backslash"),
        (r"\x4", 0, "no such character", r"\xe9"),
        (r"\x{110000}", 0, "no such character", r"\xe9"),
        (r"\x{d800}", 0, "no such character", r"\xe9"),
        ("a" * (MOST_CHARACTERS + 1), MOST_CHARACTERS, "longer than 500", "contain"),
    ],
)
def test_what_the_engines_differ_in_is_refused_at_its_place(pattern: str, place: int, title: str, hint: str) -> None:
    with pytest.raises(PatternError) as caught:
        read_pattern(pattern)
    error = caught.value
    assert (error.place, title in error.title, hint in error.hint) == (place, True, True)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.place) == (str(error), place)


def test_each_engine_gets_plain_pieces_and_nothing_that_they_read_differently() -> None:
    assert regex_of(r"(?i)(red|\d+)\b.*?").duckdb == (
        r"(?:[Rr][Ee][Dd]|[0-9]+)\b[\x{0}-\x{9}\x{b}-\x{d7ff}\x{e000}-\x{10ffff}]*"
    )
    assert regex_of(r"\bé $").lance == r"(?-u:\b)é \z"
    assert regex_of(r"'%_\\").duckdb == regex_of(r"'%_\\").lance == r"\x{27}\x{25}\x{5f}\x{5c}"


@given(pattern=PATTERNS)
def test_what_is_written_for_an_engine_is_never_more_than_it_was_made_of(pattern: str) -> None:
    for text in (regex_of(pattern).duckdb, regex_of(pattern).lance):
        assert not set(text) & set("'\"%;\n\0")


@given(text=st.text(max_size=20) | st.text(alphabet="ab(){}[]|*+?.^$\\-&dwsbxpzi:=!,1", max_size=12))
def test_any_pattern_is_read_or_refused(text: str) -> None:
    refused: list[PatternError] = []
    try:
        regex_of(text)
    except PatternError as error:
        refused.append(error)
    assert all(0 <= error.place <= len(text) and error.hint for error in refused)


CODES = st.integers(0, LAST)
PAIRS = st.lists(st.tuples(CODES, CODES).map(lambda pair: (min(pair), max(pair))), max_size=6)


@given(pairs=PAIRS, code=CODES)
def test_a_set_and_its_opposite_share_no_character_and_leave_none(pairs: list[tuple[int, int]], code: int) -> None:
    one = united(pairs)
    other = opposite(one)
    is_whole = not HALVES[0] <= code <= HALVES[1]
    held = [any(low <= code <= high for low, high in ranges) for ranges in (one, other)]
    assert held.count(True) == is_whole
    assert held[0] == (is_whole and any(low <= code <= high for low, high in pairs))
    assert opposite(other) == one
    assert all(low <= high for low, high in one + other)


@given(letter=st.characters(exclude_categories=["Cs"]))
def test_the_cases_of_a_letter_are_each_others(letter: str) -> None:
    cases = in_either_case(((ord(letter), ord(letter)),))
    codes = [code for low, high in cases for code in range(low, high + 1)]
    assert ord(letter) in codes
    assert all(in_either_case(((code, code),)) == cases for code in codes)

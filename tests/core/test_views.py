"""Saved views: any name, never two at once, nothing written over, nothing lost."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.collection.catalog import Catalog
from core.errors import BusyError, InputError, NotFoundError, QueryError, StorageError
from core.query.columns import Column, Kind
from core.query.recipe import All, Between, OneOf, Order, Recipe, Words
from core.views import MOST_DESCRIPTION, MOST_NAME, View, Views, examples, link, told

CIRCLES = Recipe(All((OneOf("shape", ("circle",)),)))
SQUARES = Recipe(All((OneOf("shape", ("square",)),)), limit=7)
ODD_NAMES = [
    "../../etc/passwd",
    "a/b\\c",
    "CON",
    ".",
    "..",
    "東京 🙂 ẞtraße",
    'it\'s "quoted" <script>alert(1)</script>',
    "x" * MOST_NAME,
    "💡" * MOST_NAME,
    "'; DROP TABLE images; --",
    "‮right-to-left",
]
PRODUCTS = {
    name: Column(name, name, Kind.YEAR if name == "year" else Kind.CATEGORY)
    for name in ("gender", "masterCategory", "articleType", "baseColour", "season", "year", "usage")
}


@pytest.fixture
def kept(tmp_path: Path, catalog: Catalog) -> Views:
    return Views(tmp_path, "things", catalog.columns)


def files(folder: Path) -> list[Path]:
    return sorted((folder / "views" / "things").glob("*.json"))


def test_a_view_is_kept_as_it_was_saved(kept: Views, tmp_path: Path, catalog: Catalog) -> None:
    recipe = Recipe(All((OneOf("shape", ("circle",)), Between("year", 2012, None))), order=Order("price", True))
    made = kept.save("  Round   things ", " All the round ones.\n", recipe, "ada")
    again = Views(tmp_path, "things", catalog.columns).find("ROUND THINGS")
    assert again == made
    assert (again.name, again.description, again.who, again.recipe) == (
        "Round things",
        "All the round ones.",
        "ada",
        recipe,
    )
    assert again.created == again.changed
    assert not again.is_example
    assert kept.listing().views == (made,)
    record = json.loads(files(tmp_path)[0].read_text("utf-8"))
    assert record["parameters"]["sort"] == "-price"
    assert not list((tmp_path / "views" / "things").glob(".*"))


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_kept_and_stays_inside_its_folder(kept: Views, tmp_path: Path, name: str) -> None:
    made = kept.save(name, "", CIRCLES)
    assert made.name == name
    assert kept.find(name) == made
    assert [path.parent for path in files(tmp_path)] == [tmp_path / "views" / "things"]
    kept.delete(name)
    assert kept.restore(name) == made


@pytest.mark.parametrize("name", ["", " \n ", "x" * (MOST_NAME + 1), "nul\0", "bell\a", "half \ud800"])
def test_a_name_that_is_none_is_refused(kept: Views, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        kept.save(name, "", CIRCLES)
    assert files(tmp_path) == []


def test_a_description_has_bounds_and_lines(kept: Views) -> None:
    assert kept.save("lines", "one\ntwo\tthree", CIRCLES).description == "one\ntwo\tthree"
    for words in ("x" * (MOST_DESCRIPTION + 1), "nul\0", "\udfff"):
        with pytest.raises(InputError):
            kept.save("other", words, CIRCLES)


def test_names_differ_by_more_than_their_case(kept: Views) -> None:
    kept.save("Straße É", "", CIRCLES, "ada")
    for same in ("STRASSE É", "straße é", "Straße E\u0301"):
        with pytest.raises(BusyError, match="already a view") as refused:
            kept.save(same, "", SQUARES)
        assert "ada" in refused.value.detail
    assert kept.find("strasse É").recipe == CIRCLES


def test_what_the_collection_cannot_answer_is_not_kept(kept: Views, tmp_path: Path) -> None:
    for recipe in (
        Recipe(All((OneOf("no_such", ("x",)),))),
        Recipe(All((OneOf("year", ("circle",)),))),
        Recipe(order=Order("no_such")),
        Recipe(terms=(Words("x" * 70_000),)),
    ):
        with pytest.raises(QueryError):
            kept.save("bad", "", recipe)
    assert files(tmp_path) == []


def test_a_change_needs_the_version_it_was_made_from(kept: Views) -> None:
    first = kept.save("shared", "", CIRCLES, "ada")
    second = kept.change("Shared", first.version, recipe=SQUARES, who="grace")
    assert (second.recipe, second.who, second.created) == (SQUARES, "grace", first.created)
    assert second.version != first.version
    with pytest.raises(BusyError, match="changed by grace meanwhile") as refused:
        kept.change("shared", first.version, description="mine", who="ada")
    assert "save again" in refused.value.hint
    with pytest.raises(BusyError):
        kept.delete("shared", first.version)
    assert kept.find("shared") == second
    assert kept.change("shared", second.version, description="ours").recipe == SQUARES


def test_a_version_never_comes_back(kept: Views) -> None:
    first = kept.save("again", "", CIRCLES)
    kept.delete("again", first.version)
    second = kept.save("again", "", CIRCLES)
    assert second.version != first.version
    with pytest.raises(BusyError):
        kept.change("again", first.version, recipe=SQUARES)


def test_renaming_takes_no_other_view_s_name(kept: Views, tmp_path: Path) -> None:
    first, second = kept.save("one", "", CIRCLES), kept.save("two", "", SQUARES)
    with pytest.raises(BusyError, match="already a view “two”"):
        kept.change("one", first.version, new_name="TWO")
    renamed = kept.change("one", first.version, new_name="three")
    assert kept.change("three", renamed.version, new_name="Three").name == "Three"
    assert [view.name for view in kept.listing().views] == ["Three", "two"]
    with pytest.raises(NotFoundError):
        kept.change("one", first.version, description="gone")
    assert kept.find("two") == second
    assert len(files(tmp_path)) == 2


def test_a_deletion_can_be_undone_and_writes_over_nothing(kept: Views) -> None:
    first = kept.save("gone", "kept words", CIRCLES)
    kept.delete("Gone")
    assert kept.listing().views == ()
    with pytest.raises(NotFoundError):
        kept.find("gone")
    assert [view.name for view in kept.deleted()] == ["gone"]
    second = kept.save("gone", "", SQUARES)
    assert kept.deleted() == []
    with pytest.raises(BusyError):
        kept.restore("gone")
    kept.delete("gone")
    assert kept.restore("GONE") == second
    kept.change("gone", second.version, new_name="kept")
    assert kept.restore("gone") == first
    with pytest.raises(NotFoundError, match="was deleted"):
        kept.restore("gone")


def test_an_unknown_name_lists_the_near_ones(kept: Views) -> None:
    kept.save("red circles", "", CIRCLES)
    with pytest.raises(NotFoundError) as missing:
        kept.find("red circle")
    assert "red circles" in missing.value.hint


def test_a_damaged_file_is_told_and_left_as_it_is(kept: Views, tmp_path: Path) -> None:
    good = kept.save("good", "", CIRCLES)
    kept.save("bad", "", SQUARES)
    path = next(path for path in files(tmp_path) if '"bad"' in path.read_text("utf-8"))
    text = path.read_text("utf-8")
    for damaged in (
        "",
        "{",
        "[]",
        text.replace('"bad"', '"other"'),
        text.replace('"format": 1', '"format": 2'),
        text.replace('"who": ""', '"who": 7'),
        text.replace("square", 'square\\"],[]'),
        "[" * 100_000,
    ):
        path.write_text(damaged, "utf-8")
        held = kept.listing()
        assert (held.views, held.damaged) == ((good,), (path.name,))
        with pytest.raises(StorageError, match="cannot be read"):
            kept.find("bad")
        with pytest.raises(StorageError):
            kept.save("bad", "", CIRCLES)
        with pytest.raises(StorageError):
            kept.change("bad", "0", recipe=CIRCLES)
        assert path.read_text("utf-8") == damaged
    path.write_bytes(b"\xff\xfe")
    assert kept.listing().damaged == (path.name,)


def race(count: int, act: Callable[[int], View]) -> tuple[list[View], list[BaseException]]:
    """What becomes of the same act by several people at once."""
    ready = threading.Barrier(count)

    def one(number: int) -> View:
        ready.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        ended = [pool.submit(one, number) for number in range(count)]
    failed = [found for item in ended if (found := item.exception()) is not None]
    return [item.result() for item in ended if item.exception() is None], failed


def test_of_several_who_save_one_new_name_one_wins(tmp_path: Path, catalog: Catalog) -> None:
    won, lost = race(8, lambda k: Views(tmp_path, "things", catalog.columns).save("new", f"of {k}", CIRCLES, f"p{k}"))
    assert len(won) == 1
    assert [type(error) for error in lost] == [BusyError] * 7
    assert Views(tmp_path, "things", catalog.columns).find("new") == won[0]


def test_of_several_who_change_one_version_one_wins(kept: Views, tmp_path: Path, catalog: Catalog) -> None:
    version = kept.save("shared", "", CIRCLES).version

    def change(number: int) -> View:
        own = Views(tmp_path, "things", catalog.columns)
        return own.change("shared", version, description=f"of {number}", who=f"p{number}")

    won, lost = race(8, change)
    assert len(won) == 1
    assert [type(error) for error in lost] == [BusyError] * 7
    assert kept.find("shared") == won[0]


def test_every_one_of_several_new_names_is_kept(tmp_path: Path, catalog: Catalog) -> None:
    won, lost = race(8, lambda number: Views(tmp_path, "things", catalog.columns).save(f"view {number}", "", CIRCLES))
    assert lost == []
    held = Views(tmp_path, "things", catalog.columns).listing()
    assert sorted(view.name for view in held.views) == sorted(view.name for view in won)


def test_collections_have_their_own_views(tmp_path: Path, catalog: Catalog) -> None:
    kept = Views(tmp_path, "things", catalog.columns)
    kept.save("mine", "", CIRCLES)
    assert Views(tmp_path, "others", catalog.columns).listing().views == ()
    with pytest.raises(InputError):
        Views(tmp_path, "../things", catalog.columns)


def test_examples_are_offered_where_their_columns_are(kept: Views) -> None:
    assert kept.listing().examples == ()
    shipped = examples(PRODUCTS)
    assert [told(view, "c", PRODUCTS)["recipe"]["text_form"] for view in shipped[:3]] == [
        "gender=Men masterCategory=Footwear year>2012",
        "gender=Women articleType=Dresses baseColour=Red",
        "season=Fall usage=Casual (year=2011 OR year=2012) -baseColour=Black",
    ]
    assert all(view.is_example for view in shipped)
    assert len({view.name.casefold() for view in shipped}) == len(shipped) >= 5
    without_year = {name: column for name, column in PRODUCTS.items() if name != "year"}
    assert "Women's red dresses" in [view.name for view in examples(without_year)]
    assert "Men's footwear after 2012" not in [view.name for view in examples(without_year)]


def test_an_example_stays_and_a_view_of_its_name_stands_before_it(tmp_path: Path) -> None:
    kept = Views(tmp_path, "products", PRODUCTS)
    example = kept.find("for CHILDREN")
    for act in (lambda: kept.change(example.name, ""), lambda: kept.delete(example.name)):
        with pytest.raises(InputError, match="is an example"):
            act()
    own = kept.save("For children", "mine", Recipe())
    assert kept.find("For children") == own
    assert "For children" not in [view.name for view in kept.listing().examples]
    kept.delete("For children")
    assert kept.find("For children") == example


def test_a_link_shows_the_view_on_the_page_that_can(catalog: Catalog) -> None:
    view = View("x", "", {"where": '[["shape","in",["a&b"]]]'})
    assert link(view, "things") == (
        "/explore?collection=things&where=%5B%5B%22shape%22%2C%22in%22%2C%5B%22a%26b%22%5D%5D%5D"
    )
    assert link(View("y", "", {"text": "red shoe"}), "things") == "/search?collection=things&text=red+shoe"


def test_a_view_whose_column_is_gone_says_so(catalog: Catalog) -> None:
    facts = told(View("x", "", {"where": '[["no_such","in",["a"]]]'}), "things", catalog.columns)
    assert "no_such" in facts["problem"]
    assert facts["recipe"]["text_form"] == ""

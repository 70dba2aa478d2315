"""What there is to ask, examples that run, and an answer's images as a recipe."""

from pathlib import Path

import pyarrow as pa
import pytest
from made_up import fill

from core.collection.catalog import Catalog
from core.console.picked import known_ids, recipe_of_ids
from core.console.run import run_sql
from core.console.schema import examples, schema
from core.query.url import from_parameters, to_parameters
from core.settings import Settings
from core.workspace import Workspace

SHAPES = {
    "odd names": {'a "b"; --': pa.array(["x", "y", None, "x"]), "select": pa.array([1, 2, None, 4])},
    "no columns": {},
    "only text": {"story": pa.array([f"a long story number {n} " * 9 for n in range(4)])},
    "only numbers": {"n": pa.array([1.5, None, 3.5, float("nan")])},
    "only missing": {"n": pa.nulls(4, pa.string())},
    "years": {"year": pa.array([2001, 2002, 2003, None])},
    "upper case": {"ID_": pa.array([1, 2, 3, 4]), "Images": pa.array(["a", "a", "b", "b"])},
}


def test_the_schema_is_what_select_has(workspace: Workspace, catalog: Catalog) -> None:
    found = schema(catalog)
    table = run_sql(catalog, workspace.searcher("things"), "SELECT * FROM images LIMIT 0")
    assert [(column.name, column.type) for column in found] == [(column.name, column.type) for column in table.columns]
    by_name = {column.name: column for column in found}
    assert (by_name["shape"].kind, by_name["shape"].distinct, by_name["shape"].missing) == ("category", 3, 1)
    assert by_name["year"].kind == "year"
    assert (by_name["tags"].kind, by_name["uri"].kind, by_name["uri"].distinct) == ("list", "text", None)
    assert "Größe" in {column.label for column in found}


def test_the_examples_of_a_rich_collection_run_and_are_its_own(workspace: Workspace, catalog: Catalog) -> None:
    made = examples(catalog)
    assert 6 <= len(made) <= 8
    assert len({example.sql for example in made}) == len({example.title for example in made}) == len(made)
    for example in made:
        table = run_sql(catalog, workspace.searcher("things"), example.sql)
        assert table.rows or "content_hash" in example.sql


@pytest.mark.parametrize("shape", SHAPES)
def test_the_examples_of_any_collection_run(tmp_path: Path, shape: str) -> None:
    fill(tmp_path, "other", SHAPES[shape], ["a", "b", "c", "d"])
    space = Workspace.open(Settings(workspace=tmp_path))
    catalog = space.catalog("other")
    made = examples(catalog)
    assert made
    for example in made:
        run_sql(catalog, space.searcher("other"), example.sql)
    assert schema(catalog)[0].name == "id"


def test_ids_of_an_answer_become_a_recipe(workspace: Workspace, catalog: Catalog) -> None:
    table = run_sql(catalog, workspace.searcher("things"), 'SELECT id AS "ID" FROM images ORDER BY id DESC LIMIT 5')
    ids = known_ids(catalog, ["nobody", *table.ids(), "'; DROP TABLE images; --"])
    assert ids == table.ids()
    recipe, count = recipe_of_ids(ids)
    assert count == 5
    assert sorted(catalog.ids(recipe.where, None, 10)) == sorted(ids)
    assert run_sql(catalog, workspace.searcher("things"), "SELECT 1 AS other").ids() == []


def test_a_link_holds_as_many_ids_as_it_can() -> None:
    ids = [f"image-{number}-“é”" for number in range(10_000)]
    recipe, count = recipe_of_ids(ids)
    assert 100 < count < len(ids)
    assert from_parameters(to_parameters(recipe)) == recipe
    assert recipe_of_ids([])[1] == 0

"""Concepts: a vocabulary, a preview, and the job that tags."""

from typing import Any

import pytest
from drawn import Open
from shown import button, heading, linked, sent, sound, words

from core.batch.tag import PREFIX
from core.collection.tags import replace_tags, scores_of
from core.query.recipe import All, HasTag, Not, OneOf, Recipe
from core.synonyms import Named
from core.worker import run_job
from core.workspace import Workspace
from ui.concepts import Chosen
from ui.question import CONCEPT_NAMES, PAGE_NAMES
from ui.synonyms import narrowed

LIST = "concept words"


def chosen(at: Any, label: str) -> Any:
    return next(item for item in at.selectbox if item.label == label)


def slider(at: Any) -> Any:
    return next(item for item in at.slider if item.key == "least score")


def beginning(at: Any) -> str:
    return str(next(item for item in at.text_input if item.label == "Tags begin with").value)


def pictures(at: Any) -> list[str]:
    return [tile[0] for data in sent(at, "tiles") for tile in data["tiles"]]


def test_a_columns_values_are_previewed(open_page: Open) -> None:
    at = sound(open_page("concepts", collection="shop", least="0"))
    assert "Give every image the words that fit it" in heading(at)
    assert chosen(at, "Words to choose among").options[:2] == ["Values of kind (3)", "Values of season (2)"]
    assert len(at.get("plotly_chart")) == 1
    assert pictures(at)
    assert button(at, "Tag 71 images")
    shown = words(at)
    assert "of 71 images" in shown
    assert "of 3 labels used" in shown


def test_lists_and_own_words_can_be_chosen(open_page: Open) -> None:
    at = open_page("concepts", collection="shop")
    chosen(at, "Words to choose among").select("list:colours").run()
    assert linked(sound(at), "words") == "list:colours"
    assert "labels used" in words(at)
    chosen(at, "Words to choose among").select("own").run()
    assert "two words or phrases" in sound(at).info[0].value
    assert not [item for item in at.button if item.label.startswith("Tag ")]
    at.text_area(key=LIST).set_value("one").run()
    assert "too few" in sound(at).warning[0].value
    at.text_area(key=LIST).set_value("green picture\npurple picture\n# a note").run()
    assert "of 2 labels used" in words(sound(at))


def test_the_threshold_decides_and_stands_in_the_link(open_page: Open) -> None:
    at = open_page("concepts", collection="shop", words="list:colours", least="0", most="2")
    assert "of 71 images (100%), 2 tags each" in words(sound(at))
    slider(at).set_value(slider(at).max).run()
    assert float(linked(at, "least")) == pytest.approx(slider(at).max)
    assert "Lower the score" in sound(at).info[0].value
    assert linked(at, "most") == "2"


@pytest.mark.parametrize(
    "link", [{"least": "nan"}, {"least": "-7"}, {"least": "1e99"}, {"most": "x"}, {"most": "99"}, {"words": "nothing"},
             {"label": "<b>no</b>"}, {"words": "column:price"}, {"fitting": "?"}],
)  # fmt: skip
def test_a_link_that_makes_no_sense_is_as_without(open_page: Open, link: dict[str, str]) -> None:
    assert "labels used" in words(sound(open_page("concepts", collection="shop", **link)))


def test_a_label_shows_its_pictures(open_page: Open) -> None:
    at = open_page("concepts", collection="shop", words="column:kind", least="0")
    first = pictures(at)
    other = chosen(at, "Best pictures of").options[-1].rpartition(" (")[0]
    chosen(at, "Best pictures of").select(other).run()
    assert linked(at, "label") == other
    assert pictures(sound(at)) != first


def test_a_filter_narrows_what_is_tagged(open_page: Open) -> None:
    at = sound(open_page("concepts", collection="shop", where='[["kind","in",["Shoe"]]]'))
    assert "kind is Shoe" in heading(at)
    assert button(at, "Tag 23 images")
    empty = sound(open_page("concepts", collection="shop", where='[["kind","in",["nothing"]]]'))
    assert "No image passes the filter" in empty.info[0].value


def test_the_job_does_what_was_shown(open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    at = open_page("concepts", workspace.folder, collection="shop", words="list:colours", least="0", most="2")
    button(at, "Tag 71 images").click().run()
    sound(at)
    job = run_job(workspace, workspace.jobs.all(1)[0].id)
    assert job.result is not None, job.error
    assert (job.result["tagged"], sum(job.result["tags"].values())) == (71, 142)
    assert all(tag.startswith("colours:") for tag in job.result["tags"])
    ids = workspace.catalog("shop").ids(All(), None, 100)
    scores = scores_of(workspace.collection("shop").dataset(), ids)
    assert {len(found) for found in scores.values()} == {2}
    again = sound(open_page("explore", workspace.folder, collection="shop"))
    facets = next(data["facets"] for data in sent(again, "facets"))
    tags = next(facet for facet in facets if facet["label"] == "Tags")
    assert sum(count for _, count, _ in tags["values"]) == 142


def test_a_typed_beginning_is_of_its_vocabulary_and_collection_alone(open_page: Open) -> None:
    at = open_page("concepts", collection="shop", words="column:kind")
    next(item for item in at.text_input if item.label == "Tags begin with").set_value("mine").run()
    assert beginning(sound(at)) == "mine"
    at.query_params["words"] = "list:colours"  # as a link does, without the box
    assert beginning(sound(at.run())) == "colours"
    at.query_params["collection"] = "hostile"
    at.query_params["words"] = "list:colours"
    assert beginning(sound(at.run())) == "colours"


def test_names_that_cannot_begin_a_tag_have_beginnings_of_their_own() -> None:
    names = ["\u0446\u0432\u0435\u0442", "\u0440\u0430\u0437\u043c\u0435\u0440", "a/b", "a:b", "very long " * 9]
    found = [Chosen(f"column:{name}", ("a", "b"), name).prefix for name in names]
    assert len(set(found)) == len(names)
    assert all(PREFIX.fullmatch(prefix) for prefix in found)
    assert Chosen("column:kind", ("a", "b"), "kind").prefix == "kind"
    assert Chosen("own", ("a", "b"), "My own list").prefix == "concept"


def test_another_vocabulary_begins_at_its_own_score(open_page: Open) -> None:
    at = open_page("concepts", collection="shop", words="list:colours", least="0.11", most="2")
    chosen(at, "Words to choose among").select("column:kind").run()
    assert "least" not in at.query_params
    assert set(CONCEPT_NAMES) >= {"words", "fitting", "least", "most", "label"}
    assert set(CONCEPT_NAMES) <= set(PAGE_NAMES)


def test_a_job_that_is_refused_cannot_be_asked_for(open_page: Open) -> None:
    most = {"collection": "shop", "words": "column:season", "most": "2"}
    at = sound(open_page("concepts", least="0", **most))
    assert at.number_input(key="most tags").max == 1
    at = sound(open_page("concepts", least="0.1", **most))
    assert at.number_input(key="most tags").value == 2
    slider(at).set_value(0.0).run()
    assert at.number_input(key="most tags").value == 1


def test_lines_that_are_left_out_are_told(open_page: Open) -> None:
    at = open_page("concepts", collection="shop", words="own")
    at.text_area(key=LIST).set_value("red\nRed\nblue").run()
    assert "1 line left out" in words(sound(at))


def test_bad_names_do_no_harm(open_page: Open) -> None:
    at = sound(open_page("concepts", collection="hostile"))
    assert "labels used" in words(at)
    assert beginning(at)


def test_an_empty_collection_says_what_to_do(open_page: Open) -> None:
    assert "has no images" in sound(open_page("concepts", collection="gone")).info[0].value


def test_search_offers_what_the_collection_calls_it(open_page: Open, workspace: Workspace) -> None:
    at = sound(open_page("search", workspace.folder, collection="shop", text="shoes"))
    button(at, r"Only kind\: Shoe").click().run()
    assert linked(sound(at), "where") == '[["kind","in",["Shoe"]]]'
    assert not [item for item in at.button if item.label.startswith("Only kind")]
    replace_tags(workspace.collection("shop"), {"3": ["auto:shoes"]}, lambda tag: False)
    at = sound(open_page("search", workspace.folder, collection="shop", text="zxqvb"))
    assert not [item for item in at.button if item.label.startswith(("Only", "Also"))]


def test_a_second_value_stands_beside_the_first() -> None:
    shirt, shoe = (Named(value, "kind", "kind", 1) for value in ("Shirt", "Shoe"))
    asked = narrowed(narrowed(Recipe(All((Not(OneOf("kind", ("Hat",))), HasTag("a")))), shirt), shoe)
    assert asked.where.conditions == (Not(OneOf("kind", ("Hat",))), HasTag("a"), OneOf("kind", ("Shirt", "Shoe")))
    assert narrowed(asked, Named("b", None, "tag", 1)).where.conditions[-1] == HasTag("b")

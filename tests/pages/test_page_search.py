"""Search: by words, by a picture, by an image of the collection."""

import io
import json
from pathlib import Path

import pytest
from drawn import HOSTILE, Open
from PIL import Image
from shown import button, heading, ids, linked, sent, sound, told

from core.collection import planner
from core.collection.schema import EncoderFact
from core.ingest.plan import IngestRequest
from core.jobs.job import State
from core.jobs.supervisor import Supervisor
from core.query.recipe import Accuracy, Alike
from core.workspace import Workspace
from tests.made_up import recorded_as

BOX = "search words"


def picture(colour: str = "red") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "PNG")
    return stream.getvalue()


def test_without_a_question_there_are_a_box_a_place_for_a_picture_and_examples(open_page: Open) -> None:
    at = sound(open_page("search", collection="shop"))
    assert "<h1" in heading(at)
    assert at.text_input(key=BOX).value == ""
    assert len(at.get("file_uploader")) == 1
    assert len(ids(at)) == 12
    button(at, "Draw again").click().run()
    assert linked(at, "seed") == "1"


def test_words_find_images_with_scores_best_first(open_page: Open) -> None:
    at = open_page("search", collection="shop")
    at.text_input(key=BOX).set_value(" a blue shirt ").run()
    assert linked(at, "text") == "a blue shirt"
    assert "most like “a blue shirt”" in heading(sound(at))
    assert "50 of 71, exact" in heading(at)
    scores = [float(tile[6]) for tile in sent(at, "tiles")[0]["tiles"]]
    assert len(scores) == 50
    assert scores == sorted(scores, reverse=True)
    assert list(at.dataframe[0].value["score"]) == sorted(at.dataframe[0].value["score"], reverse=True)
    at.text_input(key=BOX).set_value("").run()
    assert "text" not in sound(at).query_params


def test_the_link_shows_the_same(open_page: Open) -> None:
    at = open_page("search", collection="shop")
    at.text_input(key=BOX).set_value("watch").run()
    assert ids(open_page("search", collection="shop", text="watch")) == ids(at)


def test_the_number_of_hits_is_chosen_and_linked(open_page: Open) -> None:
    at = open_page("search", collection="shop", text="watch")
    at.selectbox(key="limit").select(10).run()
    assert linked(at, "n") == "10"
    assert len(ids(sound(at))) == 10
    assert len(ids(sound(open_page("search", collection="shop", text="watch", n="7")))) == 7


def test_filters_apply_to_a_search(open_page: Open) -> None:
    at = sound(open_page("search", collection="shop", text="watch", where='[["kind","in",["Watch"]]]'))
    assert "23 of 23, exact" in heading(at)
    at.session_state["facets"] = {"turns": [{"turn": 1, "column": "kind", "chosen": ["Shoe"]}]}
    at.run()
    assert linked(at, "text") == "watch"
    assert json.loads(linked(at, "where")) == [["kind", "in", ["Shoe"]]]
    assert "kind is Shoe, most like “watch”" in heading(sound(at))


def test_a_filter_without_a_match_says_what_to_do(open_page: Open) -> None:
    where = '[["kind","in",["Shoe"]],["season","in",["Summer"]]]'
    for link in ({"text": "watch"}, {}):
        at = sound(open_page("search", collection="shop", where=where, **link))
        assert "No image passes the filter" in at.info[0].value


def test_an_image_of_the_collection_is_the_question(open_page: Open) -> None:
    at = sound(open_page("search", collection="shop", like="3"))
    assert "3" not in ids(at)
    assert any("Image 3" in item.proto.body for item in at.get("html"))
    button(at, "Remove").click().run()
    assert "like" not in sound(at).query_params


def test_more_like_this_leads_here_with_the_filter(open_page: Open) -> None:
    at = open_page("explore", collection="shop", where='[["kind","in",["Shoe"]]]')
    at.session_state["explore images"] = {"similar": "4"}
    at.run()
    assert linked(at, "like") == "4"
    assert "kind is Shoe, most like image 4" in heading(sound(at))


def test_a_dropped_picture_is_the_question(open_page: Open, workspace: Workspace) -> None:
    at = open_page("search", workspace.folder, collection="shop")
    at.session_state["dropped bytes"] = [picture()]
    at.run()
    digest = linked(at, "image")
    assert "most like the given picture" in heading(sound(at))
    again = sound(open_page("search", workspace.folder, collection="shop", image=digest))
    assert ids(again) == ids(at)
    assert any("data:image/webp" in item.proto.body for item in again.get("html"))


def test_a_picture_that_cannot_be_read_is_told_and_the_question_stays(open_page: Open, workspace: Workspace) -> None:
    at = open_page("search", workspace.folder, collection="shop", text="watch")
    at.session_state["dropped bytes"] = [picture(), b"no picture"]
    assert told(at.run())
    assert "most like “watch”" in heading(at)


@pytest.mark.parametrize("link", [{"like": "nobody"}, {"image": "0" * 64}, {"image": "../../etc/passwd"}])
def test_an_image_that_is_gone_is_told_and_left_behind(open_page: Open, link: dict[str, str]) -> None:
    at = open_page("search", collection="shop", **link)
    assert told(at)
    at.text_input(key=BOX).set_value("watch").run()
    assert told(at)
    at.button(key="remove 1").click().run()
    assert linked(at, "text") == "watch"
    assert "most like “watch”" in heading(sound(at))


@pytest.mark.parametrize("link", [{"terms": "x"}, {"terms": '[["text","a"]]'}, {"n": "0"}, {"min": "7"}])
def test_a_question_that_cannot_be_read_is_told(open_page: Open, link: dict[str, str]) -> None:
    at = open_page("search", collection="shop", text="a", **link)
    assert told(at)
    button(at, "Start again").click().run()
    sound(at)


def test_several_terms_of_a_link_are_answered(open_page: Open) -> None:
    terms = '[["text","watch",1.0],["like","3",-0.5]]'
    at = sound(open_page("search", collection="shop", terms=terms, min="-1"))
    assert "most like “watch”, unlike 0.5 × image 3" in heading(at)
    for tile in sent(at, "tiles")[0]["tiles"]:
        score, _, parts = tile[6].partition(" = ")
        watch, _, three = parts.rpartition(" − ")
        assert float(score) == pytest.approx(float(watch) - float(three), abs=0.011)
    for step, weight in ((0.0, 0.25), (0.0, -0.25), (0.75, 0.75)):  # zero is stepped over
        at.number_input(key="weight 1").set_value(step).run()
        assert json.loads(linked(at, "terms"))[1] == ["like", "3", weight]
    assert json.loads(linked(at, "terms")) == [["text", "watch", 1.0], ["like", "3", 0.75]]
    at.text_input(key=BOX).set_value("shoe").run()
    assert json.loads(linked(at, "terms")) == [["text", "shoe", 1.0], ["like", "3", 0.75]]
    at.button(key="remove 0").click().run()
    assert json.loads(linked(sound(at), "terms")) == [["like", "3", 0.75]]


def test_nonsense_is_told_to_have_no_good_match(open_page: Open) -> None:
    at = sound(open_page("search", collection="shop", text="zxcv"))
    assert "No good match" in at.warning[0].value
    assert len(ids(at)) == 50
    assert not sound(open_page("search", collection="shop", text="a red shoe")).warning


def test_of_a_large_collection_an_accuracy_can_be_insisted_on(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [
        box for box in sound(open_page("search", collection="shop", text="watch")).selectbox if box.key == "accuracy"
    ]
    monkeypatch.setattr(planner, "MOST_HELD_BYTES", 0)
    at = sound(open_page("search", collection="shop", text="watch"))
    at.selectbox(key="accuracy").select(Accuracy.EXACT).run()
    assert linked(sound(at), "accuracy") == "exact"
    assert "50 of 71, exact" in heading(at)


def test_a_threshold_is_drawn_and_taken_away(open_page: Open) -> None:
    at = sound(open_page("search", collection="shop", text="watch", n="250"))
    everything = len(ids(at))
    slider = at.slider(key="threshold")
    slider.set_value(round((slider.min + slider.max) / 2, 2)).run()
    assert -1 <= float(linked(at, "min")) <= 1
    assert 0 < len(ids(sound(at))) < everything
    button(at, "No threshold").click().run()
    assert "min" not in sound(at).query_params
    assert len(ids(at)) == everything
    at = sound(open_page("search", collection="shop", text="watch", min="1"))
    assert "as the threshold asks for" in at.info[0].value
    button(at, "No threshold").click().run()
    assert ids(sound(at))


def test_words_and_pictures_are_added_to_the_question(open_page: Open, workspace: Workspace) -> None:
    at = open_page("search", workspace.folder, collection="shop", text="watch")
    at.session_state["added to the search"] = ("-floral ", [picture("red"), picture("blue")])
    terms = json.loads(linked(sound(at.run()), "terms"))
    assert terms[:2] == [["text", "watch", 1.0], ["text", "floral", -1.0]]
    assert [term[0] for term in terms[2:]] == ["image", "image"]
    assert "most like “watch”, the given picture and the given picture, unlike “floral”" in heading(at)
    at.session_state["added to the search"] = ("", [b"no picture"])
    assert told(at.run())
    assert json.loads(linked(at, "terms")) == terms
    at.session_state["added to the search"] = (" ", [])
    assert json.loads(linked(sound(at.run()), "terms")) == terms


def test_a_part_of_a_picture_is_shown_and_searched_by(open_page: Open, workspace: Workspace) -> None:
    at = sound(open_page("search", workspace.folder, collection="shop", terms='[["like","3",1,[0,0,0.5,1]]]'))
    assert "most like part of image 3" in heading(at)
    assert any("Part of image 3" in item.proto.body for item in at.get("html"))
    at.button(key="part 0").click().run()
    assert "Drag over" in " ".join(item.value for item in sound(at).markdown)
    button(at, "The whole picture").click().run()
    assert linked(sound(at), "like") == "3"


def test_a_broken_encoder_is_told_and_the_filters_stay(open_page: Open, workspace: Workspace) -> None:
    recorded_as(workspace.collection("shop"), EncoderFact("/no/such/folder", 256, "0" * 12))
    at = open_page("search", workspace.folder, collection="shop", text="watch")
    assert "/no/such/folder" in told(at)
    assert sent(at, "facets")
    sound(open_page("search", workspace.folder, collection="shop", like="3"))
    sound(open_page("explore", workspace.folder, collection="shop"))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_looked_for_and_shown_as_they_are(open_page: Open, text: str) -> None:
    at = sound(open_page("search", collection="hostile", text=text))
    assert linked(at, "text") == text
    assert "<script" not in heading(at)
    assert "<img" not in heading(at)


def test_a_column_called_score_is_kept_beside_the_score(open_page: Open, tmp_path: Path) -> None:
    from drawn import draw, write_table

    from core.ingest.plan import IngestRequest
    from core.settings import Settings

    folder = tmp_path / "source"
    for number in range(4):
        draw(folder / "images" / f"{number}.png", number)
    write_table(folder / "styles.csv", ["id", "score"], [[number, f"mine {number}"] for number in range(4)])
    space = Workspace.open(Settings(workspace=tmp_path / "workspace"))
    space.ingest(IngestRequest(str(folder), "scores"))
    at = sound(open_page("search", space.folder, collection="scores", text="red"))
    frame = at.dataframe[0].value
    assert set(frame["score"]) == {f"mine {number}" for number in range(4)}
    assert len(frame.columns) == 3


def test_the_question_goes_from_page_to_page(open_page: Open) -> None:
    at = open_page("explore", collection="shop", where='[["kind","in",["Shoe"]]]', view="Table", page="2")
    at.query_params.clear()
    at.switch_page("../pages/search.py").run()
    assert json.loads(linked(at, "where")) == [["kind", "in", ["Shoe"]]]
    assert linked(at, "collection") == "shop"
    assert "view" not in at.query_params
    assert "page" not in at.query_params


def test_looks_are_compared_by_a_hash(open_page: Open) -> None:
    first = ids(open_page("search", collection="shop"))[0]
    assert not any(item.key == "alike" for item in open_page("search", collection="shop", text="watch").radio)
    at = open_page("search", collection="shop", like=first, n="10")
    at.radio(key="alike").set_value(Alike.PHASH).run()
    assert linked(sound(at), "alike") == "phash"
    assert "by perceptual hash" in heading(at)
    bits = [int(tile[6].split(" · ")[1].split()[0]) for tile in sent(at, "tiles")[0]["tiles"]]
    assert bits == sorted(bits)
    at.slider(key="bits").set_value(bits[3]).run()
    assert linked(sound(at), "bits") == str(bits[3])
    assert len(ids(at)) == sum(one <= bits[3] for one in bits)
    at.text_input(key=BOX).set_value("watch").run()
    assert linked(sound(at), "alike") == "phash-first"  # words come after the hash
    assert "most like “watch”" in heading(at)
    assert "among those whose perceptual hash is near" in heading(at)


def test_words_alone_are_compared_by_what_they_show(open_page: Open) -> None:
    at = open_page("search", collection="shop", like=ids(open_page("search", collection="shop"))[0], alike="phash")
    button(at, "Remove").click().run()
    at.text_input(key=BOX).set_value("watch").run()
    assert "alike" not in sound(at).query_params
    assert "most like “watch”" in heading(at)


def test_a_given_picture_is_added_to_the_collection_when_asked(
    open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = workspace
    monkeypatch.setattr(Supervisor, "ensure", lambda self: None)
    digest = space.hold_upload(picture("purple"))
    space.uploads.keep(digest)  # the page has a workspace of its own
    at = open_page("search", space.folder, collection="shop", image=digest)
    button(at, "Add to collection").click().run()
    sound(at)
    (job,) = [job for job in space.jobs.all() if job.kind == "ingest" and job.state is not State.DONE]
    assert job.collection == "shop"
    space.ingest(IngestRequest(**{**job.parameters, "text_columns": ()}))
    assert space.catalog("shop").holds(digest)
    at = sound(open_page("search", space.folder, collection="shop", image=digest))
    assert button(at, "In the collection").disabled
    space.delete("shop", [f"given-{digest[:12]}"])
    for waiting in space.jobs.under_way():
        space.jobs.cancel(waiting.id)
    at = sound(open_page("search", space.folder, collection="shop", image=digest))
    button(at, "Add to collection").click().run()
    assert "was deleted" in told(at)

"""The Augment page's pipeline: presets, fields, groups, what cannot be used, what is pasted and shared."""

import base64
import json
import zlib
from typing import Any

import pytest
from drawn import Open
from shown import button, linked, sound, told
from streamlit.testing.v1 import AppTest

from core.augment.pipeline import Pipeline, parse_pipeline
from core.augment.short import short
from core.augment.text import from_link, to_link

NESTED = {
    "steps": [
        {"transform": "Sequential", "p": 0.5, "steps": [{"transform": "Rotate", "limit": 15, "p": 0.7}]},
        {
            "transform": "SomeOf",
            "n": 2,
            "p": 0.8,
            "steps": [{"transform": name, "p": 0.5} for name in ("HorizontalFlip", "Blur", "CoarseDropout")],
        },
        {"transform": "OneOrOther", "p": 0.3, "steps": [{"transform": "ToGray"}, {"transform": "InvertImg"}]},
    ]
}
BOMB = "z." + base64.urlsafe_b64encode(zlib.compress(b"\0" * 30_000_000)).decode().rstrip("=")
ROTATE = {"name": "mine", "seed": 5, "steps": [{"transform": "Rotate", "limit": [-20.0, 20.0], "p": 1.0}]}


@pytest.fixture
def page(open_page: Open) -> Any:
    return lambda pipeline=None, **link: open_page(
        "augment", collection="shop", **link, **({} if pipeline is None else {"pipeline": pipeline})
    )


def at_link(at: AppTest) -> str:
    """What the link says of the pipeline."""
    return linked(at, "pipeline") if "pipeline" in at.query_params else "crop-resize"


def shown(at: AppTest) -> Pipeline:
    """The pipeline in the link."""
    return from_link(at_link(at))


def steps(at: AppTest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = short(shown(at))["steps"]
    return found


def names(at: AppTest) -> list[Any]:
    def of(found: Any) -> list[Any]:
        return [[step["transform"], of(step["steps"])] if "steps" in step else step["transform"] for step in found]

    return of(steps(at))


def mine(**changed: Any) -> str:
    return to_link(parse_pipeline({**ROTATE, **changed}))


def unfold(at: AppTest, path: str) -> AppTest:
    """Open one step."""
    at.session_state["pipeline step that is open"] = [int(part) for part in path.split(".")]
    return at.run()


def act(at: AppTest, path: str, what: str) -> AppTest:
    return at.menu_button(key=f"acts {path}").click(what).run()


def errors_at_fields(at: AppTest) -> list[str]:
    return [html.proto.body for html in at.get("html") if 'class="field-error"' in html.proto.body]


def test_a_page_without_a_pipeline_shows_the_first_preset(page: Any) -> None:
    at = sound(page())
    assert at.selectbox(key="preset").value == "crop-resize"
    assert [item.label for item in at.expander][:3] == [
        "1. Random crop from borders", "2. Longest max size", "3. Pad if needed",
    ]  # fmt: skip


def test_a_preset_is_chosen_and_keeps_the_seed(page: Any) -> None:
    at = sound(page("crop-resize.4"))
    sound(at.selectbox(key="preset").select("weak").run())
    assert at_link(at) == "weak.4"
    sound(button(at, "Re-roll").click().run())
    assert at_link(at) == "weak.5"
    sound(at.number_input(key="pipeline seed").set_value(0).run())
    assert at_link(at) == "weak"
    for expected in ("weak.5", "weak.4", "crop-resize.4"):
        sound(button(at, "Undo").click().run())
        assert at_link(at) == expected


def test_a_parameter_is_changed_in_one_run(page: Any) -> None:
    at = unfold(sound(page("weak")), "2")
    sound(at.number_input(key="step 2 brightness_limit 1").set_value(0.4).run())
    assert steps(at)[2]["brightness_limit"] == [-0.1, 0.4]
    assert shown(at).name == "Weak, changed"
    assert at.selectbox(key="preset").value == ""
    sound(at.number_input(key="step 2 brightness_limit 1").set_value(0.1).run())
    assert at_link(at) == "weak"  # as it was


def test_what_cannot_be_used_is_explained_at_the_field_and_stays_as_typed(page: Any) -> None:
    at = unfold(sound(page(mine())), "0")
    sound(at.number_input(key="step 0 limit 1").set_value(1e308).run())
    assert at_link(at) == mine()
    assert at.number_input(key="step 0 limit 1").value == 1e308
    assert errors_at_fields(at) == [
        '<p class="field-error" role="alert">1e+308 is too much: numbers from -8,192 to 8,192 can be used.</p>'
    ]
    sound(at.slider(key="step 0 p").set_value(0.5).run())  # another field is taken all the same
    assert steps(at)[0] == {"transform": "Rotate", "limit": [-20.0, 20.0], "p": 0.5}
    assert at.number_input(key="step 0 limit 1").value == 1e308
    assert len(errors_at_fields(at)) == 1
    sound(at.number_input(key="step 0 limit 1").set_value(30.0).run())
    assert steps(at)[0]["limit"] == [-20.0, 30.0]
    assert not errors_at_fields(at)


def test_two_values_that_only_go_together_may_be_typed_one_after_the_other(page: Any) -> None:
    at = unfold(sound(page(mine(steps=[{"transform": "Crop", "x_max": 50, "y_max": 50, "p": 1}]))), "0")
    sound(at.number_input(key="step 0 x_min").set_value(80).run())
    assert len(errors_at_fields(at)) == 1
    assert "x_max must be greater than x_min." in errors_at_fields(at)[0]
    sound(at.number_input(key="step 0 x_max").set_value(100).run())
    assert not errors_at_fields(at)
    assert (steps(at)[0]["x_min"], steps(at)[0]["x_max"]) == (80, 100)


def test_one_number_of_two_waits_for_the_other(page: Any) -> None:
    at = unfold(sound(page(mine(steps=[{"transform": "GridDropout", "p": 1}]))), "0")
    sound(at.number_input(key="step 0 unit_size_range 0").set_value(4).run())
    assert ["Fill in both numbers." in error for error in errors_at_fields(at)] == [True]
    sound(at.number_input(key="step 0 unit_size_range 1").set_value(9).run())
    assert steps(at)[0]["unit_size_range"] == [4, 9]
    for place in (0, 1):
        sound(at.number_input(key=f"step 0 unit_size_range {place}").set_value(None).run())
    assert "unit_size_range" not in steps(at)[0]


@pytest.mark.parametrize(
    "transform",
    ["Affine", "CoarseDropout", "Downscale", "RandomRain", "HEStain", "Equalize", "RandomShadow", "LongestMaxSize",
     "Spatter", "CropAndPad", "Posterize"],
)  # fmt: skip
def test_every_sort_of_field_is_drawn(page: Any, transform: str) -> None:
    at = sound(page("as-is"))
    sound(at.selectbox(key="add all").select(transform).run())
    assert names(at) == [transform]
    assert at.caption
    assert at.slider(key="step 0 p").value == 1.0
    assert not errors_at_fields(at)


def test_colours_words_and_values_written_out(page: Any) -> None:
    at = unfold(
        sound(page(mine(steps=[{"transform": "CoarseDropout", "p": 1}, {"transform": "Downscale", "p": 1}]))), "0"
    )
    sound(at.color_picker(key="step 0 fill colour").set_value("#ff8000").run())
    assert steps(at)[0]["fill"] == [255.0, 128.0, 0.0]
    sound(at.color_picker(key="step 0 fill colour").set_value("#808080").run())
    assert steps(at)[0]["fill"] == 128.0
    sound(at.selectbox(key="step 0 fill words").select("random").run())
    assert steps(at)[0]["fill"] == "random"
    for place, value in ((1, 20.0), (0, 10.0)):
        sound(at.number_input(key=f"step 0 hole_height_range {place}").set_value(value).run())
    assert steps(at)[0]["hole_height_range"] == [10, 20]  # pixels
    unfold(at, "1")
    sound(at.text_input(key="step 1 interpolation_pair").set_value('{"upscale": 1,').run())
    assert at.text_input(key="step 1 interpolation_pair").value == '{"upscale": 1,'
    assert ["It cannot be read as JSON." in error for error in errors_at_fields(at)] == [True]
    sound(at.text_input(key="step 1 interpolation_pair").set_value('{"upscale": 1, "downscale": 0}').run())
    assert steps(at)[1]["interpolation_pair"] == {"upscale": 1, "downscale": 0}
    assert not errors_at_fields(at)


def test_steps_are_added_moved_grouped_and_removed(page: Any) -> None:
    at = sound(page(mine()))
    sound(at.selectbox(key="add all").select("HorizontalFlip").run())
    assert names(at) == ["Rotate", "HorizontalFlip"]
    assert at.session_state["pipeline step that is open"] == [1]
    sound(act(at, "1", "Move up"))
    assert names(at) == ["HorizontalFlip", "Rotate"]
    assert at.session_state["pipeline step that is open"] == [0]
    sound(act(at, "0", "Put into a group"))
    sound(at.selectbox(key="add 0").select("Blur").run())
    assert names(at) == [["OneOf", ["HorizontalFlip", "Blur"]], "Rotate"]
    unfold(at, "0")
    sound(at.selectbox(key="kind 0").select("SomeOf").run())
    assert steps(at)[0]["n"] == 2
    sound(act(at, "1", "Move into the group above"))
    assert names(at) == [["SomeOf", ["HorizontalFlip", "Blur", "Rotate"]]]
    sound(act(at, "0.2", "Duplicate"))
    sound(act(at, "0.0", "Move out of the group"))
    assert names(at) == [["SomeOf", ["Blur", "Rotate", "Rotate"]], "HorizontalFlip"]
    sound(act(at, "0", "Dissolve the group"))
    sound(act(at, "1", "Remove"))
    assert names(at) == ["Blur", "Rotate", "HorizontalFlip"]
    for _ in range(9):
        sound(button(at, "Undo").click().run())
    assert names(at) == ["Rotate", "HorizontalFlip"]


def test_a_group_that_cannot_be_is_explained(page: Any) -> None:
    at = unfold(sound(page(to_link(parse_pipeline(NESTED)))), "1")
    assert [item.label for item in at.expander if "Some, in order" in item.label] == [
        "2. Some, in order · 2 of 3 steps · 80%"
    ]
    sound(at.slider(key="step 1 n").set_value(3).run())
    assert steps(at)[1]["n"] == 3


@pytest.mark.parametrize(
    "link",
    ["z.garbage", BOMB, '{"steps":[{"transform":"<img src=x onerror=alert(1)>"}]}', "nothing", "weak.-1", "a: &a [*a]",
     "x" * 5_000],
)  # fmt: skip
def test_a_link_that_cannot_be_read_is_told_and_the_page_goes_on(page: Any, link: str) -> None:
    at = page(link)
    assert not at.exception
    assert any("Crop and resize" in error.value for error in at.error)
    assert at.selectbox(key="preset").value == "crop-resize"
    sound(at.selectbox(key="preset").select("weak").run())
    assert at_link(at) == "weak"


def test_a_pipeline_is_pasted_and_one_that_cannot_be_read_stays_in_the_box(page: Any) -> None:
    at = sound(page())
    at.session_state["paste pipeline"] = True
    at.run()
    sound_text = "steps:\n- {transform: Rotat, limit: 15, p: 1}"
    at.text_area(key="pipeline to paste").set_value(sound_text)
    button(at, "Use this pipeline").click().run()
    assert not at.exception
    assert "Did you mean" in told(at)
    assert at.text_area(key="pipeline to paste").value == sound_text
    at.text_area(key="pipeline to paste").set_value(sound_text.replace("Rotat,", "Rotate,"))
    sound(button(at, "Use this pipeline").click().run())
    assert names(at) == ["Rotate"]


def test_what_is_shared_is_the_pipeline_in_every_form(page: Any) -> None:
    at = sound(page(mine(name="<b>mine</b>")))
    at.session_state["share pipeline"] = True
    sound(at.run())
    link, python, as_json, as_yaml = (item.value for item in at.code)
    assert f"pipeline={mine(name='<b>mine</b>')}" in link
    assert "A.Rotate(limit=(-20.0, 20.0), p=1.0)" in python
    assert parse_pipeline(as_json) == parse_pipeline(as_yaml) == shown(at)
    sound(at.toggle(key="brief json").set_value(False).run())
    assert json.loads(at.code[2].value)["transform"]["__class_fullname__"] == "Compose"
    sound(at.text_input(key="pipeline name").set_value("  other \n name ").run())
    assert shown(at).name == "other name"


def test_the_part_stands_in_the_link(page: Any) -> None:
    at = sound(page(part="Apply"))
    assert at.get("button_group")[0].value == "Apply"

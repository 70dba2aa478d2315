"""Quality: what it says before and after measuring, its charts, and the way to a class's images."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from drawn import Open
from shown import button, heading, linked, sent, sound, told, words

from core.collection.schema import EncoderFact
from core.evaluation.intervals import Figure
from core.evaluation.record import latest_evaluation, load_evaluations, save_evaluation
from core.evaluation.run import EvaluationRequest
from core.evaluation.scores import ClassFigures, Confusion, Evaluation, Precision
from core.operations.measuring import run_evaluation
from core.workspace import Workspace
from ui.measuring import sample_sizes
from ui.qualitycharts import class_bars, confusion_bars, interval, rounded


@pytest.fixture(scope="session")
def measured(stock: Path) -> Evaluation:
    """An evaluation of "shop" that is not kept."""
    from core.settings import Settings

    return run_evaluation(Workspace.open(Settings(workspace=stock)), "shop", EvaluationRequest())


def label_box(at: Any) -> Any:
    return next(item for item in at.selectbox if item.label == "Labels")


def test_never_measured_offers_to_measure_and_then_shows_it(open_page: Open, workspace: Workspace) -> None:
    at = sound(open_page("quality", workspace.folder, collection="shop"))
    assert "How far search can be trusted" in heading(at)
    assert not at.metric
    at = sound(button(at, "Measure now").click().run())
    (kept,) = load_evaluations(workspace.folder, "shop")
    assert kept.sampled.used == 71
    assert [item.label for item in at.metric] == ["Nearest alike", "10 nearest alike", "Told by name", "Found by text"]
    chosen = next(item for item in kept.labels if item.column == label_box(at).value)
    assert at.metric[0].value == rounded(chosen.one_nearest.value)
    assert chosen.judged == max(label.judged for label in kept.labels)
    assert "on 71 of 71 images" in words(at).replace("\\", "")
    assert len(at.get("plotly_chart")) >= 2
    assert button(at, "Measure again")


def test_a_class_is_chosen_and_leads_to_its_images(open_page: Open, workspace: Workspace, measured: Evaluation) -> None:
    save_evaluation(workspace.folder, measured)
    at = sound(open_page("quality", workspace.folder, collection="shop", label="kind", **{"class": "Watch"}))
    kind = next(label for label in measured.labels if label.column == "kind")
    watch = next(item for item in kind.classes if item.value == "Watch")
    ten = watch.at(10)
    assert ten is not None
    assert "Watch" in [item.value for item in at.subheader]
    assert f"**{rounded(ten.figure.value)}** are of it too" in words(at).replace("\\", "")
    (link,) = [item.proto for item in at.get("page_link") if item.proto.label == "Show its images"]
    assert "where=" in link.query_string
    shown = {tile[0] for data in sent(at, "tiles") for tile in data["tiles"]}
    expected = {mistake.id for mistake in watch.mistakes}
    assert expected <= shown
    box = next(item for item in at.selectbox if item.label == "Class")
    at = sound(box.select("Shoe").run())
    assert linked(at, "class") == "Shoe"
    assert "Shoe" in [item.value for item in at.subheader]
    at = sound(label_box(at).select("season").run())
    assert "class" not in at.query_params
    assert linked(at, "label") == "season"


def test_images_that_are_gone_are_left_out_and_the_change_is_told(
    open_page: Open, workspace: Workspace, measured: Evaluation
) -> None:
    save_evaluation(workspace.folder, measured)
    kind = next(label for label in measured.labels if label.column == "kind")
    gone = kind.classes[0].mistakes[0].id
    workspace.delete("shop", [gone])
    link = {"class": kind.classes[0].value}
    at = sound(open_page("quality", workspace.folder, collection="shop", label="kind", **link))
    assert gone not in {tile[0] for data in sent(at, "tiles") for tile in data["tiles"]}
    assert any("It had 71 images then and has 70 now" in item.value for item in at.warning)


def test_encoders_stand_side_by_side_and_another_ones_figures_are_marked(
    open_page: Open, workspace: Workspace, measured: Evaluation
) -> None:
    save_evaluation(workspace.folder, measured)
    other = replace(
        measured, at="2126-01-01T00:00:00.000000+00:00", encoder=EncoderFact("other <b>clip</b>", 512, "f" * 12)
    )
    path = save_evaluation(workspace.folder, other)
    at = sound(open_page("quality", workspace.folder, collection="shop"))
    assert not any("for which they say nothing" in item.value for item in at.warning)
    assert "Encoders side by side" in [item.value for item in at.subheader]
    assert list(at.dataframe[0].value["Encoder"]) == ["other <b>clip</b>", "vitrine-clip"]
    box = next(item for item in at.selectbox if item.label == "Measured")
    assert box.value != path.stem
    at = sound(box.select(path.stem).run())
    assert linked(at, "measured") == path.stem
    assert any("for which they say nothing" in item.value for item in at.warning)


def test_an_evaluation_without_classes_asks_to_measure_again(
    open_page: Open, workspace: Workspace, measured: Evaluation
) -> None:
    old = tuple(replace(label, depth=0, classes=(), judged=0) for label in measured.labels)
    save_evaluation(workspace.folder, replace(measured, labels=old))
    at = sound(open_page("quality", workspace.folder, collection="shop"))
    assert "Measure again to see them" in at.info[0].value
    assert at.metric


def test_of_many_classes_all_are_counted(open_page: Open, workspace: Workspace, measured: Evaluation) -> None:
    kind = next(label for label in measured.labels if label.column == "kind")
    figure = Figure(0.1, 0.05, 0.2, 12)
    poor = [
        ClassFigures(f"v{place}", 12, (Precision(kind.depth, figure, 1.0),), (), None, (), ()) for place in range(30)
    ]
    many = replace(kind, classes=tuple(poor), values=360, judged=350, poor=45)
    save_evaluation(workspace.folder, replace(measured, labels=(many,)))
    at = sound(open_page("quality", workspace.folder, collection="shop"))
    assert any("for 45 of 350 classes" in item.value for item in at.warning)
    shown = words(at)
    assert "Of 350 classes the 30 worst are kept. 10 classes with fewer" in shown
    assert button(at, "Show 10 more classes")


def test_there_may_be_nothing_to_measure_on(open_page: Open, workspace: Workspace) -> None:
    assert "too few images" in sound(open_page("quality", workspace.folder, collection="one")).info[0].value
    assert sound(open_page("quality", workspace.folder, collection="gone")).info
    at = sound(open_page("quality", workspace.folder, collection="prose"))
    at = sound(button(at, "Measure now").click().run())
    kept = latest_evaluation(workspace.folder, "prose")
    assert kept is not None
    assert kept.labels == ()
    assert "No column has classes" in at.info[0].value


def test_hostile_values_stay_text(open_page: Open, workspace: Workspace) -> None:
    save_evaluation(workspace.folder, run_evaluation(workspace, "hostile", EvaluationRequest()))
    at = sound(open_page("quality", workspace.folder, collection="hostile"))
    specs = " ".join(item.proto.spec for item in at.get("plotly_chart"))
    assert "<script" not in specs
    assert "<img" not in specs


def test_an_unknown_name_in_the_link_is_passed_over(
    open_page: Open, workspace: Workspace, measured: Evaluation
) -> None:
    save_evaluation(workspace.folder, measured)
    at = open_page("quality", workspace.folder, collection="shop", label="x", measured="../../y", **{"class": "z"})
    assert sound(at).metric
    assert "no collection" in told(open_page("quality", workspace.folder, collection="nope")).casefold()


def classes() -> list[ClassFigures]:
    def one(value: str, share: float, most: float) -> ClassFigures:
        figure = Figure(share, max(0.0, share - 0.1), min(1.0, share + 0.2), 12)
        return ClassFigures(value, 12, (Precision(10, figure, most),), (Confusion("<b>o</b>", 0.25),), None, (), ())

    return [one("<i>a</i>", 0.1, 1.0), one("b", 0.5, 0.7)]


def test_bars_have_intervals_and_ceilings() -> None:
    figure = class_bars(classes(), 10, title="", chosen="b")
    (bars,) = figure.data
    assert list(bars.x) == [0.1, 0.5]
    assert list(bars.error_x.array) == pytest.approx([0.2, 0.2])
    assert list(bars.error_x.arrayminus) == pytest.approx([0.1, 0.1])
    assert [shape.x0 for shape in figure.layout.shapes] == [0.7]
    assert bars.marker.color[0] != bars.marker.color[1]
    text = json.dumps(figure.to_plotly_json(), default=list)
    assert "<i>a" not in text
    assert "&lt;b&gt;o" in text


def test_what_stands_in_a_classes_places_adds_up() -> None:
    others = [Confusion(f"v{place}", 0.1) for place in range(4)]
    figure = confusion_bars(("own", 0.5), others, title="", most=3)
    assert list(figure.data[0].x) == pytest.approx([0.5, 0.1, 0.1, 0.1, 0.2])
    assert confusion_bars(("own", 1.0), [], title="", most=3).data[0].x == (1.0,)


@pytest.mark.parametrize(
    ("images", "sizes"),
    [(600, [1_000]), (1_000, [1_000]), (2_000, [1_000, 2_500]), (2_501, [1_000, 2_500, 5_000])],
)
def test_samples_up_to_the_whole_collection_are_offered(images: int, sizes: list[int]) -> None:
    assert sample_sizes(images) == sizes
    assert sample_sizes(10**6) == [1_000, 2_500, 5_000]


def test_shares_are_rounded_but_never_to_nothing_or_all() -> None:
    assert [rounded(value) for value in (0.0, 0.001, 0.123, 0.999, 1.0)] == ["0%", "<1%", "12%", ">99%", "100%"]
    assert interval(Figure(0.5, 0.412, 0.588, 10)) == "41% to 59%"

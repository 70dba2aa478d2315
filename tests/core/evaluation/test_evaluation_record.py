"""An evaluation's file: its shape, written whole, read back past whatever else lies there."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from core.collection.schema import EncoderFact
from core.errors import InputError
from core.evaluation.intervals import Figure
from core.evaluation.record import (
    evaluation_folder,
    from_json,
    latest_evaluation,
    load_evaluations,
    save_evaluation,
    to_json,
    write_evaluation,
)
from core.evaluation.scores import (
    ClassFigures,
    Confusion,
    Cost,
    Evaluation,
    LabelFigures,
    Mistake,
    Neighbour,
    Precision,
    Recall,
    Sampled,
    Skipped,
    TextFigures,
)

GOLDEN = Path(__file__).with_name("evaluation.json")
HALF = Figure(0.5, 0.25, 0.75, 10)
LABEL = LabelFigures(
    column="for_sale",
    header="for sale",
    images=10,
    missing=2,
    values=3,
    names=4,
    single=1,
    common="groß",
    baseline=HALF,
    one_nearest=HALF,
    precision=(Precision(5, HALF, 0.8),),
    zero_shot=HALF,
    weighted_f1=HALF,
    depth=5,
    classes=(
        ClassFigures(
            value="groß",
            images=10,
            precision=(Precision(1, HALF, 1.0), Precision(5, HALF, 0.8)),
            confusions=(Confusion("klein", 0.25),),
            zero_shot=HALF,
            guesses=(Confusion("mittel", 0.5),),
            mistakes=(Mistake("it's", (Neighbour("two\nlines", "klein", 1, 0.75),)),),
        ),
        ClassFigures("klein", 1, (), (), None, (), ()),
    ),
    judged=1,
    poor=1,
)
MADE = Evaluation(
    at="2026-01-02T03:04:05.678901+00:00",
    encoder=EncoderFact("sentence-transformers/clip-ViT-B-32", 512, "0123456789ab"),
    stored_vectors=False,
    sampled=Sampled("things", 7, 60, 3, 12, 0, 12, 0, 1, "ba9876543210"),
    labels=(LABEL, replace(LABEL, column="year", header="year", common="2012", zero_shot=None, weighted_f1=None)),
    text=TextFigures("title", "title", 10, 2, 9, 12, (Recall(1, HALF), Recall(10, HALF))),
    skipped=(Skipped("made", "Every value is the same."),),
    cost=Cost(1.5, 12, 1.0, 20, 0.25),
)


def test_the_file_has_its_shape(tmp_path: Path) -> None:
    path = save_evaluation(tmp_path, MADE)
    assert path.relative_to(tmp_path).parts == (
        "evaluations",
        "things",
        "20260102T030405678901Z-sentence-transformers-clip-ViT-B-32.json",
    )
    assert path.read_text(encoding="utf-8") == GOLDEN.read_text(encoding="utf-8")


def test_what_was_written_is_read(tmp_path: Path) -> None:
    later = replace(MADE, at="2026-02-01T00:00:00.000000+00:00", text=None, stored_vectors=True)
    save_evaluation(tmp_path, MADE)
    save_evaluation(tmp_path, later)
    assert load_evaluations(tmp_path, "things") == [later, MADE]
    assert load_evaluations(tmp_path, "nothing") == []
    assert [path.suffix for path in evaluation_folder(tmp_path, "things").iterdir()] == [".json", ".json"]


def test_other_files_are_passed_over(tmp_path: Path) -> None:
    path = save_evaluation(tmp_path, MADE)
    text, folder = path.read_text(encoding="utf-8"), path.parent
    (folder / "half.json").write_text(text[: len(text) // 2], encoding="utf-8")
    (folder / "list.json").write_text("[1, 2]", encoding="utf-8")
    (folder / "latin.json").write_bytes(b'{"format": "\xff"}')
    (folder / "later.json").write_text(text.replace('"format": 2', '"format": 3'), encoding="utf-8")
    (folder / "less.json").write_text(json.dumps({**to_json(MADE), "sampled": {}}), encoding="utf-8")
    (folder / "flat.json").write_text(json.dumps({**to_json(MADE), "labels": [3], "text": 4}), encoding="utf-8")
    (folder / "classes.json").write_text(text.replace('"confusions": [', '"others": [', 1), encoding="utf-8")
    (folder / "folder.json").mkdir()
    (folder / ".written.part").write_text(text, encoding="utf-8")
    assert load_evaluations(tmp_path, "things") == [MADE]


def test_a_file_of_the_format_without_classes_is_read(tmp_path: Path) -> None:
    body = to_json(MADE)
    body["format"] = 1
    for label in body["labels"]:
        for name in ("depth", "classes", "judged", "poor"):
            del label[name]
    path = save_evaluation(tmp_path, MADE)
    path.write_text(json.dumps(body), encoding="utf-8")
    read = latest_evaluation(tmp_path, "things")
    assert read is not None
    assert read.labels[0] == replace(LABEL, depth=0, classes=(), judged=0, poor=None)
    assert read.text == MADE.text


def test_a_file_that_does_not_count_poor_classes_is_read(tmp_path: Path) -> None:
    path = save_evaluation(tmp_path, MADE)
    body = to_json(MADE)
    for label in body["labels"]:
        del label["poor"]
    path.write_text(json.dumps(body), encoding="utf-8")
    read = latest_evaluation(tmp_path, "things")
    assert read is not None
    assert read.labels[0] == replace(LABEL, poor=None)


def test_the_latest_is_the_last_that_can_be_read(tmp_path: Path) -> None:
    assert latest_evaluation(tmp_path, "things") is None
    save_evaluation(tmp_path, MADE)
    later = save_evaluation(tmp_path, replace(MADE, at="2026-02-01T00:00:00.000000+00:00"))
    later.write_text("{", encoding="utf-8")
    assert latest_evaluation(tmp_path, "things") == MADE


@pytest.mark.parametrize(
    ("encoder", "end"),
    [
        ("/models/my own encoder", "Z-models-my-own-encoder.json"),
        ("../../..", "Z-encoder.json"),
        ("東京/" + "x" * 300, "Z-" + "x" * 80 + ".json"),
        ("a\nb\0c", "Z-a-b-c.json"),
    ],
)
def test_any_encoders_name_makes_a_safe_file_name(tmp_path: Path, encoder: str, end: str) -> None:
    made = replace(MADE, encoder=replace(MADE.encoder, name=encoder))
    path = save_evaluation(tmp_path, made)
    assert path.name.endswith(end)
    assert path.parent == tmp_path / "evaluations" / "things"
    assert load_evaluations(tmp_path, "things") == [made]


def test_a_collections_name_cannot_lead_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load_evaluations(tmp_path, "../things")


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken.json").mkdir()
    with pytest.raises(OSError, match=r"taken\.json"):
        write_evaluation(tmp_path / "taken.json", MADE)
    assert os.listdir(tmp_path) == ["taken.json"]


def test_the_speed_is_told_where_images_were_encoded() -> None:
    assert MADE.cost.images_per_second == 12
    assert replace(MADE.cost, images_encoded=0, image_seconds=0.0).images_per_second is None


def test_json_is_the_same_object() -> None:
    assert from_json(json.loads(json.dumps(to_json(MADE)))) == MADE

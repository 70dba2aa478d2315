"""Evaluations of real collections with real encoders, and of made-up ones whose figures are known."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import lance
import numpy as np
import pyarrow as pa
import pytest
from PIL.Image import Image

from core.encoders.protocol import Encoder, Vectors
from core.encoders.registry import load_encoder
from core.errors import EncoderError, InputError, QueryError
from core.evaluation.record import load_evaluations, save_evaluation
from core.evaluation.run import EvaluationRequest, Subject, evaluate
from core.evaluation.scores import Evaluation
from core.ingest.plan import IngestRequest
from core.ingest.progress import Progress
from core.operations.measuring import run_evaluation
from core.settings import Settings
from core.workspace import Workspace
from tests.made_up import fill, unit_vectors

AXES = np.eye(4, dtype=np.float32)


@dataclass(frozen=True)
class Reader:
    """Reads words that begin with a, b, c or d as the four axes, "nothing" as no vector; it cannot look at pictures."""

    name: str = "/made-up"
    fingerprint: str = "0" * 12
    dimension: int = 4

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        raise AssertionError("The collection has vectors of its own.")

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        return np.array(
            [AXES["abcd".find(text[0])] if text != "nothing" else np.zeros(4) for text in texts], np.float32
        )


def made_up(folder: Path, vectors: Any, **columns: list[Any]) -> Workspace:
    """A workspace with the collection "known" of these vectors and columns."""
    space = Workspace.open(Settings(workspace=folder, encoder="/made-up"), Reader())
    arrays = {name: pa.array(values) for name, values in columns.items()}
    fill(folder, "known", arrays, [f"i{place:02}" for place in range(len(vectors))], np.array(vectors, np.float32))
    return space


def scored(space: Workspace, name: str = "known", **asked: Any) -> Evaluation:
    return run_evaluation(space, name, EvaluationRequest(**asked))


def test_every_figure_of_a_known_collection(tmp_path: Path) -> None:
    near_a, near_b = (1.0, 0.1, 0, 0), (0.1, 1.0, 0, 0)
    vectors = [near_a, near_a, near_a, near_b, near_b, near_a, (0, 0, 1, 0.1), (0, 0, 1, 0)]
    letters = ["a", "a", " a ", "b", "b", "b", None, "N/A"]
    texts = ["a1", "a1", "b1", "b2", "c9", None, "d1", "c9"]
    made = scored(made_up(tmp_path, vectors, letter=letters, told=texts), labels=("letter",), text="told")
    (label,) = made.labels
    assert (label.column, label.images, label.missing, label.values, label.names) == ("letter", 6, 2, 2, 2)
    assert (label.common, label.baseline.value, label.baseline.images, label.single) == ("a", 0.5, 6, 0)
    assert label.precision[0].depth == 5
    assert len(label.precision) == 1
    assert label.precision[0].figure.value == label.precision[0].most == 0.4
    assert label.one_nearest.value in (pytest.approx(4 / 6, abs=1e-6), pytest.approx(5 / 6, abs=1e-6), 0.5)
    assert label.zero_shot is not None
    assert label.weighted_f1 is not None
    assert label.zero_shot.value == pytest.approx(5 / 6, abs=1e-6)
    assert label.weighted_f1.value == pytest.approx((6 / 7 + 4 / 5) / 2, abs=1e-6)
    assert made.text is not None
    assert (made.text.images, made.text.missing, made.text.texts, made.text.among) == (7, 1, 5, 8)
    assert [item.depth for item in made.text.recall] == [1]
    # "a1" finds one of four alike, two of them its own; "b2" one of two; "c9" and "d1" theirs; "b1" another's
    assert made.text.recall[0].figure.value == pytest.approx((0.5 + 0.5 + 0 + 0.5 + 1 + 1 + 1) / 7, abs=1e-6)
    assert made.skipped == ()


def test_the_collections_own_vectors_need_no_pictures(workspace: Workspace, tmp_path: Path) -> None:
    shutil.copytree(workspace.folder, tmp_path / "workspace")
    space = Workspace.open(Settings(workspace=tmp_path / "workspace"), workspace.encoder())
    heard: list[Progress] = []
    made = run_evaluation(space, "things", EvaluationRequest(), heard.append)
    path = save_evaluation(space.folder, made)
    assert made.stored_vectors
    assert (made.sampled.images, made.sampled.drawn, made.sampled.used, made.sampled.copies) == (60, 60, 60, 0)
    assert [label.header for label in made.labels] == ["shape", "masterColour", "from", "Größe"]
    shape, colour = made.labels[:2]
    assert (shape.images, shape.missing, shape.names) == (59, 1, 3)
    assert shape.one_nearest.value > 0.9 > shape.baseline.value
    assert colour.zero_shot is not None
    assert colour.zero_shot.value > 0.9
    assert made.text is not None
    assert (made.text.column, made.text.images, made.text.texts) == ("title", 57, 57)
    assert made.cost.images_encoded == 0
    assert made.cost.texts_encoded > 57
    assert {progress.stage for progress in heard} == {"Comparing images", "Encoding texts", "Searching by text"}
    assert load_evaluations(space.folder, "things") == [made]
    assert path.is_file()


def test_another_encoder_looks_at_the_originals(own_workspace: Workspace, half_encoder: Path) -> None:
    version = own_workspace.collection("things").version
    heard: list[Progress] = []
    request = EvaluationRequest(encoder=str(half_encoder), sample=40, seed=3)
    made = run_evaluation(own_workspace, "things", request, heard.append)
    path = save_evaluation(own_workspace.folder, made)
    assert not made.stored_vectors
    assert (made.encoder.name, made.encoder.dimension) == (str(half_encoder), 128)
    assert (made.sampled.drawn, made.cost.images_encoded, made.sampled.from_thumbnails) == (40, 40, 0)
    assert made.cost.images_per_second is not None
    assert Progress("Encoding images", 40, 40) in heard
    assert own_workspace.collection("things").version == version
    own = scored(own_workspace, "things", sample=40, seed=3)
    assert own.sampled.key == made.sampled.key
    assert [label.images for label in own.labels] == [label.images for label in made.labels]
    save_evaluation(own_workspace.folder, own)
    assert load_evaluations(own_workspace.folder, "things") == [own, made]
    assert path.name.endswith("-half.json")


def test_the_same_encoder_gives_the_same_figures_from_its_originals(own_workspace: Workspace, encoder: Encoder) -> None:
    own = scored(own_workspace, "things", seed=1)
    subject = Subject(
        own_workspace.collection("things"), own_workspace.catalog("things"), own_workspace.originals,
        own_workspace.settings,
    )  # fmt: skip
    again = evaluate(subject, Renamed(encoder), EvaluationRequest("renamed", seed=1))
    assert not again.stored_vectors
    assert [label.one_nearest for label in again.labels] == [label.one_nearest for label in own.labels]
    assert [label.zero_shot for label in again.labels] == [label.zero_shot for label in own.labels]
    assert again.text == own.text


@dataclass(frozen=True)
class Renamed:
    """An encoder under a fingerprint of its own."""

    encoder: Encoder
    name: str = "renamed"
    fingerprint: str = "f" * 12

    @property
    def dimension(self) -> int:
        return self.encoder.dimension

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        return self.encoder.encode_images(images)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        return self.encoder.encode_texts(texts)


def test_thumbnails_stand_in_for_originals_that_are_gone(
    tmp_path: Path, small_source: Any, encoder: Encoder, half_encoder: Path
) -> None:
    source = small_source(tmp_path / "source", 12, first=300)
    space = Workspace.open(Settings(workspace=tmp_path / "workspace"), encoder)
    space.ingest(IngestRequest(str(source), "few"))
    (source / "thing-303.png").unlink()
    shutil.copy(source / "thing-306.jpg", source / "thing-304.jpg")
    made = scored(space, "few", encoder=str(half_encoder))
    assert (made.sampled.used, made.sampled.from_thumbnails) == (12, 2)


def test_a_larger_sample_holds_the_smaller_one_and_a_seed_draws_another(workspace: Workspace) -> None:
    from core.evaluation.sample import draw

    catalog = workspace.catalog("things")
    small, large = draw(catalog, ["shape"], 10, 0), draw(catalog, ["shape"], 30, 0)
    assert small.stored == large.stored[:10]
    assert small.values["shape"] == large.values["shape"][:10]
    assert draw(catalog, [], 10, 1).stored != small.stored
    assert len(draw(catalog, [], 0, 0).stored) == 60


def test_copies_are_kept_out_of_each_others_way(tmp_path: Path) -> None:
    hashes = ["x", "x", "y", "y", "z", None]
    vectors = [*(AXES[0],) * 2, *(AXES[1],) * 2, AXES[2], AXES[3]]
    space = made_up(tmp_path, vectors, content_hash=hashes, letter=["a", "a", "b", "b", "a", "b"])
    made = scored(space)
    assert (made.sampled.images, made.sampled.copies, made.sampled.used) == (6, 2, 4)
    assert made.labels[0].images == 4


def test_vectors_that_cannot_be_compared_are_left_out(tmp_path: Path) -> None:
    vectors = np.concatenate([AXES[[0, 0, 0, 1, 1, 1]], AXES[[2, 2]]])
    space = made_up(tmp_path, vectors, letter=["a", "a", "a", "b", "b", "b", "c", "c"])
    odd = {"i02": [0.0] * 4, "i03": [np.nan, 0, 0, 1], "i06": None}
    path = str(space.collection("known").path)
    rows = lance.dataset(path).to_table(filter=f"id IN ({', '.join(map(repr, odd))})")
    place, field = rows.schema.get_field_index("vector"), rows.schema.field("vector")
    changed = rows.set_column(place, field, pa.array([odd[id] for id in rows["id"].to_pylist()], field.type))
    lance.dataset(path).merge_insert("id").when_matched_update_all().execute(changed)
    made = scored(space)
    assert (made.sampled.drawn, made.sampled.unusable, made.sampled.used) == (8, 3, 5)
    (label,) = made.labels
    assert (label.images, label.missing, label.single) == (5, 0, 1)
    assert label.one_nearest.value == pytest.approx(0.8)


def test_names_and_texts_without_a_vector(tmp_path: Path) -> None:
    vectors = [AXES[0], AXES[0], AXES[1], AXES[1]]
    space = made_up(tmp_path, vectors, letter=["a", "a", "nothing", "nothing"], told=["nothing", "a", "b", "nothing"])
    made = scored(space, labels=("letter",), text="told")
    assert made.labels[0].zero_shot is not None
    assert made.labels[0].zero_shot.value == 0.5
    assert made.text is not None
    assert (made.text.images, made.text.missing, made.text.texts) == (2, 2, 2)
    blank = made_up(tmp_path / "blank", vectors, letter=["nothing", "nothing", "nothing", "?"], other=list("abab"))
    made = scored(blank, labels=("other",), text="letter")
    assert made.text is None
    assert made.skipped[0].why == "No image that was drawn has a text in “letter”."


def test_labels_are_the_telling_categories_unless_named(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {
        "letter": list("abab") * 5,
        "same": ["x"] * 20,
        "many": [f"v{place // 2 if place < 10 else place % 5}" for place in range(20)],
        "year": [2001, 2002] * 10,
        "sold": [True, False] * 10,
        "name": [f"a long text number {place}" for place in range(20)],
    }
    space = made_up(tmp_path, unit_vectors(20, 4), **columns)
    made = scored(space, text="letter")
    assert [label.column for label in made.labels] == ["letter", "many"]
    assert made.skipped[0].what == "same"
    named = scored(space, labels=("Year", "sold", "same", "letter", "letter"), text="letter")
    assert [(label.column, label.zero_shot is None) for label in named.labels] == [
        ("year", True), ("sold", True), ("letter", False),
    ]  # fmt: skip
    assert named.labels[1].common == "false"
    assert [(item.what, item.why) for item in named.skipped] == [
        ("same", "Every image that was drawn has the same value.")
    ]


def test_an_unknown_column_lists_the_near_ones(workspace: Workspace) -> None:
    with pytest.raises(QueryError, match=r"no column “shapes”.*Did you mean “shape”"):
        scored(workspace, "things", labels=("shapes",))
    with pytest.raises(QueryError, match=r"no column “titel”.*Did you mean “title”"):
        scored(workspace, "things", text="titel")
    with pytest.raises(QueryError, match="Column “price” holds no text"):
        scored(workspace, "things", text="price")


def test_too_little_to_score_is_said(tmp_path: Path) -> None:
    none: list[str] = []
    empty = made_up(tmp_path / "0", np.zeros((0, 4)), letter=pa.array(none, pa.string()))
    with pytest.raises(InputError):
        scored(empty)
    with pytest.raises(InputError, match="too few images"):
        scored(made_up(tmp_path / "1", [AXES[0]], letter=["a"]), labels=("letter",))
    with pytest.raises(InputError, match="too few images"):
        scored(made_up(tmp_path / "2", [AXES[0]] * 3, letter=["a"] * 3, content_hash=["x"] * 3), labels=("letter",))
    with pytest.raises(InputError, match=r"nothing in this collection.*no column of free text"):
        scored(made_up(tmp_path / "3", AXES))
    with pytest.raises(InputError, match="No two images"):
        scored(made_up(tmp_path / "4", AXES, letter=list("abcd")), labels=("letter",))
    with pytest.raises(InputError, match="too few vectors"):
        scored(made_up(tmp_path / "5", np.zeros((4, 4)), letter=list("aabb")))
    for sample in (1, -5):
        with pytest.raises(InputError, match="sample of"):
            scored(made_up(tmp_path / "6", AXES, letter=list("aabb")), sample=sample)


def test_a_sample_of_two(tmp_path: Path) -> None:
    made = scored(made_up(tmp_path, [AXES[0]] * 2, letter=["a", "a"], other=["b", "c"], told=["a", "b"]), text="told")
    assert made.labels == ()
    assert made.text is not None
    assert made.text.recall[0].figure.value == 0.5


def test_an_encoder_of_other_weights_is_refused_unless_named(own_workspace: Workspace) -> None:
    collection = own_workspace.collection("things")
    made_by = replace(collection.encoder, fingerprint="e" * 12)
    lance.dataset(str(collection.path)).update_schema_metadata({"vitrine.encoder": made_by.to_text()})
    with pytest.raises(EncoderError, match="another version"):
        scored(own_workspace, "things")
    assert not scored(own_workspace, "things", encoder="vitrine-clip").stored_vectors


def test_an_encoder_that_cannot_be_had_is_told(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="There is no folder"):
        scored(workspace, "things", encoder=str(tmp_path / "none"))


def test_an_encoder_that_has_learnt_nothing_scores_like_one(workspace: Workspace, tiny_clip: Path) -> None:
    subject = Subject(
        workspace.collection("things"), workspace.catalog("things"), workspace.originals, workspace.settings
    )
    made = evaluate(subject, load_encoder(str(tiny_clip)), EvaluationRequest(str(tiny_clip)))
    assert (made.encoder.dimension, made.stored_vectors, made.sampled.used) == (16, False, 60)
    shape, size = made.labels[0], made.labels[3]
    assert shape.zero_shot is not None
    assert shape.zero_shot.low < 0.6
    assert size.header == "Größe"
    assert size.one_nearest.low < 1 / 3 < size.one_nearest.high
    assert made.text is not None
    assert made.text.recall[0].figure.value < 0.3

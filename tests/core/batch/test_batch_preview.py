"""A preview tells what a tagging does, before it is done."""

from pathlib import Path

import numpy as np
import pytest

from core.batch.labels import check_one_source, with_labels
from core.batch.preview import Preview, outstanding, preview
from core.batch.tag import TagRequest, tag
from core.batch.told import preview_of
from core.collection.tags import replace_tags, scores_of, tags_of
from core.encoders.protocol import Encoder
from core.errors import InputError
from core.query.recipe import All, OneOf
from core.workspace import Workspace

EVERY = All()
COLOURS = ("red", "green", "blue", "yellow")


def looked(workspace: Workspace, labels: tuple[str, ...] = COLOURS, where: All = EVERY, sample: int = 1_000) -> Preview:
    return preview("things", workspace.catalog("things"), workspace.encoder, labels, where, sample)


def tagged(workspace: Workspace, request: TagRequest) -> dict[str, dict[str, float]]:
    catalog = workspace.catalog("things")
    parts = workspace.collection("things"), catalog, workspace.searcher("things", catalog)
    tag(workspace.folder, *parts, workspace.encoder, with_labels(request, catalog))
    dataset = workspace.collection("things").dataset()
    return scores_of(dataset, dataset.to_table(columns=["id"])["id"].to_pylist())


@pytest.mark.parametrize(("most", "extra"), [(1, 0.0), (2, 0.0), (3, 0.02), (4, 0.05)])
def test_what_is_told_is_what_is_done(own_workspace: Workspace, most: int, extra: float) -> None:
    found = looked(own_workspace)
    least = found.suggested + extra
    parameters = {"labels": COLOURS, "multi": most > 1, "similarity": least, "most": most}
    given = tagged(own_workspace, TagRequest("things", whole=True, parameters=parameters))
    chosen = found.chosen(least, most)
    counts = {item.label: item.sampled for item in found.counts(chosen)}
    assert counts == {label: sum(f"zero-shot:{label}" in scores for scores in given.values()) for label in COLOURS}
    assert found.tagged(chosen) == len(given)
    assert all(item.estimate == item.sampled for item in found.counts(chosen))
    for label in COLOURS:
        for id, score in found.best(label, chosen, 5):
            assert given[id][f"zero-shot:{label}"] == pytest.approx(score, abs=1e-3)


def test_a_sample_stands_for_all_that_match(workspace: Workspace) -> None:
    circles = All((OneOf("shape", ("circle",)),))
    whole, part = looked(workspace, where=circles), looked(workspace, where=circles, sample=5)
    assert whole.matching == part.matching == workspace.catalog("things").count(circles) == whole.drawn
    assert part.drawn == 5
    assert part.estimated(5) == whole.matching
    assert set(part.ids) <= set(whole.ids)


def test_a_higher_score_never_tags_more(workspace: Workspace) -> None:
    found = looked(workspace)
    sums = [found.tagged(found.chosen(least, 2)) for least in np.linspace(0, 1, 21)]
    assert sums == sorted(sums, reverse=True)
    assert (sums[0], sums[-1]) == (60, 0)
    assert 0 < found.suggested < 1


def test_a_label_that_is_like_everything_stands_out_nowhere() -> None:
    chance = np.random.default_rng(0)
    made_up = chance.normal(0.2, 0.03, (500, 64)).astype(np.float32)
    flat = np.full((500, 1), 0.5, np.float32)
    sharp = np.where(np.arange(500)[:, None] < 20, 0.6, 0.1).astype(np.float32)
    assert outstanding(np.hstack([flat, sharp]), made_up) == (False, True)
    assert outstanding(np.hstack([flat, sharp])[:10], made_up[:10]) == (True, True)


def test_only_outstanding_labels_are_kept_unless_too_few_are() -> None:
    similar = np.eye(3, dtype=np.float32)
    three = Preview(("a", "b", "c"), ("1", "2", "3"), similar, 3, 3, 0.3, (True, False, True))
    kept = three.outstanding()
    assert kept.labels == ("a", "c")
    assert kept.similar.tolist() == [[1, 0], [0, 0], [0, 1]]
    assert Preview(("a", "b"), (), similar[:0, :2], 0, 0, 0.0, (True, False)).outstanding().labels == ("a", "b")


def test_labels_come_from_a_vocabulary_and_stay_in_the_request(workspace: Workspace) -> None:
    catalog = workspace.catalog("things")
    asked = with_labels(TagRequest("things", vocabulary_column="shape"), catalog)
    assert sorted(asked.parameters["labels"]) == ["circle", "square", "triangle"]
    assert with_labels(asked, catalog) == asked
    assert "black" in with_labels(TagRequest("things", vocabulary="colours"), catalog).parameters["labels"]
    with pytest.raises(InputError, match="one place"):
        check_one_source({"labels": ["a", "b"]}, "colours", "")


def test_scores_belong_to_present_tags_alone(own_workspace: Workspace, encoder: Encoder) -> None:
    given = tagged(own_workspace, TagRequest("things", whole=True, vocabulary_column="shape"))
    dataset = own_workspace.collection("things").dataset()
    vectors = own_workspace.collection("things").vectors(list(given))
    for id, scores in given.items():
        assert tuple(scores) == tags_of(dataset, [id])[id]
        for name, score in scores.items():
            word = encoder.encode_texts([name.removeprefix("zero-shot:")])[0]
            assert score == pytest.approx(float(word @ vectors[id]), abs=1e-3)
    again = tagged(own_workspace, TagRequest("things", whole=True, parameters={"labels": COLOURS}, prefix="colour"))
    assert all(len(scores) == 2 for scores in again.values())
    assert own_workspace.catalog("things").metadata == own_workspace.catalog("things").metadata
    assert not any("score" in name for name in own_workspace.catalog("things").metadata)


def test_a_score_comes_back_with_its_tag(own_workspace: Workspace) -> None:
    first = tagged(own_workspace, TagRequest("things", whole=True, vocabulary_column="shape"))
    version = own_workspace.collection("things").version
    assert (
        tagged(own_workspace, TagRequest("things", whole=True, parameters={"labels": COLOURS})).keys() == first.keys()
    )
    collection = own_workspace.collection("things")
    replace_tags(collection, {id: list(scores) for id, scores in first.items()}, lambda tag: True)
    assert scores_of(collection.dataset(), list(first)) == first
    assert tagged(own_workspace, TagRequest("things", whole=True, vocabulary_column="shape")) == first
    assert collection.version == version + 2


def test_a_preview_refuses_what_a_tagging_refuses(workspace: Workspace) -> None:
    for labels in ((), ("one",), ("a", "A")):
        with pytest.raises(InputError):
            preview_of("things", workspace.catalog("things"), workspace.encoder, All(), labels=labels)


def test_what_is_given_is_worked_out_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    chosen = Preview.chosen
    monkeypatch.setattr(Preview, "chosen", lambda *how: asked.append(1) or chosen(*how))
    told = preview_of("things", workspace.catalog("things"), workspace.encoder, All(), vocabulary="general")
    assert sum(bool(item["examples"]) for item in told["labels"]) > 2
    assert len(asked) == 1


def test_without_a_least_score_every_image_has_its_best_label() -> None:
    unlike = Preview(("a", "b"), ("1",), np.array([[-0.2, -0.1]], np.float32), 1, 1, 0.3, (True, True))
    assert unlike.chosen(0, 1).tolist() == [[False, True]]
    assert unlike.chosen(0.01, 1).tolist() == [[False, False]]


def test_another_encoders_vectors_leave_no_score_of_the_old_ones(own_workspace: Workspace, half_encoder: Path) -> None:
    given = tagged(own_workspace, TagRequest("things", whole=True, vocabulary_column="shape"))
    own_workspace.embed("things", str(half_encoder))
    dataset = own_workspace.collection("things").dataset()
    assert scores_of(dataset, list(given)) == {}
    assert {id: set(tags) for id, tags in tags_of(dataset, list(given)).items()} == {
        id: set(scores) for id, scores in given.items()
    }

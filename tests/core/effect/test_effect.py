"""What a pipeline does to search: drift and ranks, strengths, the file, and jobs that are cut off."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.augment.apply import apply
from core.augment.available import transforms
from core.augment.pipeline import parse_pipeline
from core.augment.presets import presets
from core.collection import planner
from core.collection.catalog import Catalog
from core.collection.store import Ranking
from core.effect.figures import from_json, load_effect, load_effects, pipeline_key, read_effect, save_effect, to_json
from core.effect.points import drift_of
from core.effect.ranks import DEEP, HeldRanker, SearchRanker, ranker
from core.effect.run import Effect, EffectRequest, effect
from core.effect.sample import drawn
from core.effect.strengths import NEUTRAL, SHARES, UNCHANGED, WHOLE, arrangements, scaled
from core.errors import InputError, NotFoundError
from core.ingest.decode import as_decoded
from core.ingest.pictures import Stored, full_pixels
from core.ingest.progress import Progress
from core.jobs.job import State
from core.query.recipe import All, OneOf, Recipe, Words
from core.query.url import to_parameters
from core.settings import Settings
from core.tasks import run_effect, start_effect
from core.worker import run_job
from core.workspace import Workspace
from tests.made_up import fill, unit_vectors

ROTATE = {"steps": [{"transform": "Rotate", "limit": 30, "p": 0.5}]}
NOTHING = {"steps": [{"transform": "NoOp", "p": 1}]}


def measured(space: Workspace, pipeline: object, **asked: object) -> Effect:
    request = EffectRequest("things", pipeline, **asked)  # type: ignore[arg-type]
    catalog = space.catalog("things")
    searcher, encoder = space.searcher("things", catalog), space.encoder_of("things")
    return effect("things", catalog, searcher, encoder, space.originals, space.settings, request)


def test_unchanged_images_find_themselves(workspace: Workspace) -> None:
    found = measured(workspace, NOTHING, sample=20)
    assert (found.images, found.drawn, found.matching, found.unread, found.exact) == (60, 20, 60, 0, True)
    assert [point.kind for point in found.points] == [UNCHANGED, WHOLE, "NoOp"]
    assert found.encoded == 60
    for point in found.points:
        assert (point.images, point.failed) == (20, 0)
        assert (point.first.value, point.ten.value) == (1.0, 1.0)
        assert point.first.low < 0.9 < point.first.high == 1.0
        assert point.drift.p95 < 0.01


def test_the_figures_are_those_of_the_pictures_themselves(workspace: Workspace) -> None:
    """Every picture made, encoded and ranked one by one, without anything that is measured."""
    pipeline = parse_pipeline({"preset": "strong", "seed": 4})
    found = measured(workspace, pipeline.to_dict(), sample=12, seed=3, steps=False)
    catalog, encoder = workspace.catalog("things"), workspace.encoder_of("things")
    searcher = workspace.searcher("things", catalog)
    every = searcher.vectors(catalog.ids(All(), None, 60))
    hashes = {row.id: row.content_hash for row in catalog.rows(list(every))}
    drifts, ahead = [], []
    for row in catalog.rows(catalog.sample(All(), 12, 3)):
        stored = Stored(row.id, str(row.values["uri"]), row.content_hash)
        image = full_pixels(stored, workspace.originals, workspace.settings)
        vector = encoder.encode_images([as_decoded(apply(pipeline, image, 0, row.id).image)])[0]
        mine = max(float(vector @ other) for id, other in every.items() if hashes[id] == row.content_hash)
        ahead.append(sum(float(vector @ other) > mine + 1e-4 for other in every.values()))
        drifts.append(1 - float(vector @ every[row.id]))
    assert found.whole.drift.median == pytest.approx(float(np.median(drifts)), abs=2e-3)
    assert found.whole.first.value == pytest.approx(np.mean(np.array(ahead) < 1), abs=0.1)
    assert found.whole.ten.value == pytest.approx(np.mean(np.array(ahead) < 10), abs=0.1)
    assert found.whole.examples[0].drift == pytest.approx(max(drifts), abs=2e-3)
    assert [item.drift for item in found.whole.examples] == sorted(
        (item.drift for item in found.whole.examples), reverse=True
    )
    assert len(found.whole.examples) == 6


def test_the_same_request_measures_the_same_and_a_larger_sample_holds_the_smaller(workspace: Workspace) -> None:
    first, again = (measured(workspace, ROTATE, sample=8, seed=1) for _ in range(2))
    same = [{**to_json(item), "at": "", "seconds": 0} for item in (first, again)]
    assert same[0] == same[1]
    catalog = workspace.catalog("things")
    searcher = workspace.searcher("things", catalog)
    assert drawn(catalog, searcher, Recipe(), 20, 1)[0][:8] == drawn(catalog, searcher, Recipe(), 8, 1)[0]


def test_each_transform_is_measured_alone_at_each_strength(workspace: Workspace) -> None:
    found = measured(workspace, ROTATE, sample=10)
    assert [(point.kind, point.share, point.scaled) for point in found.steps] == [
        ("Rotate", share, True) for share in SHARES
    ]
    assert [point.words for point in found.steps] == [
        "Rotate, limit ±7.5°", "Rotate, limit ±15°", "Rotate, limit ±30°",
    ]  # fmt: skip
    medians = [point.drift.median for point in found.steps]
    assert medians == sorted(medians)
    assert found.unchanged.drift.median < medians[0]


def test_the_sample_is_of_the_result(workspace: Workspace) -> None:
    catalog = workspace.catalog("things")
    where = All((OneOf("shape", ("circle",)),))
    found = measured(workspace, NOTHING, recipe=to_parameters(Recipe(where)), sample=50, steps=False)
    assert found.drawn == found.matching == catalog.count(where) < 50
    assert "circle" in found.sentence
    searcher = workspace.searcher("things", catalog)
    like = Recipe(terms=(Words("a red square"),), limit=9)
    ids = drawn(catalog, searcher, like, 5, 0)[0]
    assert set(ids) < {hit.row.id for hit in searcher.run(like).hits}
    assert len(ids) == 5
    assert ids != drawn(catalog, searcher, like, 5, 1)[0]


def test_what_cannot_be_read_or_changed_is_counted_with_its_reason(own_workspace: Workspace) -> None:
    catalog = own_workspace.catalog("things")
    uris = {row.id: str(row.values["uri"]) for row in catalog.rows(catalog.ids(All(), None, 60))}
    gone = Path(uris["thing-030"].removeprefix("file://"))
    kept = gone.read_bytes()
    try:
        gone.write_bytes(b"something else")
        crop = {"name": "mine", "steps": [{"transform": "RandomCrop", "height": 64, "width": 10, "p": 1}]}
        found = measured(own_workspace, crop, sample=60, steps=False)
    finally:
        gone.write_bytes(kept)
    assert found.unread == 1
    assert "another picture now" in found.unread_why
    assert found.unchanged.images == 59
    assert found.whole.images + found.whole.failed == 59
    assert found.whole.failed > 5
    assert "“mine” cannot be applied" in found.whole.failure
    with pytest.raises(InputError, match="nothing to measure"):
        measured(own_workspace, {"steps": [{"transform": "RandomCrop", "height": 900, "width": 900}]}, sample=5)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"sample": 1}, "Draw 2 to"),
        ({"sample": 10**6}, "Draw 2 to"),
        ({"seed": -1}, "seed"),
        ({"recipe": {"where": "["}}, "filter"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(workspace: Workspace, asked: dict[str, object], words: str) -> None:
    with pytest.raises(Exception, match=words) as refused:
        measured(workspace, NOTHING, **asked)
    assert hasattr(refused.value, "hint")


def test_an_encoder_of_another_kind_is_refused(workspace: Workspace, half_encoder: Path) -> None:
    catalog = workspace.catalog("things")
    other = workspace.encoder(str(half_encoder))
    request = EffectRequest("things", NOTHING)
    with pytest.raises(Exception, match="things"):
        effect(
            "things", catalog, workspace.searcher("things", catalog), other, workspace.originals, workspace.settings,
            request,
        )  # fmt: skip


# Strengths


def test_every_number_that_strength_scales_is_there_and_its_shares_can_be_had() -> None:
    known = {fact.name: fact for fact in transforms()}
    given = {"RandomResizedCrop": {"size": [24, 24]}, "CropAndPad": {"percent": [-0.2, 0.2]}}
    for name, middles in NEUTRAL.items():
        assert name in known, name
        assert set(middles) <= set(known[name].parameters), name
        pipeline = parse_pipeline({"steps": [{"transform": name, "p": 0.3, **given.get(name, {})}]})
        step = pipeline.steps["transform"]["transforms"][0]
        made = [way for way in arrangements(pipeline) if way.kind == name]
        assert made, name
        assert made[-1].share == 1.0
        assert made[-1].pipeline is not None
        alone = made[-1].pipeline.steps["transform"]["transforms"][0]
        assert {**alone, "p": 0.3} == step, name
        assert scaled(step, 1.0) == step, name


def test_shares_are_of_the_way_from_where_nothing_changes() -> None:
    (step,) = parse_pipeline(
        {"steps": [{"transform": "ColorJitter", "brightness": [0.6, 1.4], "hue": [-0.1, 0.3], "p": 1}]}
    ).steps["transform"]["transforms"]  # fmt: skip
    half = scaled(step, 0.5)
    np.testing.assert_allclose([half["brightness"], half["hue"]], [[0.8, 1.2], [-0.05, 0.15]])
    (quality,) = parse_pipeline({"steps": [{"transform": "ImageCompression", "quality_range": [40, 90]}]}).steps[
        "transform"
    ]["transforms"]
    assert scaled(quality, 0.5)["quality_range"] == [70, 95]


@pytest.mark.parametrize("name", [preset.name for preset in presets()])
def test_every_preset_comes_apart(name: str) -> None:
    ways = arrangements(parse_pipeline(name))
    assert [way.kind for way in ways[:2]] == [UNCHANGED, WHOLE]
    assert len({way.words for way in ways}) == len(ways)
    for way in ways[2:]:
        assert way.pipeline is not None
        (step,) = way.pipeline.steps["transform"]["transforms"]
        assert step["p"] == 1.0


# Ranks


def test_ties_count_as_found() -> None:
    vectors = unit_vectors(40, 16)
    vectors[7] = vectors[3]  # the same picture twice
    rowids = np.arange(100, 140)[::-1].copy()
    held = HeldRanker(vectors, rowids)
    asked = np.stack([vectors[3], vectors[7], vectors[5]])
    own = [rowids[[3]], rowids[[7]], rowids[[9]]]
    one, other, moved = held.stand(asked, vectors[[3, 7, 9]], own)
    assert (one.ahead, other.ahead) == (0, 0)
    assert one.first in rowids[[3, 7]]
    assert moved.first == rowids[5]
    assert moved.ahead == int((vectors @ vectors[5] > vectors[9] @ vectors[5] + 1e-5).sum())
    assert moved.drift == pytest.approx(1 - float(vectors[9] @ vectors[5]), abs=1e-6)
    (found,) = held.stand(vectors[[5]], vectors[[9]], [np.array([rowids[9], rowids[5], 999_999])])
    assert found.ahead == 0  # a copy of its bytes stands for it


@pytest.mark.parametrize("index", [False, True])
def test_past_what_memory_holds_search_itself_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: bool
) -> None:
    rows = 400
    vectors = unit_vectors(rows, 32)
    vectors[5] = vectors[4]
    collection = fill(tmp_path, "large", {}, [f"row {place}" for place in range(rows)], vectors)
    if index:
        collection.build_indexes([], [])
    monkeypatch.setattr(planner, "MOST_HELD_BYTES", 0)
    space = Workspace.open(replace(Settings.load(), workspace=tmp_path))
    catalog = Catalog(collection.dataset())
    asking = ranker(space.searcher("large", catalog), catalog)
    assert isinstance(asking, SearchRanker)
    assert asking.exact
    rowids = catalog.rowids([f"row {place}" for place in range(rows)])
    ids = np.array([rowids[f"row {place}"] for place in range(rows)])
    noise = vectors + 0.9 * unit_vectors(rows, 32, 9)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    places = list(range(60))
    own = [ids[[place]] for place in places]
    exact = HeldRanker(vectors, ids).stand(noise[places], vectors[places], own)
    found = asking.stand(noise[places], vectors[places], own)
    assert [item.ahead for item in found] == [min(item.ahead, DEEP) for item in exact]
    assert [item.first for item in found] == [item.first for item in exact]
    np.testing.assert_allclose([item.drift for item in found], [item.drift for item in exact], atol=1e-5)


def test_an_original_that_the_answer_does_not_hold_is_not_found() -> None:
    class Missing:
        def nearest(self, *asked: object) -> object:
            return Ranking([1, 2], [0.2, 0.1])

    asking = SearchRanker(Missing(), planner.Plan(exact=False), 10)  # type: ignore[arg-type]
    vectors = unit_vectors(1, 8)
    (found,) = asking.stand(vectors, vectors, [np.array([3])])
    assert (found.ahead, found.first) == (DEEP, 1)


def test_the_middle_and_its_interval() -> None:
    found = drift_of(np.arange(101) / 100)
    assert (found.median, found.p25, found.p75) == (0.5, 0.25, 0.75)
    assert 0.38 < found.low < 0.42 < 0.58 < found.high < 0.62
    one = drift_of(np.array([0.3]))
    assert (one.median, one.low, one.high) == (0.3, 0.3, 0.3)
    assert not math.isnan(drift_of(np.array([])).median)


# The file and jobs


def test_the_file_says_what_was_measured(own_workspace: Workspace) -> None:
    found = measured(own_workspace, ROTATE, sample=5)
    path = save_effect(own_workspace.folder, found)
    assert read_effect(path) == found
    assert from_json(json.loads(json.dumps(to_json(found)))) == found
    pipeline = parse_pipeline(ROTATE).to_dict()
    assert load_effect(own_workspace.folder, "things", pipeline) == found
    other = {**pipeline, "seed": 9, "name": "another name"}
    assert pipeline_key(other) == pipeline_key(pipeline)
    assert load_effect(own_workspace.folder, "things", parse_pipeline("weak").to_dict()) is None
    later = replace(found, at="2999-01-01T00:00:00+00:00", pipeline=parse_pipeline("weak").to_dict())
    save_effect(own_workspace.folder, later)
    (path.parent / "other.json").write_text("{}")
    assert load_effects(own_workspace.folder, "things") == [later, found]
    path.write_text("{")
    assert load_effect(own_workspace.folder, "things", pipeline) is None


def test_a_job_measures_and_keeps_the_figures(own_workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_workspace.supervisor, "ensure", lambda: None)
    job = start_effect(own_workspace, EffectRequest("things", parse_pipeline(ROTATE).to_dict(), sample=6), "me")
    assert (job.kind, job.writes) == ("effect", False)
    done = run_job(own_workspace, job.id)
    assert done.state is State.DONE
    assert done.result is not None
    assert (done.result["images"], done.result["pipeline"]) == (6, "custom")
    kept = load_effect(own_workspace.folder, "things", parse_pipeline(ROTATE).to_dict())
    assert kept is not None
    assert done.result == kept.summary()
    with pytest.raises(NotFoundError):
        start_effect(own_workspace, EffectRequest("nothing", ROTATE))
    with pytest.raises(InputError, match="Draw 2 to"):
        start_effect(own_workspace, EffectRequest("things", ROTATE, sample=1))


def test_a_job_that_is_cut_off_leaves_nothing(own_workspace: Workspace) -> None:
    class CutError(Exception):
        pass

    def cut(progress: Progress) -> None:
        if progress.done > 2:
            raise CutError

    asked = {"collection": "things", "pipeline": parse_pipeline(ROTATE).to_dict(), "sample": 10}
    with pytest.raises(CutError):
        run_effect(own_workspace, asked, cut)
    assert load_effects(own_workspace.folder, "things") == []
    assert not (own_workspace.folder / "effects").exists()

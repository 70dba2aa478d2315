"""Audits: recall against a brute-force truth, the file, and what answers quote of it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from core.audit.figures import Audit, Point, Setting, audit_path, from_json, load_audit, save_audit, to_json
from core.audit.quoted import current_audit
from core.audit.run import AuditRequest, audit
from core.audit.truth import least_scores
from core.collection import planner
from core.collection.catalog import Catalog
from core.collection.schema import vector_column
from core.collection.store import Collection, Ranking
from core.encoders.protocol import Encoder
from core.errors import InputError
from core.operations.measuring import run_audit
from core.query.recipe import Accuracy, All, OneOf, Recipe, Upload, Words
from core.search import Searcher
from core.settings import Settings
from core.workspace import Workspace
from tests.made_up import fill, unit_vectors

ROWS = 3_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """A collection with a quantised index, which is only asked where nothing is held in memory."""
    columns = {"share": pa.array([f"{place % 40}" for place in range(ROWS)])}
    folder = tmp_path_factory.mktemp("audited")
    collection = fill(folder, "large", columns, [f"row {k}" for k in range(ROWS)], unit_vectors(ROWS, 32))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "MOST_EXACT", 0)
        collection.build_indexes(["share"], [])
    return collection


@pytest.fixture
def own(ingested: Path, encoder: Encoder, tmp_path: Path) -> Workspace:
    """A workspace with "things" to write to."""
    shutil.copytree(ingested, tmp_path / "workspace")
    return Workspace(replace(Settings.load(), workspace=tmp_path / "workspace"), encoder)


@pytest.fixture
def not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "MOST_HELD_BYTES", 0)
    monkeypatch.setattr(planner, "MOST_COMPARED", 10)


def searcher_of(collection: Collection, catalog: Catalog) -> Searcher:
    def no_encoder() -> Encoder:
        raise AssertionError("no words are asked")

    return Searcher(collection, catalog, no_encoder, lambda term: unit_vectors(1, 32, 77)[0])


def measured(collection: Collection, request: AuditRequest) -> Audit:
    catalog = Catalog(collection.dataset())
    return audit(collection.name, searcher_of(collection, catalog), catalog, None, request)


def test_the_truth_is_that_of_brute_force(large: Collection) -> None:
    questions = unit_vectors(9, 32, 3)
    catalog = Catalog(large.dataset())
    vectors = unit_vectors(ROWS, 32)
    rowids = np.array([catalog.rowids([f"row {k}"])[f"row {k}"] for k in range(0, ROWS, 300)])
    heard: list[int] = []
    whole, some, none = least_scores(
        catalog.dataset, questions, 7, [None, rowids, np.array([], np.int64)], heard.append
    )
    scores = questions @ vectors.T
    np.testing.assert_allclose(whole.least, np.sort(scores)[:, -7], atol=1e-6)
    np.testing.assert_allclose(some.least, np.sort(scores[:, ::300])[:, -7], atol=1e-6)
    assert [whole.count, some.count, none.count] == [7, 7, 0]
    assert heard[-1] == ROWS


@pytest.mark.usefixtures("not_held")
def test_an_audit_measures_what_the_index_misses(large: Collection) -> None:
    found = measured(large, AuditRequest(k=20, questions=40, seed=1))
    assert (found.index, found.images, found.image_questions, found.word_questions) == ("IVF_RQ", ROWS, 20, 0)
    assert found.matching == ROWS // 40
    assert found.filter.startswith("Images whose share is ")
    assert [point.probes for point in found.curve] == sorted(point.probes for point in found.curve)
    assert found.curve[0].recall < 0.9  # unclustered vectors: one partition holds few of the nearest
    assert found.curve[-1].recall > 0.8
    auto, quick = (found.recall_of(accuracy, filtered=False) for accuracy in (Accuracy.AUTO, Accuracy.QUICK))
    assert auto is not None
    assert quick is not None
    assert quick < auto < 1.0  # such vectors are the hardest for any index
    assert all(one.point.worst <= one.point.recall <= 1.0 for one in found.settings)
    assert all(point.least_found == 20 for point in found.curve)
    filtered = found.recall_of(Accuracy.AUTO, filtered=True)
    assert filtered is not None
    assert filtered > auto
    assert found.recall_of(Accuracy.EXACT, filtered=False) is None


def test_what_misses_every_second_image_has_half_the_recall(large: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Searcher.nearest

    def half(self: Searcher, *asked: object) -> Ranking:
        found = whole(self, *asked)  # type: ignore[arg-type]
        return Ranking(found.rowids[::2], found.scores[::2])

    monkeypatch.setattr(Searcher, "nearest", half)
    found = measured(large, AuditRequest(k=20, questions=10))
    assert {one.point.recall for one in found.settings} == {0.5}
    assert {one.point.least_found for one in found.settings} == {10}


def test_vectors_in_memory_are_exact_and_need_no_curve(own: Workspace) -> None:
    found = run_audit(own, "things", AuditRequest(k=5, questions=20))
    assert found.index == "memory"
    assert found.curve == ()
    assert (found.image_questions, found.word_questions) == (10, 10)
    assert all(one.point.exact and one.point.recall == one.point.worst == 1.0 for one in found.settings)
    assert load_audit(own.folder, "things") == found == current_audit(own.folder, "things", own.catalog("things"))


def test_answers_quote_the_audit_as_long_as_it_tells_about_them(
    large: Collection, monkeypatch: pytest.MonkeyPatch, not_held: None
) -> None:
    space = Workspace.open(replace(settings_of(large), workspace=large.path.parent.parent))
    catalog = space.catalog("large")
    asked = Recipe(terms=(Upload("0"),), limit=10)

    def ask(**others: object) -> str:
        searcher = space.searcher("large", catalog)
        monkeypatch.setattr(searcher, "_pictured", lambda term: unit_vectors(1, 32, 77)[0])
        return searcher.run(replace(asked, **others)).summary  # type: ignore[arg-type]

    assert ask() == "10 of 3,000, approximate"
    found = run_audit(space, "large", AuditRequest(k=10, questions=10))
    auto, narrow = (found.recall_of(Accuracy.AUTO, filtered=filtered) for filtered in (False, True))
    assert auto is not None
    assert narrow is not None
    assert ask() == f"10 of 3,000, approximate, recall {int(auto * 1000 + 1e-6) / 1000:.3f} of 10"
    assert ask(where=All((OneOf("share", ("1",)),))).endswith(f"recall {int(narrow * 1000 + 1e-6) / 1000:.3f} of 10")
    assert ask(accuracy=Accuracy.EXACT) == "10 of 3,000, exact"
    save_audit(space.folder, replace(found, images=ROWS * 2))
    assert ask() == "10 of 3,000, approximate"
    save_audit(space.folder, replace(found, index="IVF_FLAT"))
    assert current_audit(space.folder, "large", space.catalog("large")) is None


def settings_of(collection: Collection) -> Settings:
    return replace(Settings.load(), workspace=collection.path.parent.parent)


def test_the_file_gives_back_what_was_written_and_a_damaged_one_is_none(own: Workspace, tmp_path: Path) -> None:
    found = run_audit(own, "things", AuditRequest(k=3, questions=4))
    assert from_json(json.loads(json.dumps(to_json(found)))) == found
    path = audit_path(tmp_path, "things")
    assert load_audit(tmp_path, "things") is None
    save_audit(tmp_path, found)
    assert load_audit(tmp_path, "things") == found
    for damage in ('{"format": 1', "[]", '{"format": 2}', json.dumps({**to_json(found), "more": 1})):
        path.write_text(damage)
        assert load_audit(tmp_path, "things") is None


def test_a_stored_audit_is_read(tmp_path: Path) -> None:
    """Its form is what earlier versions wrote."""
    point = {"exact": False, "probes": 6, "refine": 4, "worst": 0.5, "median_ms": 1.5, "p95_ms": 2.5, "least_found": 5}
    setting = {"accuracy": "quick", "filtered": True, "point": {"label": "quick, filtered", "recall": 0.9, **point}}
    stored = {
        "format": 1,
        "at": "2026-01-01T12:00:00+00:00",
        "collection": "things",
        "version": 3,
        "images": 60,
        "encoder": {"name": "tiny", "dimension": 32, "fingerprint": "0a"},
        "index": "IVF_RQ",
        "partitions": 7,
        "k": 5,
        "image_questions": 2,
        "word_questions": 2,
        "filter": "Images whose share is 1",
        "matching": 9,
        "settings": [setting],
        "curve": [{"label": "10 %", "recall": 0.8, **point}],
        "seconds": 0.5,
    }
    path = audit_path(tmp_path, "things")
    path.parent.mkdir()
    path.write_text(json.dumps(stored), encoding="utf-8")
    found = load_audit(tmp_path, "things")
    assert found is not None
    assert found.recall_of(Accuracy.QUICK, filtered=True) == 0.9
    assert [one.label for one in found.curve] == ["10 %"]
    assert to_json(found) == {**stored, "settings": (setting,), "curve": tuple(stored["curve"])}


@pytest.mark.parametrize("request_", [AuditRequest(k=0), AuditRequest(questions=1), AuditRequest(questions=10**6)])
def test_what_cannot_be_measured_is_refused(own: Workspace, request_: AuditRequest) -> None:
    with pytest.raises(InputError):
        run_audit(own, "things", request_)


def test_images_without_a_vector_are_no_misses(tmp_path: Path) -> None:
    """As images are that came back from the trash after the collection passed to another encoder, in their own part."""
    collection = fill(tmp_path, "holes", {"kind": pa.array(["a"] * 24)}, [f"row {k}" for k in range(24)])
    column = vector_column(collection.schema)
    collection.dataset().update({column: "NULL"}, "id IN (" + ", ".join(f"'row {k}'" for k in range(12)) + ")")
    found = measured(collection, AuditRequest(k=50, questions=10))
    assert {one.point.recall for one in found.settings} == {1.0}
    assert {one.point.least_found for one in found.settings} == {12}


def test_a_recall_is_quoted_only_where_it_tells(own: Workspace) -> None:
    found = run_audit(own, "things", AuditRequest(k=5, questions=4))
    assert found.recall_of(Accuracy.AUTO, filtered=False) is None  # those answers were exact
    point = Point("quick, filtered", False, 700, 4, 0.9, 0.8, 1.0, 1.0, 5)
    approximate = replace(found, settings=(Setting(Accuracy.QUICK, True, point),))
    assert approximate.recall_of(Accuracy.QUICK, filtered=True, probes=700) == 0.9
    assert approximate.recall_of(Accuracy.QUICK, filtered=True, probes=699) is None
    assert approximate.recall_of(Accuracy.QUICK, filtered=False) is None


def test_words_are_asked_of_the_table_alone(own: Workspace) -> None:
    """The texts come from the table, so an encoder that reads them is heard only with those."""
    found = run_audit(own, "things", AuditRequest(k=4, questions=30, seed=2))
    assert found.word_questions == 15
    assert own.searcher("things").run(Recipe(terms=(Words("a red square"),))).recall is None

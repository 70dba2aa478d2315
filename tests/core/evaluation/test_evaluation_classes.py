"""The figures of single classes, on vectors few enough to check by hand, and on a real collection."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from core.collection.catalog import Catalog
from core.evaluation import classes
from core.evaluation.classes import Looked, class_figures, condition_of, reached, worst
from core.evaluation.metrics import nearest_others, unit
from core.evaluation.run import EvaluationRequest
from core.operations.measuring import run_evaluation
from core.query.recipe import OneOf
from core.workspace import Workspace
from tests.made_up import fill


def looked_at(vectors: list[tuple[float, ...]], depth: int) -> Looked:
    rows = unit(np.array(vectors, np.float32))[0]
    return Looked([f"i{place}" for place in range(len(rows))], rows, nearest_others(rows, depth))


FAN = [(float(np.cos(angle)), float(np.sin(angle))) for angle in (0, 0.1, 0.25, 0.45, 0.7, 1.0)]
"""Each image's nearest other is the one before it in the fan, the first one's the second."""


def test_every_figure_of_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "LEAST_IMAGES", 2)
    codes = np.array([0, 0, 1, 1, 1, 2])
    guesses = np.array([0, 2, 1, 0, 0, 2])
    found = class_figures(["a", "b", "c", "never"], codes, looked_at(FAN, 5), guesses)
    told = found.told
    by_value = {item.value: item for item in told}
    assert [item.images for item in told] == [2, 3, 1]
    assert (found.judged, found.poor) == (2, 0)
    a, b, c = by_value["a"], by_value["b"], by_value["c"]
    assert [(item.depth, item.figure.value, item.most) for item in a.precision] == [(1, 1.0, 1.0), (5, 0.2, 0.2)]
    assert [(item.depth, item.most) for item in b.precision] == [(1, 1.0), (5, 0.4)]
    assert b.precision[0].figure.value == pytest.approx(2 / 3, abs=1e-6)  # the nearest other of the third is the second
    assert b.precision[0].figure.images == 3
    assert [(item.value, item.share) for item in b.confusions] == [("a", 0.4), ("c", 0.2)]
    assert b.zero_shot is not None
    assert b.zero_shot.value == pytest.approx(1 / 3, abs=1e-6)
    assert [(item.value, item.share) for item in b.guesses] == [("a", pytest.approx(2 / 3, abs=1e-6))]
    assert [(item.value, item.share) for item in a.guesses] == [("c", 0.5)]
    assert [item.most for item in c.precision] == [0, 0]
    assert (reached(a, 5), reached(b, 5), reached(c, 5), reached(c, 50)) == (1.0, 1.0, None, None)


def test_mistakes_are_images_with_their_nearest_wrong_others() -> None:
    codes = np.array([0, 0, 1, 1, 1, 2])
    told = class_figures(["a", "b", "c"], codes, looked_at(FAN, 5), None).told
    b = next(item for item in told if item.value == "b")
    first = b.mistakes[0]
    assert first.id == "i2"
    assert [(wrong.id, wrong.value, wrong.rank) for wrong in first.wrong] == [
        ("i1", "a", 1),
        ("i0", "a", 3),
        ("i5", "c", 5),
    ]
    assert first.wrong[0].similarity == pytest.approx(float(np.cos(0.15)), abs=1e-5)
    assert {item.id for item in b.mistakes} == {"i2", "i3", "i4"}
    assert b.zero_shot is None
    assert b.guesses == ()


def test_classes_are_ordered_by_what_they_reach_and_few_images_are_not_judged() -> None:
    chance = np.random.default_rng(5)
    centres = np.eye(4, 6)
    counts, noise = (12, 11, 40, 5), (0.9, 0.05, 0.3, 0.05)
    codes = np.repeat(np.arange(4), counts)
    vectors = np.concatenate(
        [
            centre + chance.normal(0, spread, (count, 6))
            for centre, spread, count in zip(centres, noise, counts, strict=True)
        ]
    )
    found = class_figures(list("pqrs"), codes, looked_at([tuple(row) for row in vectors], 50), None)
    told = found.told
    assert found.judged == 3
    assert found.poor == sum((reached(item, 10) or 0) < 0.5 for item in told[:3])
    assert [item.value for item in told][-1] == "s"
    assert told[0].value == "p"
    parts = [reached(item, 10) for item in told[:3]]
    assert parts == sorted(parts, key=lambda part: part or 0)
    eleven = next(item for item in told if item.value == "q")
    assert eleven.at(10) is not None
    assert eleven.at(10).most == 1.0  # type: ignore[union-attr]
    assert eleven.at(50).most == 0.2  # type: ignore[union-attr]
    assert eleven.at(7) is None


def test_a_column_of_many_classes_keeps_the_worst_and_counts_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "MOST_CLASSES", 3)
    monkeypatch.setattr(classes, "LEAST_IMAGES", 2)
    chance = np.random.default_rng(2)
    vectors = [tuple(row) for row in chance.normal(size=(60, 8))]
    asked = [f"v{code}" for code in range(20)], np.arange(60) % 20, looked_at(vectors, 10), None
    found = class_figures(*asked)
    told = found.told
    assert (len(told), found.judged) == (3, 20)
    monkeypatch.setattr(classes, "MOST_CLASSES", 100)
    whole = class_figures(*asked)
    assert whole.told[:3] == told
    assert 3 < found.poor == whole.poor == sum((reached(item, 10) or 0) < 0.5 for item in whole.told)
    assert all(len(item.mistakes) <= classes.MOST_MISTAKES for item in told)
    assert all(len(item.confusions) <= classes.MOST_CONFUSIONS for item in told)


def test_a_real_collections_classes_agree_with_its_columns(workspace: Workspace) -> None:
    made = run_evaluation(workspace, "things", EvaluationRequest())
    colour = next(label for label in made.labels if label.header == "masterColour")
    assert colour.depth == 10
    assert sum(item.images for item in colour.classes) == colour.images
    for depth in (5, 10):
        whole = next(item.figure.value for item in colour.precision if item.depth == depth)
        parts = [(item.images, item.at(depth).figure.value) for item in colour.classes]  # type: ignore[union-attr]
        assert sum(images * value for images, value in parts) / colour.images == pytest.approx(whole, abs=1e-5)
    catalog = workspace.catalog("things")
    values = {row.id: row.values["masterColour"] for row in catalog.rows(catalog.ids(None, None, 100))}
    assert any(item.mistakes for item in colour.classes)
    for item in colour.classes:
        for mistake in item.mistakes:
            assert values[mistake.id] == item.value
            assert all(values[wrong.id] == wrong.value != item.value for wrong in mistake.wrong)
    assert all((reached(item, 10) or 0) < 1 for item in worst(colour, 2))


def test_a_class_becomes_a_filter_for_its_images(tmp_path: Path) -> None:
    columns = {
        "letter": pa.array(["a", " a ", "ba", None, "it's"]),
        "year": pa.array([2010, 2011, 2010, None, 12010]),
        "flag": pa.array([True, False, True, None, True]),
    }
    catalog = Catalog(fill(tmp_path, "odd", columns, [f"i{place}" for place in range(5)]).dataset())
    found = condition_of(catalog, "letter", "a")
    assert found is not None
    assert set(found.values) == {"a", " a "}
    assert condition_of(catalog, "letter", "it's") == OneOf("letter", ("it's",))
    assert condition_of(catalog, "year", "2010") == OneOf("year", (2010,))
    assert condition_of(catalog, "flag", "true") == OneOf("flag", (True,))
    for column, value in (("letter", "z"), ("gone", "a"), ('x" OR 1=1 --', "a")):
        assert condition_of(catalog, column, value) is None
    assert catalog.count(found) == 2

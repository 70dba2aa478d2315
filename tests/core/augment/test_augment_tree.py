"""Changes to the steps of a pipeline: each gives new steps and leaves the old ones as they were."""

import json
from typing import Any

import pytest

from core.augment import tree
from core.errors import InputError

A, B, C = ({"transform": name, "p": 1.0} for name in ("HorizontalFlip", "VerticalFlip", "Transpose"))
GROUP: dict[str, Any] = {"transform": "SomeOf", "n": 2, "p": 0.5, "steps": [A, B]}
STEPS = [A, GROUP, C]


def names(steps: Any) -> list[Any]:
    return [[step["transform"], names(step["steps"])] if "steps" in step else step["transform"][0] for step in steps]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (lambda: tree.added(STEPS, (), B), ["H", ["SomeOf", ["H", "V"]], "T", "V"]),
        (lambda: tree.added(STEPS, (1,), C), ["H", ["SomeOf", ["H", "V", "T"]], "T"]),
        (lambda: tree.removed(STEPS, (0,)), [["SomeOf", ["H", "V"]], "T"]),
        (lambda: tree.removed(STEPS, (1, 0)), ["H", ["SomeOf", ["V"]], "T"]),
        (lambda: tree.removed(tree.removed(STEPS, (1, 0)), (1, 0)), ["H", "T"]),
        (lambda: tree.doubled(STEPS, (1, 1)), ["H", ["SomeOf", ["H", "V", "V"]], "T"]),
        (lambda: tree.moved(STEPS, (0,), 1), [["SomeOf", ["H", "V"]], "H", "T"]),
        (lambda: tree.moved(STEPS, (2,), 9), ["H", ["SomeOf", ["H", "V"]], "T"]),
        (lambda: tree.moved(STEPS, (1, 1), -1), ["H", ["SomeOf", ["V", "H"]], "T"]),
        (lambda: tree.grouped(STEPS, (0,)), [["OneOf", ["H"]], ["SomeOf", ["H", "V"]], "T"]),
        (lambda: tree.ungrouped(STEPS, (1,)), ["H", "H", "V", "T"]),
        (lambda: tree.joined(STEPS, (2,)), ["H", ["SomeOf", ["H", "V", "T"]]]),
        (lambda: tree.parted(STEPS, (1, 0)), ["H", ["SomeOf", ["V"]], "H", "T"]),
        (lambda: tree.parted([{**GROUP, "steps": [B]}], (0, 0)), ["V"]),
        (lambda: tree.as_kind(STEPS, (1,), "OneOf"), ["H", ["OneOf", ["H", "V"]], "T"]),
    ],
)
def test_a_change_gives_new_steps(changed: Any, expected: list[Any]) -> None:
    before = json.dumps(STEPS)
    assert names(changed()) == expected
    assert json.dumps(STEPS) == before


def test_values_and_counts_follow() -> None:
    assert tree.with_values(STEPS, (1, 0), {"p": 0.2})[1]["steps"][0]["p"] == 0.2
    assert tree.removed(STEPS, (1, 0))[1]["n"] == 1  # no more than there are
    pair = [{"transform": "OneOrOther", "p": 0.5, "steps": [A, B]}]
    assert tree.added(pair, (0,), C)[0]["transform"] == "OneOrOther"  # told by the parser, not hidden
    assert tree.removed(pair, (0, 0))[0]["transform"] == "OneOf"


@pytest.mark.parametrize("path", [(), (3,), (-1,), (0, 0), (1, 2)])
def test_a_path_that_leads_nowhere_is_an_error(path: tuple[int, ...]) -> None:
    with pytest.raises(InputError):
        tree.removed(STEPS, path)


def test_groups_that_are_not_there_are_an_error() -> None:
    with pytest.raises(InputError):
        tree.joined(STEPS, (1,))
    with pytest.raises(InputError):
        tree.parted(STEPS, (0,))

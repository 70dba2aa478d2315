"""Changes to the steps of a pipeline in the short form, each a new list; a path leads from the outermost inwards."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import InputError

Steps = Sequence[Mapping[str, Any]]
Path = Sequence[int]
GROUP = "OneOf"
PAIR = "OneOrOther"  # has two steps always


def step_at(steps: Steps, path: Path) -> dict[str, Any]:
    """The step at a path; an InputError where there is none."""
    place, *rest = _checked(steps, path)
    step = dict(steps[place])
    return step_at(step.get("steps", []), rest) if rest else step


def added(steps: Steps, group: Path, step: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A step behind the last one of a group; the empty path is the pipeline itself."""
    if not group:
        return [*_copied(steps), dict(step)]
    found = step_at(steps, group)
    return _replaced(steps, group, [{**found, "steps": [*found.get("steps", []), dict(step)]}])


def removed(steps: Steps, path: Path) -> list[dict[str, Any]]:
    """Without the step at a path, and without the group that this leaves empty."""
    return _replaced(steps, path, [])


def doubled(steps: Steps, path: Path) -> list[dict[str, Any]]:
    """The step at a path twice, one after the other."""
    step = step_at(steps, path)
    return _replaced(steps, path, [step, json.loads(json.dumps(step))])


def moved(steps: Steps, path: Path, by: int) -> list[dict[str, Any]]:
    """The step at a path so many places later, or earlier, among its neighbours; it stops at the ends."""
    if len(path) > 1:
        found = step_at(steps, path[:-1])
        inner = moved(found.get("steps", []), path[-1:], by)
        return _replaced(steps, path[:-1], [{**found, "steps": inner}])
    place = _checked(steps, path)[0]
    others = _copied(steps)
    step = others.pop(place)
    others.insert(min(max(place + by, 0), len(others)), step)
    return others


def grouped(steps: Steps, path: Path, kind: str = GROUP) -> list[dict[str, Any]]:
    """The step at a path inside a new group."""
    return _replaced(steps, path, [{"transform": kind, "p": 1.0, "steps": [step_at(steps, path)]}])


def ungrouped(steps: Steps, path: Path) -> list[dict[str, Any]]:
    """The steps of the group at a path in its place."""
    return _replaced(steps, path, list(step_at(steps, path).get("steps", [])))


def joined(steps: Steps, path: Path) -> list[dict[str, Any]]:
    """The step at a path as the last one of the group before it."""
    group = [*path[:-1], path[-1] - 1]
    if path[-1] < 1 or "steps" not in step_at(steps, group):
        raise InputError("There is no group before this step.")
    step = step_at(steps, path)
    return added(removed(steps, path), group, step)


def parted(steps: Steps, path: Path) -> list[dict[str, Any]]:
    """The step at a path behind the group that it is in."""
    if len(path) < 2:
        raise InputError("This step is in no group.")
    step, group = step_at(steps, path), path[:-1]
    alone = len(step_at(steps, group).get("steps", [])) == 1
    rest = removed(steps, path)
    if alone:
        return _inserted(rest, group, step)
    return _inserted(rest, [*group[:-1], group[-1] + 1], step)


def with_values(steps: Steps, path: Path, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Other values for some parameters of the step at a path."""
    return _replaced(steps, path, [{**step_at(steps, path), **values}])


def as_kind(steps: Steps, path: Path, kind: str) -> list[dict[str, Any]]:
    """The group at a path as one of another kind, with its steps and its probability."""
    group = step_at(steps, path)
    return _replaced(steps, path, [{"transform": kind, "p": group.get("p", 1.0), "steps": group.get("steps", [])}])


def _replaced(steps: Steps, path: Path, new: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The steps with others in the place of the one at a path."""
    place, *rest = _checked(steps, path)
    copy = _copied(steps)
    if not rest:
        return [*copy[:place], *map(dict, new), *copy[place + 1 :]]
    inner = _replaced(copy[place].get("steps", []), rest, new)
    group = [_fitting({**copy[place], "steps": inner})] if inner else []
    return [*copy[:place], *group, *copy[place + 1 :]]


def _inserted(steps: Steps, path: Path, step: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps with one more at a path."""
    if len(path) > 1:
        found = step_at(steps, path[:-1])
        inner = _inserted(found.get("steps", []), path[-1:], step)
        return _replaced(steps, path[:-1], [{**found, "steps": inner}])
    copy = _copied(steps)
    return [*copy[: path[0]], dict(step), *copy[path[0] :]]


def _fitting(group: dict[str, Any]) -> dict[str, Any]:
    """A group as it can be with as many steps as it has now."""
    count = len(group["steps"])
    if group["transform"] == PAIR and count != 2:
        return {**group, "transform": GROUP}
    if isinstance(group.get("n"), int) and group["n"] > count and not group.get("replace"):
        return {**group, "n": count}
    return group


def _copied(steps: Steps) -> list[dict[str, Any]]:
    return [dict(step) for step in steps]


def _checked(steps: Steps, path: Path) -> list[int]:
    if not path or not 0 <= path[0] < len(steps):
        raise InputError("There is no such step any more.", "", "Reload the page.")
    return list(path)

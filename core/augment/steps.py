"""From steps as a person or the library wrote them to the library's own objects, each checked by name and value."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.augment.available import COMPOSITIONS, ROOTS, albumentations, find_transform, made, parameters_of
from core.errors import InputError, near_names

MOST_STEPS = 64  # transforms and groups in one pipeline
MOST_DEPTH = 8  # groups inside groups
MOST_NUMBER = 8_192  # of any parameter: a picture's side, a count, a colour
MOST_GROWTH = 8.0  # times as wide as before, by all steps together
GROWING = ("scale_limit", "percent")  # parameters that make a picture wider by so many times its width
# Other bounds: where the cost grows with the square or worse, and for kelvins.
MOST_OF = {
    "num_control_points": 10, "num_steps": 128, "grid": 128, "num_grid_xy": 32, "temperature_limit": 100_000,
    "blur_limit": 255, "radius": 128, "sigma": 256, "sigma_limit": 256, "scale": 256, "iterations": 32, "max_delta": 64,
    "holes_number_xy": 256, "nb_rows": 32, "nb_cols": 32, "num_shadows_limit": 64, "shadow_dimension": 64,
    "n_segments": 1_000, "gauss_sigma": 256, "max_factor": 4,
}  # fmt: skip
MARKS = ("transform", "__class_fullname__")  # the key that says what a step is, short form and library's form
GROUPS = ("steps", "transforms")  # the key of a group's own steps
GROUP_PARAMETERS = {"SomeOf": ("p", "n", "replace"), "RandomOrder": ("p", "n", "replace")}
# What the library writes about a group that means nothing for a picture alone; used by none it is passed over.
EMPTY_ONLY = ("bbox_params", "keypoint_params", "additional_targets")
PASSED_OVER = ("is_check_shapes", "save_key", "seed", "mask_interpolation", "strict")
COMPLAINT = re.compile(r"^(?:(?P<place>\S+)|.*)\n {2}(?P<said>\S.*?)(?: \[type=.*)?$", re.MULTILINE)


def built(steps: Sequence[Any], *, p: Any = 1.0) -> Any:
    """The steps as one composition."""
    library = albumentations()
    if _count(steps, 0) > MOST_STEPS:
        raise InputError("The pipeline is too long.", f"It has more than {MOST_STEPS} steps.", "Leave some out.")
    if _growth(steps) > MOST_GROWTH:
        detail = f"Its steps together may make one more than {MOST_GROWTH:g} times as wide."
        raise InputError("The pipeline makes pictures too large.", detail, "Lower scale_limit or percent.")
    found = [_made(step) for step in steps]
    return library.Compose(found, p=_share("Compose", p))


def root_steps(node: Mapping[str, Any]) -> tuple[list[Any], Any]:
    """The steps of the library's own outermost group, and the share of pictures that it changes."""
    name = str(node.get("__class_fullname__", ""))
    if name.rpartition(".")[2] in ROOTS and name.removeprefix("albumentations.core.composition.") in ROOTS:
        _check_group(name, node, ("p",))
        return _inner(node), node.get("p", 1.0)
    return [node], 1.0


def _made(step: Any) -> Any:
    """One step as the library's object."""
    if not isinstance(step, Mapping):
        raise _unreadable(step)
    mark = next((mark for mark in MARKS if mark in step), None)
    if mark is None or not isinstance(step[mark], str):
        raise _unreadable(step)
    name = step[mark]
    bare = name.removeprefix("albumentations.core.composition.")
    if bare in COMPOSITIONS:
        return _group(bare, step)
    parameters = {str(key): value for key, value in step.items() if key != mark}
    return _transform(find_transform(name), parameters, serialised=mark == MARKS[1])


def _group(name: str, step: Mapping[str, Any]) -> Any:
    own = GROUP_PARAMETERS.get(name, ("p",))
    _check_group(name, step, own)
    inner = [_made(item) for item in _inner(step)]
    if not inner or (name == "OneOrOther" and len(inner) != 2):
        wanted = "two steps" if name == "OneOrOther" else "one step or more"
        raise InputError(f"“{name}” has {len(inner)} steps.", f"It takes {wanted}, under “steps”.")
    parameters = {key: step[key] for key in own if key in step}
    _check_values(name, parameters)
    if "p" in parameters:
        parameters["p"] = _share(name, parameters["p"])
    if not isinstance(parameters.get("replace", False), bool):
        raise _refused(name, "replace", "It is true or false.")
    count = parameters.get("n", 1)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_STEPS:
        raise _refused(name, "n", f"It is a whole number from 1 to {MOST_STEPS}.")
    if not parameters.get("replace", False) and count > len(inner):
        raise _refused(name, "n", f"It chooses {count} of {len(inner)} steps.")
    if name in ("OneOf", "SomeOf", "RandomOrder") and not sum(item.p for item in inner):
        raise _refused(name, "p", "Every one of its steps has p = 0, so none can be chosen.")
    return getattr(albumentations(), name)(transforms=inner, **parameters)


def _transform(kind: Any, parameters: Mapping[str, Any], *, serialised: bool) -> Any:
    """A transform of the library, made with checked parameters.

    Some transforms write parameters of the class they descend from, which they do not take; these are passed over.
    """
    name, known = kind.__name__, parameters_of(kind)
    taken = {key: value for key, value in parameters.items() if key in known}
    _check_values(name, taken)
    try:
        step = made(kind, taken)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise _complaint(name, str(error)) from error
    written = step.to_dict()["transform"] if serialised else taken
    for key in parameters:
        if key not in taken and key not in written:
            raise InputError(f"“{name}” has no parameter “{key[:80]}”.", "", near_names(key[:80], known))
    return step


def _complaint(name: str, said: str) -> InputError:
    """The library's own words about a parameter, without its web addresses."""
    found: list[tuple[str, str]] = COMPLAINT.findall(said)
    places = list(dict.fromkeys(place.split(".")[0] for place, _ in found if place))
    plain = dict.fromkeys(text.removeprefix("Value error, ").removeprefix("Assertion failed, ") for _, text in found)
    words = "; ".join(plain) or said.splitlines()[0] if said else "no reason"
    what = ", ".join(f"“{place}”" for place in places)
    title = f"{what} of “{name}” cannot be used." if what else f"The parameters of “{name}” cannot be used."
    return InputError(title, f"albumentations says: {words[:400].rstrip('.')}.", f"Correct the parameters of “{name}”.")


def most_of(parameter: str) -> int:
    """The largest number that a parameter may hold, and with a minus the least."""
    return MOST_OF.get(parameter, MOST_NUMBER)


def _check_values(name: str, parameters: Mapping[str, Any]) -> None:
    for key, value in parameters.items():
        most = most_of(key)
        for number in _numbers(value):
            if not math.isfinite(number) or abs(number) > most:
                raise _refused(name, key, f"It holds {number:g}; numbers from -{most:,} to {most:,} can be used.")


def _numbers(value: Any) -> list[float]:
    """Every number inside a parameter's value."""
    if isinstance(value, Mapping):
        return [number for item in value.values() for number in _numbers(item)]
    if isinstance(value, list | tuple):
        return [number for item in value for number in _numbers(item)]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [float(value) if abs(value) < 2**63 else math.inf]
    return []


def _growth(steps: Sequence[Any]) -> float:
    """How many times as wide a picture may become at the most."""
    factor = 1.0
    for step in steps:
        if isinstance(step, Mapping):
            own = [abs(number) for key in GROWING for number in _numbers(step.get(key))]
            factor *= 1.0 + (2.0 if "percent" in step else 1.0) * max(own, default=0.0)
            factor *= _growth(_inner(step)) ** (_number(step.get("n")) if step.get("replace") else 1.0)
    return factor


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int) and 1 <= value <= MOST_STEPS else 1.0


def _count(steps: Sequence[Any], depth: int) -> int:
    if depth > MOST_DEPTH:
        raise InputError("The pipeline is nested too deeply.", f"At most {MOST_DEPTH} levels are read.")
    return sum(1 + _count(_inner(step), depth + 1) for step in steps if isinstance(step, Mapping))


def _inner(step: Mapping[str, Any]) -> list[Any]:
    found: Any = next((step[key] for key in GROUPS if key in step), [])
    return list(found) if isinstance(found, list | tuple) else []


def _check_group(name: str, step: Mapping[str, Any], own: Sequence[str]) -> None:
    """Refuse what a group of steps cannot have."""
    for key, value in step.items():
        if key in EMPTY_ONLY and value:
            raise _refused(name, key, "Pictures have neither boxes nor key points here.")
        if key not in (*MARKS, *GROUPS, *EMPTY_ONLY, *PASSED_OVER, *own):
            raise InputError(f"“{name}” has no parameter “{str(key)[:80]}”.", "", near_names(str(key)[:80], own))


def _share(name: str, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise _refused(name, "p", "It is a number from 0 to 1.")


def _refused(name: str, parameter: str, why: str) -> InputError:
    return InputError(f"“{parameter}” of “{name}” cannot be used.", why, "Correct the value, or leave it out.")


def _unreadable(step: Any) -> InputError:
    return InputError(
        "A step of the pipeline cannot be read.",
        f"It is {str(step)[:120]}",
        'A step looks like {"transform": "HorizontalFlip", "p": 0.5}.',
    )

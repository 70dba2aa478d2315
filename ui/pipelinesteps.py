"""The steps of a pipeline as rows that unfold: what each is told, its place, and the groups around them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.augment import tree
from core.augment.parameters import Kind, ParameterFact, known_transforms, parameter_facts, suggested
from core.augment.tree import Path, Steps
from ui.errors import plain, reporting
from ui.pipelinefields import field, title
from ui.pipelinestate import OPEN, edit, typed_values
from ui.words import plural

GROUPS = {
    "Sequential": "All, in order",
    "OneOf": "One of them",
    "SomeOf": "Some, in order",
    "RandomOrder": "Some, in any order",
    "OneOrOther": "One or the other",
}
SELDOM = frozenset({"interpolation", "border_mode", "fill", "position", "pad_position", "area_for_downscale",
                    "keep_ratio", "balanced_scale", "fit_output", "keep_size", "approximate", "same_dxdy"})  # fmt: skip
UP, DOWN, DOUBLE, GROUP, JOIN, PART, DISSOLVE, REMOVE = (
    "Move up",
    "Move down",
    "Duplicate",
    "Put into a group",
    "Move into the group above",
    "Move out of the group",
    "Dissolve the group",
    "Remove",
)
SHARE = ParameterFact("p", Kind.NUMBER, "The share of pictures that it is applied to.", 1.0, False, False, False, 0, 1)
WEIGHT = "Weight among the others"


def steps_list(steps: Steps, full: Steps) -> None:
    """Every step, and a box to add another."""
    if not steps:
        st.caption("No steps: pictures stay as they are.")
    _rows(steps, steps, full, (), "")
    _adder((), "Add a step")


def _rows(root: Steps, steps: Steps, full: Steps, above: Path, group: str) -> None:
    for place, (step, whole) in enumerate(zip(steps, full, strict=True)):
        path = (*above, place)
        inner = step.get("steps")
        words = f"{place + 1}. {_title(step)}"
        key = _key(path)
        st.session_state[f"open {key}"] = st.session_state.get(OPEN) == list(path)
        with st.container(horizontal=True, gap="xsmall", key=f"row {key}"):
            row = st.expander(words, key=f"open {key}", on_change=_unfold, args=(path,))
            acts = _acts(steps, path)
            st.menu_button(
                f"Change step {place + 1}",
                list(acts),
                icon=":material/more_vert:",
                type="tertiary",
                key=f"acts {key}",
                help="Move, group or remove",
                on_click=_act,
                args=(path,),
            )
        if row.open:
            with row:
                (_group_fields if inner is not None else _fields)(root, step, whole, path, group)
        if inner is not None:
            with st.container(key=f"inside {key}", gap="small"):
                _rows(root, inner, whole["transforms"], path, step["transform"])
                if row.open:
                    _adder(path, "Add a step to the group")


def _title(step: Mapping[str, Any]) -> str:
    p = step.get("p", 1.0)
    share = "" if p == 1 else f" · {100 * p:g}%"
    if "steps" in step:
        count = len(step["steps"])
        chosen = f"{step['n']} of " if "n" in step else ""
        return f"{GROUPS[step['transform']]} · {chosen}{plural(count, 'step')}{share}"
    return f"{title(step['transform'])}{share}"


def _fields(root: Steps, step: Mapping[str, Any], full: Mapping[str, Any], path: Path, group: str) -> None:
    """What a transform is told: first how often, then what it does, seldom changed things folded away."""
    typed = typed_values(root, path)
    st.caption(plain(known_transforms().get(step["transform"], "")))
    facts = parameter_facts(step["transform"])
    first = sorted((fact for fact in facts if fact.name not in SELDOM), key=lambda fact: fact.name != "p")
    last = [fact for fact in facts if fact.name in SELDOM]

    def show(fact: ParameterFact) -> None:
        held = typed.get(fact.name)
        value = held["value"] if held else step.get(fact.name, _collapsed(full.get(fact.name)))
        label = WEIGHT if fact.name == "p" and group == "OneOf" else ""
        field(path, fact, value, held["told"] if held else "", label)

    for fact in first:
        show(fact)
    if last:
        wrong = any(fact.name in typed for fact in last)
        with st.expander("More", expanded=wrong, key=f"more {_key(path)}", type="compact"):
            for fact in last:
                show(fact)


def _group_fields(root: Steps, step: Mapping[str, Any], full: Mapping[str, Any], path: Path, group: str) -> None:
    """What a group does with its steps, how often, and with how many of them."""
    kind, key = step["transform"], f"kind {_key(path)}"
    typed = typed_values(root, path)
    kinds = [name for name in GROUPS if name != tree.PAIR or len(step["steps"]) == 2]
    st.session_state[key] = kind
    st.selectbox(
        "Which steps are taken", kinds, format_func=GROUPS.__getitem__, key=key, on_change=_turn, args=(key, path)
    )
    for fact in _group_facts(step):
        held = typed.get(fact.name)
        value = held["value"] if held else step.get(fact.name, full.get(fact.name, fact.default))
        label = (
            WEIGHT if fact.name == "p" and group == "OneOf" else "First rather than second" if kind == tree.PAIR else ""
        )
        field(path, fact, value, held["told"] if held else "", label)


def _group_facts(step: Mapping[str, Any]) -> list[ParameterFact]:
    if "n" not in step:
        return [SHARE]
    count = len(step["steps"])
    n = ParameterFact("n", Kind.WHOLE, "How many of the steps are taken.", 1, False, False, True, 1, max(count, 2))
    again = ParameterFact("replace", Kind.SWITCH, "Whether a step can be taken twice.", False, False, False, False)
    return [SHARE, n, again]


def _acts(steps: Steps, path: Path) -> dict[str, Callable[[Steps], Sequence[Mapping[str, Any]]]]:
    """What can be done with a step as it stands, and how."""
    place, step = path[-1], steps[path[-1]]
    acts: dict[str, Callable[[Steps], Sequence[Mapping[str, Any]]]] = {}
    if place > 0:
        acts[UP] = lambda all_: tree.moved(all_, path, -1)
    if place < len(steps) - 1:
        acts[DOWN] = lambda all_: tree.moved(all_, path, 1)
    acts[DOUBLE] = lambda all_: tree.doubled(all_, path)
    acts[GROUP] = lambda all_: tree.grouped(all_, path)
    if place > 0 and "steps" in steps[place - 1]:
        acts[JOIN] = lambda all_: tree.joined(all_, path)
    if len(path) > 1:
        acts[PART] = lambda all_: tree.parted(all_, path)
    if "steps" in step:
        acts[DISSOLVE] = lambda all_: tree.ungrouped(all_, path)
    acts[REMOVE] = lambda all_: tree.removed(all_, path)
    return acts


@reporting
def _act(path: Path) -> None:
    chosen = st.session_state[f"acts {_key(path)}"]
    was_open = st.session_state.get(OPEN) == list(path)
    opened: Path | None = None
    if chosen in (UP, DOWN):
        by = -1 if chosen == UP else 1
        opened = (*path[:-1], path[-1] + by) if was_open else None
    elif chosen == GROUP:
        opened = path

    def change(steps: Steps) -> Sequence[Mapping[str, Any]]:
        around = tree.step_at(steps, path[:-1])["steps"] if len(path) > 1 else steps
        return _acts(around, path)[chosen](steps)

    edit(change, opened)


@reporting
def _turn(key: str, path: Path) -> None:
    kind = st.session_state[key]

    def change(steps: Steps) -> Sequence[Mapping[str, Any]]:
        turned = tree.as_kind(steps, path, kind)
        count = len(tree.step_at(steps, path)["steps"])
        return tree.with_values(turned, path, {"n": min(2, count)}) if kind in ("SomeOf", "RandomOrder") else turned

    edit(change, path)


def _unfold(path: Path) -> None:
    st.session_state[OPEN] = list(path) if st.session_state[f"open {_key(path)}"] else None


def _adder(group: Path, label: str) -> None:
    key = f"add {_key(group)}"
    known = known_transforms()
    st.selectbox(
        label,
        list(known),
        index=None,
        format_func=lambda name: f"{title(name)}: {known[name]}",
        placeholder=f"{label}: search {len(known)} transforms",
        label_visibility="collapsed",
        icon=":material/add:",
        key=key,
        on_change=_add,
        args=(key, group),
    )


@reporting
def _add(key: str, group: Path) -> None:
    name = st.session_state[key]
    st.session_state[key] = None
    if name is None:
        return
    made: list[int] = []

    def change(steps: Steps) -> Sequence[Mapping[str, Any]]:
        around = tree.step_at(steps, group)["steps"] if group else steps
        made.append(len(around))
        step = suggested(name)
        return tree.added(steps, group, {**step, "p": 1.0} if not group else step)

    edit(change)
    st.session_state[OPEN] = [*group, made[0]]


def _collapsed(value: Any) -> Any:
    """One pair for a value that is the same across and down."""
    if isinstance(value, dict) and set(value) == {"x", "y"} and value["x"] == value["y"]:
        return value["x"]
    return value


def _key(path: Path) -> str:
    return ".".join(map(str, path)) or "all"

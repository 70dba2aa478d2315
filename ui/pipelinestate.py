"""What a person does to a pipeline becomes another link; what cannot be used is kept as typed, with the reason."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from core.augment.explain import explain
from core.augment.parameters import ParameterFact, parameter_facts
from core.augment.pipeline import Pipeline, parse_pipeline
from core.augment.presets import find_preset, presets
from core.augment.short import preset_name, short
from core.augment.tree import Path, Steps, step_at, with_values
from core.errors import VitrineError
from ui.pipelinelink import keep_pipeline, linked_pipeline

TYPED = "pipeline values that cannot be used"
OPEN = "pipeline step that is open"
CHANGED = ", changed"
Edit = Callable[[Steps], Sequence[Mapping[str, Any]]]


def shape(steps: Steps) -> str:
    """Which steps a pipeline has, whatever they are told."""
    return json.dumps([[step["transform"], shape(step.get("steps", []))] for step in steps])


def typed_values(steps: Steps, path: Path) -> dict[str, dict[str, Any]]:
    """What was typed for a step and cannot be used: by parameter, the value and why."""
    kept = st.session_state.get(TYPED, {})
    if kept.get("shape") != shape(steps):
        return {}
    found: dict[str, dict[str, Any]] = kept["steps"].get(_key(path), {})
    return found


def edit(change: Edit, opened: Path | None = None) -> None:
    """Another pipeline from a change to its steps, with the step at a path open afterwards."""
    pipeline = linked_pipeline()
    values = short(pipeline)
    keep_pipeline(_named({**values, "steps": list(change(values["steps"]))}, pipeline))
    st.session_state.pop(TYPED, None)
    st.session_state[OPEN] = None if opened is None else list(opened)


def set_value(path: Path, name: str, value: Any) -> None:
    """Another value for one parameter of a step, together with what was typed before and could not be used alone."""
    pipeline = linked_pipeline()
    values = short(pipeline)
    steps = values["steps"]
    before = {key: item["value"] for key, item in typed_values(steps, path).items() if key != name}
    for attempt, left in (({**before, name: value}, {}), ({name: value}, before)):
        try:
            changed = _named({**values, "steps": with_values(steps, path, attempt)}, pipeline)
        except VitrineError:
            continue
        keep_pipeline(changed)
        _keep_typed(short(changed)["steps"], path, left)
        return
    _keep_typed(steps, path, {**before, name: value})


def _keep_typed(steps: Steps, path: Path, values: Mapping[str, Any]) -> None:
    """Keep what cannot be used, each with the reason."""
    kept = st.session_state.get(TYPED, {})
    others = dict(kept["steps"]) if kept.get("shape") == shape(steps) else {}
    others.pop(_key(path), None)
    if values:
        step = step_at(steps, path)
        others[_key(path)] = {
            name: {"value": value, "told": _why(steps, path, step, name, value, values)}
            for name, value in values.items()
        }
    st.session_state[TYPED] = {"shape": shape(steps), "steps": others}


def _why(steps: Steps, path: Path, step: Mapping[str, Any], name: str, value: Any, all_: Mapping[str, Any]) -> str:
    """Why a value cannot be used: by what is known of the parameter, or in the library's words."""
    fact = None if "steps" in step else fact_of(step["transform"], name)
    said = explain(fact, value) if fact is not None else ""
    for attempt in ({name: value}, all_):
        if said:
            break
        try:
            parse_pipeline({"steps": with_values(steps, path, attempt)})
        except VitrineError as error:
            said = error.detail.removeprefix("albumentations says: ") or error.title
    return said or "It does not go with the other values."


def fact_of(transform: str, name: str) -> ParameterFact | None:
    """What is known of one parameter."""
    return next((fact for fact in parameter_facts(transform) if fact.name == name), None)


def _named(values: Mapping[str, Any], before: Pipeline) -> Pipeline:
    """The pipeline, by a preset's name where it is one; a changed preset says so."""
    made = parse_pipeline(values)
    for preset in presets():
        if preset_name(replace(made, name=preset.name)):
            return replace(made, name=preset.name)
    if preset_name(before):
        return replace(made, name=f"{find_preset(before.name).title}{CHANGED}")
    return made


def _key(path: Path) -> str:
    return ".".join(map(str, path))

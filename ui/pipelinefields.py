"""The fields of one step: each parameter with a widget that suits it, and what is wrong with its value right below."""

import json
import math
import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import streamlit as st

from core.augment.explain import bounds_words
from core.augment.parameters import Kind, ParameterFact
from core.augment.tree import Path
from ui.errors import plain, reporting
from ui.pipelinestate import set_value

MOST_SHOWN = 2**53 - 1  # larger whole numbers a browser cannot hold
ENDS = re.compile(r"(?<=.)_(range|limit)$")  # said by there being two fields
ONE_COLOUR = "One colour"
FILLS = {
    "random": "Random pixels",
    "random_uniform": "Random colours",
    "inpaint_telea": "Filled in, Telea",
    "inpaint_ns": "Filled in, Navier–Stokes",
}
WORDS = {
    "px": "pixels",
    "num": "number of",
    "std": "spread",
    "coef": "strength",
    "coeff": "strength",
    "color": "colour",
}
SHARE = "How often"  # the parameter p


def field(path: Path, fact: ParameterFact, value: Any, told: str = "", label: str = "") -> None:
    """One parameter to change; `told` is why the shown value cannot be used."""
    key = f"step {'.'.join(map(str, path))} {fact.name}"
    label, hint = label or title(ENDS.sub("", fact.name)), _help(fact)
    _widget(fact, value)(key, path, fact, value, label, hint)
    if told:
        st.html(f'<p class="field-error" role="alert">{escape(told)}</p>')


def title(name: str) -> str:
    """A parameter's or a transform's name as words: “Brightness limit” and “CLAHE”, “Horizontal flip”."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=\d)", " ", name).replace("_", " ")
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in spaced.split()]
    text = SHARE if name == "p" else " ".join(WORDS.get(word, word) for word in words)
    return text[:1].upper() + text[1:]


def _help(fact: ParameterFact) -> str:
    bounds = bounds_words(fact) if fact.kind not in (Kind.COLOUR, Kind.CHOICE) else ""
    parts = [plain(fact.about), plain(f"{bounds}.") if bounds else "", f"`{fact.name}`"]
    return " ".join(part for part in parts if part)


Widget = Callable[[str, Path, ParameterFact, Any, str, str], None]


def _widget(fact: ParameterFact, value: Any) -> Widget:
    """What suits the parameter with this value; a value of another sort is shown as it is written."""
    bounded = fact.low is not None and fact.high is not None and not fact.nullable
    if fact.kind is Kind.SWITCH and isinstance(value, bool):
        return _switch
    if fact.kind is Kind.CHOICE and value in fact.choices:
        return _choice
    if fact.kind in (Kind.WHOLE, Kind.NUMBER) and (_is_number(value) or (value is None and fact.nullable)):
        return _slider if bounded and _within(fact, [value]) else _number
    if fact.kind in (Kind.RANGE, Kind.NUMBERS) and fact.length == 2 and (_is_pair(value) or value is None):
        ordered = fact.kind is Kind.RANGE and bounded and not fact.either and _is_pair(value)
        return _slider if ordered and value[0] <= value[1] and _within(fact, value) else _pair
    if fact.kind is Kind.COLOUR and (value in fact.choices or _colour(value)):
        return _colours
    return _text


def _switch(key: str, path: Path, fact: ParameterFact, value: Any, label: str, hint: str) -> None:
    st.session_state[key] = value
    st.toggle(label, key=key, help=hint, on_change=_taken, args=(key, path, fact.name))


def _choice(key: str, path: Path, fact: ParameterFact, value: Any, label: str, hint: str) -> None:
    st.session_state[key] = value
    names = fact.words
    st.selectbox(
        label,
        fact.choices,
        format_func=lambda item: names.get(item) or ("Not set" if item is None else title(str(item))),
        key=key,
        help=hint,
        on_change=_taken,
        args=(key, path, fact.name),
    )


def _number(key: str, path: Path, fact: ParameterFact, value: Any, label: str, hint: str) -> None:
    _number_box(key, fact, value, label, hint, _taken, (key, path, fact.name))


def _slider(key: str, path: Path, fact: ParameterFact, value: Any, label: str, hint: str) -> None:
    low, high = fact.low or 0, fact.high or 0
    cast = int if fact.whole else float
    st.session_state[key] = tuple(map(cast, value)) if isinstance(value, list) else cast(value)
    percent = fact.name == "p"
    st.slider(
        label,
        cast(low),
        cast(high),
        step=max(1, (int(high) - int(low)) // 100) if fact.whole else 0.05 if percent else _step(high - low),
        format="percent" if percent else "%d" if fact.whole else "%g",
        key=key,
        help=hint,
        on_change=_taken,
        args=(key, path, fact.name),
    )


def _pair(key: str, path: Path, fact: ParameterFact, value: Any, label: str, hint: str) -> None:
    keys = (f"{key} 0", f"{key} 1")
    names = (label, f"{label}, {'to' if fact.kind is Kind.RANGE else 'second'}")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key=f"pair {key}"):
        for place, own in enumerate(keys):
            shown = None if value is None else value[place]
            _number_box(own, fact, shown, names[place], "" if place else hint, _both, (keys, path, fact), place == 1)


def _number_box(
    key: str,
    fact: ParameterFact,
    value: Any,
    label: str,
    hint: str,
    act: Callable[..., None],
    args: tuple[Any, ...],
    second: bool = False,
) -> None:
    if value is None:
        st.session_state[key] = None
    else:
        st.session_state[key] = max(-MOST_SHOWN, min(MOST_SHOWN, int(value))) if fact.whole else float(value)
    st.number_input(
        label,
        value=None,
        step=1 if fact.whole else _step(10 * abs(value or 0.1)),
        format="%d" if fact.whole else "%g",
        placeholder="Not set",
        key=key,
        help=hint or None,
        label_visibility="collapsed" if second else "visible",
        on_change=act,
        args=args,
    )


def _colours(key: str, path: Path, fact: ParameterFact, value: Any, label: str, hint: str) -> None:
    words, picked = f"{key} words", f"{key} colour"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        options = [ONE_COLOUR, *(choice for choice in fact.choices if choice is not None)]
        if len(options) > 1:
            st.session_state[words] = value if value in fact.choices else ONE_COLOUR
            st.selectbox(
                label,
                options,
                format_func=lambda item: FILLS.get(item, item),
                key=words,
                help=hint,
                on_change=_worded,
                args=(words, path, fact),
            )
        if value not in fact.choices or value is None:
            st.session_state[picked] = _colour(value) or "#000000"
            st.color_picker(
                f"{label}, colour" if len(options) > 1 else label,
                key=picked,
                label_visibility="collapsed" if len(options) > 1 else "visible",
                on_change=_painted,
                args=(picked, path, fact),
            )


def _text(key: str, path: Path, fact: ParameterFact, value: Any, label: str, hint: str) -> None:
    st.session_state[key] = value if isinstance(value, str) else json.dumps(value)
    st.text_input(label, key=key, help=f"{hint} As JSON.", on_change=_written, args=(key, path, fact.name))


@reporting
def _taken(key: str, path: Path, name: str) -> None:
    value = st.session_state[key]
    set_value(path, name, list(value) if isinstance(value, tuple) else value)


@reporting
def _both(keys: Sequence[str], path: Path, fact: ParameterFact) -> None:
    """Two numbers, or none; one alone is kept until the other is there."""
    pair = [st.session_state[key] for key in keys]
    if fact.either and None not in pair and all(number > 1 and number == int(number) for number in pair):
        pair = [int(number) for number in pair]
    set_value(path, fact.name, None if pair == [None, None] else pair)


@reporting
def _worded(key: str, path: Path, fact: ParameterFact) -> None:
    chosen = st.session_state[key]
    set_value(path, fact.name, 0 if chosen == ONE_COLOUR else chosen)


@reporting
def _painted(key: str, path: Path, fact: ParameterFact) -> None:
    text = str(st.session_state[key]).lstrip("#")
    parts = [int(text[place : place + 2], 16) for place in (0, 2, 4)]
    alone = len(set(parts)) == 1 and not isinstance(fact.default, list) and fact.default is not None
    set_value(path, fact.name, parts[0] if alone else parts)


@reporting
def _written(key: str, path: Path, name: str) -> None:
    text = str(st.session_state[key]).strip()
    try:
        value = json.loads(text) if text else None
    except (ValueError, RecursionError):
        value = text
    set_value(path, name, value)


def _step(span: float) -> float:
    """A step that goes through so much in fifty to five hundred."""
    return float(10.0 ** math.floor(math.log10(max(min(abs(span), 1e6), 1e-3) / 50)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(item is None or _is_number(item) for item in value)


def _within(fact: ParameterFact, numbers: Sequence[Any]) -> bool:
    return all(_is_number(number) and (fact.low or 0) <= number <= (fact.high or 0) for number in numbers)


def _colour(value: Any) -> str:
    """A colour as a browser writes it; empty for what is none."""
    parts = [value] * 3 if _is_number(value) else value
    if isinstance(parts, list) and len(parts) == 3 and all(_is_number(part) and 0 <= part <= 255 for part in parts):
        return "#" + "".join(f"{round(part):02x}" for part in parts)
    return ""

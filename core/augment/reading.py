"""Text that somebody wrote, as plain values: JSON, or YAML without anything that could grow."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from core.errors import InputError

MOST_CHARACTERS = 100_000  # of a pipeline's text
MOST_VALUES = 20_000  # with everything that an alias stands for counted anew
MOST_DEPTH = 60  # of values inside values
PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null"))
FORM = 'Write {"steps": [{"transform": "HorizontalFlip", "p": 0.5}]}, what albumentations’ to_dict gives, or a preset.'
Read = Mapping[str, Any] | list[Any]


def read_text(text: str) -> Read:
    """The values in a text of JSON or YAML; whatever is wrong with it is an InputError."""
    if len(text) > MOST_CHARACTERS:
        raise InputError("The pipeline is too long.", f"At most {MOST_CHARACTERS:,} characters are read.")
    return _json(text) if text.lstrip().startswith(("{", "[")) else _yaml(text)


def _json(text: str) -> Read:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("The pipeline is not JSON.", str(error)[:200], FORM) from None
    return value if isinstance(value, list) else dict(value)


def _yaml(text: str) -> Read:
    """The values of a YAML document of plain values alone.

    The document's nodes are looked at before anything is made of them: an alias may stand for much, and a merge key
    or a tag can make even more of it, or something that is no value at all.
    """
    import yaml  # slow to import, and seldom needed

    try:
        _check_nesting(yaml.parse(text, Loader=yaml.CSafeLoader))
        loader = yaml.CSafeLoader(text)
        node = loader.get_single_node()
        _check(node, [0], 0)
        value = loader.construct_document(node) if node is not None else None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError("The pipeline is not YAML.", " ".join(str(error).split())[:200], FORM) from None
    if not isinstance(value, dict | list):
        raise InputError("The pipeline cannot be read.", f"It is {str(value)[:80]!r} and no steps.", FORM)
    return value


def _check_nesting(events: Iterable[Any]) -> None:
    """Refuse what is nested too deeply or holds too much while it is read: libyaml would fall over what is deep."""
    depth = 0
    for count, event in enumerate(events):
        begins, ends = type(event).__name__.endswith("StartEvent"), type(event).__name__.endswith("EndEvent")
        depth += begins - ends
        if count > 2 * MOST_VALUES or depth > MOST_DEPTH:
            raise _too_much()


def _too_much() -> InputError:
    return InputError("The pipeline is too long.", f"At most {MOST_VALUES:,} values are read, and no endless ones.")


def _check(node: Any, seen: list[int], depth: int) -> None:
    """Refuse what is too much or no plain value; `seen` holds the count so far."""
    seen[0] += 1
    if seen[0] > MOST_VALUES or depth > MOST_DEPTH:
        raise _too_much()
    if node is None:
        return
    if node.tag not in PLAIN_TAGS:
        said = str(node.tag).rpartition(":")[2][:40]
        raise InputError("The pipeline cannot be read.", f"Its YAML holds “{said}”, which is no plain value.", FORM)
    if not isinstance(node.value, list):
        return
    for item in node.value:
        for part in item if isinstance(item, tuple) else (item,):
            _check(part, seen, depth + 1)

"""A parameter's type, taken apart into what its values may be."""

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

NUMBERS = (int, float)
SPANS = ("nondecreasing", "process_non_negative_range", "create_symmetric_range", "convert_to_")  # validators of ranges


@dataclass(frozen=True)
class Leaves:
    """What a parameter's values may be, side by side."""

    metadata: tuple[Any, ...]  # constraints and validators, at any depth
    nullable: bool  # None
    switch: bool  # true and false
    scalar: bool  # a number
    whole: bool  # every number in it is a whole one
    either: bool  # pairs of whole numbers mean something else than pairs of fractions
    lengths: tuple[int, ...]  # of the tuples of numbers
    any_length: bool  # a tuple of any length, or one of three
    literals: tuple[Any, ...]  # fixed values
    other: bool  # dictionaries, lists and the like
    drawn: bool  # a validator makes a range of it


def leaves_of(annotation: Any, metadata: Sequence[Any]) -> Leaves:
    """Take a pydantic field's annotation and metadata apart."""
    found = list(_split(annotation))
    kinds = [kind for kind, _ in found]
    inside = (*metadata, *(item for _, items in found for item in items))
    tuples = [get_args(kind) for kind in kinds if get_origin(kind) is tuple]
    fixed = [args for args in tuples if Ellipsis not in args and all(item in NUMBERS for item in args)]
    pairs = {args for args in fixed if len(args) == 2}
    scalars = [kind for kind in kinds if kind in NUMBERS]
    literals = tuple(item for kind in kinds if get_origin(kind) is Literal for item in get_args(kind))
    numbers = {*scalars, *(item for args in fixed for item in args)}
    simple = (*NUMBERS, bool, type(None))
    return Leaves(
        metadata=inside,
        nullable=type(None) in kinds or None in literals,
        switch=bool in kinds,
        scalar=bool(scalars),
        whole=numbers == {int} or (bool(numbers) and any(_named(item) == "float2int" for item in inside)),
        either=len(pairs) > 1,
        lengths=tuple(dict.fromkeys(len(args) for args in fixed)),
        any_length=any(Ellipsis in args or len(args) == 3 for args in tuples) or any(map(_is_sequence, kinds)),
        literals=literals,
        other=any(kind not in simple and get_origin(kind) not in (tuple, Literal) for kind in kinds)
        or len(fixed) < len([args for args in tuples if Ellipsis not in args]),
        drawn=any(_named(item).startswith(SPANS) for item in inside),
    )


def _split(annotation: Any) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The members of a union, each with the metadata it carries."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        for kind, items in _split(inner):
            yield kind, (*items, *metadata)
    elif origin in (Union, types.UnionType):
        for item in get_args(annotation):
            yield from _split(item)
    else:
        yield annotation, ()


def _named(item: Any) -> str:
    return str(getattr(getattr(item, "func", None), "__name__", ""))


def _is_sequence(kind: Any) -> bool:
    return get_origin(kind) is not None and get_origin(kind) is not tuple and get_args(kind) in ((int,), (float,))

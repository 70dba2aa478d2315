"""The tree of errors."""

import pickle

import pytest

from core import errors
from core.errors import ImageError, VitrineError, near_names

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, VitrineError)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_tells_what_why_and_what_next_and_survives_another_process(kind: type[VitrineError]) -> None:
    error = kind("What.", "Why.", "Next.")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert (copy.title, copy.detail, copy.hint) == ("What.", "Why.", "Next.")
    assert str(copy) == "What. Why. Next."
    assert str(kind("What.")) == "What."
    assert 400 <= error.status < 600
    assert error.exit_code in (1, 2)


def test_an_image_error_keeps_its_code() -> None:
    assert pickle.loads(pickle.dumps(ImageError("What.", code="truncated"))).code == "truncated"


def test_the_tree_at_the_top_of_the_module_names_every_error() -> None:
    told = errors.__doc__ or ""
    assert all(kind.__name__ in told for kind in KINDS)


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("shoos", ["shoes", "hats"], "Did you mean “shoes”?"),
        ("zzz", ["shoes", "hats"], "There is: “hats”, “shoes”."),
        ("zzz", [], ""),
    ],
)
def test_near_names(name: str, known: list[str], hint: str) -> None:
    assert near_names(name, known) == hint


def test_near_names_of_a_long_list_are_few() -> None:
    assert near_names("zzz", [f"a{number}" for number in range(100)]).count("“") == 8

"""Changes to one place of a filter's tree."""

import pytest

from core.errors import QueryError
from core.query.recipe import All, Between, Condition, Contains, Not, OneOf, Some
from core.query.tree import added, alternative, at, negated, removed, replaced, turned

MEN, BLACK = OneOf("gender", ("Men",)), OneOf("colour", ("Black",))
LATE, PUMA = Between("year", 2013, None), Contains("name", "puma")
NESTED = All((MEN, Not(BLACK), Some((LATE, All((PUMA, Not(MEN)))))))


@pytest.mark.parametrize(
    ("path", "found"),
    [((), NESTED), ((0,), MEN), ((1, 0), BLACK), ((2, 1, 0), PUMA), ((2, 1, 1, 0), MEN)],
)
def test_a_place_is_the_way_from_the_root(path: tuple[int, ...], found: Condition) -> None:
    assert at(NESTED, path) == found
    assert replaced(NESTED, path, found) == NESTED


@pytest.mark.parametrize("path", [(3,), (-1,), (0, 0), (1, 1), (2, 1, 1, 1)])
def test_a_place_that_is_gone_is_told(path: tuple[int, ...]) -> None:
    for change in (removed, negated, turned):
        with pytest.raises(QueryError):
            change(NESTED, path)


def test_removing_takes_emptied_groups_along() -> None:
    assert removed(NESTED, (0,)) == All((Not(BLACK), Some((LATE, All((PUMA, Not(MEN)))))))
    assert removed(NESTED, (1, 0)) == All((MEN, Some((LATE, All((PUMA, Not(MEN)))))))
    assert removed(removed(NESTED, (2, 1, 1, 0)), (2, 1, 0)) == All((MEN, Not(BLACK), Some((LATE,))))
    assert removed(All((MEN,)), (0,)) == All()
    assert removed(NESTED, ()) == All()


def test_a_condition_is_added_to_a_group_or_beside_a_condition() -> None:
    assert added(All(), (), MEN) == All((MEN,))
    assert added(NESTED, (2,), BLACK).conditions[2] == Some((LATE, All((PUMA, Not(MEN))), BLACK))
    assert added(NESTED, (2, 0), BLACK).conditions[2] == Some((All((LATE, BLACK)), All((PUMA, Not(MEN)))))
    assert alternative(NESTED, (0,), PUMA).conditions[0] == Some((MEN, PUMA))
    assert alternative(NESTED, (2,), PUMA).conditions[2] == Some((LATE, All((PUMA, Not(MEN))), PUMA))
    assert alternative(All((MEN, BLACK)), (), PUMA) == All((Some((All((MEN, BLACK)), PUMA)),))


def test_the_opposite_of_the_opposite_is_the_same() -> None:
    for path in ((0,), (1,), (2, 1)):
        assert negated(negated(NESTED, path), path) == NESTED
    assert negated(NESTED, (1,)).conditions[1] == BLACK


def test_and_becomes_or_and_back() -> None:
    assert turned(turned(NESTED, (2,)), (2,)) == NESTED
    assert turned(All((MEN, BLACK)), ()) == All((Some((MEN, BLACK)),))

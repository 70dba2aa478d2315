"""Tagging and deleting duplicates, each in one event that undoes it as a whole."""

from typing import Any

import pytest

from core.collection.tags import tags_of
from core.duplicates.act import Act, Acted, Acting, act
from core.duplicates.find import find_duplicates
from core.duplicates.request import duplicates_request
from core.edit.job import events, undo_now
from core.errors import BusyError, InputError, NotFoundError
from core.jobs.job import Job
from core.query.recipe import All
from core.workspace import Workspace
from tests.twins import LARGER, NAME

OTHERS = {"a2", "a3", "b2"}


def present(space: Workspace) -> set[str]:
    return set(space.catalog(NAME).ids(All(), None, 100))


def tagged(space: Workspace, tag: str) -> set[str]:
    held = tags_of(space.collection(NAME).dataset(), sorted(present(space)))
    return {id for id, tags in held.items() if tag in tags}


def done(space: Workspace, acting: Acting, **asked: Any) -> Acted:
    made = act(space, NAME, duplicates_request(**{"keep": "first", **asked}), acting, "ann")
    assert isinstance(made, Acted)
    return made


def test_the_others_are_deleted_and_put_back(own_twins: Workspace) -> None:
    before = present(own_twins)
    made = done(own_twins, Acting(Act.DELETE_OTHERS, expected=3))
    assert (made.images, made.what) == (3, "3 images deleted")
    assert present(own_twins) == before - OTHERS
    assert find_duplicates(own_twins.catalog(NAME), duplicates_request()).groups == 0
    assert (events(own_twins, NAME)[0].event.id, events(own_twins, NAME)[0].event.who) == (made.event, "ann")
    undo_now(own_twins, NAME, made.event)
    assert present(own_twins) == before


def test_the_others_or_the_kept_are_tagged_and_that_is_undone(own_twins: Workspace) -> None:
    others = done(own_twins, Acting(Act.TAG_OTHERS))
    kept = done(own_twins, Acting(Act.TAG_KEPT, tag="best"))
    assert (tagged(own_twins, "duplicate"), tagged(own_twins, "best")) == (OTHERS, {"a", "b"})
    assert done(own_twins, Acting(Act.TAG_KEPT, tag="best")).event == ""
    undo_now(own_twins, NAME, kept.event)
    undo_now(own_twins, NAME, others.event)
    assert tagged(own_twins, "duplicate") == tagged(own_twins, "best") == set()


def test_one_group_alone(own_twins: Workspace) -> None:
    done(own_twins, Acting(Act.DELETE_OTHERS, kept=["b"]))
    assert OTHERS & present(own_twins) == {"a2", "a3"}
    made = done(own_twins, Acting(Act.TAG_OTHERS, kept=[LARGER]), how="phash", threshold=4, keep="most-pixels")
    assert tagged(own_twins, "duplicate") == {"a", "a2", "a3"}
    assert made.images == 3


def test_what_is_not_as_it_was_seen_is_refused(own_twins: Workspace) -> None:
    before = present(own_twins)
    with pytest.raises(BusyError, match="changed meanwhile"):
        done(own_twins, Acting(Act.DELETE_OTHERS, expected=2))
    with pytest.raises(NotFoundError, match="kept image"):
        done(own_twins, Acting(Act.DELETE_OTHERS, kept=["a3"]))
    with pytest.raises(InputError, match="no duplicates"):
        done(own_twins, Acting(Act.DELETE_OTHERS), how="phash", threshold=0, where=_only_b())
    assert present(own_twins) == before


def test_groups_that_are_gone_count_as_changed_where_a_number_is_expected(own_twins: Workspace) -> None:
    done(own_twins, Acting(Act.DELETE_OTHERS))
    after = present(own_twins)
    for acting in (Acting(Act.TAG_OTHERS, expected=3), Acting(Act.DELETE_OTHERS, kept=["a"], expected=2)):
        with pytest.raises(BusyError, match="changed meanwhile"):
            done(own_twins, acting)
    with pytest.raises(InputError, match="no duplicates"):
        done(own_twins, Acting(Act.TAG_OTHERS, expected=0))
    assert (present(own_twins), tagged(own_twins, "duplicate")) == (after, set())


def test_more_than_the_most_is_refused(own_twins: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.duplicates.act.MOST_TOUCHED", 2)
    with pytest.raises(InputError, match="would touch 3 images"):
        done(own_twins, Acting(Act.DELETE_OTHERS))


def test_many_are_tagged_by_a_job(own_twins: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.edit.job.MOST_AT_ONCE", 2)
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    assert isinstance(act(own_twins, NAME, duplicates_request(), Acting(Act.TAG_OTHERS)), Job)


def _only_b() -> All:
    from core.query.recipe import OneOf

    return All((OneOf("letter", ("b",)),))

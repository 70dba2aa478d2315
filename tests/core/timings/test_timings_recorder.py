"""What answers cost: noted without waiting, kept within bounds, written by several processes, read back whole."""

import logging
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.acting import acting
from core.settings import ROOT
from core.timing import collect, step
from core.timings.asker import asking, unrecorded
from core.timings.recorder import Recorder
from core.timings.store import FILE, FOLDER, Wanted

ALL = Wanted()


def note(recorder: Recorder, english: str = "Everything", kind: str = "query", **known: Any) -> None:
    """One answer that took no time."""
    with collect() as timings, step("sql", 60, 5):
        pass
    recorder.note(kind, "things", english, timings, **known)


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    made = Recorder(tmp_path, 50)
    yield made
    made.flush()


def test_a_record_is_read_back_as_it_was(recorder: Recorder) -> None:
    with acting("ada"), asking("command"):
        note(recorder, "Women’s shoes", "search", recipe={"text": "naïve 東京"}, first=60, rows=12, matching=70)
    note(recorder, milliseconds=14.5)
    later, first = recorder.records(ALL)
    assert (later.milliseconds, later.recipe, later.front, later.who) == (14.5, None, "", "")
    assert (first.kind, first.collection, first.english) == ("search", "things", "Women’s shoes")
    assert (first.recipe, first.first, first.rows, first.matching) == ({"text": "naïve 東京"}, 60, 12, 70)
    assert (first.front, first.who) == ("command", "ada")
    (sql,) = first.steps
    assert (sql.name, sql.depth, sql.rows_in, sql.rows_out, sql.times) == ("sql", 0, 60, 5, 1)
    assert later.id > first.id > 0


def test_every_record_and_none_of_the_oldest_beyond_the_bound(recorder: Recorder) -> None:
    for number in range(120):
        note(recorder, f"number {number}")
        if number % 40 == 0:
            recorder.flush()
    assert [record.english for record in recorder.records(ALL)] == [f"number {n}" for n in range(119, 69, -1)]
    assert len(recorder.points(ALL)) == 50


def test_what_is_wanted_is_read(recorder: Recorder) -> None:
    for number, kind in enumerate(["query", "search", "page", "search"]):
        note(recorder, str(number), kind, milliseconds=[5.0, 90.0, 1.0, 7.0][number])
    everything = recorder.records(ALL)
    assert [record.english for record in recorder.records(Wanted(kinds=("search",)))] == ["3", "1"]
    assert [record.english for record in recorder.records(Wanted(slowest=True, limit=2))] == ["1", "3"]
    assert recorder.records(Wanted(collection="other")) == []
    assert [record.english for record in recorder.records(Wanted(after=everything[1].id))] == ["3"]
    assert recorder.records(Wanted(since="2999")) == []
    assert [point.milliseconds for point in recorder.points(Wanted(kinds=("search",)))] == [7.0, 90.0]


def test_nothing_is_written_down_where_nothing_is_to_be_kept(tmp_path: Path) -> None:
    silent = Recorder(tmp_path, 0)
    note(silent, "one")
    note(silent, "two", "search")
    silent.flush()
    assert not list(tmp_path.iterdir())
    assert [record.english for record in silent.records(ALL)] == ["two", "one"]
    assert [record.english for record in silent.records(Wanted(kinds=("query",)))] == ["one"]
    assert [point.kind for point in silent.points(Wanted(limit=1))] == ["search"]


def test_measuring_is_not_recorded(recorder: Recorder) -> None:
    with unrecorded():
        note(recorder)
    note(recorder, "asked by a person")
    assert [record.english for record in recorder.records(ALL)] == ["asked by a person"]


def test_an_answer_is_recorded_with_what_led_to_it_and_followed(recorder: Recorder) -> None:
    with recorder.answering():
        with step("parse"):
            time.sleep(0.002)
        note(recorder)
        with step("render", 5, 5):
            time.sleep(0.002)
    (record,) = recorder.records(ALL)
    assert [item.name for item in record.steps] == ["parse", "sql", "render"]
    assert record.milliseconds >= sum(item.milliseconds for item in record.steps)
    with pytest.raises(ValueError, match="no answer"), recorder.answering():
        raise ValueError("no answer")
    assert len(recorder.records(ALL)) == 1


def test_several_answers_at_once_stay_several(recorder: Recorder) -> None:
    with recorder.answering():
        note(recorder, "one")
        note(recorder, "two")
    assert [record.english for record in recorder.records(ALL)] == ["two", "one"]
    assert all(len(record.steps) == 1 for record in recorder.records(ALL))


def test_work_is_recorded_once_it_ended_well(recorder: Recorder) -> None:
    with recorder.work("export", "things", "Export", {"n": "5"}) as done:
        with step("write", 5, 5):
            time.sleep(0.002)
        done.rows, done.english = 5, "Export of shoes"
    with pytest.raises(ValueError, match="broke"), recorder.work("export", "things", "Export"):
        raise ValueError("broke")
    (record,) = recorder.records(ALL)
    assert (record.kind, record.english, record.rows, record.recipe) == ("export", "Export of shoes", 5, {"n": "5"})
    assert record.milliseconds >= record.steps[0].milliseconds >= 2


def test_a_thread_writes_by_itself(recorder: Recorder, tmp_path: Path) -> None:
    note(recorder)
    until = time.monotonic() + 20
    other = Recorder(tmp_path, 50)
    while not other.records(ALL) and time.monotonic() < until:
        time.sleep(0.05)
    assert len(other.records(ALL)) == 1


WRITES = """
import sys
from pathlib import Path
from core.timing import collect, step
from core.timings.recorder import Recorder
recorder = Recorder(Path(sys.argv[1]), 10_000)
for number in range(300):
    with collect() as timings, step("sql"):
        pass
    recorder.note("query", "things", f"{sys.argv[2]} {number}", timings)
    if number % 50 == 0:
        recorder.flush()
"""


def test_processes_write_at_once_and_lose_nothing_as_they_end(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITES, str(tmp_path)]
    running = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("a", "b", "c")]
    assert [process.wait(120) for process in running] == [0, 0, 0]
    found = [record.english for record in Recorder(tmp_path, 10_000).records(ALL)]
    assert sorted(found) == sorted(f"{name} {number}" for name in "abc" for number in range(300))


def test_a_lock_held_by_another_is_not_waited_for(recorder: Recorder, tmp_path: Path) -> None:
    note(recorder, "before")
    recorder.flush()
    with sqlite3.connect(tmp_path / FOLDER / FILE, isolation_level=None) as held:
        held.execute("BEGIN IMMEDIATE")
        started = time.perf_counter()
        for number in range(1_000):
            note(recorder, f"meanwhile {number}")
        assert time.perf_counter() - started < 1.0
        assert [record.english for record in recorder.records(ALL)] == ["before"]
        held.execute("COMMIT")
    held.close()


def test_where_nothing_can_be_written_answers_go_on_and_it_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FOLDER).write_text("a file where a folder should be")
    recorder = Recorder(tmp_path, 50)
    with caplog.at_level(logging.WARNING, "vitrine.timings"):
        for number in range(5):
            note(recorder, str(number))
            recorder.flush()
    told = [item for item in caplog.records if "is not recorded" in item.message]
    assert len(told) == 1
    assert [record.english for record in recorder.records(ALL)] == ["4", "3", "2", "1", "0"]


def test_a_damaged_file_is_set_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / FILE).write_bytes(b"no database at all" * 100)
    recorder = Recorder(tmp_path, 50)
    note(recorder, "first")
    recorder.flush()
    assert (tmp_path / FOLDER / "timings.damaged").is_file()
    other = Recorder(tmp_path, 50)
    note(other, "second")
    assert [record.english for record in other.records(ALL)] == ["second"]


def test_what_another_release_wrote_is_read_as_far_as_it_can_be(recorder: Recorder, tmp_path: Path) -> None:
    note(recorder, "old", recipe={"n": "5"})
    note(recorder, "new", recipe={"n": "6"})
    recorder.flush()
    held = sqlite3.connect(tmp_path / FOLDER / FILE)
    held.execute("UPDATE answers SET steps = '[[\"sql\", 1.0, 0]]', recipe = '[1' WHERE english = 'old'")
    held.commit()
    held.close()
    new, old = recorder.records(ALL)
    assert (old.english, old.steps, old.recipe) == ("old", (), None)
    assert (new.english, len(new.steps), new.recipe) == ("new", 1, {"n": "6"})

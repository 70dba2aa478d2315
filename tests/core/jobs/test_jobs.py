"""Jobs in a worker process: done, failed, cancelled, killed and gone on with, one after the other."""

import json
import logging
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.encoders.protocol import Encoder
from core.errors import BusyError, InputError, NotFoundError, SourceError, StorageError
from core.ingest.plan import IngestRequest
from core.ingest.progress import Progress
from core.jobs.broker import HeldError
from core.jobs.job import Job, State, load_job, new_job, now, save_job
from core.settings import Settings
from core.tasks import KINDS
from core.worker import MOST_DEATHS, run_job
from core.workspace import Workspace

WAIT_SECONDS = 100


@pytest.fixture
def space(tmp_path: Path, encoder: Encoder) -> Iterator[Workspace]:
    opened = Workspace.open(Settings(workspace=tmp_path / "workspace"), encoder)
    yield opened
    for worker in workers():
        worker.kill()


@pytest.fixture
def unworked(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace whose jobs nobody takes up but the test."""
    monkeypatch.setattr(space.supervisor, "ensure", lambda: None)
    return space


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_CHUNK_ROWS", "20")
    monkeypatch.setenv("VITRINE_BATCH_IMAGES", "5")


def until(told: Callable[[], Any]) -> Any:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        if found := told():
            return found
        time.sleep(0.05)
    raise AssertionError("waited too long")


def workers() -> list[psutil.Process]:
    """Living workers that this process started."""
    children = psutil.Process().children(recursive=True)
    return [one for one in children if one.status() != psutil.STATUS_ZOMBIE and "core.worker" in one.cmdline()]


def ensure_worker(space: Workspace) -> None:
    """Ask for a worker until there is one, as a server does every second."""

    def there() -> bool:
        space.supervisor.ensure()
        return bool(workers())

    until(there)


def end_of(space: Workspace, job: Job) -> Job:
    def ended() -> Job | None:
        latest = space.jobs.get(job.id)
        return latest if latest.ended else None

    found: Job = until(ended)
    return found


def kill_worker() -> None:
    for worker in workers():
        worker.kill()
        worker.wait()


@pytest.mark.usefixtures("small_steps")
def test_a_killed_worker_s_job_is_taken_up_by_the_next(
    space: Workspace, tmp_path: Path, small_source: Callable[..., Path]
) -> None:
    source = small_source(tmp_path / "source", 400, first=1_000)
    job = space.start_ingest(IngestRequest(str(source), "killed", text_columns=("count",)), who="Ada")
    assert (job.state, job.who, job.collection) == (State.QUEUED, "Ada", "killed")
    until(lambda: space.names() and space.collection("killed").count() >= 20)
    assert space.jobs.get(job.id).state is State.RUNNING
    kill_worker()
    assert space.jobs.get(job.id).state is State.INTERRUPTED
    held = space.collection("killed").count()
    assert 20 <= held < 400

    ensure_worker(space)
    done = end_of(space, job)
    assert done.state is State.DONE, done.error
    assert done.attempts == 2
    assert done.result is not None
    assert done.result["images_unchanged"] >= 20
    assert done.counts["images_unchanged"] + done.counts["images_added"] == 400
    assert done.started <= done.finished
    assert space.collection("killed").count() == 400
    log = space.jobs.log(job.id)
    assert all(line in log for line in ("Asked for by Ada.", "Begun.", "Taken up again, attempt 2.", "Done."))


def test_jobs_of_one_collection_run_one_after_the_other_in_the_order_asked(
    space: Workspace, tmp_path: Path, small_source: Callable[..., Path]
) -> None:
    first = space.start_ingest(IngestRequest(str(small_source(tmp_path / "a", 40)), "one"))
    second = space.start_ingest(IngestRequest(str(small_source(tmp_path / "b", 30, first=500)), "one"))
    other = space.start_ingest(IngestRequest(str(small_source(tmp_path / "c", 10)), "two"))
    ahead = space.jobs.ahead_of(second)
    assert ahead is not None
    assert ahead.id == first.id
    assert space.jobs.ahead_of(other) is None
    ended = [end_of(space, job) for job in (first, second, other)]
    assert [job.state for job in ended] == [State.DONE] * 3, [job.error for job in ended]
    assert space.collection("one").count() == 70
    assert [job.id for job in space.jobs.all()] == [other.id, second.id, first.id]
    assert len(workers()) == 1


@pytest.mark.usefixtures("small_steps")
def test_a_running_job_is_cancelled_at_its_next_step_and_can_be_tried_again(
    space: Workspace, tmp_path: Path, small_source: Callable[..., Path]
) -> None:
    job = space.start_ingest(IngestRequest(str(small_source(tmp_path / "source", 400)), "stopped"))
    until(lambda: space.names() and space.collection("stopped").count() >= 20)
    space.jobs.cancel(job.id)
    assert end_of(space, job).state is State.CANCELLED
    assert space.collection("stopped").count() < 400
    assert len(workers()) == 1  # the worker lives on
    space.retry(job.id)
    assert end_of(space, job).state is State.DONE
    assert space.collection("stopped").count() == 400


@pytest.mark.usefixtures("small_steps")
def test_a_worker_that_is_asked_to_end_hands_its_job_back(
    space: Workspace, tmp_path: Path, small_source: Callable[..., Path]
) -> None:
    job = space.start_ingest(IngestRequest(str(small_source(tmp_path / "source", 400)), "handed"))
    until(lambda: space.names() and space.collection("handed").count() >= 20)
    (worker,) = workers()
    worker.send_signal(signal.SIGTERM)
    worker.wait(30)
    assert space.jobs.get(job.id).state is State.QUEUED
    ensure_worker(space)
    assert end_of(space, job).state is State.DONE


def test_a_supervisor_takes_up_what_a_dead_server_left(
    unworked: Workspace, tmp_path: Path, small_source: Callable[..., Path], encoder: Encoder
) -> None:
    job = unworked.start_ingest(IngestRequest(str(small_source(tmp_path / "source", 10)), "left"))
    restarted = Workspace.open(unworked.settings, encoder)
    restarted.supervisor.watch()
    assert end_of(restarted, job).state is State.DONE
    restarted.supervisor.stop()


def test_a_waiting_job_is_cancelled_at_once(unworked: Workspace) -> None:
    job = unworked.start_ingest(IngestRequest("/no/such/folder", "never"))
    assert unworked.jobs.cancel(job.id).state is State.CANCELLED
    assert run_job(unworked, job.id).state is State.CANCELLED
    with pytest.raises(BusyError, match="ended already"):
        unworked.jobs.cancel(job.id)


def test_a_failed_job_tells_title_detail_and_hint(unworked: Workspace) -> None:
    job = run_job(unworked, unworked.start_ingest(IngestRequest("/no/such/folder", "never")).id)
    assert job.state is State.FAILED
    with pytest.raises(SourceError) as caught:
        unworked.ingest(IngestRequest("/no/such/folder", "never"))
    assert job.error == {"title": caught.value.title, "detail": caught.value.detail, "hint": caught.value.hint}
    assert unworked.jobs.get(job.id) == job
    assert unworked.names() == []
    assert unworked.jobs.retry(job.id).state is State.QUEUED


def test_a_bug_is_told_without_traceback_and_stands_in_the_jobs_log(unworked: Workspace) -> None:
    job = run_job(unworked, unworked.jobs.submit("no such kind", {}).id)
    assert job.state is State.FAILED
    assert job.error is not None
    assert job.error["detail"] == "KeyError: 'no such kind'"
    assert "Traceback" not in json.dumps(job.error)
    assert "Traceback" in unworked.jobs.log(job.id)


def test_a_job_that_kills_its_workers_ends_as_failed(unworked: Workspace) -> None:
    job = unworked.jobs.submit("ingest", {})
    for left in (90, 50, 50, 50):  # the second got further than the first
        job = replace(job.taken_up(), stage="Adding", total=100, done=100 - left)
    assert job.deaths == MOST_DEATHS - 1
    unworked.jobs.save(job)
    assert unworked.jobs.get(job.id).state is State.INTERRUPTED
    ended = run_job(unworked, job.id)
    assert ended.state is State.FAILED
    assert ended.error is not None
    assert "worker died" in ended.error["title"]


def test_a_job_is_run_once_however_often_it_is_offered(unworked: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def slow(space: Workspace, asked: Any, report: Any) -> dict[str, Any]:
        ran.append("once")
        time.sleep(0.3)
        return {}

    monkeypatch.setattr("core.worker.KINDS", {**KINDS, "slow": slow})
    job = unworked.jobs.submit("slow", {})
    threads = [threading.Thread(target=run_job, args=(unworked, job.id)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run_job(unworked, job.id)
    assert ran == ["once"]
    assert unworked.jobs.get(job.id).state is State.DONE


def test_progress_tells_rate_and_time_left(unworked: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []

    def counting(space: Workspace, asked: Any, report: Callable[[Progress], None]) -> dict[str, Any]:
        for done in range(0, 50, 10):
            report(Progress("Counting", done, 100, 1))
            time.sleep(0.35)
            seen.append(space.jobs.get(job.id).told())
        return {"counted": 40, "name": "x"}

    monkeypatch.setattr("core.worker.KINDS", {**KINDS, "counting": counting})
    job = unworked.jobs.submit("counting", {})
    ended = run_job(unworked, job.id)
    assert (seen[-1]["done"], seen[-1]["total"], seen[-1]["bad"], seen[-1]["stage"]) == (40, 100, 1, "Counting")
    assert 10 < seen[-1]["rate"] < 40
    assert 1 < seen[-1]["seconds_left"] < 10
    assert ended.counts == {"counted": 40}
    assert [job.state for job in unworked.jobs.watch(job.id)] == [State.DONE]


def test_a_full_disk_does_not_keep_a_job_from_ending(unworked: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    unworked.jobs.keep_reserve()
    reserve = unworked.jobs.folder / "reserve"
    assert reserve.stat().st_size > 100_000

    def full(folder: Path, job: Job) -> None:
        if reserve.exists():
            raise OSError(28, "No space left on device")
        save_job(folder, job)

    job = unworked.jobs.submit("ingest", {"source": "/no/such", "collection": "never"}, "never")
    monkeypatch.setattr("core.jobs.runner.save_job", full)
    assert run_job(unworked, job.id).state is State.FAILED
    assert unworked.jobs.get(job.id).state is State.FAILED


def test_a_lease_is_held_by_one(unworked: Workspace) -> None:
    broker = unworked.jobs.broker
    with broker.lease("x"):
        assert broker.is_held("x")
        with pytest.raises(HeldError), broker.lease("x"):
            pass
    assert not broker.is_held("x")


def test_jobs_are_listed_newest_first_by_state_and_in_pages(unworked: Workspace) -> None:
    assert unworked.jobs.all() == []
    ids = [unworked.jobs.submit("ingest", {"number": number}).id for number in range(5)]
    unworked.jobs.cancel(ids[1])
    assert [job.id for job in unworked.jobs.all(3)] == ids[::-1][:3]
    assert [job.id for job in unworked.jobs.all(3, before=ids[2])] == [ids[1], ids[0]]
    assert [job.id for job in unworked.jobs.all(state=State.CANCELLED)] == [ids[1]]
    assert [job.id for job in unworked.jobs.under_way()] == [ids[0], *ids[2:]]


@pytest.mark.parametrize("id", ["", "x", "../../etc/passwd", "a" * 500, "1-abcdef", ".", "é", "1\0"])
def test_an_unknown_job_is_not_found(unworked: Workspace, id: str) -> None:
    for ask in (unworked.jobs.get, unworked.jobs.cancel, unworked.jobs.retry, unworked.jobs.log):
        with pytest.raises(NotFoundError, match="There is no job"):
            ask(id)


def test_a_record_survives_its_file(tmp_path: Path) -> None:
    job = replace(new_job("ingest", {"source": "ü"}, "c", "Ada"), state=State.DONE, finished=now(), result={"a": [1]})
    save_job(tmp_path, job)
    path = tmp_path / f"{job.id}.json"
    assert load_job(path) == job
    path.write_text(json.dumps({**json.loads(path.read_text()), "of a later version": 1}))
    assert load_job(path) == job
    assert [path.name for path in tmp_path.iterdir()] == [f"{job.id}.json"]


def test_what_other_threads_log_is_not_in_a_jobs_log(unworked: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def talking(space: Workspace, asked: Any, report: Any) -> dict[str, Any]:
        logging.getLogger("x").warning("mine")
        other = threading.Thread(target=logging.getLogger("x").warning, args=("theirs",))
        other.start()
        other.join()
        return {}

    monkeypatch.setattr("core.worker.KINDS", {**KINDS, "talking": talking})
    job = unworked.jobs.submit("talking", {})
    run_job(unworked, job.id)
    assert "mine" in unworked.jobs.log(job.id)
    assert "theirs" not in unworked.jobs.log(job.id)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": "x"}', '{"state": "odd"}'])
def test_a_damaged_record_is_left_aside_and_told(unworked: Workspace, text: str) -> None:
    good, bad = unworked.jobs.submit("index", {}), unworked.jobs.submit("index", {})
    (unworked.jobs.folder / f"{bad.id}.json").write_text(text)
    assert [job.id for job in unworked.jobs.all()] == [good.id]
    assert [job.id for job in unworked.jobs.under_way()] == [good.id]
    unworked.jobs.sweep()
    with pytest.raises(StorageError, match="is damaged"):
        unworked.jobs.get(bad.id)


def test_a_damaged_queue_is_filled_again_from_the_records(unworked: Workspace, encoder: Encoder) -> None:
    job = unworked.jobs.submit("index", {"collection": "x"})
    for file in unworked.jobs.folder.glob("queue.db*"):
        file.unlink()
    (unworked.jobs.folder / "queue.db").write_bytes(b"not a database at all" * 200)
    again = Workspace.open(unworked.settings, encoder)
    again.jobs.sweep()
    assert again.jobs.broker.waiting() == {job.id}


def test_a_job_tried_again_is_never_lost(unworked: Workspace) -> None:
    job = unworked.jobs.submit("index", {"collection": "x"})
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            unworked.jobs.under_way()

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(40):
            unworked.jobs.cancel(job.id)
            until(lambda: retried(unworked, job.id))
            assert [one.id for one in unworked.jobs.under_way()] == [job.id]
    finally:
        stop.set()
        looking.join()


def retried(space: Workspace, id: str) -> bool:
    try:
        return space.jobs.retry(id).state is State.QUEUED
    except BusyError:
        return False


def test_half_a_character_is_told_before_anything_is_recorded(unworked: Workspace) -> None:
    with pytest.raises(InputError, match="cannot be recorded"):
        unworked.start_ingest(IngestRequest("/tmp/\udcff", "x"))
    assert unworked.jobs.under_way() == []


def test_an_ended_job_tells_how_many_items_it_went_through(
    unworked: Workspace, tmp_path: Path, small_source: Callable[..., Path]
) -> None:
    job = unworked.start_ingest(IngestRequest(str(small_source(tmp_path / "source", 30)), "new"))
    done = run_job(unworked, job.id)
    assert (done.done, done.total) == (30, 30)
    index = run_job(unworked, unworked.start_index("new").id)
    assert index.counts == {"images": 30}


def test_indexing_is_cancelled_between_two_indexes(
    unworked: Workspace, tmp_path: Path, small_source: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.worker.WRITE_SECONDS", 0.0)
    run_job(unworked, unworked.start_ingest(IngestRequest(str(small_source(tmp_path / "s", 20)), "new")).id)
    monkeypatch.setattr("core.collection.store.LEAST_INDEXED", 10)
    job, told = unworked.start_index("new"), []

    def saved(job: Job) -> None:
        told.append((job.done, job.total))
        if len(told) == 2:
            unworked.jobs._cancel_mark(job.id).touch()  # as another process would

    monkeypatch.setattr(unworked.jobs, "save", saved)
    assert run_job(unworked, job.id).state is State.CANCELLED
    assert told[1][0] == 0 < told[1][1]


def test_a_collection_that_vanishes_during_a_job_is_told(
    unworked: Workspace, tmp_path: Path, small_source: Callable[..., Path]
) -> None:
    run_job(unworked, unworked.start_ingest(IngestRequest(str(small_source(tmp_path / "s", 10)), "gone")).id)
    job = unworked.start_index("gone")
    shutil.rmtree(unworked.collection("gone").path)
    failed = run_job(unworked, job.id)
    assert failed.error is not None
    assert "gone" in failed.error["title"]

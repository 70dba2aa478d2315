"""Jobs in worker processes: done, failed, killed, gone on with."""

import json
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.encoders.protocol import Encoder
from core.errors import NotFoundError, SourceError
from core.ingest.plan import IngestRequest
from core.jobs.job import Job, State, load_job, now, save_job
from core.jobs.runner import START_SECONDS, Jobs
from core.settings import Settings
from core.worker import run_job
from core.workspace import Workspace

WAIT_SECONDS = 100


@pytest.fixture
def space(tmp_path: Path, encoder: Encoder) -> Workspace:
    return Workspace.open(Settings(workspace=tmp_path / "workspace"), encoder)


def until(told: Callable[[], Any]) -> Any:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        if found := told():
            return found
        time.sleep(0.05)
    raise AssertionError("waited too long")


def workers() -> list[psutil.Process]:
    """Children of this process that are workers or were: a dead one that nobody waited for has no command."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if child.status() == psutil.STATUS_ZOMBIE or "core.worker" in child.cmdline():
                found.append(child)
    return found


def ended(space: Workspace, job: Job) -> Job | None:
    latest = space.jobs.get(job.id)
    return latest if latest.ended else None


def workers_of(job: Job) -> list[psutil.Process]:
    """The processes that run a job; looked for among our own children only."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if child.status() != psutil.STATUS_ZOMBIE and job.id in child.cmdline()]


def queued(space: Workspace, kind: str, parameters: dict[str, Any], age: float = 0.0) -> Job:
    """A recorded job that no worker was started for."""
    folder = space.folder / "jobs"
    folder.mkdir(exist_ok=True)
    job = Job(f"{time.time_ns() - int(age * 1e9):x}-{os.urandom(3).hex()}", kind, parameters, State.QUEUED, now())
    save_job(folder, job)
    return job


def test_a_killed_ingest_is_interrupted_and_a_new_one_goes_on(
    space: Workspace, tmp_path: Path, small_source: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITRINE_CHUNK_ROWS", "20")
    monkeypatch.setenv("VITRINE_BATCH_IMAGES", "5")
    source = small_source(tmp_path / "source", 400, first=1_000)
    request = IngestRequest(str(source), "killed", text_columns=("count",))
    job = space.start_ingest(request)
    assert job.state is State.QUEUED
    until(lambda: space.names() and space.collection("killed").count() >= 20)
    assert space.jobs.get(job.id).state is State.RUNNING
    for worker in workers_of(job):
        worker.kill()
    interrupted = until(lambda: ended(space, job))
    assert interrupted.state is State.INTERRUPTED
    assert interrupted.error is None
    held = space.collection("killed").count()
    assert 20 <= held < 400

    again = space.start_ingest(request)
    stages = set()

    def watch() -> Job | None:
        latest = space.jobs.get(again.id)
        stages.add(latest.stage)
        return latest if latest.ended else None

    done = until(watch)
    assert done.state is State.DONE, done.error
    assert "Adding images" in stages
    assert done.result is not None
    assert done.result["images_unchanged"] >= 20
    assert done.result["images_unchanged"] + done.result["images_added"] == 400
    assert done.started <= done.finished
    assert space.collection("killed").count() == 400
    assert [item.id for item in space.jobs.all()] == [again.id, job.id]
    until(lambda: not workers())  # none is left, not even as a zombie


def test_a_failed_job_tells_title_detail_and_hint(space: Workspace) -> None:
    request = {"source": "/no/such/folder", "collection": "never"}
    job = run_job(space, queued(space, "ingest", request).id)
    assert job.state is State.FAILED
    with pytest.raises(SourceError) as caught:
        space.ingest(IngestRequest("/no/such/folder", "never"))
    assert job.error == {"title": caught.value.title, "detail": caught.value.detail, "hint": caught.value.hint}
    assert space.jobs.get(job.id) == job
    assert space.names() == []


def test_a_bug_in_a_job_is_told_without_traceback_and_logged_with_it(
    space: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="vitrine.worker"):
        job = run_job(space, queued(space, "no such kind", {}).id)
    assert job.state is State.FAILED
    assert job.error is not None
    assert job.error["title"] == "The job stopped."
    assert job.error["detail"] == "KeyError: 'no such kind'"
    assert f"jobs/{job.id}.log" in job.error["hint"]
    assert "Traceback" not in json.dumps(job.error)
    assert caplog.records[-1].exc_info is not None


def test_a_worker_writes_its_bug_to_the_jobs_log(space: Workspace) -> None:
    job = space.jobs.submit("no such kind", {}, space.folder)
    failed = until(lambda: ended(space, job))
    assert failed.state is State.FAILED
    log = (space.folder / "jobs" / f"{job.id}.log").read_text(encoding="utf-8")
    assert "Traceback" in log
    assert "KeyError: 'no such kind'" in log
    until(lambda: not workers_of(job))


def test_a_worker_that_never_came_counts_as_interrupted_after_a_while(space: Workspace) -> None:
    young, old = queued(space, "ingest", {}), queued(space, "ingest", {}, age=START_SECONDS + 1)
    assert space.jobs.get(young.id).state is State.QUEUED
    assert space.jobs.get(old.id).state is State.INTERRUPTED


def test_a_running_job_without_its_lock_is_interrupted_and_with_it_runs(space: Workspace) -> None:
    job = replace(queued(space, "ingest", {}), state=State.RUNNING)
    space.jobs.save(job)
    with space.jobs.lock(job.id):
        assert Jobs(space.folder).get(job.id).state is State.RUNNING
    assert space.jobs.get(job.id).state is State.INTERRUPTED


def test_jobs_come_newest_first_and_bounded(space: Workspace) -> None:
    assert space.jobs.all() == []
    jobs = [queued(space, "ingest", {"number": number}) for number in range(5)]
    assert [job.id for job in space.jobs.all(3)] == [job.id for job in jobs[::-1][:3]]


@pytest.mark.parametrize("id", ["", "x", "../../etc/passwd", "a" * 500, "1-abcdef", ".", "é", "1\0"])
def test_an_unknown_job_is_not_found(space: Workspace, id: str) -> None:
    with pytest.raises(NotFoundError, match="There is no job"):
        space.jobs.get(id)


def test_a_record_survives_its_file(tmp_path: Path) -> None:
    job = Job("1-abcdef", "ingest", {"source": "ü"}, State.DONE, now(), "x", 3, 4, 1, now(), now(), {"a": [1]}, None)
    save_job(tmp_path, job)
    assert load_job(tmp_path / "1-abcdef.json") == job
    assert [path.name for path in tmp_path.iterdir()] == ["1-abcdef.json"]

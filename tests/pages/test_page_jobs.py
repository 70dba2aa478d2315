"""The page of jobs: what runs, what waits, how each ended, and what can be done."""

from pathlib import Path

import pytest
from drawn import Open
from shown import button, sound, words

from core.ingest.plan import IngestRequest
from core.jobs.job import State
from core.worker import run_job
from core.workspace import Workspace


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)


def test_without_jobs_it_says_what_would_appear(open_page: Open) -> None:
    assert "No job here" in words(sound(open_page("jobs")))


def test_a_failed_job_tells_why_its_log_and_is_tried_again(open_page: Open, workspace: Workspace) -> None:
    job = workspace.start_ingest(IngestRequest("/no/such/<b>", "shop"), "Ada")
    run_job(workspace, job.id)
    at = open_page("jobs", workspace.folder)
    shown = words(at).replace("\\", "")
    assert "Bring /no/such/<b> into shop" in shown
    assert "by Ada" in shown
    assert "/no/such/<b>" in at.error[0].value.replace("\\", "")
    assert "Failed:" in at.code[0].value
    button(at, "Try again").click().run()
    assert workspace.jobs.get(job.id).state is State.QUEUED
    button(at, "Cancel").click().run()
    assert workspace.jobs.get(job.id).state is State.CANCELLED


def test_a_job_that_waits_says_for_what(open_page: Open, workspace: Workspace, tmp_path: Path) -> None:
    workspace.start_ingest(IngestRequest(str(tmp_path), "shop"))
    workspace.start_index("shop")
    at = sound(open_page("jobs", workspace.folder))
    told = [bar.proto.text.replace("\\", "") for bar in at.get("progress")]
    bringing = f"Bring {tmp_path} into shop"
    assert told == [f"Index shop: waits for “{bringing}”", f"{bringing}: waits for a worker"]


def test_the_state_chosen_is_in_the_link(open_page: Open, workspace: Workspace) -> None:
    failed = workspace.start_ingest(IngestRequest("/no/such", "shop"))
    run_job(workspace, failed.id)
    done = workspace.start_index("shop")
    assert run_job(workspace, done.id).state is State.DONE
    at = sound(open_page("jobs", workspace.folder, state="Done"))
    shown = words(at)
    assert "Index shop" in shown
    assert "into shop" not in shown
    assert "No job here" in words(sound(open_page("jobs", workspace.folder, state="Cancelled")))


def test_more_than_a_page_of_jobs_is_shown_on_demand(open_page: Open, workspace: Workspace) -> None:
    for _ in range(23):
        workspace.jobs.cancel(workspace.start_index("shop").id)
    at = sound(open_page("jobs", workspace.folder))
    assert len([one for one in at.button if one.label == "Try again"]) == 20
    button(at, "Show more").click().run()
    assert len([one for one in at.button if one.label == "Try again"]) == 23

"""Quality: how exact answers are, measured and quoted."""

from dataclasses import replace

import pytest
from drawn import Open
from shown import button, sound, words

from core.audit.figures import Point, Setting, save_audit
from core.audit.run import AuditRequest
from core.jobs.supervisor import Supervisor
from core.operations.measuring import run_audit
from core.query.recipe import Accuracy
from core.workspace import Workspace


def test_not_measured_yet_and_then_a_job(
    open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Supervisor, "ensure", lambda self: None)
    at = sound(open_page("quality", workspace.folder, collection="shop"))
    assert "every answer is exact" in words(at)
    assert "Not measured yet" in words(at)
    button(at, "Measure").click().run()
    assert [(job.kind, job.collection) for job in workspace.jobs.under_way()] == [("audit", "shop")]
    assert not [item for item in sound(at).button if item.label == "Measure"]


def test_the_figures_stand_in_a_table_with_the_curve(open_page: Open, workspace: Workspace) -> None:
    found = run_audit(workspace, "shop", AuditRequest(k=5, questions=8))
    at = sound(open_page("quality", workspace.folder, collection="shop"))
    assert "4 images and 4 texts asked for their 5 nearest of 71 images" in words(at)
    table = next(frame.value for frame in at.dataframe if "Recall" in frame.value)
    assert list(table["Recall"]) == ["1.000"] * len(found.settings)
    assert not at.get("plotly_chart")
    point = Point("20 %", False, 5, 10, 0.9876, 0.8, 3.0, 5.0, 5)
    quick = Setting(Accuracy.QUICK, False, replace(point, label="quick"))
    save_audit(workspace.folder, replace(found, settings=(quick,), curve=(point, replace(point, recall=1.0))))
    at = sound(open_page("quality", workspace.folder, collection="shop"))
    table = next(frame.value for frame in at.dataframe if "Recall" in frame.value)
    assert list(table["Recall"]) == ["0.987"]
    assert len(at.get("plotly_chart")) == 1

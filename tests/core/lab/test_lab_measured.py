"""Limits, sizes and stores: what is measured, what is left out, and how it is kept."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.errors import EncoderError, InputError
from core.jobs.supervisor import Supervisor
from core.lab import limits as lab_limits
from core.lab import scale as lab_scale
from core.lab.bench import BenchRequest
from core.lab.estimate import estimate
from core.lab.growth import Kind
from core.lab.kept import MOST_KEPT, Part, keep, kept_files, latest, record_of
from core.lab.limits import LimitsRequest, Subject, check_limits, measure_limits
from core.lab.scale import ScaleRequest, check_scale, measure_scale, read_growths, sizes_for
from core.lab.storage import StorageRequest, check_storage, measure_storage
from core.operations.lab import run_lab, start_lab, usual_assumptions
from core.tasks import KINDS
from core.workspace import Workspace


def subject_of(workspace: Workspace) -> Subject:
    catalog = workspace.catalog("things")
    encoder = partial(workspace.encoders.that_made, "things", catalog.encoder)
    searcher = workspace.searcher("things")
    return Subject(workspace.collection("things"), catalog, searcher, workspace.originals, workspace.settings, encoder)


def steps_at(found: dict[str, Any], recipe: int = 0) -> dict[int, dict[str, int]]:
    told: dict[int, dict[str, int]] = {}
    for point in found["points"]:
        if point["recipe"] == recipe:
            told.setdefault(point["limit"], {})[point["step"]] = point["images"]
    return told


def test_every_step_is_measured_at_every_limit(workspace: Workspace) -> None:
    found = measure_limits(subject_of(workspace), LimitsRequest(({}, {"terms": '[["text","red",1]]'}), (10, 0), 2))
    every = ("query", "fetch", "read", "decode", "augment", "encode")
    assert steps_at(found) == {10: dict.fromkeys(every, 10), 0: dict.fromkeys(every, 60)}
    assert steps_at(found, 1) == steps_at(found)
    assert all(point["milliseconds"]["runs"] == 2 for point in found["points"])
    assert all(0 < point["milliseconds"]["low"] <= point["milliseconds"]["median"] for point in found["points"])
    assert [one["matching"] for one in found["recipes"]] == [60, 60]
    assert found["left_out"] == []
    assert json.loads(json.dumps(found)) == found


def test_a_limit_beyond_what_there_is_is_not_measured_twice(workspace: Workspace) -> None:
    request = LimitsRequest(({},), (10, 100, 1_000, 0), 1, processing=False)
    assert steps_at(measure_limits(subject_of(workspace), request)) == {
        10: {"query": 10, "fetch": 10},
        100: {"query": 60, "fetch": 60},
    }


def test_what_would_take_too_long_is_left_out_and_said(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_limits, "_in_proportion", lambda last, images: 0.0 if last is None else 999.0)
    found = measure_limits(subject_of(workspace), LimitsRequest(({},), (10, 0), 1, processing=False))
    assert list(steps_at(found)) == [10]
    assert [(one["limit"], one["step"], one["seconds"]) for one in found["left_out"]] == [(0, "query", 999.0)]


def test_where_the_encoder_is_gone_the_rest_is_measured(workspace: Workspace) -> None:
    def gone() -> Any:
        raise EncoderError("The encoder is gone.")

    subject = subject_of(workspace)
    subject.encoder = gone
    found = measure_limits(subject, LimitsRequest(({},), (10,), 1))
    assert set(steps_at(found)[10]) == {"query", "fetch", "read", "decode", "augment"}
    assert "The encoder is gone." in found["notes"][0]


@pytest.mark.parametrize(
    "asked",
    [
        {"limits": []},
        {"limits": [-1]},
        {"recipes": []},
        {"repetitions": 0},
        {"pipeline": "no such preset"},
        {"unknown": 1},
        {"limits": ["many"]},
        {"seconds": 0},
    ],
)
def test_limits_that_make_no_sense_are_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"."):
        check_limits(asked)
    assert check_limits({"limits": [10, 10, 0]}).limits == (10, 0)


def test_all_four_stores_give_the_same_bytes_and_are_timed(workspace: Workspace) -> None:
    catalog, collection = workspace.catalog("things"), workspace.collection("things")
    found = measure_storage(collection, catalog, workspace.originals, StorageRequest(20, 2))
    assert (found["images"], found["held"], found["thumbnails"]) == (20, 60, 0)
    ways = {(one["store"], one["together"]) for one in found["points"]}
    assert ways == {
        ("loose files", False),
        ("one HDF5 file", False),
        ("one HDF5 file", True),
        ("one zip", False),
        ("Lance table", False),
        ("Lance table", True),
    }
    assert all(
        one["images_per_second"] > 0 and one["bytes"] > 60 * found["mean_bytes"] * 0.9 for one in found["points"]
    )
    assert json.loads(json.dumps(found)) == found


def test_thumbnails_stand_in_for_originals_that_are_gone(workspace: Workspace, tmp_path: Path) -> None:
    class Gone:
        def read(self, uri: str) -> bytes:
            return b"another picture"

    found = measure_storage(workspace.collection("things"), workspace.catalog("things"), Gone(), StorageRequest(5, 1))  # type: ignore[arg-type]
    assert found["thumbnails"] == 20
    assert "20 originals could not be had" in found["notes"][0]


def test_stores_that_cannot_be_compared_are_told(workspace: Workspace) -> None:
    for asked in ({"images": 0}, {"rounds": 0}, {"many": 3}):
        with pytest.raises(InputError):
            check_storage(asked)


def test_sizes_grow_evenly_to_the_largest() -> None:
    assert sizes_for(ScaleRequest(1_000_000, 5)) == [10_000, 32_000, 100_000, 320_000, 1_000_000]
    assert sizes_for(ScaleRequest(1_000, 4))[0] >= 100
    for asked in ({"largest": 10}, {"steps": 2}, {"runs": 0}, {"many": 1}):
        with pytest.raises(InputError):
            check_scale(asked)


def test_sizes_are_measured_and_their_growth_is_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[BenchRequest] = []

    def measured(folder: Path, request: BenchRequest, report: Any) -> dict[str, Any]:
        asked.append(request)
        figures = {"facets_ms": 1 + request.rows / 1_000, "search_ms": 5.0, "open_s": request.rows**2 / 1e9}
        details = {"table_bytes": 2_500 * request.rows, "index_bytes": 90 * request.rows}
        return {"rows": request.rows, "figures": figures, "spreads": {}, "details": details}

    monkeypatch.setattr(lab_scale, "measure_sized", measured)
    found = measure_scale(None, ScaleRequest(30_000, 5))
    assert [one.rows for one in asked] == [one["rows"] for one in found["sizes"]] == sizes_for(ScaleRequest(30_000, 5))
    assert found["synthetic"] is True
    assert (found["table_bytes_each"], found["index_bytes_each"]) == (2_500, 90)
    growths = read_growths(json.loads(json.dumps(found)))
    assert growths["facets_ms"] is not None
    assert growths["facets_ms"].kind is Kind.LINEAR
    assert growths["search_ms"] is not None
    assert growths["search_ms"].kind is Kind.CONSTANT
    assert growths["open_s"] is None
    (one,) = estimate(lab_assumed(), growths, [1_000_000])
    assert one.facets_ms == pytest.approx(1_001)
    assert one.search_ms == lab_assumed().search_ms  # measured where every vector is compared


def lab_assumed() -> Any:
    from core.lab.estimate import Assumptions

    return Assumptions()


def test_an_own_collection_is_enlarged_and_measured(workspace: Workspace, own_workspace: Workspace) -> None:
    found = run_lab(own_workspace, "things", "scale", {"largest": 1_000, "steps": 4, "runs": 1})
    assert [one["rows"] for one in found["sizes"]] == sizes_for(ScaleRequest(1_000, 4))
    assert found["of"] == "things"
    assert all(one["figures"]["search_recall"] == 1.0 for one in found["sizes"])
    assert latest(own_workspace.folder, "things", Part.SCALE) == found


def test_measurements_are_kept_and_the_oldest_go(tmp_path: Path) -> None:
    for number in range(MOST_KEPT + 3):
        keep(tmp_path, record_of(Part.LIMITS, "things", number, 60, {"points": [], "seconds": 0.1}))
    files = kept_files(tmp_path, "things", Part.LIMITS)
    assert len(files) == MOST_KEPT
    found = latest(tmp_path, "things", Part.LIMITS)
    assert found is not None
    assert found["version"] == MOST_KEPT + 2
    files[0].write_text("{ not JSON")
    again = latest(tmp_path, "things", Part.LIMITS)
    assert again is not None
    assert again["version"] == MOST_KEPT + 1
    assert latest(tmp_path, "things", Part.STORAGE) is None


def test_a_job_of_the_lab_keeps_its_record(own_workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Supervisor, "ensure", lambda self: None)
    job = start_lab(own_workspace, "things", "limits", {"limits": [10], "repetitions": 1, "processing": False}, "me")
    assert (job.kind, job.writes, job.collection) == ("lab", False, "things")
    result = KINDS["lab"](own_workspace, job.parameters, lambda progress: None)
    assert (result["part"], result["images"]) == ("limits", 60)
    found = latest(own_workspace.folder, "things", Part.LIMITS)
    assert found is not None
    assert steps_at(found) == {10: {"query": 10, "fetch": 10}}
    with pytest.raises(InputError, match="limts"):
        start_lab(own_workspace, "things", "limts", {})
    with pytest.raises(InputError):
        start_lab(own_workspace, "things", "storage", {"images": -1})


def test_assumptions_begin_with_what_is_known(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assumed = usual_assumptions(workspace, "things")
    assert assumed.dimension == workspace.collection("things").encoder.dimension
    assert 0 < assumed.thumbnail_bytes < 4_000
    assert assumed.images_per_second == 40

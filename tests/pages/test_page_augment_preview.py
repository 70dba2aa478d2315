"""Augment: variants beside their originals, a filmstrip of one number, and what a pipeline does to search."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from drawn import Open
from shown import button, linked, sound, told, words
from streamlit.testing.v1 import AppTest

from core.augment.apply import apply
from core.augment.pipeline import parse_pipeline
from core.augment.text import to_link
from core.augment.words import steps_in_words
from core.effect.figures import load_effect, save_effect
from core.errors import ImageError
from core.ingest.pictures import Stored, full_pixels
from core.jobs.supervisor import Supervisor
from core.operations.measuring import run_effect
from core.worker import run_job
from core.workspace import Workspace
from ui.subjects import Subject, pixels

ROTATE = parse_pipeline({"name": "turned", "steps": [{"transform": "Rotate", "limit": 40, "p": 1}]})


def figures(at: AppTest) -> list[str]:
    """The HTML of every picture on the page."""
    found: list[str] = []
    for item in at.get("html"):
        found += re.findall(r"<figure.*?</figure>", item.proto.body, re.DOTALL)
    return found


def box(at: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(item for item in at.selectbox if item.label == label)


def test_rows_of_variants_stand_beside_their_originals(open_page: Open, workspace: Workspace) -> None:
    at = sound(open_page("augment", workspace.folder, collection="shop", pipeline=to_link(ROTATE)))
    shown = figures(at)
    originals = [place for place, figure in enumerate(shown) if 'class="original"' in figure]
    assert originals == [0, 5, 10, 15, 20]
    assert all("data:image/jpeg;base64," in figure and "alt=" in figure for figure in shown)
    catalog = workspace.catalog("shop")
    row = workspace.searcher("shop", catalog).run(parse(catalog)).hits[0].row
    image = full_pixels(
        Stored(row.id, str(row.values["uri"]), row.content_hash), workspace.originals, workspace.settings
    )
    for variant in range(4):
        (said,) = steps_in_words(apply(ROTATE, image, variant, row.id).drawn)
        assert said in shown[1 + variant]
        assert "All values" in shown[1 + variant]


def parse(catalog: object):  # type: ignore[no-untyped-def]
    from core.query.recipe import Recipe

    return Recipe(limit=5)


def test_what_is_shown_lives_in_the_link(open_page: Open, workspace: Workspace) -> None:
    at = sound(open_page("augment", workspace.folder, collection="shop", pipeline="weak"))
    button(at, "More images").click().run()
    assert linked(sound(at), "upto") == "10"
    assert len([figure for figure in figures(at) if 'class="original"' in figure]) == 10
    box(at, "Variants of each").select(2).run()
    assert linked(sound(at), "variants") == "2"
    at = sound(
        open_page("augment", workspace.folder, collection="shop", pipeline="weak", show="Ten at random", seed="4")
    )
    drawn = [figure for figure in figures(at) if 'class="original"' in figure]
    assert len(drawn) == 10
    button(at, "Draw again").click().run()
    again = [figure for figure in figures(sound(at)) if 'class="original"' in figure]
    assert linked(at, "seed") == "5"
    assert again != drawn
    at = sound(
        open_page("augment", workspace.folder, collection="shop", pipeline="weak", show="Ten at random", seed="4")
    )
    assert [figure for figure in figures(at) if 'class="original"' in figure] == drawn


def test_other_variants_are_drawn_by_the_next_seed(open_page: Open, workspace: Workspace) -> None:
    at = sound(open_page("augment", workspace.folder, collection="shop", pipeline="strong.7"))
    before = figures(at)
    assert "seed 7" in words(at)
    at.button(key="re-roll beside pictures").click().run()
    assert linked(sound(at), "pipeline") == "strong.8"
    after = figures(at)
    assert (before[0], before[1:5]) == (after[0], before[1:5])
    assert after[1:5] != before[1:5]
    at = sound(open_page("augment", workspace.folder, collection="shop", pipeline="strong.7"))
    assert figures(at)[:25] == before[:25]


def test_what_is_not_random_is_shown_once(open_page: Open, workspace: Workspace) -> None:
    at = sound(open_page("augment", workspace.folder, collection="one", pipeline="fit-square"))
    assert len([figure for figure in figures(at) if "Variant" in figure]) == 1
    assert at.button(key="re-roll beside pictures").disabled


def test_what_takes_long_waits_for_a_click(
    open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.variants.SECONDS", -1.0)
    at = sound(open_page("augment", workspace.folder, collection="shop", pipeline="weak"))
    assert "4 more to make" in words(at)
    monkeypatch.setattr("ui.variants.SECONDS", 60.0)
    button(at, "Go on").click().run()
    assert len([figure for figure in figures(sound(at)) if 'class="original"' in figure]) == 5


def test_a_failure_stands_in_its_place_and_an_id_is_no_markup(open_page: Open, workspace: Workspace) -> None:
    crop = parse_pipeline({"name": "<b>", "steps": [{"transform": "RandomCrop", "height": 4_000, "width": 4_000}]})
    at = sound(open_page("augment", workspace.folder, collection="hostile", pipeline=to_link(crop)))
    shown = figures(at)
    failed = [figure for figure in shown if "failed" in figure]
    assert len(failed) > 3
    assert all("cannot be applied to a picture of" in figure and "<b>”" not in figure for figure in failed)
    assert "<script" not in "".join(shown)


def test_an_original_that_is_gone_says_so(open_page: Open, workspace: Workspace, tmp_path: Path) -> None:
    source = next(Path(uri) for uri in uris(workspace))
    kept = source.with_suffix(".kept")
    shutil.move(source, kept)
    try:
        at = sound(open_page("augment", workspace.folder, collection="one", pipeline="weak"))
        (failed, *_) = figures(at)
        assert "failed" in failed
        assert len(figures(at)) <= 1 + 8
    finally:
        shutil.move(kept, source)


def uris(workspace: Workspace) -> list[str]:
    rows = workspace.catalog("one").rows(["0"])
    return [str(row.values["uri"]).removeprefix("file://") for row in rows]


def kept(workspace: Workspace) -> list[Path]:
    """Every file of the workspace but those that tell how long answers took."""
    files = (path for path in workspace.folder.rglob("*") if path.is_file())
    return sorted(path for path in files if path.relative_to(workspace.folder).parts[0] != "timings")


def test_a_given_picture_is_changed_and_kept_nowhere(open_page: Open, workspace: Workspace) -> None:
    at = sound(open_page("augment", workspace.folder, collection="shop", pipeline="weak", show="Your picture"))
    assert figures(at) == []
    data = Path(uris(workspace)[0]).read_bytes()
    uploader = next(item for item in at.get("file_uploader") if "kept nowhere" in item.label)
    before = kept(workspace)
    uploader.upload("mine.png", data, "image/png").run()
    assert "mine.png" in figures(sound(at))[0]
    assert len([figure for figure in figures(at) if "Variant" in figure]) == 4
    uploader = next(item for item in at.get("file_uploader") if "kept nowhere" in item.label)
    uploader.upload("broken.png", b"nothing", "image/png").run()
    assert any("This is not an image" in figure for figure in figures(sound(at)))
    assert kept(workspace) == before


def test_a_filmstrip_shows_one_number_at_eight_values(open_page: Open, workspace: Workspace) -> None:
    at = sound(open_page("augment", workspace.folder, collection="shop", pipeline=to_link(ROTATE), film="0:limit"))
    frames = figures(at)[-8:]
    values = [re.search(r'class="value">([^<]*)<', figure) for figure in frames]
    assert [value.group(1) for value in values if value] == [
        "−180",
        "−129",
        "−77.1",
        "−25.7",
        "25.7",
        "77.1",
        "129",
        "180",
    ]
    at = sound(
        open_page(
            "augment", workspace.folder, collection="shop", pipeline="strong", film="3.2:quality_range", span="5,19"
        )
    )
    values = [re.search(r'class="value">([^<]*)<', figure) for figure in figures(at)[-8:]]
    assert [value.group(1) for value in values if value] == ["5", "7", "9", "11", "13", "15", "17", "19"]
    assert box(at, "Number").value == "3.2:quality_range"
    at = sound(open_page("augment", workspace.folder, collection="shop", pipeline="strong", film="x", span="a,b"))
    assert box(at, "Number").value.startswith("1:")


def test_a_filmstrip_of_a_number_next_to_nothing_shows_eight_values(open_page: Open, workspace: Workspace) -> None:
    link = to_link(parse_pipeline({"steps": [{"transform": "ElasticTransform", "alpha": 1e-7}]}))
    at = sound(open_page("augment", workspace.folder, collection="shop", pipeline=link, film="0:alpha"))
    values = [re.search(r'class="value">([^<]*)<', figure) for figure in figures(at)[-8:]]
    assert len({value.group(1) for value in values if value}) == 8


def test_a_result_without_images_says_what_to_do(open_page: Open, workspace: Workspace) -> None:
    link = {"where": '[["id","in",["no such image"]]]'}
    at = sound(open_page("augment", workspace.folder, collection="shop", **link))
    assert "No image matches" in words(at)
    at = sound(open_page("augment", workspace.folder, collection="shop", part="Effect on search", **link))
    assert "too few images" in words(at)


# Effect on search


def test_not_measured_yet_and_then_a_job(
    open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Supervisor, "ensure", lambda self: None)
    at = sound(open_page("augment", workspace.folder, collection="shop", part="Effect on search", pipeline="weak.3"))
    assert "How far does this pipeline move images" in words(at)
    button(at, "Measure").click().run()
    sound(at)
    (job,) = workspace.jobs.under_way()
    assert (job.kind, job.collection, job.parameters["pipeline"]["seed"]) == ("effect", "shop", 3)
    assert job.parameters["sample"] == 200
    assert not [item for item in at.button if item.label == "Measure"]


def test_a_measurement_is_told_plotted_and_shown_by_examples(open_page: Open, workspace: Workspace) -> None:
    run_effect(
        workspace, {"collection": "shop", "pipeline": ROTATE.to_dict(), "sample": 12}, lambda progress: None
    )  # fmt: skip
    link = {"collection": "shop", "part": "Effect on search", "pipeline": to_link(ROTATE)}
    at = sound(open_page("augment", workspace.folder, **link))
    said = words(at).replace("\\", "")
    found = load_effect(workspace.folder, "shop", ROTATE.to_dict())
    assert found is not None
    assert "“turned” keeps" in said
    assert "of images findable at rank 1" in said
    assert "Turning by up to 40° keeps" in said
    assert "on 12 images drawn at random (seed 0)" in said
    assert len(at.get("plotly_chart")) == 2
    assert len([figure for figure in figures(at) if "Original" in figure]) == 4
    box(at, "Images that moved most by").select("1@0.25").run()
    assert linked(sound(at), "change") == "1@0.25"
    assert "Moved most by rotate, limit ±10°" in words(at).replace("\\", "")
    at = sound(open_page("augment", workspace.folder, **link, where='[["id","in",["0","1","2"]]]'))
    assert "not on “" in words(at).replace("\\", "")
    save_effect(workspace.folder, replace(found, version=found.version - 1))
    assert "has changed since" in words(sound(open_page("augment", workspace.folder, **link)))


def test_pipelines_measured_before_stand_side_by_side(open_page: Open, workspace: Workspace) -> None:
    for name in ("weak", "greyscale"):
        asked = {"collection": "shop", "pipeline": parse_pipeline(name).to_dict(), "sample": 4, "steps": False}
        run_effect(workspace, asked, lambda progress: None)
    at = sound(open_page("augment", workspace.folder, collection="shop", part="Effect on search", pipeline="weak"))
    table = next(frame.value for frame in at.dataframe if "Found first" in frame.value)
    assert set(table["Pipeline"]) == {"weak", "greyscale"}


def test_why_a_measurement_failed_is_told(
    open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Supervisor, "ensure", lambda self: None)
    crop = parse_pipeline({"name": "mine", "steps": [{"transform": "RandomCrop", "height": 4_000, "width": 4_000}]})
    link = {"collection": "shop", "part": "Effect on search", "pipeline": to_link(crop)}
    at = sound(open_page("augment", workspace.folder, **link))
    button(at, "Measure").click().run()
    run_job(workspace, workspace.jobs.under_way()[0].id)
    at = open_page("augment", workspace.folder, **link)
    assert "There is nothing to measure." in told(at)


def test_an_empty_file_that_is_given_says_so(workspace: Workspace) -> None:
    with pytest.raises(ImageError, match="empty"):
        pixels(workspace, Subject("nothing.png", "", "0" * 64))

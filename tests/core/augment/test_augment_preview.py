"""Variants to look at, the words for what was drawn, and filmstrips of one number."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.augment.apply import apply
from core.augment.available import transforms
from core.augment.film import FRAMES, dials, film, find_dial, usual_span, values
from core.augment.pipeline import Pipeline, parse_pipeline
from core.augment.presets import presets
from core.augment.preview import variants
from core.augment.words import name_in_words, short_number, steps_in_words
from core.batch.augment import AugmentRequest
from core.errors import InputError
from core.ingest.pictures import Stored, full_pixels
from core.settings import ROOT
from core.tasks import run_augment
from core.workspace import Workspace

# What transforms that cannot do without are given.
GIVEN = {
    "height": 24, "width": 24, "size": [24, 24], "max_size": 24, "min_max_height": [20, 40], "num_grid_xy": [3, 3],
    "magnitude": 3, "percent": 0.1, "x_max": 20, "y_max": 20,
}  # fmt: skip
ALSO = {
    "LongestMaxSize": ["max_size"],
    "SmallestMaxSize": ["max_size"],
    "CropAndPad": ["percent"],
    "Crop": ["x_max", "y_max"],
}
PRINT = """
import sys, hashlib, numpy as np
from PIL import Image
from core.augment.film import dials, film
from core.augment.pipeline import parse_pipeline
from core.augment.preview import variants
image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8))
pipeline = parse_pipeline(sys.argv[1])
made = [item.image for item in variants(pipeline, image, range(5), "an id")]
dial = dials(pipeline)[0]
made += [frame.variant.image for frame in film(pipeline, dial, image, dial.low, dial.high, "an id")]
print("\\n".join(hashlib.sha256(item.tobytes()).hexdigest() for item in made))
"""


@pytest.fixture
def image() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8))


def digest(image: Image.Image | None) -> str:
    assert image is not None
    return hashlib.sha256(image.tobytes()).hexdigest()


def one(name: str, **parameters: object) -> Pipeline:
    return parse_pipeline({"steps": [{"transform": name, "p": 1, **parameters}]})


def test_variants_are_what_the_pipeline_makes_of_the_picture(image: Image.Image) -> None:
    pipeline = parse_pipeline({"preset": "strong", "seed": 5})
    made = list(variants(pipeline, image, range(6), "an id"))
    assert [item.number for item in made] == list(range(6))
    assert len({digest(item.image) for item in made}) > 4
    for item in made:
        same = apply(pipeline, image, item.number, "an id")
        assert (digest(item.image), item.drawn) == (digest(same.image), same.drawn)


def test_one_variant_that_fails_says_why_and_leaves_the_others(image: Image.Image) -> None:
    crop = {"transform": "RandomCrop", "height": 300, "width": 10, "p": 0.5}
    made = list(variants(parse_pipeline({"name": "mine", "steps": [crop]}), image, range(12)))
    failed = [item for item in made if item.image is None]
    assert 1 < len(failed) < 11
    assert [item.number for item in made] == list(range(12))
    assert all("“mine” cannot be applied to a picture of 80 × 60 pixels" in item.failure for item in failed)
    assert {digest(item.image) for item in made if item.image is not None} == {digest(image)}


def test_another_process_shows_the_same_pixels(image: Image.Image) -> None:
    pipeline = parse_pipeline("strong")
    dial = dials(pipeline)[0]
    own = [digest(item.image) for item in variants(pipeline, image, range(5), "an id")]
    frames = film(pipeline, dial, image, dial.low, dial.high, "an id")
    own += [digest(frame.variant.image) for frame in frames]
    for hash_seed in ("1", "7"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", PRINT, "strong"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.split() == own


def test_the_preview_of_an_image_is_what_a_set_holds_of_it(own_workspace: Workspace) -> None:
    pipeline = parse_pipeline({"preset": "strong", "seed": 2})
    request = AugmentRequest("things", "mine", pipeline.to_dict(), {"n": "6"}, variants=2, format="png")
    made = run_augment(own_workspace, request.__dict__, lambda progress: None)
    lines = Path(made["path"], "metadata.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 12
    for line in map(json.loads, lines):
        row = own_workspace.image("things", line["original_id"])
        stored = Stored(row.id, str(row.values["uri"]), row.content_hash)
        pixels = full_pixels(stored, own_workspace.originals, own_workspace.settings)
        (shown,) = variants(pipeline, pixels, [line["variant"]], row.id)
        with Image.open(Path(made["path"], line["file"])) as kept:
            assert digest(shown.image) == digest(kept.convert("RGB"))
        assert json.loads(json.dumps(shown.drawn)) == line["drawn"]


def test_an_original_that_was_changed_or_is_gone_is_not_shown(own_workspace: Workspace) -> None:
    row = own_workspace.catalog("things").rows(["thing-030"])[0]
    changed = Stored(row.id, str(row.values["uri"]), "0" * 64)
    with pytest.raises(Exception, match="another picture now"):
        full_pixels(changed, own_workspace.originals, own_workspace.settings)


def test_every_step_that_was_taken_has_words(image: Image.Image) -> None:
    for fact in transforms():
        given = {name: GIVEN[name] for name in (*fact.required, *ALSO.get(fact.name, ()))}
        (words,) = steps_in_words(apply(one(fact.name, **given), image, 1).drawn)
        assert words.startswith(name_in_words(fact.name)), fact.name
        assert len(words) < 200, fact.name
        assert "sha256" not in words, fact.name


def test_words_tell_what_was_done(image: Image.Image) -> None:
    def told(name: str, **parameters: object) -> str:
        return steps_in_words(apply(one(name, **parameters), image).drawn)[0]

    assert told("Rotate", limit=[12, 12]) == "Rotate 12°"
    assert told("Rotate", limit=[-90, -90]) == "Rotate −90°"
    assert told("Affine", rotate=[7, 7], scale=[0.8, 0.8], keep_ratio=True) == "Affine: 7°, size 80%"
    assert told("HorizontalFlip") == "Horizontal flip"
    assert told("ImageCompression", quality_range=[40, 40]) == "Image compression at quality 40"
    assert told("RandomCrop", height=20, width=30).startswith("Random crop to 30 × 20 px from ")
    brightness = told("RandomBrightnessContrast", brightness_limit=[0.1, 0.1], contrast_limit=[-0.2, -0.2])
    assert brightness == "Random brightness contrast: contrast −20%, brightness +10%"
    assert told("ColorJitter", brightness=[1.2, 1.2], contrast=[1, 1], saturation=[1, 1], hue=[0, 0]) == (
        "Colour jitter: brightness +20%, contrast 0%, saturation 0%, hue 0°"
    )
    assert told("CoarseDropout", num_holes_range=[3, 3]) == "Coarse dropout 3 holes"
    assert told("PadIfNeeded", min_height=70, min_width=100) == "Pad if needed adds 20 px across, 10 px down"
    assert steps_in_words({"seed": 1, "steps": []}) == ("As it is",)


def test_names_and_numbers_read_well() -> None:
    names = ("HorizontalFlip", "CLAHE", "RGBShift", "ToRGB", "RandomRotate90", "D4", "XYMasking", "HEStain", "Blur")
    assert [name_in_words(name) for name in names] == [
        "Horizontal flip", "CLAHE", "RGB shift", "To RGB", "Random rotate 90", "D4", "XY masking", "HE stain", "Blur",
    ]  # fmt: skip
    numbers = (0, -0.0, 12.0, -3.14159, 0.5, 1234.5, 0.00001, -400)
    assert [short_number(value) for value in numbers] == [
        "0", "0", "12", "−3.14", "0.5", "1,234", "1.0e-05", "−400",
    ]  # fmt: skip


def test_every_number_of_every_transform_can_be_turned(image: Image.Image) -> None:
    seen = 0
    for fact in transforms():
        given = {name: GIVEN[name] for name in (*fact.required, *ALSO.get(fact.name, ()))}
        pipeline = one(fact.name, **given)
        for dial in dials(pipeline):
            assert find_dial(pipeline, dial.name) == dial
            low, high = usual_span(dial)
            assert low < high, dial
            assert low <= dial.low <= dial.high <= high, dial
            steps = values(dial, low, high)
            assert 1 <= len(steps) <= FRAMES
            seen += 1
    assert seen > 130


def test_a_filmstrip_shows_one_number_from_one_end_to_the_other(image: Image.Image) -> None:
    pipeline = one("Rotate", limit=20)
    (dial,) = [dial for dial in dials(pipeline) if dial.parameter == "limit"]
    assert (dial.low, dial.high, dial.ranged, dial.whole) == (-20, 20, True, False)
    frames = list(film(pipeline, dial, image, 0, 70))
    assert [frame.value for frame in frames] == [0, 10, 20, 30, 40, 50, 60, 70]
    assert [steps_in_words(frame.variant.drawn)[0] for frame in frames[1:]] == [
        f"Rotate {angle}°" for angle in range(10, 80, 10)
    ]
    assert digest(frames[0].variant.image) == digest(image)
    assert len({digest(frame.variant.image) for frame in frames}) == 8


def test_all_else_stays_the_same_along_a_filmstrip(image: Image.Image) -> None:
    pipeline = one("CoarseDropout", num_holes_range=[2, 2], hole_height_range=[0.2, 0.4], hole_width_range=[0.2, 0.4])
    dial = next(dial for dial in dials(pipeline) if dial.parameter == "hole_height_range")
    holes = [frame.variant.drawn["steps"][0]["drawn"]["holes"] for frame in film(pipeline, dial, image, 0.1, 0.5)]
    assert len({tuple(hole[0] for hole in drawn) for drawn in holes}) == 1
    assert len({tuple(hole[3] - hole[1] for hole in drawn) for drawn in holes}) == 8


def test_a_step_in_a_group_can_be_turned_and_a_value_that_cannot_be_had_says_why(image: Image.Image) -> None:
    pipeline = parse_pipeline("strong")
    dial = find_dial(pipeline, "3.2:quality_range")
    assert (dial.transform, dial.whole, dial.low, dial.high) == ("ImageCompression", True, 40, 90)
    frames = list(film(pipeline, dial, image, 0, 70))
    assert frames[0].value == 0
    assert frames[0].variant.image is None
    assert "“quality_range” of “ImageCompression” cannot be used" in frames[0].variant.failure
    assert all(frame.variant.image is not None for frame in frames[1:])
    with pytest.raises(InputError, match=r"Did you mean “3\.2:quality_range”"):
        find_dial(pipeline, "3.2:qualityrange")


def test_kernels_go_by_odd_numbers_and_parts_by_themselves(image: Image.Image) -> None:
    (dial,) = dials(one("MedianBlur", blur_limit=[3, 7]))
    assert values(dial, 3, 9) == (3, 5, 7, 9)
    affine = one("Affine", scale={"x": [0.5, 1], "y": [1, 1]})
    dial = find_dial(affine, "0:scale.x")
    frame = next(film(affine, dial, image, 0.5, 1))
    assert frame.variant.drawn["steps"][0]["drawn"]["scale"] == {"x": 0.5, "y": 1.0}


def test_presets_have_numbers_to_turn() -> None:
    without = {preset.name for preset in presets() if not dials(parse_pipeline(preset.name))}
    assert without == {"as-is", "greyscale"}

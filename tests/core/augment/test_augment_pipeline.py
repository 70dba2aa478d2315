"""Pipelines: read from any form, refused with the reason, and the same pixels everywhere."""

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.augment.apply import NOT_DRAWN, Applier, apply, apply_all, drawn_seed, plain
from core.augment.available import TransformFact, albumentations, transforms
from core.augment.pipeline import Pipeline, parse_pipeline
from core.augment.presets import presets
from core.errors import InputError, NotFoundError, VitrineError
from core.settings import ROOT

# What transforms that cannot do without are given in tests.
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
FLIP = {"transform": "HorizontalFlip", "p": 1}
PRINT = """
import sys, hashlib, numpy as np
from PIL import Image
from core.augment.apply import apply
from core.augment.pipeline import parse_pipeline
image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8))
for name in sys.argv[1:]:
    for variant in range(4):
        print(hashlib.sha256(apply(parse_pipeline(name), image, variant, "a key").image.tobytes()).hexdigest())
"""


@pytest.fixture
def image() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8))


def one(fact: TransformFact) -> Pipeline:
    given = {name: GIVEN[name] for name in (*fact.required, *ALSO.get(fact.name, ()))}
    return parse_pipeline({"steps": [{"transform": fact.name, "p": 1, **given}]})


def digest(image: Image.Image) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


def test_every_transform_on_the_list_makes_a_picture_and_the_same_one_again(image: Image.Image) -> None:
    facts = transforms()
    assert len(facts) > 80
    assert {"HorizontalFlip", "Equalize", "RandomCrop", "CoarseDropout"} <= {fact.name for fact in facts}
    for fact in facts:
        pipeline = one(fact)
        again = parse_pipeline(json.dumps(pipeline.to_dict()))
        assert again == pipeline, fact.name
        made, same = apply(pipeline, image, 3, "x"), apply(again, image, 3, "x")
        assert made.image.mode == "RGB", fact.name
        assert digest(made.image) == digest(same.image), fact.name
        assert json.loads(json.dumps(made.drawn, allow_nan=False)) == same.drawn, fact.name
        assert fact.about, fact.name


def recorded(pipeline: Pipeline, pixels: np.ndarray, variant: int, key: str) -> tuple[np.ndarray, list[dict]]:
    """What the library's own recording makes of a picture and says of it."""
    library = albumentations()
    inner = library.from_dict(dict(pipeline.steps))
    compose = library.ReplayCompose(inner.transforms, p=inner.p)
    seed = drawn_seed(pipeline.seed, key, variant)
    compose.set_random_state(np.random.default_rng(seed), random.Random(seed))
    result = compose(image=pixels.copy())

    def taken(node: dict) -> Iterator[dict]:
        for step in node.get("transforms", []):
            if "transforms" in step:
                yield from taken(step)
            elif step["applied"]:
                drawn = {name: plain(value) for name, value in step["params"].items() if name not in NOT_DRAWN}
                yield {"transform": step["__class_fullname__"], "drawn": drawn}

    return result["image"], list(taken(result["replay"]))


def test_one_that_is_ready_makes_and_tells_what_the_library_records(image: Image.Image) -> None:
    pixels = np.array(image)
    nested = {"steps": [
        {"transform": "SomeOf", "n": 1, "p": 0.8, "steps": [FLIP, {"transform": "Rotate", "p": 1}]},
        {"transform": "OneOf", "p": 0.7, "steps": [{"transform": "Blur", "p": 1}, {"transform": "GaussNoise", "p": 1}]},
    ]}  # fmt: skip
    ready = [one(fact) for fact in transforms()] + [parse_pipeline(preset.name) for preset in presets()]
    for pipeline in [*ready, parse_pipeline(nested)]:
        applier = Applier(pipeline)
        for key in ("a", "b", "c"):
            made = list(applier.variants(image, range(3), key))
            for variant, one_made in enumerate(made):
                expected, told = recorded(pipeline, pixels, variant, key)
                assert (np.asarray(one_made.image) == expected).all(), pipeline
                assert one_made.drawn["steps"] == told, pipeline


@pytest.mark.parametrize(
    "name",
    ["Normalize", "ToFloat", "ToTensorV2", "Lambda", "TextImage", "FDA", "MaskDropout", "CenterCrop3D", "to_dict",
     "BBoxSafeRandomCrop", "RandomCropNearBBox", "OverlayElements", "SelectiveChannelTransform", "BasicTransform",
     "os.system", "evil.HorizontalFlip", "core.augment.available.TransformFact", "", "albumentations.os"],
)  # fmt: skip
@pytest.mark.parametrize("mark", ["transform", "__class_fullname__"])
def test_nothing_else_can_be_named(name: str, mark: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_pipeline({"steps": [{mark: name, "p": 1}]})
    assert refused.value.title.startswith("There is no transform")


def test_near_names_are_told() -> None:
    with pytest.raises(InputError, match="Did you mean “HorizontalFlip”"):
        parse_pipeline({"steps": [{"transform": "HorisontalFlip"}]})
    with pytest.raises(InputError, match="Did you mean “limit”"):
        parse_pipeline({"steps": [{"transform": "Rotate", "limt": 3}]})
    with pytest.raises(NotFoundError, match="Did you mean “weak”"):
        parse_pipeline("weeak")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"transform": "Rotate", "limit": "x"}, ("“limit”", "“Rotate”", "valid number")),
        ({"transform": "RandomCrop"}, ("“height”", "“width”", "Field required")),
        ({"transform": "CropAndPad"}, ("“CropAndPad”", "Both px and percent")),
        ({"transform": "Rotate", "p": 2}, ("“p”", "“Rotate”", "less than or equal to 1")),
        ({"transform": "Rotate", "p": float("nan")}, ("“p”", "“Rotate”")),
        ({"transform": "Resize", "height": 10**6, "width": 2}, ("“height”", "8,192")),
        ({"transform": "Resize", "height": 10**400, "width": 2}, ("“height”", "8,192")),
        ({"transform": "Defocus", "radius": [8_000, 8_000]}, ("“radius”", "128")),
        ({"transform": "ElasticTransform", "sigma": 8_000}, ("“sigma”", "256")),
        ({"transform": "GlassBlur", "iterations": 8_000}, ("“iterations”", "32")),
        ({"transform": "Superpixels", "n_segments": 8_000}, ("“n_segments”", "1,000")),
        ({"transform": "RandomScale", "scale_limit": [5, 9]}, ("too large",)),
        ({"transform": "OneOf", "steps": []}, ("“OneOf”", "0 steps")),
        ({"transform": "OneOf", "steps": [FLIP], "p": 3}, ("“p”", "“OneOf”")),
        ({"transform": "OneOf", "steps": [{**FLIP, "p": 0}]}, ("“p”", "“OneOf”")),
        ({"transform": "OneOrOther", "steps": [FLIP]}, ("two steps",)),
        ({"transform": "SomeOf", "steps": [FLIP], "n": 2}, ("“n”", "2 of 1")),
        ({"transform": "SomeOf", "steps": [FLIP], "n": "1"}, ("“n”",)),
        ({"transform": "OneOf", "steps": [FLIP], "bogus": 3}, ("“bogus”",)),
        ({"transform": "Compose", "steps": [FLIP], "bbox_params": {"format": "yolo"}}, ("“bbox_params”",)),
        ({"p": 1}, ("step",)),
        (3, ("step",)),
        (None, ("step",)),
    ],
)
def test_a_step_that_cannot_be_used_is_refused_by_name(step: object, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as refused:
        parse_pipeline({"steps": [step]})
    told = str(refused.value)
    assert all(word in told for word in words), told
    assert "pydantic.dev" not in told


@pytest.mark.parametrize(
    "value",
    ["", "{", "{}", "[1]", "3", '"weak"', '{"steps": 3}', '{"preset": "weak", "steps": []}',
     '{"steps": [{"transform": "NoOp"}], "seed": -1}', '{"steps": [{"transform": "NoOp"}], "seed": 1.5}',
     '{"steps": [{"transform": "NoOp"}], "name": ""}', '{"steps": [{"transform": "NoOp"}], "other": 1}',
     '{"transform": {}}', "[" * 100_000, '{"steps": "' + "x" * 200_000 + '"}', '{"preset": "weak", "seed": true}'],
)  # fmt: skip
def test_what_is_no_pipeline_is_refused(value: str) -> None:
    with pytest.raises(VitrineError):
        parse_pipeline(value)


def test_no_steps_leave_a_picture_as_it_is(image: Image.Image) -> None:
    for text in ("as-is", "[]", '{"steps": []}', "steps: []"):
        made = apply(parse_pipeline(text), image)
        assert digest(made.image) == digest(image)
        assert made.drawn["steps"] == []


def test_steps_are_told_as_often_and_in_the_order_that_they_were_taken(image: Image.Image) -> None:
    twice = {"transform": "SomeOf", "n": 2, "replace": True, "p": 1, "steps": [{"transform": "Rotate", "p": 1}]}
    first, second = apply(parse_pipeline({"steps": [twice]}), image).drawn["steps"]
    assert first["transform"] == second["transform"] == "Rotate"
    assert first["drawn"] != second["drawn"]

    crop = {"transform": "CenterCrop", "height": 20, "width": 20, "p": 1}
    either = {"transform": "RandomOrder", "n": 2, "p": 1, "steps": [crop, {"transform": "Transpose", "p": 1}]}
    orders = {
        tuple(step["transform"] for step in made.drawn["steps"])
        for made in apply_all(parse_pipeline({"steps": [either]}), image, range(12))
    }
    assert orders == {("CenterCrop", "Transpose"), ("Transpose", "CenterCrop")}


@pytest.mark.parametrize(
    ("steps", "size"),
    [
        ([{"transform": "Pad", "padding": 8192, "p": 1}] * 3, (10, 10)),
        ([{"transform": "CropAndPad", "px": 7000, "keep_size": False, "p": 1}] * 2, (10, 10)),
        ([{"transform": "Affine", "scale": [60, 60], "fit_output": True, "p": 1}], (256, 256)),
        ([{"transform": "Affine", "shear": [89.99, 89.99], "fit_output": True, "p": 1}], (256, 256)),
        ([{"transform": "SmallestMaxSize", "max_size": 256, "p": 1}], (1, 8_000)),
        ([{"transform": "RandomScale", "scale_limit": [6, 6], "p": 1}], (2_000, 2_000)),
        ([{"transform": "CenterCrop", "height": 4_000, "width": 1, "pad_if_needed": True, "p": 1}], (30_000, 1)),
    ],
)
def test_a_step_that_would_make_far_too_large_a_picture_is_not_begun(
    steps: list[dict[str, object]], size: tuple[int, int]
) -> None:
    with pytest.raises(InputError, match="would make"):
        apply(parse_pipeline({"steps": steps}), Image.new("RGB", size))


def test_too_long_and_too_deep_are_refused() -> None:
    with pytest.raises(InputError, match="too long"):
        parse_pipeline({"steps": [FLIP] * 65})
    nested: dict[str, object] = FLIP
    for _ in range(10):
        nested = {"transform": "Sequential", "steps": [nested]}
    with pytest.raises(InputError, match="too deeply"):
        parse_pipeline({"steps": [nested]})


def test_every_form_of_the_same_pipeline_is_the_same(image: Image.Image) -> None:
    library = albumentations()
    made = library.Compose(
        [library.OneOf([library.HorizontalFlip(p=1), library.Rotate(limit=20, p=1)], p=0.9), library.GaussNoise(p=1)]
    )
    short = {
        "steps": [
            {"transform": "OneOf", "p": 0.9, "steps": [FLIP, {"transform": "Rotate", "limit": 20, "p": 1}]},
            {"transform": "albumentations.augmentations.pixel.transforms.GaussNoise", "p": 1},
        ]
    }
    full = library.to_dict(made)
    found = [parse_pipeline(form) for form in (short, full, json.dumps(full), {"steps": full}, full["transform"])]
    assert [pipeline.steps for pipeline in found] == [found[0].steps] * 5
    assert {digest(apply(pipeline, image, 1).image) for pipeline in found[:4]} == {
        digest(apply(found[0], image, 1).image)
    }
    assert parse_pipeline(library.to_dict(library.ReplayCompose([library.HorizontalFlip(p=1)]))).steps == (
        parse_pipeline(FLIP).steps
    )


def test_a_pipeline_that_changes_a_share_of_the_pictures(image: Image.Image) -> None:
    library = albumentations()
    pipeline = parse_pipeline(library.to_dict(library.Compose([library.HorizontalFlip(p=1)], p=0.5)))
    changed = [digest(apply(pipeline, image, variant).image) != digest(image) for variant in range(60)]
    assert 15 < sum(changed) < 45
    assert [bool(apply(pipeline, image, variant).drawn["steps"]) for variant in range(60)] == changed


@pytest.mark.parametrize("name", [preset.name for preset in presets() if preset.draws])
def test_a_preset_draws_anew_for_each_seed_key_and_variant(name: str, image: Image.Image) -> None:
    pipeline = parse_pipeline(name)
    assert pipeline.name == name
    assert parse_pipeline(pipeline.to_dict()) == pipeline
    assert len({digest(apply(pipeline, image, variant).image) for variant in range(12)}) > 8
    assert len({digest(apply(pipeline, image, 0, f"key {place}").image) for place in range(12)}) > 8
    assert len({digest(apply(replace(pipeline, seed=seed), image).image) for seed in range(12)}) > 8
    together = [digest(item.image) for item in apply_all(pipeline, image, range(5), "k")]
    assert together == [digest(apply(pipeline, image, variant, "k").image) for variant in range(5)]


def test_crop_resize_fits_whatever_it_gets_into_one_square() -> None:
    for size in ((60, 80), (640, 200), (3, 500), (256, 256), (1, 1)):
        black = Image.new("RGB", size)
        for variant in range(5):
            made = apply(parse_pipeline("crop-resize"), black, variant)
            assert made.image.size == (256, 256)
            left, top, right, bottom = made.drawn["steps"][0]["drawn"]["crop_coords"]
            assert right - left >= round(0.8 * size[0]) - 1
            assert bottom - top >= round(0.8 * size[1]) - 1
            assert (right - left, bottom - top) <= size
    wide = np.asarray(apply(parse_pipeline("crop-resize"), Image.new("RGB", (400, 100)), 0).image)
    assert (wide[0] == 255).all()
    assert (wide[128] == 0).all()


def test_steps_are_taken_independently_of_each_other(image: Image.Image) -> None:
    steps = [{"transform": "HorizontalFlip", "p": 0.5}, {"transform": "VerticalFlip", "p": 0.5}]
    pipeline = parse_pipeline({"steps": steps})
    seen = {tuple(step["transform"] for step in apply(pipeline, image, v).drawn["steps"]) for v in range(60)}
    assert seen == {(), ("HorizontalFlip",), ("VerticalFlip",), ("HorizontalFlip", "VerticalFlip")}


def test_what_was_drawn_is_what_was_done(image: Image.Image) -> None:
    pipeline = parse_pipeline({"steps": [{"transform": "RandomCrop", "height": 20, "width": 30}]})
    for variant in range(5):
        made = apply(pipeline, image, variant)
        box = made.drawn["steps"][0]["drawn"]["crop_coords"]
        assert digest(image.crop(tuple(box))) == digest(made.image)


def test_another_process_makes_the_same_pixels(image: Image.Image) -> None:
    names = [preset.name for preset in presets()]
    own = [digest(apply(parse_pipeline(name), image, variant, "a key").image) for name in names for variant in range(4)]
    for hash_seed in ("1", "7"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", PRINT, *names]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.split() == own


def test_a_picture_too_small_for_a_crop_is_an_error_that_says_so(image: Image.Image) -> None:
    pipeline = parse_pipeline({"name": "mine", "steps": [{"transform": "RandomCrop", "height": 200, "width": 10}]})
    with pytest.raises(InputError, match="“mine” cannot be applied to a picture of 80 × 60 pixels") as refused:
        apply(pipeline, image)
    assert "200" in refused.value.detail


def test_the_picture_given_stays_as_it_was_and_any_mode_will_do(image: Image.Image) -> None:
    before = image.tobytes()
    apply(parse_pipeline("strong"), image)
    assert image.tobytes() == before
    for mode in ("L", "RGBA", "P", "1"):
        assert apply(parse_pipeline("weak"), image.convert(mode)).image.mode == "RGB"


def test_drawn_values_become_plain_json() -> None:
    given = {
        "a": np.arange(3),
        "b": np.float32(0.5),
        "c": (1, np.int64(2)),
        4: float("inf"),
        "d": object(),
        "e": np.zeros((40, 2)),
        "f": list(range(100)),
    }
    found = json.loads(json.dumps(plain(given), allow_nan=False))
    assert found["a"] == [0, 1, 2]
    assert (found["b"], found["c"], found["4"], found["d"]) == (0.5, [1, 2], "inf", "object")
    assert found["e"]["shape"] == [40, 2]
    assert found["f"]["shape"] == [100]
    assert found["e"]["sha256"] != plain(np.ones((40, 2)))["sha256"]


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (5, 1)])
def test_a_picture_of_one_pixel_across_is_made_grey(size: tuple[int, int]) -> None:
    made = apply(parse_pipeline("greyscale"), Image.new("RGB", size, "red")).image
    assert made.size == size
    assert len(set(made.getpixel((0, 0)))) == 1

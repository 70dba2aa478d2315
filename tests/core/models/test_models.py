"""Models: what they tell about pictures whose answer is known, and what they refuse."""

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from core.encoders.protocol import Encoder
from core.errors import InputError, NotFoundError
from core.models.colours import NAMES, codes_of
from core.models.pixels import colourfulness, laplacian_variance, vocabulary
from core.models.run import find_model, models, run_model
from core.models.zero_shot import shares

STATISTICS, WORDS = "picture-statistics", "zero-shot"


def noise(seed: int = 0, size: tuple[int, int] = (200, 160)) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def thing(colour: str, background: str = "white", share: float = 0.4) -> Image.Image:
    image = Image.new("RGB", (100, 100), background)
    inset = round(50 * (1 - share))
    ImageDraw.Draw(image).ellipse((inset, inset, 100 - inset, 100 - inset), fill=colour)
    return image


def told(image: Image.Image, **parameters: Any) -> dict[str, Any]:
    return run_model(STATISTICS, parameters, [image])[0]


def test_every_model_says_what_it_takes_and_gives(encoder: Encoder) -> None:
    given = {WORDS: {"labels": ["red", "blue"]}, STATISTICS: {}}
    assert {fact.name for fact in models()} == set(given)
    for fact in models():
        found = run_model(fact.name, given[fact.name], [noise(), noise(1)], encoder)
        assert len(found) == 2
        assert [set(item) for item in found] == [{output.name for output in fact.outputs}] * 2
        assert json.loads(json.dumps(found, allow_nan=False)) == found
        assert find_model(fact.name) == fact
        assert run_model(fact.name, given[fact.name], [], encoder) == []


def test_zero_shot_scores_are_the_softmax_at_a_hundred(encoder: Encoder) -> None:
    labels, image = ["red", "green", "blue"], thing("blue")
    found = run_model(WORDS, {"labels": labels}, [image], encoder)[0]
    similar = 100 * (encoder.encode_images([image])[0] @ encoder.encode_texts(labels).T)
    expected = np.exp(similar) / np.exp(similar).sum()
    assert list(found["scores"]) == labels
    assert list(found["scores"].values()) == pytest.approx(expected.tolist(), abs=1e-4)
    assert sum(found["scores"].values()) == pytest.approx(1, abs=1e-5)
    assert (found["label"], found["labels"]) == ("blue", ["blue"])
    assert found["score"] == max(found["scores"].values())


def test_zero_shot_tells_drawn_colours_apart(encoder: Encoder) -> None:
    colours = ["red", "green", "blue", "yellow"]
    found = run_model(WORDS, {"labels": colours}, [thing(colour) for colour in colours], encoder)
    assert sum(item["label"] == colour for item, colour in zip(found, colours, strict=True)) >= 3


def test_least_and_multi(encoder: Encoder) -> None:
    labels = ["red", "crimson", "scarlet", "dark red"]
    image = thing("crimson")
    scores = run_model(WORDS, {"labels": labels}, [image], encoder)[0]["scores"]
    best, second = sorted(scores.values(), reverse=True)[:2]
    none = run_model(WORDS, {"labels": labels, "least": min(1.0, best + 0.001)}, [image], encoder)[0]
    assert (none["label"], none["labels"], none["score"]) == (None, [], pytest.approx(best))
    both = run_model(WORDS, {"labels": labels, "multi": True, "least": second - 1e-5}, [image], encoder)[0]
    assert [scores[label] for label in both["labels"]] == [best, second]


def test_shares_do_not_overflow() -> None:
    rows = shares(np.array([[1.0, 0.0]], np.float32), np.array([[1.0, 0.0], [-1.0, 0.0]], np.float32))
    assert rows.tolist() == [[1.0, pytest.approx(0.0)]]
    assert rows.dtype == np.float32


@pytest.mark.parametrize(
    "parameters",
    [{}, {"labels": []}, {"labels": ["one"]}, {"labels": "red,blue"}, {"labels": ["red", 3]}, {"labels": ["a", "A"]},
     {"labels": ["a", " "]}, {"labels": ["a", "b\0"]}, {"labels": ["a", "x" * 201]}, {"labels": None},
     {"labels": [str(n) for n in range(1001)]}, {"labels": ["a", "b"], "multi": True},
     {"labels": ["a", "b"], "least": 1.5}, {"labels": ["a", "b"], "least": "1"}, {"labels": ["a", "b"], "least": True},
     {"labels": ["a", "b"], "least": float("nan")}, {"labels": ["a", "b"], "multi": 1},
     {"labels": ["a", "b"], "other": 1}],
)  # fmt: skip
def test_parameters_that_cannot_be_used_are_refused(parameters: dict[str, Any], encoder: Encoder) -> None:
    with pytest.raises(InputError):
        run_model(WORDS, parameters, [noise()], encoder)


def test_unknown_names_tell_the_near_ones(encoder: Encoder) -> None:
    with pytest.raises(NotFoundError, match="Did you mean “zero-shot”"):
        run_model("zeroshot", {}, [])
    with pytest.raises(InputError, match="Did you mean “labels”"):
        run_model(WORDS, {"label": ["a", "b"]}, [], encoder)
    with pytest.raises(InputError, match="needs an encoder"):
        run_model(WORDS, {"labels": ["a", "b"]}, [noise()])


def test_labels_are_put_on_one_line(encoder: Encoder) -> None:
    found = run_model(WORDS, {"labels": ["  running \n shoe", "hat"]}, [noise()], encoder)[0]
    assert list(found["scores"]) == ["running shoe", "hat"]


def test_light_and_contrast_of_known_pictures() -> None:
    black, white = told(Image.new("RGB", (50, 40))), told(Image.new("RGB", (50, 40), "white"))
    assert (black["brightness"], black["contrast"], black["sharpness"]) == (0, 0, 0)
    assert {"brightness:dark", "contrast:flat", "sharpness:blurred", "colourfulness:not", "colour:black"} == set(
        black["tags"]
    )
    assert (white["brightness"], white["colour"]) == (1, "white")
    assert "brightness:bright" in white["tags"]
    half = Image.new("RGB", (40, 40))
    half.paste((255, 255, 255), (0, 0, 20, 40))
    assert (told(half)["brightness"], told(half)["contrast"]) == (0.5, 0.5)
    assert not {"brightness:dark", "brightness:bright", "contrast:flat"} & set(told(half)["tags"])


def test_a_blurred_picture_is_less_sharp_and_tagged() -> None:
    sharp = noise()
    values = [told(sharp.filter(ImageFilter.GaussianBlur(radius)))["sharpness"] for radius in (0, 1, 2, 4)]
    assert values == sorted(values, reverse=True)
    assert "sharpness:blurred" not in told(sharp)["tags"]
    assert "sharpness:blurred" in told(sharp.filter(ImageFilter.GaussianBlur(4)))["tags"]
    assert "sharpness:blurred" in told(sharp, blurred=99_999)["tags"]


def test_the_laplacian_of_a_known_picture() -> None:
    ramp = np.tile(np.arange(10.0), (10, 1))
    assert laplacian_variance(ramp) == pytest.approx(0.2)  # 1 in the first column, -1 in the last, else 0
    assert laplacian_variance(np.full((5, 7), 9.0)) == 0
    assert laplacian_variance(np.array([[3.0]])) == 0


def test_colourfulness_is_that_of_the_paper() -> None:
    assert colourfulness(np.asarray(noise().convert("L").convert("RGB"), np.float64)) == 0
    plain = np.full((4, 4, 3), (200.0, 100.0, 50.0))
    assert colourfulness(plain) == pytest.approx(0.3 * np.hypot(100, 100))
    two = np.zeros((2, 2, 3))
    two[0] = (255, 0, 0)
    two[1] = (0, 0, 255)
    spread = np.hypot(127.5, 191.25)  # of 255 and 0, and of 127.5 and -255
    assert colourfulness(two) == pytest.approx(spread + 0.3 * np.hypot(127.5, 63.75))
    assert "colourfulness:extremely" in told(Image.fromarray(two.astype(np.uint8)))["tags"]


@pytest.mark.parametrize(
    ("colour", "name"),
    [("black", "black"), ("#808080", "grey"), ("#ff0000", "red"), ("orange", "orange"), ("#ffe000", "yellow"),
     ("#0a7a20", "green"), ("#2030c0", "blue"), ("navy", "blue"), ("purple", "purple"), ("hotpink", "pink"),
     ("saddlebrown", "brown"), ("#dc2828", "red")],
)  # fmt: skip
def test_the_colour_of_a_thing_is_not_that_of_its_background(colour: str, name: str) -> None:
    for background in ("white", "#f4f4f4", "lime"):
        assert told(thing(colour, background))["colour"] == name


def test_a_thing_of_the_backgrounds_colour_and_a_picture_without_one() -> None:
    framed = thing("white", "white", 0.6)
    ImageDraw.Draw(framed).ellipse((20, 20, 80, 80), outline="black", width=2)
    assert told(framed)["colour"] == "white"
    assert told(Image.new("RGB", (30, 30), "blue"))["colour"] == "blue"
    halves = Image.new("RGB", (60, 60), "red")
    halves.paste((0, 0, 255), (0, 0, 60, 20))
    assert told(halves)["colour"] == "red"


def test_every_colour_there_is_has_a_name() -> None:
    levels = np.arange(0, 256, 17, dtype=np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 16, 3)
    assert set(np.unique(codes_of(cube))) == set(range(len(NAMES)))


def test_statistics_hardly_depend_on_the_size_of_the_original() -> None:
    small = noise(3, (256, 192)).filter(ImageFilter.GaussianBlur(1))
    large = small.resize((1024, 768), Image.Resampling.NEAREST)
    for name in ("brightness", "contrast", "sharpness", "colourfulness"):
        assert told(large)[name] == pytest.approx(told(small)[name], rel=0.02)


def test_whatever_is_tagged_is_in_the_vocabulary() -> None:
    pictures = [noise(), thing("red"), Image.new("RGB", (1, 1)), Image.new("L", (3, 900), 120), thing("navy", "grey")]
    for item in run_model(STATISTICS, {"bright": 0.4, "flat": 0.4}, pictures):
        assert set(item["tags"]) <= vocabulary()
    with pytest.raises(InputError, match=r"0 to 0\.5"):
        told(noise(), flat=0.6)

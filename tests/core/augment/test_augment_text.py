"""A pipeline as JSON, YAML, Python code and a link: each form read back is the same pipeline and the same pixels."""

import base64
import hashlib
import json
import random
import zlib
from io import BytesIO, StringIO

import numpy as np
import pytest
import yaml
from PIL import Image

from core.augment.apply import apply
from core.augment.available import albumentations, transforms
from core.augment.parameters import suggested
from core.augment.pipeline import Pipeline, parse_pipeline
from core.augment.presets import presets
from core.augment.short import preset_name, short
from core.augment.text import from_link, to_json, to_link, to_python, to_yaml
from core.errors import InputError, NotFoundError, VitrineError
from core.ingest.decode import decode_pixels
from core.settings import Settings

NAMES = [preset.name for preset in presets()]
NESTED = {
    "name": 'mine "quoted" <b>näme</b> \\n {x}',
    "seed": 7,
    "p": 0.9,
    "steps": [
        {"transform": "Sequential", "p": 0.5, "steps": [{"transform": "Rotate", "limit": 15, "p": 0.7}]},
        {
            "transform": "SomeOf",
            "n": 2,
            "p": 0.8,
            "steps": [
                {"transform": "HorizontalFlip", "p": 0.5},
                {"transform": "OneOf", "steps": [{"transform": "GaussNoise"}, {"transform": "Blur", "p": 2 / 3}]},
                {"transform": "CoarseDropout", "hole_height_range": [4, 8], "fill": "random", "p": 1},
            ],
        },
        {"transform": "RandomOrder", "n": 2, "steps": [{"transform": "VerticalFlip"}, {"transform": "Transpose"}]},
        {"transform": "OneOrOther", "p": 0.3, "steps": [{"transform": "ToGray"}, {"transform": "InvertImg"}]},
        {"transform": "Affine", "scale": {"x": [0.9, 1.1], "y": [0.5, 1.0]}, "shear": [-3, 3], "p": 1},
    ],
}  # fmt: skip
FORMS = {
    "json": lambda pipeline: parse_pipeline(to_json(pipeline)),
    "brief json": lambda pipeline: parse_pipeline(to_json(pipeline, brief=True)),
    "yaml": lambda pipeline: parse_pipeline(to_yaml(pipeline)),
    "brief yaml": lambda pipeline: parse_pipeline(to_yaml(pipeline, brief=True)),
    "link": lambda pipeline: from_link(to_link(pipeline)),
    "values": lambda pipeline: parse_pipeline(short(pipeline)),
}


@pytest.fixture
def image() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8))


def digest(image: Image.Image) -> str:
    return hashlib.sha256(image.tobytes() + str(image.size).encode()).hexdigest()


def made_up(seed: int) -> Pipeline:
    """A pipeline of random steps, nested at random."""
    drawn = random.Random(seed)
    names = [fact.name for fact in transforms()]

    def step(depth: int) -> dict[str, object]:
        if depth < 2 and drawn.random() < 0.3:
            kind = drawn.choice(["Sequential", "OneOf", "SomeOf", "RandomOrder"])
            inner = [step(depth + 1) for _ in range(drawn.randint(1, 3))]
            count = {"n": drawn.randint(1, len(inner))} if kind in ("SomeOf", "RandomOrder") else {}
            return {"transform": kind, "p": round(drawn.random(), 3), **count, "steps": inner}
        return {**suggested(drawn.choice(names)), "p": round(drawn.uniform(0.05, 1), 3)}

    steps = [step(0) for _ in range(drawn.randint(0, 4))]
    return parse_pipeline({"name": f"made up {seed}", "seed": drawn.randint(0, 2**63 - 1), "steps": steps})


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read_back_as_the_same_pipeline(form: str) -> None:
    for pipeline in [*map(parse_pipeline, NAMES), parse_pipeline(NESTED), *map(made_up, range(25))]:
        again = FORMS[form](pipeline)
        assert again == pipeline
        assert json.dumps(again.to_dict()) == json.dumps(pipeline.to_dict())  # 1 and 1.0 are not the same pixels


def test_every_transform_comes_back_short(image: Image.Image) -> None:
    for fact in transforms():
        step = suggested(fact.name)
        pipeline = parse_pipeline({"steps": [step]})
        brief = short(pipeline)["steps"][0]
        assert parse_pipeline(short(pipeline)) == pipeline
        assert len(brief) <= len(step) + 1, fact.name  # what nobody said is not in it
        assert list(brief)[-1] == "p"
        assert apply(pipeline, image).image.mode == "RGB"


def test_a_link_says_a_preset_by_its_name_and_anything_else_in_one_word() -> None:
    assert to_link(parse_pipeline("weak")) == "weak"
    assert to_link(parse_pipeline({"preset": "weak", "seed": 3})) == "weak.3"
    assert from_link("weak.3").seed == 3
    packed = to_link(parse_pipeline({**short(parse_pipeline("weak")), "name": "mine"}))
    assert packed.startswith("z.")
    assert packed.replace("-", "").replace("_", "").replace(".", "").isalnum()
    assert preset_name(from_link(packed)) is None
    changed = parse_pipeline({**short(parse_pipeline("strong")), "name": "weak"})
    assert from_link(to_link(changed)) == changed  # a preset's name with other steps


def packed(text: bytes) -> str:
    return "z." + base64.urlsafe_b64encode(zlib.compress(text)).decode().rstrip("=")


@pytest.mark.parametrize(
    "link",
    ["z.", "z.!!!", "z.AAAA", "z." + "A" * 100_000, packed(b"\0" * 50_000_000), packed(b"[" * 90_000), packed(b"\xff"),
     packed(b'{"steps": [{"transform": "os.system"}]}'), to_link(parse_pipeline(NESTED))[:-9], "<script>", "weak.x",
     "weak.99999999999999999999", "nothing", "", "{", "&a [*a]", "\0", "\ud800",
     '{"name": "\\ud800", "steps": []}', '{"steps": [{"transform": "\\udfff"}]}', '{"\\ud800": 1, "steps": []}',
     'name: "\\ud800"\nsteps: []', '{"name": "two\\nlines", "steps": []}', '{"name": "a\\u0000b", "steps": []}',
     '{"steps": [{"transform": "Pad", "padding": %s}]}' % ("[" * 700 + "]" * 700)],
)  # fmt: skip
def test_a_link_that_cannot_be_read_says_so(link: str) -> None:
    with pytest.raises((InputError, NotFoundError)) as refused:
        from_link(link)
    assert refused.value.title
    assert len(str(refused.value).encode()) < 1_500  # and can be sent as an answer


def test_what_albumentations_writes_is_read_and_what_is_written_it_reads(image: Image.Image) -> None:
    library = albumentations()
    made = library.Compose([library.OneOf([library.HorizontalFlip(p=1), library.Rotate(limit=20, p=1)], p=0.9)])
    for kind in ("json", "yaml"):
        buffer = StringIO()
        library.save(made, buffer, data_format=kind)
        read = parse_pipeline(buffer.getvalue())
        assert read.steps == parse_pipeline(library.to_dict(made)).steps
        text = (to_json if kind == "json" else to_yaml)(parse_pipeline(NESTED))
        theirs = library.load(StringIO(text), data_format=kind)
        assert parse_pipeline(library.to_dict(theirs)).steps == parse_pipeline(NESTED).steps


def test_yaml_with_shared_parts_is_read_as_albumentations_may_write_it() -> None:
    shared = [0.1, 0.2]
    text = yaml.safe_dump(
        {"steps": [{"transform": "CoarseDropout", "hole_height_range": shared, "hole_width_range": shared}]}
    )
    assert "&id" in text
    assert parse_pipeline(text).steps["transform"]["transforms"][0]["hole_width_range"] == [0.1, 0.2]


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {k: 1}\n" + "".join(
    f"{new}: &{new} {{<<: [{','.join([f'*{old}'] * 9)}]}}\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [LAUGHS, MERGES, "steps: &a [*a]", "steps: !!python/object/apply:os.system ['true']", "steps: !x [1]",
     "steps: 2024-01-01", "---\na: 1\n---\nb: 1",
     "a: b: c", "steps: [", "steps:\n- !!binary aGk=", "- " * 5_000 + "x", "[" * 50_000, "{a: " * 20_000,
     "x: " + "y" * 200_000, "3:",
     "steps: {? [1]: 2}", "steps: " + "9" * 5_000, "\t:"],
)  # fmt: skip
def test_hostile_yaml_is_refused_at_once(text: str) -> None:
    with pytest.raises(VitrineError):
        parse_pipeline(text)


@pytest.mark.parametrize("name", [*NAMES, "nested", *map(str, range(12))])
def test_the_python_code_makes_the_same_pixels(name: str, image: Image.Image) -> None:
    pipeline = (
        parse_pipeline(name) if name in NAMES else parse_pipeline(NESTED) if name == "nested" else made_up(int(name))
    )
    code = to_python(pipeline)
    space: dict[str, object] = {"__name__": "shown"}
    exec(compile(code, "shown.py", "exec"), space)
    for key, variant in (("", 0), ("an id", 0), ("an id", 5)):
        expected = apply(pipeline, image, variant, key).image
        assert digest(space["augment"](image, key, variant)) == digest(expected)  # type: ignore[operator]


def test_the_python_code_reads_transparent_and_turned_pictures_as_they_are_read_here(image: Image.Image) -> None:
    layer = image.convert("RGBA")
    layer.putalpha(Image.fromarray(np.tile(np.arange(80, dtype=np.uint8) * 3, (60, 1))))
    exif, buffer = Image.Exif(), BytesIO()
    exif[0x0112] = 6
    layer.save(buffer, "PNG", exif=exif)
    read = decode_pixels(buffer.getvalue(), Settings(), work_px=10_000)
    space: dict[str, object] = {"__name__": "shown"}
    exec(compile(to_python(parse_pipeline("strong")), "shown.py", "exec"), space)
    theirs = space["augment"](Image.open(buffer))  # type: ignore[operator]
    assert digest(theirs) == digest(apply(parse_pipeline("strong"), read).image)


def test_python_code_cannot_be_written_into_by_a_name() -> None:
    code = to_python(parse_pipeline({"name": '"""; raise SystemExit; """', "steps": []}))
    exec(compile(code, "shown.py", "exec"), {"__name__": "shown"})
    with pytest.raises(InputError, match="on one line"):
        parse_pipeline({"name": '"""\nraise SystemExit\n"""', "steps": []})

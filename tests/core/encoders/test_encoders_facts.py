"""What is known of encoders without loading them, and which of them a workspace can use."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.encoders.facts import HUB, EncoderFacts, hub_facts
from core.encoders.folder import facts_of_folder
from core.encoders.listing import ListedEncoder, listed_encoders
from core.encoders.registry import SHIPPED, load_encoder, locate, own_names, whole_name
from core.encoders.weights import fingerprint
from core.errors import EncoderError
from core.settings import ROOT

SMALL = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2, "num_hidden_layers": 2}
BASE_16 = {"vision_config": {"patch_size": 16}}
LARGE_VISION = {
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_attention_heads": 16,
    "num_hidden_layers": 24,
    "patch_size": 14,
}
LARGE_TEXT = {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12}
LARGE = {"projection_dim": 768, "text_config": LARGE_TEXT, "vision_config": LARGE_VISION}
ARCHITECTURES: dict[str, dict[str, Any]] = {
    "clip-ViT-B-32": {},
    "clip-ViT-B-16": BASE_16,
    "clip-ViT-L-14": LARGE,
    "openai/clip-vit-base-patch32": {},
    "openai/clip-vit-large-patch14-336": {**LARGE, "vision_config": {**LARGE_VISION, "image_size": 336}},
    "laion/CLIP-ViT-B-32-laion2B-s34B-b79K": {},
    "laion/CLIP-ViT-L-14-laion2B-s32B-b82K": LARGE,
    "patrickjohncyh/fashion-clip": {},
}


@pytest.fixture(scope="session")
def plain_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny CLIP with random weights in the files that the hub's CLIPs have, not saved by sentence-transformers."""
    from transformers import CLIPConfig, CLIPModel

    folder = tmp_path_factory.mktemp("plain") / "clip"
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    text = {**SMALL, "vocab_size": 54, "bos_token_id": 52, "eos_token_id": 53, "max_position_embeddings": 77}
    vision = {**SMALL, "image_size": 224, "patch_size": 32}
    CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=24)).save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps({word: place for place, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    end = "<|endoftext|>"
    tokens = {"bos_token": "<|startoftext|>", "eos_token": end, "pad_token": end, "unk_token": end}
    tokenizer = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77, **tokens}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    pictures = {"image_processor_type": "CLIPImageProcessor", "size": 224, "crop_size": 224, "do_center_crop": True}
    (folder / "preprocessor_config.json").write_text(json.dumps(pictures))
    return folder


@pytest.fixture(scope="session")
def saved_clip(plain_clip: Path) -> Path:
    """The same as the docs say to save it: loaded by sentence-transformers and saved."""
    from sentence_transformers import SentenceTransformer

    folder = plain_clip.parent / "tiny-clip"
    SentenceTransformer(str(plain_clip), local_files_only=True).save(str(folder))
    return folder


@pytest.fixture
def space(tmp_path: Path, saved_clip: Path) -> Path:
    """A workspace's folder with the tiny CLIP among its encoders."""
    shutil.copytree(saved_clip, tmp_path / "encoders" / "tiny-clip")
    return tmp_path


def by_name(space: Path, default: str = "vitrine-clip", **made_by: tuple[str, int, str]) -> dict[str, ListedEncoder]:
    return {item.facts.name: item for item in listed_encoders(default, space, made_by)}


@pytest.mark.parametrize("facts", HUB, ids=lambda facts: facts.name)
def test_facts_follow_from_the_architecture(facts: EncoderFacts) -> None:
    import torch
    from transformers import CLIPConfig, CLIPModel

    with torch.device("meta"):
        model = CLIPModel(CLIPConfig(**ARCHITECTURES[facts.name]))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    side = model.config.vision_config.image_size
    assert (facts.dimension, facts.pixels) == (model.config.projection_dim, (side, side))
    assert facts.parameters == round(parameters / 1e6, 1)
    assert facts.size_mb == round(parameters * 4 / 1e6)


def test_hub_facts_are_found_by_name() -> None:
    assert len({facts.name for facts in HUB}) == len(HUB)
    assert all(facts.good_for and facts.languages and facts.licence for facts in HUB)
    assert hub_facts("clip-ViT-B-32") is HUB[0]
    assert hub_facts("nobody/no-such-model") is None


def test_the_docs_tell_of_every_hub_encoder_as_it_is() -> None:
    told = (ROOT / "docs" / "encoders.md").read_text(encoding="utf-8")
    section = told.split("## From the hub")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == [docs_row(facts) for facts in HUB]


def docs_row(facts: EncoderFacts) -> str:
    pixels = "{} × {}".format(*facts.pixels or ())
    figures = f"{facts.dimension} | {facts.parameters} M | {facts.size_mb:,} MB | {pixels}"
    imagenet = "" if facts.imagenet is None else f"{facts.imagenet}"
    return f"| `{facts.name}` | {figures} | {facts.languages} | {facts.licence} | {imagenet} | {facts.good_for} |"


def test_a_hub_clip_loads_as_it_is_and_as_saved(plain_clip: Path, space: Path) -> None:
    encoder = load_encoder("tiny-clip", space)
    assert (encoder.name, encoder.dimension) == ("tiny-clip", 24)
    vectors = encoder.encode_images([Image.new("RGB", (60, 80), "red"), Image.new("RGB", (300, 90), "blue")])
    words = encoder.encode_texts(["a red shoe", "hello"])
    assert vectors.shape == words.shape == (2, 24)
    np.testing.assert_allclose(words[:1], encoder.encode_texts(["a red shoe"]), atol=1e-5)
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(plain_clip), local_files_only=True)
    found = plain.encode(["a red shoe"], normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(words[:1], found, atol=1e-5)


def test_a_siglip_s_texts_are_right_once_saved_as_the_docs_say(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer, models
    from transformers import SiglipConfig, SiglipModel

    plain, saved = tmp_path / "plain", tmp_path / "encoders" / "siglip2-base"
    letters = ["<pad>", "<eos>", "<bos>", "<unk>", " ", *"abcdefghijklmnopqrstuvwxyz"]
    tokenizer = Tokenizer(models.BPE({letter: place for place, letter in enumerate(letters)}, [], unk_token="<unk>"))
    ends = {"bos_token_id": 2, "eos_token_id": 1, "pad_token_id": 0}
    text = {**SMALL, **ends, "vocab_size": len(letters), "max_position_embeddings": 64, "projection_size": 32}
    vision = {**SMALL, "image_size": 32, "patch_size": 16}
    SiglipModel(SiglipConfig(text_config=text, vision_config=vision)).save_pretrained(plain)
    tokenizer.save(str(plain / "tokenizer.json"))
    tokens = {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"}
    facts = {"tokenizer_class": "GemmaTokenizer", "model_max_length": 64, "model_input_names": ["input_ids"], **tokens}
    (plain / "tokenizer_config.json").write_text(json.dumps(facts))
    pictures = {"image_processor_type": "SiglipImageProcessor", "size": {"height": 32, "width": 32}}
    (plain / "preprocessor_config.json").write_text(json.dumps({**pictures, "processor_class": "SiglipProcessor"}))

    model = SentenceTransformer(str(plain), local_files_only=True)
    apart = [model.encode(["a shoe", *more], show_progress_bar=False)[0] for more in ([], ["a long text"])]
    assert np.abs(apart[0] - apart[1]).max() > 0.01
    model[0].processing_kwargs = {"text": {"padding": "max_length", "max_length": 64}}
    model.save(str(saved))
    encoder = load_encoder("siglip2-base", tmp_path)
    same = [encoder.encode_texts(["a shoe", *more])[0] for more in ([], ["a long text"])]
    np.testing.assert_allclose(same[0], same[1], atol=1e-5)
    assert encoder.encode_images([Image.new("RGB", (60, 80))]).shape == (1, encoder.dimension)
    assert facts_of_folder("siglip2-base", saved).dimension == encoder.dimension


def test_a_folder_tells_its_facts(space: Path) -> None:
    facts = facts_of_folder("tiny-clip", space / "encoders" / "tiny-clip")
    assert (facts.dimension, facts.pixels, facts.size_mb) == (24, (224, 224), 1)
    assert facts.parameters is not None
    assert 0 < facts.parameters < 1
    assert (facts.languages, facts.licence, facts.good_for) == ("", "not stated", "")


def test_the_shipped_folder_tells_its_facts() -> None:
    facts = facts_of_folder("vitrine-clip", SHIPPED / "vitrine-clip")
    metrics = json.loads((SHIPPED / "vitrine-clip" / "metrics.json").read_text())
    assert facts.parameters == round(metrics["parameters"] / 1e6, 1)
    assert facts.size_mb == round(metrics["weight_bytes"] / 1e6)
    assert (facts.languages, facts.licence) == ("English", "see its README")
    assert facts.dimension == load_encoder("vitrine-clip").dimension


def test_a_card_tells_licence_and_languages(space: Path) -> None:
    folder = space / "encoders" / "tiny-clip"
    (folder / "README.md").write_text("---\nlicense: apache-2.0\nlanguage:\n- en\n- pt-BR\ntags: [a]\n---\n# A model\n")
    facts = facts_of_folder("tiny-clip", folder)
    assert (facts.licence, facts.languages) == ("apache-2.0", "English, pt-BR")
    (folder / "README.md").write_text('---\nlicense: "mit"\nlanguage: en\n---\n')
    facts = facts_of_folder("tiny-clip", folder)
    assert (facts.licence, facts.languages) == ("mit", "English")


def test_a_copy_that_kept_its_name_is_recognised(tmp_path: Path) -> None:
    folder = tmp_path / "fashion-clip"
    folder.mkdir()
    (folder / "modules.json").write_text('[{"idx": 0, "path": ""}]')
    (folder / "config.json").write_text('{"model_type": "clip", "projection_dim": 512}')
    assert facts_of_folder("fashion-clip", folder).good_for == "fashion products, photographed on white"
    (folder / "config.json").write_text('{"model_type": "clip", "projection_dim": 99}')
    assert facts_of_folder("fashion-clip", folder).good_for == ""


@pytest.mark.parametrize(
    ("config", "dense", "dimension"),
    [
        ('{"model_type": "siglip", "text_config": {"hidden_size": 768, "projection_size": 640}}', None, 640),
        ('{"model_type": "siglip", "text_config": {"hidden_size": 768}}', None, 768),
        ('{"model_type": "clip", "projection_dim": 512}', '{"in_features": 512, "out_features": 128}', 128),
        ('{"model_type": "clip"}', None, None),
        ('{"projection_dim": "many", "text_config": 3, "vision_config": {"image_size": "big"}}', None, None),
        ("[1]", None, None),
        ("{", "{", None),
        ("", None, None),
    ],
)
def test_a_dimension_is_read_or_unknown(tmp_path: Path, config: str, dense: str | None, dimension: int | None) -> None:
    modules = [{"path": "0_CLIPModel"}, {"path": "1_Dense"}] if dense else [{"path": "0_CLIPModel"}]
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    for name, text in (("0_CLIPModel", config), ("1_Dense", dense or "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(text)
    facts = facts_of_folder("any", tmp_path)
    assert (facts.dimension, facts.parameters, facts.size_mb, facts.pixels) == (dimension, None, None, None)


def test_broken_files_of_a_folder_leave_facts_unknown(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[{]")
    (tmp_path / "model.safetensors").write_bytes(b"\x00" * 40)
    assert facts_of_folder("any", tmp_path) == EncoderFacts("any", size_mb=1)


def test_an_own_folder_goes_before_the_hub_and_after_the_shipped(space: Path, saved_clip: Path) -> None:
    shutil.copytree(saved_clip, space / "encoders" / "clip-ViT-B-32")
    shutil.copytree(saved_clip, space / "encoders" / "vitrine-clip")
    assert own_names(space) == ["clip-ViT-B-32", "tiny-clip", "vitrine-clip"]
    assert locate("clip-ViT-B-32", space) == str(space / "encoders" / "clip-ViT-B-32")
    assert locate("clip-ViT-B-32") == "clip-ViT-B-32"
    assert locate("vitrine-clip", space) == str(SHIPPED / "vitrine-clip")
    assert whole_name("tiny-clip", space) == "tiny-clip"
    assert whole_name(str(saved_clip), space) == str(saved_clip)
    listed = by_name(space)
    assert (listed["clip-ViT-B-32"].kind, listed["clip-ViT-B-32"].facts.dimension) == ("folder", 24)
    assert listed["vitrine-clip"].kind == "shipped"


@pytest.mark.parametrize("name", [".hidden", "encoders/tiny-clip", "tiny-clip/", "Tiny-CLIP-2"])
def test_only_a_plain_name_is_looked_for_in_the_workspace(space: Path, name: str) -> None:
    shutil.copytree(space / "encoders" / "tiny-clip", space / "encoders" / ".hidden")
    assert own_names(space) == ["tiny-clip"]
    assert locate(name, space) == name


@pytest.mark.parametrize("name", ["", ".", "..", "../encoders/tiny-clip"])
def test_no_name_leads_out_of_the_workspace_s_folder(space: Path, name: str) -> None:
    shutil.copy(space / "encoders" / "tiny-clip" / "modules.json", space / "encoders")
    shutil.copy(space / "encoders" / "tiny-clip" / "modules.json", space)
    with pytest.raises(EncoderError):
        locate(name, space)


def test_an_own_folder_without_a_saved_model_is_told(space: Path) -> None:
    (space / "encoders" / "half").mkdir()
    assert "half" not in by_name(space)
    with pytest.raises(EncoderError, match="The folder “half” holds no sentence-transformers encoder"):
        locate("half", space)


def test_the_list_begins_with_what_is_here(space: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path / "no-cache"))
    items = listed_encoders("vitrine-clip", space, {})
    names = [item.facts.name for item in items]
    assert names == ["vitrine-clip", "tiny-clip", *(facts.name for facts in HUB)]
    assert [item.kind for item in items] == ["shipped", "folder", *["hub"] * len(HUB)]
    assert [item.here for item in items] == [True, True, *[False] * len(HUB)]
    assert [item.facts.name for item in items if item.default] == ["vitrine-clip"]
    assert items[0].facts.good_for
    record = items[0].record()
    assert {"name", "kind", "dimension", "licence", "here", "default", "used_by", "other_weights"} <= set(record)


def test_collections_are_told_apart_by_weights(space: Path) -> None:
    own = fingerprint(str(space / "encoders" / "tiny-clip"))
    hub = fingerprint("clip-ViT-B-32")
    listed = by_name(
        space,
        new=("tiny-clip", 24, own),
        also=("tiny-clip", 24, own),
        old=("tiny-clip", 32, "0" * 12),
        far=("clip-ViT-B-32", 512, hub),
    )
    assert (listed["tiny-clip"].used_by, listed["tiny-clip"].other_weights) == (("also", "new"), ("old",))
    assert listed["tiny-clip"].facts.dimension == 24
    assert (listed["clip-ViT-B-32"].used_by, listed["clip-ViT-B-32"].other_weights) == (("far",), ())
    assert not any(item.used_by for name, item in listed.items() if name not in ("tiny-clip", "clip-ViT-B-32"))


def test_what_is_gone_is_listed_all_the_same(space: Path) -> None:
    gone = str(space / "gone")
    listed = by_name(space, "nobody/unheard-of", a=(gone, 99, "1" * 12), b=("nobody/else", 7, "2" * 12))
    for name, dimension, used_by in ((gone, 99, ("a",)), ("nobody/else", 7, ("b",)), ("nobody/unheard-of", None, ())):
        item = listed[name]
        assert (item.kind, item.here, item.facts.dimension, item.used_by) == ("missing", False, dimension, used_by)
    assert [name for name, item in listed.items() if item.default] == ["nobody/unheard-of"]


def test_a_folder_elsewhere_is_listed_by_its_whole_path(
    space: Path, saved_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(saved_clip.parent)
    listed = by_name(space, "./tiny-clip", a=(str(saved_clip), 24, fingerprint(str(saved_clip))))
    item = listed[str(saved_clip)]
    assert (item.kind, item.default, item.used_by) == ("folder", True, ("a",))
    assert "./tiny-clip" not in listed


def test_what_the_hub_s_cache_holds_is_here(
    space: Path, saved_clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(cache))
    for repository in ("models--sentence-transformers--clip-ViT-B-32", "models--somebody--their-clip"):
        snapshot = cache / repository / "snapshots" / "abc"
        shutil.copytree(saved_clip, snapshot)
        (cache / repository / "refs").mkdir()
        (cache / repository / "refs" / "main").write_text("abc")
    half = cache / "models--sentence-transformers--clip-ViT-B-16"
    (half / "snapshots" / "abc").mkdir(parents=True)
    (half / "snapshots" / "abc" / "modules.json").write_text("[]")
    (half / "refs").mkdir()
    (half / "refs" / "main").write_text("abc")
    listed = by_name(space, "somebody/their-clip")
    assert (listed["clip-ViT-B-32"].kind, listed["clip-ViT-B-32"].here) == ("hub", True)
    assert (listed["clip-ViT-B-16"].kind, listed["clip-ViT-B-16"].here) == ("hub", False)
    theirs = listed["somebody/their-clip"]
    assert (theirs.kind, theirs.here, theirs.facts.dimension, theirs.default) == ("hub", True, 24, True)


def test_listing_loads_nothing_and_asks_nobody(space: Path) -> None:
    code = (
        "import socket, sys\n"
        "def refused(*_, **__): raise AssertionError('asked the network')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refused\n"
        "from pathlib import Path\n"
        "from core.encoders.listing import listed_encoders\n"
        f"listed = listed_encoders('vitrine-clip', Path({str(space)!r}), {{'a': ('tiny-clip', 24, 'x')}})\n"
        "print(len(listed), sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ}, capture_output=True, text=True, timeout=120
    )
    assert (done.stdout.strip(), done.stderr) == (f"{2 + len(HUB)} []", "")

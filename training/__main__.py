"""The one command: prepare, train, export and evaluate.

`python -m training --archive PATH --out RUN --minutes 60 [--resume]`
"""

import argparse
import contextlib
import ctypes
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerFast, VisionTextDualEncoderModel

from training.captions import vocabulary_texts
from training.card import card
from training.domain import DRAWINGS, own_pictures, write_domain
from training.evaluate import Encoder, evaluate, read_photos, rounded
from training.export import CARD, FIGURES, export
from training.imagenet import imagenet_weights
from training.model import Learner, towers, train_tokenizer
from training.prepare import DRAWING, PHOTO, Dataset, archive_rows, drawn_rows, prepare
from training.train import CHECKPOINT, Plan, Run, label_values, restored

DRAWING_SEED = 20
TOKENIZER, VALUES, HISTORY = "tokenizer", "values.json", "history.json"


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--archive", type=Path, required=True, help="the Kaggle archive, a zip or an unpacked folder")
    parser.add_argument("--out", type=Path, required=True, help="folder for arrays, checkpoints, logs and the export")
    parser.add_argument("--minutes", type=float, default=60.0, help="wall-clock time to train for")
    parser.add_argument("--resume", action="store_true", help="continue from the checkpoint in --out")
    parser.add_argument("--start-from", type=Path, help="a run's or exported encoder's folder to begin with")
    parser.add_argument("--drawings", type=int, default=4000, help="how many drawings of the sample catalogue to add")
    parser.add_argument("--batch", type=int, default=128, help="pictures a step")
    parser.add_argument("--kin-share", type=float, default=0.15, help="share of a batch drawn from one product type")
    parser.add_argument("--changed-share", type=float, default=0.3, help="share of a batch to be recognised changed")
    parser.add_argument("--near-weight", type=float, default=0.3, help="weight of neighbours carrying the same labels")
    parser.add_argument("--rate", type=float, default=1.0, help="factor on the learning rates")
    parser.add_argument("--image-rate", type=float, default=1.0, help="further factor on the image tower's rates")
    parser.add_argument("--small-until", type=float, default=0.5, help="share of the time with small pictures")
    parser.add_argument("--untaught", action="store_true", help="begin the image tower at random, not with ImageNet's")
    parser.add_argument("--export", type=Path, help="where to export the encoder to, default: `encoder` in --out")
    return parser.parse_args(given)


def keep_freed_memory() -> None:
    """Tell glibc to reuse freed memory instead of returning it, which makes a training step up to twice as fast.

    Every step frees and asks for the same large blocks; by default each comes back from the system page by page.
    """
    mmap_max, trim_threshold = -4, -1
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(mmap_max, 0)
        libc.mallopt(trim_threshold, 2**31 - 1)


def prepared(options: argparse.Namespace) -> Dataset:
    """Return the arrays of the run, written once."""
    sources = {PHOTO: archive_rows(options.archive)}
    if options.drawings:
        sources[DRAWING] = drawn_rows(options.drawings, DRAWING_SEED)
    return prepare(sources, options.out / "arrays")


def words_of(dataset: Dataset, folder: Path) -> tuple[PreTrainedTokenizerFast, dict[str, list[str]]]:
    """Return the run's tokenizer and label values as they were when the run began.

    The tokenizer is learnt from the product names seen in training and from every phrase a label has.
    """
    if not (folder / VALUES).is_file():
        names = [
            name
            for name, held_out in zip(dataset.columns["productDisplayName"], dataset.held_out, strict=True)
            if not held_out
        ]
        train_tokenizer(names + vocabulary_texts() * 5).save_pretrained(folder / TOKENIZER)
        (folder / VALUES).write_text(json.dumps(label_values(dataset)))
    values: dict[str, list[str]] = json.loads((folder / VALUES).read_text())
    return PreTrainedTokenizerFast.from_pretrained(folder / TOKENIZER), values


def started(options: argparse.Namespace, dataset: Dataset) -> Run:
    """Return the run at the point where it is to go on: new, from another's weights, or where it stopped."""
    torch.manual_seed(0)
    begun = options.start_from
    if begun is not None and not (options.out / VALUES).is_file():
        if is_exported(begun):
            PreTrainedTokenizerFast.from_pretrained(begun).save_pretrained(options.out / TOKENIZER)
            (options.out / VALUES).write_text(json.dumps(label_values(dataset)))
        else:
            shutil.copytree(begun / TOKENIZER, options.out / TOKENIZER)
            shutil.copy2(begun / VALUES, options.out / VALUES)
    tokenizer, values = words_of(dataset, options.out)
    learner = Learner(towers(len(tokenizer)), values)
    plan = Plan(
        seconds=options.minutes * 60,
        batch=options.batch,
        kin_share=options.kin_share,
        changed_share=options.changed_share,
        near_weight=options.near_weight,
        rate=options.rate,
        image_rate=options.image_rate,
        small_until=options.small_until,
    )
    run = Run(dataset, learner, tokenizer, values, plan)
    if options.resume and (options.out / CHECKPOINT).is_file():
        run.restore(restored(options.out / CHECKPOINT))
    elif begun is not None and is_exported(begun):
        take_over(learner, VisionTextDualEncoderModel.from_pretrained(begun))
    elif begun is not None:
        learner.load_state_dict(restored(begun / CHECKPOINT)["learner"])
    elif not options.untaught:
        learner.clip.vision_model.load_state_dict(imagenet_weights(), strict=False)
    return run


def take_over(learner: Learner, exported: VisionTextDualEncoderModel) -> None:
    """Begin with the weights of an exported encoder; only its text tower's where its image tower is of another kind."""
    weights = exported.state_dict()
    if exported.config.vision_config.model_type != learner.clip.config.vision_config.model_type:
        weights = {name: weight for name, weight in weights.items() if not name.startswith("vis")}
        weights |= {f"vision_model.{name}": weight for name, weight in imagenet_weights().items()}
    learner.clip.load_state_dict(weights, strict=False)


def is_exported(folder: Path) -> bool:
    """Say whether a folder is an exported encoder, which has towers and words but no heads, and not a run."""
    return not (folder / CHECKPOINT).is_file()


def history_of(folder: Path) -> list[dict[str, Any]]:
    """Return the stages a run or an exported encoder has been through."""
    if is_exported(folder):
        stages: list[dict[str, Any]] = json.loads((folder / FIGURES).read_text())["training"]["stages"]
        return stages
    history: list[dict[str, Any]] = json.loads((folder / HISTORY).read_text())
    return history


def record(options: argparse.Namespace, run: Run) -> dict[str, Any]:
    """Note what this run did, after what the run it started from did, and return it with the data it used."""
    stage = {"minutes": round(run.spent / 60, 1), "steps": run.step_number, "batch": run.plan.batch}
    before = [] if options.start_from is None else history_of(options.start_from)
    (options.out / HISTORY).write_text(json.dumps([*before, stage]))
    drawn = sum(
        source == DRAWING and not held_out
        for source, held_out in zip(run.dataset.columns["source"], run.dataset.held_out, strict=True)
    )
    return {"stages": [*before, stage], "drawings": drawn}


def main(given: Sequence[str] | None = None) -> None:
    """Run every stage; what is done already is not done again."""
    keep_freed_memory()
    torch.set_flush_denormal(True)  # a fifth of the time goes into numbers too small to matter
    options = arguments(given)
    options.out.mkdir(parents=True, exist_ok=True)
    run = started(options, prepared(options))
    run.train(options.out)
    folder: Path = options.export or options.out / "encoder"
    export(run.learner.clip.eval(), run.tokenizer, folder)
    write_domain(folder, own_pictures(options.archive, min(DRAWINGS, options.drawings)))
    figures = rounded(evaluate(Encoder(folder), read_photos(options.archive)))
    figures["training"] = record(options, run)
    (folder / FIGURES).write_text(json.dumps(figures, indent=2) + "\n")
    (folder / CARD).write_text(card(figures))


if __name__ == "__main__":
    main()

"""What a pipeline makes of one picture: the same pixels in every process for the same seed, key and variant."""

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from core.augment.available import albumentations
from core.augment.pipeline import Pipeline
from core.augment.sizes import MOST_PIXELS, too_large
from core.augment.steps import built, root_steps
from core.errors import InputError
from core.timing import step

MOST_SHOWN = 32  # numbers of an array that are told one by one; of a larger one its digest
DIGEST = 16  # characters
NOT_DRAWN = frozenset({"shape", "cols", "rows", "fill_mask", "mask_interpolation"})


@dataclass(frozen=True)
class Augmented:
    """A picture that a pipeline made."""

    image: Image.Image  # RGB
    drawn: dict[str, Any]  # seed, and the steps that were taken with what was drawn for each; plain JSON values


def apply(pipeline: Pipeline, image: Image.Image, variant: int = 0, key: str = "") -> Augmented:
    """Make one variant of a picture; `key` tells pictures apart that should be changed differently."""
    return next(apply_all(pipeline, image, [variant], key))


def apply_all(pipeline: Pipeline, image: Image.Image, variants: Iterable[int], key: str = "") -> Iterator[Augmented]:
    """Make several variants of a picture; each is what `apply` gives, for less work."""
    return Applier(pipeline).variants(image, variants, key)


class Applier:
    """A pipeline made ready once, for any number of pictures; for one thread.

    Each picture is what `apply` gives, whatever was made before it.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        steps, share = root_steps(pipeline.steps["transform"])
        self._compose = built(steps, p=share)
        self._taken: list[tuple[str, Mapping[str, Any]]] = []  # name and what was drawn of each step, as they went
        for leaf in _leaves(self._compose):
            leaf.apply_with_params = partial(self._step, leaf.get_class_fullname(), leaf.apply_with_params)

    def variants(self, image: Image.Image, variants: Iterable[int], key: str = "") -> Iterator[Augmented]:
        """Make variants of one picture."""
        pixels = np.array(image.convert("RGB"))
        for variant in variants:
            seed = drawn_seed(self._pipeline.seed, key, variant)
            # Not set_random_seed, which gives every step a generator of its own with the same seed: two steps of
            # p=0.5 would then always be taken together or not at all.
            self._compose.set_random_state(np.random.default_rng(seed), random.Random(seed))
            with step("augment", 1, 1):
                made = self._made(pixels)
            yield Augmented(Image.fromarray(made), {"seed": seed, "steps": [_told(*step) for step in self._taken]})

    def _made(self, pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Pixels after every step; whatever the library raises is an InputError."""
        self._taken.clear()
        try:
            made = np.ascontiguousarray(self._compose(image=pixels.copy())["image"])
        except InputError:
            raise
        except Exception as error:
            said = str(error).strip().splitlines()
            raise _failed(self._pipeline, pixels, said[0] if said else type(error).__name__) from error
        if 1 in pixels.shape[:2] and made.size in (
            pixels.size,
            pixels.size // 3,
        ):  # some steps drop a side of one pixel
            made = np.ascontiguousarray(np.broadcast_to(made.reshape(*pixels.shape[:2], -1), pixels.shape))
        if made.dtype != np.uint8 or made.ndim != 3 or made.shape[2] != 3 or not made.size:
            seen = f"it makes {made.dtype} of shape {made.shape}, which is no RGB picture"
            raise _failed(self._pipeline, pixels, seen)
        return made

    def _step(self, name: str, act: Callable[..., Any], drawn: Mapping[str, Any], **data: Any) -> Any:
        """Take one step by what it drew, and note that; one that would make too large a picture is not begun."""
        size = too_large(name.rpartition(".")[2], drawn)
        if size is not None:
            raise _refused(self._pipeline, data["image"], f"{name} would make {size[0]:,} × {size[1]:,} pixels of it")
        self._taken.append((name, drawn))
        return act(drawn, **data)


def drawn_seed(seed: int, key: str, variant: int) -> int:
    """A number below 2^63 that depends on all three and on nothing else."""
    digest = hashlib.sha256(f"{seed}\0{variant}\0{key}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _failed(pipeline: Pipeline, pixels: np.ndarray[Any, Any], said: str) -> InputError:
    return InputError(
        _title(pipeline, pixels),
        f"albumentations says: {said[:300]}",
        "Change the step that asks for more than the picture has; a crop needs a picture at least as large.",
    )


def _refused(pipeline: Pipeline, pixels: np.ndarray[Any, Any], said: str) -> InputError:
    hint = "Let the steps make smaller pictures."
    return InputError(_title(pipeline, pixels), f"{said}; {MOST_PIXELS:,} pixels can be made.", hint)


def _title(pipeline: Pipeline, pixels: np.ndarray[Any, Any]) -> str:
    height, width = pixels.shape[:2]
    return f"The pipeline “{pipeline.name}” cannot be applied to a picture of {width:,} × {height:,} pixels."


def _told(name: str, drawn: Mapping[str, Any]) -> dict[str, Any]:
    """A step that was taken, as plain values."""
    return {"transform": name, "drawn": {key: plain(value) for key, value in drawn.items() if key not in NOT_DRAWN}}


def _leaves(group: Any) -> Iterator[Any]:
    """Every transform in a group of the library's, groups opened."""
    for inner in group.transforms:
        if isinstance(inner, albumentations().BaseCompose):
            yield from _leaves(inner)
        else:
            yield inner


def plain(value: Any) -> Any:
    """A drawn value as JSON has it; of a large array its shape and the beginning of the SHA-256 of its bytes."""
    if isinstance(value, np.ndarray) and value.size > MOST_SHOWN:
        digest = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()[:DIGEST]
        return {"shape": list(value.shape), "type": str(value.dtype), "sha256": digest}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return plain(np.array(value)) if _is_large(value) else [plain(item) for item in value]
    if isinstance(value, float):
        return value if np.isfinite(value) else str(value)
    return value if value is None or isinstance(value, str | int | bool) else type(value).__name__


def _is_large(value: Any) -> bool:
    return len(value) > MOST_SHOWN and all(isinstance(item, int | float) for item in value)

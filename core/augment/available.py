"""What albumentations offers that works on one RGB picture alone; nothing else can be named in a pipeline.

The list is read from the installed library, so a newer one brings its new transforms along.
"""

import inspect
import os
import re
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import InputError, near_names

COMPOSITIONS = ("Compose", "Sequential", "OneOf", "SomeOf", "RandomOrder", "OneOrOther")
ROOTS = ("Compose", "ReplayCompose")
# Make something else of a picture than 8-bit RGB.
OTHER_OUTPUT = frozenset({"Normalize", "ToFloat", "FromFloat", "ToTensorV2", "ToTensor3D"})
# Need boxes or masks to have a meaning, a function of a program's own, or a font from the disk.
OTHER_INPUT = frozenset(
    {
        "AtLeastOneBBoxRandomCrop",
        "BBoxSafeRandomCrop",
        "ConstrainedCoarseDropout",
        "CropNonEmptyMaskIfExists",
        "Lambda",
        "RandomSizedBBoxSafeCrop",
    }
)
NOT_PARAMETERS = frozenset({"self", "args", "kwargs", "always_apply", "strict", "mask_interpolation", "fill_mask"})
REMARKS = r"core\.augment|albumentations"  # modules that the library's remarks are attributed to


@dataclass(frozen=True)
class TransformFact:
    """One transform that a pipeline may name."""

    name: str
    about: str  # one sentence
    parameters: Mapping[str, Any]  # defaults by name; None also for those that have to be given
    required: tuple[str, ...]  # parameters without a default


def albumentations() -> Any:
    """The library, imported without the call over the network that it would make, and without its remarks.

    And without torch, of which it only has a last step that makes tensors: that takes longest to import, and 200 MB.
    """
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
    sys.modules.setdefault("albumentations.pytorch", None)  # type: ignore[arg-type]  # it does without
    import albumentations as library

    if ("ignore", None, UserWarning, re.compile(REMARKS), 0) not in warnings.filters:
        warnings.filterwarnings("ignore", category=UserWarning, module=REMARKS)
    return library


def transforms() -> list[TransformFact]:
    """Every transform that a pipeline may name, by name."""
    return [_fact(name, kind) for name, kind in sorted(_allowed(albumentations()).items())]


def find_transform(name: str) -> Any:
    """The class of a transform by its bare or full name, or an InputError with near names."""
    library = albumentations()
    kind = getattr(library, name.rpartition(".")[2], None)
    named = inspect.isclass(kind) and name in (kind.__name__, f"{kind.__module__}.{kind.__name__}")
    if named and _works_alone(library, kind):
        return kind
    raise InputError(
        f"There is no transform “{name[:80]}” for pictures.",
        "A pipeline names transforms of albumentations that work on an RGB picture alone.",
        near_names(name[:80], [*_allowed(library), *COMPOSITIONS]),
    )


def parameters_of(kind: Any) -> Mapping[str, inspect.Parameter]:
    """The parameters of a transform by name."""
    found = inspect.signature(kind.__init__).parameters
    return {name: item for name, item in found.items() if name not in ("self", "args", "kwargs")}


def made(kind: Any, parameters: Mapping[str, Any]) -> Any:
    """A transform with these parameters, or whatever the library raises.

    Told to be strict, it also raises where it would else remark on a fault and take its defaults instead; three
    transforms hand their parameters on by themselves and cannot be told.
    """
    able = bool(kind.__init__.__code__.co_flags & inspect.CO_VARKEYWORDS)
    return kind(**parameters, strict=True) if able else kind(**parameters)


def _allowed(library: Any) -> dict[str, Any]:
    found = (getattr(library, name) for name in dir(library))
    return {kind.__name__: kind for kind in found if inspect.isclass(kind) and _works_alone(library, kind)}


def _works_alone(library: Any, kind: Any) -> bool:
    """Whether a class is a transform that takes an 8-bit RGB picture and nothing else, and gives one."""
    base = library.BasicTransform
    if not issubclass(kind, base) or kind.__name__ in OTHER_OUTPUT | OTHER_INPUT:
        return False
    abstract = kind in (base, library.ImageOnlyTransform, library.DualTransform)
    targets = {str(item.value) for item in getattr(kind, "_targets", ()) or () if not isinstance(item, str)}
    return not abstract and "Image" in targets and not _asks_for_more(base, kind)


def _asks_for_more(base: Any, kind: Any) -> bool:
    """Whether a transform wants other pictures, masks or texts beside the picture."""
    if kind.targets_as_params is base.targets_as_params:
        return False
    empty = inspect.Parameter.empty
    if any(item.default is empty for item in parameters_of(kind).values()):
        return True
    return bool(kind().targets_as_params)


def _fact(name: str, kind: Any) -> TransformFact:
    parameters = {key: item for key, item in parameters_of(kind).items() if key not in NOT_PARAMETERS}
    empty = inspect.Parameter.empty
    return TransformFact(
        name=name,
        about=(inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " "),
        parameters={key: None if item.default is empty else item.default for key, item in parameters.items()},
        required=tuple(key for key, item in parameters.items() if item.default is empty),
    )

"""Every encoder that can be used here, where it is, and which collections' vectors come from it."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from core.encoders.facts import HUB, EncoderFacts, hub_facts
from core.encoders.folder import facts_of_folder, first_words, weights_read
from core.encoders.registry import locate, own_names, shipped_names, whole_name
from core.encoders.weights import fingerprint
from core.errors import EncoderError

ORGANISATION = "sentence-transformers"  # that a hub name without one stands under
Kind = Literal["shipped", "folder", "hub", "missing"]
MadeBy = tuple[str, int, str]  # the name, dimension and fingerprint that a collection records of its encoder


@dataclass(frozen=True)
class ListedEncoder:
    """One encoder and what it is to this workspace."""

    facts: EncoderFacts
    kind: Kind  # "missing": named by a setting or a collection, but neither found here nor a known hub name
    here: bool  # loads without network
    default: bool  # makes the vectors of new collections
    used_by: tuple[str, ...] = ()  # collections whose vectors it made
    other_weights: tuple[str, ...] = ()  # collections whose vectors were made by other weights of that name

    def record(self) -> dict[str, Any]:
        """Every fact by its name, flat."""
        own = asdict(self)
        return {**own.pop("facts"), **own}


def listed_encoders(default: str, workspace: Path, made_by: Mapping[str, MadeBy]) -> list[ListedEncoder]:
    """Shipped ones, folders of one's own, well-known hub names, then any other that a setting or collection names.

    `default` is the setting's encoder, `workspace` the folder of the workspace, `made_by` what each collection records.
    Nothing is loaded and nobody is asked over the network; weights are read only where a collection was made by them.
    """
    chosen = whole_name(default, workspace)
    makers = {collection: (whole_name(made[0], workspace), *made[1:]) for collection, made in made_by.items()}
    recorded = sorted(name for name, _, _ in makers.values())
    hub = [facts.name for facts in HUB]
    names = dict.fromkeys([*shipped_names(), *own_names(workspace), *hub, chosen, *recorded])
    found = [_found(name, workspace) for name in names]
    return [_with_collections(replace(item, default=item.facts.name == chosen), workspace, makers) for item in found]


def _found(name: str, workspace: Path) -> ListedEncoder:
    """An encoder by name: where it is, and what is known of it."""
    try:
        place = Path(locate(name, workspace))
    except EncoderError:
        return ListedEncoder(EncoderFacts(name), "missing", here=False, default=False)
    if name in shipped_names():
        facts = replace(facts_of_folder(name, place), good_for=first_words(place))
        return ListedEncoder(facts, "shipped", here=True, default=False)
    if place.is_dir():
        return ListedEncoder(facts_of_folder(name, place), "folder", here=True, default=False)
    cached = cached_folder(name)
    known = hub_facts(name) or (facts_of_folder(name, cached) if cached else None)
    if known is None:
        return ListedEncoder(EncoderFacts(name), "missing", here=False, default=False)
    return ListedEncoder(known, "hub", here=cached is not None, default=False)


def _with_collections(item: ListedEncoder, workspace: Path, makers: Mapping[str, MadeBy]) -> ListedEncoder:
    """The encoder with the collections that name it, told apart by weights."""
    made = {collection: fact for collection, fact in makers.items() if fact[0] == item.facts.name}
    if not made:
        return item
    weights = None if item.kind == "missing" else fingerprint(locate(item.facts.name, workspace))
    other = tuple(sorted(collection for collection, fact in made.items() if weights not in (None, fact[2])))
    used = tuple(sorted(made.keys() - set(other)))
    same = next((made[collection][1] for collection in used), None)  # another training may have another dimension
    facts = replace(item.facts, dimension=item.facts.dimension or same)
    return replace(item, facts=facts, used_by=used, other_weights=other)


def cached_folder(name: str) -> Path | None:
    """Where the hub's own cache on this machine holds an encoder, weights included; None where it does not."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    place = os.environ.get("SENTENCE_TRANSFORMERS_HOME") or None
    for file in ("modules.json", "config.json"):
        try:
            found = try_to_load_from_cache(name if "/" in name else f"{ORGANISATION}/{name}", file, cache_dir=place)
        except HFValidationError:
            return None
        if isinstance(found, str) and weights_read(Path(found).parent):
            return Path(found).parent
    return None

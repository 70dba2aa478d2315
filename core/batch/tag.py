"""Tags the images of a result with what a model tells about them.

Written in chunks that are each one commit. Killed at any point and started again it goes on after the last chunk, and
what is right already is not written again. A tag reads “prefix:label”; of an image's tags only those that the model
wrote are replaced, so every other one stays, whoever gave it.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.batch.mark import Done, Mark
from core.batch.selection import Selection, select
from core.batch.taggers import Tagger, by_pixels, by_words
from core.collection.catalog import Catalog
from core.collection.changes import recording
from core.collection.history import Kind
from core.collection.store import Collection
from core.collection.tags import replace_tags
from core.encoders.protocol import Encoder
from core.errors import InputError
from core.ingest.lock import only_writer
from core.ingest.progress import Progress, Report
from core.models.facts import check_parameters
from core.models.run import find_model
from core.models.zero_shot import choice_of
from core.search import Searcher

LEAST_CHUNK, MOST_CHUNK = 1_000, 20_000  # images tagged in one commit
USUAL_COMMITS = 50  # each rewrites all tags of the fragments that it touches, so a large result gets larger chunks
PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}")
STAGE = "Tagging images"


@dataclass(frozen=True)
class TagRequest:
    """What to tag with what; plain JSON values."""

    collection: str
    recipe: Mapping[str, str] = field(default_factory=dict)  # URL parameters
    whole: bool = False  # every matching image rather than the recipe's limit
    model: str = "zero-shot"
    parameters: Mapping[str, Any] = field(default_factory=dict)  # of the model
    prefix: str = ""  # of the tags; none for the model's own
    vocabulary: str = ""  # name of the shipped list that the labels are from
    vocabulary_column: str = ""  # name of the column whose values the labels are


@dataclass(frozen=True)
class Tagged:
    """What became of a result's images; an earlier, interrupted attempt at the same request counts in."""

    collection: str
    model: str
    sentence: str  # what the recipe asks for
    images: int  # in the result
    tagged: int  # of these, how many have a tag of the model's
    changed: int  # of these, how many had other ones before
    without_vector: int  # of these, how many the model could not tell about; their tags stay as they were
    tags: Mapping[str, int]  # images by tag, most frequent first
    limited: bool  # every match was asked for, but likeness was too, so the recipe's limit stayed
    version: int  # of the collection afterwards
    seconds: float  # wall clock of this run

    def summary(self) -> dict[str, Any]:
        """Every fact, as plain values."""
        return {**asdict(self), "seconds": round(self.seconds, 2)}


def tag(
    folder: Path,
    collection: Collection,
    catalog: Catalog,
    searcher: Searcher,
    encoder: Callable[[], Encoder],
    request: TagRequest,
    report: Report = lambda progress: None,
    *,
    chunk_rows: int | None = None,
) -> Tagged:
    """Tag the images of a result; `folder` is the workspace's, and nobody else may write to the collection meanwhile.

    The encoder is asked for where the model needs one and has to be the collection's: stored vectors are compared with
    those of the labels, and no picture is read. Picture statistics are taken from the thumbnails. `chunk_rows` images
    are one commit; without it their number follows the result's.
    """
    started = time.monotonic()
    tagger = _tagger(collection, catalog, encoder, request)
    with only_writer(folder, collection.name):
        report(Progress("Finding the images", 0, 0))
        selection = select(catalog, searcher, request.recipe, whole=request.whole)
        mark = Mark(folder, collection.name, _key(catalog, request, selection))
        rows = chunk_rows or min(max(LEAST_CHUNK, len(selection.ids) // USUAL_COMMITS), MOST_CHUNK)
        what, run = f"Tagged by {request.model}", f"tag:{mark.run}"
        with recording(folder, collection, Kind.TAG, what, run=run, ids=selection.ids, columns=("tags",)):
            done = _write(collection, catalog, selection, tagger, mark, report, rows)
        if done.changed:
            collection.index_tags()
        mark.remove()
    return Tagged(
        collection=collection.name,
        model=request.model,
        sentence=selection.sentence,
        images=len(selection.ids),
        tagged=done.tagged,
        changed=done.changed,
        without_vector=done.untold,
        tags=dict(sorted(done.tags.items(), key=lambda item: (-item[1], item[0]))),
        limited=selection.limited,
        version=collection.version,
        seconds=time.monotonic() - started,
    )


def check_request(request: TagRequest, collection: str) -> dict[str, Any]:
    """The model's parameters, or an InputError where the request cannot be met."""
    if request.collection != collection:
        raise InputError(f"This is about “{request.collection[:80]}”, not about “{collection}”.")
    if request.prefix and not PREFIX.fullmatch(request.prefix):
        detail = "It has 1 to 40 letters, digits, spaces, dots, hyphens or underscores, the first a letter or digit."
        raise InputError(f"“{request.prefix[:80]}” cannot begin a tag.", detail, "Choose another prefix.")
    fact = find_model(request.model)
    values = check_parameters(fact, request.parameters)
    if fact.needs_encoder:
        choice_of(values)
    return values


def _tagger(collection: Collection, catalog: Catalog, encoder: Callable[[], Encoder], request: TagRequest) -> Tagger:
    """What makes tags of images."""
    values, fact = check_request(request, collection.name), find_model(request.model)
    if fact.needs_encoder:
        return by_words(collection, catalog, encoder, values, request.prefix or fact.tag_prefix)
    return by_pixels(collection, catalog, values, request.prefix)


def _write(
    collection: Collection,
    catalog: Catalog,
    selection: Selection,
    tagger: Tagger,
    mark: Mark,
    report: Report,
    chunk_rows: int,
) -> Done:
    """Tag chunk by chunk from where the mark stands; returns what is done in all."""
    ids, done = selection.ids, mark.read()
    report(Progress(STAGE, done.images, len(ids)))
    while done.images < len(ids):
        chunk = ids[done.images : done.images + chunk_rows]
        wanted = tagger.tags(catalog.rows(chunk))
        scores = {id: {tag: score for tag, score in tags.items() if score is not None} for id, tags in wanted.items()}
        changed = replace_tags(collection, wanted, tagger.is_own, scores if tagger.scores else None)
        done = Done(
            images=done.images + len(chunk),
            tagged=done.tagged + sum(1 for tags in wanted.values() if tags),
            changed=done.changed + changed,
            untold=done.untold + len(chunk) - len(wanted),
            tags=dict(Counter(done.tags) + Counter(tag for tags in wanted.values() for tag in tags)),
        )
        mark.write(done)
        report(Progress(STAGE, done.images, len(ids)))
    return done


def _key(catalog: Catalog, request: TagRequest, selection: Selection) -> Sequence[object]:
    """What has to be the same for an interrupted run to be gone on with: the request, the images, what they show."""
    content = catalog.select("SELECT bit_xor(hash(id || chr(0) || coalesce(content_hash, ''))) FROM images")[0][0]
    return [asdict(request), catalog.encoder.to_text(), content, selection.ids]

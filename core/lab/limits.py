"""What an answer costs against the number of images it is limited to: asking, fetching, and what is done to each image.

A round at one limit asks for the images, fetches what is known of each with its thumbnail, and then reads, decodes,
augments and encodes their originals, in batches and in one thread. A round that would take too long, going by what the
limit before it took, is left out and said to be.
"""

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from PIL.Image import Image

from core.augment.apply import apply
from core.augment.pipeline import Pipeline, parse_pipeline
from core.collection.catalog import Catalog, Row
from core.collection.store import Collection
from core.encoders.protocol import Encoder
from core.errors import EncoderError, InputError, VitrineError
from core.ingest.decode import decode_pixels
from core.ingest.originals import OriginalReader
from core.ingest.progress import Progress, Report
from core.lab.rounds import Spread, clocked, spread
from core.query.english import sentence
from core.query.recipe import Recipe
from core.query.url import MOST_LIMIT, from_parameters, to_parameters
from core.search import Searcher
from core.settings import Settings

LIMITS = (10, 100, 1_000, 10_000, 0)  # 0 stands for all
MOST_RECIPES, MOST_LIMITS, MOST_REPETITIONS = 6, 12, 100
MOST_SECONDS = 60.0  # that one round of one step may take
FETCHED = 1_000  # rows at a time
BATCH = 64
PIPELINE = "crop-resize"
QUERY, FETCH, READ, DECODE, AUGMENT, ENCODE = "query", "fetch", "read", "decode", "augment", "encode"
PROCESSING = (READ, DECODE, AUGMENT, ENCODE)
STEPS = {
    QUERY: "find the images and count them",
    FETCH: "fetch what is known of each, and its thumbnail",
    READ: "read the originals, or thumbnails where those are gone",
    DECODE: "decode them as for the encoder",
    AUGMENT: "change each by the pipeline",
    ENCODE: "make a vector of each",
}
STAGE = "Measuring"


@dataclass(frozen=True)
class LimitsRequest:
    """What to measure; plain JSON values."""

    recipes: Sequence[Mapping[str, str]] = ({},)  # URL parameters; their own limits do not count
    limits: Sequence[int] = LIMITS
    repetitions: int = 3
    processing: bool = True  # whether images are read, decoded, augmented and encoded as well
    seconds: float = MOST_SECONDS
    pipeline: str = PIPELINE


@dataclass(frozen=True)
class LimitPoint:
    """One step at one limit."""

    recipe: int  # its place in the request
    limit: int  # asked for; 0 for all
    images: int  # that there were
    step: str
    milliseconds: Spread  # of all images together


@dataclass(frozen=True)
class LeftOut:
    """What would have taken too long."""

    recipe: int
    limit: int
    images: int
    step: str
    seconds: float  # it would have taken, in proportion to the limit before


@dataclass
class Subject:
    """What is measured."""

    collection: Collection
    catalog: Catalog
    searcher: Searcher
    originals: OriginalReader
    settings: Settings
    encoder: Callable[[], Encoder]


def check_limits(asked: Mapping[str, Any]) -> LimitsRequest:
    """A request from plain values, or an InputError."""
    try:
        request = LimitsRequest(**asked)
        limits = tuple(dict.fromkeys(int(limit) for limit in request.limits))
        recipes = tuple(to_parameters(from_parameters(recipe)) for recipe in request.recipes)
        request = replace(request, limits=limits, recipes=recipes, seconds=float(request.seconds))
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError("The measurement cannot be read.", str(error)[:200]) from None
    if not 1 <= len(recipes) <= MOST_RECIPES:
        raise InputError(f"{len(recipes)} recipes cannot be measured.", "", f"Choose 1 to {MOST_RECIPES}.")
    if not 1 <= len(limits) <= MOST_LIMITS or min(limits) < 0:
        raise InputError("These limits cannot be measured.", "", f"Choose 1 to {MOST_LIMITS}; 0 stands for all.")
    if not 1 <= request.repetitions <= MOST_REPETITIONS:
        raise InputError(f"{request.repetitions} repetitions cannot be had.", "", f"From 1 to {MOST_REPETITIONS} can.")
    if not 0.1 <= request.seconds <= 3_600:
        raise InputError("A step may take from 0.1 to 3,600 seconds.")
    parse_pipeline(request.pipeline)
    return request


def measure_limits(
    subject: Subject, request: LimitsRequest, report: Report = lambda progress: None
) -> dict[str, Any]:  # fmt: skip
    """Measure; plain values, in the order of recipes, limits and steps."""
    started = time.perf_counter()
    notes: list[str] = []
    encoder: Encoder | None = None
    if request.processing:
        try:
            encoder = subject.encoder()
        except EncoderError as error:
            notes.append(f"Nothing was encoded: {error.title}")
    rounds = Rounds(subject, request, encoder, report)
    told = []
    for place, parameters in enumerate(request.recipes):
        recipe = from_parameters(parameters)
        matching = subject.catalog.count(recipe.where)
        english = sentence(replace(recipe, limit=max(1, min(matching, MOST_LIMIT))), subject.catalog.columns)
        told.append({"recipe": dict(parameters), "english": english, "matching": matching})
        rounds.of(place, recipe, matching)
    if rounds.from_thumbnails:
        notes.append(f"{rounds.from_thumbnails:,} originals could not be had; their thumbnails were read instead.")
    if rounds.broken:
        notes.append(f"{rounds.broken:,} pictures could not be decoded.")
    return {
        "recipes": told,
        "steps": STEPS,
        "points": [asdict(point) for point in rounds.points],
        "left_out": [asdict(item) for item in rounds.left_out],
        "repetitions": request.repetitions,
        "pipeline": request.pipeline,
        "notes": notes,
        "seconds": round(time.perf_counter() - started, 2),
    }


class Rounds:
    """Measures recipes at one limit after the other."""

    def __init__(self, subject: Subject, request: LimitsRequest, encoder: Encoder | None, report: Report) -> None:
        self._subject = subject
        self._request = request
        self._encoder = encoder
        self._report = report
        self._pipeline: Pipeline = parse_pipeline(request.pipeline)
        self._total = len(request.recipes) * len(request.limits)
        self._done = 0
        self.points: list[LimitPoint] = []
        self.left_out: list[LeftOut] = []
        self.from_thumbnails = 0
        self.broken = 0

    def of(self, place: int, recipe: Recipe, matching: int) -> None:
        """Measure one recipe at every limit, smallest first; limits beyond what there is are measured once."""
        most = min(matching, MOST_LIMIT) if recipe.terms else matching
        measured: set[int] = set()
        took: dict[str, tuple[int, float]] = {}  # images and seconds of the last round, by step
        for limit in sorted(self._request.limits, key=lambda limit: limit or 10**12):
            self._report(Progress(STAGE, self._done, self._total))
            self._done += 1
            images = min(limit or most, most)
            if images and images not in measured:
                measured.add(images)
                self._at(place, recipe, limit, images, took)
        self._report(Progress(STAGE, self._done, self._total))

    def _at(self, place: int, recipe: Recipe, limit: int, images: int, took: dict[str, tuple[int, float]]) -> None:
        times: dict[str, list[float]] = defaultdict(list)
        ids: list[str] = []
        steps: list[tuple[str, Callable[[], dict[str, float]]]] = [
            (QUERY, lambda: {QUERY: clocked(lambda: ids.__setitem__(slice(None), self._ask(recipe, images)))}),
            (FETCH, lambda: {FETCH: clocked(lambda: self._fetch(ids))}),
        ]
        if self._request.processing:
            steps.append(("processing", lambda: self._process(ids)))
        for name, work in steps:
            expected = _in_proportion(took.get(name), images)
            if expected > self._request.seconds:
                self.left_out.append(LeftOut(place, limit, images, name, round(expected, 1)))
                if name == QUERY:
                    return
                continue
            if images <= FETCHED:
                work()  # to warm up, where that is cheap
            for _ in range(self._request.repetitions):
                self._report(Progress(STAGE, self._done - 1, self._total))
                for step, milliseconds in work().items():
                    times[step].append(milliseconds)
            own = PROCESSING if name == "processing" else (name,)
            took[name] = (images, sum(spread(times[step]).median for step in own if step in times) / 1000)
        self.points += [LimitPoint(place, limit, len(ids), step, spread(values)) for step, values in times.items()]

    def _ask(self, recipe: Recipe, images: int) -> list[str]:
        catalog = self._subject.catalog
        if recipe.terms:
            result = self._subject.searcher.run(replace(recipe, limit=images))
            return [hit.row.id for hit in result.hits]
        catalog.count(recipe.where)
        if recipe.sample:
            return catalog.sample(recipe.where, images, recipe.seed)
        return catalog.ids(recipe.where, recipe.order, images)

    def _fetch(self, ids: Sequence[str]) -> None:
        """As many together as a page of the gallery has at the most; nothing is held longer than its part."""
        catalog = self._subject.catalog
        for first in range(0, len(ids), FETCHED):
            rows = catalog.rows(ids[first : first + FETCHED])
            self._subject.collection.thumbnails([row.rowid for row in rows], catalog.dataset)

    def _process(self, ids: Sequence[str]) -> dict[str, float]:
        """Milliseconds of each step, over all images."""
        spent: dict[str, float] = defaultdict(float)
        self.from_thumbnails = self.broken = 0
        for first in range(0, len(ids), BATCH):
            rows = self._subject.catalog.rows(ids[first : first + BATCH])
            data: list[bytes] = []
            spent[READ] += clocked(lambda: data.extend(self._read(rows)))  # noqa: B023
            images: list[Image] = []
            spent[DECODE] += clocked(lambda: images.extend(self._decode(data)))  # noqa: B023
            changed: list[Image] = []
            spent[AUGMENT] += clocked(lambda: changed.extend(self._augment(images)))  # noqa: B023
            if self._encoder is not None and images:
                encoder = self._encoder
                spent[ENCODE] += clocked(lambda: encoder.encode_images(images))  # noqa: B023
            self._report(Progress(STAGE, self._done - 1, self._total))
        return dict(spent)

    def _read(self, rows: Sequence[Row]) -> list[bytes]:
        """Originals as long as they are the pictures that were brought in; else thumbnails."""
        found: dict[int, bytes] = {}
        for row in rows:
            with suppress(VitrineError):
                data = self._subject.originals.read(str(row.values["uri"]))
                if hashlib.sha256(data).hexdigest() == row.content_hash:
                    found[row.rowid] = data
        lacking = [row.rowid for row in rows if row.rowid not in found]
        self.from_thumbnails += len(lacking)
        if lacking:
            held = self._subject.collection.thumbnails(lacking, self._subject.catalog.dataset)
            found |= dict(zip(lacking, held, strict=True))
        return [found[row.rowid] for row in rows if found[row.rowid]]

    def _decode(self, data: Sequence[bytes]) -> list[Image]:
        images = []
        for item in data:
            try:
                images.append(decode_pixels(item, self._subject.settings))
            except VitrineError:
                self.broken += 1
        return images

    def _augment(self, images: Sequence[Image]) -> list[Image]:
        return [apply(self._pipeline, image, key=str(place)).image for place, image in enumerate(images)]


def _in_proportion(last: tuple[int, float] | None, images: int) -> float:
    """Seconds that a round will take, going by the one before; nothing is known of the first."""
    return 0.0 if last is None else last[1] * images / max(1, last[0])

"""What an evaluation found, as values: written to a file, printed, shown."""

from dataclasses import dataclass

from core.collection.schema import EncoderFact
from core.evaluation.intervals import Figure


@dataclass(frozen=True)
class Sampled:
    """Which images an evaluation looked at."""

    collection: str
    version: int  # of the collection
    images: int  # in the collection
    copies: int  # of these, byte-identical to another, which alone could be drawn
    asked: int  # how many to draw at the most; 0 for all
    seed: int
    drawn: int
    unusable: int  # of the drawn, left out: without a vector, or with one that is not finite or has no length
    from_thumbnails: int  # of the drawn, encoded from the thumbnail because the original is gone or has changed
    key: str  # twelve digits that tell the images used: evaluations of one key are of the same images

    @property
    def used(self) -> int:
        """Images that figures rest on, where nothing else is said."""
        return self.drawn - self.unusable


@dataclass(frozen=True)
class Precision:
    """The share of an image's nearest others that carry its label."""

    depth: int  # nearest others looked at
    figure: Figure
    most: float  # what a perfect encoder would reach: a label with few images cannot fill every place


@dataclass(frozen=True)
class Confusion:
    """Another value that stood where a class's own should have."""

    value: str
    share: float  # of the places among the nearest others, or of the guesses by name, that it took


@dataclass(frozen=True)
class Neighbour:
    """One of the nearest others of an image, of another value."""

    id: str
    value: str
    rank: int  # 1 for the nearest
    similarity: float  # cosine


@dataclass(frozen=True)
class Mistake:
    """An image, and the nearest others that have another value, the nearest first."""

    id: str
    wrong: tuple[Neighbour, ...]


@dataclass(frozen=True)
class ClassFigures:
    """How well the images of one value are found by one another."""

    value: str
    images: int  # used that have it
    precision: tuple[Precision, ...]  # among one nearest other and more
    confusions: tuple[Confusion, ...]  # among the nearest others at the depth that classes are ordered by
    zero_shot: Figure | None  # the share of its images that its plain name was nearest to
    guesses: tuple[Confusion, ...]  # values whose plain names were nearer
    mistakes: tuple[Mistake, ...]  # a few, drawn at random

    def at(self, depth: int) -> Precision | None:
        """The precision among so many nearest others; None where that was not measured."""
        return next((item for item in self.precision if item.depth == depth), None)


@dataclass(frozen=True)
class LabelFigures:
    """How well the images of one column's values are told apart."""

    column: str  # as stored
    header: str  # as the person's table has it
    images: int  # used that have a value
    missing: int  # used that have none, or one such as "unknown": left out
    values: int  # different ones among the images used
    names: int  # different ones in the whole collection, among which zero-shot chooses
    single: int  # images whose value no other image used has: their neighbour can only be wrong
    common: str  # the most frequent value
    baseline: Figure  # its share: what always answering it would reach
    one_nearest: Figure  # leave-one-out accuracy of the nearest other image's value
    precision: tuple[Precision, ...]
    zero_shot: Figure | None  # accuracy of the value whose plain name is nearest; None where values are not words
    weighted_f1: Figure | None  # of the same guesses
    depth: int = 0  # nearest others that classes are ordered by; 0 where classes were not measured
    classes: tuple[ClassFigures, ...] = ()  # the worst first, those with too few images to judge last
    judged: int = 0  # classes with enough images to be ordered; of many only the worst are kept, and stand first
    poor: int | None = None  # of the judged, below half of what they could reach; None in files that do not tell


@dataclass(frozen=True)
class Recall:
    """The share of texts that find an image of their own among the first `depth`."""

    depth: int
    figure: Figure


@dataclass(frozen=True)
class TextFigures:
    """How well images are found by their own texts."""

    column: str
    header: str
    images: int  # used that have a text; each asks once
    missing: int  # used that have none: they are among the answers all the same
    texts: int  # different ones
    among: int  # images that are searched
    recall: tuple[Recall, ...]


@dataclass(frozen=True)
class Cost:
    """What the evaluation took, as measured in this run."""

    seconds: float  # all of it, without loading the encoder
    images_encoded: int  # 0 where the collection's own vectors were used
    image_seconds: float  # to read, decode and encode them
    texts_encoded: int
    text_seconds: float

    @property
    def images_per_second(self) -> float | None:
        return self.images_encoded / self.image_seconds if self.images_encoded and self.image_seconds else None


@dataclass(frozen=True)
class Skipped:
    """What was not measured."""

    what: str  # a column, or a figure
    why: str  # one sentence


@dataclass(frozen=True)
class Evaluation:
    """One encoder, scored on one collection."""

    at: str  # UTC, ISO 8601 with microseconds
    encoder: EncoderFact
    stored_vectors: bool  # the collection's own; otherwise its images were encoded anew
    sampled: Sampled
    labels: tuple[LabelFigures, ...]
    text: TextFigures | None
    skipped: tuple[Skipped, ...]
    cost: Cost

"""The columns every collection has, and how a person's columns stand beside them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from core.collection.mapped import is_behind, map_of
from core.errors import InputError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
ENCODER_KEY = "vitrine.encoder"
LABEL_KEY = "vitrine.label"
VECTOR_KEY = "vitrine.vectors"
VECTOR = "vector"
VECTORS = re.compile(
    rf"{VECTOR}(_[0-9a-f]{{12}}_[0-9]+)?"
)  # the first encoder's, and those of encoders that came later

FRAGMENT_BITS = 32  # a row's address is its fragment's number, then below so many bits its place there
SYSTEM_FIELDS = (
    pa.field("id", pa.string(), nullable=False),
    pa.field("uri", pa.string()),  # where the original is
    pa.field("source", pa.string()),  # location of the source it came from
    pa.field("signature", pa.string()),  # changes when the original may have changed
    pa.field("content_hash", pa.string()),  # SHA-256 of the original's bytes
    pa.field("width", pa.int32()),  # pixels, orientation applied
    pa.field("height", pa.int32()),
    pa.field("phash", pa.int64()),  # 64-bit perceptual hashes
    pa.field("dhash", pa.int64()),
    pa.field("tags", pa.list_(pa.string())),
    pa.field("added_at", pa.timestamp("us")),  # UTC
    pa.field("thumbnail", pa.binary()),  # WebP, long side at most 256 pixels
)
SCORES = "tags:scores"  # of the tags that a model gave, made when the first are; no person's column has a colon in it
SYSTEM_NAMES = frozenset((*(field.name for field in SYSTEM_FIELDS), SCORES))
ASKABLE_SYSTEM_NAMES = ("width", "height", "added_at")
SYSTEM_LABELS = {"width": "Width", "height": "Height", "added_at": "Added at"}


@dataclass(frozen=True)
class EncoderFact:
    """Which encoder made a collection's vectors."""

    name: str  # as in the setting
    dimension: int  # components of one vector
    fingerprint: str  # of its weights: another training under the same name is another encoder

    @property
    def weights(self) -> str:
        """What its text begins with: all of it but the name, which may become another."""
        return f"{self.dimension}:{self.fingerprint}:"

    def to_text(self) -> str:
        """As kept in a collection's schema."""
        return f"{self.weights}{self.name}"

    @classmethod
    def from_text(cls, text: str) -> "EncoderFact":
        """What `to_text` wrote."""
        dimension, fingerprint, name = text.split(":", 2)
        return cls(name, int(dimension), fingerprint)


def check_name(name: str) -> str:
    """A collection's name as given, or an InputError: it becomes a folder's name and part of links."""
    if NAME.fullmatch(name):
        return name
    raise InputError(
        f"“{name[:80]}” cannot name a collection.",
        "A name has 1 to 64 letters, digits, hyphens and underscores, and begins with a letter or digit.",
        "Choose another name.",
    )


def collection_schema(
    encoder: EncoderFact, fields: Sequence[pa.Field] = (), labels: Mapping[str, str] | None = None
) -> pa.Schema:
    """The Arrow schema of a new collection; `fields` are those of a person's table, `labels` their headers."""
    vector = pa.field(VECTOR, pa.list_(pa.float32(), encoder.dimension))
    own = [labelled(field, (labels or {}).get(field.name, field.name)) for field in fields]
    return pa.schema([*SYSTEM_FIELDS, vector, *own], metadata={ENCODER_KEY: encoder.to_text()})


def labelled(field: pa.Field, text: str) -> pa.Field:
    """The field with the header that the person's table has."""
    return field.with_metadata({LABEL_KEY: text})


def metadata_fields(schema: pa.Schema) -> list[pa.Field]:
    """The fields that came with people's tables, and the map's clusters, in order."""
    current = map_of(schema)
    return [
        field
        for field in schema
        if field.name not in SYSTEM_NAMES and not VECTORS.fullmatch(field.name) and not is_behind(field, current)
    ]


def metadata_names(schema: pa.Schema) -> list[str]:
    """Names of the columns that came with people's tables."""
    return [field.name for field in metadata_fields(schema)]


def label(field: pa.Field) -> str:
    """A column's header as the person's table has it."""
    stored = (field.metadata or {}).get(LABEL_KEY.encode())
    return str(stored, "utf-8") if stored else SYSTEM_LABELS.get(field.name, field.name)


def vector_column(schema: pa.Schema) -> str:
    """The column of the vectors that the recorded encoder made; null for an image that it has yet to see."""
    return str((schema.metadata or {}).get(VECTOR_KEY.encode(), VECTOR.encode()), "utf-8")


def has_passed(schema: pa.Schema) -> bool:
    """Whether the vectors are from another encoder than the collection began with."""
    return VECTOR_KEY.encode() in (schema.metadata or {})


def vector_columns(schema: pa.Schema) -> list[str]:
    """Every column of vectors: more than one only while a collection passes from one encoder to another."""
    return [name for name in schema.names if VECTORS.fullmatch(name)]


def new_vector_column(encoder: EncoderFact) -> str:
    """The column for the vectors of an encoder that follows another."""
    return f"{VECTOR}_{encoder.fingerprint}_{encoder.dimension}"


def encoder_of(schema: pa.Schema) -> EncoderFact:
    """The encoder recorded in a collection's schema."""
    return EncoderFact.from_text((schema.metadata or {})[ENCODER_KEY.encode()].decode())

"""Whose vectors a collection holds: only those of one encoder can be compared."""

import shlex

from core.collection.schema import EncoderFact
from core.encoders.protocol import Encoder
from core.errors import EncoderError


def fact_of(encoder: Encoder) -> EncoderFact:
    """What a collection records about an encoder."""
    return EncoderFact(encoder.name, encoder.dimension, encoder.fingerprint)


def check_same(collection: str, made_by: EncoderFact, own: EncoderFact) -> None:
    """Refuse to mix or compare vectors of two encoders."""
    if made_by == own:
        return
    if made_by.name == own.name:
        raise EncoderError(
            f"The vectors of “{collection}” were made by another version of “{own.name}”.",
            f"Its weights were {made_by.fingerprint}; they are {own.fingerprint} now. The two cannot be compared.",
            f"Make its vectors anew: {embed_command(collection, own.name)}",
        )
    raise EncoderError(
        f"The vectors of “{collection}” were made by “{made_by.name}”, not by “{own.name}”.",
        "Vectors of different encoders cannot be compared.",
        f"Make its vectors anew: {embed_command(collection, own.name)}",
    )


def embed_command(collection: str, encoder: str) -> str:
    """What makes a collection's vectors anew, as one would type it."""
    return f"vitrine embed --collection {collection} --encoder {shlex.quote(encoder)}"

"""Captions for a row: its product name, or a phrase built from some of its labels, in many wordings.

A caption knows which values of which columns it would also fit, so the contrastive loss can count every picture in
the batch that the words describe as right, instead of only the one they were made from: "red dress" is true of any red
dress.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from training.vocabulary import BROAD, PHRASES, UNKNOWN, phrases_for

Row = Mapping[str, str]

NAME_SHARE = 0.5
BROAD_SHARE = 0.12
TYPO_SHARE = 0.02
OPENINGS = (
    "a photo of {}", "a picture of {}", "a product photo of {}", "an image of {}", "photo of {}",
    "a studio photo of {}", "{} on a white background", "{} for sale", "show me {}", "looking for {}",
    "find {}", "{} online", "a {}", "the {}", "some {}", "a pair of {}", "new {}", "fashion {}",
)  # fmt: skip
_CONTENT = {"gender": 0.55, "baseColour": 0.6, "articleType": 0.92, "usage": 0.16, "season": 0.05}
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Caption:
    """One caption and the labels it commits to."""

    text: str
    """What the text tower reads."""
    fits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each column the caption speaks of, the values it is true for."""
    exact: bool = False
    """True for a product's own name, which describes one picture best."""


def known(row: Row, column: str) -> bool:
    """Say whether the row's value tells anything about the picture."""
    return row[column] not in UNKNOWN


def phrase(row: Row, column: str, rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """Return wording for one label and the values the wording is true for."""
    value = row[column]
    if rng.random() < BROAD_SHARE:
        broad = [(term, values) for term, values in BROAD.get(column, {}).items() if value in values]
        if broad:
            return rng.choice(broad)
    choices = phrases_for(column, value)
    return (value if rng.random() < 0.45 else rng.choice(choices)), (value,)


def described(row: Row, rng: random.Random) -> Caption:
    """Build a caption from some of the row's labels, in a random wording."""
    spoken = [name for name, share in _CONTENT.items() if known(row, name) and rng.random() < share]
    if not {"articleType"} & set(spoken) and rng.random() < 0.5:
        spoken.append(rng.choice(("subCategory", "masterCategory")))
    if not spoken:
        spoken = ["articleType"]
    said = {name: phrase(row, name, rng) for name in spoken}
    text = _worded({name: words for name, (words, _) in said.items()}, rng)
    if rng.random() < 0.35:
        text = rng.choice(OPENINGS).format(text)
    return Caption(text, {name: values for name, (_, values) in said.items()})


def _worded(words: Mapping[str, str], rng: random.Random) -> str:
    """Put label phrases in one of the orders people type them."""
    thing = next((words[name] for name in ("articleType", "subCategory", "masterCategory") if name in words), "")
    gender, colour = words.get("gender", ""), words.get("baseColour", "")
    rest = [words[name] for name in ("usage", "season") if name in words]
    head, tail = [], []
    if gender and (rng.random() < 0.5 or gender.startswith(("everyone", "both"))):
        tail.append(f"{rng.choice(('for', 'for', 'for a'))} {gender}" if rng.random() < 0.85 else gender)
    elif gender:
        head.append(gender)
    if colour and rng.random() < 0.85:
        head.append(colour)
    elif colour:
        tail.append(f"in {colour}" if rng.random() < 0.7 else colour)
    for extra in rest:
        (tail if extra.startswith("for ") or rng.random() < 0.2 else head).append(extra)
    if rng.random() < 0.5:
        rng.shuffle(head)
    if rng.random() < 0.5:
        rng.shuffle(tail)
    return " ".join(part for part in (*head, thing, *tail) if part)


def named(row: Row, rng: random.Random) -> Caption:
    """Return the product's name, sometimes with a word left out, in lower case or with two words swapped."""
    text = row["productDisplayName"]
    words = _WORD.findall(text)
    if len(words) > 3 and rng.random() < 0.25:
        words.pop(rng.randrange(len(words)))
    if len(words) > 2 and rng.random() < 0.1:
        first = rng.randrange(len(words) - 1)
        words[first], words[first + 1] = words[first + 1], words[first]
    fits = {name: (row[name],) for name in ("articleType", "baseColour", "gender")}
    return Caption(" ".join(words), fits, exact=True)


def mistyped(text: str, rng: random.Random) -> str:
    """Swap two neighbouring letters, or drop one, the way hasty typing does."""
    if len(text) < 6:
        return text
    spot = rng.randrange(1, len(text) - 2)
    if rng.random() < 0.5:
        return text[:spot] + text[spot + 1] + text[spot] + text[spot + 2 :]
    return text[:spot] + text[spot + 1 :]


def caption(row: Row, rng: random.Random) -> Caption:
    """Return one random caption for a row."""
    made = named(row, rng) if rng.random() < NAME_SHARE and row["productDisplayName"] else described(row, rng)
    if rng.random() < TYPO_SHARE:
        return Caption(mistyped(made.text, rng), made.fits, made.exact)
    return made


def label_phrases(column: str, values: Sequence[str], rng: random.Random | None) -> list[str]:
    """Return one phrase for every value of a column: its own name without `rng`, else a random wording."""
    if rng is None:
        return list(values)
    texts = []
    for value in values:
        words = value if rng.random() < 0.5 else rng.choice(phrases_for(column, value))
        texts.append(rng.choice(OPENINGS).format(words) if rng.random() < 0.25 else words)
    return texts


def vocabulary_texts() -> list[str]:
    """Return every phrase and opening once: what a tokenizer must know besides the product names."""
    texts = [opening.format("") for opening in OPENINGS]
    for column, values in PHRASES.items():
        texts.extend(words for value in values for words in phrases_for(column, value))
        texts.extend(BROAD.get(column, {}))
    return texts

"""What is known about encoders before they are loaded: the hub's well-known ones, as data."""

from dataclasses import dataclass

NOT_STATED = "not stated"


@dataclass(frozen=True)
class EncoderFacts:
    """What a person chooses an encoder by."""

    name: str  # as in the setting
    dimension: int | None = None  # components of one vector
    parameters: float | None = None  # millions
    size_mb: int | None = None  # of the weights, in millions of bytes
    pixels: tuple[int, int] | None = None  # width and height of what its image tower reads
    languages: str = ""  # of the texts it understands
    licence: str = NOT_STATED  # as its card states it
    imagenet: float | None = None  # zero-shot accuracy there in percent, as its card states it
    good_for: str = ""


# Each is a CLIPModel that sentence-transformers loads by this one name, pictures and texts, with no code of its own.
HUB = (
    EncoderFacts(
        name="clip-ViT-B-32",
        dimension=512,
        parameters=151.3,
        size_mb=605,
        pixels=(224, 224),
        languages="English",
        imagenet=63.3,
        good_for="photographs of anything; the quickest of its family",
    ),
    EncoderFacts(
        name="clip-ViT-B-16",
        dimension=512,
        parameters=149.6,
        size_mb=598,
        pixels=(224, 224),
        languages="English",
        imagenet=68.1,
        good_for="photographs of anything, in finer detail; slower than B-32",
    ),
    EncoderFacts(
        name="clip-ViT-L-14",
        dimension=768,
        parameters=427.6,
        size_mb=1710,
        pixels=(224, 224),
        languages="English",
        imagenet=75.4,
        good_for="photographs of anything, most accurate of its family; slow without a GPU",
    ),
    EncoderFacts(
        name="openai/clip-vit-base-patch32",
        dimension=512,
        parameters=151.3,
        size_mb=605,
        pixels=(224, 224),
        languages="English",
        good_for="as clip-ViT-B-32, published by its makers",
    ),
    EncoderFacts(
        name="openai/clip-vit-large-patch14-336",
        dimension=768,
        parameters=427.9,
        size_mb=1712,
        pixels=(336, 336),
        languages="English",
        good_for="fine detail in large photographs; slowest of these",
    ),
    EncoderFacts(
        name="laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
        dimension=512,
        parameters=151.3,
        size_mb=605,
        pixels=(224, 224),
        languages="English",
        licence="MIT",
        imagenet=66.6,
        good_for="photographs of anything; as quick as clip-ViT-B-32",
    ),
    EncoderFacts(
        name="laion/CLIP-ViT-L-14-laion2B-s32B-b82K",
        dimension=768,
        parameters=427.6,
        size_mb=1710,
        pixels=(224, 224),
        languages="English",
        licence="MIT",
        imagenet=75.3,
        good_for="photographs of anything; slow without a GPU",
    ),
    EncoderFacts(
        name="patrickjohncyh/fashion-clip",
        dimension=512,
        parameters=151.3,
        size_mb=605,
        pixels=(224, 224),
        languages="English",
        licence="MIT",
        good_for="fashion products, photographed on white",
    ),
)


def hub_facts(name: str) -> EncoderFacts | None:
    """The facts of a well-known hub encoder; None of any other."""
    return next((facts for facts in HUB if facts.name == name), None)

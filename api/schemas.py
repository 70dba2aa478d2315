"""What several subjects of the API share: text, errors, encoders and times."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

HALVES = range(0xD800, 0xE000)


def _whole(text: str) -> str:
    """Half of a surrogate pair, which JSON lets through, cannot be stored, compared or shown."""
    if any(ord(character) in HALVES for character in text):
        raise ValueError("it holds half a character")
    return text


Text = Annotated[str, AfterValidator(_whole)]


class Problem(BaseModel):
    """Every error, as application/problem+json."""

    status: int = Field(examples=[404])
    title: str = Field(examples=["There is no image “1” in “shoes”."], description="What happened")
    detail: str = Field(examples=["It may have been deleted."], description="Why")
    hint: str = Field(examples=[""], description="What to do next")


class EncoderName(BaseModel):
    """What made a collection's vectors."""

    name: str = Field(examples=["vitrine-clip"])
    dimension: int = Field(examples=[256])
    fingerprint: str = Field(description="Of its weights")


class StepTime(BaseModel):
    """What one step of an answer cost."""

    step: str = Field(examples=["sql"])
    milliseconds: float
    depth: int = Field(description="Steps that this one ran inside of")
    rows_in: int | None = Field(None, description="Rows it had to look at; null where that says nothing")
    rows_out: int | None = Field(None, description="Rows it gave")
    times: int = Field(1, description="Steps of this name and depth that are put together here")

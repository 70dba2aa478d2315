"""What the SQL console takes and gives."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.recipe_schemas import RecipeBody
from api.schemas import Text


class SqlBody(BaseModel):
    """One reading statement, and the question whose images `result` has."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"sql": "SELECT gender, count(*) AS images FROM images GROUP BY ALL ORDER BY images DESC"},
                {"sql": "SELECT id, score FROM result WHERE score > 0.3", "recipe": {"text": "red running shoe"}},
            ]
        },
    )

    sql: Text = Field(max_length=200_000, description="SELECT, FROM, WITH, VALUES, DESCRIBE, SUMMARIZE or EXPLAIN")
    recipe: RecipeBody | None = Field(None, description="Its images are the table result; every image if left out")
    limit: int | None = Field(None, strict=True, ge=1, description="Most rows; never more than the settings allow")


class SqlColumn(BaseModel):
    """One column of an answer."""

    name: str = Field(examples=["images"])
    type: str = Field(examples=["BIGINT"], description="As SQL has it")


class SqlAnswer(BaseModel):
    """The rows of a statement."""

    columns: list[SqlColumn]
    rows: list[list[Any]] = Field(
        description="Dates are ISO 8601, bytes hexadecimal, whole numbers beyond 2^53 text, and what is no number null"
    )
    cut: bool = Field(description="There are more rows than these")
    summary: str = Field(examples=["1,000 rows, cut at 1,000"])
    milliseconds: float = Field(description="That the query took")


class SqlSchemaColumn(BaseModel):
    """One column of the tables images and result."""

    name: str = Field(examples=["gender"])
    label: str = Field(description="As the person's table has it")
    kind: str = Field(examples=["category"], description="category, text, number, year, date, boolean or list")
    type: str = Field(examples=["VARCHAR"], description="As SQL has it")
    distinct: int | None = Field(description="Different values, missing not counted; null where not counted")
    missing: int | None = Field(description="Images without a value; null where not counted")


class SqlExample(BaseModel):
    """A statement to begin with."""

    title: str
    sql: str


class SqlSchema(BaseModel):
    """What there is to ask, and the limits of a query."""

    columns: list[SqlSchemaColumn] = Field(description="Of images; result also has score after a similarity search")
    examples: list[SqlExample]
    seconds: float = Field(description="That a query may take")
    rows: int = Field(description="That an answer may have")
    memory_mb: int = Field(description="That a query may use")

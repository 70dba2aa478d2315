"""Pipelines: what there is to make one of, one in every form, and one applied to one picture at once."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response

from api.augment_schemas import PipelineBody, PipelineForms, Presets, Transforms
from api.context import Context
from api.problems import documented
from api.routes.search import read_picture
from core.augment.output import MEDIA_TYPES, Output
from core.augment.parameters import known_transforms, parameter_facts
from core.augment.presets import presets
from core.augment.short import short
from core.augment.text import any_pipeline, from_link, to_json, to_link, to_python, to_yaml
from core.batch.single import augment_bytes

MOST_VARIANT = 1_000_000
MOST_HEADER = 6_000  # characters: proxies and clients drop an answer whose headers are too long
DRAWN = "What was drawn, JSON; where that is long, the seed and the names of the steps that were taken"
Format = Literal["webp", "jpeg", "png"]
Colour = Literal["srgb", "grey", "original"]
Metadata = Literal["strip", "keep"]


def augment_routes(context: Context) -> APIRouter:
    """Everything about pipelines that needs no collection."""
    router = APIRouter(tags=["One picture"], dependencies=context.reading)

    @router.get("/augment", responses=documented(401))
    def pipelines() -> Presets:
        """The ready pipelines, and the transforms that one's own may have."""
        ready = [
            {"name": item.name, "title": item.title, "about": item.about, "draws": item.draws} for item in presets()
        ]
        return Presets.model_validate({"presets": ready, "transforms": list(known_transforms())})

    @router.get("/augment/transforms", responses=documented(401))
    def transforms() -> Transforms:
        """Every transform with its parameters, their bounds, choices and defaults."""
        facts = [
            {"name": name, "about": about, "parameters": [asdict(fact) for fact in parameter_facts(name)]}
            for name, about in known_transforms().items()
        ]
        return Transforms.model_validate({"transforms": facts})

    @router.post("/augment/pipeline", responses=documented(401, 404, 422))
    def forms(asked: PipelineBody) -> PipelineForms:
        """A pipeline in every form: steps, link, JSON, YAML and Python code; what is wrong with one is said."""
        pipeline = any_pipeline(asked.pipeline)
        return PipelineForms(
            name=pipeline.name,
            seed=pipeline.seed,
            steps=short(pipeline)["steps"],
            link=to_link(pipeline),
            json_text=to_json(pipeline),
            yaml=to_yaml(pipeline),
            python=to_python(pipeline),
        )

    @router.post(
        "/augment",
        response_class=Response,
        responses={
            200: {
                "content": {kind: {} for kind in MEDIA_TYPES.values()},
                "headers": {"X-Vitrine-Drawn": {"schema": {"type": "string"}, "description": DRAWN}},
            },
            **documented(401, 404, 413, 422),
        },
    )
    def augmented(
        image: Annotated[UploadFile, File(description="The picture")],
        pipeline: Annotated[
            str, Form(max_length=100_000, description="A preset's name, or a pipeline as JSON, YAML or a link has it")
        ],
        variant: Annotated[int, Form(ge=0, le=MOST_VARIANT, description="Another draws other changes")] = 0,
        image_id: Annotated[
            str, Form(max_length=2_000, description="With a collection's id, the pixels that a set has of it")
        ] = "",
        format: Annotated[Format, Form(description="Of the answer")] = "webp",
        quality: Annotated[int, Form(ge=1, le=100, description="Of webp and jpeg")] = 90,
        colour: Annotated[Colour, Form(description="Colour space of the answer")] = "srgb",
        metadata: Annotated[Metadata, Form(description="Whether the answer has the picture's EXIF")] = "strip",
    ) -> Response:
        """One picture through a pipeline; the same pipeline, seed and variant give the same pixels."""
        space = context.workspace()
        output = Output(format, quality, colour, metadata)
        made = augment_bytes(
            from_link(pipeline), read_picture(space, image), space.settings, output, variant, image_id
        )  # fmt: skip
        headers = {"X-Vitrine-Drawn": _header(made.drawn), "X-Content-Type-Options": "nosniff"}
        return Response(made.data, media_type=output.media_type, headers=headers)

    return router


def _header(drawn: Mapping[str, Any]) -> str:
    """What was drawn, as long as a header may be."""
    text = json.dumps(drawn, separators=(",", ":"))
    if len(text) <= MOST_HEADER:
        return text
    names = [{"transform": step["transform"]} for step in drawn["steps"]]
    return json.dumps({"seed": drawn["seed"], "steps": names, "shortened": True}, separators=(",", ":"))

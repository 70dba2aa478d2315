"""Long work, asked for as jobs, and the same on one picture at once."""

import json
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Request, UploadFile

from api.context import Context, Name, OptionalName
from api.job_schemas import JobFacts
from api.model_schemas import Models, Told
from api.problems import documented
from api.routes.collections import stored_recipe
from api.routes.jobs import told
from api.routes.search import read_picture
from api.work_schemas import AugmentBody, EmbedBody, ExportBody, IngestBody, TagBody
from core.augment.text import any_pipeline
from core.batch.augment import AugmentRequest
from core.batch.labels import check_one_source
from core.batch.tag import TagRequest
from core.errors import InputError
from core.export.places import allowed_places, check_allowed
from core.export.request import ExportRequest
from core.ingest.decode import decode
from core.ingest.plan import IngestRequest
from core.models.run import find_model, models, run_model
from core.operations.batches import start_augment, start_export, start_tag

STARTED = documented(401, 403, 404, 409, 422, 503, 507)


def job_starting_routes(context: Context) -> APIRouter:
    """Work that is queued: every route answers with its job."""
    router = APIRouter(
        prefix="/collections/{name}", tags=["Work"], dependencies=context.writing, responses=STARTED
    )  # fmt: skip

    @router.post("/ingest", status_code=202)
    def ingest(request: Request, name: Name, asked: IngestBody) -> JobFacts:
        """Bring a source of the server's machine or of the web into a collection, which is made if need be."""
        values = {**asked.model_dump(), "text_columns": tuple(asked.text_columns)}
        return told(context.workspace().start_ingest(IngestRequest(collection=name, **values), request.state.who))

    @router.post("/embed", status_code=202)
    def embed(request: Request, name: Name, asked: EmbedBody) -> JobFacts:
        """Make a collection's vectors anew with an encoder, or complete those of its own."""
        space = context.workspace()
        return told(
            space.start_embed(name, asked.encoder, thumbnails=asked.thumbnails, who=request.state.who)
        )  # fmt: skip

    @router.post("/index", status_code=202)
    def index(request: Request, name: Name) -> JobFacts:
        """Make or extend a collection's indexes."""
        return told(context.workspace().start_index(name, request.state.who))

    @router.post("/tag", status_code=202)
    def tag(request: Request, name: Name, asked: TagBody) -> JobFacts:
        """Tag the images of a result with what a model tells about them."""
        space = context.workspace()
        check_one_source(asked.parameters, asked.vocabulary, asked.vocabulary_column)
        wanted = TagRequest(
            space.collection(name).name,
            stored_recipe(space, name, asked.recipe),
            asked.whole,
            asked.model,
            asked.parameters,
            asked.prefix,
            asked.vocabulary,
            asked.vocabulary_column,
        )
        return told(start_tag(space, wanted, request.state.who))

    @router.post("/augment", status_code=202)
    def augment(request: Request, name: Name, asked: AugmentBody) -> JobFacts:
        """Make changed pictures of a result's images: a set with their metadata. Download it from /augmented."""
        space = context.workspace()
        check_allowed(asked.destination, allowed_places(space.settings.export_folders))
        wanted = AugmentRequest(
            space.collection(name).name,
            asked.name,
            any_pipeline(asked.pipeline).to_dict(),
            stored_recipe(space, name, asked.recipe),
            asked.whole,
            asked.variants,
            asked.format,
            asked.quality,
            asked.colour,
            asked.metadata,
            asked.layout,
            asked.destination,
            tuple(asked.ids),
        )
        return told(start_augment(space, wanted, request.state.who))

    @router.post("/export", status_code=202)
    def export(request: Request, name: Name, asked: ExportBody) -> JobFacts:
        """Write a result's bundle: metadata, images and a manifest. Download it from /exports."""
        space = context.workspace()
        check_allowed(asked.destination, allowed_places(space.settings.export_folders))
        wanted = ExportRequest(
            space.collection(name).name,
            asked.name,
            stored_recipe(space, name, asked.recipe),
            asked.whole,
            asked.metadata,
            asked.images,
            asked.layout,
            asked.label_column,
            asked.annotations,
            asked.embeddings,
            asked.destination,
            tuple(asked.ids),
        )
        return told(start_export(space, wanted, request.state.who))

    return router


def one_off_routes(context: Context) -> APIRouter:
    """Work on one picture, answered at once; nothing is kept."""
    router = APIRouter(tags=["One picture"], dependencies=context.reading)

    @router.get("/models", responses=documented(401))
    def known_models() -> Models:
        """What can tell something about a picture."""
        return Models.model_validate({"models": [asdict(fact) for fact in models()]})

    @router.post("/models/{model}", responses=documented(401, 404, 413, 422, 503))
    def run(
        model: Annotated[str, Path(max_length=200, examples=["picture-statistics"])],
        image: Annotated[UploadFile, File(description="The picture")],
        parameters: Annotated[str, Form(max_length=100_000, description="As a JSON object")] = "{}",
        collection: OptionalName = None,
    ) -> Told:
        """What a model tells about one picture; one that needs an encoder uses the collection's, else the default."""
        space = context.workspace()
        values = _object(parameters)
        picture = decode(read_picture(space, image), space.settings).image
        encoder = None
        if find_model(model).needs_encoder:
            encoder = space.encoder_of(collection) if collection else space.encoder()
        return Told(model=model, outputs=run_model(model, values, [picture], encoder)[0])

    return router


def _object(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("The parameters are not JSON.", str(error)[:200]) from None
    if not isinstance(values, dict):
        raise InputError("The parameters are not a JSON object.")
    return values

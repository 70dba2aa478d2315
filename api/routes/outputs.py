"""What jobs have made to take along: exports and augmented sets."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse

from api.context import Context
from api.problems import documented
from api.schemas import Outputs
from core.outputs import EXPORTS
from core.outputs import Outputs as Kept

SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
Called = Annotated[str, Path(max_length=70, description="Of the output")]
Kind = Annotated[str, Path(pattern="^(exports|augmented)$", examples=[EXPORTS])]
Inside = Annotated[str, Path(max_length=1_000, description="A file in it")]


def output_routes(context: Context) -> APIRouter:
    """Lists and downloads."""
    router = APIRouter(tags=["Outputs"], dependencies=context.reading)

    @router.get("/exports", responses=documented(401))
    def exports() -> Outputs:
        """Finished exports."""
        return Outputs.model_validate({"outputs": Kept(context.workspace().folder).exports()})

    @router.get(
        "/exports/{name}/download",
        response_class=FileResponse,
        responses={200: {"content": {"application/zip": {}}}, **documented(401, 404)},
    )
    def download(name: Called) -> FileResponse:
        """An export of layout zip, streamed from disk; parts of it may be asked for (Range)."""
        path = Kept(context.workspace().folder).archive(name)
        return FileResponse(path, media_type="application/zip", filename=path.name, headers=SAFE)

    @router.get("/augmented", responses=documented(401))
    def augmented() -> Outputs:
        """Finished augmented sets."""
        return Outputs.model_validate({"outputs": Kept(context.workspace().folder).augmented()})

    @router.get(
        "/{kind}/{name}/files/{file:path}",
        response_class=FileResponse,
        responses={200: {"content": {"application/octet-stream": {}}}, **documented(401, 404)},
    )
    def file(kind: Kind, name: Called, file: Inside) -> FileResponse:
        """One file of an export of layout folder, or of an augmented set, such as manifest.json."""
        path = Kept(context.workspace().folder).file(kind, name, file)
        return FileResponse(path, headers=SAFE)

    return router

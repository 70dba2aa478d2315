"""What jobs have made to take along: exports and augmented sets."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse, Response, StreamingResponse

from api.context import Context
from api.problems import documented
from api.schemas import Outputs, Sets
from core.export.pack import streamed
from core.outputs import AUGMENTED, EXPORTS
from core.outputs import Outputs as Kept

SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
Called = Annotated[str, Path(max_length=70, description="Of the output")]
Kind = Annotated[str, Path(pattern="^(exports|augmented)$", examples=[EXPORTS])]
Packed = Annotated[
    Literal["zip", "folder"], Query(description="folder for one of another layout than zip, packed on the way")
]
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
    def download(name: Called, layout: Packed = "zip") -> Response:
        """An export as one archive, streamed from disk; of layout zip, parts of it may be asked for (Range)."""
        return _packed(Kept(context.workspace().folder), EXPORTS, name, layout)

    @router.get("/augmented", responses=documented(401))
    def augmented() -> Sets:
        """Finished sets of augmented pictures."""
        return Sets.model_validate({"outputs": [one.told() for one in Kept(context.workspace().folder).sets()]})

    @router.get(
        "/augmented/{name}/download",
        response_class=FileResponse,
        responses={200: {"content": {"application/zip": {}}}, **documented(401, 404)},
    )
    def download_set(name: Called, layout: Packed = "zip") -> Response:
        """A set as one archive, streamed from disk; of layout zip, parts of it may be asked for (Range)."""
        return _packed(Kept(context.workspace().folder), AUGMENTED, name, layout)

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


def _packed(kept: Kept, kind: str, name: str, layout: str) -> Response:
    """The archive as it lies there, or a folder packed on the way."""
    if layout == "folder":
        folder = kept.folder(name, kind)
        headers = {**SAFE, "Content-Disposition": f'attachment; filename="{folder.name}.zip"'}
        return StreamingResponse(streamed(folder), media_type="application/zip", headers=headers)
    path = kept.archive(name, kind)
    return FileResponse(path, media_type="application/zip", filename=path.name, headers=SAFE)

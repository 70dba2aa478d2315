"""Images: their files and facts, adding, deleting and putting back."""

from collections import Counter
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, File, Path, Query, Request, UploadFile
from fastapi.responses import Response

from api.context import Context, Name, OptionalName
from api.problems import documented
from api.routes.jobs import told
from api.schemas import Added, Deletion, Deletions, Ids, ImageFacts, MadeFrom, Refused, Restored
from core.about import made_from
from core.collection.catalog import Catalog, Row
from core.collection.tags import scores_of
from core.errors import InputError, VitrineError
from core.ingest.decode import content_type, decode
from core.ingest.naming import with_suffix
from core.ingest.plan import IngestRequest
from core.workspace import Workspace

FOREVER = "max-age=31536000, immutable"
MOST_FILES = 1_000
Stamp = Annotated[
    str, Query(max_length=64, description="The content's version; then the answer may be cached for good")
]


def image_routes(context: Context) -> APIRouter:
    """What is asked of images."""
    router = APIRouter(tags=["Images"])
    reading, writing = context.reading, context.writing
    pictures: dict[int | str, dict[str, Any]] = {304: {"description": "Unchanged"}, **documented(401, 404, 422)}

    @router.get(
        "/images/{image_id:image}/thumbnail",
        dependencies=reading,
        response_class=Response,
        responses={200: {"content": {"image/webp": {}}}, **pictures},
    )
    def thumbnail(request: Request, image_id: str, collection: OptionalName = None, v: Stamp = "") -> Response:
        """The image's thumbnail, WebP, at most 256 pixels on its long side."""
        row, data = context.workspace().thumbnail(context.chosen(collection), image_id)
        return _cached(request, row, data, "image/webp", "thumbnail", v, context.kept_by)

    @router.get(
        "/images/{image_id:image}/original",
        dependencies=reading,
        response_class=Response,
        responses={200: {"content": {"image/*": {}}}, **pictures},
    )
    def original(request: Request, image_id: str, collection: OptionalName = None, v: Stamp = "") -> Response:
        """The image as it is where it came from."""
        space, name = context.workspace(), context.chosen(collection)
        row = space.image(name, image_id)
        data = space.original(name, image_id)
        return _cached(
            request, row, data, content_type(data) or "application/octet-stream", "original", v, context.kept_by
        )

    @router.get("/images/{image_id:image}", dependencies=reading, responses=documented(401, 404, 422))
    def image(image_id: str, collection: OptionalName = None) -> ImageFacts:
        """All that is known about one image."""
        space, name = context.workspace(), context.chosen(collection)
        row = space.image(name, image_id)
        known = space.catalog(name)
        return ImageFacts(
            id=row.id,
            collection=name,
            width=row.width,
            height=row.height,
            content_hash=row.content_hash,
            uri=row.values["uri"],
            source=row.values["source"],
            added_at=row.values["added_at"].isoformat(),
            tags=row.values["tags"] or [],
            tag_scores=scores_of(known.dataset, [row.id]).get(row.id, {}),
            metadata=_labelled(known, row),
            made_from=_made_from(space, known, row),
            thumbnail=space.image_link(name, row, "thumbnail"),
            original=space.image_link(name, row, "original"),
        )

    @router.delete(
        "/images/{image_id:image}", dependencies=writing, responses=documented(401, 403, 404, 409, 422)
    )  # fmt: skip
    def delete(request: Request, image_id: str, collection: OptionalName = None) -> Deletion:
        """Move one image to the trash."""
        name, who = context.chosen(collection), request.state.who
        return Deletion(deletion=context.workspace().delete(name, [image_id], who))

    @router.post(
        "/collections/{name}/images",
        dependencies=writing,
        status_code=202,
        responses=documented(401, 403, 404, 409, 413, 422, 507),
    )
    def add(
        request: Request,
        name: Name,
        images: Annotated[list[UploadFile], File(description="Pictures, as many as a thousand", max_length=MOST_FILES)],
    ) -> Added:
        """Add pictures to a collection. They are spooled to disk while they arrive, kept, and brought in by a job."""
        space = context.workspace()
        collection, kept, refused = space.collection(name).name, [], []
        for upload in images:
            file = upload.filename or "image"
            try:
                data = _within(upload, space.settings.max_bytes)
                decode(data, space.settings)
                folder = space.keep_originals(collection, [(with_suffix(file, data), data)])
                kept.append(file)
            except InputError as error:
                refused.append(Refused(file=file[:200], why=str(error)))
        job = None
        if kept:
            job = space.start_ingest(IngestRequest(str(folder), collection, use_table=False), request.state.who)
        return Added(kept=len(kept), refused=refused, job=None if job is None else told(job))

    @router.post("/collections/{name}/delete", dependencies=writing, responses=documented(401, 403, 404, 409, 422))
    def delete_many(request: Request, name: Name, which: Ids) -> Deletion:
        """Move images to the trash; the deletion can be undone as a whole."""
        who = request.state.who
        return Deletion(deletion=context.workspace().delete(context.chosen(name), which.ids, who))

    @router.get("/collections/{name}/deletions", dependencies=reading, responses=documented(401, 404))
    def deletions(name: Name) -> Deletions:
        """Deletions that can be undone, oldest first."""
        return Deletions(deletions=context.workspace().collection(name).deletions())

    @router.post(
        "/collections/{name}/deletions/{deletion}/restore",
        dependencies=writing,
        responses=documented(401, 403, 404, 409),
    )
    def restore(request: Request, name: Name, deletion: Annotated[str, Path(max_length=40)]) -> Restored:
        """Put a deletion's images back."""
        who = request.state.who
        return Restored(restored=context.workspace().undo_delete(context.chosen(name), deletion, who))

    return router


def _made_from(space: Workspace, catalog: Catalog, row: Row) -> MadeFrom | None:
    made = made_from(space, catalog, row)
    return None if made is None else MadeFrom(**asdict(made.parent), there=made.is_there)


def _labelled(catalog: Catalog, row: Row) -> dict[str, Any]:
    """Every column under its label; columns that share one go by their stored names."""
    shared = Counter(catalog.columns[name].label for name in catalog.metadata)
    labels = {name: catalog.columns[name].label for name in catalog.metadata}
    return {label if shared[label] == 1 else name: row.values[name] for name, label in labels.items()}


def _within(upload: UploadFile, most: int) -> bytes:
    data = upload.file.read(most + 1)
    if len(data) > most:
        raise too_large(most)
    return data


def too_large(most: int) -> VitrineError:
    """What a picture above the limit is answered with."""
    error = InputError(
        "The picture is too large.", f"At most {most // 1_048_576:,} MB are accepted.", "Make it smaller."
    )
    error.status = 413
    return error


def _cached(request: Request, row: Row, data: bytes, media_type: str, part: str, v: str, kept_by: str) -> Response:
    """An answer with a strong ETag; an address that carries the content's version never changes."""
    stamp = row.content_hash[:16]
    headers = {
        "ETag": f'"{stamp}-{part}"',
        "Cache-Control": f"{kept_by}, {FOREVER if v == stamp else 'no-cache'}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if _is_held(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=media_type, headers=headers)


def _is_held(request: Request, tag: str) -> bool:
    """Whether the client says that it has this very content."""
    held = (item.strip().removeprefix("W/") for item in request.headers.get("if-none-match", "").split(","))
    return tag in held

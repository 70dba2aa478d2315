"""The REST API over a workspace, mounted at /api beside the dashboard."""

import re
from collections import Counter
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

from fastapi import FastAPI, File, Query, Request, UploadFile
from fastapi.responses import PlainTextResponse, Response
from fastapi_offline import FastAPIOffline
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Mount

from api.head import HeadAsGet
from api.problems import documented, handle_problems
from api.schemas import ClosestImage, ClosestImages, Health, ImageFacts
from core.collection.catalog import Catalog, Row
from core.errors import InputError
from core.ingest.decode import content_type
from core.links import PREFIX, image_link
from core.query.recipe import Recipe, Upload
from core.workspace import Workspace

FOREVER = "public, max-age=31536000, immutable"
MOST_CLOSEST = 1_000
CollectionName = Annotated[str | None, Query(description="Collection; may be left out when there is only one")]


class ImageConvertor(Convertor[str]):
    """An image's id in a path: any characters at all, slashes and newlines too."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def create_api(workspace: Callable[[], Workspace]) -> FastAPI:
    """Build the API; `workspace` is called at the first request that needs it."""
    app = FastAPIOffline(
        title="Vitrine",
        version=_version(),
        description="Collections of images and what is known about them.",
        redoc_url=None,
    )
    handle_problems(app)
    register_url_convertor("image", ImageConvertor())
    _add_state_routes(app, workspace)
    _add_image_routes(app, workspace)
    _add_search_routes(app, workspace)
    app.add_middleware(HeadAsGet)
    return app


def api_mount(workspace: Callable[[], Workspace]) -> Mount:
    """The API below /api; a plain Mount would not let an image's id with a newline through."""
    mount = Mount(PREFIX, app=create_api(workspace))
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def _add_state_routes(app: FastAPI, workspace: Callable[[], Workspace]) -> None:
    @app.get("/ping", response_class=PlainTextResponse, tags=["State"])
    def ping() -> str:
        """Answers “pong”."""
        return "pong"

    @app.get("/health", tags=["State"])
    def health() -> Health:
        """Whether the server can answer, and what it serves."""
        space = workspace()
        return Health(
            status="ok",
            version=_version(),
            collections=len(space.names()),
            encoder=space.settings.encoder,
            encoder_loaded=space.encoder_is_loaded(),
        )


def _add_image_routes(app: FastAPI, workspace: Callable[[], Workspace]) -> None:
    @app.get(
        "/images/{image_id:image}/thumbnail",
        tags=["Images"],
        response_class=Response,
        responses={200: {"content": {"image/webp": {}}}, 304: {"description": "Unchanged"}, **documented(404, 422)},
    )
    def thumbnail(request: Request, image_id: str, collection: CollectionName = None, v: str = "") -> Response:
        """The image's thumbnail, WebP, at most 256 pixels on its long side."""
        space = workspace()
        name = _chosen(space, collection)
        row, data = space.thumbnail(name, image_id)
        return _cached(request, row, data, "image/webp", "thumbnail", v)

    @app.get(
        "/images/{image_id:image}/original",
        tags=["Images"],
        response_class=Response,
        responses={200: {"content": {"image/*": {}}}, 304: {"description": "Unchanged"}, **documented(404, 422)},
    )
    def original(request: Request, image_id: str, collection: CollectionName = None, v: str = "") -> Response:
        """The image as it is where it came from."""
        space = workspace()
        name = _chosen(space, collection)
        row = space.image(name, image_id)
        data = space.original(name, image_id)
        return _cached(request, row, data, content_type(data) or "application/octet-stream", "original", v)

    @app.get("/images/{image_id:image}", tags=["Images"], responses=documented(404, 422))
    def image(image_id: str, collection: CollectionName = None) -> ImageFacts:
        """All that is known about one image."""
        space = workspace()
        name = _chosen(space, collection)
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
            metadata=_labelled(known, row),
            thumbnail=image_link(name, row.id, "thumbnail", row.content_hash),
            original=image_link(name, row.id, "original", row.content_hash),
        )


def _add_search_routes(app: FastAPI, workspace: Callable[[], Workspace]) -> None:
    @app.post("/closest_img_ids", tags=["Search"], responses=documented(404, 413, 422, 503))
    def closest_img_ids(
        image: Annotated[UploadFile, File(description="The picture to compare with")],
        collection: CollectionName = None,
        limit: Annotated[int, Query(ge=1, le=MOST_CLOSEST, description="How many to return")] = 10,
    ) -> ClosestImages:
        """The images of a collection that are most like the given one."""
        space = workspace()
        name = _chosen(space, collection)
        digest = space.keep_upload(_within_limit(image, space.settings.upload_megabytes))
        result = space.searcher(name).run(Recipe(terms=(Upload(digest),), limit=limit))
        return ClosestImages(
            collection=name,
            matching=result.matching,
            exact=result.exact,
            images=[ClosestImage(id=hit.row.id, distance=round(1.0 - (hit.score or 0.0), 6)) for hit in result.hits],
        )


def _labelled(catalog: Catalog, row: Row) -> dict[str, Any]:
    """Every column under its label; columns that share one go by their stored names."""
    shared = Counter(catalog.columns[name].label for name in catalog.metadata)
    labels = {name: catalog.columns[name].label for name in catalog.metadata}
    return {label if shared[label] == 1 else name: row.values[name] for name, label in labels.items()}


def _chosen(space: Workspace, name: str | None) -> str:
    if name is not None:
        return space.collection(name).name
    names = space.names()
    if len(names) == 1:
        return names[0]
    held = ", ".join(names) or "none yet"
    raise InputError("Which collection?", f"The workspace has: {held}.", "Add ?collection=NAME.")


def _cached(request: Request, row: Row, data: bytes, media_type: str, part: str, v: str) -> Response:
    """An answer with a strong ETag; an address that carries the content's version never changes."""
    stamp = row.content_hash[:16]
    headers = {
        "ETag": f'"{stamp}-{part}"',
        "Cache-Control": FOREVER if v == stamp else "no-cache",
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


def _within_limit(upload: UploadFile, megabytes: int) -> bytes:
    limit = megabytes * 1024 * 1024
    data = upload.file.read(limit + 1)
    if len(data) > limit:
        error = InputError("The picture is too large.", f"At most {megabytes} MB are accepted.", "Make it smaller.")
        error.status = 413
        raise error
    return data


def _version() -> str:
    try:
        return version("vitrine")
    except PackageNotFoundError:
        return "0"

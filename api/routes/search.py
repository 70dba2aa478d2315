"""Search by picture."""

from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile

from api.context import Context, OptionalName
from api.image_schemas import ClosestImage, ClosestImages, KeptUpload
from api.problems import documented
from api.routes.images import too_large
from core.query.recipe import Recipe, Upload
from core.workspace import Workspace

MOST_CLOSEST = 1_000
Picture = Annotated[UploadFile, File(description="The picture to compare with")]


def search_routes(context: Context) -> APIRouter:
    """Pictures to search by, and the images closest to one."""
    router = APIRouter(tags=["Search"], dependencies=context.reading)

    @router.post("/closest_img_ids", responses=documented(401, 404, 413, 422, 503))
    def closest_img_ids(
        image: Picture,
        collection: OptionalName = None,
        limit: Annotated[int, Query(ge=1, le=MOST_CLOSEST, description="How many to return")] = 10,
    ) -> ClosestImages:
        """The images of a collection that are most like the given one."""
        space, name = context.workspace(), context.chosen(collection)
        digest = space.hold_upload(read_picture(space, image))
        result = space.searcher(name).run(Recipe(terms=(Upload(digest),), limit=limit))
        return ClosestImages(
            collection=name,
            matching=result.matching,
            exact=result.exact,
            images=[ClosestImage(id=hit.row.id, distance=round(1.0 - (hit.score or 0.0), 6)) for hit in result.hits],
        )

    @router.post("/uploads", responses=documented(401, 413, 422, 507))
    def uploads(
        image: Picture,
        keep: Annotated[bool, Query(description="Store it in the workspace, beyond the server's end")] = False,
    ) -> KeptUpload:
        """Hold a picture in memory to search by, alone or mixed with words; a recipe names it by its digest."""
        space = context.workspace()
        digest = space.hold_upload(read_picture(space, image))
        if keep:
            space.uploads.keep(digest)
        return KeptUpload(digest=digest)

    return router


def read_picture(space: Workspace, upload: UploadFile) -> bytes:
    """An uploaded picture's bytes, or what says that they are too many."""
    limit = space.settings.upload_megabytes * 1024 * 1024
    data = upload.file.read(limit + 1)
    if len(data) > limit:
        raise too_large(limit)
    return data

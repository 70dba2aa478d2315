"""Vocabularies, what a tagging with one would do, and what words mean in a collection."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from api.concept_schemas import PreviewBody, PreviewFacts, Synonyms, Vocabularies
from api.context import Context, Name
from api.problems import documented
from core.answers import read_recipe
from core.batch.told import preview_of
from core.models.vocabulary import shipped
from core.query.recipe import Recipe
from core.synonyms import MOST_OFFERED, MOST_TEXT, synonyms, told

MOST_SYNONYMS = 50


def concept_routes(context: Context) -> APIRouter:
    """What is asked about words."""
    router = APIRouter(tags=["Concepts"], dependencies=context.reading)

    @router.get("/vocabularies", responses=documented(401))
    def vocabularies() -> Vocabularies:
        """The lists of labels that come with Vitrine."""
        return Vocabularies.model_validate({"vocabularies": [asdict(item) for item in shipped()]})

    @router.post("/collections/{name}/tag/preview", responses=documented(401, 404, 422, 503))
    def tag_preview(name: Name, asked: PreviewBody) -> PreviewFacts:
        """What tagging with some labels would do, judged by a random sample; nothing is written."""
        space = context.workspace()
        catalog = space.catalog(space.collection(name).name)
        recipe = read_recipe({"where": asked.where}, catalog) if asked.where else Recipe()
        given = asked.model_dump(exclude={"where"})
        return PreviewFacts.model_validate(
            preview_of(name, catalog, lambda: space.encoder_of(name), recipe.where, **given)
        )

    @router.get("/collections/{name}/synonyms", responses=documented(401, 404, 422, 503))
    def synonyms_of(
        name: Name,
        text: Annotated[str, Query(max_length=MOST_TEXT, description="The words", examples=["sneakers"])],
        limit: Annotated[int, Query(ge=1, le=MOST_SYNONYMS, description="How many to return")] = MOST_OFFERED,
    ) -> Synonyms:
        """The values and tags of the collection that words mean."""
        space = context.workspace()
        catalog = space.catalog(space.collection(name).name)
        found = synonyms(text, catalog, space.searcher(name, catalog), lambda: space.encoder_of(name), limit)
        return Synonyms.model_validate({"text": text, "synonyms": [told(item) for item in found]})

    return router

"""Under the search box: what the collection itself calls the thing that was typed, as filters to add."""

import logging
import threading
from dataclasses import replace

import streamlit as st

from core.collection.catalog import Catalog
from core.errors import VitrineError
from core.query.recipe import All, HasTag, OneOf, Recipe, Words, leaves
from core.search import Searcher
from core.synonyms import Named, Synonym, are_ready, prepare, synonyms
from core.workspace import Workspace
from ui.errors import plain
from ui.question import ask, question
from ui.words import number

PREPARING = "preparing synonyms"  # name of the thread
log = logging.getLogger("vitrine.ui")


def synonym_bar(workspace: Workspace, name: str, catalog: Catalog, searcher: Searcher, recipe: Recipe) -> None:
    """A button for each value or tag that the first words mean; nothing where they mean none, or it is asked for."""
    found = [item.named for item in _found(workspace, name, catalog, searcher, recipe) if not _is_asked(recipe, item)]
    if not found:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="synonyms"):
        for item in found:
            narrower = item.column is not None and bool(recipe.chosen(item.column))
            st.button(
                plain(f"{'Also' if narrower else 'Only'} {item.label}: {item.text}"),
                key=f"synonym {item.column} {item.value}",
                type="tertiary",
                icon=":material/filter_alt:",
                help=f"{number(item.images)} in the collection",
                on_click=_ask_for,
                args=(item,),
            )


def _found(workspace: Workspace, name: str, catalog: Catalog, searcher: Searcher, recipe: Recipe) -> list[Synonym]:
    """The synonyms of the first words that are searched for; a collection with very many values is prepared first."""
    words = next((term.text for term in recipe.terms if isinstance(term, Words) and term.weight > 0), None)
    if words is None:
        return []
    try:
        encoder = workspace.encoder_of(name)
        if not are_ready(catalog, encoder):
            _prepare(catalog, workspace, name)
            return []
        found: list[Synonym] = catalog.recent(
            f"synonyms of {words}", lambda: synonyms(words, catalog, searcher, lambda: encoder)
        )
    except VitrineError as error:  # the search itself has told what is wrong with the encoder
        log.info("No synonyms of %r: %s", words, error)
        return []
    return found


def _prepare(catalog: Catalog, workspace: Workspace, name: str) -> None:
    """Encode the names of the values in the background; the next search has them."""
    thread = f"{PREPARING} of {name} {catalog.version}"
    if any(held.name == thread for held in threading.enumerate()):
        return

    def work() -> None:
        try:
            prepare(catalog, workspace.encoder_of(name))
        except VitrineError as error:
            log.info("The values of %s could not be encoded: %s", name, error)

    threading.Thread(target=work, name=thread, daemon=True).start()


def _is_asked(recipe: Recipe, synonym: Synonym) -> bool:
    """Whether the filter names the value already."""
    item = synonym.named
    for leaf in leaves(recipe.where):
        if isinstance(leaf, HasTag) and item.column is None and leaf.tag == item.value:
            return True
        if isinstance(leaf, OneOf) and leaf.column == item.column and item.value in leaf.values:
            return True
    return False


def _ask_for(item: Named) -> None:
    """The same search among the images that have the value, or have one of those chosen before."""
    ask(narrowed(question(), item))


def narrowed(recipe: Recipe, item: Named) -> Recipe:
    """The question with a value of a column beside those that it asks for, or with a tag."""
    if item.column is None:
        return recipe.including(item.condition)
    wanted = OneOf(item.column, (*recipe.chosen(item.column), item.value))
    kept = [held for held in recipe.where.conditions if not (isinstance(held, OneOf) and held.column == item.column)]
    return replace(recipe, where=All((*kept, wanted)))

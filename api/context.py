"""What every route needs: the workspace, the collection that is meant, and who may ask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path, Query

from api.auth import Guards
from core.errors import InputError
from core.workspace import Workspace

Name = Annotated[str, Path(description="Name of the collection", examples=["sample"])]
OptionalName = Annotated[str | None, Query(description="Collection; may be left out when there is only one")]


@dataclass(frozen=True)
class Context:
    """One API's workspace and guards."""

    workspace: Callable[[], Workspace]
    guards: Guards

    @property
    def reading(self) -> list[Any]:
        """The dependencies of a route that only reads."""
        return [Depends(self.guards.reading)]

    @property
    def writing(self) -> list[Any]:
        """The dependencies of a route that changes something."""
        return [Depends(self.guards.writing)]

    @property
    def kept_by(self) -> str:
        """Whose caches may keep a picture: only the reader's own where reading needs a token."""
        return "private" if self.workspace().settings.read_needs_token else "public"

    def chosen(self, name: str | None) -> str:
        """The collection that is meant; none need be named where there is only one."""
        space = self.workspace()
        if name is not None:
            return space.collection(name).name
        names = space.names()
        if len(names) == 1:
            return names[0]
        held = ", ".join(names) or "none yet"
        raise InputError("Which collection?", f"The workspace has: {held}.", "Add ?collection=NAME.")

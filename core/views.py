"""Saved views: recipes with a name, kept in the workspace as one small JSON file each.

Two people may save at once. A change says which version it was made from, and one that comes too late is refused
rather than written over the other; of two new views of the same name one is. A deletion can be undone.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any
from unicodedata import category, normalize
from urllib.parse import urlencode

from core.collection.schema import check_name
from core.collection.storage import storing
from core.errors import BusyError, InputError, NotFoundError, QueryError, StorageError, near_names
from core.privatefile import only_one
from core.query.columns import Columns, find_column
from core.query.english import sentence
from core.query.recipe import Recipe
from core.query.sql import check
from core.query.text import parse_where
from core.query.textwrite import write_where
from core.query.url import from_parameters, to_parameters
from core.settings import ROOT

EXAMPLES = ROOT / "data" / "views.json"
FOLDER, TRASH = "views", "trash"
MOST_NAME = 80  # characters
MOST_DESCRIPTION = 1_000  # characters
MOST_VIEWS = 1_000  # of one collection
MOST_TRASH = 50  # deletions that are listed; older ones can still be undone
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError, InputError)
AGAIN = "Look at it as it is now and save again, or save yours under another name."


@dataclass(frozen=True)
class View:
    """A recipe that somebody has given a name."""

    name: str
    description: str
    parameters: Mapping[str, str]  # of the recipe, as in a link
    created: datetime | None = None  # UTC; None of a shipped example
    changed: datetime | None = None  # UTC
    who: str = ""  # saved it last; "" where nobody knows
    version: str = ""  # another one after every change; "" of a shipped example

    @property
    def recipe(self) -> Recipe:
        """The question itself."""
        return from_parameters(self.parameters)

    @property
    def is_example(self) -> bool:
        """Whether it is shipped, and so can be neither changed nor deleted."""
        return not self.version


@dataclass(frozen=True)
class Listing:
    """Every view that a collection has."""

    views: tuple[View, ...]  # by name
    examples: tuple[View, ...]  # those whose columns the collection has, and whose names are free
    damaged: tuple[str, ...]  # files that cannot be read and are left as they are


class Views:
    """The views of one collection. Safe to share between threads; several processes may change the same ones."""

    def __init__(
        self, folder: Path, collection: str, columns: Columns, keep: Callable[[Recipe], None] = lambda recipe: None
    ) -> None:
        """`keep` stores what a saved recipe needs that would else be gone: the pictures it searches by."""
        self._keep = keep
        self._folder = folder / FOLDER / check_name(collection)
        self._lock = folder / f"{FOLDER}-{collection}"
        self._columns = columns

    def listing(self) -> Listing:
        """Saved views and examples; a damaged file is told and takes no other view with it."""
        found, damaged = _read_all(self._folder)
        taken = {_key(view.name) for view in found}
        shipped = tuple(view for view in examples(self._columns) if _key(view.name) not in taken)
        return Listing(tuple(sorted(found, key=lambda view: view.name.casefold())), shipped, damaged)

    def find(self, name: str) -> View:
        """The view of that name in any case, else the example; or a NotFoundError that lists the near ones."""
        path = self._path(name)
        if path.exists():
            return _read(path)
        held = self.listing()
        for view in held.examples:
            if _key(view.name) == _key(name):
                return view
        near = near_names(name[:MOST_NAME], [view.name for view in (*held.views, *held.examples)])
        raise NotFoundError(f"There is no view “{name[:MOST_NAME]}”.", "It may be deleted, or renamed.", near)

    def save(self, name: str, description: str, recipe: Recipe, who: str = "") -> View:
        """Keep a new view; a name that is taken is a BusyError."""
        now = datetime.now(UTC)
        draft = View(_checked_name(name), _checked_words(description), self._checked(recipe), now, now, who)
        with self._alone():
            self._refuse_taken(draft.name)
            if len(list(self._folder.glob("*.json"))) >= MOST_VIEWS:
                raise InputError(f"There are {MOST_VIEWS:,} views already.", "", "Delete some of them first.")
            return self._write(draft)

    def change(
        self,
        name: str,
        version: str,
        *,
        new_name: str | None = None,
        description: str | None = None,
        recipe: Recipe | None = None,
        who: str = "",
    ) -> View:
        """Change what is given of a view that is still at `version`; else a BusyError says who changed it."""
        to = _checked_name(name if new_name is None else new_name)
        words = None if description is None else _checked_words(description)
        parameters = None if recipe is None else self._checked(recipe)
        with self._alone():
            held = self._unchanged(name, version)
            moves = _key(to) != _key(held.name)
            if moves:
                self._refuse_taken(to)
            made = replace(
                held,
                name=held.name if new_name is None else to,
                description=held.description if words is None else words,
                parameters=held.parameters if parameters is None else parameters,
                changed=datetime.now(UTC),
                who=who,
            )
            written = self._write(made)
            if moves:
                self._path(held.name).unlink()
            return written

    def delete(self, name: str, version: str | None = None) -> View:
        """Move a view to the trash, where `version` is given only while it is still that one."""
        with self._alone():
            held = self._unchanged(name, version)
            trash = self._folder / TRASH
            trash.mkdir(exist_ok=True)
            os.replace(self._path(name), trash / f"{_key(name)}.{datetime.now(UTC):%Y%m%dT%H%M%S%f}.json")
            return held

    def deleted(self) -> list[View]:
        """The latest deletion of each name that is free again, latest first."""
        latest: dict[str, Path] = {}
        for path in self._trashed():
            if not (self._folder / f"{path.name.split('.')[0]}.json").exists():
                latest.setdefault(path.name.split(".")[0], path)
        found = []
        for path in list(latest.values())[:MOST_TRASH]:
            with suppress(StorageError, NotFoundError):
                found.append(_read(path))
        return found

    def restore(self, name: str) -> View:
        """Undo the latest deletion of a view of that name; nothing is written over."""
        with self._alone():
            trashed = [path for path in self._trashed() if path.name.startswith(f"{_key(name)}.")]
            if not trashed:
                near = near_names(name[:MOST_NAME], [view.name for view in self.deleted()])
                raise NotFoundError(f"No view “{name[:MOST_NAME]}” was deleted.", "", near)
            self._refuse_taken(name)
            os.replace(trashed[0], self._path(name))
            return _read(self._path(name))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock under which this collection's views are changed."""
        with only_one(self._lock), storing("the view"):
            yield

    def _trashed(self) -> list[Path]:
        """Latest first."""
        return sorted((self._folder / TRASH).glob("*.json"), key=lambda path: path.name.split(".")[1], reverse=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{_key(name)}.json"

    def _checked(self, recipe: Recipe) -> dict[str, str]:
        """The recipe's parameters, where the collection can answer it and they can be read again."""
        check(recipe.where, self._columns)
        if recipe.order is not None:
            find_column(self._columns, recipe.order.column)
        parameters = to_parameters(recipe)
        from_parameters(parameters)
        self._keep(recipe)
        return parameters

    def _refuse_taken(self, name: str) -> None:
        path = self._path(name)
        if path.exists():
            held = _read(path)
            by = f"{held.who} saved it" if held.who else "It was saved"
            raise BusyError(
                f"There is already a view “{held.name}”.",
                f"{by} on {_day(held)}; names differ by more than their case.",
                "Choose another name, or open that one and change it.",
            )

    def _unchanged(self, name: str, version: str | None) -> View:
        """The view as it is, where that is what the person has seen."""
        held = self.find(name)
        if held.is_example:
            raise InputError(f"“{held.name}” is an example and stays as it is.", "", "Save it under another name.")
        if version is not None and version != held.version:
            by = held.who or "somebody else"
            raise BusyError(f"“{held.name}” was changed by {by} meanwhile.", f"That was on {_day(held)}.", AGAIN)
        return held

    def _write(self, view: View) -> View:
        """Put the file in its place; a reader sees the old one or the new one."""
        record = {"format": 1, **asdict(view)}
        del record["version"]
        path = self._path(view.name)
        temporary = self._folder / f".{path.stem}.{token_hex(4)}"
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("x", encoding="utf-8") as file:
                json.dump(record, file, ensure_ascii=False, indent=1, default=datetime.isoformat)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        return _read(path)


def examples(columns: Columns) -> list[View]:
    """The shipped views that fit: every column they ask about is there, and can be asked that."""
    found = []
    for record in json.loads(EXAMPLES.read_text(encoding="utf-8"))["views"]:
        with suppress(QueryError):
            given = dict(record["recipe"])
            where = parse_where(given.pop("where", ""), columns)
            recipe = replace(from_parameters(given), where=where)
            found.append(View(record["name"], record["description"], to_parameters(recipe)))
    return found


def link(view: View, collection: str) -> str:
    """The page that shows a view, with its question, as an address without host."""
    page = "search" if view.recipe.terms else "explore"
    return f"/{page}?{urlencode({'collection': collection, **view.parameters})}"


def told(view: View, collection: str, columns: Columns) -> dict[str, Any]:
    """A view as plain values; `problem` says why the collection cannot answer it any more."""
    recipe, typed, problem = view.recipe, "", ""
    try:
        typed = write_where(recipe.where, columns)
    except QueryError as error:
        problem = error.title
    return {
        "name": view.name,
        "description": view.description,
        "example": view.is_example,
        "english": sentence(recipe, columns),
        "recipe": {**view.parameters, "text_form": typed},
        "problem": problem,
        "created": view.created.isoformat() if view.created else None,
        "changed": view.changed.isoformat() if view.changed else None,
        "who": view.who,
        "version": view.version,
        "link": link(view, collection),
    }


def _key(name: str) -> str:
    """What a view's file is called: the same for names that differ in case alone, safe whatever the name."""
    plain = normalize("NFC", normalize("NFC", " ".join(name.split())).casefold())
    return sha256(plain.encode(errors="surrogatepass")).hexdigest()[:32]


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if 1 <= len(name) <= MOST_NAME and not _has_odd(name):
        return name
    raise InputError(
        f"“{name[:MOST_NAME]}” cannot name a view." if name else "The view has no name.",
        f"A name has 1 to {MOST_NAME} characters, in any script.",
        "Choose another name.",
    )


def _checked_words(description: str) -> str:
    words = description.strip()
    if len(words) > MOST_DESCRIPTION or _has_odd(words.replace("\n", "").replace("\t", "").replace("\r", "")):
        raise InputError("The description cannot be kept.", f"It has at most {MOST_DESCRIPTION:,} plain characters.")
    return words


def _has_odd(text: str) -> bool:
    """Whether it holds a control character or half a character."""
    return any(category(character) in ("Cc", "Cs") for character in text)


def _read_all(folder: Path) -> tuple[list[View], tuple[str, ...]]:
    """Every view of a folder, and the names of the files that cannot be read."""
    found, damaged = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(_read(path))
        except NotFoundError:  # deleted by somebody else meanwhile
            continue
        except StorageError:
            damaged.append(path.name)
    return found, tuple(damaged)


def _read(path: Path) -> View:
    """The view of a file; whatever is not as `Views` wrote it is a StorageError."""
    try:
        data = path.read_bytes()
        return _parse(json.loads(data), path.name.split(".")[0], sha256(data).hexdigest()[:16])
    except FileNotFoundError:
        raise NotFoundError("The view was deleted a moment ago.", "", "Undo the deletion, or save it anew.") from None
    except (OSError, *UNREADABLE) as error:
        raise StorageError(
            "The file of this view cannot be read.",
            f"It is {path}; it stays as it is, and other views are not touched.",
            "Put a copy of it back, or remove it and save the view anew.",
        ) from error


def _parse(record: Any, key: str, version: str) -> View:
    view = View(
        name=_checked_name(record["name"]),
        description=_checked_words(record["description"]),
        parameters={str(name): _text(value) for name, value in record["parameters"].items()},
        created=_moment(record["created"]),
        changed=_moment(record["changed"]),
        who=_text(record["who"]),
        version=version,
    )
    if record["format"] != 1 or _key(view.name) != key:
        raise ValueError(record)
    from_parameters(view.parameters)
    return view


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _day(view: View) -> str:
    return f"{view.changed:%Y-%m-%d at %H:%M} UTC" if view.changed else "an unknown day"

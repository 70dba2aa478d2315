"""A set under way: what it will hold, fixed when it is begun, and which images are done."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

from core.batch.picture import Made, MadeFile
from core.batch.request import AugmentRequest
from core.batch.selection import Selection
from core.collection.storage import storing
from core.export.work import Work

FORM = 1  # of what an interrupted run leaves behind; another form is not gone on with
LIBRARIES = ("albumentations", "opencv-python-headless", "numpy", "pillow")  # on which pixels and bytes depend
PLAN, IDS, JOURNAL = "plan.json", "ids.jsonl", "journal.jsonl"


@dataclass(frozen=True)
class Plan:
    """What a set will hold."""

    version: int  # of the collection
    moment: str  # when that version was written: a collection made anew under the same name counts from 1 again
    selection: Selection


def libraries() -> dict[str, str]:
    """The versions that the pictures are made with."""
    found = {}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def planned(work: Work, request: AugmentRequest) -> Plan | None:
    """What an interrupted run of the same request had planned; None to begin anew."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads((work.root / PLAN).read_text(encoding="utf-8"))
        if kept["identity"] != _identity(request):
            return None
        with (work.root / IDS).open(encoding="utf-8") as lines:
            ids = tuple(json.loads(line) for line in lines)
        return Plan(kept["version"], kept["moment"], Selection(ids=ids, **kept["selection"]))
    return None


def keep(work: Work, request: AugmentRequest, plan: Plan) -> None:
    """Write the plan down; it counts once it is whole."""
    facts = asdict(plan.selection)
    del facts["ids"]
    body = {"identity": _identity(request), "version": plan.version, "moment": plan.moment, "selection": facts}
    with storing("the set's plan"):
        with (work.root / IDS).open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(id)}\n" for id in plan.selection.ids)
        part = work.parts / PLAN
        part.write_text(json.dumps(body), encoding="utf-8")
        os.replace(part, work.root / PLAN)


class Journal:
    """One line for each image that is done, in the order of the result; what a killed run left is gone on from."""

    def __init__(self, work: Work) -> None:
        self.done = self.failed = 0  # images
        self._path = work.root / JOURNAL
        with storing("the journal"):
            end = self._read(work.images)
            self._file: IO[bytes] = self._path.open("ab")
            self._file.truncate(end)

    def add(self, lines: Sequence[bytes], failed: int) -> None:
        """Note images whose pictures are on disk."""
        with storing("the journal"):
            self._file.write(b"".join(lines))
            self._file.flush()
        self.done += len(lines)
        self.failed += failed

    def made(self) -> Iterator[Made]:
        """Every image that is done, in the order of the result."""
        with self._path.open("rb") as lines:
            yield from map(Made.from_line, lines)

    def close(self) -> None:
        self._file.close()

    def _read(self, images: Path) -> int:
        """Count the lines that are whole and whose pictures are there; returns where the last of them ends."""
        end = 0
        with suppress(FileNotFoundError), self._path.open("rb") as lines:
            for line in lines:
                made = _made(line) if line.endswith(b"\n") else None
                if made is None or not all(_is_there(images, file) for file in made.files):
                    break
                end += len(line)
                self.done += 1
                self.failed += bool(made.failure)
        return end


def _identity(request: AugmentRequest) -> Mapping[str, Any]:
    """What has to be the same for an interrupted run to be gone on with."""
    return {"form": FORM, "libraries": libraries(), **request.identity}


def _made(line: bytes) -> Made | None:
    """A line of the journal; None where it is damaged."""
    with suppress(ValueError, TypeError):
        return Made.from_line(line)
    return None


def _is_there(images: Path, file: MadeFile) -> bool:
    with suppress(OSError):
        return (images / file.file).stat().st_size == file.bytes
    return False

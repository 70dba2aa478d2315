"""One run of `vitrine bench` beside an earlier one: every figure as a ratio, and which of them are regressions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import InputError

WORSE = 1.2  # times as much time or memory is a regression; less is within what two runs differ by
LOST = 0.002  # of recall
LEAST_MS = 0.5  # times that differ by less are the same
SAME_MACHINE = ("cores", "processor", "system")


@dataclass(frozen=True)
class Change:
    """One figure in both runs."""

    figure: str  # a baseline's has the baseline's name and a dot before it
    old: float
    new: float
    ratio: float | None  # new over old; None where old is nothing
    verdict: str  # "slower", "faster", "worse", "better", "same"

    @property
    def is_regression(self) -> bool:
        """Whether it has become worse, in Vitrine itself and not in what it is compared with."""
        return self.verdict in ("slower", "worse") and "." not in self.figure


@dataclass(frozen=True)
class Comparison:
    """Two runs."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...]  # why the figures may not be comparable

    @property
    def regressions(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.is_regression)

    def told(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "changes": [vars(change) for change in self.changes],
            "regressions": [change.figure for change in self.regressions],
            "notes": list(self.notes),
        }


def read_bench(path: Path) -> dict[str, Any]:
    """What `vitrine bench --rows N --json` printed into a file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found["figures"], dict) and isinstance(found["rows"], int):
            return dict(found)
    except OSError as error:
        raise InputError(f"{path} cannot be read.", error.strerror or str(error)) from None
    except (ValueError, KeyError, TypeError):
        pass
    raise InputError(f"{path} holds no figures.", "", "Give a file that vitrine bench --rows N --json wrote.")


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Every figure that both runs have, those of the baselines too: where these changed as much, the machine did."""
    before, after = _flat(old), _flat(new)
    changes = [_change(name, before[name], value) for name, value in after.items() if name in before]
    return Comparison(tuple(changes), tuple(_notes(old, new)))


def _flat(run: Mapping[str, Any]) -> dict[str, float]:
    own = {name: float(value) for name, value in run["figures"].items() if isinstance(value, int | float)}
    for baseline, held in run.get("baselines", {}).items():
        numbers = {name: value for name, value in held.items() if isinstance(value, int | float)}
        own |= {f"{baseline}.{name}": float(value) for name, value in numbers.items()}
    return own


def _change(name: str, old: float, new: float) -> Change:
    ratio = round(new / old, 3) if old else None
    if name.endswith("recall"):
        verdict = "worse" if new < old - LOST else "better" if new > old + LOST else "same"
    elif name.endswith("_ms") and abs(new - old) < LEAST_MS:
        verdict = "same"
    else:
        worse, better = ("worse", "better") if name.endswith("_mb") else ("slower", "faster")
        verdict = worse if ratio and ratio > WORSE else better if ratio and ratio < 1 / WORSE else "same"
    return Change(name, old, new, ratio, verdict)


def _notes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    notes = []
    if old["rows"] != new["rows"]:
        notes.append(f"The earlier run had {old['rows']:,} rows, this one has {new['rows']:,}.")
    before, after = old.get("machine", {}), new.get("machine", {})
    if any(before.get(name) != after.get(name) for name in SAME_MACHINE):
        notes.append("The earlier run was on another machine; compare the baselines first.")
    busy = [run.get("load_before", 0) / (run.get("cores") or 1) for run in (before, after)]
    if max(busy) > 1:
        notes.append("A machine was busy with other things before it was measured.")
    return notes

"""Between which numbers a parameter has to stay, read from a schema or asked of the library."""

import inspect
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.augment.available import made

# Where bounds tend to be. Between the last number that is refused and the first that is not, the bound is looked for.
LADDER = (-1000.0, -360.0, -180.0, -100.0, -90.0, -45.0, -10.0, -2.0, -1.0, -0.5, -0.1, 0.0, 0.05, 0.1, 0.5, 1.0, 2.0,
          3.0, 5.0, 7.0, 8.0, 9.0, 10.0, 45.0, 90.0, 100.0, 180.0, 255.0, 360.0, 1000.0)  # fmt: skip
HALVINGS = 40
FROM_ZERO = "process_non_negative_range"  # its bound stands in its code


@dataclass(frozen=True)
class Bounds:
    """The least and the most that can be used; None where there is no such bound."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False  # the bound itself cannot be used
    high_open: bool = False

    def filled(self, other: "Bounds") -> "Bounds":
        """With the other's bounds where this one has none."""
        low = (self.low, self.low_open) if self.low is not None else (other.low, other.low_open)
        high = (self.high, self.high_open) if self.high is not None else (other.high, other.high_open)
        return Bounds(low[0], high[0], low[1], high[1])


def declared(metadata: Sequence[Any]) -> Bounds:
    """The bounds in a field's constraints and in the closures of its validators."""
    found = Bounds()
    for item in metadata:
        found = found.filled(_constraint(item)).filled(_validator(getattr(item, "func", None)))
    return found


def _constraint(item: Any) -> Bounds:
    low = next((getattr(item, key) for key in ("ge", "gt") if getattr(item, key, None) is not None), None)
    high = next((getattr(item, key) for key in ("le", "lt") if getattr(item, key, None) is not None), None)
    return Bounds(low, high, getattr(item, "gt", None) is not None, getattr(item, "lt", None) is not None)


def _validator(check: Any) -> Bounds:
    if not inspect.isfunction(check):
        return Bounds()
    held = inspect.getclosurevars(check).nonlocals
    if "min_val" in held:
        return Bounds(
            held["min_val"],
            held.get("max_val"),
            not held.get("min_inclusive", True),
            held.get("max_val") is not None and not held.get("max_inclusive", True),
        )
    return Bounds(0) if check.__name__ == FROM_ZERO else Bounds()


def probed(kind: Any, name: str, given: Mapping[str, Any], *, pair: bool, whole: bool) -> Bounds:
    """The bounds that show when the library is asked with numbers."""

    def taken(number: float) -> bool:
        value: Any = int(number) if whole else number
        return _takes(kind, {**given, name: [value, value] if pair else value})

    rungs = [number for number in LADDER if not whole or number == int(number)]
    fine = [number for number in rungs if taken(number)]
    if not fine:
        return Bounds()
    below = [number for number in rungs if number < fine[0]]
    above = [number for number in rungs if number > fine[-1]]
    low = _edge(taken, below[-1], fine[0], whole) if below else None
    high = _edge(taken, above[0], fine[-1], whole) if above else None
    return Bounds(low, high)


def _edge(taken: Any, refused: float, fine: float, whole: bool) -> float:
    """The number nearest to the refused one that is still taken, as round as it is."""
    for _ in range(HALVINGS):
        middle = (refused + fine) / 2
        if whole:
            middle = float(int(middle))
            if middle in (refused, fine):
                break
        refused, fine = (refused, middle) if taken(middle) else (middle, fine)
    return float(f"{fine:.6g}")


def _takes(kind: Any, values: Mapping[str, Any]) -> bool:
    """Whether the library takes the values; told to be strict it raises where it would else take its defaults."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made(kind, values)
    except Exception:  # whatever a validator raises is its no
        return False
    return True

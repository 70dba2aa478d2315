"""How vectors are asked: exactly where that is quick, else through the index with as many probes as it takes.

The figures rest on `python -m benchmarks.search` and `vitrine bench`: a million made-up vectors in 1,000 partitions.
Without a filter 22 % of the partitions hold all but one in 1,000 of the 50 nearest, 10 % all but one in 200; each costs
0.03 ms. Eight candidates for each wanted hit, or four, lose none of them. A filter may leave only what lies far from
the question, such as shoes where dresses are asked for: then all of them are probed, unless vectors are in memory
(`core/collection/compact.py`), where those that pass are compared exactly and sooner.
"""

import math
from dataclasses import dataclass

from core.query.recipe import Accuracy

MOST_HELD_BYTES = 128 * 1024**2  # of a collection's vectors in memory, such as 65,000 of 512 components
MOST_EXACT = 300_000  # images; up to here IVF_FLAT with every partition probed takes tens of milliseconds
MOST_PARTITIONS = 4_096
MOST_IN_MEMORY = (
    64_000_000  # components of the images that pass a filter; so many are compared there sooner than probed
)
MOST_COMPARED = 2_000  # images that pass a filter; so few are compared one by one, quicker than through an index
QUANTISED = "IVF_RQ"
PROBED = {Accuracy.AUTO: 0.22, Accuracy.QUICK: 0.1}  # of the partitions, where no filter is
REFINED = {Accuracy.AUTO: 8, Accuracy.QUICK: 4}  # candidates re-scored with full vectors, per wanted hit


@dataclass(frozen=True)
class Plan:
    """One way to ask."""

    exact: bool
    use_index: bool = False
    in_memory: bool = False  # every vector is compared there
    compact: bool = False  # compared there, two bytes a component: all that pass, or an index's candidates
    probes: int = 0  # partitions of the index that are looked through; more than there are means all
    refine: int = 0  # candidates re-scored with full vectors, per wanted hit; 0 where the index holds them


def plan(
    index: str | None, rows: int, matching: int, accuracy: Accuracy, dimension: int, *, compact: bool = False
) -> Plan:
    """How to ask a collection of `rows` images, `matching` of which pass the filter, with that kind of index.

    `compact` says whether its vectors are in memory, two bytes a component.
    """
    if is_held(rows, dimension):
        return Plan(exact=True, in_memory=True)
    narrow = matching < rows and matching * dimension <= MOST_IN_MEMORY
    if compact and (narrow or index is None or accuracy is Accuracy.EXACT):
        return Plan(exact=True, compact=True)
    if index is None:
        return Plan(exact=True)
    if index != QUANTISED and accuracy is not Accuracy.QUICK:
        return Plan(exact=True, use_index=True, probes=MOST_PARTITIONS)
    if accuracy is Accuracy.EXACT or matching <= MOST_COMPARED:
        return Plan(exact=True)
    # More partitions than there are do no harm, and the table may have shrunk since it was indexed.
    share = PROBED[accuracy] / math.sqrt(matching / rows)
    every = share >= 1 or (accuracy is Accuracy.AUTO and matching < rows)
    probes = MOST_PARTITIONS if every else math.ceil(share * partitions(rows))
    refine = REFINED[accuracy] if index == QUANTISED else 0
    return Plan(exact=False, use_index=True, probes=probes, refine=refine, compact=compact and refine > 0)


def is_held(rows: int, dimension: int) -> bool:
    """Whether a collection's vectors are few enough to be compared in memory."""
    return 4 * rows * dimension <= MOST_HELD_BYTES


def wanted_index(rows: int) -> str:
    """The kind of vector index for a collection of this many rows: exact as long as that is quick."""
    return "IvfFlat" if rows <= MOST_EXACT else "IvfRq"


def partitions(rows: int) -> int:
    """IVF partitions for a collection of this many rows: about the square root, as its authors advise."""
    return max(1, min(MOST_PARTITIONS, math.isqrt(rows)))

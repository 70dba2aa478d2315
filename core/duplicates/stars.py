"""Groups of near things round the one that is kept.

Taken in the order of who is kept first, each thing joins the nearest kept one within the threshold, or else is kept
itself. So everything in a group is within the threshold of its kept one, and two kept ones never are of each other.
Joining whatever is near anything in a group would chain: of alike product photos half a collection ends in one group.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.duplicates.pairs import Pairs, Whole


@dataclass(frozen=True)
class Stars:
    """For each thing which one is kept in its place."""

    kept: Whole  # the thing itself where that is kept
    distance: npt.NDArray[np.float32]  # from it


def stars(count: int, rank: Whole, pairs: Pairs) -> Stars:
    """Group `count` things by their near pairs; `rank` says who is kept first, each has its own."""
    kept = np.arange(count, dtype=np.int64)
    distance = np.zeros(count, np.float32)
    turned = rank[pairs.first] > rank[pairs.second]
    later = np.where(turned, pairs.first, pairs.second)
    earlier = np.where(turned, pairs.second, pairs.first)
    order = np.lexsort((rank[earlier], pairs.distance, rank[later]))
    joined = bytearray(count)  # whether another one is kept in its place
    listed = zip(later[order].tolist(), earlier[order].tolist(), pairs.distance[order].tolist(), strict=True)
    for thing, centre, apart in listed:  # those of one thing follow each other, the nearest first
        if not joined[thing] and not joined[centre]:
            joined[thing] = True
            kept[thing] = centre
            distance[thing] = apart
    return Stars(kept, distance)

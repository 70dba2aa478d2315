"""Places in two dimensions: principal components, and UMAP over them.

Directions have the sign that makes their largest component positive, and a map is as wide as its farthest image: the
same vectors and the same seed give the same map.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Places = npt.NDArray[np.float64]
KEPT = 64  # components that clusters and UMAP are made from
HALF = 10.0  # the farthest image's distance from the middle, across or up
DIGITS = 5  # of a stored place
NEIGHBOURS = 15
Count = Callable[[int, int], None]


@dataclass(frozen=True)
class Components:
    """The directions in which vectors differ most."""

    mean: Matrix  # shape (dimension,)
    directions: Matrix  # shape (kept, dimension), the strongest first

    def of(self, vectors: Matrix) -> Matrix:
        """Vectors by these directions; shape (images, kept)."""
        found: Matrix = ((vectors - self.mean) @ self.directions.T).astype(np.float32, copy=False)
        return found


def components(vectors: Matrix, kept: int = KEPT) -> Components:
    """The principal components of some vectors, float32, shape (images, dimension)."""
    mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred: Matrix = vectors - mean
    spread = (centred.T @ centred).astype(np.float64)
    strengths, columns = np.linalg.eigh(spread)
    order = np.argsort(-strengths, kind="stable")[: min(kept, len(strengths))]
    directions = columns[:, order].T
    largest = np.abs(directions).argmax(axis=1)
    directions *= np.where(directions[np.arange(len(directions)), largest] < 0, -1.0, 1.0)[:, None]
    return Components(mean, directions.astype(np.float32))


def framed(places: npt.NDArray[Any], of: npt.NDArray[Any] | None = None) -> Places:
    """Places moved and scaled, alike in both directions, so that those of `of`, or they, reach from -HALF to HALF."""
    held = (places if of is None else of).astype(np.float64)
    low, high = held.min(axis=0), held.max(axis=0)
    reach = float((high - low).max()) / 2 or 1.0
    made: Places = np.round((places.astype(np.float64) - (low + high) / 2) / reach * HALF, DIGITS) + 0.0
    return made


def flat(reduced: Matrix) -> Matrix:
    """The first two components, with a level second one where there is only one."""
    return reduced[:, :2] if reduced.shape[1] > 1 else np.column_stack([reduced[:, 0], np.zeros(len(reduced))])


def umap_places(reduced: Matrix, seed: int, count: Count) -> npt.NDArray[Any]:
    """Places by UMAP, beginning from the principal components; shape (images, 2). `count` may raise to end it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it speaks of libraries that it could use and does without
        return _umap_places(reduced, seed, count)


def _umap_places(reduced: Matrix, seed: int, count: Count) -> npt.NDArray[Any]:
    from umap import UMAP, layouts  # seconds, so only who makes a map waits for it

    layouts.tqdm = _epochs
    start = framed(flat(reduced)).astype(np.float32)
    model = UMAP(
        n_neighbors=min(NEIGHBOURS, len(reduced) - 1),
        min_dist=0.1,
        metric="euclidean",
        init=start,
        random_state=seed,
        n_jobs=1,
        tqdm_kwds={"count": count},
    )
    made: npt.NDArray[Any] = np.nan_to_num(model.fit_transform(reduced))
    return made


def _epochs(epochs: range, *, count: Count = lambda done, total: None, **_: object) -> Iterator[int]:
    """Stands in UMAP for tqdm, whose lock on the whole process would stay shut where `count` raises to end it."""
    for epoch in epochs:
        count(epoch, len(epochs))
        yield epoch


def among_likes(reduced: Matrix, fitted: Matrix, places: npt.NDArray[Any], likes: int = 5) -> npt.NDArray[Any]:
    """Places for other vectors: the middle of their nearest fitted ones', nearer ones counting more."""
    distances = (fitted**2).sum(axis=1) - 2.0 * (reduced @ fitted.T) + (reduced**2).sum(axis=1)[:, None]
    likes = min(likes, len(fitted))
    nearest = np.argpartition(distances, likes - 1, axis=1)[:, :likes]
    away = np.sqrt(np.maximum(np.take_along_axis(distances, nearest, axis=1), 0.0))
    weights = 1.0 / (away + 1e-6)
    weights /= weights.sum(axis=1, keepdims=True)
    made: npt.NDArray[Any] = np.einsum("il,ilk->ik", weights, places[nearest])
    return made

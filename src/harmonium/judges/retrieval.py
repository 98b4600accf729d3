"""Retrieval: whether rows with near codes have the same label."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from harmonium.bounds import Count
from harmonium.data import Examples
from harmonium.hashing import Ranking, ranked
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Measure", "Retrieval", "Searched", "codes_of", "searched"]

Measure = Literal["hamming", "cosine", "euclid"]

Whole = NDArray[np.int64]

_AT_ONCE = 1 << 20
"""Distances that are in memory at the same time."""

_LENGTHS = 24
"""Lengths of a list at which precision and recall are taken."""


@dataclass(frozen=True)
class Retrieval:
    r"""How many of the test rows nearest to a test row have its label.

    Every labelled test row asks for the others, in the order of the distance of their codes.
    ``precision_at_k`` is the share of the first k that have the label of the query, the mean over
    all queries; ``average_precision`` is the mean over the places of all rows with that label of
    the precision up to there. Rows at equal distances have no order: both figures are expected
    values over all of their orders (``hashing.ranking``). No label is used otherwise.

    Args:
        at: k.
        by: distance of codes: hamming, of bits; cosine or euclid, of their values.
        threshold: a value is the bit 1 if it is above one half, or above its median on the
            training rows.
    """

    needs: ClassVar[Needs] = Needs(model=("encodes",), data=("train", "labelled test"))

    at: Count = 100
    by: Measure = "hamming"
    threshold: Literal["half", "median"] = "half"

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``precision_at_k``, ``average_precision`` and their standard errors over queries."""
        model, test = trial.able("encodes"), trial.labelled(trial.data.test)
        assert test is not None
        codes = codes_of(model, test)
        if self.by == "hamming":
            level: Any = 0.5
            if self.threshold == "median":
                level = codes_of(model, trial.data.train).median(0).values
            codes = codes > level
        assert test.labels is not None
        return searched(codes, test.labels, by=self.by, at=self.at).figures()


def codes_of(model: Any, rows: Examples) -> Tensor:  # noqa: ANN401
    """The last code of a model for every row, ``(N, k)``, on the CPU."""
    with torch.no_grad():
        parts = [list(model.codes(batch).values())[-1].flatten(1) for batch in model.batches(rows)]
    return torch.cat(parts).cpu()


@dataclass(frozen=True, eq=False)
class Searched:
    """Figures of queries, ``(Q,)`` each, and curves over the length of the list.

    Args:
        at: length of the list for ``precision``.
        precision: share of the label among the first ``at`` rows.
        average_precision: NaN for a row whose label no other has.
        lengths: of the list, ``(L,)``.
        curve: mean precision and mean recall at these lengths, ``(2, L)``.
    """

    at: int
    precision: Tensor
    average_precision: Tensor
    lengths: Tensor
    curve: Tensor

    def figures(self) -> dict[str, Any]:
        """Means over the queries, with standard errors."""
        means: dict[str, Any] = {}
        values = {
            "precision_at_k": self.precision,
            "average_precision": self.average_precision[self.average_precision.isfinite()],
        }
        for name, each in values.items():
            means[name] = float(each.mean())
            spread = float(each.std()) if len(each) > 1 else float("nan")
            means[f"{name}_stderr"] = spread / max(len(each), 1) ** 0.5
        return {**means, "retrieved": self.at}


def searched(
    codes: Tensor, labels: Tensor, *, by: Measure, at: int, most: int | None = None
) -> Searched:
    """Lets rows search all others by their codes.

    Args:
        codes: ``(N, k)``; bool for Hamming distances.
        labels: indices of classes, ``(N,)``.
        by: distance of codes.
        at: length of the list for the precision; all other rows if there are fewer.
        most: number of rows that search, evenly spaced; None for all.
    """
    n = len(codes)
    asked = np.arange(n) if most is None or most >= n else np.arange(most) * n // most
    at = min(at, n - 1)
    distances, y = _distances(codes, by), labels.cpu().numpy()
    lengths = np.unique(np.geomspace(1, n - 1, _LENGTHS).round().astype(np.int64))
    size = max(1, _AT_ONCE // n)
    precision, average, curve, used = [], [], np.zeros((2, len(lengths))), 0
    for first in range(0, len(asked), size):
        queries = asked[first : first + size]
        ranking = _ranking(distances(queries), y, queries=queries)
        precision.append(ranking.precision_at(at))
        average.append(ranking.average_precision)
        some = int(np.isfinite(ranking.average_precision).sum())
        if some:
            curve += some * np.stack(ranking.curve(lengths))
            used += some
    return Searched(
        at,
        torch.from_numpy(np.concatenate(precision)),
        torch.from_numpy(np.concatenate(average)),
        torch.from_numpy(lengths),
        torch.from_numpy(curve / max(used, 1)),
    )


def _ranking(apart: Any, y: Any, *, queries: Whole) -> Ranking:  # noqa: ANN401
    """Ranks, for some queries, all rows but the query itself."""
    others = np.ones(apart.shape, dtype=bool)
    others[np.arange(len(queries)), queries] = False
    shape = len(queries), len(y) - 1
    alike = y[queries, None] == y
    return ranked(apart[others].reshape(shape), alike[others].reshape(shape))


def _distances(codes: Tensor, by: Measure) -> Callable[[Whole], Any]:
    """Distances of some rows to all, ``(Q, N)``, as an array of NumPy."""
    if by == "hamming":
        on = codes.float()
        off = 1 - on
        return lambda q: (on[q] @ off.T + off[q] @ on.T).short().numpy()
    if by == "cosine":
        length = codes.norm(dim=1, keepdim=True)
        unit = codes / length.where(length > 0, 1)
        return lambda q: (1 - unit[q] @ unit.T).numpy()
    return lambda q: torch.cdist(codes[q], codes).numpy()

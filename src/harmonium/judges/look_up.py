"""Look-up: who is on a picture, if one picture of everybody is known."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.judges.retrieval import codes_of
from harmonium.learning.neighbours import Metric, nearest
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["LookUp", "looked_up"]


@dataclass(frozen=True)
class LookUp:
    r"""Whether a test row is nearest to the one known row of its class.

    One test row of each class is known; each other test row is looked up among them by its code.
    ``look_up_top_1`` is the share of rows whose class comes first, ``look_up_top_5`` of those
    whose class is among the first five. It is the mean over galleries: the first rows of all
    classes, the second ones, and so on. The standard error is over classes, since rows of one
    class are not independent. Classes may be people whom the model never met.

    Args:
        metric: 1 minus the cosine of codes, or their Euclidean distance.
        galleries: number of choices of the known rows, at most as many as the smallest class has.
    """

    needs: ClassVar[Needs] = Needs(model=("encodes",), data=("labelled test",))

    metric: Metric = "cosine"
    galleries: Count = 10

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """The two figures with their standard errors, and the number of test ``rows``."""
        model, test = trial.able("encodes"), trial.labelled(trial.data.test)
        assert test is not None
        assert test.labels is not None
        labels = test.labels.cpu()
        codes = codes_of(model, test)
        return looked_up(codes, labels, metric=self.metric, galleries=self.galleries)


def looked_up(
    codes: Tensor, labels: Tensor, *, metric: Metric = "cosine", galleries: int = 10
) -> dict[str, Any]:
    """The figures of ``LookUp``.

    Args:
        codes: ``(N, k)``.
        labels: ``(N,)``.
        metric: distance of codes.
        galleries: number of choices of the known rows.

    >>> codes = torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]])
    >>> looked_up(codes, torch.tensor([0, 0, 1, 1]))["look_up_top_1"]
    1.0
    """
    y = labels.unique(return_inverse=True)[1]
    order = y.argsort(stable=True)
    codes, y = codes[order], y[order]
    count = y.bincount()
    first = count.cumsum(0) - count
    hits = torch.zeros(2, len(count), dtype=torch.float64)
    rounds = min(galleries, int(count.min()))
    for gallery in range(rounds):
        known = first + gallery
        asked = torch.ones(len(y), dtype=torch.bool).index_fill(0, known, value=False)
        at = min(5, len(known))
        found = nearest(codes[asked], codes[known], k=at, metric=metric)[1]
        right = found == y[asked, None]
        each = torch.stack([right[:, 0], right.any(1)]).double()
        hits.index_add_(1, y[asked], each)
    share = hits / ((count - 1).clamp(min=1) * rounds)
    error = share.std(1) / len(count) ** 0.5
    figures: dict[str, Any] = {}
    for k, name in enumerate(("look_up_top_1", "look_up_top_5")):
        figures |= {name: float(share[k].mean()), f"{name}_stderr": float(error[k])}
    return {**figures, "rows": len(y)}

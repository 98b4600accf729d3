"""Outcomes of games, predicted from positions."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Outcome", "outcomes"]


@dataclass(frozen=True)
class Outcome:
    r"""The mean squared error of predicted outcomes of 1 and -1, and the share of winners named.

    .. math:: \langle (z - v)^2 \rangle

    Always saying 0 has an error of 1. The positions of a game have one outcome, so the mean of
    each game counts once, and the standard error is over games. (Silver et al., 2016, report
    the same error.)
    """

    needs: ClassVar[Needs] = Needs(model=("predicts",), data=("outcomes", "targets test"))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``outcome_error`` and ``winner_share`` with standard errors, and ``games``."""
        test, model = trial.data.test, trial.able("predicts")
        assert test is not None
        assert test.targets is not None
        predicted = torch.cat([model.predict(batch) for batch in model.batches(test)])
        return outcomes(test.targets, predicted, game=test.columns["game"][:])


def outcomes(true: Tensor, predicted: Tensor, *, game: Tensor) -> dict[str, Any]:
    """The figures of the judge ``outcome``.

    Args:
        true: 1 or -1, ``(N, 1)``.
        predicted: ``(N, 1)``.
        game: of every position, ``(N,)``.

    >>> true = torch.tensor([[1.0], [-1.0], [1.0]])
    >>> found = outcomes(true, true * 0.5, game=torch.tensor([0.0, 0.0, 1.0]))
    >>> found["outcome_error"], found["winner_share"], found["games"]
    (0.25, 1.0, 2)
    """
    of = game.unique(return_inverse=True)[1]
    count = of.bincount().double()
    gap = (true.double() - predicted.double())[:, 0]
    right = (true[:, 0] * predicted[:, 0] > 0).double()
    figures: dict[str, Any] = {}
    for name, each in {"outcome_error": gap.square(), "winner_share": right}.items():
        means = torch.zeros_like(count).index_add(0, of, each) / count
        error = float(means.std()) / len(means) ** 0.5 if len(means) > 1 else float("nan")
        figures |= {name: float(means.mean()), f"{name}_stderr": error}
    return {**figures, "games": len(count), "rows": len(true)}

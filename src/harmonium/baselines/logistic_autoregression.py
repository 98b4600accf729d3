"""A logistic autoregression of the last frames of binary series."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, pad

from harmonium.bounds import Count, Positive
from harmonium.data import Examples
from harmonium.errors import UsageError
from harmonium.judges.forecast import figures_of
from harmonium.judges.frames import Scored, frame_figures, is_binary
from harmonium.learning.objectives.series import known_frames
from harmonium.machines.temporal import past_of
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["LogisticAutoregression"]

_HELD = 0.1
"""Share of the training series, the last ones, on which settings are chosen without other rows."""

_STEPS = 100
"""Most steps of L-BFGS."""


@dataclass(frozen=True)
class LogisticAutoregression:
    r"""Independent logistic regressions of the values of a frame on the frames before it.

    .. math:: p(v_{tc} = 1 \mid past) = \sigma\Big(b + \sum_{l=1}^{L} A_l v_{t-l}\Big)_c

    Frames before the beginning count as zeros. Number of lags and penalty are those with the
    highest likelihood of the validation series, or without any of the last tenth of the training
    series.

    Args:
        lags: numbers of frames before to choose from.
        alphas: penalties on the squared coefficients to choose from.
    """

    needs: ClassVar[Needs] = Needs(model=("forecasts",), data=("train", "test"))

    lags: Sequence[Count] = (1, 2, 4)
    alphas: Sequence[Positive] = (3.0, 10.0, 30.0)

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Fits the regressions and returns the figures of ``frames`` and ``forecast``."""
        first, data = trial.able("forecasts").lags, trial.data
        assert data.test is not None
        train, held = data.train, data.validation
        if not is_binary(train.x[:]):
            raise UsageError(
                f"{data.name}: values of its series are not 0 and 1: take autoregression"
            )
        some, other = _cut(train) if held is None else (train, held)
        likelihoods = {
            (lags, alpha): _figures(solution, _Frames.of(other, lags, first=first))
            for lags in self.lags
            for alpha, solution in _fitted(_Frames.of(some, lags, first=first), self.alphas)
        }
        lags, alpha = max(
            likelihoods, key=lambda chosen: likelihoods[chosen]["frame_log_likelihood"]
        )
        ((_, solution),) = _fitted(_Frames.of(train, lags, first=first), [alpha])
        found = _figures(solution, _Frames.of(data.test, lags, first=first))
        return {**found, "settings": {"lags": lags, "alpha": alpha}}


@dataclass(frozen=True)
class _Frames:
    """Frames ``(B, T, C)`` with what came before them, and a constant, ``(B, T, L C + 1)``."""

    past: Tensor
    x: Tensor
    known: Tensor

    @classmethod
    def of(cls, rows: Examples, lags: int, *, first: int) -> "_Frames":
        batch = rows.batch(slice(None))
        x, length = batch["x"].double().cpu(), batch.get("length")
        known = known_frames(x, None if length is None else length.cpu())
        before = pad(past_of(pad(x, (0, 0, lags, 0)), lags), (0, 1), value=1.0)
        return cls(before[:, first:], x[:, first:], known[:, first:])


def _cut(train: Examples) -> tuple[Examples, Examples]:
    at = len(train) - max(1, round(_HELD * len(train)))
    return train.take(torch.arange(at)), train.take(torch.arange(at, len(train)))


def _fitted(frames: _Frames, alphas: Sequence[float]) -> list[tuple[float, Tensor]]:
    """Coefficients ``(L C + 1, C)`` for each penalty, the largest first; each starts the next."""
    past, x = frames.past[frames.known], frames.x[frames.known]
    weight = past.new_zeros(past.shape[1], x.shape[1]).requires_grad_()
    found = []
    for alpha in sorted(alphas, reverse=True):
        solver = torch.optim.LBFGS([weight], max_iter=_STEPS, line_search_fn="strong_wolfe")

        def loss(solver: torch.optim.LBFGS = solver, alpha: float = alpha) -> Tensor:
            solver.zero_grad()
            cost = binary_cross_entropy_with_logits(past @ weight, x, reduction="sum")
            value = (cost + 0.5 * alpha * weight[:-1].square().sum()) / len(x)
            value.backward()
            return value

        solver.step(loss)
        found.append((alpha, weight.detach().clone()))
    return found


def _figures(weight: Tensor, frames: _Frames) -> dict[str, float]:
    logits = frames.past @ weight
    log_p = -binary_cross_entropy_with_logits(logits, frames.x, reduction="none").sum(2)
    p = logits.sigmoid()
    errors = ((p - frames.x).square() * frames.known[..., None]).sum((1, 2))
    counts = frames.known.sum(1).double() * frames.x.shape[2]
    scored = Scored(frames.x, p, known=frames.known, log_p={"forward": log_p})
    return {**figures_of(errors, counts), **frame_figures([scored])}

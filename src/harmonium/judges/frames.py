"""Likelihood of the frames of test series, and accuracy of binary ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count, Size
from harmonium.likelihood import Ladder
from harmonium.needs import Needs
from harmonium.random import generator
from harmonium.stages.trial import Trial, derived

__all__ = ["Frames", "Scored", "frame_figures", "is_binary"]

_SERIES = 20
"""Series that are judged at once."""


@dataclass(frozen=True)
class Frames:
    r"""The mean log-likelihood of a frame of test series, given the true frames before it.

    .. math:: \frac{1}{\sum_i T_i} \sum_i \sum_t \log p(v_t \mid past)

    Each frame has a log Z of its own, which annealed importance sampling estimates from both
    sides; ``frame_log_likelihood``, the number to quote, uses the larger of the two means. For
    frames of 0 and 1, such as piano rolls, ``frame_accuracy`` is the share of the ones, drawn or
    true, that are both,

    .. math:: \frac{\sum p v}{\sum p + v - p v}

    with p the probabilities of the predicted values (Bay, Ehmann and Downie, 2009).

    Args:
        series: number of test series, evenly spaced; null for all.
        betas: annealing steps.
        chains: runs for every frame, in each direction.
        sweeps: sweeps of the chains before the reverse runs start from them.
    """

    needs: ClassVar[Needs] = Needs(model=("frame likelihood", "forecasts"), data=("test",))

    series: Count | None = None
    betas: Count = 300
    chains: Count = 10
    sweeps: Size = 100

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``frame_log_likelihood`` and the numbers behind it."""
        test, model = trial.data.test, trial.able(*self.needs.model)
        assert test is not None
        seed = derived(trial.seed, "judge/frames")
        source = generator(seed, model.device)
        ladder = Ladder(self.betas, self.chains, self.sweeps, seed)
        n = len(test) if self.series is None else min(self.series, len(test))
        rows = test.take(torch.arange(n) * len(test) // n)
        made: list[Scored] = []
        for batch in model.batches(rows, _SERIES):
            expected = model.forecast(batch, source=source)
            sides = model.log_frames(batch, ladder, source=source)
            x = batch["x"][:, model.lags :]
            made.append(Scored(x, expected, known=model.known(batch), log_p=sides))
        return frame_figures(made)


@dataclass(frozen=True)
class Scored:
    """Frames ``(B, T, C)`` with their predictions ``(B, T, C)``.

    Args:
        x: the frames.
        expected: their means given the past.
        known: whether a frame exists, ``(B, T)``.
        log_p: "forward", and perhaps "reverse": log p of each frame, ``(B, T)``.
    """

    x: Tensor
    expected: Tensor
    known: Tensor
    log_p: Mapping[str, Tensor]


def frame_figures(made: list[Scored]) -> dict[str, float]:
    """Means over all frames; the standard error is that of series.

    >>> x = torch.tensor([[[1.0], [0.0]], [[1.0], [1.0]]])
    >>> log_p = {"forward": torch.tensor([[-1.0, -3.0], [-2.0, -2.0]])}
    >>> known = torch.tensor([[True, True], [True, False]])
    >>> found = frame_figures([Scored(x, torch.full_like(x, 0.5), known, log_p)])
    >>> found["frame_log_likelihood"], found["frame_accuracy"]
    (-2.0, 0.4)
    """
    counts = torch.cat([s.known.sum(1).double() for s in made])
    sums = {
        side: torch.cat([(s.log_p[side].double() * s.known).sum(1) for s in made])
        for side in made[0].log_p
    }
    means = {side: float(each.sum() / counts.sum()) for side, each in sums.items()}
    low = min(means, key=lambda side: means[side])
    n = len(counts)
    spread = (sums[low] - means[low] * counts) / counts.mean()
    stderr = float(spread.square().sum().sqrt()) / (n * (n - 1)) ** 0.5 if n > 1 else float("nan")
    found = {
        "frame_log_likelihood": means[low],
        "frame_log_likelihood_optimistic": means["forward"],
        "frame_stderr": stderr,
    }
    if all(is_binary(s.x) for s in made):
        p, v = (torch.cat([part(s)[s.known] for s in made]) for part in (_expected, _true))
        both = (p * v).double().sum()
        found["frame_accuracy"] = float(both / (p.double().sum() + v.double().sum() - both))
    return found


def is_binary(x: Tensor) -> bool:
    """Whether all values are 0 or 1."""
    return bool(((x == 0) | (x == 1)).all())


def _expected(scored: Scored) -> Tensor:
    return scored.expected


def _true(scored: Scored) -> Tensor:
    return scored.x

"""The Parzen window estimate: a density of test rows by kernels around samples."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count, Positive
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.random import generator
from harmonium.stages.trial import Trial, derived, some

__all__ = ["Parzen", "kernel_log_density"]

_BLOCK = 500
"""Rows whose distances from all samples are held at once."""

_SWEEPS = 1000


@dataclass(frozen=True)
class Parzen:
    r"""Mean log-density of test rows under Gaussian kernels around samples, in nats per row.

    .. math:: \log \frac1n \sum_i N(x; s_i, \sigma^2 I)

    The width sigma is that under which validation rows are most probable (training rows, where
    there are none), of ``widths`` from ``low`` to ``high``, equally spaced on a log scale. It is
    the protocol of Breuleux et al. (2011) and Goodfellow et al. (2014,
    https://arxiv.org/abs/1406.2661): 10 000 samples, rows in [0, 1].

    It compares a training with published ones, no more. It is not the log-likelihood of the
    model, and does not rank models: on MNIST the training rows themselves score no better than
    a good generator, and the centres of k-means better (Theis et al., 2016,
    https://arxiv.org/abs/1511.01844).

    Args:
        samples: number of samples.
        widths: number of widths that are tried.
        low: smallest width.
        high: largest width.
    """

    needs: ClassVar[Needs] = Needs(model=("samples",), data=("test",))

    samples: Count = 10_000
    widths: Count = 10
    low: Positive = 0.1
    high: Positive = 1.0

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``parzen``, its standard error over the rows, and the width ``parzen_sigma``."""
        if self.low > self.high:
            raise UsageError(
                f"judge parzen: low is {self.low}, above high, which is {self.high}: swap them"
            )
        model, test = trial.able("samples"), trial.test
        assert test is not None
        seed = derived(trial.seed, "judge/parzen")
        drawn = model.sample(
            self.samples, sweeps=model.sweeps(_SWEEPS), source=generator(seed, model.device)
        )
        s = drawn["x"].flatten(1)
        held = trial.data.validation
        chosen = some(trial.data.train if held is None else held).flattened()
        grid = torch.logspace(
            math.log10(self.low), math.log10(self.high), self.widths, dtype=torch.float64
        ).tolist()
        found = kernel_log_density(s, chosen.batch(slice(None))["x"], sigmas=grid).mean(1)
        sigma = grid[int(found.argmax())]
        values = torch.cat(
            [
                kernel_log_density(s, batch["x"].flatten(1), sigmas=[sigma])[0]
                for batch in test.flattened().batches(10_000)
            ]
        )
        spread = float(values.std()) if len(values) > 1 else float("nan")
        return {
            "parzen": float(values.mean()),
            "parzen_stderr": spread / len(values) ** 0.5,
            "parzen_sigma": sigma,
        }


@torch.no_grad()
def kernel_log_density(samples: Tensor, rows: Tensor, *, sigmas: list[float]) -> Tensor:
    r"""Log-densities of rows by Gaussian kernels around samples, ``(widths, B)``, in nats.

    .. math:: \log \frac1n \sum_i
              \exp \Big( -\frac{\lVert x - s_i \rVert^2}{2 \sigma^2} \Big)
              - \frac D2 \log (2 \pi \sigma^2)

    Args:
        samples: ``(n, D)``.
        rows: ``(B, D)``.
        sigmas: widths of the kernels.
    """
    d, found = rows.shape[1], []
    for part in rows.split(_BLOCK):
        gaps = torch.cdist(part, samples).square()
        one = [
            (gaps / (-2 * sigma**2)).logsumexp(1).double()
            - math.log(len(samples))
            - 0.5 * d * math.log(2 * math.pi * sigma**2)
            for sigma in sigmas
        ]
        found.append(torch.stack(one))
    return torch.cat(found, 1)

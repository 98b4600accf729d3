r"""Do the chains still move, and do they agree? Effective sample size and split R-hat.

Follows Vehtari, Gelman, Simpson, Carpenter and Buerkner, 2021 (https://doi.org/10.1214/20-BA1221),
without the rank transform. A trace is one number per chain and step, ``(chains, steps)``: an
energy, a magnetisation, one unit.
"""

import torch
from torch import Tensor

__all__ = ["autocovariance", "effective_sample_size", "r_hat"]


def autocovariance(trace: Tensor) -> Tensor:
    """Biased autocovariance at every lag, chain by chain, by FFT: ``(chains, steps)``, float64."""
    x = _checked(trace)
    steps = x.shape[1]
    x = x - x.mean(1, keepdim=True)
    spectrum = torch.fft.rfft(x, n=2 * steps)
    return torch.fft.irfft(spectrum * spectrum.conj(), n=2 * steps)[:, :steps] / steps


def effective_sample_size(trace: Tensor) -> Tensor:
    """The number of independent draws that would estimate the mean as well; a float64 scalar.

    Autocorrelations are summed by Geyer's initial monotone sequence. Chains that stand still and
    differ count as half a draw each; those that stand still and agree give NaN.
    """
    x = _checked(trace)
    chains, steps = x.shape
    cov = autocovariance(x)
    within = (cov[:, 0] * steps / (steps - 1)).mean()
    between = x.mean(1).var() if chains > 1 else torch.zeros_like(within)
    total = within * (steps - 1) / steps + between
    rho = 1 - (within - cov.mean(0) * steps / (steps - 1)) / total
    rho[0] = 1.0
    pairs = rho[: steps // 2 * 2].reshape(-1, 2).sum(1)
    positive = (pairs > 0).to(pairs.dtype).cumprod(0)
    monotone = (pairs * positive).cummin(0).values
    tau = -1 + 2 * monotone.sum()
    return chains * steps / tau.clamp(min=1 / torch.log10(torch.tensor(float(chains * steps))))


def r_hat(trace: Tensor) -> Tensor:
    """Split R-hat, near 1 where all half chains see the same distribution; a float64 scalar."""
    x = _checked(trace)
    half = x.shape[1] // 2
    halves = torch.cat([x[:, :half], x[:, -half:]])
    within = halves.var(1).mean()
    between = halves.mean(1).var()
    return (((half - 1) / half * within + between) / within).sqrt()


def _checked(trace: Tensor) -> Tensor:
    if trace.ndim != 2 or trace.shape[1] < 4:
        raise ValueError(
            f"a trace has shape (chains, steps) with at least 4 steps, not {tuple(trace.shape)}"
        )
    return trace.double()

r"""Comparison of first-, second- and third-order correlations of data and samples.

Correlations here are connected: joint cumulants of weighted rows, with
:math:`\delta_i = x_i - m_i`:

.. math:: m_i = \langle x_i \rangle, \qquad C_{ij} = \langle \delta_i \delta_j \rangle, \qquad
          C_{ijk} = \langle \delta_i \delta_j \delta_k \rangle

They are zero for independent units, so they measure the dependencies that a model has to learn.
Rows ``(N, *shape)`` are flattened to D numbers. Each ``unit`` consecutive numbers make up one unit
(the states of a one-hot vector); combinations within a unit, which are dependent by construction,
are left out.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.random import Source
from harmonium.sampling.phase import normalised

__all__ = ["Comparison", "compare", "first", "second", "third", "triples"]

_NUMBERS = 2**23
"""Numbers that are held in memory at once."""


@dataclass(frozen=True)
class Comparison:
    """Correlations of one order, of data and of samples.

    ``data`` and ``samples`` are the T correlations, ``(T,)``, float64; ``places``, ``(T, order)``,
    are the indices of their numbers. ``noises`` are the standard errors of the two, ``(T,)`` each,
    for independent rows; ``noise`` is that of the difference.
    """

    order: int
    places: Tensor
    data: Tensor
    samples: Tensor
    noises: tuple[Tensor, Tensor]

    @property
    def noise(self) -> Tensor:
        """The standard error of the difference, ``(T,)``."""
        return torch.hypot(*self.noises)

    @property
    def pearson(self) -> float:
        """Pearson's coefficient between data and samples; NaN if one of them is constant."""
        x, y = (t - t.mean() for t in (self.data, self.samples))
        return float((x * y).sum() / (x.norm() * y.norm()))

    @property
    def slope(self) -> float:
        r"""Slope of the samples' correlations over the data's, corrected for noise: 1 if equal.

        Least squares would give too small a slope, because the data's correlations are noisy too.
        Deming regression (1943), here through the origin, allows for errors of both. With sums
        over places and :math:`\lambda` the ratio of the samples' mean squared noise to the data's,

        .. math:: S_{xy} b^2 - (S_{yy} - \lambda S_{xx}) b - \lambda S_{xy} = 0, \quad b S_{xy} > 0

        If the samples have the distribution of the data, the slope is above 1 as often as below.
        It is NaN if the two agree no better than by chance
        (:math:`S_{xy}^2 \le 4 \sum \sigma_x^2 \sigma_y^2`).
        """
        x, y = self.data, self.samples
        noise_x, noise_y = (s.square() for s in self.noises)
        xy, ratio = (x * y).sum(), noise_y.sum() / noise_x.sum()
        if not noise_x.any():
            return float(xy / x.square().sum())
        if not bool(xy.square() > 4 * (noise_x * noise_y).sum()):
            return math.nan
        half = (y.square().sum() - ratio * x.square().sum()) / (2 * xy)
        return float(half + xy.sign() * (half.square() + ratio).sqrt())

    @property
    def rms(self) -> float:
        """The root mean square of the differences."""
        return float((self.data - self.samples).square().mean().sqrt())

    def __str__(self) -> str:
        """The figures on one line."""
        return (
            f"order {self.order}: {len(self.data)} correlations, pearson {self.pearson:.4f}, "
            f"slope {self.slope:.3f}, rms difference {self.rms:.2e} (sampling noise "
            f"{float(self.noise.square().mean().sqrt()):.2e})"
        )


def first(x: Tensor, *, weights: Tensor | None = None) -> Tensor:
    """The means, ``(D,)``, float64."""
    return _share(x, weights) @ x.flatten(1).double()


def second(x: Tensor, *, weights: Tensor | None = None) -> Tensor:
    """The covariances, ``(D, D)``, float64."""
    p, d = _centred(x, weights)
    return (d * p[:, None]).mT @ d


def third(x: Tensor, places: Tensor, *, weights: Tensor | None = None) -> Tensor:
    """The third cumulants at places ``(T, 3)``, ``(T,)``, float64."""
    p, d = _centred(x, weights)
    step = max(1, _NUMBERS // len(d))
    parts = [p @ (d[:, at[:, 0]] * d[:, at[:, 1]] * d[:, at[:, 2]]) for at in places.split(step)]
    return torch.cat(parts) if parts else p.new_zeros(0)


@torch.no_grad()
def triples(
    x: Tensor,
    count: int,
    *,
    strongest: bool = False,
    weights: Tensor | None = None,
    unit: int = 1,
    source: Source = None,
) -> Tensor:
    """Triples of numbers i < j < k from three different units, ``(T, 3)``.

    Args:
        x: rows ``(N, *shape)``.
        count: number of triples; all of them if there are no more.
        strongest: choose the largest absolute third cumulants in ``x`` (N D^3 / 6
            multiplications); False: draw triples without replacement.
        weights: importance of each row, ``(N,)``.
        unit: numbers that make up one unit.
        source: random generator, for the draw.
    """
    d = x[0].numel()
    n = d // unit
    if math.comb(n, 3) * unit**3 <= count:
        sites = torch.combinations(torch.arange(n), 3)
        inner = torch.cartesian_prod(*[torch.arange(unit)] * 3).reshape(-1, 3)
        return (sites[:, None] * unit + inner).reshape(-1, 3).to(x.device)
    if strongest:
        return _strongest(x, count, weights=weights, unit=unit)
    return _drawn(n, count, unit=unit, source=source).to(x.device)


@torch.no_grad()
def compare(
    data: Tensor,
    samples: Tensor,
    *,
    weights: Tensor | None = None,
    unit: int = 1,
    count: int = 20_000,
    source: Source = None,
) -> dict[int, Comparison]:
    """Compares correlations of data and samples: order (1, 2, 3) -> ``Comparison``.

    Args:
        data: rows ``(N, *shape)``.
        samples: rows ``(M, *shape)``, equally important.
        weights: importance of the data's rows, ``(N,)``.
        unit: numbers that make up one unit (the states of a one-hot vector).
        count: maximum number of third-order correlations, drawn at random.
        source: random generator, for that draw.

    Raises:
        ValueError: rows of different shapes, or one row only.
    """
    if data.shape[1:] != samples.shape[1:] or min(len(data), len(samples)) < 2:
        raise UsageError(
            f"data {tuple(data.shape)} and samples {tuple(samples.shape)}: rows of one shape, at "
            "least two of each, are needed"
        )
    d = data[0].numel()
    pairs = torch.triu_indices(d, d, 1, device=data.device).mT
    pairs = pairs[pairs[:, 0] // unit != pairs[:, 1] // unit]
    places = {
        1: torch.arange(d, device=data.device)[:, None],
        2: pairs,
        3: triples(data, count, unit=unit, source=source),
    }
    comparisons = {}
    for order, at in places.items():
        if len(at):
            x, x_variance = _cumulants(data, at, weights=weights)
            y, y_variance = _cumulants(samples, at, weights=None)
            noises = x_variance.sqrt(), y_variance.sqrt()
            comparisons[order] = Comparison(order, at, x, y, noises)
    return comparisons


def _cumulants(x: Tensor, at: Tensor, *, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    """Cumulants at these places, and the variances of their estimates, ``(T,)`` each."""
    order = at.shape[1]
    if order == 3:
        return _third(x, at, weights=weights)
    p, d = _centred(x, weights)
    if order == 1:
        return first(x, weights=weights), p.square() @ d.square()
    c, twice = (d * p[:, None]).mT @ d, p.square()[:, None]
    error = (d.square() * twice).mT @ d.square() - 2 * c * ((d * twice).mT @ d)
    error = error + c.square() * twice.sum()
    return c[at[:, 0], at[:, 1]], error[at[:, 0], at[:, 1]].clamp(min=0)


def _third(x: Tensor, at: Tensor, *, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    """Third cumulants, and the variances of their estimates.

    Because the means are estimated too, the influence of a row on a cumulant is
    d_i d_j d_k - C_ij d_k - C_ik d_j - C_jk d_i, less the cumulant.
    """
    p, d = _centred(x, weights)
    c = (d * p[:, None]).mT @ d
    rows = d.mT.contiguous()  # the values of a number are contiguous: faster indexing
    values, errors = [p.new_zeros(0)], [p.new_zeros(0)]
    for part in at.split(max(1, _NUMBERS // len(d))):
        i, j, k = part.unbind(1)
        moves = rows[i] * rows[j] * rows[k]
        values.append(moves @ p)
        moves -= values[-1][:, None]
        for single, *pair in ((i, j, k), (j, i, k), (k, i, j)):
            moves.addcmul_(rows[single], c[tuple(pair)][:, None], value=-1)
        errors.append(moves.square_() @ p.square())
    return torch.cat(values), torch.cat(errors)


def _share(x: Tensor, weights: Tensor | None) -> Tensor:
    rows = x.new_zeros(len(x), dtype=torch.float64)
    return normalised(weights, rows)


def _centred(x: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    p, rows = _share(x, weights), x.flatten(1).double()
    return p, rows - p @ rows


def _strongest(x: Tensor, count: int, *, weights: Tensor | None, unit: int) -> Tensor:
    p, d = _centred(x, weights)
    width = d.shape[1]
    site = torch.arange(width, device=x.device) // unit
    best, at = d.new_zeros(0), torch.zeros(0, 3, dtype=torch.int64, device=x.device)
    for i in range(width):  # third cumulants of number i with all pairs of later numbers
        later = torch.arange((i // unit + 1) * unit, width, device=x.device)
        block = d[:, later]
        size = ((block * (p * d[:, i])[:, None]).mT @ block).abs()
        size[site[later][:, None] >= site[later]] = -1
        top, flat = size.flatten().topk(min(count, size.numel()))
        j, k = later[flat // max(1, len(later))], later[flat % max(1, len(later))]
        at = torch.cat([at, torch.stack([torch.full_like(j, i), j, k], 1)])
        best = torch.cat([best, top])
        best, keep = best.topk(min(count, len(best)))
        at = at[keep]
    return at


def _drawn(n: int, count: int, *, unit: int, source: Source) -> Tensor:
    device = None if source is None else source.device
    drawn = torch.zeros(0, 3, dtype=torch.int64, device=device)
    while len(drawn) < count:
        shape = (2 * (count - len(drawn)) + 16, 3)
        sites = torch.randint(n, shape, generator=source, device=device).sort(1).values
        sites = sites[(sites.diff(dim=1) > 0).all(1)]
        inner = torch.randint(unit, sites.shape, generator=source, device=device)
        drawn = torch.cat([drawn, sites * unit + inner]).unique(dim=0)
    keep = torch.randperm(len(drawn), generator=source, device=device)[:count]
    return drawn[keep.sort().values]

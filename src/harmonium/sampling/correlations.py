r"""Correlations of the first, second and third order, of samples against data.

Connected ones, that is joint cumulants, of weighted rows with :math:`\delta_i = x_i - m_i`:

.. math:: m_i = \langle x_i \rangle, \qquad C_{ij} = \langle \delta_i \delta_j \rangle, \qquad
          C_{ijk} = \langle \delta_i \delta_j \delta_k \rangle

They vanish where the units are independent, so what is left is what a model has to learn. Rows are
``(N, *shape)`` and are flattened to D numbers; ``unit`` of these in a row make up one unit (the
states of a one-hot one), and pairs within a unit, which are related by construction, are left out.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.random import Source
from harmonium.sampling.phase import normalised

__all__ = ["Comparison", "compare", "first", "second", "third", "triples"]

_NUMBERS = 2**23  # worked on at once


@dataclass(frozen=True)
class Comparison:
    """One order of correlations, of data and of samples.

    ``data`` and ``samples`` are float64 ``(T,)``; ``places`` ``(T, order)`` indexes the flattened
    numbers. ``noises`` are the standard errors of the two, ``(T,)`` each, as if rows were
    independent, and ``noise`` that of the difference.
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
        """The correlation coefficient between the two; NaN where one of them is constant."""
        x, y = (t - t.mean() for t in (self.data, self.samples))
        return float((x * y).sum() / (x.norm() * y.norm()))

    @property
    def slope(self) -> float:
        r"""How the samples' values grow with the data's, less the noise of both: 1 if they agree.

        Least squares of one on the other would be too flat, by the share of noise in the latter.
        This is the line through the origin that allows for errors of both (Deming, 1943): with
        sums over places and :math:`\lambda` the samples' mean squared noise over the data's,

        .. math:: S_{xy} b^2 - (S_{yy} - \lambda S_{xx}) b - \lambda S_{xy} = 0, \quad b S_{xy} > 0

        It is as likely to be above 1 as below it for samples of the data's own distribution. NaN
        where the two have no more in common than chance gives them
        (:math:`S_{xy}^2 \le 4 \sum \sigma_x^2 \sigma_y^2`): there is no slope to be seen then.
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
        """Root mean square of the differences."""
        return float((self.data - self.samples).square().mean().sqrt())

    def __str__(self) -> str:
        """The figures on one line."""
        return (
            f"order {self.order}: {len(self.data)} correlations, pearson {self.pearson:.4f}, "
            f"slope {self.slope:.3f}, rms difference {self.rms:.2e} (sampling noise "
            f"{float(self.noise.square().mean().sqrt()):.2e})"
        )


def first(x: Tensor, *, weights: Tensor | None = None) -> Tensor:
    """Means, ``(D,)``, float64."""
    return _share(x, weights) @ x.flatten(1).double()


def second(x: Tensor, *, weights: Tensor | None = None) -> Tensor:
    """Covariances, ``(D, D)``, float64."""
    p, d = _centred(x, weights)
    return (d * p[:, None]).mT @ d


def third(x: Tensor, places: Tensor, *, weights: Tensor | None = None) -> Tensor:
    """Third cumulants at places ``(T, 3)``: ``(T,)``, float64."""
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
    """Places of third order, i < j < k, no two of one unit, ``(T, 3)``.

    Args:
        x: rows ``(N, *shape)``.
        count: how many; if there are no more than that, all of them.
        strongest: those whose third cumulant in ``x`` is largest in size, out of all (N D^3 / 6
            multiplications); else a draw without replacement.
        weights: importance of each row, ``(N,)``.
        unit: numbers that make up one unit.
        source: random numbers, for a draw.
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
    """Correlations of the three orders, data against samples: order -> ``Comparison``.

    Args:
        data: rows ``(N, *shape)``.
        samples: rows ``(M, *shape)``, each as important as the other.
        weights: importance of the data's rows, ``(N,)``.
        unit: numbers that make up one unit (the states of a one-hot one).
        count: of the third order, at most so many, drawn from all.
        source: random numbers, for that draw.

    Raises:
        ValueError: rows of different shapes, or one row only.
    """
    if data.shape[1:] != samples.shape[1:] or min(len(data), len(samples)) < 2:
        raise UsageError(
            f"data {tuple(data.shape)} and samples {tuple(samples.shape)}: rows of one shape, and "
            "two of each at least, are needed"
        )
    d = data[0].numel()
    pairs = torch.triu_indices(d, d, 1, device=data.device).mT
    pairs = pairs[pairs[:, 0] // unit != pairs[:, 1] // unit]
    places = {
        1: torch.arange(d, device=data.device)[:, None],
        2: pairs,
        3: triples(data, count, unit=unit, source=source),
    }
    found = {}
    for order, at in places.items():
        if len(at):
            sides = [_cumulants(data, at, weights=weights), _cumulants(samples, at, weights=None)]
            (mine, error), (theirs, other) = sides
            found[order] = Comparison(order, at, mine, theirs, (error.sqrt(), other.sqrt()))
    return found


def _cumulants(x: Tensor, at: Tensor, *, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    """Values, and the variances of their estimates."""
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
    """The means are estimated too: a row moves a cumulant by d_i d_j d_k - C_ij d_k - ..."""
    p, d = _centred(x, weights)
    c = (d * p[:, None]).mT @ d
    rows = d.mT.contiguous()  # one number's values side by side: quick to pick
    values, errors = [p.new_zeros(0)], [p.new_zeros(0)]
    for part in at.split(max(1, _NUMBERS // len(d))):
        i, j, k = part.unbind(1)
        moves = rows[i] * rows[j] * rows[k]
        values.append(moves @ p)
        moves -= values[-1][:, None]
        for one, *pair in ((i, j, k), (j, i, k), (k, i, j)):
            moves.addcmul_(rows[one], c[tuple(pair)][:, None], value=-1)
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
    for i in range(width):  # one covariance matrix of the later numbers each
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
    found = torch.zeros(0, 3, dtype=torch.int64, device=device)
    while len(found) < count:
        shape = (2 * (count - len(found)) + 16, 3)
        sites = torch.randint(n, shape, generator=source, device=device).sort(1).values
        sites = sites[(sites.diff(dim=1) > 0).all(1)]
        inner = torch.randint(unit, sites.shape, generator=source, device=device)
        found = torch.cat([found, sites * unit + inner]).unique(dim=0)
    keep = torch.randperm(len(found), generator=source, device=device)[:count]
    return found[keep.sort().values]

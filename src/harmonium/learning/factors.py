r"""A start for Gaussian visible units from the factors of their data, and the rate that suits it.

Real data that are correlated lie near a few directions. Factor analysis finds them: a residual
variance :math:`\psi_i` of each column and, in the whitened coordinates
:math:`t = Q^\top \psi^{-1/2} (x - \mu)`, factors of variance :math:`1 + g_k` where a machine
without connections has 1. A bank of m binary units along one factor, with one weight w and
thresholds a step :math:`\delta` apart, has a free energy with the curvature :math:`w / \delta`
wherever there are thresholds. So

.. math:: w_k / \delta_k = \frac{g_k}{1 + g_k}, \qquad m_k \delta_k = 2 R \sqrt{1 + g_k},
          \qquad m_k = \tfrac{2}{3} R \sqrt{g_k}

is nearly a Gaussian of variance :math:`1 + g_k` out to R standard deviations. (The same weight on
units without thresholds is one only while the fields are small, for :math:`1 + g_k \ll m_k`.)
Where the units do not suffice for the factors, residual variances are raised by a common factor,
and of several numbers of factors the one with the best Gaussian likelihood is taken. If that is
less than half of what all factors gain, fewer than four units a factor learn more from small
weights, and the machine is left as it is; except where a row lies more than ten standard
deviations out along a factor that was taken, since small weights would diverge there. Where
columns outnumber many units, a part of them alone stands in banks; the others are random
projections onto all factors, whose activities tell of the weak ones too. Gaussian hidden units
hold a factor each, exactly; those left over get small random weights along none of these factors.

Descent is stable while the rate stays below two over the largest curvature, the variance of the
data along their strongest direction in units of the residual: :math:`1 + g_1` where the strongest
factor is held, the greatest eigenvalue of the correlations where none is.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from harmonium.connections import Dense
from harmonium.graph import EnergyGraph
from harmonium.learning.ceiling import least_variance
from harmonium.random import Source, normal
from harmonium.units import Bernoulli, Gaussian, Spin, Units

__all__ = ["Factors", "factor_start", "factors", "has_factor_start"]

_REACH, _FAR, _OUTLYING = 4.0, 8.0, 10.0
"""R: standard deviations of a factor that its bank covers; more where a row lies as far out."""
_STEP = 3.0
"""Standard deviations that are left, from threshold to threshold. The ripple is .2 nats."""
_NUMBERS = (1, 2, 4, 8, 16, 32, 64)
_LEAST = 0.01
"""The least residual share of a column's variance."""
_HELD = 0.5
"""Share of the likelihood that factors gain which the units must hold; else they start small."""
_EACH = 4
"""Units for each factor that are enough, whatever they hold."""
_SOLVED = 300
"""Columns up to which a matrix of them is inverted."""
_ROWS = 5000
"""Rows that the factors are found from, at most."""
_NOISE, _FIELD = 0.1, 2.5
"""Standard deviations of the fields that random parts of weights, and random projections, send.
The former is also the greatest singular value of spare Gaussian units' weights."""


@dataclass(frozen=True)
class Factors:
    """Residual variances ``(D,)``, strengths g and reaches R ``(k,)``, directions ``(D, k)``."""

    residual: Tensor
    strength: Tensor
    directions: Tensor
    reach: Tensor

    @property
    def kept(self) -> Tensor:
        """Share of the variance along each factor that is the factor's own, g / (1 + g)."""
        return self.strength / (1 + self.strength)

    @property
    def shown(self) -> Tensor:
        """Which factors there are: those of strength above zero, ``(k,)`` of bool."""
        return self.strength > 0

    def score(self, x: Tensor, *, weights: Tensor | None = None) -> float:
        """Mean log-likelihood of centred rows ``(N, D)`` under this Gaussian, in nats."""
        y = _scaled(x, weights) * self.residual.rsqrt()
        square = y.square().sum(1) - ((y @ self.directions).square() * self.kept).sum(1)
        volume = self.residual.log().sum() + (1 + self.strength).log().sum()
        return -0.5 * float(x.shape[1] * math.log(2 * math.pi) + volume + square.mean())


def factors(
    x: Tensor,
    k: int,
    *,
    weights: Tensor | None = None,
    source: Source = None,
    rounds: int = 15,
) -> Factors:
    """Factor analysis of centred rows ``(N, D)`` by its fixed point, with warm power iterations.

    Factors that samples of independent columns would show as well (Marchenko and Pastur, 1967,
    https://doi.org/10.1070/SM1967v001n04ABEH001994) have strength zero.

    Args:
        x: the rows.
        k: how many factors, at most.
        weights: importance of each row, ``(N,)``, positive and of mean 1. How far out a row lies
            does not depend on it.
        source: random numbers.
        rounds: of the fixed point.
    """
    n, d = x.shape
    k = min(k, d - 1, n - 1)
    scaled = _scaled(x, weights)
    total = scaled.square().mean(0)
    floor = _LEAST * total
    residual, chance = _first_guess(scaled, total), (1 + math.sqrt(d / n)) ** 2
    directions = torch.linalg.qr(normal(x.new_empty(d, k), source))[0]
    for _ in range(rounds):
        y = scaled * residual.rsqrt()
        for _ in range(2):
            directions = torch.linalg.qr(y.mT @ (y @ directions))[0]
        projected = y @ directions
        ratios, turn = torch.linalg.eigh(projected.mT @ projected / n)
        directions, ratios = directions @ turn.flip(1), ratios.flip(0)
        shown = torch.where(ratios > chance, ratios - 1, 0.0)
        common = (directions.square() * shown).sum(1) * residual
        residual = torch.maximum(total - common, floor)
    ratios = (scaled * residual.rsqrt() @ directions).square().mean(0)
    strength = torch.where(ratios > chance, ratios - 1, 0.0)
    furthest = (x * residual.rsqrt() @ directions).abs().amax(0)
    outlying = furthest > _OUTLYING * ratios.sqrt()
    reach = torch.where(outlying, _FAR, _REACH)
    return Factors(residual, strength, directions, reach)


def _scaled(x: Tensor, weights: Tensor | None) -> Tensor:
    """Rows whose plain mean squares are the weighted ones of x."""
    return x if weights is None else x * weights.sqrt()[:, None]


def _first_guess(x: Tensor, total: Tensor) -> Tensor:
    """A first guess of residual variances: what the other columns do not tell, or a half."""
    n, d = x.shape
    if d > _SOLVED or n <= 2 * d:
        return total / 2
    covariance = x.mT @ x / n + (1e-6 * total).diag()
    left = torch.minimum(1 / torch.linalg.inv(covariance).diagonal(), total)
    return torch.maximum(left, _LEAST * total)


def has_factor_start(graph: EnergyGraph) -> bool:
    """Whether the graph is an RBM of Gaussian visible units that ``factor_start`` knows."""
    if [*graph.units] != ["v", "h"] or len(graph.edges) != 1:
        return False
    v, h = graph.units.values()
    dense = type(graph.edges[0].connection) is Dense and graph.edges[0].source == "v"
    known = type(v) is Gaussian and type(h) in (Bernoulli, Spin, Gaussian)
    return dense and known and not v.tied and not h.tied and v.shape.numel() > 1


@torch.no_grad()
def factor_start(
    graph: EnergyGraph, data: Tensor, *, weights: Tensor | None = None, source: Source = None
) -> float | None:
    """Starts an RBM of Gaussian visible units from the factors of its data, in place.

    Args:
        graph: one with ``has_factor_start``.
        data: ``(N, *shape)``, on any scale: each column counts by its standard deviation.
        weights: importance of each row, ``(N,)``.
        source: random numbers.

    Returns:
        The largest curvature: rates should stay below the inverse of it. None, and the graph as
        it was, where there are too few units for the factors and no row lies far out along those
        that they could hold, or where fewer than two columns vary or three rows count.
    """
    h = graph.units["h"]
    x = data.flatten(1).double()
    share = x.new_full((len(x),), 1 / len(x)) if weights is None else weights.double()
    share = share / share.sum()
    middle = share @ x
    deviation = (share @ (x - middle).square()).sqrt()
    still = deviation <= 1e-6 * middle.abs().clamp(min=1e-6)
    deviation = torch.where(still, 0.01, deviation)  # as where units start on their own
    chosen = _spaced(share)
    rows, share = ((x[chosen] - middle) / deviation)[:, ~still], share[chosen]
    if rows.shape[1] < 2 or len(rows) < 3:
        return None
    share = share / share.mean()
    best, every = _best(rows, h, weights=share, source=source)
    projects = _projects(h, every)
    if best is None and not projects:
        return None
    best = best or _alone(rows, share)
    residual, weight = x.new_ones(x.shape[1]), x.new_zeros(h.shape.numel(), x.shape[1])
    residual[~still] = best.residual
    weight[:, ~still], threshold, spare = _banks(best, h, source=source)
    if projects and spare:
        weight[-spare:, ~still] = _projections(every, spare, source=source)
    own = residual * deviation.square()
    residual = torch.maximum(own, least_variance(x[chosen]))  # as in learning
    weight *= own / residual / deviation
    _set(graph, middle, residual=residual, weight=weight, threshold=threshold)
    # learning may lower raised residual variances to what they are
    unit = every.residual if projects or bool(best.shown.any()) else best.residual
    return _greatest(_scaled(rows, share) * unit.rsqrt(), source=source)


def _spaced(share: Tensor) -> Tensor:
    """Indices of rows of positive weight: all, or evenly spaced ones, since rows may be sorted."""
    used = share.nonzero().flatten()
    n = len(used)
    return used if n <= _ROWS else used[torch.arange(_ROWS, device=used.device) * n // _ROWS]


def _greatest(y: Tensor, *, source: Source, rounds: int = 20) -> float:
    """The greatest mean square of rows ``(N, D)`` along a direction, by power iteration."""
    u, curvature = normal(y[0], source), 0.0
    for _ in range(rounds):
        u = y.mT @ (y @ (u / u.norm())) / len(y)
        curvature = float(u.norm())
    return curvature


def _set(
    graph: EnergyGraph, middle: Tensor, *, residual: Tensor, weight: Tensor, threshold: Tensor
) -> None:
    """Parameters under which the columns are at their mean where half of the units are on."""
    v, h = graph.units["v"], graph.units["h"]
    half = 2 if type(h) is Spin else 1  # h = (1 + s) / 2
    bias, hidden = middle / residual, -(threshold + weight @ middle) / half
    if type(h) is Bernoulli:
        bias -= weight.sum(0) / 2
    v.load(bias=bias.view(v.shape), log_precision=-residual.log().view(v.shape))
    h.load(bias=hidden.view(h.shape))
    graph.edges[0].connection.get_parameter("weight").copy_(weight / half)


def _best(
    x: Tensor, h: Units, *, weights: Tensor, source: Source
) -> tuple[Factors | None, Factors]:
    """Of several numbers of factors the one that these hidden units hold best, and all factors.

    Returns:
        None where they hold too little of what the factors tell, unless a row lies far out along
        one that they hold: small weights would diverge there.
    """
    every = best = _alone(x, weights)
    nothing = score = whole = every.score(x, weights=weights)
    for k in _NUMBERS:
        if k > min(len(x), x.shape[1]) - 1:
            break
        candidate = factors(x, k, weights=weights, source=source)
        if (now := candidate.score(x, weights=weights)) <= whole:
            break
        every, whole = candidate, now
        if k > h.shape.numel():
            continue
        if type(h) is not Gaussian:
            candidate = _held(candidate, _banked(h, x.shape[1]))
        if (now := candidate.score(x, weights=weights)) > score:
            best, score = candidate, now
    enough = h.shape.numel() >= _EACH * int(every.shown.sum())
    held = score - nothing >= _HELD * (whole - nothing)
    outlying = bool((best.reach[best.shown] > _REACH).any())
    return best if enough or held or outlying else None, every


def _alone(x: Tensor, weights: Tensor) -> Factors:
    """Columns one by one: no factors."""
    total, none = _scaled(x, weights).square().mean(0), x.new_zeros(0)
    return Factors(total, none, x.new_zeros(x.shape[1], 0), none)


def _banked(h: Units, columns: int) -> int:
    """How many units may stand in banks: fewer, where columns outnumber them, than there are."""
    n = h.shape.numel()
    return n if columns <= n else n * n // columns


def _projects(h: Units, every: Factors) -> bool:
    """Whether units in no bank are random projections: columns outnumber them, factors do not."""
    n, shown = h.shape.numel(), int(every.shown.sum())
    return type(h) is not Gaussian and len(every.residual) > n >= _EACH * shown > 0


def _projections(every: Factors, units: int, *, source: Source) -> Tensor:
    """Random directions among all factors, of each as much as of any other."""
    directions, strength = every.directions[:, every.shown], every.strength[every.shown]
    scale = _FIELD / math.sqrt(len(strength)) / (1 + strength).sqrt()
    mix = normal(every.residual.new_empty(units, len(strength)), source) * scale
    return mix @ directions.mT * every.residual.rsqrt()


def _held(factors: Factors, units: int) -> Factors:
    """The factors with residual variances raised until so many units hold them."""

    def raised(by: float) -> Factors:
        strength = ((1 + factors.strength) / by - 1).clamp(min=0)
        return replace(factors, residual=factors.residual * by, strength=strength)

    if int(_sizes(factors).sum()) <= units:
        return factors
    low, high = 1.0, 1 + float(factors.strength.max())
    for _ in range(40):
        middle = math.sqrt(low * high)
        few = int(_sizes(raised(middle)).sum()) <= units
        low, high = (low, middle) if few else (middle, high)
    return raised(high)


def _sizes(factors: Factors) -> Tensor:
    """Units of each factor's bank."""
    return (2 * factors.reach / _STEP * factors.strength.sqrt()).ceil().long()


def _banks(factors: Factors, h: Units, *, source: Source) -> tuple[Tensor, Tensor, int]:
    """Weights ``(H, D)``, thresholds ``(H,)``, and how many units, the last, are in no bank."""
    white = factors.residual.rsqrt()
    total = (1 + (factors.directions.square() * factors.strength).sum(1)).sum()
    n, at = h.shape.numel(), 0
    weight = normal(white.new_empty(n, len(white)), source) * white * (_NOISE / total.sqrt())
    threshold = white.new_zeros(n)
    if type(h) is Gaussian:
        return _loads(factors, n, source=source) * white, threshold, 0
    kept = factors.kept.tolist()
    for k, size in enumerate(_sizes(factors).tolist()):
        if not size:
            continue
        step = 2 * float(factors.reach[k]) * math.sqrt(1 + float(factors.strength[k])) / size
        bank = slice(at, at := at + size)
        weight[bank] += step * kept[k] * factors.directions[:, k] * white
        threshold[bank] = step * step * kept[k] * (torch.arange(size) - (size - 1) / 2)
    return weight, threshold, n - at


def _loads(factors: Factors, units: int, *, source: Source) -> Tensor:
    """Weights ``(H, D)`` of Gaussian units in units of the residual: a factor each.

    Units left over would not learn from weights of zero. Their random ones are orthogonal to the
    factors, and small enough that the joint precision stays positive definite.
    """
    directions = factors.directions[:, factors.shown]
    loads = (directions * factors.kept[factors.shown].sqrt()).mT
    spare = normal(loads.new_empty(units - len(loads), loads.shape[1]), source)
    spare -= spare @ directions @ directions.mT
    if len(spare):
        spare *= _NOISE / torch.linalg.matrix_norm(spare, 2)
    return torch.cat([loads, spare])

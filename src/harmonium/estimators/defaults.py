"""Defaults of the estimators: number of updates, learning rate, contrast.

docs/design.md gives the measurements behind the numbers.
"""

import math
import warnings

import torch
from torch import Tensor

from harmonium.data import constant_features, standardised_warning
from harmonium.estimators.families import FAMILIES, choose
from harmonium.graph import EnergyGraph, State
from harmonium.learning import (
    CD,
    PCD,
    Contrast,
    Learner,
    factor_start,
    filled_by_means,
    has_factor_start,
    responsive_start,
)
from harmonium.random import Source, generator, normal
from harmonium.sampling import complete, mean
from harmonium.units import Units

__all__ = [
    "chains_from",
    "contrast_for",
    "converted",
    "is_grey",
    "is_steady",
    "learning_type",
    "liveliness",
    "name_constant",
    "passes",
    "rate_for",
    "start",
    "updates_for",
]

_PASSES = 10
"""Minimum number of passes over the data by default, however many updates a pass has."""
_BINARY, _GREY, _WIDE, _DEEP = 0.2, 0.3, 0.15, 0.05
"""Rates of SGD of an RBM: for binary data, for fractions of the same variance, and the maximum for
real data. The last rate is for deep machines.
"""
_LIGHT = 0.75
"""Data in [0, 1] count as fractions below this ratio of their variance to that of binary data."""
_LARGE = 1e5
"""Real values are learned in single precision only below this size."""


def passes(n_epochs: int | None, *, batches: int, updates: int) -> int:
    """Returns ``n_epochs``; None gives at least ten passes and at least ``updates`` updates."""
    return max(_PASSES, math.ceil(updates / batches)) if n_epochs is None else n_epochs


def updates_for(units: Units, updates: int) -> int:
    """Updates for these visible units: up to four times ``updates`` for real, narrow data."""
    if units.growth == "finite":
        return updates
    return round(updates * min(4.0, max(1.0, 300 / units.shape.numel())))


def liveliness(units: Units, x: Tensor) -> float:
    """Ratio of the variance of values in [0, 1] to that of binary values with the same means.

    It is 1 for binary data, .5 for grey digits, .07 for faces, and 1 for units of other domains.
    """
    if units.domain != (0, 1):
        return 1.0
    p = x.mean(0)
    whole = float((p * (1 - p)).sum())
    return float(x.var(0, correction=0).sum()) / whole if whole > 0 else 1.0


def is_grey(units: Units, x: Tensor) -> bool:
    """Whether values in [0, 1] are fractions, not mostly zeros and ones."""
    return liveliness(units, x) < _LIGHT


def contrast_for(graph: EnergyGraph, x: Tensor) -> Contrast:
    """Default contrast: PCD; for fractions and binary units, CD whose reconstructions are means.

    A binary sample has more variance than a fraction. With PCD the weights therefore shrink until
    the variance of the machine is as low, and its features carry little information.
    """
    shallow = len(graph.units) == 2
    return CD(reconstruct=mean) if shallow and is_grey(graph.units["v"], x) else PCD()


def start(
    graph: EnergyGraph, x: Tensor, *, weights: Tensor, contrast: Contrast, source: Source
) -> float | None:
    """Sets better initial parameters of an RBM than small weights, from its rows ``(N, *shape)``.

    Returns:
        The curvature of the objective, for Gaussian visible units; otherwise None.
    """
    if has_factor_start(graph):
        return factor_start(graph, x, weights=weights, source=source)
    light = is_grey(graph.units["v"], x.flatten(1))
    if light and [*graph.units] == ["v", "h"] and type(contrast) is CD:
        responsive_start(graph, x, source=source)
    return None


def rate_for(graph: EnergyGraph, x: Tensor, *, curvature: float | None) -> float:
    """Default rate of SGD: constant for binary data, lower for fractions, 1 / curvature for real.

    Args:
        graph: the machine, before it learns.
        x: its rows ``(N, D)``.
        curvature: as ``start`` returned it; None to estimate it as the largest eigenvalue of the
            correlation matrix.
    """
    v, h = graph.units["v"], [*graph.units.values()][-1]
    if v.growth == "finite" and len(graph.units) > 2:
        return _DEEP
    if v.growth == "finite":
        narrow = v.domain == (0, 1)
        if is_grey(v, x):
            return _GREY * math.sqrt(liveliness(v, x))
        return _BINARY / (1 if narrow else 4)
    sharp = max(1.0, _greatest(x) if curvature is None else curvature)
    if h.curvature() is not None:  # a step of 1 / sharp could leave the normalisable region
        sharp *= sharp
    return min(_WIDE, 1.5 / sharp)


def _greatest(x: Tensor, rounds: int = 20) -> float:
    """Largest eigenvalue of the correlation matrix, by power iteration."""
    deviation = x.std(0, correction=0)
    y = torch.where(deviation > 0, (x - x.mean(0)) / deviation, 0.0)
    u = normal(y[0], generator(0))
    eigenvalue = 0.0
    for _ in range(rounds):
        u = y.mT @ (y @ (u / u.norm().clamp(min=1e-30))) / len(y)
        eigenvalue = float(u.norm())
    return eigenvalue


def chains_from(graph: EnergyGraph, x: Tensor, *, contrast: Contrast, source: Source) -> State:
    """Initial chains of PCD at rows of the data, for a machine that has already learned them."""
    if not isinstance(contrast, PCD):
        return {}
    rows = torch.randint(len(x), (contrast.chains,), generator=source)
    return complete(graph, {"v": x[rows]}, rows=contrast.chains, source=source)


# --- real data -------------------------------------------------------------------------------


def learning_type(visible: str | Units, x: Tensor) -> torch.dtype:
    """Dtype to learn in: single precision if it resolves the data's spread, otherwise x's own.

    Args:
        visible: a family's name, "auto" or units.
        x: rows ``(N, D)``; NaN for missing values.
    """
    if isinstance(visible, str) and visible not in ("auto", *FAMILIES):
        return x.dtype  # ``choose`` raises the error
    whole = filled_by_means(x) if bool(x.isnan().any()) else x
    if choose(visible, x.shape[1], example=whole).growth == "finite":
        return torch.float32
    tame = float(whole.abs().max()) < _LARGE and standardised_warning(whole) is None
    return torch.float32 if tame else x.dtype


def name_constant(units: Units, x: Tensor) -> None:
    """Warns of constant columns, if the units learn their variance."""
    if units.precision() is None or len(x) < 2:
        return
    still = constant_features(x).tolist()
    if 0 < len(still) < x.shape[1]:
        shown = ", ".join(map(str, still[:5])) + (", ..." if len(still) > 5 else "")
        warnings.warn(
            f"{len(still)} of {x.shape[1]} features never change (constant columns {shown}, from "
            "0): nothing can be learned about them; drop them (VarianceThreshold)",
            UserWarning,
            stacklevel=5,
        )


def is_steady(graph: EnergyGraph) -> bool:
    """Whether learning ended with finite parameters and an energy that can be normalised."""
    if not all(bool(p.isfinite().all()) for p in graph.parameters()):
        return False
    try:
        graph.check_normalisable()
    except ValueError:
        return False
    return True


def converted(graph: EnergyGraph, learner: Learner, *, dtype: torch.dtype) -> None:
    """Converts machine and learner to another floating-point type, in place."""
    graph.to(dtype)
    learner.chains = {name: x.to(dtype) for name, x in learner.chains.items()}
    learner.offsets = {name: x.to(dtype) for name, x in learner.offsets.items()}
